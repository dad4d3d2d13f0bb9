//! `/api/admin`: accounts, invitations, documents by id. The work is in `admin.rs`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use room::Author;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::Body;
use crate::State;
use crate::admin::{Address, Holding, Invite, User};

/// Every account.
#[derive(Serialize, ToSchema)]
pub struct Users {
    /// Oldest first.
    users: Vec<User>,
}

/// Every invitation.
#[derive(Serialize, ToSchema)]
pub struct Invites {
    /// Newest first.
    invites: Vec<Invite>,
}

/// Every document.
#[derive(Serialize, ToSchema)]
pub struct Holdings {
    /// Oldest first.
    documents: Vec<Holding>,
}

/// What may be changed about an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUser {
    /// Nobody from now on, or somebody again.
    suspended: Option<bool>,
    /// Whether they administer the server.
    admin: Option<bool>,
}

/// A wish for an invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvite {
    /// Who it is for.
    #[serde(default)]
    label: String,
}

/// What may be changed about somebody's document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeHolding {
    /// Account name of another owner.
    owner: Option<String>,
    /// Into the trash, or out of it.
    trashed: Option<bool>,
}

/// Everybody with an account.
#[utoipa::path(get, path = "/api/admin/users", responses((status = 200, body = Users), (status = 404)))]
pub async fn users(state: Data<State>) -> Result<Json<Users>, Error> {
    Ok(Json(Users { users: state.admin.users().await? }))
}

/// Suspends somebody, lets them in again, makes them administer or not.
#[utoipa::path(patch, path = "/api/admin/users/{author}", request_body = ChangeUser,
    responses((status = 200, body = User), (status = 404), (status = 409)))]
pub async fn change_user(
    author: Path<Uuid>,
    Body(wish): Body<ChangeUser>,
    state: Data<State>,
) -> Result<Json<User>, Error> {
    let author = Author(*author);
    let user = state.admin.change_user(author, wish.suspended, wish.admin).await?;
    state.rooms.readmit_person(author).await;
    Ok(Json(user))
}

/// A one-time address under which somebody sets a new password.
#[utoipa::path(post, path = "/api/admin/users/{author}/reset", responses((status = 200, body = Address), (status = 404)))]
pub async fn reset_user(author: Path<Uuid>, state: Data<State>) -> Result<Json<Address>, Error> {
    Ok(Json(state.admin.reset(Author(*author)).await?))
}

/// Invitations that were made.
#[utoipa::path(get, path = "/api/admin/invites", responses((status = 200, body = Invites), (status = 404)))]
pub async fn invites(state: Data<State>) -> Result<Json<Invites>, Error> {
    Ok(Json(Invites { invites: state.admin.invites().await? }))
}

/// A new invitation: one account, seven days.
#[utoipa::path(post, path = "/api/admin/invites", request_body = NewInvite,
    responses((status = 201, body = Invite), (status = 404), (status = 409)))]
pub async fn invite(Body(wish): Body<NewInvite>, state: Data<State>) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::Created().json(state.admin.invite(&wish.label).await?))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/api/admin/invites/{invite}", responses((status = 204), (status = 404)))]
pub async fn remove_invite(invite: Path<Uuid>, state: Data<State>) -> Result<HttpResponse, Error> {
    state.admin.withdraw(*invite).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Every document's id, owner and times; never what is in it.
#[utoipa::path(get, path = "/api/admin/documents", responses((status = 200, body = Holdings), (status = 404)))]
pub async fn documents(state: Data<State>) -> Result<Json<Holdings>, Error> {
    let mut documents = state.admin.documents().await?;
    for document in &mut documents {
        document.damaged = state.rooms.damage(document.id).is_some();
    }
    Ok(Json(Holdings { documents }))
}

/// Gives a document to somebody else, or moves it into the trash and out of it.
#[utoipa::path(patch, path = "/api/admin/documents/{document}", request_body = ChangeHolding,
    responses((status = 200, body = Holding), (status = 404), (status = 409)))]
pub async fn change_document(
    document: Path<Uuid>,
    Body(wish): Body<ChangeHolding>,
    state: Data<State>,
) -> Result<Json<Holding>, Error> {
    if let Some(owner) = &wish.owner {
        state.admin.transfer(*document, owner).await?;
    }
    if let Some(trashed) = wish.trashed {
        state.admin.set_trashed(*document, trashed).await?;
    }
    state.rooms.readmit(*document).await;
    Ok(Json(state.admin.document(*document).await?))
}
