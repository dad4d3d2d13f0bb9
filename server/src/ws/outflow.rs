//! What leaves by a socket: the body of the response that opened it.
//!
//! A connection asks for more only while its own buffer has room. Invariant: what a reader does not take stays in its
//! outbox, where the room counts it, but for that buffer and one message; what the protocol itself has to say goes between
//! two messages, before those that wait, and its Close is said only when the outbox is empty. Next: `outbox.rs`; `ws.rs`, which speaks the protocol.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use crate::outbox::Outbox;
use crate::post::Lodging;

/// The messages of a room, and between them those of the protocol.
pub struct Outflow {
    outbox: Outbox,
    /// Pongs and the goodbye, as actix-ws writes them.
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
        if let Some(rest) = self.outbox.rest() {
            return Poll::Ready(Some(Ok(rest)));
        }
        if let Poll::Ready(said) = Pin::new(&mut self.protocol).poll_next(cx) {
            return Poll::Ready(said);
        }
        self.outbox.poll_frame(cx).map(|bytes| Some(Ok(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::future::poll_fn;
    use std::rc::Rc;
    use std::task::Waker;

    use actix_web::body::BodyStream;
    use futures_util::stream;
    use room::Dialect;
    use room::sim::rng::Rng;

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

    /// Bytes HTTP takes from a body before it writes.
    const BUFFER: usize = 24;

    /// A connection under HTTP whose peer takes a few bytes now and then.
    struct Wire {
        outflow: Outflow,
        buffer: Vec<u8>,
        /// What the peer would take now.
        room: usize,
        arrived: Vec<u8>,
    }

    impl Wire {
        fn write(&mut self, bytes: &[u8]) -> usize {
            let taken = bytes.len().min(self.room);
            self.room -= taken;
            self.arrived.extend_from_slice(&bytes[..taken]);
            taken
        }

        fn flush(&mut self) {
            let waiting = std::mem::take(&mut self.buffer);
            let taken = self.write(&waiting);
            self.buffer = waiting[taken..].to_vec();
        }

        fn poll(&mut self) {
            self.flush();
            let mut cx = Context::from_waker(Waker::noop());
            while self.buffer.len() < BUFFER {
                match Pin::new(&mut self.outflow).poll_next(&mut cx) {
                    Poll::Ready(Some(Ok(bytes))) => self.buffer.extend_from_slice(&bytes),
                    Poll::Ready(_) => panic!("the protocol has not ended"),
                    Poll::Pending => break,
                }
            }
            self.flush();
        }

        fn bring(&mut self, outbox: &Outbox) {
            outbox.bring(|bytes| match self.buffer.is_empty() {
                true => Ok(self.write(bytes)),
                false => Err(std::io::ErrorKind::WouldBlock.into()),
            });
        }
    }

    /// Everything between heads, by who said it: the room's are binary frames, the protocol's pongs; and how many pings.
    fn heard(mut bytes: &[u8]) -> (Vec<u8>, Vec<u8>, usize) {
        let (mut room, mut protocol, mut pings) = (Vec::new(), Vec::new(), 0);
        while let [opcode, length, rest @ ..] = bytes {
            let (said, after) = rest.split_at(usize::from(*length));
            match opcode {
                0x82 => room.push(said[0]),
                0x8a => protocol.push(said[0]),
                0x89 => pings += 1,
                other => panic!("no frame begins with {other}"),
            }
            assert!(said.iter().all(|byte| Some(byte) == said.first()), "a frame within a frame");
            bytes = after;
        }
        (room, protocol, pings)
    }

    #[actix_web::test]
    async fn sk9_frames_arrive_whole_and_in_order_however_little_the_peer_takes() {
        for seed in 0..500 {
            let mut rng = Rng::new(seed);
            let pongs = Rc::new(RefCell::new(VecDeque::new()));
            let waiting = pongs.clone();
            let waiting = stream::poll_fn(move |_| waiting.borrow_mut().pop_front().map_or(Poll::Pending, Poll::Ready));
            let (outbox, outflow) = pair(BoxBody::new(BodyStream::new(waiting)));
            let mut wire = Wire { outflow, buffer: Vec::new(), room: 0, arrived: Vec::new() };
            let (mut said, mut ponged, mut pinged, mut called) = (0, 0, 0, false);
            for _ in 0..300 {
                match rng.below(6) {
                    0 => {
                        let message = vec![said; 1 + rng.below(20)];
                        called |= outbox.push(Frame::new(Bytes::from(message)));
                        said += 1;
                    }
                    1 => {
                        let pong = Bytes::copy_from_slice(&[0x8a, 2, ponged, ponged]);
                        pongs.borrow_mut().push_back(Some(Ok::<_, std::io::Error>(pong)));
                        ponged += 1;
                    }
                    2 => {
                        called |= outbox.ping();
                        pinged += 1;
                    }
                    3 if std::mem::take(&mut called) => wire.bring(&outbox),
                    4 => wire.poll(),
                    _ => wire.room = rng.below(12),
                }
            }
            wire.room = usize::MAX;
            let mut before = None;
            while before.replace(wire.arrived.len()) != Some(wire.arrived.len()) {
                wire.poll();
            }
            let wanted = (Vec::from_iter(0..said), Vec::from_iter(0..ponged), pinged);
            assert_eq!(heard(&wire.arrived), wanted, "seed {seed}");
        }
    }
}
