//! Markdown to HTML, the only one in Galley: the preview, the published page and the exports all come from here.
//!
//! The text is parsed whole every time (so reference links, footnotes and heading ids are always right), written
//! by our own writer, and cut into **blocks**: one for each top-level piece, each exactly one
//! `<div class="block">…</div>`. [`render`] gives the whole; a [`Renderer`] remembers the last blocks and answers
//! an edit with one [`Splice`], so that a page touches only what changed.
//!
//! Invariants. Only this crate makes an [`Html`], and what is in one cannot run a script, load a foreign
//! document, submit a form, or name an element of the application: nothing of the input is copied, every tag
//! is parsed strictly and written anew from the allow-list. Native and WASM output are the same bytes. Time is linear in the text and the output is bounded, whatever
//! the text. The rules are numbered in `tests/spec/render.md` (RE1...).
//!
//! Where next: `writer.rs` walks the events, `raw.rs` and `allow.rs` decide about raw HTML, `front.rs` reads the
//! front matter, `splice.rs` compares two renderings, `wasm.rs` is the browser's door.

mod alert;
mod allow;
mod code;
mod containers;
mod direction;
mod elements;
mod embeds;
mod emoji;
mod escape;
mod events;
mod footnotes;
mod formula;
mod front;
mod html;
mod ids;
mod inline;
mod languages;
mod limits;
mod links;
mod local;
mod map;
#[cfg(feature = "full")]
mod math;
#[cfg(feature = "full")]
mod mathml;
mod names;
mod pictures;
mod raw;
mod references;
mod scan;
mod search;
mod splice;
mod toc;
mod url;
#[cfg(target_arch = "wasm32")]
mod wasm;
mod words;
mod writer;

pub use map::{Map, Run};
pub use references::{Reference, references};
pub use splice::{Renderer, Splice};

/// What may vary between two renderings of the same text. Nothing yet: preview and published page are identical.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {}

/// Renders a whole document.
pub fn render(text: &str, _options: &Options) -> Html {
    let (front, start) = front::split(text);
    let front_lines = text[..start].matches('\n').count() as u32;
    let written = writer::write(&text[start..], front.dir, front_lines, map::units(&text[..start]));
    let heading = written.outline.iter().map(|heading| &heading.text).find(|text| !text.is_empty());
    let title =
        front.title.as_ref().or(heading).map(|title| search::first_chars(title, limits::TITLE_CHARS_MAX).to_owned());
    let writer::Written { body, spans, outline, words, rich } = written;
    Html { body, spans, title, front, words, outline, rich }
}

/// The text as it is, in one block: for whoever must show something of a text that [`render`] cannot take.
pub fn plain(text: &str) -> Html {
    let mut body = String::from("<div class=\"block\"><pre class=\"plain\">");
    for letter in text.chars() {
        match letter {
            '<' => body.push_str("&lt;"),
            '>' => body.push_str("&gt;"),
            '&' => body.push_str("&amp;"),
            '"' => body.push_str("&quot;"),
            '\0' => body.push('\u{fffd}'),
            letter => body.push(letter),
        }
    }
    body.push_str("</pre></div>");
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    let span = Span { from: 0, to: body.len(), at: local::NOWHERE, line: 0, lines, source: 0, runs: Vec::new() };
    Html { spans: vec![span], body, front: Front::default(), title: None, words: 0, outline: Vec::new(), rich: false }
}

/// Whether the browser's small module could not show the whole text: it has formulas or emoji codes.
pub fn needs_full(text: &str) -> bool {
    render(text, &Options::default()).needs_full()
}

/// A rendered document. Safe to put into a page as it is; only [`render`] makes one.
#[derive(Clone, Debug, Default)]
pub struct Html {
    body: String,
    spans: Vec<Span>,
    front: Front,
    title: Option<String>,
    words: usize,
    outline: Vec<Heading>,
    rich: bool,
}

impl Html {
    /// All blocks, one after the other.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The blocks, in order; their HTML joined is the [`body`](Html::body).
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = Block<'_>> {
        (0..self.spans.len()).map(|index| self.block(index))
    }

    fn block(&self, index: usize) -> Block<'_> {
        let Span { from, to, line, lines, source, ref runs, .. } = self.spans[index];
        Block { html: &self.body[from..to], line, lines, source, noted: runs }
    }

    /// What the front matter says.
    pub fn front(&self) -> &Front {
        &self.front
    }

    /// The front matter's title, else the first heading's text; at most 300 characters.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// How many words a reader reads: text and inline code, without code blocks, raw tags and front matter.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Whether it has formulas or emoji codes, which the browser's small module cannot show.
    pub fn needs_full(&self) -> bool {
        self.rich
    }

    /// Every heading, in order.
    pub fn outline(&self) -> &[Heading] {
        &self.outline
    }
}

/// Where a block lies in the body and in the text.
#[derive(Clone, Debug)]
struct Span {
    from: usize,
    to: usize,
    /// The byte of the text behind the front matter it begins with.
    at: usize,
    line: u32,
    lines: u32,
    source: u32,
    runs: Vec<map::Noted>,
}

/// One block: `<div class="block">…</div>` and the lines it came from. `data-line` inside it counts from `line`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// The block's HTML, its own `<div class="block">` included.
    pub html: &'a str,
    /// The first line, 0-based in the whole document.
    pub line: u32,
    /// How many lines.
    pub lines: u32,
    /// Where it begins in the whole document, in UTF-16 units. Footnotes are gathered at the end; their block begins
    /// where the first of their texts does.
    pub source: u32,
    noted: &'a [map::Noted],
}

impl Block<'_> {
    /// Where its text comes from. Counted anew at every call.
    pub fn map(&self) -> Map {
        map::read(self.html, self.noted)
    }
}

/// One heading of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its text, without markup.
    pub text: String,
    /// The element's id as it stands in the HTML (prefix included).
    pub id: String,
    /// Its line, 0-based in the whole document.
    pub line: u32,
}

/// What the front matter says; absent fields are `None` or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Front {
    /// `title`.
    pub title: Option<String>,
    /// `tags`, as a list or comma-separated.
    pub tags: Vec<String>,
    /// `description`.
    pub description: Option<String>,
    /// `lang`: a language tag, letters, digits and hyphens only.
    pub lang: Option<String>,
    /// `dir`: the direction of the text.
    pub dir: Option<Dir>,
    /// The first thing in it we could not read.
    pub problem: Option<Problem>,
}

/// The direction of a document's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dir {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
    /// By the first strong character.
    Auto,
}

impl Dir {
    /// As the `dir` attribute wants it.
    pub fn as_str(self) -> &'static str {
        match self {
            Dir::Ltr => "ltr",
            Dir::Rtl => "rtl",
            Dir::Auto => "auto",
        }
    }
}

/// What is wrong with the front matter, in a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, 0-based.
    pub line: u32,
    /// The sentence.
    pub sentence: &'static str,
}
