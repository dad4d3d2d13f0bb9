//! A document as one HTML file that needs nothing else: its pictures and its look are inside, and there is no script.
//!
//! The text is what `render` makes of it, so it is as safe as the page; what belongs to the editor (wrappers of blocks,
//! lines, copies of pictures in other sizes) is taken out again. Invariant: opening the file runs nothing and asks no
//! server for anything but pictures that the text itself names elsewhere, by https. Next: `http/archive.rs`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use bytes::Bytes;
use render::Html;
use uuid::Uuid;

/// What a browser is told the file may do. Written into the file itself, since nobody serves it.
const POLICY: &str = "default-src 'none'; img-src data: https:; style-src 'unsafe-inline'";

/// The look of rendered text, as in the editor, with the icons it needs inside.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let icons = [
        ("alerts/note.svg", include_str!("../../../web/src/styles/alerts/note.svg")),
        ("alerts/tip.svg", include_str!("../../../web/src/styles/alerts/tip.svg")),
        ("alerts/important.svg", include_str!("../../../web/src/styles/alerts/important.svg")),
        ("alerts/warning.svg", include_str!("../../../web/src/styles/alerts/warning.svg")),
        ("alerts/caution.svg", include_str!("../../../web/src/styles/alerts/caution.svg")),
    ];
    let sheets = [
        include_str!("../../../web/src/styles/tokens.css"),
        include_str!("../../../web/src/styles/prose.css"),
        include_str!("page.css"),
    ];
    icons.iter().fold(sheets.concat(), |style, (path, svg)| {
        let data = format!("url(\"data:image/svg+xml;base64,{}\")", base64(svg.as_bytes()));
        style.replace(&format!("url({path})"), &data)
    })
});

/// Where a document is, so that what it names on its own server is found from elsewhere.
pub struct Home<'a> {
    /// Its id.
    pub document: Uuid,
    /// The server's own address.
    pub origin: &'a str,
}

/// Pictures that go into the file, by name: what they are and their bytes.
pub type Pictures = BTreeMap<String, (&'static str, Bytes)>;

/// The document's own pictures that its page shows.
pub fn pictures(html: &Html, document: Uuid) -> BTreeSet<String> {
    let own = format!("src=\"/u/{document}/");
    let name = |rest: &str| rest.split(['"', '?', '#']).next().unwrap_or_default().to_owned();
    html.body().split(&own).skip(1).map(name).collect()
}

/// The whole file.
pub fn write(html: &Html, home: &Home<'_>, pictures: &Pictures) -> String {
    let title = escaped(html.title().filter(|title| !title.trim().is_empty()).unwrap_or("Untitled"));
    let front = html.front();
    let lang = escaped(front.lang.as_deref().unwrap_or("en"));
    let dir = front.dir.map(|dir| format!(" dir=\"{}\"", dir.as_str())).unwrap_or_default();
    let mut body = String::with_capacity(html.body().len());
    for block in html.blocks() {
        freed(&unwrapped(block.html), home, pictures, &mut body);
        body.push('\n');
    }
    let description = front
        .description
        .as_deref()
        .map(|words| format!("<meta name=\"description\" content=\"{}\">\n", escaped(words)));
    format!(
        "<!doctype html>\n<html lang=\"{lang}\"{dir}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"generator\" content=\"Galley\">\n{}<title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n\
         <main class=\"prose\">\n{body}</main>\n</body>\n</html>\n",
        description.unwrap_or_default(),
        *STYLE,
    )
}

/// A block without the element around it, unless that says which way it reads.
fn unwrapped(block: &str) -> Cow<'_, str> {
    let inside = block.strip_prefix("<div class=\"block\"").and_then(|rest| rest.split_once('>'));
    match inside {
        Some(("", rest)) => Cow::from(rest.strip_suffix("</div>").unwrap_or(rest)),
        Some((dir, rest)) => Cow::from(format!("<div{dir}>{rest}")),
        None => Cow::from(block),
    }
}

/// HTML of our own writer with each tag written for a file of its own.
fn freed(html: &str, home: &Home<'_>, pictures: &Pictures, out: &mut String) {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name_len = rest[1..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        out.push_str(&rest[..=name_len]);
        let name = &rest[1..=name_len];
        rest = &rest[1 + name_len..];
        // Our writer writes attributes one way: a space, a name, and mostly a value in double quotes.
        while let Some(attribute) = rest.strip_prefix(' ') {
            let key_len = attribute.find(['=', ' ', '>', '/']).unwrap_or(attribute.len());
            let (key, tail) = attribute.split_at(key_len);
            let value = tail.strip_prefix("=\"").and_then(|tail| tail.split_once('"'));
            rest = value.map_or(tail, |(_, tail)| tail);
            keep(name, key, value.map(|(value, _)| value), home, pictures, out);
        }
    }
    out.push_str(rest);
}

