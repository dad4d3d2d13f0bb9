//! Reads MathML that others wrote and writes it anew: listed elements, listed attributes, listed classes, text only where
//! text belongs. Whatever is anything else makes the whole formula unreadable.
//!
//! Invariant: no element here may hold HTML (`annotation-xml`, `semantics`), lead anywhere (`href`), or be one of HTML's;
//! text stands only in elements without children, so no markup can hide where another parser would look for it. Styles
//! become attributes, because the page's policy allows none.

use crate::escape;
use crate::formula::Place;
use crate::limits::MATHML_BYTES_MAX;
use crate::map::units;
use crate::search::find;

/// What is said of a formula that came out as something we do not know.
pub(crate) const UNKNOWN: &str = "This formula cannot be shown.";

/// What an element may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Elements,
    Text,
}

struct Element {
    name: &'static str,
    holds: Holds,
    attributes: &'static [&'static str],
}

const fn element(name: &'static str, holds: Holds, attributes: &'static [&'static str]) -> Element {
    Element { name, holds, attributes }
}

static ELEMENTS: &[Element] = &[
    element("mrow", Holds::Elements, &[]),
    element("mi", Holds::Text, &["mathvariant"]),
    element("mn", Holds::Text, &[]),
    element("mo", Holds::Text, &["stretchy", "symmetric", "largeop", "movablelimits", "minsize", "maxsize"]),
    element("mtext", Holds::Text, &[]),
    element("mspace", Holds::Elements, &["width", "height", "depth"]),
    element("mfrac", Holds::Elements, &["linethickness"]),
    element("msqrt", Holds::Elements, &[]),
    element("mroot", Holds::Elements, &[]),
    element("msub", Holds::Elements, &[]),
    element("msup", Holds::Elements, &[]),
    element("msubsup", Holds::Elements, &[]),
    element("munder", Holds::Elements, &[]),
    element("mover", Holds::Elements, &[]),
    element("munderover", Holds::Elements, &[]),
    element("mtable", Holds::Elements, &[]),
    element("mtr", Holds::Elements, &[]),
    element("mtd", Holds::Elements, &[]),
];

/// What the style sheet knows.
const CLASSES: &[&str] = &[
    "small",
    "cell-left",
    "cell-right",
    "menv-alignlike",
    "menv-align",
    "menv-arraylike",
    "menv-cases",
    "menv-cells-left",
    "menv-cells-right",
    "menv-multline",
    "menv-left-solid",
    "menv-left-dashed",
    "menv-right-solid",
    "menv-right-dashed",
    "menv-hline",
    "menv-hdashline",
];

/// The MathML written anew, and how long its text is. `room`: how many elements may stand one in another.
pub(crate) fn rewrite(raw: &str, place: Place, room: usize) -> Result<(String, u32), String> {
    let mut anew = Anew { rest: raw, out: String::new(), open: Vec::new(), text_len: 0 };
    let root = anew.rest.strip_prefix("<math").and_then(|rest| Some((rest, find(rest, ">")?)));
    let (rest, end) = root.ok_or(UNKNOWN)?;
    anew.rest = rest[end + 1..].strip_suffix("</math>").ok_or(UNKNOWN)?;
    anew.out.push_str(if place == Place::Own { "<math display=\"block\">" } else { "<math>" });
    while !anew.rest.is_empty() {
        anew.piece().ok_or(UNKNOWN)?;
        if anew.open.len() + 1 > room {
            return Err("This formula is nested too deep to be shown.".into());
        }
        if anew.out.len() > MATHML_BYTES_MAX {
            return Err("This formula would be too long as a page.".into());
        }
    }
    if !anew.open.is_empty() {
        return Err(UNKNOWN.into());
    }
    anew.out.push_str("</math>");
    Ok((anew.out, anew.text_len))
}

struct Anew<'a> {
    rest: &'a str,
    out: String,
    open: Vec<&'static Element>,
    text_len: u32,
}

impl<'a> Anew<'a> {
    /// Reads the next tag or text.
    fn piece(&mut self) -> Option<()> {
        if let Some(end) = self.rest.strip_prefix("</") {
            let open = self.open.pop()?;
            self.rest = end.strip_prefix(open.name)?.strip_prefix('>')?;
            self.close(open);
            return Some(());
        }
        if begins_tag(self.rest) {
            return self.start();
        }
        // A sign that was written as it is: `<` in `<mo><</mo>`.
        let len = (1..self.rest.len())
            .find(|&at| {
                self.rest.is_char_boundary(at) && (begins_tag(&self.rest[at..]) || self.rest[at..].starts_with("</"))
            })
            .unwrap_or(self.rest.len());
        let text = decode(&self.rest[..len]);
        self.rest = &self.rest[len..];
        if self.open.last().is_some_and(|open| open.holds == Holds::Text) {
            self.text_len += units(&text);
            escape::text(&mut self.out, &text);
            return Some(());
        }
        text.trim().is_empty().then_some(())
    }

