//! Which addresses a text names, and where each is written: for moving documents together with their files.
//!
//! Only what a rendering would use is an address: links, pictures, definitions of references, attributes of raw HTML;
//! never code or front matter. Invariant: each range holds exactly the address as it is written and no other range
//! overlaps it, so an address can be replaced without touching a byte beside it. Next: `server/src/archive`.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

use crate::raw::{Piece, pieces};
use crate::{escape, front};

/// An address in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where it is written, in bytes, without brackets or quotes.
    pub range: Range<usize>,
    /// What it reads as, escapes and character references resolved.
    pub address: String,
}

/// Attributes that hold one address.
const ATTRIBUTES: &[&str] = &["src", "href", "poster"];

/// Every address of a text, in order.
pub fn references(text: &str) -> Vec<Reference> {
    let (_, start) = front::split(text);
    let body = &text[start..];
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST;
    let parser = Parser::new_ext(body, options).into_offset_iter();
    let mut found: Vec<Reference> = parser
        .reference_definitions()
        .iter()
        .filter_map(|(_, definition)| {
            let from = label_end(&body[definition.span.clone()])? + definition.span.start;
            destination(body, from, &definition.dest)
        })
        .collect();
    // Links that are open: where the one began, how far its content reaches, where it leads.
    let mut open: Vec<(Range<usize>, usize, Option<String>)> = Vec::new();
    for (event, range) in parser {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
                let inline = link_type == LinkType::Inline;
                let content = range.start + if body[range.start..].starts_with('!') { 2 } else { 1 };
                open.push((range, content, inline.then(|| dest_url.to_string())));
                continue;
            }
            Event::End(pulldown_cmark::TagEnd::Link | pulldown_cmark::TagEnd::Image) => {
                if let Some((whole, content, Some(address))) = open.pop() {
                    let bracket = body[content..whole.end].find("](").map(|at| content + at + 2);
                    found.extend(bracket.and_then(|from| destination(body, from, &address)));
                }
            }
            Event::Start(Tag::HtmlBlock) => attributes(body, range.clone(), &mut found),
            Event::InlineHtml(_) => attributes(body, range.clone(), &mut found),
            _ => {}
        }
        if let Some((_, content, _)) = open.last_mut() {
            *content = range.end.max(*content);
        }
    }
    found.sort_by_key(|reference| reference.range.start);
    let mut end = 0;
    found.retain(|reference| {
        let apart = reference.range.start >= end && !reference.range.is_empty();
        end = if apart { reference.range.end } else { end };
        apart
    });
    found.iter_mut().for_each(|reference| reference.range = reference.range.start + start..reference.range.end + start);
    found
}

/// Behind the colon of `[label]:`.
fn label_end(definition: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in definition.bytes().enumerate() {
        match byte {
            b']' if !escaped => return definition[at + 1..].starts_with(':').then_some(at + 2),
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

/// The destination written at `from`, if it is what the parser read.
fn destination(text: &str, from: usize, address: &str) -> Option<Reference> {
    let rest = &text[from..];
    let begin = from + (rest.len() - rest.trim_start_matches([' ', '\t', '\n', '>']).len());
    let (begin, len) = match text[begin..].strip_prefix('<') {
        Some(inside) => (begin + 1, until(inside, |byte, _| byte == b'>' || byte == b'\n')),
        None => (begin, until(&text[begin..], |byte, depth| byte <= b' ' || (byte == b')' && depth == 0))),
    };
    let range = begin..begin + len;
    let written = &text[range.clone()];
    // An escaped one is taken on trust; any other must read the same, or something else stands here.
    let same = written == address || written.contains(['\\', '&']);
    same.then(|| Reference { range, address: address.to_owned() })
}

/// How far a destination reaches: to the first byte that ends it, brackets and escapes counted.
fn until(text: &str, ends: impl Fn(u8, usize) -> bool) -> usize {
    let (mut escaped, mut depth) = (false, 0);
    for (at, byte) in text.bytes().enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        if ends(byte, depth) {
            return at;
        }
        match byte {
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text.len()
}

/// Addresses in the tags of a piece of raw HTML.
fn attributes(text: &str, range: Range<usize>, found: &mut Vec<Reference>) {
    for piece in pieces(&text[range]) {
        let Piece::Start { attributes, .. } = piece else { continue };
        for (name, value) in attributes {
            if ATTRIBUTES.iter().any(|known| known.eq_ignore_ascii_case(name)) && !value.is_empty() {
                // A piece borrows from the text it was cut from.
                let start = value.as_ptr() as usize - text.as_ptr() as usize;
                found.push(Reference { range: start..start + value.len(), address: escape::decode(value) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<(&str, String)> {
        references(text).into_iter().map(|reference| (&text[reference.range], reference.address)).collect()
    }

    fn found(text: &str) -> Vec<String> {
        let all = written(text);
        all.iter().for_each(|(there, read)| assert_eq!(there, read, "{text}"));
        all.into_iter().map(|(_, read)| read).collect()
    }

    #[test]
    fn ar4_addresses_are_found_where_they_are_written() {
        assert_eq!(found("![a](img/a.png) and [b](b.pdf \"title\")"), ["img/a.png", "b.pdf"]);
        assert_eq!(found("[![a](a.png)](b.md)\n\n> [x](y(z).md)"), ["a.png", "b.md", "y(z).md"]);
        assert_eq!(found("![](<my cat.png>) ![ ]( a.png ) [**b** `]()` c](c.md)"), ["my cat.png", "a.png", "c.md"]);
        assert_eq!(found("see [this][r]\n\n[r]: <a b.png> 'x'\n[s\\]]: c.png\n"), ["a b.png", "c.png"]);
        assert_eq!(found("<img alt=\"x\" src='a.png'> b\n\n<div>\n<a HREF=b.pdf>\n</div>\n"), ["a.png", "b.pdf"]);
        assert_eq!(
            found("| a |\n|---|\n| ![](c.png) |\n\n- [ ] [x](d.md)\n\n[^1]: ![](e.png)"),
            ["c.png", "d.md", "e.png"]
        );
        assert_eq!(written("![](a\\_b&amp;c.png)"), [("a\\_b&amp;c.png", "a_b&c.png".to_owned())]);
    }

    #[test]
    fn ar4_code_front_matter_and_words_are_not_addresses() {
        let text = "---\ncover: ![](a.png)\n---\n`![](b.png)`\n\n```\n![](c.png)\n```\n\n    ![](d.png)\n\n\\![](\n<https://x.org>\n";
        assert_eq!(found(text), Vec::<String>::new());
        assert_eq!(found("---\ntitle: x\n---\n\n![](e.png)"), ["e.png"]);
    }

    #[test]
    fn ar4_whatever_the_text_ranges_are_apart_and_whole() {
        let pieces = [
            "![",
            "](",
            ")",
            "[",
            "]",
            "<img src=",
            "\"",
            ">",
            "a.png",
            " ",
            "\n",
            "\\",
            "`",
            "&amp;",
            "é",
            "> ",
            "]: ",
            "<",
        ];
        let mut seed = 7_u64;
        for _ in 0..3_000 {
            let mut text = String::new();
            for _ in 0..24 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
            }
            let mut end = 0;
            for reference in references(&text) {
                assert!(reference.range.start >= end && text.get(reference.range.clone()).is_some(), "{text:?}");
                end = reference.range.end;
            }
        }
    }
}
