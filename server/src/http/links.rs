//! `/api/documents/{id}/links` for owners, `/api/links/{link}/redeem` for whoever holds a secret.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use room::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::Body;
use super::documents::admit;
use super::people::Me;
use crate::access::{Grant, Principal};
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
}

/// What may be changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Another role; open sockets get it at once.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// Another label.
    label: Option<String>,
    /// A new secret: the old one and everything it gave end.
    #[serde(default)]
    regenerate: bool,
}

/// The secret from the fragment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redeem {
    /// 32 hexadecimal digits.
    secret: String,
    /// How a new guest wants to be seen.
    name: Option<String>,
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
    }
}

async fn own(request: &HttpRequest, id: Uuid, state: &State) -> Result<Grant, Error> {
    admit(request, id, state).await?.at_least(Role::Own)
}

/// Every link of a document.
#[utoipa::path(get, path = "/api/documents/{id}/links", responses((status = 200, body = Links), (status = 403), (status = 404)))]
pub async fn list(request: HttpRequest, id: Path<Uuid>, state: Data<State>) -> Result<Json<Links>, Error> {
    let grant = own(&request, *id, &state).await?;
    let found = links::list(&state.storage, grant.document()).await?;
    Ok(Json(Links { links: found.iter().map(|link| show(&state, link)).collect() }))
}

/// A new link.
#[utoipa::path(post, path = "/api/documents/{id}/links", request_body = New,
    responses((status = 201, body = Link), (status = 403), (status = 404)))]
pub async fn create(
    request: HttpRequest,
    id: Path<Uuid>,
    Body(new): Body<New>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let grant = own(&request, *id, &state).await?;
    let link = links::create(&state.storage, &grant, new.role, &new.label).await?;
    Ok(HttpResponse::Created().json(show(&state, &link)))
}

/// Changes a link.
#[utoipa::path(patch, path = "/api/documents/{id}/links/{link}", request_body = Change,
    responses((status = 200, body = Link), (status = 403), (status = 404)))]
pub async fn change(
    request: HttpRequest,
    path: Path<(Uuid, Uuid)>,
    Body(wish): Body<Change>,
    state: Data<State>,
) -> Result<Json<Link>, Error> {
    let (id, link) = path.into_inner();
    let grant = own(&request, id, &state).await?;
    let Change { role, label, regenerate } = wish;
    let link = links::update(&state.storage, &grant, link, links::Change { role, label, regenerate }).await?;
    Ok(Json(show(&state, &link)))
}

/// Revokes a link; whoever is in by it leaves at once.
#[utoipa::path(delete, path = "/api/documents/{id}/links/{link}", responses((status = 204), (status = 403), (status = 404)))]
pub async fn remove(request: HttpRequest, path: Path<(Uuid, Uuid)>, state: Data<State>) -> Result<HttpResponse, Error> {
    let (id, link) = path.into_inner();
    let grant = own(&request, id, &state).await?;
    links::remove(&state.storage, &grant, link).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Shows a link's secret and gets its grant; nobody becomes a guest.
#[utoipa::path(post, path = "/api/links/{link}/redeem", request_body = Redeem,
    responses((status = 200, body = Opened), (status = 404), (status = 429)))]
pub async fn redeem(
    request: HttpRequest,
    id: Path<Uuid>,
    Body(shown): Body<Redeem>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let address = guard::client_address(&request, &state.config);
    let attempt = state.throttle.attempt(clock::monotonic_ms(), address, &id.to_string())?;
    let found = links::check(&state.storage, state.access.key(), *id, &shown.secret).await?;
    let (document, link) = found.ok_or(Error::LinkGone)?;
    attempt.succeeded();
    let before = state.access.principal(&request, &state).await?;
    let (principal, token) = match before {
        Principal::Nobody => {
            let (session, token) = state.accounts.new_guest(shown.name.as_deref()).await?;
            (Principal::Guest(session), Some(token))
        }
        known => (known, None),
    };
    let author = principal.author().ok_or(Error::SignIn)?;
    links::redeem(&state.storage, document, &link, author).await?;
    let grant = state.access.admit(&principal, document).await?.ok_or(Error::LinkGone)?;
    let text = state.rooms.read(&grant).await?;
    let html = render::render(&text, &render::Options::default());
    let opened = Opened {
        document,
        url: format!("/d/{document}"),
        role: grant.role(),
        title: html.title().unwrap_or_default().to_owned(),
        html: html.body().to_owned(),
        me: Me::from(&principal),
    };
    let mut answer = HttpResponse::Ok();
    if let Some(token) = token {
        answer.cookie(token.cookie(&state.site));
    }
    Ok(answer.json(opened))
}
