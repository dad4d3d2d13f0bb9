//! `/frame/…`: pages that only ever stand inside ours, each with a policy of its own.
//!
//! Why: what draws diagrams has had holes for years, and what others embed is theirs; neither may share a page with the
//! text. Invariant: a frame that runs scripts has an origin of its own (`sandbox` without `allow-same-origin`), one that
//! keeps ours runs none; only a frame's policy ever names another host, and only one of [`Provider::ALL`]. Next:
//! `guard.rs`, which leaves these headers as they are.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::Error;
use crate::State;
use crate::guard::Nonce;

/// What every frame's policy ends with.
const EVERY: &str = "base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'self'";

#[derive(Template)]
#[template(path = "diagram.html")]
struct DiagramFrame {
    entry: Option<web::Entry>,
}

#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedFrame {
    nonce: String,
    title: &'static str,
    show: Show,
    referrer: &'static str,
}

/// How what is elsewhere comes in.
enum Show {
    Frame(String),
    Script(String),
}

/// `GET /frame/diagram`: draws what it is told by `postMessage`, and can reach nothing else.
pub async fn diagram(state: Data<State>) -> Result<HttpResponse, Error> {
    let assets = format!("{}/assets/", state.site.origin());
    // Mermaid writes styles into the drawing to measure it.
    let policy = format!(
        "default-src 'none'; script-src {assets}; style-src {assets} 'unsafe-inline'; sandbox allow-scripts; {EVERY}"
    );
    answer(policy, &DiagramFrame { entry: web::entry("diagram") })
}

/// What an embed's address says.
#[derive(Deserialize)]
pub struct Embedded {
    id: String,
}

/// `GET /frame/embed/{provider}?id=…`: one thing from one provider, asked for by a press.
pub async fn embed(
    request: HttpRequest,
    provider: Path<String>,
    embedded: Query<Embedded>,
) -> Result<HttpResponse, Error> {
    let provider = Provider::named(&provider).ok_or(Error::NotFound)?;
    if !provider.takes(&embedded.id) {
        return Err(Error::BadQuery);
    }
    let nonce = request.extensions().get::<Nonce>().map(|nonce| nonce.0.clone()).unwrap_or_default();
    let policy = format!("default-src 'none'; {}; {EVERY}", provider.policy(&nonce));
    let show = provider.show(&embedded.id);
    // YouTube plays only for who says which site asks; the address of the page stays out of it.
    let referrer = if provider == Provider::Youtube { "strict-origin" } else { "no-referrer" };
    answer(policy, &EmbedFrame { nonce, title: provider.title(), show, referrer })
}

fn answer(policy: String, template: &impl Template) -> Result<HttpResponse, Error> {
    let body = template.render().map_err(|error| {
        tracing::error!("a frame could not be written: {error}");
        Error::NotFound
    })?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((X_FRAME_OPTIONS, "SAMEORIGIN"))
        .body(body))
}

/// Whose things can be embedded. The renderer knows the same names (`data-embed`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Provider {
    Youtube,
    Vimeo,
    Codepen,
    Gist,
    Codesandbox,
    Stackblitz,
}

impl Provider {
    const ALL: [Provider; 6] = [
        Provider::Youtube,
        Provider::Vimeo,
        Provider::Codepen,
        Provider::Gist,
        Provider::Codesandbox,
        Provider::Stackblitz,
    ];

    fn named(name: &str) -> Option<Provider> {
        Provider::ALL.into_iter().find(|provider| provider.title().eq_ignore_ascii_case(name) && !has_upper(name))
    }

