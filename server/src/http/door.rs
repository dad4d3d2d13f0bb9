//! Who gets past a route: what every request must show before its handler runs.
//!
//! Invariant: a handler finds the [`Principal`], and the [`Grant`] where its action takes a role, in the request; both
//! were judged against the table in `access.rs` and come from nowhere else. Next: `http.rs`, whose routes are made here.

use std::future::{Ready, ready};
use std::panic::AssertUnwindSafe;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data};
use actix_web::{
    FromRequest, Handler, HttpMessage, HttpRequest, HttpResponse, Responder, ResponseError, Route, guard as accept,
};

use futures_util::FutureExt;

use super::{Error, pages};
use crate::access::{Action, Body, Grant, Need, Principal};
use crate::{State, guard};

type Passed = Result<ServiceResponse<BoxBody>, actix_web::Error>;

/// GET, and HEAD for the head alone.
pub fn get<F, Args>(action: Action, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    api(action, reading(), handler)
}

/// POST.
pub fn post<F, Args>(action: Action, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    api(action, web::post(), handler)
}

/// PATCH.
pub fn patch<F, Args>(action: Action, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    api(action, web::patch(), handler)
}

/// DELETE.
pub fn delete<F, Args>(action: Action, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    api(action, web::delete(), handler)
}

/// A page: whoever is refused sees one too.
pub fn page<F, Args>(action: Action, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    reading().to(handler).wrap(from_fn(move |request, next| show(action, request, next)))
}

/// A socket: who may open it shows itself in other ways, and only a socket can carry the code of a refusal, so `ws.rs`
/// holds it against the action itself.
pub fn socket<F, Args>(action: Action, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let name = move |request: ServiceRequest, next: Next<BoxBody>| {
        request.extensions_mut().insert(action);
        contained(request, next)
    };
    reading().to(handler).wrap(from_fn(name))
}

fn api<F, Args>(action: Action, route: Route, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    route.to(handler).wrap(from_fn(move |request, next| answer(action, request, next)))
}

/// A handler that panics ends its own request, says so, and is counted; nobody else notices.
async fn contained(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Passed {
    let asked = request.request().clone();
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(answer) => Ok(answer?.map_into_boxed_body()),
        Err(_) => {
            tracing::error!(
                route = asked.match_pattern(),
                "a handler panicked; its request was answered with an error"
            );
            if let Some(state) = asked.app_data::<Data<State>>() {
                state.metrics.panics.inc();
            }
            Ok(ServiceResponse::new(asked, Error::Broken.error_response()))
        }
    }
}

fn reading() -> Route {
    web::route().guard(accept::Any(accept::Get()).or(accept::Head()))
}

async fn answer(action: Action, request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Passed {
    let admitted = match fits(action, &request) {
        Ok(()) => admit(action, &request).await,
        Err(error) => Err(error),
    };
    match admitted {
        Ok(()) => contained(request, next).await,
        Err(error) => Ok(request.into_response(error.error_response())),
    }
}

/// Whether the body is of the right kind, and there is room for what it brings: nobody should send megabytes for nothing.
fn fits(action: Action, request: &ServiceRequest) -> Result<(), Error> {
    guard::carries(request.request(), action.takes())?;
    let state = request.app_data::<Data<State>>();
    match action.takes() {
        Body::Bytes if state.is_some_and(|state| state.storage.is_paused()) => Err(Error::Full),
        _ => Ok(()),
    }
}

async fn show(action: Action, request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Passed {
    match admit(action, &request).await {
        Ok(()) => contained(request, next).await,
        Err(Error::SignIn) => {
            let start = HttpResponse::SeeOther().insert_header((header::LOCATION, "/")).finish();
            Ok(request.into_response(start))
        }
        Err(error) => {
            let page = pages::refused(request.request(), error).await;
            Ok(request.into_response(page.unwrap_or_else(|error| error.error_response())))
        }
    }
}

async fn admit(action: Action, request: &ServiceRequest) -> Result<(), Error> {
    if action.needs() == Need::Nothing {
        return Ok(());
    }
    let state = request.app_data::<Data<State>>().cloned().ok_or(Error::NotFound)?;
    let principal = state.access.principal(request.request(), &state).await?;
    request.extensions_mut().insert(principal.clone());
    if let Need::Role(_) | Need::Trash = action.needs() {
        let id = request.match_info().get("id").and_then(|id| id.parse().ok()).ok_or(Error::NotFound)?;
        let grant = state.access.admit(&principal, id, action).await?;
        request.extensions_mut().insert(grant);
        return Ok(());
    }
    principal.may(action)
}

impl FromRequest for Principal {
    type Error = Error;
    type Future = Ready<Result<Principal, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request.extensions().get::<Principal>().cloned().unwrap_or(Principal::Nobody)))
    }
}

impl FromRequest for Grant {
    type Error = Error;
    type Future = Ready<Result<Grant, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Grant>().cloned().ok_or(Error::NotFound))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{App, test};

    use super::*;
    use crate::config::Config;

    async fn fine() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    async fn broken() -> HttpResponse {
        panic!("on purpose")
    }

    #[actix_web::test]
    async fn sk42_a_handler_that_panics_ends_its_own_request() {
        let data = tempfile::tempdir().expect("a folder");
        let server = crate::App::build(Config::for_tests(data.path())).await.expect("a server");
        let state = server.state();
        let routes = App::new()
            .app_data(state.clone())
            .route("/broken", get(Action::Health, broken))
            .route("/page", page(Action::Health, broken))
            .route("/socket", socket(Action::Socket, broken))
            .route("/fine", get(Action::Health, fine));
        let service = test::init_service(routes).await;
        for (path, status) in [("/broken", 500), ("/fine", 200), ("/page", 500), ("/socket", 500), ("/fine", 200)] {
            let answer = test::call_service(&service, test::TestRequest::get().uri(path).to_request()).await;
            assert_eq!(answer.status(), status, "{path}");
        }
        assert_eq!(state.metrics.panics.get(), 3);
    }
}
