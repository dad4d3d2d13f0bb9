//! `/api/signup`, `/api/login`, `/api/logout`, `/api/me`.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::Body;
use crate::access::Principal;
use crate::accounts::{Session, SigningUp, Token, no_cookie};
use crate::{State, clock, guard, names};

/// Who is asking, as the page shows it.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Me {
    /// Somebody with a name and a password.
    Account {
        /// The author of what they write.
        author: Uuid,
        /// Unique account name.
        name: String,
        /// How others see them.
        display: String,
        /// Colour, 1 to 8.
        peer: u8,
        /// Whether this account administers the server.
        admin: bool,
    },
    /// A session without an account.
    Guest {
        /// The author of what they write.
        author: Uuid,
        /// How others see them.
        display: String,
        /// Colour, 1 to 8.
        peer: u8,
    },
    /// No session.
    Nobody,
}

impl From<&Principal> for Me {
    fn from(principal: &Principal) -> Me {
        match principal {
            Principal::Account(session) | Principal::Guest(session) => Me::from(session),
            Principal::Nobody => Me::Nobody,
        }
    }
}

impl From<&Session> for Me {
    fn from(session: &Session) -> Me {
        let (author, display, peer) = (session.author.0, session.display.clone(), names::peer(session.author));
        match &session.name {
            Some(name) => Me::Account { author, name: name.clone(), display, peer, admin: session.admin },
            None => Me::Guest { author, display, peer },
        }
    }
}

/// A wish for an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// `[a-z0-9][a-z0-9-]{1,31}`
    name: String,
    /// 8 to 256 characters.
    password: String,
    /// How others shall see them; the name if absent.
    display: Option<String>,
    /// The secret of the set-up address; only for the first account.
    setup: Option<String>,
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Account name.
    name: String,
    /// Its password.
    password: String,
}

/// Another display name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// 1 to 40 visible characters.
    display: String,
}

/// Creates an account and signs it in.
#[utoipa::path(post, path = "/api/signup", request_body = SignUp, responses((status = 200, body = Me)))]
pub async fn sign_up(
    request: HttpRequest,
    Body(typed): Body<SignUp>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let address = guard::client_address(&request, &state.config);
    let attempt = state.throttle.attempt(clock::monotonic_ms(), address, "sign-up")?;
    let before = state.access.principal(&request, &state).await?;
    let wish = SigningUp {
        name: typed.name,
        password: typed.password,
        display: typed.display,
        setup: typed.setup,
        direct: !guard::is_forwarded(&request),
    };
    let (session, token) = state.accounts.sign_up(wish, &before).await?;
    attempt.succeeded();
    Ok(signed_in(&session, &token, &state))
}

/// Signs in.
#[utoipa::path(post, path = "/api/login", request_body = SignIn, responses((status = 200, body = Me), (status = 401)))]
pub async fn sign_in(
    request: HttpRequest,
    Body(typed): Body<SignIn>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let address = guard::client_address(&request, &state.config);
    let attempt = state.throttle.attempt(clock::monotonic_ms(), address, &typed.name)?;
    let before = state.access.principal(&request, &state).await?;
    let (session, token) = state.accounts.sign_in(&typed.name, typed.password, &before).await?;
    attempt.succeeded();
    Ok(signed_in(&session, &token, &state))
}

/// Ends this session and its sockets.
#[utoipa::path(post, path = "/api/logout", responses((status = 204)))]
pub async fn sign_out(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Error> {
    if let Some(session) = state.access.principal(&request, &state).await?.session() {
        state.accounts.sign_out(session).await?;
    }
    Ok(HttpResponse::NoContent().cookie(no_cookie(&state.site)).finish())
}

/// Who is asking.
#[utoipa::path(get, path = "/api/me", responses((status = 200, body = Me)))]
pub async fn me(request: HttpRequest, state: Data<State>) -> Result<Json<Me>, Error> {
    Ok(Json(Me::from(&state.access.principal(&request, &state).await?)))
}

/// Changes how others see whoever asks.
#[utoipa::path(patch, path = "/api/me", request_body = Rename, responses((status = 200, body = Me)))]
pub async fn rename(request: HttpRequest, Body(typed): Body<Rename>, state: Data<State>) -> Result<Json<Me>, Error> {
    let principal = state.access.principal(&request, &state).await?;
    state.accounts.rename(&principal, &typed.display).await?;
    Ok(Json(Me::from(&state.access.principal(&request, &state).await?)))
}

fn signed_in(session: &Session, token: &Token, state: &State) -> HttpResponse {
    HttpResponse::Ok().cookie(token.cookie(&state.site)).json(Me::from(session))
}