    const fn title(self) -> &'static str {
        match self {
            Provider::Youtube => "YouTube",
            Provider::Vimeo => "Vimeo",
            Provider::Codepen => "CodePen",
            Provider::Gist => "Gist",
            Provider::Codesandbox => "CodeSandbox",
            Provider::Stackblitz => "StackBlitz",
        }
    }

    /// Whether an id is one of theirs: letters, digits and what else they use, never more.
    fn takes(self, id: &str) -> bool {
        match self {
            Provider::Youtube => id.len() == 11 && is_word(id),
            Provider::Vimeo => (1..=12).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit()),
            Provider::Codepen => is_path(id, 2..=2),
            Provider::Gist => is_path(id, 1..=2),
            Provider::Codesandbox | Provider::Stackblitz => is_path(id, 1..=1),
        }
    }

    fn show(self, id: &str) -> Show {
        match self {
            Provider::Youtube => Show::Frame(format!("https://www.youtube-nocookie.com/embed/{id}")),
            Provider::Vimeo => Show::Frame(format!("https://player.vimeo.com/video/{id}?dnt=1")),
            Provider::Codepen => {
                let pen = id.replace('/', "/embed/");
                Show::Frame(format!("https://codepen.io/{pen}?default-tab=result"))
            }
            Provider::Codesandbox => Show::Frame(format!("https://codesandbox.io/embed/{id}")),
            Provider::Stackblitz => Show::Frame(format!("https://stackblitz.com/edit/{id}?embed=1")),
            Provider::Gist => Show::Script(format!("https://gist.github.com/{id}.js")),
        }
    }

    /// The one host it may ask. Frames of others keep their origins and need ours around them to have one; a script
    /// of others runs in a frame without one.
    fn policy(self, nonce: &str) -> String {
        let host = match self {
            Provider::Youtube => "https://www.youtube-nocookie.com",
            Provider::Vimeo => "https://player.vimeo.com",
            Provider::Codepen => "https://codepen.io",
            Provider::Codesandbox => "https://codesandbox.io",
            Provider::Stackblitz => "https://stackblitz.com",
            Provider::Gist => {
                return "script-src https://gist.github.com; style-src https://github.githubassets.com 'unsafe-inline'; \
                        sandbox allow-scripts allow-popups"
                    .to_owned();
            }
        };
        format!(
            "frame-src {host}; style-src 'nonce-{nonce}'; \
             sandbox allow-scripts allow-same-origin allow-popups allow-presentation"
        )
    }
}

fn has_upper(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// How long a part of an id may be.
const PART: usize = 100;

fn is_word(part: &str) -> bool {
    (1..=PART).contains(&part.len())
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_path(id: &str, parts: std::ops::RangeInclusive<usize>) -> bool {
    parts.contains(&id.split('/').count()) && id.split('/').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pg30_only_strict_ids_are_taken() {
        let fine = [
            (Provider::Youtube, "dQw4w9WgXcQ"),
            (Provider::Vimeo, "76979871"),
            (Provider::Codepen, "somebody/abcDEF"),
            (Provider::Gist, "octocat/6cad326836d38bd3a7ae"),
            (Provider::Gist, "6cad326836d38bd3a7ae"),
            (Provider::Codesandbox, "new-react_1"),
            (Provider::Stackblitz, "vitejs-vite-1a2b"),
        ];
        for (provider, id) in fine {
            assert!(provider.takes(id), "{provider:?} {id}");
        }
        let hostile = [
            "", "..", "../x", "a/../b", "a//b", "a b", "a\"b", "a'b", "a<b", "a;b", "a?b", "a#b", "a%2fb", "ä", "a/b/c",
        ];
        for provider in Provider::ALL {
            for id in hostile {
                assert!(!provider.takes(id), "{provider:?} {id}");
            }
            assert!(!provider.takes(&"a".repeat(PART + 1)), "{provider:?}");
        }
        assert!(!Provider::Youtube.takes("short") && !Provider::Vimeo.takes("12x"));
    }

    #[test]
    fn pg30_scripts_and_our_origin_never_meet() {
        for provider in Provider::ALL {
            let policy = provider.policy("n");
            let ours = policy.contains("allow-same-origin");
            assert!(!(ours && policy.contains("script-src")), "{policy}");
            assert!(matches!(provider.show("x/y"), Show::Frame(_)) == ours, "{policy}");
        }
    }

    #[test]
    fn pg30_providers_are_named_in_lower_case() {
        assert_eq!(Provider::named("youtube"), Some(Provider::Youtube));
        assert_eq!(Provider::named("YouTube"), None);
        assert_eq!(Provider::named("example"), None);
    }
}
