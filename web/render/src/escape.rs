//! Writing text where markup is read: element content, attribute values, addresses.

use crate::search::find;

/// Appends what is written already. Never inlined: it stands in a hundred places, and the browser downloads each.
#[inline(never)]
pub(crate) fn put(out: &mut String, html: &str) {
    out.push_str(html);
}

/// Appends `text` as element content or inside a double-quoted attribute value.
pub(crate) fn text(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            0 => "\u{fffd}",
            _ => continue,
        };
        put(out, &text[from..at]);
        put(out, entity);
        from = at + 1;
    }
    put(out, &text[from..]);
}

/// Appends an address inside a double-quoted attribute value: what is not plain ASCII for addresses is percent-encoded.
pub(crate) fn address(out: &mut String, address: &str) {
    for byte in address.bytes() {
        match byte {
            b'&' => put(out, "&amp;"),
            b'\'' => put(out, "&#x27;"),
            _ if byte.is_ascii_alphanumeric() || b"-_.+!*(),%#@?=;:/$~".contains(&byte) => out.push(byte as char),
            _ => {
                out.push('%');
                out.push(HEX[usize::from(byte >> 4)] as char);
                out.push(HEX[usize::from(byte & 15)] as char);
            }
        }
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends a number in decimal.
pub(crate) fn number(out: &mut String, number: u64) {
    if number >= 10 {
        self::number(out, number / 10);
    }
    out.push((b'0' + (number % 10) as u8) as char);
}

/// The value of a raw attribute: numeric references and the named ones an attacker would hide a scheme behind are
/// decoded. Others stay as they stand and are written as text, so what we test is what a browser reads.
pub(crate) fn decode(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = find(rest, "&") {
        put(&mut out, &rest[..at]);
        rest = &rest[at..];
        let len = reference_len(rest.as_bytes()).unwrap_or(1);
        // What is not decoded begins with its `&`, and the rest of it is text that is copied next.
        let (char, len) = referenced(&rest[..len]).map_or(('&', 1), |char| (char, len));
        out.push(char);
        rest = &rest[len..];
    }
    put(&mut out, rest);
    out
}

/// How long the character reference at the start of `bytes` is, `&` and `;` included.
pub(crate) fn reference_len(bytes: &[u8]) -> Option<usize> {
    if bytes.first() != Some(&b'&') {
        return None;
    }
    let name = bytes.iter().skip(1).take(33).position(|&byte| byte == b';')?;
    let body = &bytes[1..=name];
    let valid = match body {
        [b'#', b'x' | b'X', hex @ ..] => (1..=6).contains(&hex.len()) && hex.iter().all(u8::is_ascii_hexdigit),
        [b'#', digits @ ..] => (1..=7).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        [first, ..] => first.is_ascii_alphabetic() && body.iter().all(u8::is_ascii_alphanumeric),
        [] => false,
    };
    valid.then_some(name + 2)
}

/// How many UTF-16 units of text a character reference is in a browser. Names are looked up by the parser, which has the
/// list; a name that is on no list is text.
pub(crate) fn reference_units(reference: &str) -> u32 {
    match referenced(reference) {
        Some(char) => char.len_utf16() as u32,
        None => crate::events::text_units(reference),
    }
}

fn referenced(reference: &str) -> Option<char> {
    let body = reference.strip_prefix('&')?.strip_suffix(';')?;
    if let Some(number) = body.strip_prefix('#') {
        let (digits, radix) = match number.as_bytes() {
            [b'x' | b'X', ..] => (&number[1..], 16),
            _ => (number, 10),
        };
        let code = u32::from_str_radix(digits, radix);
        return Some(code.ok().and_then(char::from_u32).filter(|&char| char != '\0').unwrap_or('\u{fffd}'));
    }
    NAMES.iter().find(|(name, _)| *name == body).map(|&(_, char)| char)
}

const NAMES: &[(&str, char)] = &[
    ("amp", '&'),
    ("AMP", '&'),
    ("lt", '<'),
    ("LT", '<'),
    ("gt", '>'),
    ("GT", '>'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("colon", ':'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("sol", '/'),
    ("bsol", '\\'),
    ("num", '#'),
    ("quest", '?'),
    ("equals", '='),
    ("lpar", '('),
    ("rpar", ')'),
];
