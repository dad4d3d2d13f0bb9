//! Finding a few bytes in a text. The standard library's search for strings is two kilobytes of machinery that the
//! browser would download; for two or three ASCII characters looking at every place is as good.

/// Where `needle` first stands in `text`; an empty one nowhere.
pub(crate) fn find(text: &str, needle: &str) -> Option<usize> {
    let (text, needle) = (text.as_bytes(), needle.as_bytes());
    let first = *needle.first()?;
    let mut at = 0;
    // The first byte first: most places fail there.
    while let Some(found) = text[at..].iter().position(|&byte| byte == first) {
        at += found;
        if text[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Whether `text` has this character.
#[inline(never)]
pub(crate) fn has(text: &str, char: char) -> bool {
    text.chars().any(|it| it == char)
}

/// The text's first characters, at most so many.
#[inline(never)]
pub(crate) fn first_chars(text: &str, count: usize) -> &str {
    let mut chars = text.chars();
    for _ in 0..count {
        chars.next();
    }
    &text[..text.len() - chars.as_str().len()]
}

/// The text before the first `needle`, or all of it.
pub(crate) fn before<'a>(text: &'a str, needle: &str) -> &'a str {
    find(text, needle).map_or(text, |at| &text[..at])
}
