//! Ids for headings and raw elements: readable, unique in the document, and never an id of the application.

use crate::limits::ID_BYTES_MAX;
use crate::names::Names;

/// Every id that comes from a document begins with this; footnotes are `fn-1` and `fnref-1`. So no text can
/// name an element of the application, or a global of its scripts.
pub(crate) const PREFIX: &str = "u-";

/// The ids already given, with the number the next of the same name gets.
#[derive(Default)]
pub(crate) struct Ids {
    next: Names,
}

impl Ids {
    /// A fresh id for this heading text, prefix included.
    pub(crate) fn give(&mut self, text: &str) -> String {
        let slug = slug(text);
        let base = if slug.is_empty() { "section".to_owned() } else { slug };
        let mut name = base.clone();
        while !self.next.number(&name).1 {
            let (number, _) = self.next.number(&base);
            *number += 1;
            name = format_numbered(&base, *number);
        }
        PREFIX.to_owned() + &name
    }

    /// This very id, prefix included, unless it is taken or not an id.
    pub(crate) fn claim(&mut self, raw: &str) -> Option<String> {
        let plain = raw.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.' | ':'));
        let valid = plain && !raw.is_empty() && raw.len() <= ID_BYTES_MAX && self.next.number(raw).1;
        valid.then(|| PREFIX.to_owned() + raw)
    }
}

fn format_numbered(base: &str, number: u32) -> String {
    let mut name = base.to_owned();
    name.push('-');
    crate::escape::number(&mut name, number.into());
    name
}

/// In lower case; `str::to_lowercase` would bring its own tables' worth of code.
pub(crate) fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The text as GitHub makes an anchor of it: lower case, words joined by hyphens, no other punctuation.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for char in text.trim().chars() {
        if slug.len() >= ID_BYTES_MAX {
            break;
        }
        match char {
            ' ' | '-' | '\n' | '\t' => slug.push('-'),
            '_' => slug.push('_'),
            _ if char.is_alphanumeric() => slug.extend(char.to_lowercase()),
            _ => {}
        }
    }
    slug
}
