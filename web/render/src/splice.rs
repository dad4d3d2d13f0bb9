//! From one rendering to the next with the fewest blocks touched.
//!
//! A [`Renderer`] keeps the last rendering and finds the longest equal head and tail by comparing bytes, so a
//! block outside the splice is the same block. Block HTML holds no absolute line numbers: a newline at the top
//! of a document changes no block, only [`Splice::lines`].

use crate::{Front, Html, Options, render};

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
    /// The blocks that come in their place, each a whole `<div class="block">…</div>`.
    pub inserted: Vec<String>,
    /// The start line of every block of the document as it is now, 0-based.
    pub lines: Vec<u32>,
    /// The document's title.
    pub title: Option<String>,
    /// Its words.
    pub words: usize,
    /// What its front matter says.
    pub front: Front,
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
    let head = (0..shorter).take_while(|&i| old.block_html(i) == new.block_html(i)).count();
    let tail =
        (0..shorter - head).take_while(|&i| old.block_html(old_len - 1 - i) == new.block_html(new_len - 1 - i)).count();
    Splice {
        from: head,
        removed: old_len - head - tail,
        inserted: (head..new_len - tail).map(|i| new.block_html(i).to_owned()).collect(),
        lines: new.spans.iter().map(|span| span.line).collect(),
        title: new.title.clone(),
        words: new.words,
        front: new.front.clone(),
    }
}
