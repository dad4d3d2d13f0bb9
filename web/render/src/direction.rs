//! Which way a block reads, where the front matter leaves it open: by its first strong character, as `dir="auto"` would.
//!
//! Unlike a browser we leave out code, formulas and words of our own, so that a list that begins with a command is not
//! turned around by it. What a document's blocks say depends on nothing but their text and the front matter.

use crate::Dir;
use crate::search::find;

/// How a block begins.
pub(crate) const BLOCK_OPEN: &str = "<div class=\"block\">";
const LEFT: &str = "<div class=\"block\" dir=\"ltr\">";
const RIGHT: &str = "<div class=\"block\" dir=\"rtl\">";

/// Elements whose text says nothing about the text around them.
const SILENT: [(&str, &str); 4] =
    [("<code", "</code>"), ("<math", "</math>"), ("<p class=\"alert-title\"", "</p>"), ("<p class=\"notice\"", "</p>")];

/// The opening tag for a block with this text. A document that says nothing reads from left to right.
pub(crate) fn open(html: &str, said: Option<Dir>) -> &'static str {
    match (said, strong(html)) {
        (None | Some(Dir::Auto), Some(Dir::Rtl)) => RIGHT,
        (Some(Dir::Auto), Some(_)) => LEFT,
        _ => BLOCK_OPEN,
    }
}

/// The direction of the first character that has one.
fn strong(html: &str) -> Option<Dir> {
    let mut rest = html;
    while let Some(char) = rest.chars().next() {
        let len = match char {
            '<' => element(rest),
            '&' => past(rest, ";"),
            _ if right(char) => return Some(Dir::Rtl),
            _ if left(char) => return Some(Dir::Ltr),
            _ => char.len_utf8(),
        };
        rest = &rest[len..];
    }
    None
}

/// How long a tag is, or a silent element.
fn element(html: &str) -> usize {
    let close = SILENT.iter().find(|(open, _)| html.starts_with(open)).map_or(">", |&(_, close)| close);
    past(html, close)
}

fn past(html: &str, end: &str) -> usize {
    find(html, end).map_or(html.len(), |at| at + end.len())
}

/// Hebrew, Arabic, Syriac, Thaana, N'Ko and the other scripts that Unicode keeps in these ranges.
fn right(char: char) -> bool {
    let strong = matches!(char, '\u{5be}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}')
        || matches!(char, '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1eeff}' | '\u{200f}');
    // Arabic signs, digits and marks in between.
    strong
        && !matches!(char, '\u{600}'..='\u{607}' | '\u{60c}' | '\u{64b}'..='\u{66c}' | '\u{6dd}' | '\u{6f0}'..='\u{6f9}')
}

/// Letters of all other scripts. No table: signs, marks and emoji are named, the rest is letters.
fn left(char: char) -> bool {
    char.is_ascii_alphabetic()
        || (char >= '\u{c0}' && !right(char))
            && !matches!(char, '×' | '÷' | '\u{300}'..='\u{36f}' | '\u{590}'..='\u{8ff}' | '\u{2000}'..='\u{2bff}')
            && !matches!(char, '\u{2e00}'..='\u{303f}' | '\u{fe00}'..='\u{fe6f}' | '\u{feff}'..='\u{ff20}' | '\u{1f000}'..)
}

#[cfg(test)]
mod tests {
    use super::{BLOCK_OPEN, LEFT, RIGHT, open};
    use crate::Dir;

    #[test]
    fn re26_the_first_strong_character_decides() {
        for (html, auto, silent) in [
            ("<p>words", LEFT, BLOCK_OPEN),
            ("<p>שלום world", RIGHT, RIGHT),
            ("<p>world שלום", LEFT, BLOCK_OPEN),
            ("<h1 id=\"a\">12. ‘مرحبا’", RIGHT, RIGHT),
            ("<p>&quot;عربي", RIGHT, RIGHT),
            ("<ul><li><code>git push</code> يرسل", RIGHT, RIGHT),
            ("<pre><code>let a;</code></pre>", BLOCK_OPEN, BLOCK_OPEN),
            ("<div class=\"alert\"><p class=\"alert-title\">Note</p><p>תשומת לב", RIGHT, RIGHT),
            ("<p>1815 – 1852, 😀 → ٣", BLOCK_OPEN, BLOCK_OPEN),
            ("<p>Привет", LEFT, BLOCK_OPEN),
            ("<p>日本", LEFT, BLOCK_OPEN),
            ("<p", BLOCK_OPEN, BLOCK_OPEN),
        ] {
            assert_eq!((open(html, Some(Dir::Auto)), open(html, None)), (auto, silent), "{html}");
            assert_eq!((open(html, Some(Dir::Rtl)), open(html, Some(Dir::Ltr))), (BLOCK_OPEN, BLOCK_OPEN), "{html}");
        }
    }
}
