//! One WebSocket: who may open it, what may pass, when it ends.
//!
//! Invariant: everything a peer can do wrong ends this socket with a code and touches nothing else. Authentication
//! comes before the upgrade; a frame is judged at its header; a reader that stops reading costs bounded memory.
//! Next: `rooms.rs`, where messages go; `ws/frames.rs` for the header guard.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, SEC_WEBSOCKET_PROTOCOL};
use actix_web::web::{self, Data, Path, Query};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, dev, rt};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, Session};
use futures_util::future::{Either, select};
use futures_util::{StreamExt, stream};
use room::{Channel, CloseReason, Dialect};
use serde::Deserialize;
use uuid::Uuid;

use crate::State;
use crate::access::{Action, Grant, Principal, Standing};
use crate::accounts;
use crate::http::Error;
use crate::outbox::{Outbox, Outgoing};
use crate::rooms::{Entrance, Seat};

pub mod frames;
mod pace;
pub mod packed;
mod sockets;

use frames::{FrameGuard, Unfinished, Violation};
use pace::{Pace, Verdict};
pub use sockets::{Pass, Sockets};

/// Our own subprotocol: acks, roles and packing on top of the stock messages.
const GALLEY_V1: &str = "galley.v1";
/// How long a peer may take to answer our Close.
const GOODBYE: Duration = Duration::from_millis(500);
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
    if !state.sockets.may_upgrade() {
        state.metrics.reached("upgrades_per_second");
        return Ok(busy());
    }
    let principal = state.access.socket_principal(&request, &state, asked.ticket.as_deref(), document).await?;
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
    let address = crate::guard::client_address(&request, &state.config);
    let Ok(pass) = state.sockets.admit(principal.author().unwrap_or(room::Author(document)), address) else {
        state.metrics.reached("connections_per_person_or_address");
        return Ok(busy());
    };
    let violation = Rc::new(Cell::new(None));
    let limit = state.config.limits.room.message_bytes;
    let body = guarded(&request, body, limit, state.sockets.unfinished(), violation.clone()).await?;
    let (response, session, messages) =
        actix_ws::handle_with_protocols(&request, body, &[GALLEY_V1]).map_err(|_| Error::NotAWebSocket)?;
    let messages = messages.max_frame_size(limit).aggregate_continuations().max_continuation_size(limit);
    rt::spawn(async move {
        let _counted = Counted::new(&state, pass);
        match entry {
            Ok(grant) => {
                let socket = Socket { state, session, messages, dialect, violation };
                socket.run(grant, principal, channel).await;
            }
            Err(reason) => goodbye(session, messages, Some(&reason)).await,
        }
    });
    Ok(response)
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

fn busy() -> HttpResponse {
    HttpResponse::build(StatusCode::SERVICE_UNAVAILABLE)
        .insert_header((RETRY_AFTER, RETRY_SECONDS))
        .body("too many connections at once; try again in a moment\n")
}

/// The request's body behind the frame guard.
async fn guarded(
    request: &HttpRequest,
    body: web::Payload,
    limit: usize,
    unfinished: Unfinished,
    violation: Rc<Cell<Option<Violation>>>,
) -> Result<web::Payload, Error> {
    let mut guard = FrameGuard::new(limit, unfinished);
    let checked = body.map(move |chunk| {
        let bytes = chunk?;
        guard.feed(&bytes).map(|()| bytes).map_err(|found| {
            violation.set(Some(found));
            PayloadError::Overflow
        })
    });
    // After the first error nothing more is read from the socket.
    let fused = stream::unfold(Some(Box::pin(checked)), |checked| async move {
        let mut checked = checked?;
        let item = checked.next().await?;
        let rest = item.is_ok().then_some(checked);
        Some((item, rest))
    });
    let mut payload: dev::Payload = dev::Payload::Stream { payload: Box::pin(fused) };
    web::Payload::from_request(request, &mut payload).await.map_err(|_| Error::NotAWebSocket)
}

/// Keeps the gauge and the pass while the socket lives.
struct Counted {
    state: Data<State>,
    _pass: Pass,
}

impl Counted {
    fn new(state: &Data<State>, pass: Pass) -> Counted {
        state.metrics.connections.inc();
        Counted { state: state.clone(), _pass: pass }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.state.metrics.connections.dec();
    }
}

struct Socket {
    state: Data<State>,
    session: Session,
    messages: AggregatedMessageStream,
    dialect: Dialect,
    violation: Rc<Cell<Option<Violation>>>,
}

/// Why a socket ended on our side; `None`: the peer left.
type Ending = Option<CloseReason>;

