//! Why an export or an import is refused, and how that is said.

use actix_web::http::StatusCode;

use super::unzip::{Bad, Unreadable};

/// Why not.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say what each one means")]
pub enum Refused {
    #[error(
        "a document comes as md, html or zip; notes come as none, criticmarkup, footnotes or json, and json not in html"
    )]
    Format,
    #[error("an export of yours is running; wait for it to end, or stop it, and start again")]
    ExportRunning,
    #[error("an import of yours is running; wait for it to end, then look at your documents before you start again")]
    ImportRunning,
    #[error("this is neither Markdown nor a zip archive; send a .md file, or a zip with .md files and their pictures")]
    Kind,
    #[error("there is no Markdown in this archive; put the .md files into it, together with their pictures")]
    Nothing,
    #[error("{0}")]
    Text(&'static str),
    #[error("{0}")]
    Archive(Unreadable),
    #[error("{0}")]
    Entry(Bad),
    #[error(
        "it was imported before and has been changed since, so it was left alone; to import it anew, move that one to the trash first"
    )]
    Changed,
    #[error("the server has no space left to put this aside; nothing was lost, try again later")]
    NoSpace,
    #[error("with its pictures this document is larger than {0} MiB, too large for one page; export it as a zip")]
    TooLarge(usize),
}

impl Refused {
    /// What programs look at.
    pub fn code(&self) -> &'static str {
        match self {
            Refused::Format => "bad_query",
            Refused::ExportRunning => "export_running",
            Refused::ImportRunning => "import_running",
            Refused::Kind | Refused::Text(_) => "import_kind",
            Refused::Nothing => "import_nothing",
            Refused::Archive(_) | Refused::Entry(_) => "import_archive",
            Refused::Changed => "import_changed",
            Refused::NoSpace => "no_space",
            Refused::TooLarge(_) => "too_large",
        }
    }

    /// What HTTP calls it.
    pub fn status(&self) -> StatusCode {
        match self {
            Refused::Format => StatusCode::BAD_REQUEST,
            Refused::ExportRunning | Refused::ImportRunning => StatusCode::TOO_MANY_REQUESTS,
            Refused::Kind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refused::Text(_) | Refused::Archive(_) | Refused::Entry(_) | Refused::Nothing => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Refused::Changed => StatusCode::CONFLICT,
            Refused::NoSpace => StatusCode::INSUFFICIENT_STORAGE,
            Refused::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}
