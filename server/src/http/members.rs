//! `/api/documents/{id}/members`, `/owner` and `/requests`: who has access by name, and who asks for it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use room::{Author, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::Body;
use super::documents::Document;
use super::people::Person;
use crate::access::{Grant, Principal};
use crate::{State, accounts, documents, members};

/// Somebody with a role of their own.
#[derive(Serialize, ToSchema)]
pub struct Member {
    #[serde(flatten)]
    person: Person,
    /// view, comment or edit.
    #[schema(value_type = String)]
    role: Role,
    /// Milliseconds since 1970.
    added_ms: u64,
}

/// Everybody with a role of their own.
#[derive(Serialize, ToSchema)]
pub struct Members {
    /// Whose the document is.
    owner: Person,
    /// Longest first.
    members: Vec<Member>,
}

/// Somebody who wants to do more.
#[derive(Serialize, ToSchema)]
pub struct Request {
    #[serde(flatten)]
    person: Person,
    /// What they want to do.
    #[schema(value_type = String)]
    role: Role,
    /// In their words.
    message: String,
    /// Milliseconds since 1970.
    at_ms: u64,
}

/// Everybody who wants to do more.
#[derive(Serialize, ToSchema)]
pub struct Requests {
    /// Longest first.
    requests: Vec<Request>,
}

/// Somebody to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Account name.
    name: String,
    /// view, comment or edit.
    #[schema(value_type = String)]
    role: Role,
}

/// A role for somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// view, comment or edit.
    #[schema(value_type = String)]
    role: Role,
}

/// A new owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Heir {
    /// Account name.
    name: String,
}

/// A wish for more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// comment or edit.
    #[schema(value_type = String)]
    role: Role,
    /// At most 280 characters.
    #[serde(default)]
    message: String,
}

/// Who has access by name.
#[utoipa::path(get, path = "/api/documents/{id}/members",
    responses((status = 200, body = Members), (status = 403), (status = 404)))]
pub async fn list(grant: Grant, state: Data<State>) -> Result<Json<Members>, Error> {
    let record = documents::load(&state.storage, grant.document()).await?.ok_or(Error::NotFound)?;
    let mut shown = Vec::new();
    for (author, member) in members::of(&state.storage, grant.document()).await? {
        shown.push(show(&state, author, &member).await?);
    }
    Ok(Json(Members { owner: Person::of(&state.storage, record.owner).await?, members: shown }))
}

/// Gives an account a role; adding somebody again changes it.
#[utoipa::path(post, path = "/api/documents/{id}/members", request_body = New,
    responses((status = 201, body = Member), (status = 403), (status = 404), (status = 409)))]
pub async fn add(grant: Grant, Body(new): Body<New>, state: Data<State>) -> Result<HttpResponse, Error> {
    let author = account(&state, &new.name).await?;
    let member = set(&state, &grant, author, new.role).await?;
    Ok(HttpResponse::Created().json(member))
}

/// Gives a member another role.
#[utoipa::path(patch, path = "/api/documents/{id}/members/{author}", request_body = Change,
    responses((status = 200, body = Member), (status = 403), (status = 404)))]
pub async fn change(
    grant: Grant,
    path: Path<(Uuid, Uuid)>,
    Body(wish): Body<Change>,
    state: Data<State>,
) -> Result<Json<Member>, Error> {
    let author = Author(path.1);
    members::find(&state.storage, grant.document(), author).await?.ok_or(Error::NotFound)?;
    Ok(Json(set(&state, &grant, author, wish.role).await?))
}

/// Takes a member's role away; grants they have by links stay.
#[utoipa::path(delete, path = "/api/documents/{id}/members/{author}",
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn remove(grant: Grant, path: Path<(Uuid, Uuid)>, state: Data<State>) -> Result<HttpResponse, Error> {
    if !members::remove(&state.storage, grant.document(), Author(path.1)).await? {
        return Err(Error::NotFound);
    }
    state.rooms.readmit(grant.document()).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Gives the document to another account; whoever had it can edit.
#[utoipa::path(post, path = "/api/documents/{id}/owner", request_body = Heir,
    responses((status = 200, body = Document), (status = 403), (status = 404), (status = 409)))]
pub async fn hand_over(
    principal: Principal,
    grant: Grant,
    Body(heir): Body<Heir>,
    state: Data<State>,
) -> Result<Json<Document>, Error> {
    let author = account(&state, &heir.name).await?;
    documents::hand_over(&state.storage, grant.document(), author).await?;
    state.rooms.readmit(grant.document()).await;
    let after = state.access.admit(&principal, grant.document(), crate::access::Action::ReadDocument).await?;
    Ok(Json(Document::of(&state, &after).await?))
}

/// Who asks for more.
#[utoipa::path(get, path = "/api/documents/{id}/requests",
    responses((status = 200, body = Requests), (status = 403), (status = 404)))]
pub async fn requests(grant: Grant, state: Data<State>) -> Result<Json<Requests>, Error> {
    let mut requests = Vec::new();
    for (author, members::Request { role, message, at_ms, .. }) in
        members::requests(&state.storage, grant.document()).await?
    {
        requests.push(Request { person: Person::of(&state.storage, author).await?, role, message, at_ms });
    }
    Ok(Json(Requests { requests }))
}

/// Asks the owner for more than one may do.
#[utoipa::path(post, path = "/api/documents/{id}/requests", request_body = Wish,
    responses((status = 204), (status = 404), (status = 409)))]
pub async fn ask(grant: Grant, Body(wish): Body<Wish>, state: Data<State>) -> Result<HttpResponse, Error> {
    members::ask(&state.storage, &grant, wish.role, &wish.message).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Says yes, with a role that may be another than the one asked for.
#[utoipa::path(post, path = "/api/documents/{id}/requests/{author}", request_body = Change,
    responses((status = 200, body = Member), (status = 403), (status = 404)))]
pub async fn allow(
    grant: Grant,
    path: Path<(Uuid, Uuid)>,
    Body(wish): Body<Change>,
    state: Data<State>,
) -> Result<Json<Member>, Error> {
    let author = Author(path.1);
    members::asked(&state.storage, grant.document(), author).await?.ok_or(Error::NotFound)?;
    Ok(Json(set(&state, &grant, author, wish.role).await?))
}

/// Says no.
#[utoipa::path(delete, path = "/api/documents/{id}/requests/{author}",
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn decline(grant: Grant, path: Path<(Uuid, Uuid)>, state: Data<State>) -> Result<HttpResponse, Error> {
    members::decline(&state.storage, &grant, Author(path.1)).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn set(state: &State, grant: &Grant, author: Author, role: Role) -> Result<Member, Error> {
    if documents::load(&state.storage, grant.document()).await?.is_some_and(|record| record.owner == author) {
        return Err(Error::IsOwner);
    }
    let member = members::set(&state.storage, grant, author, role).await?;
    state.rooms.readmit(grant.document()).await;
    show(state, author, &member).await
}

async fn show(state: &State, author: Author, member: &members::Member) -> Result<Member, Error> {
    let person = Person::of(&state.storage, author).await?;
    Ok(Member { person, role: member.role, added_ms: member.added_ms })
}

/// The account somebody means by a name. Suspended ones are nobody.
pub async fn account(state: &State, name: &str) -> Result<Author, Error> {
    let name = crate::names::account(name).map_err(|_| Error::NoAccount)?;
    let found = accounts::by_name(&state.storage, &name).await?;
    let (author, _) = found.filter(|(_, account)| account.suspended_ms.is_none()).ok_or(Error::NoAccount)?;
    Ok(author)
}
