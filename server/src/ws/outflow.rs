//! What leaves by a socket: the body of the response that opened it.
//!
//! A connection asks for more only while its own buffer has room. Invariant: what a reader does not take stays in its
//! outbox, where the room counts it, but for that buffer and one message; what the protocol itself has to say goes first,
//! and its Close is said only when the outbox is empty. Next: `outbox.rs`; `ws.rs`, which speaks the protocol.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use crate::outbox::Outbox;
use crate::post::Lodging;

/// The messages of a room, and between them those of the protocol.
pub struct Outflow {
    outbox: Outbox,
    /// Pings, pongs and the goodbye, as actix-ws writes them.
    protocol: BoxBody,
    _lodging: Lodging,
}

impl Outflow {
    /// Beside the body actix-ws made.
    pub fn new(outbox: Outbox, lodging: Lodging, protocol: BoxBody) -> Outflow {
        Outflow { outbox, protocol, _lodging: lodging }
    }
}

impl MessageBody for Outflow {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.protocol.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if let Poll::Ready(said) = Pin::new(&mut self.protocol).poll_next(cx) {
            return Poll::Ready(said);
        }
        self.outbox.poll_bytes(cx).map(|bytes| Some(Ok(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use actix_web::body::BodyStream;
    use futures_util::stream;
    use room::Dialect;

    use super::*;
    use crate::line::Handle;
    use crate::post;
    use crate::ws::wire::Frame;

    async fn next(outflow: &mut Outflow) -> Option<Bytes> {
        poll_fn(|cx| Pin::new(&mut *outflow).poll_next(cx)).await.map(|said| said.expect("bytes"))
    }

    fn pair(protocol: BoxBody) -> (Outbox, Outflow) {
        let (address, lodging) = post::lodge(Handle::default());
        let outbox = Outbox::new(Dialect::Stock, 1_000, address);
        (outbox.clone(), Outflow::new(outbox, lodging, protocol))
    }

    fn push(outbox: &Outbox, message: &'static str) {
        assert!(!outbox.push(Frame::new(Bytes::from_static(message.as_bytes()))), "nobody waits");
    }

    #[actix_web::test]
    async fn sk34_a_connection_is_handed_one_message_at_a_time() {
        let silent = BodyStream::new(stream::pending::<Result<Bytes, std::io::Error>>());
        let (outbox, mut outflow) = pair(BoxBody::new(silent));
        push(&outbox, "a");
        push(&outbox, "b");
        assert_eq!(next(&mut outflow).await.as_deref(), Some(&b"\x82\x01a"[..]));
        assert_eq!(next(&mut outflow).await.as_deref(), Some(&b"\x82\x01b"[..]));
    }

    #[actix_web::test]
    async fn what_the_protocol_has_to_say_does_not_wait_for_the_room() {
        let pong = BodyStream::new(stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"pong"))]));
        let (outbox, mut outflow) = pair(BoxBody::new(pong));
        push(&outbox, "a");
        assert_eq!(next(&mut outflow).await.as_deref(), Some(&b"pong"[..]));
        assert_eq!(next(&mut outflow).await, None, "the protocol has said its last word");
    }
}
