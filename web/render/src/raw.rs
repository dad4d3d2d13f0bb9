//! Reading raw HTML strictly: a piece is a tag by CommonMark's grammar, a comment, or text. Nothing in between.
//!
//! The writer gets pieces and writes them anew; it never copies markup. See `allow.rs` for what is allowed.

use crate::limits::ATTRIBUTES_MAX;
use crate::search::find;

/// One piece of raw HTML.
pub(crate) enum Piece<'a> {
    /// What stands between tags, character references still in it.
    Text,
    /// `<name attributes>`.
    Start { name: &'a str, attributes: Vec<(&'a str, &'a str)> },
    /// `</name>`.
    End { name: &'a str },
    /// `<!-- … -->`; nobody sees it.
    Comment,
}

/// Cuts raw HTML into pieces.
pub(crate) fn pieces(html: &str) -> Pieces<'_> {
    Pieces { rest: html, unclosed: 0 }
}

/// The pieces of some raw HTML, in order. Linear: what is looked at twice is at most one tag.
pub(crate) struct Pieces<'a> {
    rest: &'a str,
    /// The raw-text elements (one bit each) whose end was looked for in vain; looking again would be quadratic.
    unclosed: u16,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        if let Some(comment) = self.rest.strip_prefix("<!--") {
            self.rest = find(comment, "-->").map_or("", |end| &comment[end + 3..]);
            return Some(Piece::Comment);
        }
        if self.rest.starts_with('<')
            && let Some((piece, len)) = tag(self.rest)
        {
            // Browsers read the content of these as raw text; show all of it as text, or a tag in a string of a
            // script would become markup here.
            if let Piece::Start { name, .. } = &piece
                && let Some(end) = self.raw_text_end(name, len)
            {
                self.rest = &self.rest[end..];
                return Some(Piece::Text);
            }
            self.rest = &self.rest[len..];
            return Some(piece);
        }
        let lone = usize::from(self.rest.starts_with('<'));
        self.rest = find(&self.rest[lone..], "<").map_or("", |at| &self.rest[at + lone..]);
        Some(Piece::Text)
    }
}

impl Pieces<'_> {
    /// How many bytes are not read yet.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Where the content of a raw-text element that begins here ends, its end tag included.
    fn raw_text_end(&mut self, name: &str, from: usize) -> Option<usize> {
        let bit = 1
            << RAW_TEXT
                .iter()
                .position(|raw| raw.eq_ignore_ascii_case(name))
                .filter(|&at| self.unclosed & (1 << at) == 0)?;
        let bytes = self.rest.as_bytes();
        let mut at = from;
        while let Some(found) = find(&self.rest[at..], "</") {
            at += found + 2;
            if bytes.get(at..at + name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes())) {
                return Some(find(&self.rest[at..], ">").map_or(self.rest.len(), |end| at + end + 1));
            }
        }
        self.unclosed |= bit;
        None
    }
}

const RAW_TEXT: &[&str] = &[
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
    "iframe",
    "noscript",
    "noembed",
    "noframes",
    "template",
    "plaintext",
];

/// The tag at the start of `html` and its length, by CommonMark's grammar for open and closing tags.
fn tag(html: &str) -> Option<(Piece<'_>, usize)> {
    let mut scan = Scan { html, at: 1 };
    let closing = scan.eat(b'/');
    let name = scan.run(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || name.len() > 16 {
        return None;
    }
    if closing {
        scan.spaces();
        return scan.eat(b'>').then_some((Piece::End { name }, scan.at));
    }
    let mut attributes = Vec::new();
    loop {
        let spaced = scan.spaces();
        scan.eat(b'/');
        if scan.eat(b'>') {
            return Some((Piece::Start { name, attributes }, scan.at));
        }
        if !spaced || attributes.len() == ATTRIBUTES_MAX {
            return None;
        }
        attributes.push(scan.attribute()?);
    }
}

struct Scan<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.html.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn run(&mut self, allowed: impl Fn(u8) -> bool) -> &'a str {
        let from = self.at;
        let rest = &self.html.as_bytes()[from..];
        self.at += rest.iter().position(|&byte| !allowed(byte)).unwrap_or(rest.len());
        &self.html[from..self.at]
    }

    fn spaces(&mut self) -> bool {
        !self.run(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).is_empty()
    }

    fn attribute(&mut self) -> Option<(&'a str, &'a str)> {
        let name = self.run(|byte| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte));
        if !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_' || first == ':') {
            return None;
        }
        let before = self.at;
        self.spaces();
        if !self.eat(b'=') {
            self.at = before;
            return Some((name, ""));
        }
        self.spaces();
        for quote in [b'"', b'\''] {
            if self.eat(quote) {
                let value = self.run(|byte| byte != quote);
                return self.eat(quote).then_some((name, value));
            }
        }
        let value = self.run(|byte| !b" \t\n\r\"'=<>`".contains(&byte) && byte != 0);
        (!value.is_empty()).then_some((name, value))
    }
}
