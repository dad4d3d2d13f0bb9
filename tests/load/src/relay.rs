//! The yardstick: a bare actix-ws relay. No CRDT, no disk, no access, one queue a socket.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::web::{self, Bytes, Data, Payload};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt};
use actix_ws::Message;
use tokio::sync::mpsc;

use crate::Error;

/// Messages one reader may be behind.
const QUEUE: usize = 4_096;

#[derive(Default)]
struct Relay(Mutex<(u64, HashMap<u64, mpsc::Sender<Bytes>>)>);

impl Relay {
    fn join(&self, queue: mpsc::Sender<Bytes>) -> u64 {
        let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        peers.0 += 1;
        let id = peers.0;
        peers.1.insert(id, queue);
        id
    }

    fn leave(&self, id: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.remove(&id);
    }

    fn send(&self, from: u64, message: &Bytes) {
        let peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, queue) in peers.1.iter().filter(|(id, _)| **id != from) {
            queue.try_send(message.clone()).ok();
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
    let (queue, mut outgoing) = mpsc::channel(QUEUE);
    rt::spawn(async move {
        let id = relay.join(queue);
        loop {
            tokio::select! {
                message = messages.recv() => match message {
                    Some(Ok(Message::Binary(bytes))) => relay.send(id, &bytes),
                    Some(Ok(Message::Ping(bytes))) => drop(session.pong(&bytes).await),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => break,
                },
                Some(bytes) = outgoing.recv() => if session.binary(bytes).await.is_err() { break },
            }
        }
        relay.leave(id);
    });
    Ok(response)
}
