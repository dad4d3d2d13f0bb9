//! Pages: readable HTML first, the application second.
//!
//! Invariant: everything a reader needs is in the answer itself; scripts take over the same markup. User text reaches a
//! template either escaped or as [`render::Html`], and JSON inside a page cannot end its own element.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use serde::Serialize;
use uuid::Uuid;

use super::Error;
use super::documents::{Document, Documents, listed, tagged};
use super::people::Me;
use crate::State;
use crate::access::{Grant, Principal};
use crate::guard::Nonce;
use crate::rooms::RoomError;
use crate::sessions::Session;
use crate::space::{Level, Space};

mod damaged;
mod history;
mod shell;

#[allow(unused_imports, reason = "the description of the API is made from it")]
pub use damaged::{__path_salvaged, salvaged};
pub use history::history;
pub use shell::shell;

/// What a page tells its script.
#[derive(Serialize)]
struct Boot<'a> {
    page: &'static str,
    me: &'a Me,
    build: &'static str,
    /// Whether the browser offers this page a secure context.
    secure: bool,
    signup: &'static str,
    limits: Limits,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'a Document>,
    /// Which of the two renderers the text needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    renderer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documents: Option<&'a [Document]>,
    /// Stands for that list.
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<&'a str>,
    /// Of the history page: the version its address names, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Option<Uuid>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<LinkBoot>,
    /// For administrators, while the disk has little room.
    #[serde(skip_serializing_if = "Option::is_none")]
    disk: Option<Disk>,
}

/// How little room.
#[derive(Serialize)]
struct Disk {
    level: &'static str,
    free_bytes: u64,
}

impl Disk {
    fn of(space: &Space) -> Option<Disk> {
        let level = match space.level() {
            Level::Plenty => return None,
            Level::Scarce => "scarce",
            Level::Short => "short",
        };
        Some(Disk { level, free_bytes: space.free() })
    }
}

/// What the page need not send, since it would be refused.
#[derive(Serialize)]
struct Limits {
    file_bytes: usize,
    import_bytes: usize,
}

#[derive(Serialize)]
struct LinkBoot {
    id: Uuid,
}

/// From so many blocks on a text stands in parts, and a browser lays out only those in sight; as in the page's own script.
const LONG_BLOCKS: usize = 250;
/// Blocks in a part.
const PART_BLOCKS: usize = 32;
/// The server's version and the front end's hash: with either, another page.
static BUILD: LazyLock<String> = LazyLock::new(|| format!("{}+{}", env!("CARGO_PKG_VERSION"), web::build()));

/// What every page's head needs.
struct Head {
    title: String,
    nonce: String,
    theme: Option<&'static str>,
    entry: Option<web::Entry>,
    start: Start,
    boot: String,
}

/// When a page's script is fetched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    AtOnce,
    /// After the first frame: until then a slow line carries only what one reads with. In a tab in the background no
    /// frame comes, and nobody waits for one.
    OncePainted,
}

impl Start {
    fn at_once(self) -> bool {
        self == Start::AtOnce
    }
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    head: Head,
}

#[derive(Template)]
#[template(path = "documents.html")]
struct DocumentsPage {
    head: Head,
    face: Face,
    items: Vec<Item>,
}

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    head: Head,
    title: String,
    view: &'static str,
    lang: Option<String>,
    dir: Option<&'static str>,
    sheet: String,
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    head: Head,
}

#[derive(Template)]
#[template(path = "gone.html")]
struct GonePage {
    head: Head,
    heading: &'static str,
    sentence: &'static str,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    head: Head,
    face: Face,
    heading: &'static str,
}

/// Somebody as a disc with initials.
struct Face {
    initials: String,
    peer: u8,
    guest: bool,
}

impl Face {
    fn of(session: &Session) -> Face {
        Face { initials: initials(&session.display), peer: crate::names::peer(session.author), guest: false }
    }
}

/// A row of the list, for whoever reads it without script.
struct Item {
    url: String,
    title: String,
    changed: String,
    role: &'static str,
}

/// `GET /`: your documents, or what this is.
pub async fn home(request: HttpRequest, principal: Principal, state: Data<State>) -> Result<HttpResponse, Error> {
    let me = Me::from(&principal);
    let Some(session) = principal.session().filter(|_| matches!(principal, Principal::Account(_))) else {
        let boot = boot(&state, "start", &me).await?;
        let head = head(&request, "Galley", "start", &boot);
        return Ok(page(StatusCode::OK, &StartPage { head }));
    };
    let Documents { documents, mark } = listed(&state, &principal, false).await?;
    let disk = Disk::of(&state.space).filter(|_| session.admin);
    let boot = Boot { documents: Some(&documents), mark: Some(&mark), disk, ..boot(&state, "documents", &me).await? };
    let head = head(&request, "Your documents · Galley", "documents", &boot);
    let items = documents.iter().map(Document::item).map(Item::from).collect();
    Ok(page(StatusCode::OK, &DocumentsPage { head, face: Face::of(session), items }))
}

