//! `[TOC]` alone in a paragraph: the document's headings as nested lists of links.
//!
//! The headings are known only at the end, so an empty `<nav>` is written first and filled when all blocks are there.
//! No text can write a `<nav>` of its own, so the one that is found is ours. Bounded: so many lists, so many headings.

use std::ops::Range;

use crate::escape;
use crate::limits::{TITLE_CHARS_MAX, TOC_HEADINGS_MAX, TOCS_MAX};
use crate::search::{find, first_chars};
use crate::writer::Writer;
use crate::{Heading, Span, map};

/// How it begins, before it is filled.
const OPEN: &str = "<nav class=\"toc\" aria-label=\"Contents\"";

/// Elements one in another that the lists may need, two for each level; those around and in them are leaves.
const ELEMENTS: usize = 12;

impl Writer<'_> {
    /// Writes the place of a list of contents; `false`: the paragraph is another one.
    pub(crate) fn toc(&mut self, range: Range<usize>) -> bool {
        let word = self.text[range.clone()].trim_end();
        let written = self.tocs.len() < TOCS_MAX && self.definitions.is_empty() && self.fits(ELEMENTS);
        if !word.eq_ignore_ascii_case("[toc]") || !written || !self.is_plain_paragraph() {
            return false;
        }
        let end = range.start + word.len();
        self.skip_paragraph();
        self.prepare_block(range.start);
        self.put_tag(OPEN, range.start);
        self.note(1, range.start..end);
        self.put("</nav>\n");
        self.tocs.push(self.blocks());
        self.block_reaches(range.end);
        true
    }
}

/// Fills the lists in the blocks with these numbers.
pub(crate) fn fill(body: &mut String, spans: &mut [Span], blocks: &[usize], outline: &[Heading]) {
    if blocks.is_empty() {
        return;
    }
    let list = list(outline);
    let text = map::read(&list, &[]).text_len;
    let mut from = 0;
    for &block in blocks {
        let Some(found) = spans.get(block).and_then(|span| {
            from = from.max(span.from);
            find(&body[from..span.to], OPEN).and_then(|at| Some(from + at + find(&body[from + at..], ">")? + 1))
        }) else {
            continue;
        };
        body.insert_str(found, &list);
        from = found + list.len();
        let span = &mut spans[block];
        span.runs.retain_mut(|run| {
            if span.from + run.out > found {
                run.out += list.len();
            } else if span.from + run.out == found {
                run.text_len = map::whole(text, run.source_len);
            }
            run.text_len > 0
        });
        span.to += list.len();
        for later in &mut spans[block + 1..] {
            later.from += list.len();
            later.to += list.len();
        }
    }
}

fn list(outline: &[Heading]) -> String {
    let mut html = String::new();
    let mut levels: Vec<u8> = Vec::new();
    for Heading { level, text, id, .. } in outline.iter().take(TOC_HEADINGS_MAX) {
        // A heading that is less deep than the one before ends the lists that are deeper than it.
        while levels.len() > 1 && levels.last() > Some(level) {
            levels.pop();
            escape::put(&mut html, "</li></ul>");
        }
        if let [first] = &mut levels[..] {
            *first = (*first).min(*level);
        }
        if levels.last().is_none_or(|last| last < level) {
            levels.push(*level);
            escape::put(&mut html, "<ul>");
        } else {
            escape::put(&mut html, "</li>");
        }
        escape::put(&mut html, "<li><a href=\"#");
        escape::address(&mut html, id);
        escape::put(&mut html, "\">");
        escape::text(&mut html, first_chars(text, TITLE_CHARS_MAX));
        escape::put(&mut html, "</a>");
    }
    for _ in levels {
        escape::put(&mut html, "</li></ul>");
    }
    html
}
