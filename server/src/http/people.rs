//! `/api/signup`, `/api/login`, `/api/logout`, `/api/reset`, `/api/me`: who somebody is.

use std::collections::BTreeMap;

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use room::Author;
use serde::{Deserialize, Serialize};
use storage::{Storage, StoreError};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Error;
use super::body::Body;
use super::links::agent;
use crate::access::Principal;
use crate::accounts::{self, Arrival, SigningUp};
use crate::sessions::{Secret, Session, no_cookie};
use crate::{State, clock, guard, names};

/// Somebody as others see them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// The author of what they write.
    author: Uuid,
    /// How others see them.
    display: String,
    /// Colour, 1 to 8.
    peer: u8,
    /// Whether they have no account.
    guest: bool,
    /// Account name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl Person {
    /// As they are now.
    pub async fn of(storage: &Storage, author: Author) -> Result<Person, StoreError> {
        let accounts::Known { display, name } = accounts::known(storage, author).await?;
        Ok(Person { author: author.0, display, peer: names::peer(author), guest: name.is_none(), name })
    }

    /// Who that is.
    pub fn author(&self) -> Author {
        Author(self.author)
    }

    /// As somebody sees them who cannot mention them: what they sign in with is none of their business.
    pub fn unnamed(self) -> Person {
        Person { name: None, ..self }
    }

    /// How others see them.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The account name; for guests, how others see them.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.display)
    }

    /// As a room sees them.
    pub fn in_room(identity: &room::Identity) -> Person {
        let room::Identity { author, name, peer, guest, .. } = identity;
        Person { author: author.0, display: name.clone(), peer: *peer, guest: *guest, name: None }
    }
}

/// People as they are now, each looked up once; a guest who has become an account is that account.
pub struct People<'s> {
    storage: &'s Storage,
    known: BTreeMap<Author, Person>,
}

impl<'s> People<'s> {
    /// Nobody yet.
    pub fn new(storage: &'s Storage) -> People<'s> {
        People { storage, known: BTreeMap::new() }
    }

    /// Who an author is now.
    pub async fn of(&mut self, author: Author) -> Result<Person, StoreError> {
        if let Some(person) = self.known.get(&author) {
            return Ok(person.clone());
        }
        let now = accounts::became(self.storage, author).await?.unwrap_or(author);
        let person = Person::of(self.storage, now).await?;
        self.known.insert(author, person.clone());
        Ok(person)
    }
}

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
    /// The word of an invitation, where accounts are by invitation.
    invite: Option<String>,
}

/// A new password by a reset address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// The word in the address.
    reset: String,
    /// 8 to 256 characters.
    password: String,
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
    before: Principal,
    Body(typed): Body<SignUp>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let address = guard::client_address(&request, &state.config);
    let attempt = state.throttle.attempt(clock::monotonic_ms(), address, &typed.name)?;
    let SignUp { name, password, display, setup, invite } = typed;
    let wish = SigningUp { name, password, display, setup, invite, direct: !guard::is_forwarded(&request) };
    let arrival = Arrival { before: &before, agent: agent(&request) };
    let (session, secret) = state.accounts.sign_up(wish, arrival).await?;
    attempt.succeeded();
    Ok(signed_in(&session, &secret, &state))
}

/// Signs in.
#[utoipa::path(post, path = "/api/login", request_body = SignIn, responses((status = 200, body = Me), (status = 401)))]
pub async fn sign_in(
    request: HttpRequest,
    before: Principal,
    Body(typed): Body<SignIn>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let address = guard::client_address(&request, &state.config);
    // However it is written, it is one account.
    let aimed_at = names::account(&typed.name).unwrap_or_else(|_| typed.name.clone());
    let attempt = state.throttle.attempt(clock::monotonic_ms(), address, &aimed_at)?;
    let arrival = Arrival { before: &before, agent: agent(&request) };
    let (session, secret) = state.accounts.sign_in(&typed.name, typed.password, arrival).await?;
    attempt.succeeded();
    Ok(signed_in(&session, &secret, &state))
}

/// Sets a password for whoever holds a reset address, and signs them in.
#[utoipa::path(post, path = "/api/reset", request_body = Reset, responses((status = 200, body = Me), (status = 404)))]
pub async fn reset(
    request: HttpRequest,
    before: Principal,
    Body(typed): Body<Reset>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let address = guard::client_address(&request, &state.config);
    let attempt = state.throttle.attempt(clock::monotonic_ms(), address, &typed.reset)?;
    let author = state.accounts.reset_password(&typed.reset, typed.password).await?;
    attempt.succeeded();
    let arrival = Arrival { before: &before, agent: agent(&request) };
    let (session, secret) = state.accounts.open_session(author, arrival).await?;
    Ok(signed_in(&session, &secret, &state))
}

/// Ends this session and its sockets.
#[utoipa::path(post, path = "/api/logout", responses((status = 204)))]
pub async fn sign_out(principal: Principal, state: Data<State>) -> Result<HttpResponse, Error> {
    if let Some(session) = principal.session() {
        state.accounts.sign_out(session).await?;
        state.rooms.readmit_person(session.author).await;
    }
    Ok(HttpResponse::NoContent().cookie(no_cookie(&state.site)).finish())
}

/// Who is asking.
#[utoipa::path(get, path = "/api/me", responses((status = 200, body = Me)))]
pub async fn me(principal: Principal) -> Json<Me> {
    Json(Me::from(&principal))
}

/// Changes how others see whoever asks.
#[utoipa::path(patch, path = "/api/me", request_body = Rename, responses((status = 200, body = Me)))]
pub async fn rename(
    principal: Principal,
    request: HttpRequest,
    Body(typed): Body<Rename>,
    state: Data<State>,
) -> Result<Json<Me>, Error> {
    state.accounts.rename(&principal, &typed.display).await?;
    Ok(Json(Me::from(&state.access.principal(&request, &state).await?)))
}

/// The answer to whoever just proved who they are.
pub fn signed_in(session: &Session, secret: &Secret, state: &State) -> HttpResponse {
    HttpResponse::Ok().cookie(secret.cookie(&state.site)).json(Me::from(session))
}
