//! Formulas as MathML: TeX is read by `pulldown-latex`, and nothing that it writes is believed.
//!
//! Both its names of functions and its error texts come out unescaped (`\operatorname{<img onerror=…>}`), so names are
//! escaped before they are written, errors are told in our own way, and the finished MathML is read again and written
//! anew by `mathml.rs`. Invariant: what cannot be shown is shown as its source with a sentence that says why. Bounded:
//! so long a formula, so deep, so much of them in a document; no macros, which could grow.

use std::ops::Range;

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::event::{Content, Event};
use pulldown_latex::{Parser, ParserError, Storage};

use crate::escape;
use crate::formula::Place;
use crate::limits::{DEPTH_MAX, FORMULA_BYTES_MAX, FORMULA_EVENTS_MAX, FORMULA_NESTING_MAX, FORMULAS_BYTES_MAX};
use crate::mathml;
use crate::writer::Writer;

/// A formula that can be shown.
pub(crate) struct Math {
    html: String,
    /// How long its text is.
    text_len: u32,
}

const TOO_DEEP: &str = "This formula is nested too deep to be shown.";

/// What begins a definition: a few letters could become a megabyte.
const MACROS: &[&str] =
    &["def", "gdef", "edef", "xdef", "let", "futurelet", "newcommand", "renewcommand", "providecommand"];

impl Writer<'_> {
    /// Makes a formula of the source, which will stand in so many elements more than are open; or says why not.
    pub(crate) fn mathml(&mut self, source: &str, place: Place, elements: usize) -> Result<Math, String> {
        check(source)?;
        self.formula_bytes += source.len();
        if self.formula_bytes > FORMULAS_BYTES_MAX {
            return Err("This document has more formulas than can be shown.".into());
        }
        let raw = write(source, place)?;
        // A mark may come around it.
        let room = DEPTH_MAX.saturating_sub(self.depth + elements + 1);
        let (html, text_len) = mathml::rewrite(&raw, place, room)?;
        Ok(Math { html, text_len })
    }

    pub(crate) fn put_mathml(&mut self, math: &Math, range: Range<usize>) {
        self.note_whole(math.text_len, range);
        self.put(&math.html);
    }
}

/// Refuses what would cost more than it shows.
fn check(source: &str) -> Result<(), String> {
    if source.trim().is_empty() {
        return Err("This formula is empty.".into());
    }
    if source.len() > FORMULA_BYTES_MAX {
        return Err("This formula is longer than 8 KB. Shorter ones are shown.".into());
    }
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = source.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > FORMULA_NESTING_MAX {
        return Err(TOO_DEEP.into());
    }
    // The library cuts the six bytes of a colour where it likes, also within a letter.
    let torn = |colour: &str| !colour.bytes().take(6).all(|byte| byte.is_ascii());
    if source.contains("color") && source.split('#').skip(1).any(torn) {
        return Err("A colour of this formula cannot be read. Write it like #1a2b3c.".into());
    }
    let command = |part: &str| part[..part.bytes().take_while(u8::is_ascii_alphabetic).count()].to_owned();
    if source.split('\\').skip(1).any(|part| MACROS.contains(&command(part).as_str())) {
        return Err("Definitions such as \\def and \\newcommand are not available in formulas.".into());
    }
    // The library steps a byte into the number it expects, also into a letter.
    let is_torn = |rest: &str| {
        let rest = rest.trim_start_matches(|char: char| char.is_ascii_whitespace());
        rest.starts_with(|char: char| !char.is_ascii())
    };
    let torn = |part: &str| match &*command(part) {
        "char" => is_torn(&part["char".len()..]),
        // What it counts stands in the next group, which a comment may come before.
        "begin" if part.contains("alignat") || part.contains("alignedat") => {
            let (text, skipped) = if part.contains('%') { (source, 1) } else { (part, 2) };
            text.split('{').skip(skipped).any(is_torn)
        }
        _ => false,
    };
    if source.split('\\').skip(1).any(torn) {
        return Err("A number of this formula cannot be read.".into());
    }
    Ok(())
}

/// The library's MathML. Not to be shown before it is written anew.
fn write(source: &str, place: Place) -> Result<String, String> {
    let storage = Storage::new();
    let events = events(source, &storage)?;
    let names: Vec<String> = events.iter().filter_map(|event| function(event).map(escaped)).collect();
    let mut names = names.iter();
    let events = events.into_iter().map(|event| match function(&event) {
        Some(_) => Event::Content(Content::Function(names.next().map_or("", String::as_str))),
        None => event,
    });
    let display_mode = if place == Place::Own { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let mut html = String::new();
    match pulldown_latex::push_mathml(&mut html, events.map(Ok::<_, ParserError>), config) {
        Ok(()) => Ok(html),
        Err(_) => Err(mathml::UNKNOWN.into()),
    }
}

/// The parser's events, if there is no error among them and they nest as they must.
fn events<'s>(source: &'s str, storage: &'s Storage) -> Result<Vec<Event<'s>>, String> {
    let mut events = Vec::new();
    let mut open = 0_usize;
    for event in Parser::new(source, storage) {
        let event = event.map_err(|error| reason(&error))?;
        match &event {
            Event::Begin(_) => open += 1,
            Event::End => open = open.checked_sub(1).ok_or(mathml::UNKNOWN)?,
            _ => {}
        }
        if open > FORMULA_NESTING_MAX || events.len() >= FORMULA_EVENTS_MAX {
            return Err(TOO_DEEP.into());
        }
        events.push(event);
    }
    if open == 0 { Ok(events) } else { Err(mathml::UNKNOWN.into()) }
}

fn function<'s>(event: &Event<'s>) -> Option<&'s str> {
    match event {
        Event::Content(Content::Function(name)) => Some(name),
        _ => None,
    }
}

fn escaped(name: &str) -> String {
    let mut out = String::new();
    escape::text(&mut out, name);
    out
}

/// The first line of the library's message, without what it quotes of the source.
fn reason(error: &ParserError) -> String {
    let message = error.to_string();
    let line = message.lines().next().unwrap_or_default();
    let line = line.strip_prefix("parsing error: ").unwrap_or(line).replace("unkown", "unknown");
    ["This formula cannot be read: ", &line, "."].concat()
}