/// Writes an attribute, if it means something outside of the editor.
fn keep(tag: &str, key: &str, value: Option<&str>, home: &Home<'_>, pictures: &Pictures, out: &mut String) {
    let Some(value) = value else {
        out.extend([" ", key]);
        return;
    };
    if key.starts_with("data-") || (tag == "img" && matches!(key, "srcset" | "sizes" | "loading" | "decoding")) {
        return;
    }
    out.extend([" ", key, "=\""]);
    let own = value.strip_prefix("/u/").and_then(|rest| rest.strip_prefix(&format!("{}/", home.document)));
    let picture = own.and_then(|name| pictures.get(name.split(['?', '#']).next()?)).filter(|_| key == "src");
    match picture {
        Some((mime, bytes)) => out.extend(["data:", mime, ";base64,", &base64(bytes)]),
        None if matches!(key, "src" | "href" | "poster") && value.starts_with('/') && !value.starts_with("//") => {
            out.extend([home.origin, value]);
        }
        None => out.push_str(value),
    }
    out.push('"');
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// As `data:` addresses want it.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let number = (0..3).fold(0_usize, |number, at| number << 8 | usize::from(*three.get(at).unwrap_or(&0)));
        for nth in 0..4 {
            let letter = LETTERS[number >> (18 - 6 * nth) & 63];
            out.push(if nth <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    fn page(text: &str) -> String {
        let html = crate::rendered::html(text);
        let home = Home { document: ID, origin: "https://notes.example.org" };
        let pictures = Pictures::from([("cat.png".into(), ("image/png", Bytes::from_static(b"\x89PNG")))]);
        write(&html, &home, &pictures)
    }

    #[test]
    fn ar1_the_page_needs_nothing_but_itself() {
        let text = format!(
            "---\nlang: he\ndir: rtl\ntitle: \"<A & B>\"\n---\n# H\n\n![c](/u/{ID}/cat.png) [f](/u/{ID}/f.pdf) [d](/d/x) [s](#h)\n\n\
             > [!note]\n> alert\n\n- [ ] task\n\n```rs\nlet a = \"<\";\n```\n"
        );
        let page = page(&text);
        assert!(
            page.contains("<html lang=\"he\" dir=\"rtl\">") && page.contains("<title>&lt;A &amp; B&gt;</title>"),
            "{page}"
        );
        assert!(page.contains("src=\"data:image/png;base64,iVBORw==\""), "{page}");
        assert!(page.contains(&format!("href=\"https://notes.example.org/u/{ID}/f.pdf\"")), "{page}");
        assert!(page.contains("href=\"https://notes.example.org/d/x\"") && page.contains("href=\"#"), "{page}");
        let body = page.split_once("<main").map(|(_, body)| body).unwrap_or_default();
        for trace in ["data-line", "class=\"block\"", "srcset", "<script"] {
            assert!(!body.contains(trace), "{trace}: {body}");
        }
        let elsewhere = STYLE.split("url(").skip(1).any(|rest| !rest.starts_with("\"data:"));
        assert!(!elsewhere && !STYLE.contains("@import") && !STYLE.contains("</"), "the style is whole");
    }

    #[test]
    fn ar1_a_block_keeps_its_direction() {
        let page = page("one\n\nשתיים\n");
        assert!(page.contains("<p>one</p>\n<div dir=\"rtl\"><p>שתיים</p></div>\n"), "{page}");
    }

    #[test]
    fn ar1_the_words_are_those_of_the_page() {
        let text = include_str!("../../../web/render/golden/blocks.md");
        let html = crate::rendered::html(text);
        let words = |html: &str| {
            let mut inside =
                html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, words)| words).trim());
            inside.by_ref().collect::<Vec<_>>().join("")
        };
        let page = page(text);
        let body = page
            .split_once("<main class=\"prose\">")
            .and_then(|(_, body)| body.split_once("</main>"))
            .map(|(body, _)| body);
        assert_eq!(words(body.unwrap_or_default()), words(html.body()));
    }

    #[test]
    fn ar1_base64() {
        let all = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        all.into_iter().for_each(|(plain, coded)| assert_eq!(base64(plain.as_bytes()), coded));
    }
}
