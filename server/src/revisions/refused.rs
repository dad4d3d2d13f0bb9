//! Why something asked of a document's versions is refused, and how that is said.

use actix_web::http::StatusCode;
use room::restore::RestoreError;
use uuid::Uuid;

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say what each one means")]
pub enum Refused {
    #[error("there is no such version; it was deleted, or made way for others of the same time")]
    Missing,
    #[error("version {0} cannot be read, what was stored of it is damaged; the text and other versions are safe")]
    Damaged(Uuid),
    #[error("a version's name has 1 to {0} characters")]
    Name(usize),
    #[error("this document has {0} named versions; take the name off some first")]
    TooManyNames(usize),
    #[error("limit is a number from 1 to 200")]
    Limit,
    #[error("send both from and to, or neither to restore the whole text")]
    HalfPassage,
    #[error("{0}")]
    Passage(#[from] RestoreError),
}

impl Refused {
    /// What programs look at.
    pub fn code(self) -> &'static str {
        match self {
            Refused::Missing => "no_such_version",
            Refused::Damaged(_) => "version_damaged",
            Refused::Name(_) => "version_name",
            Refused::TooManyNames(_) => "too_many_names",
            Refused::Limit => "bad_query",
            Refused::HalfPassage | Refused::Passage(_) => "passage_invalid",
        }
    }

    /// What HTTP calls it.
    pub fn status(self) -> StatusCode {
        match self {
            Refused::Missing => StatusCode::NOT_FOUND,
            Refused::Damaged(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Refused::TooManyNames(_) => StatusCode::CONFLICT,
            Refused::Name(_) | Refused::Limit | Refused::HalfPassage | Refused::Passage(_) => StatusCode::BAD_REQUEST,
        }
    }
}
