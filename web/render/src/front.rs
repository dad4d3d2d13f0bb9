//! Front matter: taken out of the text and read by a small subset of YAML.
//!
//! Read are top-level `key: value` lines with plain or quoted values, lists (`[a, b]` or `- a`) and block
//! values (`|`, `>`). Nothing is expanded, followed or nested: no aliases, no anchors, no types. So the work
//! is one pass over at most 16 KiB, whatever stands there; what we do not read is skipped, and the first such
//! thing in a field of ours is told as a [`Problem`].

use crate::limits::{FRONT_BYTES_MAX, FRONT_VALUE_CHARS_MAX, TAGS_MAX};
use crate::search::{before, find};
use crate::{Dir, Front, Problem};

/// Splits the front matter off: what it says, and where the Markdown begins.
pub(crate) fn split(text: &str) -> (Front, usize) {
    match extent(text) {
        Some((inner, end)) => (read(inner), end),
        None => (Front::default(), 0),
    }
}

/// The front matter's inner text and the offset behind its closing line. A first line `---`, a `key:` on the next
/// line that says anything, and a closing `---` or `...`; otherwise the `---` is a rule.
fn extent(text: &str) -> Option<(&str, usize)> {
    let head = text.get(..text.floor_char_boundary(FRONT_BYTES_MAX))?;
    let mut lines = head.split_inclusive('\n');
    let first = lines.next()?;
    if first.trim_end() != "---" || !first.ends_with('\n') {
        return None;
    }
    let mut at = first.len();
    let mut keyed = false;
    for line in lines {
        let content = line.trim_end();
        if content == "---" || content == "..." {
            return keyed.then(|| (&text[first.len()..at], at + line.len()));
        }
        if !keyed && !content.is_empty() && !content.starts_with('#') {
            key(content)?;
            keyed = true;
        } else if content.is_empty() && !keyed {
            return None;
        }
        at += line.len();
    }
    None
}

/// `key: value` at the start of a line.
fn key(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let named = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    (named && (value.is_empty() || value.starts_with([' ', '\t']))).then(|| (key, value.trim()))
}

fn read(inner: &str) -> Front {
    let mut front = Front::default();
    let lines: Vec<&str> = inner.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let line = at;
        at += 1;
        let Some((key, value)) = key(lines[line]) else { continue };
        let below = lines[at..].iter().take_while(|line| continues(line)).count();
        let outcome = set(&mut front, key, value, &lines[at..at + below]);
        at += below;
        if let Err(sentence) = outcome {
            front.problem.get_or_insert(Problem { line: line as u32 + 1, sentence });
        }
    }
    front
}

/// Whether a line belongs to the key above it.
fn continues(line: &str) -> bool {
    line.is_empty() || line.starts_with([' ', '\t']) || line.starts_with("- ") || line == "-"
}

fn set(front: &mut Front, key: &str, value: &str, below: &[&str]) -> Result<(), &'static str> {
    match key {
        "title" => front.title = text(value, below)?,
        "description" => front.description = text(value, below)?,
        "tags" => front.tags = list(value, below)?,
        "lang" => {
            let lang = scalar(value)?.filter(|lang| language(lang));
            front.lang = Some(lang.ok_or("Write the language as a tag, such as `lang: en` or `lang: pt-BR`.")?);
        }
        "dir" => {
            front.dir = match value {
                "ltr" => Some(Dir::Ltr),
                "rtl" => Some(Dir::Rtl),
                "auto" => Some(Dir::Auto),
                _ => return Err("Write `dir: ltr`, `dir: rtl` or `dir: auto`."),
            }
        }
        _ => {}
    }
    Ok(())
}

fn language(lang: &str) -> bool {
    lang.len() <= 35
        && lang.split('-').enumerate().all(|(at, part)| {
            (1..=8).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && (at > 0 || part.bytes().all(|byte| byte.is_ascii_alphabetic()))
        })
}

/// One value, on the line or as a block below it.
fn text(value: &str, below: &[&str]) -> Result<Option<String>, &'static str> {
    if !matches!(value, "|" | "|-" | "|+" | ">" | ">-" | ">+") {
        return scalar(value);
    }
    let separator = if value.starts_with('>') { " " } else { "\n" };
    let joined = below.iter().map(|line| line.trim()).collect::<Vec<_>>().join(separator);
    Ok(Some(cut(joined.trim())).filter(|text| !text.is_empty()))
}

fn list(value: &str, below: &[&str]) -> Result<Vec<String>, &'static str> {
    let mut tags: Vec<String> = Vec::new();
    let mut add = |item: &str| -> Result<(), &'static str> {
        let tag = scalar(item.trim())?.map(|tag| tag.trim_start_matches('#').to_owned());
        if let Some(tag) = tag.filter(|tag| !tag.is_empty() && tags.len() < TAGS_MAX && !tags.contains(tag)) {
            tags.push(tag);
        }
        Ok(())
    };
    if value.is_empty() || value.starts_with('#') {
        for line in below {
            if let Some(item) = line.trim_start().strip_prefix('-') {
                add(item)?;
            }
        }
    } else {
        let value = before(value, " #").trim_end();
        let inner = match value.strip_prefix('[') {
            Some(flow) => {
                flow.strip_suffix(']').ok_or("Close the list with `]` on the same line, or write one tag a line.")?
            }
            None => value,
        };
        for item in inner.split(',') {
            add(item)?;
        }
    }
    Ok(tags)
}

/// A plain or quoted value; `None` when it is empty or `null`.
fn scalar(value: &str) -> Result<Option<String>, &'static str> {
    const UNCLOSED: &str = "Close the quotation mark on the same line.";
    let text = match value.chars().next() {
        None | Some('#') => String::new(),
        Some('"') => double_quoted(&value[1..]).ok_or(UNCLOSED)?,
        Some('\'') => single_quoted(&value[1..]).ok_or(UNCLOSED)?,
        Some('&' | '*' | '!' | '{' | '[' | '|' | '>' | '%' | '@' | '`') => {
            return Err("Put quotation marks around this value: only plain text is read here.");
        }
        Some(_) => before(value, " #").trim_end().to_owned(),
    };
    Ok(Some(cut(&text)).filter(|text| !text.is_empty() && text != "null" && text != "~"))
}

fn double_quoted(rest: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = rest.chars();
    loop {
        text.push(match chars.next()? {
            '"' => return Some(text),
            '\\' => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                other => other,
            },
            char => char,
        });
    }
}

fn single_quoted(rest: &str) -> Option<String> {
    let (mut text, mut from, mut end) = (String::new(), 0, 0);
    while let Some(found) = find(&rest[end..], "'") {
        end += found;
        if !rest[end + 1..].starts_with('\'') {
            return Some(text + &rest[from..end]);
        }
        text.push_str(&rest[from..=end]);
        end += 2;
        from = end;
    }
    None
}

fn cut(text: &str) -> String {
    text.chars().filter(|char| !char.is_control() || *char == '\n').take(FRONT_VALUE_CHARS_MAX).collect()
}
