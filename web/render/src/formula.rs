//! Formulas: which there are and where they stand; what cannot be shown as mathematics is shown as its source.
//!
//! `math.rs` reads them, in the full build only. Invariant: what stands for a formula is one unit of text, whichever
//! build wrote it.

use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use crate::escape;
use crate::writer::Writer;

/// Where a formula stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a line of text.
    Line,
    /// On lines of its own.
    Own,
}

impl Writer<'_> {
    /// Writes a paragraph that is one formula on lines of its own; `false`: it is another one.
    pub(crate) fn display_paragraph(&mut self, range: Range<usize>) -> bool {
        if !matches!(self.events.peek(0), Some((Event::DisplayMath(_), _)))
            || !matches!(self.events.peek(1), Some((Event::End(TagEnd::Paragraph), _)))
        {
            return false;
        }
        self.prepare_block(range.start);
        if let Some((Event::DisplayMath(source), range)) = self.events.next() {
            let at = range.start;
            self.display(&source, at, range);
        }
        self.skip_paragraph();
        self.block_reaches(range.end);
        true
    }

    /// Writes a formula as a block that begins at `at`.
    pub(crate) fn display(&mut self, source: &str, at: usize, range: Range<usize>) {
        let source = source.trim();
        self.tell_formula(source);
        #[cfg(feature = "full")]
        let why = match self.mathml(source, Place::Own, 1) {
            Ok(math) => {
                self.put_tag("<p", at);
                self.put_mathml(&math, range);
                return self.put("</p>\n");
            }
            Err(why) => why,
        };
        #[cfg(not(feature = "full"))]
        let why = String::new();
        self.put("<pre");
        self.math_class(&why);
        self.put_tag(" tabindex=\"0\"", at);
        self.put("<code>");
        self.formula_text(source, range);
        self.put("</code></pre>\n");
    }

    /// Writes a formula in a line of text. `$5-$6` is no formula: a price follows.
    pub(crate) fn formula(&mut self, source: &str, place: Place, mut range: Range<usize>) {
        // The parser's range may reach over white space.
        range.end = range.start + self.text[range.clone()].trim_end().len();
        let price = self.text.as_bytes().get(range.end).is_some_and(u8::is_ascii_digit);
        if place == Place::Line && price {
            return self.gather_aligned(&self.text[range.clone()], range);
        }
        self.flush_text('*');
        self.tell_formula(source);
        #[cfg(feature = "full")]
        let why = match self.mathml(source, place, 0) {
            Ok(math) => return self.put_mathml(&math, range),
            Err(why) => why,
        };
        #[cfg(not(feature = "full"))]
        let why = String::new();
        self.put("<code");
        self.math_class(&why);
        self.put(">");
        self.formula_text(source, range);
        self.put("</code>");
    }

    /// A formula is one word, and in the outline its source.
    fn tell_formula(&mut self, source: &str) {
        self.rich = true;
        self.words.push("x");
        self.words.end();
        if let Some(heading) = &mut self.heading {
            escape::put(heading, source);
        }
        self.label_text(source);
    }

    fn math_class(&mut self, why: &str) {
        if why.is_empty() {
            return self.put(" class=\"math\"");
        }
        self.put(" class=\"math bad\"");
        self.attribute("title", why);
    }

    /// The source without the signs around it.
    fn formula_text(&mut self, source: &str, range: Range<usize>) {
        self.gather_aligned(source, range);
        let source = self.take_gathered();
        self.write_gathered(&source, 0..source.len());
        self.forget();
    }
}
