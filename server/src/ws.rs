//! One WebSocket: who may open it, what may pass, when it ends.
//!
//! Invariant: everything a peer can do wrong ends this socket with a code and touches nothing else. Authentication
//! comes before the upgrade; a frame is judged at its header; a reader that stops reading costs bounded memory.
//! Next: `rooms.rs`, where messages go; `ws/guarded.rs` for what is
//! looked at before; `line.rs` for the connection under it.

use std::io;
use std::pin::pin;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, SEC_WEBSOCKET_PROTOCOL};
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, rt};
use actix_ws::{AggregatedMessage as Message, AggregatedMessageStream, CloseCode, ProtocolError, Session};
use futures_util::future::{Either, select};
use room::{Channel, CloseReason, Dialect};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use crate::State;
use crate::access::{Action, Grant, Principal, Standing};
use crate::accounts;
use crate::http::Error;
use crate::line::Handle;
use crate::outbox::{Outbox, Told};
use crate::post;
use crate::rooms::{Entrance, Seat};

#[cfg(feature = "autobahn")]
pub mod echo;
pub mod frames;
mod guarded;
mod outflow;
mod pace;
pub mod packed;
mod sockets;
pub(crate) mod wire;

use frames::{Takes, Violation};
use guarded::{Watch, guarded};
use outflow::Outflow;
use pace::{Pace, Verdict};
pub use sockets::{Pass, Sockets};

/// Our own subprotocol: acks, roles and packing on top of the stock messages.
pub(crate) const GALLEY_V1: &str = "galley.v1";
/// Said to whoever breaks the rules of the protocol itself.
const NO_FRAME: &str = "this is not a frame of RFC 6455";
/// Seconds a refused client should wait.
const RETRY_SECONDS: &str = "2";

/// What a client may say in the URL.
#[derive(Deserialize)]
pub struct Asked {
    /// The document epoch it knows; another one means its copy belongs to a history that was replaced.
    epoch: Option<u64>,
    /// For clients that can set neither cookie nor header.
    ticket: Option<String>,
}

/// `GET /sync/{document}`: channel 0, and channel 1 beside it for `galley.v1`.
pub async fn text(
    request: HttpRequest,
    body: web::Payload,
    path: Path<Uuid>,
    asked: Query<Asked>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    open(request, body, path.into_inner(), asked.into_inner(), state, Channel::TEXT).await
}

/// `GET /sync/{document}/notes`: channel 1 for stock clients, read only.
pub async fn notes(
    request: HttpRequest,
    body: web::Payload,
    path: Path<Uuid>,
    asked: Query<Asked>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    open(request, body, path.into_inner(), asked.into_inner(), state, Channel::NOTES).await
}

async fn open(
    request: HttpRequest,
    body: web::Payload,
    document: Uuid,
    asked: Asked,
    state: Data<State>,
    channel: Channel,
) -> Result<HttpResponse, Error> {
    let principal = state.access.socket_principal(&request, &state, asked.ticket.as_deref(), document).await?;
    let address = crate::guard::client_address(&request, &state.config);
    if let Err(limit) = state.sockets.may_upgrade(principal.author(), address) {
        return Ok(busy(&state, limit));
    }
    let dialect = dialect(&request);
    let action = request.extensions().get::<Action>().copied().unwrap_or(Action::Socket);
    let entry = match (state.access.admit(&principal, document, action).await, dialect) {
        (Ok(grant), _) if asked.epoch.is_some_and(|epoch| epoch != grant.epoch()) => Err(CloseReason::Replaced),
        (Ok(grant), _) => Ok(grant),
        // Only a socket can carry a code a page can read; other clients understand the status.
        (Err(Error::NotFound | Error::Erased | Error::RoleTooLow), Dialect::Galley) => {
            Err(refusal(&state, &principal, document).await?)
        }
        (Err(error), _) => return Err(error),
    };
    let author = principal.author().unwrap_or(room::Author(document));
    let pass = match state.sockets.admit(author, address, document) {
        Ok(pass) => pass,
        Err(limit) => return Ok(busy(&state, limit)),
    };
    let (response, wire) = upgrade(&request, body, &state, Takes::Binary, dialect).await?;
    // What happens once is boxed: ten thousand idle sockets would each keep room for it.
    let entering = Box::pin(enter(state.clone(), entry, principal, dialect, channel, wire.outbox.clone()));
    let counted = Counted::new(&state, pass, wire.handle.clone());
    let mut socket = Socket { state, wire, counted };
    rt::spawn(async move {
        let ending = match entering.await {
            Ok(seat) => socket.serve(&seat).await,
            Err(reason) => Ending::Said(reason),
        };
        Box::pin(socket.wire.goodbye(&ending)).await;
    });
    Ok(response)
}

