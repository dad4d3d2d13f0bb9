//! FZ11: words that open something. Nobody makes one by changing another.

use galley::readers::{guest, hex, invitation, key, open_ticket, people, ticket, unhex};
use uuid::Uuid;

use crate::tape::{Tape, text};

const DOCUMENT: Uuid = Uuid::from_u128(9);
const EXPIRES: u64 = 1_000_000;

/// Any text as hexadecimal, a ticket, a one-time word, a name.
pub fn all(bytes: &[u8]) {
    let typed = text(bytes);
    if let Some(read) = unhex(&typed) {
        assert_eq!(hex(&read), typed.to_ascii_lowercase());
    }
    let ours = key(7);
    let genuine = ticket(&ours, 3, DOCUMENT, EXPIRES);
    let same = |word: &str| word.eq_ignore_ascii_case(&genuine);
    if let Some(session) = open_ticket(&ours, &typed, DOCUMENT, 0) {
        assert!(same(&typed) && session == [3; 32], "a ticket was made up");
    }
    let forged = changed(&genuine, bytes);
    let opens = open_ticket(&ours, &forged, DOCUMENT, 0);
    assert_eq!(opens.is_some(), same(&forged), "{forged}");
    assert_eq!(open_ticket(&ours, &forged, DOCUMENT, EXPIRES), None, "over");
    assert_eq!(open_ticket(&key(8), &genuine, DOCUMENT, 0), None, "another server's");
    assert_eq!(invitation(&ours, &typed), None, "a word was made up");
    named(&typed);
}

/// The genuine word with a few of its digits changed, doubled or taken away.
fn changed(genuine: &str, bytes: &[u8]) -> String {
    let mut word: Vec<u8> = genuine.as_bytes().to_vec();
    let mut tape = Tape::new(bytes);
    for _ in 0..tape.below(4) {
        let at = tape.below(word.len());
        match tape.below(3) {
            0 => word[at] = tape.byte() & 0x7f,
            1 => drop(word.remove(at)),
            _ => word.insert(at, tape.byte() & 0x7f),
        }
    }
    String::from_utf8(word).expect("below 128 is ASCII")
}

fn named(typed: &str) {
    let (account, display, mentioned) = people(typed);
    let is_account = |name: &String| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (2..=32).contains(&name.len()) && name.bytes().all(allowed) && !name.starts_with('-')
    };
    assert!(account.iter().chain(&mentioned).all(is_account), "{account:?} {mentioned:?}");
    if let Some(display) = display {
        assert!(!display.is_empty() && display.trim() == display && !display.chars().any(char::is_control));
        assert_eq!(people(&display).1.as_deref(), Some(display.as_str()), "a name is itself");
    }
    let mut id = [0; 16];
    id.iter_mut().zip(typed.bytes()).for_each(|(to, from)| *to = from);
    let (name, colour) = guest(Uuid::from_bytes(id));
    assert!(!name.is_empty() && (1..=8).contains(&colour));
}
