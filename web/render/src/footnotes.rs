//! Footnotes: numbered over the whole document in the order they are first mentioned, and written at its end.

use std::ops::Range;

use crate::escape;
use crate::ids;
use crate::inline::{Inline, Label};
use crate::map::Noted;
use crate::names::Names;
use crate::writer::{Frame, Open, Writer};

/// What is known of the document's footnotes so far.
#[derive(Default)]
pub(crate) struct Footnotes {
    /// Where each label's footnote is in `all`.
    by_label: Names,
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
    body: Option<(String, Vec<Noted>)>,
}

impl Footnotes {
    /// How much HTML waits here.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    fn of(&mut self, label: &str) -> usize {
        let (at, new) = self.by_label.number(&ids::lower(label));
        if new {
            *at = self.all.len() as u32;
            self.all.push(Footnote::default());
        }
        *at as usize
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
    runs: Vec<Noted>,
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
    pub(crate) fn footnote_reference(&mut self, label: &str, range: Range<usize>) {
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
        self.note(number.ilog10() + 1, range);
        escape::number(&mut self.out, number as u64);
        self.put(if self.links == 0 { "</a></sup>" } else { "</sup>" });
    }

    pub(crate) fn start_definition(&mut self, label: &str) {
        self.end_leaf();
        let footnote = self.footnotes.of(label);
        self.definitions.push(Definition {
            footnote,
            out: std::mem::take(&mut self.out),
            runs: std::mem::take(&mut self.runs),
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
        let runs = std::mem::replace(&mut self.runs, outer.runs);
        self.frames = outer.frames;
        self.depth = outer.depth;
        self.links = outer.links;
        self.block = outer.block;
        self.inline = outer.inline;
        self.label = outer.task;
        self.footnotes.bytes += body.len();
        self.footnotes.all[outer.footnote].body.get_or_insert((body, runs));
    }

    /// Appends the block of footnotes that were mentioned.
    pub(crate) fn write_footnotes(&mut self) {
        let footnotes = std::mem::take(&mut self.footnotes);
        if footnotes.mentioned.is_empty() {
            return;
        }
        let mut all_runs = Vec::new();
        let mut html = String::from("<section class=\"footnotes\" aria-label=\"Footnotes\"><ol>\n");
        for &at in &footnotes.mentioned {
            let Footnote { number, mentions, body } = &footnotes.all[at];
            escape::put(&mut html, "<li id=\"fn-");
            escape::number(&mut html, *number as u64);
            escape::put(&mut html, "\">");
            let (body, runs) = body.as_ref().map_or(("", &[][..]), |(body, runs)| (body.trim_end(), runs));
            for &run in runs {
                all_runs.push(Noted { out: run.out + html.len(), ..run });
            }
            let inner = body.strip_suffix("</p>");
            escape::put(&mut html, inner.unwrap_or(body));
            for mention in 1..=(*mentions).min(BACK_LINKS_MAX) {
                escape::put(&mut html, " <a href=\"#");
                reference_id(&mut html, *number, mention);
                escape::put(&mut html, "\" class=\"footnote-back\" aria-label=\"Back to the text\">↩</a>");
            }
            escape::put(&mut html, if inner.is_some() { "</p></li>\n" } else { "</li>\n" });
        }
        escape::put(&mut html, "</ol></section>");
        self.append_block(&html, all_runs);
    }
}

/// `fnref-2`, and `fnref-2-3` for the third mention.
fn reference_id(out: &mut String, number: usize, mention: u32) {
    escape::put(out, "fnref-");
    escape::number(out, number as u64);
    if mention > 1 {
        escape::put(out, "-");
        escape::number(out, mention.into());
    }
}
