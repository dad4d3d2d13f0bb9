//! The yardstick: a bare actix-ws relay. No CRDT, no disk, no access, one queue without an end a socket, TCP_NODELAY.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::{self, Bytes, Data, Payload};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt};
use actix_ws::Message;
use tokio::sync::mpsc;

use crate::Error;

/// Whoever is in a room, by a number of their own.
type Members = HashMap<u64, mpsc::UnboundedSender<Bytes>>;

#[derive(Default)]
struct Relay {
    rooms: Mutex<HashMap<String, Members>>,
    next: AtomicU64,
}

impl Relay {
    fn rooms(&self) -> MutexGuard<'_, HashMap<String, Members>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(&self, room: &str, queue: mpsc::UnboundedSender<Bytes>) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.rooms().entry(room.to_owned()).or_default().insert(id, queue);
        id
    }

    fn leave(&self, room: &str, id: u64) {
        let mut rooms = self.rooms();
        if let Some(members) = rooms.get_mut(room) {
            members.remove(&id);
            if members.is_empty() {
                rooms.remove(room);
            }
        }
    }

    fn send(&self, room: &str, from: u64, message: &Bytes) {
        let rooms = self.rooms();
        for (_, queue) in rooms.get(room).into_iter().flatten().filter(|(id, _)| **id != from) {
            queue.send(message.clone()).ok();
        }
    }
}

/// Serves until killed; prints `listening on ...` first.
pub async fn serve(listen: SocketAddr) -> Result<(), Error> {
    let relay = Data::new(Arc::new(Relay::default()));
    let server =
        HttpServer::new(move || App::new().app_data(relay.clone()).route("/sync/{room}", web::get().to(socket)))
            .on_connect(|connection, _| {
                if let Some(stream) = connection.downcast_ref::<rt::net::TcpStream>() {
                    stream.set_nodelay(true).ok();
                }
            })
            .bind(listen)?;
    println!("listening on http://{}", server.addrs()[0]);
    Ok(server.run().await?)
}

async fn socket(request: HttpRequest, body: Payload, relay: Data<Arc<Relay>>) -> actix_web::Result<HttpResponse> {
    let (response, mut session, mut messages) = actix_ws::handle(&request, body)?;
    let (queue, mut outgoing) = mpsc::unbounded_channel();
    let room = request.match_info().get("room").unwrap_or_default().to_owned();
    rt::spawn(async move {
        let id = relay.join(&room, queue);
        loop {
            tokio::select! {
                message = messages.recv() => match message {
                    Some(Ok(Message::Binary(bytes))) => relay.send(&room, id, &bytes),
                    Some(Ok(Message::Ping(bytes))) => drop(session.pong(&bytes).await),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => break,
                },
                Some(bytes) = outgoing.recv() => if session.binary(bytes).await.is_err() { break },
            }
        }
        relay.leave(&room, id);
    });
    Ok(response)
}
