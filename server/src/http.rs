//! The route table, and how an error becomes an answer.
//!
//! Invariant: every route stands in [`routes`]; every error has a status, a code for programs and a sentence for
//! people that says what to do. Causes go to the log, never to the client. Next: `http/*.rs`, one file a resource.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, PathConfig, QueryConfig, ServiceConfig, delete, patch, post};
use actix_web::{App, HttpResponse, HttpServer, Resource, ResponseError, Route, guard as accept, rt};
use room::{CommandError, Role};
use storage::StoreError;
use tracing_actix_web::TracingLogger;

use crate::passwords::HashError;
use crate::rooms::RoomError;
use crate::{State, guard, metrics, ws};

mod assets;
mod body;
mod documents;
mod links;
mod openapi;
mod pages;
mod people;
mod span;
mod throttle;

pub use throttle::Throttle;

/// Every address of this server.
fn routes(service: &mut ServiceConfig) {
    service
        .service(at("/").route(get().to(pages::home)))
        .service(at("/d/{id}").route(get().to(pages::document)))
        .service(at("/s/{link}").route(get().to(pages::link)))
        .service(at("/icon.svg").route(get().to(assets::icon)))
        .service(at("/assets/{path:.*}").route(get().to(assets::asset)))
        .service(at("/sync/{id}").route(get().to(ws::text)))
        .service(at("/sync/{id}/notes").route(get().to(ws::notes)))
        .service(at("/healthz").route(get().to(metrics::healthz)))
        .service(at("/readyz").route(get().to(metrics::readyz)))
        .service(at("/metrics").route(get().to(metrics::metrics)))
        .service(at("/api/openapi.json").route(get().to(openapi::document)))
        .service(at("/api/signup").route(post().to(people::sign_up)))
        .service(at("/api/login").route(post().to(people::sign_in)))
        .service(at("/api/logout").route(post().to(people::sign_out)))
        .service(at("/api/me").route(get().to(people::me)).route(patch().to(people::rename)))
        .service(at("/api/documents").route(get().to(documents::list)).route(post().to(documents::create)))
        .service(
            at("/api/documents/{id}")
                .route(get().to(documents::read))
                .route(patch().to(documents::change))
                .route(delete().to(documents::trash)),
        )
        .service(at("/api/documents/{id}/text").route(get().to(documents::text)))
        .service(at("/api/documents/{id}/html").route(get().to(documents::html)))
        .service(at("/api/documents/{id}/ticket").route(post().to(documents::ticket)))
        .service(at("/api/documents/{id}/links").route(get().to(links::list)).route(post().to(links::create)))
        .service(
            at("/api/documents/{id}/links/{link}").route(patch().to(links::change)).route(delete().to(links::remove)),
        )
        .service(at("/api/links/{link}/redeem").route(post().to(links::redeem)))
        .default_service(web::to(pages::nothing_here));
}

/// One address; another method than those it has is an error that says so.
fn at(path: &str) -> Resource {
    web::resource(path).default_service(web::to(async || Err::<HttpResponse, _>(Error::WrongMethod)))
}

/// Whoever may GET may ask for the head alone.
fn get() -> Route {
    web::route().guard(accept::Any(accept::Get()).or(accept::Head()))
}

/// How long a client may take for its request's head.
const HEAD: Duration = Duration::from_secs(5);
/// From the end of the last answer to the next request on one connection.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Seconds open requests get when the server stops.
const STOP_SECONDS: u64 = 5;

/// Starts serving; the caller decides for how long.
pub fn serve(listener: TcpListener, state: Data<State>) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(PathConfig::default().error_handler(|_, _| Error::NotFound.into()))
            .app_data(QueryConfig::default().error_handler(|_, _| Error::BadQuery.into()))
            .wrap(from_fn(guard::guard))
            .wrap(TracingLogger::<span::Quiet>::new())
            .configure(routes)
    })
    .on_connect(|connection, _| {
        if let Some(stream) = connection.downcast_ref::<rt::net::TcpStream>() {
            // Without this a small frame waits 40 ms for the peer's delayed ACK.
            stream.set_nodelay(true).ok();
        }
    })
    .client_request_timeout(HEAD)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(STOP_SECONDS)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

