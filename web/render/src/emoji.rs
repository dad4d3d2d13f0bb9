//! Emoji codes: `:tada:`, GitHub's set. The table `emoji.txt` (one line a code, sorted) is written by
//! `web/scripts/emoji.mjs` from the package gemoji; it is thirteen kilobytes to download, so only the full build has it.

/// The longest code of the table.
const CODE_BYTES_MAX: usize = 40;

/// Where the emoji code that begins with the colon at `at` ends. A colon beside a letter or digit is none of a code's
/// (`12:30:45`, `std::vec::Vec`); codes may follow one another, so `after` is where the last one ended.
pub(crate) fn end(text: &str, at: usize, after: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let joins = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b':';
    if at != after && at > 0 && joins(&bytes[at - 1]) {
        return None;
    }
    let code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'+' | b'-');
    let len = bytes[at + 1..].iter().take(CODE_BYTES_MAX + 1).take_while(|&&byte| code(byte)).count();
    let end = at + 1 + len;
    let ends = bytes.get(end) == Some(&b':') && !bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
    (len > 0 && ends && named(&text[at + 1..end])).then_some(end + 1)
}

/// The emoji of a code without its colons.
#[cfg(feature = "full")]
pub(crate) fn find(code: &str) -> Option<&'static str> {
    let (mut from, mut to) = (0, TABLE.len());
    while from < to {
        let middle = TABLE.floor_char_boundary((from + to) / 2);
        let begin = TABLE[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = TABLE[middle..].find('\n').map_or(TABLE.len(), |at| middle + at);
        let (known, emoji) = TABLE[begin..end].split_once(' ')?;
        match known.cmp(code) {
            std::cmp::Ordering::Equal => return Some(emoji),
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = begin,
        }
    }
    None
}

#[cfg(feature = "full")]
static TABLE: &str = include_str!("emoji.txt");

#[cfg(feature = "full")]
fn named(code: &str) -> bool {
    find(code).is_some()
}

/// Without the table: words, and the few codes that are none.
#[cfg(not(feature = "full"))]
fn named(code: &str) -> bool {
    code.bytes().any(|byte| byte.is_ascii_lowercase()) || matches!(code, "+1" | "-1" | "100" | "1234")
}
