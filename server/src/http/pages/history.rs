//! `GET /d/{id}/history`: the versions of a document as links, and the text of one, readable without script.
//!
//! Invariant: the page shows what its address says; without a version it shows the newest, or the text as it is where
//! there is none yet. Next: `templates/history.html`; `http/history.rs`, which the page's script asks.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::{Boot, Head, boot, head, page, stop, trouble};
use crate::State;
use crate::access::{Grant, Principal};
use crate::http::Error;
use crate::http::documents::Document;
use crate::http::history::{Version, listed, text_of};
use crate::http::people::Me;
use crate::revisions::Refused;

/// Versions the page lists; its script lists more.
const LISTED: usize = 200;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    head: Head,
    title: String,
    document: String,
    versions: Vec<Row>,
    /// Whether there are more than are listed.
    more: bool,
    /// When the text was this; empty: it is now.
    when: String,
    lang: Option<String>,
    dir: Option<&'static str>,
    html: render::Html,
}

/// A version in the list.
struct Row {
    url: String,
    when: String,
    datetime: String,
    name: Option<String>,
    authors: String,
    shown: bool,
}

/// Which version the address names.
#[derive(Deserialize)]
pub struct Named {
    version: Option<String>,
}

/// `GET /d/{id}/history` and `/d/{id}/history/{version}`.
pub async fn history(
    request: HttpRequest,
    principal: Principal,
    grant: Grant,
    path: Path<Named>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    match shown(&request, &principal, &grant, path.into_inner(), &state).await {
        Err(Error::Version(Refused::Missing)) => {
            let sentence = "It was deleted, or made way for others of the same time. The text and other versions are \
                            in the document's history.";
            stop(&request, &state, &principal, StatusCode::NOT_FOUND, "This version is gone", sentence).await
        }
        Err(error) => trouble(&request, &state, &principal, &error).await,
        shown => shown,
    }
}

async fn shown(
    request: &HttpRequest,
    principal: &Principal,
    grant: &Grant,
    Named { version }: Named,
    state: &State,
) -> Result<HttpResponse, Error> {
    let named = version.map(|id| id.parse().map_err(|_| Refused::Missing)).transpose()?;
    let list = listed(state, grant, None, LISTED).await?;
    let id: Option<Uuid> = named.or(list.versions.first().map(|newest| newest.id));
    let text = match id {
        Some(id) => text_of(state, grant, id).await?,
        None => state.rooms.read(grant).await?.to_string(),
    };
    let me = Me::from(principal);
    let document = Document::of(state, grant).await?;
    let html = crate::rendered::html(&text);
    let (address, title, ..) = document.item();
    let title = if title.is_empty() { "Untitled".into() } else { title };
    let boot = Boot { document: Some(&document), version: Some(named), ..boot(state, "history", &me).await? };
    let head = head(request, &format!("History of {title} · Galley"), "history", &boot);
    let when = list.versions.iter().find(|version| Some(version.id) == id).map(|version| time(version.at_ms).0);
    let versions = list.versions.iter().map(|version| Row::of(&address, version, id)).collect();
    let (lang, dir) = (html.front().lang.clone(), html.front().dir.map(|dir| dir.as_str()));
    let when = when.unwrap_or_default();
    let more = list.more;
    Ok(page(StatusCode::OK, &HistoryPage { head, title, document: address, versions, more, when, lang, dir, html }))
}

impl Row {
    fn of(document: &str, version: &Version, shown: Option<Uuid>) -> Row {
        let (when, datetime) = time(version.at_ms);
        let authors: Vec<&str> = version.authors.iter().map(|author| author.display()).collect();
        Row {
            url: format!("{document}/history/{}", version.id),
            when,
            datetime,
            name: version.name.clone(),
            authors: authors.join(", "),
            shown: shown == Some(version.id),
        }
    }
}

/// For people and for programs; the script writes it again in the reader's own time.
fn time(at_ms: u64) -> (String, String) {
    let at = i64::try_from(at_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    (at.strftime("%-d %B %Y, %H:%M UTC").to_string(), at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
