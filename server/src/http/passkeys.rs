//! `/api/me/passkeys` and `/api/login/passkey`: signing in without a password. The work is in `passkeys.rs`.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::Body;
use super::links::agent;
use super::people::{Me, signed_in};
use crate::access::Principal;
use crate::accounts::Arrival;
use crate::passkeys::{PasskeyInfo, Passkeys};
use crate::{State, clock, guard};

/// A step of WebAuthn for the browser.
#[derive(Serialize, ToSchema)]
pub struct Ceremony {
    /// To be sent back with the browser's answer.
    ceremony: String,
    /// For `navigator.credentials`, binary values as base64url.
    #[schema(value_type = Object)]
    options: Value,
}

/// A passkey, as its owner sees it.
#[derive(Serialize, ToSchema)]
pub struct Passkey {
    /// UUID.
    id: Uuid,
    /// What its owner calls it.
    label: String,
    /// Milliseconds since 1970.
    created_ms: u64,
    /// When it last opened the account.
    used_ms: Option<u64>,
}

/// All of somebody's passkeys.
#[derive(Serialize, ToSchema)]
pub struct AllPasskeys {
    /// Oldest first.
    passkeys: Vec<Passkey>,
}

/// What a device made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// As it was given.
    ceremony: String,
    /// 1 to 40 visible characters.
    label: String,
    /// `RegistrationResponseJSON`.
    #[schema(value_type = Object)]
    credential: Value,
}

/// What a device answered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByPasskey {
    /// As it was given.
    ceremony: String,
    /// `AuthenticationResponseJSON`.
    #[schema(value_type = Object)]
    credential: Value,
}

impl From<PasskeyInfo> for Passkey {
    fn from(PasskeyInfo { id, label, created_ms, used_ms }: PasskeyInfo) -> Passkey {
        Passkey { id, label, created_ms, used_ms }
    }
}

fn passkeys(state: &State) -> Result<&Passkeys, Error> {
    state.passkeys.as_ref().ok_or(Error::NoPasskeys)
}

/// The passkeys of whoever asks.
#[utoipa::path(get, path = "/api/me/passkeys", responses((status = 200, body = AllPasskeys), (status = 401)))]
pub async fn list(principal: Principal, state: Data<State>) -> Result<Json<AllPasskeys>, Error> {
    let author = principal.account()?.author;
    let found = match &state.passkeys {
        Some(passkeys) => passkeys.list(author).await?,
        None => Vec::new(),
    };
    Ok(Json(AllPasskeys { passkeys: found.into_iter().map(Passkey::from).collect() }))
}

/// Begins making one.
#[utoipa::path(post, path = "/api/me/passkeys/begin", responses((status = 200, body = Ceremony), (status = 409)))]
pub async fn begin(principal: Principal, state: Data<State>) -> Result<Json<Ceremony>, Error> {
    let session = principal.account()?;
    let name = session.name.as_deref().unwrap_or_default();
    let begun = passkeys(&state)?.begin_registration(clock::wall_ms(), session.author, name, &session.display);
    let (ceremony, options) = begun.await?;
    Ok(Json(Ceremony { ceremony, options }))
}

/// Keeps what the device made.
#[utoipa::path(post, path = "/api/me/passkeys", request_body = NewPasskey,
    responses((status = 201, body = Passkey), (status = 400), (status = 409)))]
pub async fn add(
    principal: Principal,
    Body(made): Body<NewPasskey>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let author = principal.account()?.author;
    let NewPasskey { ceremony, label, credential } = made;
    let now = clock::wall_ms();
    let kept = passkeys(&state)?.finish_registration(now, author, &ceremony, &label, credential).await?;
    Ok(HttpResponse::Created().json(Passkey::from(kept)))
}

/// Removes one; it opens nothing from then on.
#[utoipa::path(delete, path = "/api/me/passkeys/{passkey}", responses((status = 204), (status = 404)))]
pub async fn remove(principal: Principal, id: Path<Uuid>, state: Data<State>) -> Result<HttpResponse, Error> {
    passkeys(&state)?.remove(principal.account()?.author, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Begins signing in; nobody says who they are yet.
#[utoipa::path(post, path = "/api/login/passkey/begin", responses((status = 200, body = Ceremony), (status = 409)))]
pub async fn begin_login(state: Data<State>) -> Result<Json<Ceremony>, Error> {
    let (ceremony, options) = passkeys(&state)?.begin_login(clock::wall_ms())?;
    Ok(Json(Ceremony { ceremony, options }))
}

/// Signs in whoever's passkey answered.
#[utoipa::path(post, path = "/api/login/passkey", request_body = ByPasskey,
    responses((status = 200, body = Me), (status = 400), (status = 401), (status = 409)))]
pub async fn login(
    request: HttpRequest,
    before: Principal,
    Body(shown): Body<ByPasskey>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let address = guard::client_address(&request, &state.config);
    let attempt = state.throttle.attempt(clock::monotonic_ms(), address, &shown.ceremony)?;
    let author = passkeys(&state)?.finish_login(clock::wall_ms(), &shown.ceremony, shown.credential).await?;
    attempt.succeeded();
    let arrival = Arrival { before: &before, agent: agent(&request) };
    let (session, secret) = state.accounts.open_session(author, arrival).await?;
    Ok(signed_in(&session, &secret, &state))
}
