//! A file's name in its address, and the name people know it by.
//!
//! Invariant: an address is built from a hash, two numbers and one of our endings; nothing a person typed becomes part
//! of a path. Next: `files.rs`.

use std::fmt;

use super::Size;
use super::kind::Kind;
use crate::names::hidden;

/// Digits of the hash in a name: 128 bits.
pub const DIGITS: usize = 32;
/// Longest name people know a file by, in characters.
const ORIGINAL_CHARS_MAX: usize = 120;

/// `{32 hex}-{width}x{height}.{ending}`, and without the size for what is no picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    hash: String,
    size: Option<Size>,
    kind: Kind,
}

impl Name {
    /// Of some bytes.
    pub fn of(hash: &blake3::Hash, size: Option<Size>, kind: Kind) -> Name {
        Name { hash: hash.to_hex()[..DIGITS].to_owned(), size, kind }
    }

    /// Exactly what `to_string` writes, and nothing else.
    pub fn parse(text: &str) -> Option<Name> {
        let (stem, ending) = text.split_once('.')?;
        let kind = Kind::ending_in(ending)?;
        let (hash, size) = match stem.split_once('-') {
            None => (stem, None),
            Some((hash, size)) => {
                let (width, height) = size.split_once('x')?;
                (hash, Some(Size { width: width.parse().ok()?, height: height.parse().ok()? }))
            }
        };
        let hex = hash.len() == DIGITS && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let name = Name { hash: hash.to_owned(), size, kind };
        (hex && size.is_some() == kind.is_picture() && name.to_string() == text).then_some(name)
    }

    /// The first half of the hash.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.size {
            Some(Size { width, height }) => write!(out, "{}-{width}x{height}.{}", self.hash, self.kind.ending()),
            None => write!(out, "{}.{}", self.hash, self.kind.ending()),
        }
    }
}

/// What somebody called a file, made harmless: the last part of a path, one line, nothing hidden, and an ending that
/// tells the truth.
pub fn original(typed: &str, kind: Kind) -> String {
    let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !hidden(*c)).collect();
    let words = shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let words = words.trim_matches(['.', ' ']);
    let (stem, claimed) = words.rsplit_once('.').unwrap_or((words, ""));
    let true_ending = claimed.eq_ignore_ascii_case(kind.ending())
        || (kind == Kind::Jpg && ["jpeg", "jpe", "jfif"].iter().any(|other| claimed.eq_ignore_ascii_case(other)));
    // A picture may have been written anew as another kind; then its old ending says nothing.
    let was_picture = kind.is_picture() && Kind::ending_in(&claimed.to_ascii_lowercase()).is_some_and(Kind::is_picture);
    let stem = if true_ending || was_picture { stem } else { words };
    let stem: String = stem.trim_matches(['.', ' ']).chars().take(ORIGINAL_CHARS_MAX).collect();
    let fallback = if kind.is_picture() { "picture" } else { "file" };
    // Cutting may end it with what it may not end with.
    let stem = stem.trim_end_matches(['.', ' ']);
    let stem = if stem.is_empty() { fallback } else { stem };
    format!("{stem}.{}", kind.ending())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn fi6_only_names_we_write_are_names() {
        for good in [format!("{HEX}-1x1.png"), format!("{HEX}-2560x16384.jpg"), format!("{HEX}.pdf")] {
            assert_eq!(Name::parse(&good).map(|name| name.to_string()), Some(good));
        }
        for bad in [
            String::new(),
            "..".into(),
            HEX.to_string(),
            format!("{HEX}.svg"),
            format!("{HEX}.png"),
            format!("{HEX}-1x1.pdf"),
            format!("{HEX}-01x1.png"),
            format!("{HEX}-+1x1.png"),
            format!("{HEX}-1x1.png.html"),
            format!("{HEX}-1x1.png\0"),
            format!("{}-1x1.png", HEX.to_uppercase()),
            format!("../{HEX}.pdf"),
            format!("{}.pdf", &HEX[1..]),
        ] {
            assert_eq!(Name::parse(&bad), None, "{bad}");
        }
    }

    #[test]
    fn fi6_what_people_call_a_file_is_one_harmless_line() {
        let called = |typed: &str, kind| original(typed, kind);
        assert_eq!(called("cat.JPEG", Kind::Jpg), "cat.jpg");
        assert_eq!(called("../../etc/passwd", Kind::Txt), "passwd.txt");
        assert_eq!(called("C:\\photos\\cat.png", Kind::Png), "cat.png");
        assert_eq!(called("invoice\u{202e}fdp.exe", Kind::Zip), "invoicefdp.exe.zip");
        assert_eq!(called("a\"b\r\nSet-Cookie: x.pdf", Kind::Pdf), "a\"b Set-Cookie: x.pdf");
        assert_eq!(called("photo.webp", Kind::Jpg), "photo.jpg");
        assert_eq!(called("page.html", Kind::Pdf), "page.html.pdf");
        assert_eq!(called("\0", Kind::Png), "picture.png");
        assert_eq!(called(".htaccess", Kind::Txt), "htaccess.txt");
        assert_eq!(called(&format!("{}. y.pdf", "x".repeat(119)), Kind::Pdf), format!("{}.pdf", "x".repeat(119)));
        assert!(called(&"x".repeat(500), Kind::Pdf).chars().count() <= ORIGINAL_CHARS_MAX + 4);
    }
}