    fn close(&mut self, element: &Element) {
        for part in ["</", element.name, ">"] {
            self.out.push_str(part);
        }
    }

    fn start(&mut self) -> Option<()> {
        let name = self.rest[1..].split(|char: char| !char.is_ascii_lowercase()).next()?;
        let element = ELEMENTS.iter().find(|element| element.name == name)?;
        // Text has no children.
        if self.open.last().is_some_and(|open| open.holds == Holds::Text) {
            return None;
        }
        self.rest = &self.rest[1 + name.len()..];
        self.out.push('<');
        self.out.push_str(element.name);
        loop {
            self.rest = self.rest.trim_start_matches(' ');
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                self.out.push('>');
                self.close(element);
                return Some(());
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                self.out.push('>');
                self.open.push(element);
                return Some(());
            }
            let (name, rest) = self.rest.split_once("=\"")?;
            let (value, rest) = rest.split_once('"')?;
            name.bytes().all(|byte| byte.is_ascii_lowercase()).then_some(())?;
            self.rest = rest;
            self.attribute(element, name, value);
        }
    }

    /// Writes an attribute if it is one that may be, and means something.
    fn attribute(&mut self, element: &Element, name: &str, value: &str) {
        match name {
            "class" => {
                let known: Vec<_> = value.split(' ').filter(|class| CLASSES.contains(class)).collect();
                if !known.is_empty() {
                    self.put("class", &known.join(" "));
                }
            }
            "style" => self.style(value),
            "displaystyle" if matches!(value, "true" | "false") => self.put(name, value),
            "scriptlevel" if matches!(value, "0" | "1" | "2") => self.put(name, value),
            // Of no use where nothing stretches.
            "symmetric" if value == "false" => {}
            _ if !element.attributes.contains(&name) => {}
            "mathvariant" if value == "normal" => self.put(name, value),
            "stretchy" | "symmetric" | "largeop" | "movablelimits" if matches!(value, "true" | "false") => {
                self.put(name, value)
            }
            "minsize" | "maxsize" | "width" | "height" | "depth" | "linethickness" => {
                if let Some(length) = length(value) {
                    self.put(name, &length);
                }
            }
            _ => {}
        }
    }

    fn style(&mut self, style: &str) {
        for rule in style.split("; ") {
            let Some((name, value)) = rule.split_once(": ") else { continue };
            let attribute = match name {
                "color" => "mathcolor",
                "background-color" => "mathbackground",
                _ => continue,
            };
            if let Some(colour) = colour(value) {
                self.put(attribute, &colour);
            }
        }
    }

    /// Values here are our own words, numbers and colours.
    fn put(&mut self, name: &str, value: &str) {
        for part in [" ", name, "=\"", value, "\""] {
            self.out.push_str(part);
        }
    }
}

fn begins_tag(text: &str) -> bool {
    text.strip_prefix('<').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_lowercase()))
}

/// At most 99.999 of a unit; the library's `mu` are `em` already.
fn length(value: &str) -> Option<String> {
    let number = value.trim_end_matches(|char: char| char.is_ascii_lowercase());
    let unit = match &value[number.len()..] {
        "mu" => "em",
        unit if ["em", "ex", "mm", "cm", "in", "pt", "pc"].contains(&unit) => unit,
        _ => return None,
    };
    let digits = number.strip_prefix('-').unwrap_or(number);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let valid = (1..=2).contains(&whole.len()) && plain(whole) && plain(part);
    valid.then(|| {
        let part = &part[..part.len().min(4)];
        let dot = if part.is_empty() { "" } else { "." };
        [&number[..number.len() - digits.len()], whole, dot, part, unit].concat()
    })
}

/// `rgb(1 2 3)` as `#010203`.
fn colour(value: &str) -> Option<String> {
    let inner = value.strip_prefix("rgb(")?.strip_suffix(')')?;
    let mut colour = String::from("#");
    let mut count = 0;
    for part in inner.split(' ') {
        let part: u8 = part.parse().ok()?;
        for digit in [part >> 4, part & 15] {
            colour.push(char::from_digit(digit.into(), 16)?);
        }
        count += 1;
    }
    (count == 3).then_some(colour)
}

/// The references that are written: anything else is text as it stands.
fn decode(text: &str) -> String {
    let mut out = text.to_owned();
    for (reference, char) in [("&nbsp;", "\u{a0}"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
        if out.contains(reference) {
            out = out.replace(reference, char);
        }
    }
    out
}