impl Socket {
    async fn run(self, grant: Grant, principal: Principal, channel: Channel) {
        let Socket { state, session, mut messages, dialect, violation } = self;
        let outbox = Outbox::default();
        let Ok(also) = accounts::guests_of(&state.storage, grant.author()).await else {
            return goodbye(session, messages, Some(&CloseReason::TryLater)).await;
        };
        let entrance = Entrance { grant, principal, also, dialect, channel, outbox: outbox.clone() };
        let ending = match state.rooms.enter(entrance).await {
            Ok(seat) => {
                let reader = pin!(read(&state, &mut messages, &seat, session.clone(), &violation));
                let writer = pin!(write(&state, session.clone(), &outbox, &seat, dialect));
                match select(reader, writer).await {
                    Either::Left((ending, _)) | Either::Right((ending, _)) => ending,
                }
            }
            Err(error) => Some(error.close_reason()),
        };
        goodbye(session, messages, ending.as_ref()).await;
    }
}

/// From the socket to the room, until something ends it.
async fn read(
    state: &State,
    messages: &mut AggregatedMessageStream,
    seat: &Seat,
    mut session: Session,
    violation: &Cell<Option<Violation>>,
) -> Ending {
    let limits = &state.config.limits;
    let mut pace = Pace::new(limits.updates_per_second, limits.updates_burst, limits.flood);
    let opened = Instant::now();
    let mut patience = limits.first_message;
    loop {
        let Ok(received) = tokio::time::timeout(patience, messages.recv()).await else {
            state.metrics.reached("dead");
            return Some(CloseReason::TryLater);
        };
        match received {
            Some(Ok(AggregatedMessage::Binary(bytes))) => {
                patience = limits.dead;
                state.metrics.received.inc();
                match pace.message(opened.elapsed()) {
                    Verdict::Go => {}
                    Verdict::Wait(wait) => tokio::time::sleep(wait).await,
                    Verdict::Flood => {
                        state.metrics.reached("updates_per_second");
                        return Some(CloseReason::TryLater);
                    }
                }
                let Ok(message) = packed::unpack(bytes, limits.room.message_bytes) else {
                    return Some(CloseReason::Invalid);
                };
                if !seat.frame(message).await {
                    return Some(CloseReason::TryLater);
                }
            }
            Some(Ok(AggregatedMessage::Ping(bytes))) => {
                if session.pong(&bytes).await.is_err() {
                    return None;
                }
            }
            Some(Ok(AggregatedMessage::Pong(_))) => {}
            Some(Ok(AggregatedMessage::Text(_))) => return Some(CloseReason::Invalid),
            Some(Ok(AggregatedMessage::Close(_))) | None => return None,
            Some(Err(_)) => return Some(broken(state, violation.get())),
        }
    }
}

fn broken(state: &State, violation: Option<Violation>) -> CloseReason {
    match violation {
        Some(Violation::Oversized) => {
            state.metrics.reached("message_bytes");
            CloseReason::TooLarge
        }
        Some(Violation::Crowded) => {
            state.metrics.reached("unfinished_bytes");
            CloseReason::TryLater
        }
        Some(Violation::Shredded) | None => CloseReason::Invalid,
    }
}

/// From the room to the socket, with a ping when it is time.
async fn write(state: &State, mut session: Session, outbox: &Outbox, seat: &Seat, dialect: Dialect) -> Ending {
    let mut ping = tokio::time::interval(state.config.limits.ping);
    ping.tick().await;
    // The room counts on hearing of it well before its own bound is reached.
    let drained_after = state.config.limits.room.outbox_bytes / 4;
    let mut since_drained = 0;
    loop {
        tokio::select! {
            outgoing = outbox.next() => match outgoing {
                Outgoing::Frames(frames) => {
                    for frame in frames {
                        since_drained += frame.len();
                        let frame = if dialect == Dialect::Galley { packed::pack(frame) } else { frame };
                        session.binary(frame).await.ok()?;
                    }
                    if since_drained >= drained_after && outbox.is_empty() {
                        since_drained = 0;
                        seat.drained().await;
                    }
                }
                Outgoing::Close(reason) => return Some(reason),
            },
            _ = ping.tick() => session.ping(b"").await.ok()?,
        }
    }
}

/// Says why, and gives the peer a moment to say goodbye too.
async fn goodbye(session: Session, mut messages: AggregatedMessageStream, reason: Option<&CloseReason>) {
    let close = reason.map(|reason| actix_ws::CloseReason {
        code: CloseCode::Other(reason.code()),
        description: Some(reason.sentence().to_owned()),
    });
    if session.close(close).await.is_err() || reason.is_none() {
        return;
    }
    let answered = async {
        while let Some(Ok(message)) = messages.recv().await {
            if matches!(message, AggregatedMessage::Close(_)) {
                return;
            }
        }
    };
    tokio::time::timeout(GOODBYE, answered).await.ok();
}
