//! How much of what was written to a socket has not left for the connection yet.
//!
//! actix-ws queues 32 messages of any size between a session and its connection. Invariant: beyond [`HANDED_MAX`] bytes and
//! one message nothing more goes in there, so what a reader does not take stays in its outbox, where the room counts it.
//! Next: `ws.rs`, which waits for it.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use tokio::sync::Notify;

/// Bytes on their way from a session to its connection.
const HANDED_MAX: usize = 64 * 1024;

/// One socket's; clones speak of one.
#[derive(Clone, Default)]
pub struct Flow(Rc<Handed>);

#[derive(Default)]
struct Handed {
    bytes: Cell<usize>,
    taken: Notify,
}

impl Flow {
    /// Waits until there is room for one more message.
    pub async fn room(&self) {
        while self.0.bytes.get() >= HANDED_MAX {
            self.0.taken.notified().await;
        }
    }

    /// One more message is in there.
    pub fn handed(&self, bytes: usize) {
        self.0.bytes.set(self.0.bytes.get() + bytes);
    }
}

/// The response body of a socket: whenever a piece of it is taken, that piece is all there was.
pub struct Taken {
    body: BoxBody,
    flow: Flow,
}

impl Taken {
    /// Around the body actix-ws made.
    pub fn new(body: BoxBody, flow: Flow) -> Taken {
        Taken { body, flow }
    }
}

impl MessageBody for Taken {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_next(cx);
        if polled.is_ready() {
            self.flow.0.bytes.set(0);
            self.flow.0.taken.notify_one();
        }
        polled
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.flow.0.bytes.set(0);
        self.flow.0.taken.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;

    use super::*;

    #[tokio::test]
    async fn sk34_a_session_is_handed_no_more_than_its_connection_takes() {
        let flow = Flow::default();
        let mut taken = Taken::new(BoxBody::new(Bytes::from_static(b"a piece")), flow.clone());
        flow.room().await;
        flow.handed(HANDED_MAX);
        let mut room = pin!(flow.room());
        assert!(poll_fn(|cx| Poll::Ready(room.as_mut().poll(cx).is_pending())).await);
        assert!(poll_fn(|cx| Pin::new(&mut taken).poll_next(cx)).await.is_some());
        room.await;
        flow.handed(HANDED_MAX);
        drop(taken);
        flow.room().await;
    }
}
