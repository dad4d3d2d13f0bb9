//! Finding bare addresses in running text: `https://…`, `www.…` and e-mail, by GFM's extended autolink rules.
//!
//! One pass: every byte is looked at a bounded number of times, because a domain ends where the next candidate
//! could begin.

use std::ops::Range;

use crate::search::{find as find_text, has};

/// An address found in text, and what must stand before it to make it a link.
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    pub(crate) prefix: &'static str,
}

/// The first bare address at or after `from`.
pub(crate) fn find(text: &str, from: usize) -> Option<Found> {
    let mut local = from;
    for (at, &byte) in text.as_bytes().iter().enumerate().skip(from) {
        let found = match byte {
            b'h' | b'H' | b'f' | b'F' | b'w' | b'W' => web(text, at),
            b'@' => email(text, local, at),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        if !local_part(byte) {
            local = at + 1;
        }
    }
    None
}

fn web(text: &str, at: usize) -> Option<Found> {
    let bytes = text.as_bytes();
    let before = at.checked_sub(1).map(|previous| bytes[previous]);
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let starts =
        |prefix: &str| bytes[at..].get(..prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix.as_bytes()));
    let scheme = ["https://", "http://", "ftp://"].into_iter().find(|scheme| starts(scheme));
    let (domain_at, prefix, dots) = match scheme {
        Some(scheme) => (at + scheme.len(), "", 0),
        None if starts("www.") && !before.is_some_and(|byte| b"./-@:#=&%\\".contains(&byte)) => (at, "http://", 2),
        None => return None,
    };
    let domain = domain(&text[domain_at..], dots)?;
    let rest = &text[domain_at + domain..];
    let end = rest.find(ends_address).unwrap_or(rest.len());
    let end = trim(text, at..domain_at + domain + end);
    (end > domain_at).then_some(Found { range: at..end, prefix })
}

/// The length of the domain at the start, if it is one: labels of letters, digits, hyphens and underscores, no
/// underscore in the last two, and at least `dots` full stops inside.
fn domain(text: &str, dots: usize) -> Option<usize> {
    let len =
        text.find(|char: char| !(char.is_alphanumeric() || matches!(char, '-' | '_' | '.'))).unwrap_or(text.len());
    let domain = text[..len].trim_end_matches('.');
    let valid = !domain.is_empty()
        && !domain.starts_with('.')
        && domain.matches('.').count() >= dots
        && !domain.rsplit('.').take(2).any(|label| has(label, '_'));
    valid.then_some(len)
}

/// White space, `<`, and the punctuation of scripts that put no space after it.
fn ends_address(char: char) -> bool {
    char.is_whitespace() || char.is_control() || has("<。，、；：！？（）【】「」『』《》“”", char)
}

/// Leaves out trailing punctuation, an unbalanced closing parenthesis, and what looks like an entity.
fn trim(text: &str, range: Range<usize>) -> usize {
    let link = &text.as_bytes()[range.clone()];
    let mut unopened = link
        .iter()
        .filter(|&&byte| byte == b')')
        .count()
        .saturating_sub(link.iter().filter(|&&byte| byte == b'(').count());
    let mut len = link.len();
    while let Some(&last) = link[..len].last() {
        match last {
            b'?' | b'!' | b'.' | b',' | b':' | b'*' | b'_' | b'~' | b'\'' | b'"' => len -= 1,
            b')' if unopened > 0 => {
                unopened -= 1;
                len -= 1;
            }
            b';' => {
                let name = link[..len - 1].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                let entity = name > 0 && len >= name + 2 && link[len - name - 2] == b'&';
                len -= if entity { name + 2 } else { 1 };
            }
            _ => break,
        }
    }
    range.start + len
}

fn email(text: &str, local: usize, at: usize) -> Option<Found> {
    let bytes = text.as_bytes();
    let start = local + bytes[local..at].iter().take_while(|&&byte| byte == b'.' || byte == b'-').count();
    if start == at {
        return None;
    }
    let domain = &bytes[at + 1..];
    let len = domain.iter().position(|&byte| !(byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
    let domain = &text[at + 1..at + 1 + len.unwrap_or(domain.len())];
    let trimmed = domain.trim_end_matches('.');
    let valid = has(trimmed, '.')
        && !trimmed.starts_with('.')
        && find_text(trimmed, "..").is_none()
        && !trimmed.ends_with(['-', '_'])
        && bytes.get(at + 1 + domain.len()) != Some(&b'@');
    let mailto = text[..start].ends_with("mailto:");
    let (start, prefix) = if mailto { (start - "mailto:".len(), "") } else { (start, "mailto:") };
    valid.then_some(Found { range: start..at + 1 + trimmed.len(), prefix })
}

fn local_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".+-_".contains(&byte)
}