/// Everything that ends a request early.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say what each one means")]
pub enum Error {
    #[error("there is nothing here, or nothing for you; check the address, or ask whoever sent it for a link")]
    NotFound,
    #[error("this address does not take that method")]
    WrongMethod,
    #[error("sign in first")]
    SignIn,
    #[error("the name or the password is wrong")]
    WrongCredentials,
    #[error("your access does not allow this; ask the owner of the document for more")]
    RoleTooLow(Role),
    #[error("this request did not come from a page of this site; open Galley at its own address and try again")]
    ForeignOrigin,
    #[error("send JSON with Content-Type: application/json")]
    NotJson,
    #[error("the request is not what this address takes: {0}")]
    BadJson(String),
    #[error("the address carries something this page does not understand")]
    BadQuery,
    #[error("this is larger than the limit of {0} bytes; shorten it")]
    TooLarge(usize),
    #[error("sending took too long; try again on a better connection")]
    TooSlow,
    #[error("an account name has 2 to 32 characters: a-z, 0-9 and hyphens, not starting with a hyphen")]
    NameInvalid,
    #[error("this name is taken; choose another")]
    NameTaken,
    #[error("a display name has 1 to 40 visible characters")]
    DisplayInvalid,
    #[error("a password has 8 to 256 characters")]
    PasswordLength,
    #[error("this password is among the first that anybody would try; choose another")]
    PasswordCommon,
    #[error("accounts on this server are by invitation; ask its administrator")]
    InviteRequired,
    #[error("the first account is created at the set-up address that the server printed when it started")]
    SetupRequired,
    #[error("too many attempts; wait a minute and try again")]
    TooManyAttempts,
    #[error("a title has 1 to 200 characters")]
    TitleInvalid,
    #[error("a document with this id exists already; let the server choose the id")]
    IdTaken,
    #[error("a document id is a UUID of version 7")]
    IdInvalid,
    #[error("this link does not open anything any more, or its address is not complete; ask for a new one")]
    LinkGone,
    #[error("a link can let people view, comment or edit")]
    LinkRole,
    #[error("a label has at most 80 characters")]
    LabelTooLong,
    #[error("this document has a hundred links; revoke one first")]
    TooManyLinks,
    #[error("this address speaks WebSocket; connect with a Yjs provider")]
    NotAWebSocket,
    #[error("the system gave no random numbers; try again")]
    NoRandomness,
    #[error("the server could not read or write its data; what was saved before is safe, try again later")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Room(#[from] RoomError),
    #[error("{0}")]
    Hash(#[from] HashError),
}

impl Error {
    /// What programs look at.
    fn code(&self) -> &'static str {
        match self {
            Error::NotFound => "not_found",
            Error::WrongMethod => "wrong_method",
            Error::SignIn => "sign_in",
            Error::WrongCredentials => "wrong_credentials",
            Error::RoleTooLow(_) => "role_too_low",
            Error::ForeignOrigin => "foreign_origin",
            Error::NotJson => "not_json",
            Error::BadJson(_) => "bad_json",
            Error::BadQuery => "bad_query",
            Error::TooLarge(_) => "too_large",
            Error::TooSlow => "too_slow",
            Error::NameInvalid => "name_invalid",
            Error::NameTaken => "name_taken",
            Error::DisplayInvalid => "display_invalid",
            Error::PasswordLength => "password_short",
            Error::PasswordCommon => "password_common",
            Error::InviteRequired => "invite_required",
            Error::SetupRequired => "setup_required",
            Error::TooManyAttempts => "rate_limited",
            Error::TitleInvalid => "title_invalid",
            Error::IdTaken => "id_taken",
            Error::IdInvalid => "id_invalid",
            Error::LinkGone => "link_gone",
            Error::LinkRole => "link_role",
            Error::LabelTooLong => "label_too_long",
            Error::TooManyLinks => "too_many_links",
            Error::NotAWebSocket => "not_a_websocket",
            Error::NoRandomness | Error::Hash(_) => "unavailable",
            Error::Store(_) => "storage",
            Error::Room(_) => "document_unavailable",
        }
    }

    fn about_room(error: &RoomError) -> StatusCode {
        match error {
            RoomError::Refused(CommandError::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            RoomError::Refused(CommandError::ReadOnly) => StatusCode::FORBIDDEN,
            RoomError::Refused(CommandError::Unsaved)
            | RoomError::Stopping
            | RoomError::Load(_)
            | RoomError::Poisoned(_)
            | RoomError::Lost => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Error::NotFound | Error::LinkGone => StatusCode::NOT_FOUND,
            Error::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Error::SignIn | Error::WrongCredentials => StatusCode::UNAUTHORIZED,
            Error::RoleTooLow(_) | Error::ForeignOrigin | Error::InviteRequired | Error::SetupRequired => {
                StatusCode::FORBIDDEN
            }
            Error::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Error::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Error::NameTaken | Error::IdTaken => StatusCode::CONFLICT,
            Error::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Error::NotAWebSocket => StatusCode::UPGRADE_REQUIRED,
            Error::NoRandomness | Error::Store(_) | Error::Hash(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Room(error) => Error::about_room(error),
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Error::Store(cause) => tracing::error!("{cause}"),
            Error::Room(cause) => tracing::warn!("{cause}"),
            _ => {}
        }
        let body = serde_json::json!({"error": {"code": self.code(), "message": sentence(&self.to_string())}});
        let mut answer = HttpResponse::build(self.status_code());
        if matches!(self, Error::TooManyAttempts) {
            answer.insert_header((RETRY_AFTER, "60"));
        }
        answer.json(body)
    }
}

/// As a person would write it: a capital first, a full stop last.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
