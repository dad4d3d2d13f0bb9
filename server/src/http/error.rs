//! Everything that ends a request early, and how it is said.
//!
//! Invariant: every error has a status, a code for programs and a sentence for people that says what to do. Causes go to
//! the log, never to the client. Next: `http.rs`.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use room::CommandError;
use room::notes::NoteError;
use storage::StoreError;

use crate::archive::unzip::Unreadable;
use crate::guard::Reached;
use crate::passkeys::Refused;
use crate::passwords::HashError;
use crate::rooms::RoomError;
use crate::{archive, files, revisions};

/// What everybody hears while the disk has no room.
const FULL: &str = "the server’s disk is full, so nothing was changed; what was saved before is safe, try again later";

/// Everything that ends a request early.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say what each one means")]
pub enum Error {
    #[error("there is nothing here, or nothing for you; check the address, or ask whoever sent it for a link")]
    NotFound,
    #[error("this address does not take that method")]
    WrongMethod,
    #[error("sign in first")]
    SignIn,
    #[error("the name or the password is wrong")]
    WrongCredentials,
    #[error("your access does not allow this; ask the owner of the document for more")]
    RoleTooLow,
    #[error("this request did not come from a page of this site; open Galley at its own address and try again")]
    ForeignOrigin,
    #[error("send JSON with Content-Type: application/json")]
    NotJson,
    #[error("send the bytes as they are, with Content-Type: application/octet-stream")]
    NotBytes,
    #[error("the request is not what this address takes: {0}")]
    BadJson(String),
    #[error("the address carries something this page does not understand")]
    BadQuery,
    #[error("this is larger than the limit of {0} bytes; shorten it")]
    TooLarge(usize),
    #[error("sending took too long; try again on a better connection")]
    TooSlow,
    #[error("an account name has 2 to 32 characters: a-z, 0-9 and hyphens, not starting with a hyphen")]
    NameInvalid,
    #[error("this name is taken; choose another")]
    NameTaken,
    #[error("a display name has 1 to 40 visible characters")]
    DisplayInvalid,
    #[error("a password has 8 to 256 characters")]
    PasswordLength,
    #[error("this password is among the first that anybody would try; choose another")]
    PasswordCommon,
    #[error("accounts on this server are by invitation; ask its administrator")]
    InviteRequired,
    #[error("the first account is created at the set-up address that the server printed when it started")]
    SetupRequired,
    #[error("too many attempts; wait a minute and try again")]
    TooManyAttempts,
    #[error("a title has 1 to 200 characters")]
    TitleInvalid,
    #[error("a document with this id exists already; let the server choose the id")]
    IdTaken,
    #[error("a document id is a UUID of version 7")]
    IdInvalid,
    #[error("the id of a note or reply is a UUID of version 7")]
    NoteId,
    #[error("{0}")]
    Note(#[from] NoteError),
    #[error("that is a great many changes in one minute; wait a little and go on")]
    TooManyWishes,
    #[error("this link does not open anything any more, or its address is not complete; ask for a new one")]
    LinkGone,
    #[error("a link can let people view, comment or edit")]
    LinkRole,
    #[error("a label has at most 80 characters")]
    LabelTooLong,
    #[error("this document has a hundred links; revoke one first")]
    TooManyLinks,
    #[error("this token does not work any more, or is not written whole; make a new one under Settings")]
    BadToken,
    #[error("this token's scope does not reach this; use one with a wider scope, or sign in")]
    TokenScope,
    #[error("this account is suspended; ask the administrator of this server")]
    Suspended,
    #[error("this document was deleted for good")]
    Erased,
    #[error("only what is in the trash can be deleted for good; move it there first")]
    NotInTrash,
    #[error("nobody here has this account name; check it, or send them a link instead")]
    NoAccount,
    #[error("this is the owner already")]
    IsOwner,
    #[error("your access allows this already")]
    HasRole,
    #[error("this document has a thousand people waiting or inside; remove some first, or use a link")]
    TooManyMembers,
    #[error("a message has at most 280 characters")]
    MessageTooLong,
    #[error("the end must lie in the future")]
    ExpiryPast,
    #[error("a link's password has 4 to 256 characters")]
    LinkPassword,
    #[error("this link asks for a password; whoever sent it to you knows it")]
    PasswordRequired,
    #[error("that is not the link's password")]
    PasswordWrong,
    #[error("this address for a new password does not work any more; ask the administrator for another")]
    ResetGone,
    #[error("a server needs somebody who administers it; make somebody else an administrator first")]
    LastAdmin,
    #[error("a token needs a label of 1 to 80 characters, so that you know it again")]
    TokenLabel,
    #[error("you have a thousand tokens; revoke some first")]
    TooManyTokens,
    #[error("a thousand invitations are waiting; take some back first")]
    TooManyInvites,
    #[error("passkeys need https and a name, such as https://notes.example.org; this address has them not")]
    NoPasskeys,
    #[error("{0}")]
    Passkey(#[from] Refused),
    #[error("too many event streams are open; close some tabs")]
    TooManyStreams,
    #[error("this address speaks WebSocket; connect with a Yjs provider")]
    NotAWebSocket,
    #[error("something went wrong inside the server, and it was written to its log; what was saved is safe, try again")]
    Broken,
    #[error("the system gave no random numbers; try again")]
    NoRandomness,
    #[error("this document is not damaged; read its text")]
    NotDamaged,
    #[error("nothing of this document reads well; whoever runs this server can bring it back from a backup")]
    NothingSalvaged,
    #[error("{FULL}")]
    Full,
    #[error("the server could not read or write its data; what was saved before is safe, try again later")]
    Store(StoreError),
    #[error("{0}")]
    File(#[from] files::Refused),
    #[error("{0}")]
    Archive(#[from] archive::Refused),
    #[error("{0}")]
    Version(#[from] revisions::Refused),
    #[error("{0}")]
    Room(#[from] RoomError),
    #[error("{0}")]
    Hash(#[from] HashError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        match error {
            StoreError::Full | StoreError::Short => Error::Full,
            error => Error::Store(error),
        }
    }
}

impl Error {
    /// What programs look at.
    fn code(&self) -> &'static str {
        match self {
            Error::NotFound | Error::NothingSalvaged => "not_found",
            Error::WrongMethod => "wrong_method",
            Error::SignIn => "sign_in",
            Error::WrongCredentials => "wrong_credentials",
            Error::RoleTooLow => "role_too_low",
            Error::ForeignOrigin => "foreign_origin",
            Error::NotJson => "not_json",
            Error::NotBytes => "not_bytes",
            Error::BadJson(_) => "bad_json",
            Error::BadQuery => "bad_query",
            Error::TooLarge(_) => "too_large",
            Error::TooSlow => "too_slow",
            Error::NameInvalid => "name_invalid",
            Error::NameTaken => "name_taken",
            Error::DisplayInvalid => "display_invalid",
            Error::PasswordLength => "password_short",
            Error::PasswordCommon => "password_common",
            Error::InviteRequired => "invite_required",
            Error::SetupRequired => "setup_required",
            Error::TooManyAttempts | Error::TooManyWishes => "rate_limited",
            Error::TitleInvalid => "title_invalid",
            Error::IdTaken => "id_taken",
            Error::IdInvalid | Error::NoteId => "id_invalid",
            Error::Note(refused) => Error::note_code(*refused),
            Error::LinkGone => "link_gone",
            Error::LinkRole => "link_role",
            Error::LabelTooLong | Error::MessageTooLong => "too_long",
            Error::TooManyLinks => "too_many_links",
            Error::BadToken => "bad_token",
            Error::TokenScope => "token_scope",
            Error::Suspended => "suspended",
            Error::Erased => "erased",
            Error::NotInTrash => "not_in_trash",
            Error::NoAccount => "no_account",
            Error::IsOwner => "is_owner",
            Error::HasRole => "has_role",
            Error::TooManyMembers => "too_many_members",
            Error::ExpiryPast => "expiry_past",
            Error::LinkPassword => "link_password",
            Error::PasswordRequired => "password_required",
            Error::PasswordWrong => "password_wrong",
            Error::ResetGone => "reset_gone",
            Error::LastAdmin => "last_admin",
            Error::TokenLabel => "token_label",
            Error::TooManyTokens => "too_many_tokens",
            Error::TooManyInvites => "too_many_invites",
            Error::NoPasskeys => "no_passkeys",
            Error::Passkey(_) => "passkey",
            Error::TooManyStreams => "too_many_streams",
            Error::NotAWebSocket => "not_a_websocket",
            Error::Broken | Error::NoRandomness | Error::Hash(_) => "unavailable",
            Error::File(_) | Error::Archive(_) | Error::Version(_) => self.refused_code(),
            Error::Store(_) => "storage",
            Error::Full => "disk_full",
            Error::NotDamaged => "not_damaged",
            Error::Room(error) => Error::room_code(error),
        }
    }

    fn refused_code(&self) -> &'static str {
        match self {
            Error::File(refused) => refused.code(),
            Error::Archive(refused) => refused.code(),
            Error::Version(refused) => refused.code(),
            _ => "refused",
        }
    }

    /// The limit that was reached, where nobody has counted it yet.
    fn limit(&self) -> Option<&'static str> {
        match self {
            Error::File(files::Refused::Pixels { .. }) => Some("picture_pixels"),
            Error::File(files::Refused::Animation { .. }) => Some("picture_frames"),
            Error::Version(revisions::Refused::Name(_)) => Some("version_name_chars"),
            Error::Version(revisions::Refused::TooManyNames(_)) => Some("versions_named"),
            Error::Room(RoomError::Refused(CommandError::TooLarge)) => Some("text_bytes"),
            Error::Archive(archive::Refused::Archive(Unreadable::TooMany(_))) => Some("import_files"),
            _ => None,
        }
    }

    /// As a person would write it.
    pub fn sentence(&self) -> String {
        sentence(&self.to_string())
    }

    fn about_passkey(refused: &Refused) -> StatusCode {
        match refused {
            Refused::Store(StoreError::Full | StoreError::Short) => StatusCode::INSUFFICIENT_STORAGE,
            Refused::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refused::Gone => StatusCode::NOT_FOUND,
            Refused::Unknown => StatusCode::UNAUTHORIZED,
            Refused::Full => StatusCode::CONFLICT,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn room_code(error: &RoomError) -> &'static str {
        match error {
            RoomError::Refused(CommandError::Note(refused)) => Error::note_code(*refused),
            RoomError::Refused(CommandError::Full) => "disk_full",
            RoomError::Damaged(_) => "quarantined",
            _ => "document_unavailable",
        }
    }

    fn note_code(refused: NoteError) -> &'static str {
        match refused {
            NoteError::ReadOnly => "role_too_low",
            NoteError::NotYours => "not_yours",
            NoteError::Missing => "no_such_note",
            NoteError::Taken => "id_taken",
            NoteError::Body => "body_invalid",
            NoteError::Passage => "passage_invalid",
            NoteError::Emoji => "emoji_invalid",
            NoteError::Full => "too_many_notes",
        }
    }

    fn about_note(refused: NoteError) -> StatusCode {
        match refused {
            NoteError::ReadOnly | NoteError::NotYours => StatusCode::FORBIDDEN,
            NoteError::Missing => StatusCode::NOT_FOUND,
            NoteError::Taken | NoteError::Full => StatusCode::CONFLICT,
            NoteError::Body | NoteError::Passage | NoteError::Emoji => StatusCode::BAD_REQUEST,
        }
    }

    fn about_room(error: &RoomError) -> StatusCode {
        match error {
            RoomError::Refused(CommandError::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            RoomError::Refused(CommandError::ReadOnly) => StatusCode::FORBIDDEN,
            RoomError::Damaged(_) => StatusCode::LOCKED,
            RoomError::Refused(CommandError::Full) => StatusCode::INSUFFICIENT_STORAGE,
            RoomError::Refused(CommandError::Note(refused)) => Error::about_note(*refused),
            RoomError::Refused(CommandError::Unsaved)
            | RoomError::Stopping
            | RoomError::Load(_)
            | RoomError::Unkept(_)
            | RoomError::Lost => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Error::NotFound | Error::LinkGone | Error::ResetGone | Error::NoAccount => StatusCode::NOT_FOUND,
            Error::Erased => StatusCode::GONE,
            Error::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Error::SignIn
            | Error::WrongCredentials
            | Error::BadToken
            | Error::PasswordRequired
            | Error::PasswordWrong => StatusCode::UNAUTHORIZED,
            Error::RoleTooLow
            | Error::ForeignOrigin
            | Error::InviteRequired
            | Error::SetupRequired
            | Error::TokenScope
            | Error::Suspended => StatusCode::FORBIDDEN,
            Error::NotJson | Error::NotBytes => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Error::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Error::NameTaken
            | Error::IdTaken
            | Error::NotInTrash
            | Error::IsOwner
            | Error::HasRole
            | Error::LastAdmin
            | Error::NoPasskeys
            | Error::TooManyLinks
            | Error::TooManyMembers
            | Error::TooManyTokens
            | Error::TooManyInvites => StatusCode::CONFLICT,
            Error::TooManyAttempts | Error::TooManyStreams | Error::TooManyWishes => StatusCode::TOO_MANY_REQUESTS,
            Error::NotAWebSocket => StatusCode::UPGRADE_REQUIRED,
            Error::NotDamaged => StatusCode::CONFLICT,
            Error::NothingSalvaged => StatusCode::NOT_FOUND,
            Error::Full => StatusCode::INSUFFICIENT_STORAGE,
            Error::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Error::NoRandomness | Error::Store(_) | Error::Hash(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Room(error) => Error::about_room(error),
            Error::Note(refused) => Error::about_note(*refused),
            Error::Passkey(refused) => Error::about_passkey(refused),
            Error::File(refused) => refused.status(),
            Error::Archive(refused) => refused.status(),
            Error::Version(refused) => refused.status(),
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Error::Store(cause) => tracing::error!("{cause}"),
            Error::Room(cause) => tracing::warn!("{cause}"),
            _ => {}
        }
        let body = serde_json::json!({"error": {"code": self.code(), "message": self.sentence()}});
        let mut answer = HttpResponse::build(self.status_code());
        if self.status_code() == StatusCode::TOO_MANY_REQUESTS {
            answer.insert_header((RETRY_AFTER, "60"));
        }
        let mut answer = answer.json(body);
        if let Some(limit) = self.limit() {
            answer.extensions_mut().insert(Reached(limit));
        }
        answer
    }
}

/// As a person would write it: a capital first, a full stop last.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