/// `GET /settings`: one's name, password, sessions, tokens and passkeys.
pub async fn settings(request: HttpRequest, principal: Principal, state: Data<State>) -> Result<HttpResponse, Error> {
    desk(&request, &principal, &state, "Settings", "settings").await
}

/// `GET /admin`: what an administrator does.
pub async fn admin(request: HttpRequest, principal: Principal, state: Data<State>) -> Result<HttpResponse, Error> {
    desk(&request, &principal, &state, "Administration", "admin").await
}

/// A page that is made of controls, and so of nothing without script.
async fn desk(
    request: &HttpRequest,
    principal: &Principal,
    state: &State,
    heading: &'static str,
    name: &'static str,
) -> Result<HttpResponse, Error> {
    let me = Me::from(principal);
    let boot = boot(state, name, &me).await?;
    let head = head(request, &format!("{heading} · Galley"), name, &boot);
    let face = Face::of(principal.account()?);
    Ok(page(StatusCode::OK, &DeskPage { head, face, heading }))
}

/// `GET /d/{id}`: the text, readable at once; the editor arrives after it.
pub async fn document(
    request: HttpRequest,
    principal: Principal,
    grant: Grant,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let text = match state.rooms.read(&grant).await {
        Ok(text) => text,
        Err(RoomError::Damaged(_)) => return damaged::damaged(&request, &principal, &grant, &state).await,
        Err(error) => return trouble(&request, &state, &principal, &Error::Room(error)).await,
    };
    let me = Me::from(&principal);
    let document = Document::of(&state, &grant).await?;
    let html = crate::rendered::html(&text);
    let title = html.title().unwrap_or("Untitled").to_owned();
    let renderer = Some(if html.needs_full() { "full" } else { "small" });
    let boot = Boot { document: Some(&document), renderer, ..boot(&state, "document", &me).await? };
    let view = view(&request, &principal, grant.role());
    let start = if view == "view" { Start::OncePainted } else { Start::AtOnce };
    let head = Head { start, ..head(&request, &format!("{title} · Galley"), "document", &boot) };
    let script = head.entry.as_ref().map_or_else(String::new, |entry| entry.script.clone());
    let told = head.boot.replace(&document_times(&document), "");
    let parts = [&*text, view, head.theme.unwrap_or(""), &told, &script];
    let (lang, dir) = (html.front().lang.clone(), html.front().dir.map(|dir| dir.as_str()));
    let page = tagged(&request, &parts, "text/html; charset=utf-8", || {
        DocumentPage { title, view, lang, dir, sheet: sheet(&html), head }.render().unwrap_or_default()
    });
    Ok(page)
}

/// The blocks as they stand in the page.
fn sheet(html: &render::Html) -> String {
    let blocks: Vec<_> = html.blocks().map(|block| block.html).collect();
    if blocks.len() < LONG_BLOCKS {
        return html.body().to_owned();
    }
    blocks.chunks(PART_BLOCKS).map(|part| format!("<div class=\"part\">{}</div>", part.concat())).collect()
}

/// The part of the boot data that changes with the text, which the tag covers already.
fn document_times(document: &Document) -> String {
    format!("\"updated_ms\":{}", document.updated())
}

/// `GET /s/{link}`: the secret is in the fragment, so only a script can go on.
pub async fn link(
    request: HttpRequest,
    principal: Principal,
    id: Path<String>,
    state: Data<State>,
) -> Result<HttpResponse, Error> {
    let Ok(id) = id.parse() else { return gone(&request, &state, &principal).await };
    let me = Me::from(&principal);
    let boot = Boot { link: Some(LinkBoot { id }), ..boot(&state, "link", &me).await? };
    let head = head(&request, "Galley", "link", &boot);
    Ok(page(StatusCode::OK, &LinkPage { head }))
}

