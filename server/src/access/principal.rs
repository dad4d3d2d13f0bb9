//! Who is asking, and what they may do that concerns no document.
//!
//! Next: `access.rs`, whose door takes one of these to a document.

use room::Author;

use super::{Action, Need};
use crate::http::Error;
use crate::sessions::Session;

/// Who is asking.
#[derive(Clone, Debug)]
pub enum Principal {
    /// Somebody with a name and a password.
    Account(Session),
    /// A session without an account.
    Guest(Session),
    /// No session, one that ended, or one of a suspended account.
    Nobody,
}

impl Principal {
    /// The author of what they write.
    pub fn author(&self) -> Option<Author> {
        self.session().map(|session| session.author)
    }

    /// Their session or token.
    pub fn session(&self) -> Option<&Session> {
        match self {
            Principal::Account(session) | Principal::Guest(session) => Some(session),
            Principal::Nobody => None,
        }
    }

    /// The session of an account, or an error that says to sign in.
    pub fn account(&self) -> Result<&Session, Error> {
        match self {
            Principal::Account(session) => Ok(session),
            Principal::Guest(_) | Principal::Nobody => Err(Error::SignIn),
        }
    }

    /// Whether they may do what concerns no document. What takes a role is for [`Access::admit`] to say.
    pub fn may(&self, action: Action) -> Result<(), Error> {
        let reaches = |session: &Session, role| session.scope.is_none_or(|scope| scope >= role);
        match (action.needs(), self) {
            (Need::Nothing | Need::Anybody, _) => Ok(()),
            (Need::Person(role), Principal::Account(session) | Principal::Guest(session))
            | (Need::Account(role), Principal::Account(session)) => {
                if reaches(session, role) {
                    Ok(())
                } else {
                    Err(Error::TokenScope)
                }
            }
            (Need::Session, Principal::Account(session)) => {
                if session.scope.is_none() {
                    Ok(())
                } else {
                    Err(Error::TokenScope)
                }
            }
            (Need::Administrator, Principal::Account(session)) if session.admin && session.scope.is_none() => Ok(()),
            (Need::Administrator | Need::Role(_) | Need::Trash, _) => Err(Error::NotFound),
            (Need::Person(_) | Need::Account(_) | Need::Session, _) => Err(Error::SignIn),
        }
    }
}
