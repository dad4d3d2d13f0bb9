//! Colouring code: one pass over the text, driven by a row of `languages.rs`.
//!
//! It is a lexer, not a parser: it knows comments, strings, numbers, keywords and meta words, and is content to
//! be plain where a language is subtle. Classes, never styles: `k` keyword, `s` string, `c` comment, `n` number,
//! `m` meta, `i` inserted, `d` deleted. Linear: every token ends behind where it began, and what must be searched
//! for (the end of a string or comment) is searched once.

use crate::escape;
use crate::languages::{Language, Lines, Quote, Shape};
use crate::search::{find, has};

/// Appends `code`, coloured, as the content of a `<code>` element.
pub(crate) fn colour(out: &mut String, code: &str, language: &'static Language) {
    let keywords = language.keywords.split(' ').collect();
    let mut lexer = Lexer { code, at: 0, line_start: true, language, keywords, out, plain: 0, barren: 0 };
    match language.shape {
        Shape::Diff => lexer.diff(),
        Shape::Markup => lexer.markup(),
        Shape::Words | Shape::AnyCase | Shape::Keys => lexer.words(),
    }
    lexer.flush(code.len());
}

struct Lexer<'a> {
    code: &'a str,
    at: usize,
    /// Nothing but white space since the line began.
    line_start: bool,
    language: &'static Language,
    keywords: Vec<&'static str>,
    out: &'a mut String,
    /// Where the text begins that is not written yet.
    plain: usize,
    /// No string begins before here: one was searched to the end of its line in vain, and searching again from
    /// every quotation mark would make the work quadratic.
    barren: usize,
}

impl<'a> Lexer<'a> {
    fn words(&mut self) {
        while self.at < self.code.len() {
            let byte = self.code.as_bytes()[self.at];
            let space = byte.is_ascii_whitespace();
            if space {
                self.at += 1;
            } else if !self.comment() && !self.string() {
                self.word_or_number(byte);
            }
            self.line_start = byte == b'\n' || (self.line_start && space);
        }
    }

    fn word_or_number(&mut self, byte: u8) {
        let from = self.at;
        let before = self.code.as_bytes()[..from].last();
        if byte.is_ascii_digit() && !before.is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            let end = self.run(from, |char| char.is_ascii_alphanumeric() || char == '_' || char == '.');
            self.token("n", end);
        } else if self.language.meta.as_bytes().contains(&byte) {
            let end = self.run(from + 1, |char| char.is_alphanumeric() || char == '_');
            if end > from + 1 { self.token("m", end) } else { self.at += 1 }
        } else if self.in_word(self.rest().chars().next().unwrap_or(' ')) {
            let end = self.run(from, |char| self.in_word(char));
            if self.is_keyword(&self.code[from..end]) || (self.line_start && self.is_key(end)) {
                self.token("k", end);
            } else {
                self.at = end;
            }
        } else {
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        }
    }

    fn in_word(&self, char: char) -> bool {
        char.is_alphanumeric() || char == '_' || has(self.language.word, char)
    }

    fn is_keyword(&self, word: &str) -> bool {
        match self.language.shape {
            Shape::AnyCase => self.keywords.iter().any(|keyword| keyword.eq_ignore_ascii_case(word)),
            _ => self.keywords.contains(&word),
        }
    }

    fn is_key(&self, end: usize) -> bool {
        self.language.shape == Shape::Keys && self.code[end..].trim_start_matches([' ', '\t']).starts_with([':', '='])
    }

    fn comment(&mut self) -> bool {
        if let Some((open, close)) = self.language.block
            && self.rest().starts_with(open)
        {
            let body = self.at + open.len();
            let end = find(&self.code[body..], close).map_or(self.code.len(), |at| body + at + close.len());
            self.token("c", end);
            return true;
        }
        let lone = |open: &&&str| {
            // `a#b` and `${#a}` are no comments in languages with a hash.
            open.len() > 1 || self.at == 0 || self.code.as_bytes()[self.at - 1].is_ascii_whitespace()
        };
        if self.language.line.iter().filter(lone).any(|open| self.rest().starts_with(open)) {
            self.token("c", self.line_end());
            return true;
        }
        false
    }

    fn string(&mut self) -> bool {
        let found = self.language.strings.iter().find(|quote| self.rest().starts_with(quote.open));
        let Some(quote) = found.filter(|_| self.at >= self.barren) else { return false };
        match self.string_end(quote) {
            Some(end) => {
                let key = self.line_start && self.is_key(end);
                self.token(if key { "k" } else { "s" }, end);
            }
            None => {
                self.barren = self.line_end();
                self.at += quote.open.len();
            }
        }
        true
    }

    /// Where the string that begins here ends; `None` if it does not end where it must.
    fn string_end(&self, quote: &Quote) -> Option<usize> {
        let bytes = self.code.as_bytes();
        let mut at = self.at + quote.open.len();
        while at < bytes.len() {
            if bytes[at..].starts_with(quote.close.as_bytes()) {
                return Some(at + quote.close.len());
            }
            match bytes[at] {
                b'\n' if quote.lines == Lines::One => return None,
                byte if Some(byte) == quote.escape => at += 2,
                _ => at += 1,
            }
        }
        // An unclosed string of many lines takes the rest, or every quote would search to the end again.
        (quote.lines == Lines::Many).then_some(bytes.len())
    }

    fn diff(&mut self) {
        while self.at < self.code.len() {
            let end = self.line_end();
            let line = self.rest();
            match line.as_bytes()[0] {
                _ if line.starts_with("+++") || line.starts_with("---") || line.starts_with("@@") => {
                    self.token("m", end)
                }
                b'+' => self.token("i", end),
                b'-' => self.token("d", end),
                _ => self.at = end,
            }
            self.at = (self.at + 1).min(self.code.len());
        }
    }

    fn markup(&mut self) {
        while let Some(found) = find(self.rest(), "<") {
            self.at += found;
            if self.comment() {
                continue;
            }
            let name = self.run(self.at + 1, |char| char.is_alphanumeric() || has("/!?-:._", char));
            if name == self.at + 1 {
                self.at = name;
                continue;
            }
            self.token("k", name);
            self.tag();
        }
    }

    /// The inside of a tag up to its `>`: strings are values, the rest is plain.
    fn tag(&mut self) {
        while let Some(&byte) = self.code.as_bytes().get(self.at) {
            match byte {
                b'<' => return,
                b'>' => {
                    self.token("k", self.at + 1);
                    return;
                }
                b'"' | b'\'' if self.string() => {}
                _ => self.at += self.rest().chars().next().map_or(1, char::len_utf8),
            }
        }
    }

    fn rest(&self) -> &'a str {
        &self.code[self.at..]
    }

    fn line_end(&self) -> usize {
        find(self.rest(), "\n").map_or(self.code.len(), |end| self.at + end)
    }

    fn run(&self, from: usize, allowed: impl Fn(char) -> bool) -> usize {
        self.code[from..].find(|char| !allowed(char)).map_or(self.code.len(), |len| from + len)
    }

    /// Writes what was plain so far, then the text up to `end` under `class`.
    fn token(&mut self, class: &str, end: usize) {
        let from = self.at;
        self.flush(from);
        for markup in ["<span class=\"", class, "\">"] {
            escape::put(self.out, markup);
        }
        escape::text(self.out, &self.code[from..end]);
        escape::put(self.out, "</span>");
        self.at = end;
        self.plain = end;
    }

    fn flush(&mut self, end: usize) {
        escape::text(self.out, &self.code[self.plain..end]);
        self.plain = end;
    }
}