/// A place in the room for who was let in.
async fn enter(
    state: Data<State>,
    entry: Result<Grant, CloseReason>,
    principal: Principal,
    dialect: Dialect,
    channel: Channel,
    outbox: Outbox,
) -> Result<Seat, CloseReason> {
    let grant = entry?;
    let also = accounts::guests_of(&state.storage, grant.author()).await.map_err(|_| CloseReason::TryLater)?;
    let entrance = Entrance { grant, principal, also, dialect, channel, outbox };
    state.rooms.enter(entrance).await.map_err(|error| error.close_reason())
}

/// The answer that makes it a socket, and the socket behind the guard every one of them has.
async fn upgrade(
    request: &HttpRequest,
    body: web::Payload,
    state: &State,
    takes: Takes,
    dialect: Dialect,
) -> Result<(HttpResponse, Wire), Error> {
    let limits = &state.config.limits;
    let (body, watch) = guarded(request, body, takes, limits, state.sockets.unfinished()).await?;
    let (response, session, messages) =
        actix_ws::handle_with_protocols(request, body, &[GALLEY_V1]).map_err(|_| Error::NotAWebSocket)?;
    let max = limits.room.message_bytes;
    let messages = messages.max_frame_size(max).aggregate_continuations().max_continuation_size(max);
    let handle = request.conn_data::<Handle>().cloned().unwrap_or_default();
    handle.upgraded();
    let (address, lodging) = post::lodge(handle.clone());
    // The room counts on hearing of it well before its own bound is reached.
    let outbox = Outbox::new(dialect, limits.room.outbox_bytes / 4, address);
    let response = response.map_body(|_, body| BoxBody::new(Outflow::new(outbox.clone(), lodging, body)));
    let (pinged, patience) = (Instant::now(), limits.goodbye);
    Ok((response, Wire { session, messages, outbox, watch, pinged, handle, patience }))
}

/// Why a page that offered `galley.v1` does not get in.
async fn refusal(state: &State, principal: &Principal, document: Uuid) -> Result<CloseReason, Error> {
    Ok(match state.access.readmit(principal, document).await? {
        Standing::SignedOut => CloseReason::SignedOut,
        Standing::NoAccess | Standing::Granted(_) => CloseReason::NoAccess,
        Standing::Gone => CloseReason::Gone,
    })
}

fn dialect(request: &HttpRequest) -> Dialect {
    let offered = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL).filter_map(|value| value.to_str().ok());
    let galley = offered.flat_map(|value| value.split(',')).any(|name| name.trim() == GALLEY_V1);
    if galley { Dialect::Galley } else { Dialect::Stock }
}

fn busy(state: &State, limit: &'static str) -> HttpResponse {
    state.metrics.reached(limit);
    HttpResponse::build(StatusCode::SERVICE_UNAVAILABLE)
        .insert_header((RETRY_AFTER, RETRY_SECONDS))
        .body("too many connections at once; try again in a moment\n")
}

/// Keeps the gauge and the pass while the socket lives, and lets go of its connection even if its task panics.
struct Counted {
    state: Data<State>,
    pass: Pass,
    handle: Handle,
}

impl Counted {
    fn new(state: &Data<State>, pass: Pass, handle: Handle) -> Counted {
        state.metrics.connections.inc();
        Counted { state: state.clone(), pass, handle }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.state.metrics.connections.dec();
        if std::thread::panicking() {
            self.state.metrics.panics.inc();
            self.handle.hang_up();
        }
    }
}

