//! From one rendering to the next with the fewest blocks touched.
//!
//! A [`Renderer`] keeps the last rendering and finds the longest equal head and tail by comparing bytes, so a
//! block outside the splice is the same block. Block HTML holds no absolute line numbers: a newline at the top
//! of a document changes no block, only [`Splice::lines`] and [`Splice::sources`]. The same HTML may come from another
//! source (`*a*`, `_a_`), so maps are compared on their own.

use crate::{Front, Html, Map, Options, render};

/// Renders the versions of one document, each as the difference to the one before.
#[derive(Clone, Debug, Default)]
pub struct Renderer {
    last: Html,
    options: Options,
}

/// What changed: replace `removed` blocks from `from` on by `inserted`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// The first block that changed.
    pub from: usize,
    /// How many of the old blocks go.
    pub removed: usize,
    /// The blocks that come in their place, each a whole `<div class="block">…</div>`. Where as many come as go, an
    /// empty one stands for the old one at its place, which stays: a list of contents and a heading change together.
    pub inserted: Vec<String>,
    /// The start line of every block of the document as it is now, 0-based.
    pub lines: Vec<u32>,
    /// Where every block of the document begins now, in UTF-16 units.
    pub sources: Vec<u32>,
    /// The source maps that are new, each with its block's number: of all that come, and of those that stay but are
    /// written otherwise in the source.
    pub maps: Vec<(usize, Map)>,
    /// The document's title.
    pub title: Option<String>,
    /// Its words.
    pub words: usize,
    /// What its front matter says.
    pub front: Front,
    /// Whether it has formulas or emoji codes that this build cannot show.
    pub needs_full: bool,
}

impl Renderer {
    /// Renders `text` and says how it differs from the last one (the first: from nothing).
    pub fn update(&mut self, text: &str) -> Splice {
        let next = render(text, &self.options);
        let splice = between(&self.last, &next);
        self.last = next;
        splice
    }
}

fn between(old: &Html, new: &Html) -> Splice {
    let shorter = old.spans.len().min(new.spans.len());
    let (old_len, new_len) = (old.spans.len(), new.spans.len());
    let same = |i: usize, j: usize| old.block(i).html == new.block(j).html;
    let head = (0..shorter).take_while(|&i| same(i, i)).count();
    let tail = (0..shorter - head).take_while(|&i| same(old_len - 1 - i, new_len - 1 - i)).count();
    let mut maps = Vec::new();
    for i in 0..new_len {
        let before = if i < head { i } else { (i + old_len).wrapping_sub(new_len) };
        let comes = (head..new_len - tail).contains(&i) && !(old_len == new_len && same(i, i));
        if comes || old.spans[before].runs != new.spans[i].runs {
            maps.push((i, new.block(i).map()));
        }
    }
    Splice {
        from: head,
        removed: old_len - head - tail,
        inserted: (head..new_len - tail)
            .map(|i| if old_len == new_len && same(i, i) { String::new() } else { new.block(i).html.to_owned() })
            .collect(),
        lines: new.spans.iter().map(|span| span.line).collect(),
        sources: new.spans.iter().map(|span| span.source).collect(),
        maps,
        title: new.title.clone(),
        words: new.words,
        front: new.front.clone(),
        needs_full: new.rich && cfg!(not(feature = "full")),
    }
}
