//! A strict reader of HTML for tests. What it accepts is read the same way by every browser; anything else is an
//! error, so it is the second opinion on what the renderer writes.
#![allow(dead_code)] // each test binary uses its part

pub mod rules;

/// One token; attribute values and text have their references decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Start { name: String, attributes: Vec<(String, String)> },
    End(String),
    Text(String),
}

pub const VOID: &[&str] = &["br", "hr", "img", "input", "wbr", "col", "source"];

/// Reads well-formed HTML, or says at which byte it is not.
pub fn strict(html: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let at = html.len() - rest.len();
        let fail = |what: &str| {
            format!("{what} at {at}: {:?}", &html[at..html.floor_char_boundary((at + 60).min(html.len()))])
        };
        if let Some(end) = rest.strip_prefix("</") {
            let len = name_len(end);
            if len == 0 || !end[len..].starts_with('>') {
                return Err(fail("bad end tag"));
            }
            tokens.push(Token::End(end[..len].to_owned()));
            rest = &end[len + 1..];
        } else if let Some(start) = rest.strip_prefix('<') {
            let (token, after) = start_tag(start).ok_or_else(|| fail("bad start tag"))?;
            tokens.push(token);
            rest = after;
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            if rest[..end].contains('\0') {
                return Err(fail("NUL in text"));
            }
            tokens.push(Token::Text(decode(&rest[..end])));
            rest = &rest[end..];
        }
    }
    Ok(tokens)
}

/// As [`strict`], but what is not a tag is text and `/>` is accepted: for HTML that others wrote.
pub fn lenient(html: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = html.to_owned();
    loop {
        match strict(&rest.replace(" />", ">")) {
            Ok(read) => {
                tokens.extend(read);
                return tokens;
            }
            Err(_) => {
                let at = rest.char_indices().filter(|(_, char)| *char == '<').map(|(at, _)| at).find(|&at| {
                    let tail = &rest[at..];
                    let tag = tail.find('>').map(|end| tail[..=end].replace(" />", ">"));
                    tag.is_none_or(|tag| strict(&tag).is_err())
                });
                let Some(at) = at else { return tokens };
                rest.replace_range(at..=at, "&lt;");
            }
        }
    }
}

fn name_len(text: &str) -> usize {
    let letters = text.bytes().take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()).count();
    if text.starts_with(|first: char| first.is_ascii_lowercase()) { letters } else { 0 }
}

fn start_tag(text: &str) -> Option<(Token, &str)> {
    let len = name_len(text);
    let name = (len > 0).then(|| text[..len].to_owned())?;
    let mut rest = &text[len..];
    let mut attributes: Vec<(String, String)> = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix('>') {
            return Some((Token::Start { name, attributes }, after));
        }
        rest = rest.strip_prefix(' ')?;
        let len = rest.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'-').count();
        let attribute = (len > 0).then(|| rest[..len].to_owned())?;
        rest = &rest[len..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let end = quoted.find('"')?;
            if quoted[..end].contains(['<', '>', '\0']) {
                return None;
            }
            value = decode(&quoted[..end]);
            rest = &quoted[end + 1..];
        }
        if attributes.iter().any(|(known, _)| *known == attribute) {
            return None;
        }
        attributes.push((attribute, value));
    }
}

pub fn decode(text: &str) -> String {
    let mut out = text.to_owned();
    for (reference, char) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ] {
        out = out.replace(reference, char);
    }
    out
}

/// How deep elements are nested, after checking that every one is closed in order.
pub fn depth(tokens: &[Token]) -> Result<usize, String> {
    let mut open: Vec<&str> = Vec::new();
    let mut deepest = 0;
    for token in tokens {
        match token {
            Token::Start { name, .. } if !VOID.contains(&name.as_str()) => {
                open.push(name);
                deepest = deepest.max(open.len());
            }
            Token::End(name) if open.pop() != Some(name) => return Err(format!("</{name}> closes nothing")),
            _ => {}
        }
    }
    if open.is_empty() { Ok(deepest) } else { Err(format!("never closed: {open:?}")) }
}

/// A seeded generator of numbers (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}
