//! File names that are good on every system.
//!
//! Invariant: what [`Names::take`] gives is a name Linux, macOS and Windows all accept, not hidden, and no other one in
//! the same folder even where capitals do not count. Next: `write.rs`.

use std::collections::HashSet;

/// Longest name without its ending, in characters and in bytes.
const CHARS_MAX: usize = 80;
const BYTES_MAX: usize = 180;
/// Longest ending that is one.
const ENDING_BYTES_MAX: usize = 12;

/// The names of one folder.
#[derive(Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// A name like `wanted`, with its ending if it has one; numbered if it is taken.
    pub fn take(&mut self, wanted: &str) -> String {
        let (stem, ending) = match wanted.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() && is_ending(ending) => (stem, format!(".{ending}")),
            _ => (wanted, String::new()),
        };
        self.numbered(&plain(stem), &ending)
    }

    /// A name of a text with this title.
    pub fn take_titled(&mut self, title: &str, ending: &str) -> String {
        self.numbered(&plain(title), ending)
    }

    fn numbered(&mut self, stem: &str, ending: &str) -> String {
        let mut name = format!("{stem}{ending}");
        let mut number = 2;
        while !self.0.insert(name.to_lowercase()) {
            name = format!("{stem} {number}{ending}");
            number += 1;
        }
        name
    }
}

fn is_ending(ending: &str) -> bool {
    (1..=ENDING_BYTES_MAX).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Without what some system does not allow in a name.
pub fn plain(wanted: &str) -> String {
    let allowed = |letter: char| match letter {
        '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => '-',
        letter if letter.is_whitespace() => ' ',
        letter => letter,
    };
    let spaced: String = wanted.chars().map(allowed).filter(|letter| !is_hidden(*letter)).collect();
    let mut name = String::new();
    for letter in
        spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").chars().take(CHARS_MAX)
    {
        if name.len() + letter.len_utf8() <= BYTES_MAX {
            name.push(letter);
        }
    }
    let name = name.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    match name {
        "" => "Untitled".to_owned(),
        name if is_device(name) => format!("{name} -"),
        name => name.to_owned(),
    }
}

/// Characters that show nothing or turn the text around them.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Names that are devices on Windows, whatever their ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |port: &str| {
        stem.strip_prefix(port)
            .is_some_and(|rest| rest.chars().count() == 1 && rest.chars().all(|c| "0123456789¹²³".contains(c)))
    };
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ar3_names_are_good_on_every_system_and_taken_once() {
        let mut names = Names::default();
        assert_eq!(names.take_titled("On: reading / writing?", ".md"), "On- reading - writing-.md");
        assert_eq!(names.take_titled("", ".md"), "Untitled.md");
        assert_eq!(names.take_titled("  untitled.. ", ".md"), "untitled 2.md");
        assert_eq!(names.take_titled("../../etc/passwd", ".md"), "-..-etc-passwd.md");
        assert_eq!(names.take_titled("com1", ".md"), "com1 -.md");
        assert_eq!(names.take("CAT.JPG"), "CAT.JPG");
        assert_eq!(names.take("cat.jpg"), "cat 2.jpg");
        assert_eq!(names.take(".htaccess"), "htaccess");
        assert_eq!(names.take("a\u{202e}gpj.exe\0"), "agpj.exe");
        assert_eq!(names.take("日本語 🦊.png"), "日本語 🦊.png");
        assert!(names.take_titled(&"é".repeat(500), ".md").len() < 200);
    }
}
