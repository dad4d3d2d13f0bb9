//! From one rendering to the next with the fewest blocks touched.
//!
//! A [`Renderer`] keeps the last rendering and finds the longest equal head and tail by comparing bytes, so a
//! block outside the splice is the same block. Block HTML holds no absolute line numbers: a newline at the top
//! of a document changes no block, only [`Splice::lines`] and [`Splice::sources`]. The same HTML may come from another
//! source (`*a*`, `_a_`), so maps are compared on their own.

use crate::local::{self, Gone, Patched};
use crate::{Front, Html, Map, Options, front, render};

/// Renders the versions of one document, each as the difference to the one before.
#[derive(Clone, Debug, Default)]
pub struct Renderer {
    last: Html,
    /// The text it was rendered from, and where that goes on behind the front matter.
    text: String,
    start: usize,
    /// Whether an edit of it may be rendered where it was made (`local.rs`).
    plain: bool,
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
        let patched = self.patch(text);
        self.text.clear();
        self.text.push_str(text);
        if let Some(Patched { from, tail, old }) = patched {
            return difference(&old, &self.last, from, tail);
        }
        let next = render(text, &self.options);
        let last = std::mem::replace(&mut self.last, next);
        self.start = front::split(text).1;
        self.plain = local::plain(text) && !self.last.rich;
        whole(&last, &self.last)
    }

    fn patch(&mut self, text: &str) -> Option<Patched> {
        if !self.plain {
            return None;
        }
        local::patch(&mut self.last, &self.text, text, self.start)
    }
}

/// From one whole rendering to the next.
fn whole(old: &Html, new: &Html) -> Splice {
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
    let inserted = (head..new_len - tail)
        .map(|i| if old_len == new_len && same(i, i) { String::new() } else { new.block(i).html.to_owned() })
        .collect();
    told(new, head, old_len - head - tail, inserted, maps)
}

/// From the blocks that an edit replaced to those that came.
fn difference(old: &[Gone], new: &Html, from: usize, tail: usize) -> Splice {
    let count = new.spans.len() - tail - from;
    let (mut inserted, mut maps) = (Vec::new(), Vec::new());
    for at in 0..count {
        let block = new.block(from + at);
        let before = old.get(at).filter(|gone| old.len() == count && gone.html == block.html);
        if before.is_none_or(|gone| gone.runs != new.spans[from + at].runs) {
            maps.push((from + at, block.map()));
        }
        inserted.push(if before.is_some() { String::new() } else { block.html.to_owned() });
    }
    told(new, from, old.len(), inserted, maps)
}

fn told(new: &Html, from: usize, removed: usize, inserted: Vec<String>, maps: Vec<(usize, Map)>) -> Splice {
    Splice {
        from,
        removed,
        inserted,
        lines: new.spans.iter().map(|span| span.line).collect(),
        sources: new.spans.iter().map(|span| span.source).collect(),
        maps,
        title: new.title.clone(),
        words: new.words,
        front: new.front.clone(),
        needs_full: new.rich && cfg!(not(feature = "full")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn re27_a_key_in_a_plain_text_is_rendered_where_it_was_made() {
        let text = "# Head\n\nOne.\n\n- a\n- b\n\nTwo, *three*.\n\n```\ncode\n```\n\n| a |\n|---|\n| 1 |\n\nLast.\n";
        for (place, whole) in [
            ("One", true),
            ("- b", true),
            ("three", true),
            ("code", true),
            ("| 1", true),
            ("Last", true),
            ("Head", false),
        ] {
            let mut renderer = Renderer::default();
            renderer.update(text);
            let at = text.find(place).expect("a place") + place.len();
            let typed = [&text[..at], "x", &text[at..]].concat();
            assert_eq!(renderer.patch(&typed).is_some(), whole, "{place}");
        }
    }

    #[test]
    fn re27_what_speaks_of_another_part_is_rendered_whole() {
        for text in
            ["One.\n\nTwo [r].\n\n[r]: /x\n", "One.\n\nTwo $x$.\n", "One.\n\nterm\n: told\n", "One.\n\n*[One]: long\n"]
        {
            let mut renderer = Renderer::default();
            renderer.update(text);
            assert!(renderer.patch(&text.replace("One.", "Ones.")).is_none(), "{text}");
        }
    }
}
