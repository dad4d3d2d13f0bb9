//! The route table.
//!
//! Invariant: every route stands in [`routes`] and names its [`Action`]; nothing gets past [`door`] without what the
//! action takes. Next: `http/*.rs`, one file a resource; `http/error.rs` for what a refusal looks like.

use std::future::ready;
use std::io;
use std::net::TcpListener;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_server::Server;
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::{self, Data, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{App, HttpResponse, Resource};
use tracing_actix_web::{StreamSpan, TracingLogger};

use crate::access::Action;
use crate::line::{Line, Lines};
use crate::{State, guard, metrics, ws};

mod account;
mod admin;
mod archive;
mod assets;
mod authorship;
mod body;
mod documents;
mod door;
mod error;
mod events;
mod export;
mod files;
mod frames;
mod history;
mod installed;
mod links;
mod members;
pub mod notes;
mod openapi;
mod pages;
mod passkeys;
mod people;
mod span;
mod throttle;

pub use body::{Arriving, at_rate};
pub use documents::is_known;
use door::{delete, get, page, patch, post, socket};
pub use error::Error;
pub use events::{Place, Streams};
pub use people::Person;
pub use throttle::Throttle;

/// Every address of this server.
fn routes(service: &mut ServiceConfig) {
    service
        .service(at("/").route(page(Action::HomePage, pages::home)))
        .service(at("/d/{id}").route(page(Action::DocumentPage, pages::document)))
        .service(at("/d/{id}/history").route(page(Action::HistoryPage, pages::history)))
        .service(at("/d/{id}/history/{version}").route(page(Action::HistoryPage, pages::history)))
        .service(at("/s/{link}").route(page(Action::LinkPage, pages::link)))
        .service(at("/settings").route(page(Action::SettingsPage, pages::settings)))
        .service(at("/admin").route(page(Action::AdminPage, pages::admin)))
        .service(at("/u/{id}/{name}").route(get(Action::File, files::serve)))
        .service(at("/shell/{page}").route(get(Action::Shell, pages::shell)))
        .service(at("/sw.js").route(get(Action::Asset, installed::worker)))
        .service(at("/manifest.webmanifest").route(get(Action::Asset, installed::manifest)))
        .service(at("/icons/{name}").route(get(Action::Asset, installed::icon)))
        .service(at("/icon.svg").route(get(Action::Asset, assets::icon)))
        .service(at("/assets/{path:.*}").route(get(Action::Asset, assets::asset)))
        .service(at("/frame/diagram").route(get(Action::Frame, frames::diagram)))
        .service(at("/frame/embed/{provider}").route(get(Action::Frame, frames::embed)))
        .service(at("/sync/{id}").route(socket(Action::Socket, ws::text)))
        .service(at("/sync/{id}/notes").route(socket(Action::NotesSocket, ws::notes)))
        .service(at("/healthz").route(get(Action::Health, metrics::healthz)))
        .service(at("/readyz").route(get(Action::Health, metrics::readyz)))
        .service(at("/metrics").route(get(Action::Metrics, metrics::metrics)))
        .service(at("/api/openapi.json").route(get(Action::Describe, openapi::document)))
        .configure(people_routes)
        .configure(document_routes)
        .configure(note_routes)
        .configure(file_routes)
        .configure(history_routes)
        .configure(admin_routes)
        .configure(echo_route)
        .default_service(web::to(pages::nothing_here));
}

#[cfg(feature = "autobahn")]
fn echo_route(service: &mut ServiceConfig) {
    service.service(web::resource("/echo").route(web::get().to(ws::echo::echo)));
}

#[cfg(not(feature = "autobahn"))]
fn echo_route(_: &mut ServiceConfig) {}

fn people_routes(service: &mut ServiceConfig) {
    service
        .service(at("/api/signup").route(post(Action::SignUp, people::sign_up)))
        .service(at("/api/login").route(post(Action::SignIn, people::sign_in)))
        .service(at("/api/logout").route(post(Action::SignOut, people::sign_out)))
        .service(at("/api/reset").route(post(Action::Reset, people::reset)))
        .service(at("/api/me").route(get(Action::Me, people::me)).route(patch(Action::RenameMe, people::rename)))
        .service(at("/api/me/password").route(post(Action::ChangePassword, account::change_password)))
        .service(
            at("/api/me/sessions")
                .route(get(Action::Sessions, account::sessions))
                .route(delete(Action::EndSession, account::end_others)),
        )
        .service(at("/api/me/sessions/{session}").route(delete(Action::EndSession, account::end_session)))
        .service(
            at("/api/tokens")
                .route(get(Action::Tokens, account::tokens))
                .route(post(Action::CreateToken, account::create_token)),
        )
        .service(at("/api/tokens/{token}").route(delete(Action::RemoveToken, account::remove_token)))
        .service(
            at("/api/me/passkeys")
                .route(get(Action::Passkeys, passkeys::list))
                .route(post(Action::AddPasskey, passkeys::add)),
        )
        .service(at("/api/me/passkeys/begin").route(post(Action::AddPasskey, passkeys::begin)))
        .service(at("/api/me/passkeys/{passkey}").route(delete(Action::RemovePasskey, passkeys::remove)))
        .service(at("/api/login/passkey/begin").route(post(Action::SignIn, passkeys::begin_login)))
        .service(at("/api/login/passkey").route(post(Action::SignIn, passkeys::login)))
        .service(at("/api/export").route(get(Action::ExportAll, archive::export)))
        .service(at("/api/import").route(post(Action::Import, archive::import)))
        .service(at("/api/events").route(get(Action::Events, events::stream)));
}

fn document_routes(service: &mut ServiceConfig) {
    service
        .service(
            at("/api/documents")
                .route(get(Action::Documents, documents::list))
                .route(post(Action::CreateDocument, documents::create)),
        )
        .service(
            at("/api/documents/{id}")
                .route(get(Action::ReadDocument, documents::read))
                .route(patch(Action::Rename, documents::rename))
                .route(delete(Action::Trash, documents::trash)),
        )
        .service(at("/api/documents/{id}/restore").route(post(Action::Restore, documents::restore)))
        .service(at("/api/documents/{id}/erase").route(post(Action::Erase, documents::erase)))
        .service(at("/api/documents/{id}/leave").route(post(Action::Leave, documents::leave)))
        .service(at("/api/documents/{id}/text").route(get(Action::ReadText, documents::text)))
        .service(at("/api/documents/{id}/salvaged").route(get(Action::Salvaged, pages::salvaged)))
        .service(at("/api/documents/{id}/html").route(get(Action::ReadHtml, documents::html)))
        .service(at("/api/documents/{id}/ticket").route(post(Action::Ticket, documents::ticket)))
        .service(
            at("/api/documents/{id}/members")
                .route(get(Action::Members, members::list))
                .route(post(Action::AddMember, members::add)),
        )
        .service(
            at("/api/documents/{id}/members/{author}")
                .route(patch(Action::ChangeMember, members::change))
                .route(delete(Action::RemoveMember, members::remove)),
        )
        .service(at("/api/documents/{id}/owner").route(post(Action::HandOver, members::hand_over)))
        .service(
            at("/api/documents/{id}/requests")
                .route(get(Action::Requests, members::requests))
                .route(post(Action::Ask, members::ask)),
        )
        .service(
            at("/api/documents/{id}/requests/{author}")
                .route(post(Action::AnswerRequest, members::allow))
                .route(delete(Action::AnswerRequest, members::decline)),
        )
        .service(
            at("/api/documents/{id}/links")
                .route(get(Action::Links, links::list))
                .route(post(Action::CreateLink, links::create)),
        )
        .service(
            at("/api/documents/{id}/links/{link}")
                .route(patch(Action::ChangeLink, links::change))
                .route(delete(Action::RevokeLink, links::remove)),
        )
        .service(at("/api/links/{link}/redeem").route(post(Action::Redeem, links::redeem)));
}

fn note_routes(service: &mut ServiceConfig) {
    service
        .service(at("/api/documents/{id}/people").route(get(Action::ReadPeople, notes::people)))
        .service(at("/api/documents/{id}/export").route(get(Action::Export, export::file)))
        .service(
            at("/api/documents/{id}/notes")
                .route(get(Action::ReadNotes, notes::list))
                .route(post(Action::WriteNotes, notes::create)),
        )
        .service(
            at("/api/documents/{id}/notes/{note}")
                .route(patch(Action::WriteNotes, notes::change))
                .route(delete(Action::WriteNotes, notes::remove)),
        )
        .service(at("/api/documents/{id}/notes/{note}/reactions").route(post(Action::WriteNotes, notes::react)))
        .service(at("/api/documents/{id}/notes/{note}/replies").route(post(Action::WriteNotes, notes::reply)))
        .service(
            at("/api/documents/{id}/notes/{note}/replies/{reply}")
                .route(patch(Action::WriteNotes, notes::change_reply))
                .route(delete(Action::WriteNotes, notes::remove_reply)),
        )
        .service(
            at("/api/documents/{id}/notes/{note}/replies/{reply}/reactions")
                .route(post(Action::WriteNotes, notes::react_to_reply)),
        );
}

fn file_routes(service: &mut ServiceConfig) {
    service
        .service(
            at("/api/documents/{id}/files")
                .route(get(Action::Files, files::list))
                .route(post(Action::KeepFile, files::keep)),
        )
        .service(at("/api/documents/{id}/files/{name}").route(delete(Action::RemoveFile, files::remove)));
}

fn history_routes(service: &mut ServiceConfig) {
    service
        .service(
            at("/api/documents/{id}/versions")
                .route(get(Action::Versions, history::list))
                .route(post(Action::NameVersion, history::create)),
        )
        .service(
            at("/api/documents/{id}/versions/{version}")
                .route(get(Action::Versions, history::read))
                .route(patch(Action::NameVersion, history::rename))
                .route(delete(Action::RemoveVersion, history::remove)),
        )
        .service(at("/api/documents/{id}/versions/{version}/text").route(get(Action::Versions, history::text)))
        .service(
            at("/api/documents/{id}/versions/{version}/restore").route(post(Action::BringBack, history::bring_back)),
        )
        .service(at("/api/documents/{id}/authors").route(get(Action::Authorship, authorship::authors)))
        .service(at("/api/documents/{id}/authorship").route(get(Action::Authorship, authorship::authorship)))
        .service(at("/api/documents/{id}/since").route(get(Action::Since, authorship::since)))
        .service(at("/api/documents/{id}/seen").route(post(Action::Seen, authorship::seen)));
}

fn admin_routes(service: &mut ServiceConfig) {
    service
        .service(at("/api/admin/users").route(get(Action::Users, admin::users)))
        .service(at("/api/admin/users/{author}").route(patch(Action::ChangeUser, admin::change_user)))
        .service(at("/api/admin/users/{author}/reset").route(post(Action::ResetUser, admin::reset_user)))
        .service(
            at("/api/admin/invites")
                .route(get(Action::Invites, admin::invites))
                .route(post(Action::CreateInvite, admin::invite)),
        )
        .service(at("/api/admin/invites/{invite}").route(delete(Action::RemoveInvite, admin::remove_invite)))
        .service(at("/api/admin/documents").route(get(Action::Holdings, admin::documents)))
        .service(at("/api/admin/documents/{document}").route(patch(Action::ChangeHolding, admin::change_document)));
}

/// One address; another method than those it has is an error that says so.
fn at(path: &str) -> Resource {
    web::resource(path).default_service(web::to(async || Err::<HttpResponse, _>(Error::WrongMethod)))
}

/// Starts serving; the caller decides for how long. Connections are [`Line`](crate::line::Line)s, which is why this puts together by hand
/// what `HttpServer` puts together for plain TCP.
pub fn serve(listener: TcpListener, state: Data<State>) -> io::Result<Server> {
    let address = listener.local_addr()?;
    let limits = state.config.limits.clone();
    let lines = Lines::new(&state.config, state.metrics.clone());
    let builder = Server::build().disable_signals().shutdown_timeout(limits.stop_requests.as_secs());
    let stopping = builder.graceful_shutdown_signal();
    let serve = move || {
        let (lines, stopping) = (lines.clone(), stopping.clone());
        let stopped = move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        };
        let http = HttpService::build()
            .graceful_shutdown_signal(stopped)
            .keep_alive(limits.keep_alive)
            .client_request_timeout(limits.request_head)
            .client_disconnect_timeout(limits.unread)
            .local_addr(address)
            .on_connect_ext(|line: &Line<TcpStream>, data| drop(data.insert(line.handle())))
            .finish(map_config(app(state.clone()).into_factory().map_err(|error| error.error_response()), |()| {
                AppConfig::default()
            }));
        fn_service(move |stream: TcpStream| {
            // Without this a small frame waits 40 ms for the peer's delayed ACK.
            stream.set_nodelay(true).ok();
            let peer = stream.peer_addr().ok();
            ready(Ok::<_, DispatchError>((lines.begin(stream, peer.map(|peer| peer.ip())), Protocol::Http1, peer)))
        })
        .and_then(http)
    };
    Ok(builder.listen("galley", listener, serve)?.run())
}

type Served = ServiceResponse<StreamSpan<BoxBody>>;

/// Everything around the routes.
fn app(
    state: Data<State>,
) -> App<impl ServiceFactory<ServiceRequest, Config = (), Response = Served, Error = actix_web::Error, InitError = ()>>
{
    App::new()
        .app_data(state)
        .app_data(PathConfig::default().error_handler(|_, _| Error::NotFound.into()))
        .app_data(QueryConfig::default().error_handler(|_, _| Error::BadQuery.into()))
        .wrap(from_fn(guard::guard))
        .wrap(TracingLogger::<span::Quiet>::new())
        .configure(routes)
}
