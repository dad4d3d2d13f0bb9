//! Source text without its comments, and without its strings: same lines, same columns, spaces instead.
//!
//! Invariant: the result has the same number of lines; braces that remain are code. It knows just enough of Rust,
//! TypeScript and CSS for that, and takes an apostrophe inside a word, and a quote that never closes on its line, as text.

/// What stays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Code alone.
    Code,
    /// Code and what strings say.
    Strings,
}

/// Blanks a source file; `path` tells the language.
pub fn blank(path: &str, text: &str, keep: Keep) -> String {
    let language = match path.rsplit('.').next() {
        Some("rs") => Language::Rust,
        Some("css") => Language::Css,
        _ => Language::TypeScript,
    };
    let mut scanner = Scanner { rest: text, out: String::with_capacity(text.len()), keep, language };
    while !scanner.rest.is_empty() {
        scanner.step();
    }
    scanner.out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Rust,
    TypeScript,
    Css,
}

struct Scanner<'a> {
    rest: &'a str,
    out: String,
    keep: Keep,
    language: Language,
}

impl Scanner<'_> {
    fn step(&mut self) {
        let rest = self.rest;
        let first = rest.chars().next().unwrap_or_default();
        let line = || rest.find('\n').unwrap_or(rest.len());
        match first {
            '/' if rest.starts_with("//") && self.language != Language::Css => self.erase(line()),
            '/' if rest.starts_with("/*") => self.erase(self.block_comment()),
            'r' | 'b' if self.language == Language::Rust && !self.in_word() => match raw_string(rest) {
                Some(length) => self.string(length),
                None => self.copy(1),
            },
            '"' if self.language == Language::Rust => self.string(closing(rest, '"').unwrap_or(rest.len())),
            '\'' if self.language == Language::Rust => match character(rest) {
                Some(length) => self.string(length),
                None => self.copy(1),
            },
            '`' if self.language == Language::TypeScript => self.string(closing(rest, '`').unwrap_or(rest.len())),
            '\'' if self.in_word() => self.copy(1),
            '"' | '\'' => match closing(&rest[..line()], first) {
                Some(length) => self.string(length),
                None => self.copy(1),
            },
            _ => self.copy(first.len_utf8()),
        }
    }

    /// Whether the character before is part of a word, so that `r` or `b` cannot start a string.
    fn in_word(&self) -> bool {
        self.out.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    }

    fn block_comment(&self) -> usize {
        let (mut depth, mut at) = (0, 0);
        loop {
            let rest = &self.rest[at..];
            let (open, close) = (rest.find("/*"), rest.find("*/"));
            match (open, close) {
                (Some(open), Some(close)) if open < close && (depth == 0 || self.language == Language::Rust) => {
                    depth += 1;
                    at += open + 2;
                }
                (_, Some(close)) if depth <= 1 => return at + close + 2,
                (_, Some(close)) => {
                    depth -= 1;
                    at += close + 2;
                }
                (_, None) => return self.rest.len(),
            }
        }
    }

    fn copy(&mut self, length: usize) {
        self.out.push_str(&self.rest[..length]);
        self.rest = &self.rest[length..];
    }

    fn string(&mut self, length: usize) {
        match self.keep {
            Keep::Strings => self.copy(length),
            Keep::Code => self.erase(length),
        }
    }

    fn erase(&mut self, length: usize) {
        self.out.extend(self.rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        self.rest = &self.rest[length..];
    }
}

/// The length of a quoted string with its quotes; a backslash hides the character after it.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            _ if character == quote => return Some(at + quote.len_utf8()),
            _ => {}
        }
    }
    None
}

/// The length of `r"…"`, `r#"…"#`, `b"…"`, `br"…"` or `b'…'` at the start of Rust text.
fn raw_string(text: &str) -> Option<usize> {
    let prefix = text.bytes().take_while(|byte| matches!(byte, b'r' | b'b')).count();
    let hashes = text.bytes().skip(prefix).take_while(|&byte| byte == b'#').count();
    let start = prefix + hashes;
    match text.as_bytes().get(start)? {
        b'"' if text[..prefix].contains('r') => {
            let end = format!("\"{}", "#".repeat(hashes));
            text[start + 1..].find(&end).map(|at| start + 1 + at + end.len())
        }
        b'"' if prefix == 1 && hashes == 0 => closing(&text[1..], '"').map(|length| length + 1),
        b'\'' if prefix == 1 && hashes == 0 => character(&text[1..]).map(|length| length + 1),
        _ => None,
    }
}

/// The length of a character literal, `None` for a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    let (_, first) = characters.next()?;
    if first == '\\' {
        return closing(text, '\'');
    }
    let (at, second) = characters.next()?;
    (second == '\'').then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::{Keep, blank};

    fn code(path: &str, text: &str) -> String {
        blank(path, text, Keep::Code).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn rust_keeps_code_alone() {
        let text = "let a = \"{\\\"\"; // {\n/* { /* nested */ { */ let b = '{'; let c: &'a str = r#\"{\"#; b\"}\"";
        assert_eq!(code("a.rs", text), "let a = ; let b = ; let c: &'a str = ;");
    }

    #[test]
    fn typescript_keeps_code_alone() {
        let text = "const a = `x ${b} {`; // it's\nconst p = <p>don't {x}</p>; const q = 'a{' + \"{\";";
        assert_eq!(code("a.tsx", text), "const a = ; const p = <p>don't {x}</p>; const q = + ;");
    }

    #[test]
    fn lines_stay_where_they_are() {
        let text = "a /* 1\n2\n*/ b\n`x\ny` c";
        assert_eq!(blank("a.ts", text, Keep::Code).lines().count(), text.lines().count());
        assert!(blank("a.ts", "x = 'kept'", Keep::Strings).contains("kept"));
    }
}