/// One socket's two directions, what is known of its bytes, and the connection under it.
struct Wire {
    session: Session,
    messages: AggregatedMessageStream,
    /// What the room says to it.
    outbox: Outbox,
    watch: Watch,
    /// When it was last asked whether it is still there.
    pinged: Instant,
    handle: Handle,
    /// From our last word to the end.
    patience: Duration,
}

struct Socket {
    state: Data<State>,
    wire: Wire,
    counted: Counted,
}

/// Why a socket ended.
#[derive(Debug)]
enum Ending {
    /// The peer left, with this code if with any.
    Left(Option<CloseCode>),
    /// We have a reason of our own.
    Said(CloseReason),
    /// The peer broke a rule of RFC 6455.
    Broke(CloseCode, &'static str),
}

impl Ending {
    fn close(&self) -> Option<actix_ws::CloseReason> {
        match self {
            Ending::Left(code) => code.map(|code| actix_ws::CloseReason { code, description: None }),
            Ending::Said(reason) => Some(actix_ws::CloseReason {
                code: CloseCode::Other(reason.code()),
                description: Some(reason.sentence().to_owned()),
            }),
            Ending::Broke(code, sentence) => {
                Some(actix_ws::CloseReason { code: *code, description: Some((*sentence).to_owned()) })
            }
        }
    }
}

impl Socket {
    /// Both directions, until one of them ends it.
    async fn serve(&mut self, seat: &Seat) -> Ending {
        let (state, outbox) = (self.state.clone(), self.wire.outbox.clone());
        let writer = pin!(heed(&outbox, seat, state.config.limits.goodbye));
        let reader = pin!(self.read(seat, &outbox));
        match select(reader, writer).await {
            Either::Left((ending, _)) | Either::Right((ending, _)) => ending,
        }
    }

    /// From the socket to the room.
    async fn read(&mut self, seat: &Seat, outbox: &Outbox) -> Ending {
        let limits = &self.state.config.limits;
        let mut paces = [
            ("updates_per_second", Pace::new(limits.updates_per_second, limits.updates_burst, limits.flood)),
            ("bytes_per_second", Pace::new(limits.bytes_per_second, limits.bytes_burst, limits.flood)),
        ];
        let opened = Instant::now();
        let mut first = Some(opened + limits.first_message);
        loop {
            match self.wire.next(&self.state, first).await {
                Ok(Message::Binary(bytes)) => {
                    first = None;
                    self.state.metrics.received.inc();
                    if let Some(flood) = self.slow_down(&mut paces, opened, bytes.len()).await {
                        return flood;
                    }
                    let Ok(message) = packed::unpack(bytes, self.state.config.limits.room.message_bytes) else {
                        return Ending::Said(CloseReason::Invalid);
                    };
                    // What the client sends meanwhile waits in its own buffers.
                    while let Some(wait) = outbox.held() {
                        tokio::time::sleep(wait).await;
                    }
                    if !seat.frame(message).await {
                        // The room said goodbye before it went.
                        return Ending::Said(outbox.ended().unwrap_or(CloseReason::TryLater));
                    }
                }
                Ok(Message::Ping(bytes)) => {
                    if self.wire.session.pong(&bytes).await.is_err() {
                        return Ending::Left(None);
                    }
                }
                Ok(Message::Pong(_)) => {}
                Ok(Message::Text(_)) => return Ending::Said(CloseReason::Invalid),
                Ok(Message::Close(reason)) => return Ending::Left(reason.map(|reason| reason.code)),
                Err(ending) => return ending,
            }
        }
    }

