//! `/api/documents/{id}/links` for owners, `/api/links/{link}/redeem` for whoever holds a secret.

use actix_web::http::header::USER_AGENT;
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use room::Role;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::Body;
use super::people::Me;
use crate::access::{Action, Grant, Principal};
use crate::{State, clock, guard, links};

/// A link as its owner sees it.
#[derive(Serialize, ToSchema)]
pub struct Link {
    /// UUID; not secret.
    id: Uuid,
    /// What it gives: view, comment or edit.
    #[schema(value_type = String)]
    role: Role,
    /// For the owner's eyes.
    label: String,
    /// The whole address with its secret.
    url: String,
    /// Milliseconds since 1970.
    created_ms: u64,
    /// When it was last redeemed.
    used_ms: Option<u64>,
    /// How often.
    uses: u64,
    /// From then on it opens nothing.
    expires_ms: Option<u64>,
    /// Whether that is now.
    expired: bool,
    /// Whether the secret alone is not enough.
    has_password: bool,
}

/// All links of a document.
#[derive(Serialize, ToSchema)]
pub struct Links {
    /// Oldest first.
    links: Vec<Link>,
}

/// A wish for a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// view, comment or edit.
    #[schema(value_type = String)]
    role: Role,
    /// At most 80 characters.
    #[serde(default)]
    label: String,
    /// Milliseconds since 1970, in the future.
    expires_ms: Option<u64>,
    /// 4 to 256 characters.
    password: Option<String>,
}

/// What may be changed; absent stays, `null` removes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Another role; open sockets get it at once.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// Another label.
    label: Option<String>,
    /// Another end.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<u64>)]
    expires_ms: Option<Option<u64>>,
    /// Another password: everything the old one gave ends.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    password: Option<Option<String>>,
    /// A new secret: the old one and everything it gave end.
    #[serde(default)]
    regenerate: bool,
}

/// Tells `null` from absent.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// The secret from the fragment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redeem {
    /// 32 hexadecimal digits.
    secret: String,
    /// How a new guest wants to be seen.
    name: Option<String>,
    /// The link's password, if it has one.
    password: Option<String>,
}

/// What a link opened.
#[derive(Serialize, ToSchema)]
pub struct Opened {
    /// The document's id.
    document: Uuid,
    /// Its page.
    url: String,
    /// What may be done there, by all grants of whoever asked.
    #[schema(value_type = String)]
    role: Role,
    /// Its title; empty if untitled.
    title: String,
    /// The text as HTML, so that the page can show it without asking again.
    html: String,
    /// Who that is now.
    me: Me,
}

fn show(state: &State, link: &links::Link) -> Link {
    Link {
        id: link.id,
        role: link.role,
        label: link.label.clone(),
        url: link.url(state.access.key(), &state.site.origin()),
        created_ms: link.created_ms,
        used_ms: link.used_ms,
        uses: link.uses,
        expires_ms: link.expires_ms,
        expired: link.is_expired(),
        has_password: link.has_password(),
    }
}

/// Every link of a document.
#[utoipa::path(get, path = "/api/documents/{id}/links",
    responses((status = 200, body = Links), (status = 403), (status = 404)))]
pub async fn list(grant: Grant, state: Data<State>) -> Result<Json<Links>, Error> {
    let found = links::list(&state.storage, grant.document()).await?;
    Ok(Json(Links { links: found.iter().map(|link| show(&state, link)).collect() }))
}

/// A new link.
#[utoipa::path(post, path = "/api/documents/{id}/links", request_body = New,
    responses((status = 201, body = Link), (status = 403), (status = 404)))]
pub async fn create(grant: Grant, Body(new): Body<New>, state: Data<State>) -> Result<HttpResponse, Error> {
    let New { role, label, expires_ms, password } = new;
    let wanted = links::Change {
        role: Some(role),
        label: Some(label),
        expires_ms: Some(expires_ms),
        password: password.map(Some),
        regenerate: false,
    };
    let link = links::create(&state.storage, state.accounts.hasher(), &grant, wanted).await?;
    Ok(HttpResponse::Created().json(show(&state, &link)))
}

/// Changes a link.
#[utoipa::path(patch, path = "/api/documents/{id}/links/{link}", request_body = Change,
    responses((status = 200, body = Link), (status = 403), (status = 404)))]
pub async fn change(
    grant: Grant,
    path: Path<(Uuid, Uuid)>,
    Body(wish): Body<Change>,
    state: Data<State>,
) -> Result<Json<Link>, Error> {
    let Change { role, label, expires_ms, password, regenerate } = wish;
    let wanted = links::Change { role, label, expires_ms, password, regenerate };
    let link = links::update(&state.storage, state.accounts.hasher(), &grant, path.1, wanted).await?;
    state.rooms.readmit(grant.document()).await;
    Ok(Json(show(&state, &link)))
}

/// Revokes a link; whoever is in by it leaves at once.
#[utoipa::path(delete, path = "/api/documents/{id}/links/{link}",
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn remove(grant: Grant, path: Path<(Uuid, Uuid)>, state: Data<State>) -> Result<HttpResponse, Error> {
    links::remove(&state.storage, &grant, path.1).await?;
    state.rooms.readmit(grant.document()).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Shows a link's secret and gets its grant; nobody becomes a guest.
#[utoipa::path(post, path = "/api/links/{link}/redeem", request_body = Redeem,
    responses((status = 200, body = Opened), (status = 401), (status = 404), (status = 429)))]
pub async fn redeem(
    request: HttpRequest,
    before: Principal,
    id: Path<Uuid>,
    Body(shown): Body<Redeem>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let address = guard::client_address(&request, &state.config);
    let attempt = state.throttle.attempt(clock::monotonic_ms(), address, &id.to_string())?;
    let found = links::check(&state.storage, state.access.key(), *id, &shown.secret).await?;
    let (document, link) = found.ok_or(Error::LinkGone)?;
    match link.opens_with(state.accounts.hasher(), shown.password).await {
        // Being asked for a password is no failure.
        Err(Error::PasswordRequired) => {
            attempt.succeeded();
            return Err(Error::PasswordRequired);
        }
        other => other?,
    }
    attempt.succeeded();
    let (principal, secret) = match before {
        Principal::Nobody => {
            let (session, secret) = state.accounts.new_guest(shown.name.as_deref(), agent(&request)).await?;
            (Principal::Guest(session), Some(secret))
        }
        known => (known, None),
    };
    let author = principal.author().ok_or(Error::SignIn)?;
    links::redeem(&state.storage, document, &link, author).await?;
    let grant = state.access.admit(&principal, document, Action::ReadHtml).await.map_err(|_| Error::LinkGone)?;
    let text = state.rooms.read(&grant).await?;
    let html = crate::rendered::html(&text);
    let opened = Opened {
        document,
        url: format!("/d/{document}"),
        role: grant.role(),
        title: html.title().unwrap_or_default().to_owned(),
        html: html.body().to_owned(),
        me: Me::from(&principal),
    };
    let mut answer = HttpResponse::Ok();
    if let Some(secret) = secret {
        answer.cookie(secret.cookie(&state.site));
    }
    Ok(answer.json(opened))
}

/// A browser's words about itself.
pub fn agent(request: &HttpRequest) -> &str {
    request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
