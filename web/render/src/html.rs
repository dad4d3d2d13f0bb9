//! Raw HTML: what `raw.rs` reads and `allow.rs` allows, written anew; everything else as text.

use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use crate::allow::{self, Element, Kind, Value};
use crate::escape;
use crate::raw::{Piece, pieces};
use crate::search::has;
use crate::url;
use crate::writer::{Frame, Role, Writer};

/// Where raw HTML stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    /// On lines of its own.
    Block,
    /// In a line of text, which can hold no blocks.
    Line,
    /// In a table's cell, where a line can hold blocks.
    Cell,
}

/// How a `<pre>` of raw HTML ends; the keyboard must reach what scrolls.
const PRE_END: &str = " tabindex=\"0\">";

impl Writer<'_> {
    /// Reads an HTML block to its end and writes it.
    pub(crate) fn html_block(&mut self, range: Range<usize>) {
        self.prepare_html(range.start);
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Html(piece) | Event::Text(piece) => self.gather(&piece, range),
                Event::End(TagEnd::HtmlBlock) => break,
                _ => {}
            }
        }
        self.write_raw(Context::Block);
        self.words.end();
        while self.raw_top().is_some_and(|element| matches!(element.kind, Kind::Inline | Kind::Leaf)) {
            self.pop();
        }
        self.block_reaches(range.end);
    }

    /// As `prepare_block`, but a table that waits for its rows stays open.
    fn prepare_html(&mut self, at: usize) {
        let frame_open = self.raw_top().is_some_and(|element| element.kind == Kind::Frame);
        if frame_open {
            self.end_leaf();
        } else {
            self.prepare_block(at);
        }
    }

    /// One tag in a line of text.
    pub(crate) fn inline_html(&mut self, html: &str, range: Range<usize>) {
        self.flush_text('*');
        self.gather_aligned(html, range);
        let markdown = self.frames.iter().rev().find(|frame| !matches!(frame.role, Role::Raw(_)));
        let context =
            if matches!(markdown, Some(Frame { role: Role::Cell, .. })) { Context::Cell } else { Context::Line };
        self.write_raw(context);
    }

    /// Writes the raw HTML that was gathered.
    fn write_raw(&mut self, context: Context) {
        let html = self.take_gathered();
        let mut pieces = pieces(&html);
        loop {
            let from = html.len() - pieces.left();
            let Some(piece) = pieces.next() else { break };
            let written = match piece {
                Piece::Comment => true,
                Piece::Text => false,
                Piece::End { name } => allow::element(name).map(|element| self.end_raw(element)).is_some(),
                Piece::Start { name, attributes } => {
                    allow::element(name).is_some_and(|element| self.start_raw(element, &attributes, context))
                }
            };
            if !written {
                self.raw_text(&html, from..html.len() - pieces.left());
            }
        }
        self.forget();
    }

    /// Writes a part of some raw HTML as text; an `&` in it that begins a character reference stays one.
    fn raw_text(&mut self, html: &str, range: Range<usize>) {
        let text = &html[range.clone()];
        if text.trim().is_empty() {
            // White space at the start of a block would only move its first line.
            if !self.out.ends_with(['\n', '>']) || !has(text, '\n') {
                self.put(text);
            }
            return;
        }
        self.close_frames();
        self.words.push(text);
        let mut at = range.start;
        if text.starts_with('\n') && self.out.ends_with(PRE_END) {
            // Browsers leave this one out: it is no text.
            self.put("\n");
            at += 1;
        }
        // Nor are those at the end, which end_block takes away where nothing follows.
        let end = range.start + text.trim_end_matches('\n').len();
        while at < end {
            let rest = &html.as_bytes()[at..end];
            if let Some(len) = escape::reference_len(rest) {
                self.write_reference(html, at..at + len);
                at += len;
            } else {
                let len = rest.iter().skip(1).position(|&byte| byte == b'&').map_or(rest.len(), |len| len + 1);
                self.write_gathered(html, at..at + len);
                at += len;
            }
        }
        self.put(&html[end..range.end]);
    }

    /// Content that may not stand in a table or a row directly closes it, as browsers would move it out.
    fn close_frames(&mut self) {
        while self.raw_top().is_some_and(|element| element.kind == Kind::Frame) {
            self.pop();
        }
    }

    /// Ends the nearest open element of this name; without one the tag ends nothing and is left out.
    fn end_raw(&mut self, element: &'static Element) {
        let place = self.frames.iter().rev().map_while(raw_element).position(|open| std::ptr::eq(open, element));
        for _ in 0..place.map_or(0, |place| place + 1) {
            self.pop();
        }
    }

    /// Begins an element; `false`: it may not stand here and is to be shown as text.
    fn start_raw(&mut self, element: &'static Element, attributes: &[(&str, &str)], context: Context) -> bool {
        if element.name == "a" && self.links > 0 {
            return true;
        }
        let inline = element.kind == Kind::Inline || matches!(element.name, "br" | "wbr" | "img" | "source");
        if !inline && context == Context::Line {
            return false;
        }
        if !element.parents.is_empty() {
            if !self.end_until_parent(element) {
                return false;
            }
            // Browsers put one around a row; without it their tree would not be what is written here.
            if element.name == "tr" && self.raw_top().is_some_and(|open| open.name == "table") {
                allow::element("tbody").map(|body| self.start_raw(body, &[], context));
            }
        } else if inline {
            self.close_frames();
        } else {
            while self.raw_top().is_some_and(|open| open.kind != Kind::Container) {
                self.pop();
            }
        }
        if element.kind == Kind::Void {
            self.void_tag(element, attributes);
        } else if self.fits(1) && self.enter(Role::Raw(element), "", 1) {
            self.put("<");
            self.put(element.name);
            self.attributes(element, attributes);
            self.put(if element.name == "pre" { PRE_END } else { ">" });
        }
        true
    }

    /// Closes what the element's start ends, so that one of its parents is innermost. `false`: there is none.
    fn end_until_parent(&mut self, element: &Element) -> bool {
        let is_parent = |open: &&'static Element| element.parents.contains(&open.name);
        let open: Vec<_> = self.frames.iter().rev().map_while(raw_element).collect();
        let Some(parent) = open.iter().position(is_parent) else { return false };
        if parent > 0 && !element.ends.contains(&open[parent - 1].name) {
            return false;
        }
        for _ in 0..parent {
            self.pop();
        }
        true
    }

    fn void_tag(&mut self, element: &'static Element, attributes: &[(&str, &str)]) {
        if element.name == "img" {
            return self.image_tag(element, attributes);
        }
        self.put("<");
        self.put(element.name);
        self.attributes(element, attributes);
        self.put(">");
    }

    /// An image without an address it may have is only its text.
    fn image_tag(&mut self, element: &'static Element, attributes: &[(&str, &str)]) {
        let given =
            |name: &str| attributes.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|&(_, value)| value);
        let alt = given("alt").map(escape::decode);
        let Some(address) = given("src").and_then(|src| url::image(&escape::decode(src))) else {
            return escape::text(&mut self.out, &alt.unwrap_or_default());
        };
        self.put("<img");
        self.attributes(element, attributes);
        if alt.is_none() {
            self.put(" alt=\"\"");
        }
        // One that was given a size keeps it.
        let sized = given("width").is_some() || given("height").is_some();
        self.end_picture(if sized { "" } else { &address });
    }

    /// Writes the attributes that are allowed and mean something, each once.
    fn attributes(&mut self, element: &'static Element, attributes: &[(&str, &str)]) {
        let mut seen = Vec::new();
        for (name, raw) in attributes {
            let Some((name, value)) = allow::attribute(element, name) else { continue };
            let name = if matches!(value, Value::Id) { "id" } else { name };
            if !seen.contains(&name) {
                self.raw_attribute(name, value, &escape::decode(raw));
                seen.push(name);
            }
        }
    }

    fn raw_attribute(&mut self, name: &str, kind: Value, value: &str) {
        let digits = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let plain = |char: char| char.is_ascii_alphanumeric() || has("-:. ()", char);
        match kind {
            Value::Link => {
                if let Some(address) = url::link(value) {
                    self.link_attributes(&address);
                }
            }
            Value::Image => {
                if let Some(address) = url::image(value) {
                    let mut encoded = String::new();
                    escape::address(&mut encoded, &address);
                    self.encoded_attribute(name, &encoded);
                }
            }
            Value::ImageSet => {
                if let Some(set) = url::image_set(value) {
                    self.encoded_attribute(name, &set);
                }
            }
            Value::Id => {
                if let Some(id) = self.ids.claim(value) {
                    self.attribute(name, &id);
                }
            }
            Value::Flag => {
                self.put(" ");
                self.put(name);
            }
            Value::Text => self.attribute(name, value),
            Value::Length if digits(value.strip_suffix('%').unwrap_or(value)) => self.attribute(name, value),
            Value::Number if digits(value) => self.attribute(name, value),
            Value::Plain if value.len() <= 100 && value.chars().all(plain) => self.attribute(name, value),
            Value::Of(words) if words.contains(&value) => self.attribute(name, value),
            Value::Length | Value::Number | Value::Plain | Value::Of(_) => {}
        }
    }

    /// Writes a value that `escape::address` has been over.
    fn encoded_attribute(&mut self, name: &str, encoded: &str) {
        for part in [" ", name, "=\"", encoded, "\""] {
            self.put(part);
        }
    }
}

fn raw_element(frame: &Frame) -> Option<&'static Element> {
    match frame.role {
        Role::Raw(element) => Some(element),
        _ => None,
    }
}