/// Any other address.
pub async fn nothing_here(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Error> {
    if request.path().starts_with("/api/") || request.path().starts_with("/sync/") {
        return Err(Error::NotFound);
    }
    let principal = state.access.principal(&request, &state).await?;
    gone(&request, &state, &principal).await
}

/// What somebody sees whom the door did not let through.
pub async fn refused(request: &HttpRequest, error: Error) -> Result<HttpResponse, Error> {
    let Some(state) = request.app_data::<Data<State>>() else { return Err(error) };
    let principal = request.extensions().get::<Principal>().cloned().unwrap_or(Principal::Nobody);
    match error {
        Error::NotFound => gone(request, state, &principal).await,
        Error::RoleTooLow => {
            let sentence = "The document itself is open to you: go back to it, or ask its owner to let you edit.";
            stop(request, state, &principal, StatusCode::FORBIDDEN, "This takes the right to edit", sentence).await
        }
        Error::Erased => {
            let sentence = "You, or the trash after thirty days, deleted it for good. It cannot be brought back.";
            stop(request, state, &principal, StatusCode::GONE, "This document is deleted", sentence).await
        }
        error if error.status_code().is_server_error() => trouble(request, state, &principal, &error).await,
        error => Err(error),
    }
}

async fn gone(request: &HttpRequest, state: &State, principal: &Principal) -> Result<HttpResponse, Error> {
    let sentence = match principal {
        Principal::Nobody => "If somebody sent you this address, ask them for a link. If it is yours, sign in first.",
        _ => "The document may be in the trash, or its owner has not shared it with you. Ask them for a link.",
    };
    stop(request, state, principal, StatusCode::NOT_FOUND, "Nothing here, or nothing for you", sentence).await
}

async fn trouble(
    request: &HttpRequest,
    state: &State,
    principal: &Principal,
    error: &Error,
) -> Result<HttpResponse, Error> {
    tracing::error!("a page could not be shown: {error}");
    let sentence = "What was saved is safe. The server could not read it just now; try again in a moment, and tell \
                    whoever runs it if this stays.";
    // Another word than "gone": what this device has of it is not lost to the document.
    let me = Me::from(principal);
    let boot = boot(state, "trouble", &me).await?;
    let heading = "This document cannot be shown right now";
    let head = Head { entry: head_entry("link"), ..head(request, heading, "link", &boot) };
    Ok(page(error.status_code(), &GonePage { head, heading, sentence }))
}

async fn stop(
    request: &HttpRequest,
    state: &State,
    principal: &Principal,
    status: StatusCode,
    heading: &'static str,
    sentence: &'static str,
) -> Result<HttpResponse, Error> {
    let me = Me::from(principal);
    let boot = boot(state, "gone", &me).await?;
    let head = Head { entry: head_entry("link"), ..head(request, heading, "link", &boot) };
    Ok(page(status, &GonePage { head, heading, sentence }))
}

async fn boot<'a>(state: &State, page: &'static str, me: &'a Me) -> Result<Boot<'a>, Error> {
    Ok(Boot {
        page,
        me,
        build: &BUILD,
        secure: state.site.secure || state.site.is_loopback(),
        signup: state.accounts.signup_mode().await?,
        limits: Limits { file_bytes: state.config.limits.file_bytes, import_bytes: state.config.limits.import_bytes },
        document: None,
        renderer: None,
        documents: None,
        mark: None,
        version: None,
        link: None,
        disk: None,
    })
}

fn head(request: &HttpRequest, title: &str, entry: &str, boot: &Boot<'_>) -> Head {
    let nonce = request.extensions().get::<Nonce>().map(|nonce| nonce.0.clone()).unwrap_or_default();
    let theme = request.cookie("galley-theme").and_then(|cookie| match cookie.value() {
        "light" => Some("light"),
        "dark" => Some("dark"),
        _ => None,
    });
    // `<` is the only character that could end or open an element inside a script block.
    let boot = serde_json::to_string(boot).unwrap_or_else(|_| "{}".into()).replace('<', "\\u003c");
    Head { title: title.to_owned(), nonce, theme, entry: head_entry(entry), start: Start::AtOnce, boot }
}

fn head_entry(name: &str) -> Option<web::Entry> {
    web::entry(name)
}

/// What the address asks for by a bare word, else what suits whoever came.
fn view(request: &HttpRequest, principal: &Principal, role: room::Role) -> &'static str {
    for (word, view) in [("edit", "edit"), ("both", "both"), ("view", "view"), ("slides", "view")] {
        if request.query_string().split('&').any(|part| part == word) {
            return view;
        }
    }
    let writes = matches!(principal, Principal::Account(_)) && role >= room::Role::Edit;
    if writes { "both" } else { "view" }
}

fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    match template.render() {
        Ok(body) => HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body),
        Err(error) => {
            tracing::error!("a page could not be written: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// First letters of the first and the last word.
fn initials(display: &str) -> String {
    let mut words = display.split_whitespace();
    let letters = [words.next(), words.next_back()].into_iter().flatten().filter_map(|word| word.chars().next());
    letters.flat_map(char::to_uppercase).collect()
}

impl From<(String, String, u64, room::Role)> for Item {
    fn from((url, title, updated_ms, role): (String, String, u64, room::Role)) -> Item {
        let changed = i64::try_from(updated_ms)
            .ok()
            .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
            .map(|at| at.strftime("%-d %B %Y").to_string())
            .unwrap_or_default();
        let role = match role {
            room::Role::Own => "Owner",
            room::Role::Edit => "Can edit",
            room::Role::Comment => "Can comment",
            room::Role::View => "Can view",
        };
        Item { url, title, changed, role }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pg87_only_a_long_text_stands_in_parts() {
        let shown = |blocks: usize| sheet(&crate::rendered::html(&"A paragraph.\n\n".repeat(blocks)));
        let parts = |html: &str| html.matches("<div class=\"part\"><div class=\"block\"").count();
        assert_eq!(parts(&shown(LONG_BLOCKS - 1)), 0);
        let long = shown(LONG_BLOCKS);
        assert_eq!(parts(&long), LONG_BLOCKS.div_ceil(PART_BLOCKS));
        assert_eq!(long.matches("<div class=\"block\"").count(), LONG_BLOCKS);
        assert_eq!(long.matches("<div").count(), long.matches("</div>").count());
    }
}
