//! `/api/me/password`, `/api/me/sessions`, `/api/tokens`: what only a session of one's own may change.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use room::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::Body;
use crate::access::Principal;
use crate::{State, clock, guard, sessions};

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Passwords {
    /// The present one.
    current: String,
    /// 8 to 256 characters.
    new: String,
}

/// Where somebody is signed in.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// Names it in this list.
    id: String,
    /// Whether it is the one that asks.
    current: bool,
    /// Milliseconds since 1970.
    created_ms: u64,
    /// Last use, to the hour.
    seen_ms: u64,
    /// The browser's words about itself.
    agent: String,
}

/// All of them.
#[derive(Serialize, ToSchema)]
pub struct Sessions {
    /// Newest use first.
    sessions: Vec<SignedIn>,
}

/// How far a token reaches.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// No role beyond view.
    Read,
    /// No role beyond comment.
    Comment,
    /// No role beyond edit.
    Edit,
}

/// A personal access token.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// UUID.
    id: Uuid,
    /// The owner's words.
    label: String,
    /// How far it reaches.
    scope: Scope,
    /// Milliseconds since 1970.
    created_ms: u64,
    /// `null`: never.
    expires_ms: Option<u64>,
    /// Last use, to the hour.
    used_ms: Option<u64>,
    /// The token itself; told once.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// All of somebody's tokens.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// Oldest first.
    tokens: Vec<Token>,
}

/// A wish for a token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// 1 to 80 characters.
    label: String,
    /// How far it reaches.
    scope: Scope,
    /// Milliseconds since 1970, in the future; absent: never.
    expires_ms: Option<u64>,
}

impl From<Scope> for Role {
    fn from(scope: Scope) -> Role {
        match scope {
            Scope::Read => Role::View,
            Scope::Comment => Role::Comment,
            Scope::Edit => Role::Edit,
        }
    }
}

impl Token {
    fn show(info: sessions::TokenInfo, token: Option<String>) -> Token {
        let sessions::TokenInfo { id, label, scope, created_ms, expires_ms, used_ms } = info;
        let scope = match scope {
            Role::View => Scope::Read,
            Role::Comment => Scope::Comment,
            Role::Edit | Role::Own => Scope::Edit,
        };
        Token { id, label, scope, created_ms, expires_ms, used_ms, token }
    }
}

/// Changes the password; every other session ends.
#[utoipa::path(post, path = "/api/me/password", request_body = Passwords,
    responses((status = 204), (status = 400), (status = 401)))]
pub async fn change_password(
    request: HttpRequest,
    principal: Principal,
    Body(typed): Body<Passwords>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let session = principal.account()?;
    let address = guard::client_address(&request, &state.config);
    let name = session.name.as_deref().unwrap_or_default();
    let attempt = state.throttle.attempt(clock::monotonic_ms(), address, name)?;
    match state.accounts.change_password(session, typed.current, typed.new).await {
        // Only a wrong password is a guess.
        Err(Error::WrongCredentials) => return Err(Error::WrongCredentials),
        other => {
            attempt.succeeded();
            other?;
        }
    }
    state.rooms.readmit_person(session.author).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Where whoever asks is signed in.
#[utoipa::path(get, path = "/api/me/sessions", responses((status = 200, body = Sessions), (status = 401)))]
pub async fn sessions(principal: Principal, state: Data<State>) -> Result<Json<Sessions>, Error> {
    let session = principal.account()?;
    let this = sessions::id_of(&session.hash);
    let found = sessions::of(&state.storage, session.author).await?;
    let shown = found.into_iter().map(|sessions::SignedIn { id, created_ms, seen_ms, agent }| SignedIn {
        current: id == this,
        id,
        created_ms,
        seen_ms,
        agent,
    });
    Ok(Json(Sessions { sessions: shown.collect() }))
}

/// Ends one session and its sockets.
#[utoipa::path(delete, path = "/api/me/sessions/{session}", responses((status = 204), (status = 404)))]
pub async fn end_session(principal: Principal, id: Path<String>, state: Data<State>) -> Result<HttpResponse, Error> {
    let session = principal.account()?;
    let hash = sessions::find(&state.storage, session.author, &id).await?.ok_or(Error::NotFound)?;
    sessions::end(&state.storage, session.author, &hash).await?;
    state.rooms.readmit_person(session.author).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends every session but this one.
#[utoipa::path(delete, path = "/api/me/sessions", responses((status = 204), (status = 401)))]
pub async fn end_others(principal: Principal, state: Data<State>) -> Result<HttpResponse, Error> {
    let session = principal.account()?;
    sessions::end_all(&state.storage, session.author, Some(&session.hash)).await?;
    state.rooms.readmit_person(session.author).await;
    Ok(HttpResponse::NoContent().finish())
}

/// The tokens of whoever asks.
#[utoipa::path(get, path = "/api/tokens", responses((status = 200, body = Tokens), (status = 401)))]
pub async fn tokens(principal: Principal, state: Data<State>) -> Result<Json<Tokens>, Error> {
    let found = sessions::tokens(&state.storage, principal.account()?.author).await?;
    Ok(Json(Tokens { tokens: found.into_iter().map(|info| Token::show(info, None)).collect() }))
}

/// A new token.
#[utoipa::path(post, path = "/api/tokens", request_body = NewToken,
    responses((status = 201, body = Token), (status = 400), (status = 401)))]
pub async fn create_token(
    principal: Principal,
    Body(wish): Body<NewToken>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let author = principal.account()?.author;
    let scope = wish.scope.into();
    let (info, token) = sessions::new_token(&state.storage, author, &wish.label, scope, wish.expires_ms).await?;
    Ok(HttpResponse::Created().json(Token::show(info, Some(token))))
}

/// Revokes a token; its sockets close.
#[utoipa::path(delete, path = "/api/tokens/{token}", responses((status = 204), (status = 404)))]
pub async fn remove_token(principal: Principal, id: Path<Uuid>, state: Data<State>) -> Result<HttpResponse, Error> {
    let author = principal.account()?.author;
    if !sessions::remove_token(&state.storage, author, *id).await? {
        return Err(Error::NotFound);
    }
    state.rooms.readmit_person(author).await;
    Ok(HttpResponse::NoContent().finish())
}
