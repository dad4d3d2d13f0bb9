//! `GET /shell/…`: what a page is when the server cannot be asked: its frame, without anybody or anything in it.
//!
//! The service worker keeps these and puts them in the place of pages it cannot get; `web/src/shell.ts` fills them from
//! what the device has. Invariant: the same bytes for everybody, but for the nonce, which the worker renews each time.
//! Next: `http/installed.rs` for the worker itself.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;

use super::{Head, Start, page};
use crate::guard::Nonce;
use crate::http::Error;

#[derive(Template)]
#[template(path = "shell.html")]
struct ShellTemplate {
    head: Head,
    page: Shell,
    /// The worker keeps only what is of its own build.
    build: &'static str,
    /// What the page it becomes is drawn with.
    styles: Vec<String>,
    preloads: Vec<String>,
    script: Option<String>,
    // What `sheet.html` takes; there is no text yet.
    title: &'static str,
    view: &'static str,
    lang: Option<&'static str>,
    dir: Option<&'static str>,
    sheet: &'static str,
}

/// Which page it stands for; each is drawn with styles of its own.
#[derive(Clone, Copy)]
enum Shell {
    Document,
    Documents,
    /// There is nothing to show but that there is no network.
    Offline,
}

impl Shell {
    fn named(name: &str) -> Option<Shell> {
        [Shell::Document, Shell::Documents, Shell::Offline].into_iter().find(|shell| shell.entry() == name)
    }

    /// The script that takes over.
    const fn entry(self) -> &'static str {
        match self {
            Shell::Document => "document",
            Shell::Documents => "documents",
            Shell::Offline => "offline",
        }
    }
}

/// `GET /shell/{page}`
pub async fn shell(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Error> {
    let shell = Shell::named(&name).ok_or(Error::NotFound)?;
    let own = web::entry("shell");
    let later = web::entry(shell.entry());
    // Only what writes the frame comes before the text: what the page goes on with is fetched while it is read.
    let styles = later.map(|entry| entry.styles).unwrap_or_default();
    let preloads = own.as_ref().map(|entry| entry.preloads.clone()).unwrap_or_default();
    let nonce = request.extensions().get::<Nonce>().map(|nonce| nonce.0.clone()).unwrap_or_default();
    let head =
        Head { title: "Galley".to_owned(), nonce, theme: None, entry: None, start: Start::AtOnce, boot: String::new() };
    let template = ShellTemplate {
        head,
        page: shell,
        build: web::build(),
        styles,
        preloads,
        script: own.map(|entry| entry.script),
        title: "",
        view: "view",
        lang: None,
        dir: None,
        sheet: "",
    };
    Ok(page(StatusCode::OK, &template))
}