    /// Reads no further for as long as it takes; who stays too fast is told to go.
    async fn slow_down(&self, paces: &mut [(&'static str, Pace)], opened: Instant, bytes: usize) -> Option<Ending> {
        let metrics = &self.state.metrics;
        let mut longest = self.counted.pass.wait(bytes);
        if longest.is_some() {
            metrics.reached("document_bytes_per_second");
        }
        for (limit, pace) in paces {
            let amount = if *limit == "bytes_per_second" { bytes } else { 1 };
            match pace.take(opened.elapsed(), amount) {
                Verdict::Go => {}
                Verdict::Wait(wait) => {
                    metrics.reached(limit);
                    longest = longest.max(Some(wait));
                }
                Verdict::Flood => {
                    metrics.reached("flood");
                    return Some(Ending::Said(CloseReason::TryLater));
                }
            }
        }
        tokio::time::sleep(longest?).await;
        None
    }
}

impl Wire {
    /// The next message, if it comes in time. Who has said nothing for a while is asked whether they are still there.
    async fn next(&mut self, state: &State, first: Option<Instant>) -> Result<Message, Ending> {
        let limits = &state.config.limits;
        loop {
            let (due, limit) = match (self.watch.due(), first) {
                (Some(due), _) => (due, "patience"),
                (None, Some(first)) => (first, "first_message"),
                (None, None) => (self.watch.heard() + limits.dead, "dead"),
            };
            let now = Instant::now();
            if due <= now {
                state.metrics.reached(limit);
                return Err(Ending::Said(CloseReason::TryLater));
            }
            let mut ping = self.watch.heard().max(self.pinged) + limits.ping;
            if ping <= now {
                self.ping();
                ping = now + limits.ping;
            }
            // Bytes of a message that is not whole yet put it off.
            match timeout_at(due.min(ping), self.messages.recv()).await {
                Ok(Some(Ok(message))) => return Ok(message),
                Ok(None) => {
                    return Err(self.watch.violation().map_or(Ending::Left(None), |found| broken(state, found)));
                }
                Ok(Some(Err(ProtocolError::Io(why)))) if why.kind() == io::ErrorKind::InvalidData => {
                    return Err(Ending::Broke(CloseCode::Invalid, "this is not UTF-8"));
                }
                Ok(Some(Err(_))) => return Err(Ending::Broke(CloseCode::Protocol, NO_FRAME)),
                Err(_) => {}
            }
        }
    }

    fn ping(&mut self) {
        self.pinged = Instant::now();
        if self.outbox.ping() {
            self.outbox.bring(|bytes| self.handle.try_write(bytes));
        }
    }

    /// Says why, gives the peer a moment to say goodbye too, and ends the connection whatever it does.
    async fn goodbye(mut self, ending: &Ending) {
        let session = self.session;
        let parting = async {
            if session.close(ending.close()).await.is_err() || !matches!(ending, Ending::Said(_)) {
                return;
            }
            while let Some(Ok(message)) = self.messages.recv().await {
                if matches!(message, Message::Close(_)) {
                    return;
                }
            }
        };
        let parted = tokio::time::timeout(self.patience, parting).await;
        match (parted, self.watch.violation()) {
            (Ok(()), None) => self.handle.hang_up(),
            _ => self.handle.linger(),
        }
    }
}

fn broken(state: &State, violation: Violation) -> Ending {
    let (limit, ending) = match violation {
        Violation::Oversized => (Some("message_bytes"), Ending::Said(CloseReason::TooLarge)),
        Violation::Crowded => (Some("unfinished_bytes"), Ending::Said(CloseReason::TryLater)),
        Violation::Shredded => (Some("fragments"), Ending::Said(CloseReason::Invalid)),
        Violation::Pinging => {
            (Some("pings_per_second"), Ending::Broke(CloseCode::Policy, "that is a great many pings"))
        }
        Violation::Text => (None, Ending::Said(CloseReason::Invalid)),
        Violation::Malformed => (None, Ending::Broke(CloseCode::Protocol, NO_FRAME)),
    };
    if let Some(limit) = limit {
        state.metrics.reached(limit);
    }
    ending
}

/// Does what the room says to the socket itself, until that is the end; its messages go by the outbox.
async fn heed(outbox: &Outbox, seat: &Seat, goodbye: Duration) -> Ending {
    loop {
        match outbox.told().await {
            Told::Drained => Box::pin(seat.drained()).await,
            Told::Closing(reason) => {
                // A reader that takes nothing does not hear its Close either.
                Box::pin(tokio::time::timeout(goodbye, outbox.emptied())).await.ok();
                return Ending::Said(reason);
            }
        }
    }
}
