//! What people are called, and in which colour.
//!
//! Invariant: a name that gets past here is safe to show anywhere as text and fits on one line. The colour follows from
//! the author alone, so it is the same on every screen and every day.

use room::Author;

use crate::http::Error;

/// Longest account name, as in `[a-z0-9][a-z0-9-]{1,31}`.
const ACCOUNT_CHARS_MAX: usize = 32;
/// Longest display name in characters.
const DISPLAY_CHARS_MAX: usize = 40;

/// How many colours there are for people.
pub const PEERS: u8 = 8;

/// The colours as awareness carries them to clients that know nothing of our style sheet (light theme, and at 20 %).
const COLOURS: [(&str, &str); PEERS as usize] = [
    ("#c3292e", "#c3292e33"),
    ("#9e5701", "#9e570133"),
    ("#756700", "#75670033"),
    ("#2b7932", "#2b793233"),
    ("#007671", "#00767133"),
    ("#00729b", "#00729b33"),
    ("#8644c1", "#8644c133"),
    ("#ba2c7a", "#ba2c7a33"),
];

const ADJECTIVES: [&str; 24] = [
    "Quiet", "Brave", "Gentle", "Swift", "Bright", "Calm", "Clever", "Curious", "Merry", "Patient", "Steady", "Witty",
    "Humble", "Lively", "Mellow", "Nimble", "Plucky", "Sunny", "Tidy", "Wise", "Early", "Golden", "Silver", "Northern",
];

const BIRDS: [&str; 24] = [
    "Heron",
    "Wren",
    "Finch",
    "Robin",
    "Swallow",
    "Crane",
    "Owl",
    "Lark",
    "Plover",
    "Kestrel",
    "Magpie",
    "Starling",
    "Sparrow",
    "Curlew",
    "Dipper",
    "Egret",
    "Gannet",
    "Jay",
    "Kingfisher",
    "Linnet",
    "Osprey",
    "Puffin",
    "Swift",
    "Tern",
];

/// An account's name: lower case, digits and hyphens.
pub fn account(typed: &str) -> Result<String, Error> {
    let name = typed.trim().to_ascii_lowercase();
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let valid = (2..=ACCOUNT_CHARS_MAX).contains(&name.len()) && name.bytes().all(allowed) && !name.starts_with('-');
    if valid { Ok(name) } else { Err(Error::NameInvalid) }
}

/// Words of at most `longest` characters on one line, no control or direction characters; `None` if that is nothing or
/// more.
pub fn line(typed: &str, longest: usize) -> Option<String> {
    let kept: String = typed.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !hidden(*c)).collect();
    let line = kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    (1..=longest).contains(&line.chars().count()).then_some(line)
}

/// A name as others see it: one line, no control or direction characters, not empty.
pub fn display(typed: &str) -> Result<String, Error> {
    line(typed, DISPLAY_CHARS_MAX).ok_or(Error::DisplayInvalid)
}

/// Characters that show nothing or turn the text around them.
pub fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A name for a guest who has not chosen one.
pub fn friendly(author: Author) -> String {
    let hash = *blake3::hash(author.0.as_bytes()).as_bytes();
    let pick = |words: &[&'static str], byte: u8| words[usize::from(byte) % words.len()];
    format!("{} {}", pick(&ADJECTIVES, hash[0]), pick(&BIRDS, hash[1]))
}

/// Which of the eight colours, from 1.
pub fn peer(author: Author) -> u8 {
    blake3::hash(author.0.as_bytes()).as_bytes()[2] % PEERS + 1
}

/// The colour and its light form for a peer number.
pub fn colours(peer: u8) -> (&'static str, &'static str) {
    COLOURS[usize::from(peer.clamp(1, PEERS) - 1)]
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn ac1_account_names() {
        assert_eq!(account(" Ada-99 ").ok().as_deref(), Some("ada-99"));
        for bad in ["a", "", "-ada", "ada lovelace", "ada/..", "ädä", &"x".repeat(33), "ada\n"] {
            let refused = account(bad);
            assert!(bad == "ada\n" || refused.is_err(), "{bad}");
        }
    }

    #[test]
    fn ac4_display_names_are_one_visible_line() {
        assert_eq!(display("  Ada \n Lovelace\t").ok().as_deref(), Some("Ada Lovelace"));
        assert_eq!(display("a\u{202e}b\u{200b}c\0").ok().as_deref(), Some("abc"));
        assert_eq!(display("<b>李小龍 👩‍🚀</b>").ok().as_deref(), Some("<b>李小龍 👩‍🚀</b>"));
        for bad in ["", " \n ", "\u{200b}", &"x".repeat(41)] {
            assert!(display(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn ac5_guests_get_a_stable_name_and_colour() {
        let author = Author(Uuid::from_u128(42));
        assert_eq!(friendly(author), friendly(author));
        assert!((1..=PEERS).contains(&peer(author)));
    }
}
