//! Writing text where markup is read: element content, attribute values, addresses.

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
        out.push_str(&text[from..at]);
        out.push_str(entity);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

/// Appends raw HTML's text as element content: an `&` that begins a character reference stays one.
pub(crate) fn raw_text(out: &mut String, raw: &str) {
    let mut from = 0;
    for (at, _) in raw.match_indices('&') {
        if reference_len(&raw.as_bytes()[at..]).is_some() {
            text(out, &raw[from..at]);
            out.push('&');
            from = at + 1;
        }
    }
    text(out, &raw[from..]);
}

/// Appends an address inside a double-quoted attribute value: what is not plain ASCII for addresses is percent-encoded.
pub(crate) fn address(out: &mut String, address: &str) {
    for byte in address.bytes() {
        match byte {
            b'&' => out.push_str("&amp;"),
            b'\'' => out.push_str("&#x27;"),
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
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let len = reference_len(rest.as_bytes()).unwrap_or(1);
        // What is not decoded begins with its `&`, and the rest of it is text that is copied next.
        let (char, len) = referenced(&rest[..len]).map_or(('&', 1), |char| (char, len));
        out.push(char);
        rest = &rest[len..];
    }
    out.push_str(rest);
    out
}

/// How long the character reference at the start of `bytes` is, `;` included.
fn reference_len(bytes: &[u8]) -> Option<usize> {
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

fn referenced(reference: &str) -> Option<char> {
    let body = reference.strip_prefix('&')?.strip_suffix(';')?;
    if let Some(number) = body.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return Some(code.ok().and_then(char::from_u32).filter(|&char| char != '\0').unwrap_or('\u{fffd}'));
    }
    Some(match body {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "colon" => ':',
        "Tab" => '\t',
        "NewLine" => '\n',
        "sol" => '/',
        "bsol" => '\\',
        "num" => '#',
        "quest" => '?',
        "equals" => '=',
        "lpar" => '(',
        "rpar" => ')',
        _ => return None,
    })
}
