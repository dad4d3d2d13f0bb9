//! Footnotes: numbered over the whole document in the order they are first mentioned, and written at its end.

use std::collections::HashMap;

use crate::escape;
use crate::ids;
use crate::inline::{Inline, Label};
use crate::writer::{Frame, Open, Writer};

/// What is known of the document's footnotes so far.
#[derive(Default)]
pub(crate) struct Footnotes {
    /// Where each label's footnote is in `all`.
    by_label: HashMap<String, u32>,
    all: Vec<Footnote>,
    /// The footnotes in the order of their numbers.
    mentioned: Vec<usize>,
    bytes: usize,
}

#[derive(Default)]
struct Footnote {
    /// 0: not mentioned yet.
    number: usize,
    mentions: u32,
    body: Option<String>,
}

impl Footnotes {
    /// How much HTML waits here.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    fn of(&mut self, label: &str) -> usize {
        let next = self.all.len() as u32;
        let at = *self.by_label.entry(ids::lower(label)).or_insert(next);
        if at == next {
            self.all.push(Footnote::default());
        }
        at as usize
    }

    /// Counts a mention; tells the footnote's number and which mention of it this is.
    fn mention(&mut self, label: &str) -> (usize, u32) {
        let at = self.of(label);
        if self.all[at].number == 0 {
            self.mentioned.push(at);
            self.all[at].number = self.mentioned.len();
        }
        self.all[at].mentions += 1;
        (self.all[at].number, self.all[at].mentions)
    }
}

/// A definition being written, and everything that goes on around it.
pub(crate) struct Definition {
    footnote: usize,
    out: String,
    frames: Vec<Frame>,
    depth: usize,
    links: usize,
    block: Option<Open>,
    inline: Inline,
    task: Option<Label>,
}

/// Elements around a footnote's text: the block, the section, the list, the item.
const DEPTH: usize = 4;

/// Ways back that are written for one footnote.
const BACK_LINKS_MAX: u32 = 8;

impl Writer<'_> {
    pub(crate) fn footnote_reference(&mut self, label: &str) {
        self.flush_text('*');
        let (number, mentions) = self.footnotes.mention(label);
        self.put("<sup class=\"footnote-ref\">");
        if self.links == 0 {
            self.put("<a href=\"#fn-");
            escape::number(&mut self.out, number as u64);
            self.put("\" id=\"");
            reference_id(&mut self.out, number, mentions);
            self.put("\">");
        }
        escape::number(&mut self.out, number as u64);
        self.put(if self.links == 0 { "</a></sup>" } else { "</sup>" });
    }

    pub(crate) fn start_definition(&mut self, label: &str) {
        self.end_leaf();
        let footnote = self.footnotes.of(label);
        self.definitions.push(Definition {
            footnote,
            out: std::mem::take(&mut self.out),
            frames: std::mem::take(&mut self.frames),
            depth: std::mem::replace(&mut self.depth, DEPTH),
            links: std::mem::take(&mut self.links),
            block: self.block.take(),
            inline: std::mem::take(&mut self.inline),
            task: self.label.take(),
        });
        self.footnotes.bytes += self.definitions.last().map_or(0, |definition| definition.out.len());
    }

    /// Ends the innermost definition; its frames are closed.
    pub(crate) fn end_definition(&mut self) {
        let Some(outer) = self.definitions.pop() else { return };
        self.footnotes.bytes -= outer.out.len();
        let body = std::mem::replace(&mut self.out, outer.out);
        self.frames = outer.frames;
        self.depth = outer.depth;
        self.links = outer.links;
        self.block = outer.block;
        self.inline = outer.inline;
        self.label = outer.task;
        self.footnotes.bytes += body.len();
        self.footnotes.all[outer.footnote].body.get_or_insert(body);
    }

    /// Appends the block of footnotes that were mentioned.
    pub(crate) fn write_footnotes(&mut self) {
        let footnotes = std::mem::take(&mut self.footnotes);
        if footnotes.mentioned.is_empty() {
            return;
        }
        let mut html = String::from("<section class=\"footnotes\" aria-label=\"Footnotes\"><ol>\n");
        for &at in &footnotes.mentioned {
            let Footnote { number, mentions, body } = &footnotes.all[at];
            html.push_str("<li id=\"fn-");
            escape::number(&mut html, *number as u64);
            html.push_str("\">");
            let body = body.as_deref().unwrap_or_default().trim_end();
            let inner = body.strip_suffix("</p>");
            html.push_str(inner.unwrap_or(body));
            for mention in 1..=(*mentions).min(BACK_LINKS_MAX) {
                html.push_str(" <a href=\"#");
                reference_id(&mut html, *number, mention);
                html.push_str("\" class=\"footnote-back\" aria-label=\"Back to the text\">↩</a>");
            }
            html.push_str(if inner.is_some() { "</p></li>\n" } else { "</li>\n" });
        }
        html.push_str("</ol></section>");
        self.append_block(&html);
    }
}

/// `fnref-2`, and `fnref-2-3` for the third mention.
fn reference_id(out: &mut String, number: usize, mention: u32) {
    out.push_str("fnref-");
    escape::number(out, number as u64);
    if mention > 1 {
        out.push('-');
        escape::number(out, mention.into());
    }
}
