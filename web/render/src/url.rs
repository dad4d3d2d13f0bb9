//! Which addresses a document may name.
//!
//! Invariant: an address that passes begins with an allowed scheme, or has none. What browsers skip while
//! reading a scheme (C0 controls, spaces around, tabs and line ends anywhere) is removed before the question.

use crate::escape;

/// Schemes a link may have.
const LINK_SCHEMES: &[&str] = &["http", "https", "mailto", "tel", "sms", "ftp", "xmpp", "irc", "ircs", "matrix"];

/// What an image may be when it is written into the text itself; never SVG, which can hold script.
const INLINE_IMAGES: &[&str] = &["data:image/png;", "data:image/jpeg;", "data:image/gif;", "data:image/webp;"];

/// An address that may be written, and where it leads.
pub(crate) enum Address {
    /// Into this document: the fragment without `#`.
    Fragment(String),
    /// Elsewhere on this site, or to a program (`mailto:`).
    Local(String),
    /// To another site.
    External(String),
}

/// Judges a link's address.
pub(crate) fn link(raw: &str) -> Option<Address> {
    let address = strip(raw)?;
    if let Some(fragment) = address.strip_prefix('#') {
        return Some(Address::Fragment(fragment.to_owned()));
    }
    match scheme(&address) {
        Some(scheme) if !LINK_SCHEMES.iter().any(|allowed| scheme.eq_ignore_ascii_case(allowed)) => None,
        Some(scheme) if ["mailto", "tel", "sms"].iter().any(|own| scheme.eq_ignore_ascii_case(own)) => {
            Some(Address::Local(address))
        }
        Some(_) => Some(Address::External(address)),
        None if address.starts_with("//") => Some(Address::External(address)),
        None => Some(Address::Local(address)),
    }
}

/// Judges an image's address.
pub(crate) fn image(raw: &str) -> Option<String> {
    let address = strip(raw)?;
    let allowed = match scheme(&address) {
        None => true,
        Some(scheme) if scheme.eq_ignore_ascii_case("data") => inline_image(&address),
        Some(scheme) => scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"),
    };
    allowed.then_some(address)
}

/// Judges a `srcset`, candidate by candidate, and writes it again.
pub(crate) fn image_set(raw: &str) -> Option<String> {
    let mut set = String::new();
    for candidate in raw.split(',') {
        let mut parts = candidate.split_ascii_whitespace();
        let address = image(parts.next()?)?;
        if !set.is_empty() {
            escape::put(&mut set, ", ");
        }
        escape::address(&mut set, &address);
        if let Some(size) = parts.next() {
            let measure = size.strip_suffix(['x', 'w'])?;
            measure.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then_some(())?;
            escape::put(&mut set, " ");
            escape::put(&mut set, size);
        }
        parts.next().is_none().then_some(())?;
    }
    Some(set)
}

fn inline_image(address: &str) -> bool {
    INLINE_IMAGES.iter().any(|kind| {
        address.get(..kind.len()).is_some_and(|head| head.eq_ignore_ascii_case(kind))
            && address[kind.len()..].starts_with("base64,")
            && address[kind.len() + 7..].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
    })
}

/// Without what browsers ignore; `None` if control characters are left.
fn strip(raw: &str) -> Option<String> {
    let seen = |byte: u8| byte > b' ';
    let from = raw.bytes().position(seen).unwrap_or(raw.len());
    let to = raw.bytes().rposition(seen).map_or(from, |last| last + 1);
    let mut address = String::new();
    for char in raw[from..to].chars() {
        match char {
            '\t' | '\n' | '\r' => {}
            '\0'..' ' | '\x7f' => return None,
            _ => address.push(char),
        }
    }
    Some(address)
}

/// The scheme, if the address has one the way browsers see it.
fn scheme(address: &str) -> Option<&str> {
    let scheme = &address[..address.bytes().position(|byte| matches!(byte, b':' | b'/' | b'?' | b'#' | b'\\'))?];
    let named = address.as_bytes()[scheme.len()] == b':'
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    named.then_some(scheme)
}
