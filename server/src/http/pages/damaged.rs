//! The page of a document that is set aside, and its last good text as a file.
//!
//! Invariant: it says what happened, what is safe and what to do, and shows the text, without any script.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use room::Role;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Boot, Head, boot, head, head_entry, page};
use crate::access::{Grant, Principal};
use crate::http::Error;
use crate::http::export::attachment;
use crate::http::people::Me;
use crate::rooms::{Salvaged, Source};
use crate::{State, documents};

#[derive(Template)]
#[template(path = "damaged.html")]
struct DamagedPage {
    head: Head,
    title: String,
    address: String,
    /// The newest text and the one beside it.
    shown: Option<Text>,
    other: Option<Text>,
    makes: bool,
}

struct Text {
    word: &'static str,
    found: &'static str,
    when: String,
    text: String,
}

/// Which of the texts that read well.
#[derive(Deserialize, IntoParams)]
pub struct Which {
    /// `log` or `version`; without it, the newer one.
    from: Option<String>,
}

/// Instead of a document's page.
pub async fn damaged(
    request: &HttpRequest,
    principal: &Principal,
    grant: &Grant,
    state: &State,
) -> Result<HttpResponse, Error> {
    let me = Me::from(principal);
    let boot = Boot { page: "damaged", ..boot(state, "damaged", &me).await? };
    let wanted = Query::<Which>::from_query(request.query_string()).ok().and_then(|which| which.into_inner().from);
    let texts = state.rooms.salvaged(grant.document()).await?;
    let shown = choose(&texts, wanted.as_deref());
    let other = shown.and_then(|shown| texts.iter().find(|text| text.source != shown.source));
    let title = shown.map(|shown| documents::title_of(&shown.text)).unwrap_or_default();
    let title = if title.is_empty() { "Untitled".to_owned() } else { title };
    let head = Head { entry: head_entry("link"), ..head(request, &format!("{title} · Galley"), "link", &boot) };
    let makes = grant.role() >= Role::Edit && matches!(principal, Principal::Account(_)) && shown.is_some();
    let address = grant.document().to_string();
    let (shown, other) = (shown.map(Text::from), other.map(Text::from));
    Ok(page(StatusCode::LOCKED, &DamagedPage { head, title, address, shown, other, makes }))
}

/// The last text of a damaged document that reads well.
#[utoipa::path(get, path = "/api/documents/{id}/salvaged", params(Which),
    responses((status = 200, content_type = "text/markdown"), (status = 404), (status = 409)))]
pub async fn salvaged(grant: Grant, which: Query<Which>, state: Data<State>) -> Result<HttpResponse, Error> {
    if state.rooms.damage(grant.document()).is_none() {
        return Err(Error::NotDamaged);
    }
    let texts = state.rooms.salvaged(grant.document()).await?;
    let text = choose(&texts, which.from.as_deref()).ok_or(Error::NothingSalvaged)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, attachment(&documents::title_of(&text.text), "md")))
        .content_type("text/markdown; charset=utf-8")
        .body(text.text.clone()))
}

fn choose<'a>(texts: &'a [Salvaged], wanted: Option<&str>) -> Option<&'a Salvaged> {
    let wanted = texts.iter().find(|text| Some(word(text.source)) == wanted);
    wanted.or_else(|| texts.first())
}

fn word(source: Source) -> &'static str {
    match source {
        Source::Log => "log",
        Source::Version => "version",
    }
}

impl From<&Salvaged> for Text {
    fn from(salvaged: &Salvaged) -> Text {
        let found = match salvaged.source {
            Source::Log => "The text up to the damage",
            Source::Version => "The newest version that reads well",
        };
        let at = salvaged.at_ms.and_then(|ms| jiff::Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok());
        let when = at.map(|at| at.strftime("%-d %B %Y, %H:%M UTC").to_string()).unwrap_or_default();
        Text { word: word(salvaged.source), found, when, text: salvaged.text.clone() }
    }
}
