//! Splices (RE8, RE14) and line numbers (RE7): whatever is edited, applying what the renderer says to the blocks of
//! before gives the blocks of a full rendering.

mod html;

use html::Random;
use render::{Map, Options, Renderer, Splice, render};

/// What the edits put in.
const PIECES: &[&str] = &[
    "# Head\n\n",
    "word ",
    "\n\n",
    "\n",
    "- item\n",
    "  - inner\n",
    "> quote\n",
    "```rust\nfn x() {}\n```\n",
    "<details>\n\n",
    "</details>\n\n",
    "[^1]",
    "\n\n[^1]: note\n\n",
    "| a | b |\n|--|--|\n| 1 | 2 |\n",
    "- [ ] task\n",
    "==m==",
    "\n---\n",
    "é漢😀",
    "[r]",
    "\n\n[r]: /x\n\n",
    "\n\n[TOC]\n\n",
    "$a$",
    ":tada:",
    "\n:::note x\n",
    "\n:::\n",
    "\n*[word]: long\n",
    "++i++",
    "\n\n{% youtube dQw4w9WgXcQ %}\n\n",
    "<table><tr><td>\n\n",
    "</td></tr></table>\n",
];

#[test]
fn re8_applied_splices_are_the_full_rendering() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let mut random = Random::new(seed);
    for round in 0..40 {
        let mut renderer = Renderer::default();
        let mut text = String::new();
        let mut shown: Vec<String> = Vec::new();
        let mut maps: Vec<Map> = Vec::new();
        for step in 0..60 {
            edit(&mut text, PIECES, &mut random);
            let splice = renderer.update(&text);
            apply(&mut shown, &splice);
            apply_maps(&mut maps, &splice);
            let whole = render(&text, &Options::default());
            let blocks: Vec<_> = whole.blocks().map(|block| block.html.to_owned()).collect();
            assert_eq!(shown, blocks, "SEED={seed} round {round} step {step}: {text:?}");
            for (block, map) in splice.maps {
                maps[block] = map;
            }
            let expected: Vec<_> = whole.blocks().map(|block| block.map()).collect();
            assert_eq!(maps, expected, "SEED={seed} round {round} step {step}: {text:?}");
            let sources: Vec<_> = whole.blocks().map(|block| block.source).collect();
            assert_eq!(splice.sources, sources);
            let lines: Vec<_> = whole.blocks().map(|block| block.line).collect();
            assert!(lines.is_sorted(), "SEED={seed} round {round} step {step}: {lines:?} {text:?}");
            let last = text.matches('\n').count() as u32;
            assert!(whole.blocks().all(|block| block.line + block.lines <= last + 1), "{text:?}");
        }
    }
}

/// What makes up a text in which nothing speaks of another part, and some that does.
const PARTS: &[&str] = &[
    "A paragraph with *emphasis* and a [link](https://example.org/).",
    "# Head",
    "## Head",
    "Under\n===",
    "- one\n- two",
    "- one\n\n  more of one",
    "1. one\n2. two",
    "* star",
    "+ plus\n  - inner",
    "- [ ] task",
    "> quote\n> more",
    "> - list in a quote",
    "```rust\nfn x() {}\n```",
    "~~~\n# no head\n~~~",
    "    indented",
    "---",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "a | b",
    "<details>\n<summary>s</summary>\n\ninner\n\n</details>",
    "<div>\n\ninner\n\n</div>",
    "<div>",
    "</div>",
    "<pre>\nraw\n\nraw</pre>",
    "<b>bold",
    "<a id=\"x\">named</a>",
    "*open",
    "`tick",
    "漢字 😀 words\\\nbroken",
    "שלום",
    "https://example.org/path and www.example.org",
    "[TOC]",
    "[^1] and [r] and $x$ and :tada:",
    "[r]: /x",
    "[^1]: note",
    "term\n: told",
    ":::note\ninner\n:::",
    "*[word]: long",
    "{% youtube dQw4w9WgXcQ %}",
    "==mark== ++ins++ ~sub~ ^sup^",
];

/// What is typed.
const KEYS: &[&str] = &[
    "x",
    "y",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "#",
    "-",
    "- ",
    "*",
    "**",
    "`",
    "```",
    "\n```\n",
    "~~~",
    ">",
    "> ",
    "|",
    "<",
    "</div>",
    "<div>",
    "    ",
    "  ",
    "1. ",
    "[",
    "]",
    "(",
    ":",
    "=",
    "\n===\n",
    "\n---\n",
    "é",
    "😀",
    "\t",
    "\\",
    "!",
    "&amp;",
    "$",
    "_",
    "<!--",
    "-->",
    "word",
    "\n|--|--|\n",
    ". ",
];

/// Edits in the midst of longer texts, most of them plain: where the edit alone is rendered, so that counts.
#[test]
fn re27_an_edit_rendered_where_it_was_made_is_the_whole_rendering() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(11);
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(120);
    let mut random = Random::new(seed);
    for round in 0..rounds {
        // The last of the parts speak of others: mostly without.
        let parts = if round % 4 == 0 { PARTS } else { &PARTS[..PARTS.len() - 9] };
        let mut text = String::from(if random.below(6) == 0 { "---\ntitle: t\n---\n" } else { "" });
        for _ in 0..3 + random.below(12) {
            text += random.pick(parts);
            text += random.pick(&["\n\n", "\n\n", "\n\n", "\n"]);
        }
        let mut renderer = Renderer::default();
        let mut page = Page::default();
        page.follow(&renderer.update(&text), &text, seed);
        for _ in 0..40 {
            edit(&mut text, KEYS, &mut random);
            page.follow(&renderer.update(&text), &text, seed);
        }
    }
}

/// A page that follows splices, held to the whole rendering at every step.
#[derive(Default)]
struct Page {
    shown: Vec<String>,
    maps: Vec<Map>,
}

impl Page {
    fn follow(&mut self, splice: &Splice, text: &str, seed: u64) {
        apply(&mut self.shown, splice);
        apply_maps(&mut self.maps, splice);
        for (block, map) in &splice.maps {
            self.maps[*block] = map.clone();
        }
        let whole = render(text, &Options::default());
        let why = format!("SEED={seed} {text:?}");
        assert_eq!(self.shown, whole.blocks().map(|block| block.html.to_owned()).collect::<Vec<_>>(), "{why}");
        assert_eq!(self.maps, whole.blocks().map(|block| block.map()).collect::<Vec<_>>(), "{why}");
        assert_eq!(splice.sources, whole.blocks().map(|block| block.source).collect::<Vec<_>>(), "{why}");
        assert_eq!(splice.lines, whole.blocks().map(|block| block.line).collect::<Vec<_>>(), "{why}");
        let told = (splice.title.as_deref(), splice.words, splice.front.clone());
        assert_eq!(told, (whole.title(), whole.words(), whole.front().clone()), "{why}");
    }
}

fn edit(text: &mut String, pieces: &[&str], random: &mut Random) {
    let mut place = random.below(text.len() + 1);
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    if random.below(4) > 0 || text.is_empty() {
        text.insert_str(place, random.pick(pieces));
        return;
    }
    let mut end = (place + random.below(30)).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    text.replace_range(place..end, "");
}

fn apply(shown: &mut Vec<String>, splice: &Splice) {
    let gone: Vec<_> = shown[splice.from..splice.from + splice.removed].to_vec();
    let placed = splice.inserted.iter().enumerate().map(|(at, html)| if html.is_empty() { &gone[at] } else { html });
    shown.splice(splice.from..splice.from + splice.removed, placed.cloned());
    assert_eq!(shown.len(), splice.lines.len());
}

fn apply_maps(maps: &mut Vec<Map>, splice: &Splice) {
    let gone: Vec<_> = maps[splice.from..splice.from + splice.removed].to_vec();
    let stays = |(at, html): (usize, &String)| if html.is_empty() { gone[at].clone() } else { Map::default() };
    maps.splice(splice.from..splice.from + splice.removed, splice.inserted.iter().enumerate().map(stays));
}

#[test]
fn re8_a_heading_and_the_list_of_contents_change_without_what_is_between() {
    let mut renderer = Renderer::default();
    let text = "[TOC]\n\nbetween\n\n# One\n\nafter\n";
    renderer.update(text);
    let splice = renderer.update(&text.replace("One", "Two"));
    assert_eq!((splice.from, splice.removed, splice.inserted.len()), (0, 3, 3));
    assert!(splice.inserted[0].contains("#u-two") && splice.inserted[2].contains("Two"));
    assert_eq!(splice.inserted[1], "");
    assert_eq!(splice.maps.iter().map(|map| map.0).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn re8_an_edit_touches_its_own_block_only() {
    let mut renderer = Renderer::default();
    let text = "# One\n\nTwo\n\n- [ ] three\n\nFour\n";
    renderer.update(text);
    let splice = renderer.update(&text.replace("Two", "Too"));
    assert_eq!((splice.from, splice.removed, splice.inserted.len()), (1, 1, 1));
    assert_eq!(splice.inserted[0], "<div class=\"block\"><p>Too</p></div>");
}

#[test]
fn re7_a_newline_at_the_top_changes_no_block() {
    let mut renderer = Renderer::default();
    let text = "para\n\n- [ ] a\n- b\n\n> q\n>\n> r\n\n| a |\n|---|\n| b |\n\n<div>\n\nx\n\n</div>\n";
    let before = renderer.update(text);
    let after = renderer.update(&["\n", text].concat());
    assert_eq!((after.removed, after.inserted.len()), (0, 0));
    assert!(before.lines.iter().zip(&after.lines).all(|(before, after)| before + 1 == *after));
    assert!(before.sources.iter().zip(&after.sources).all(|(before, after)| before + 1 == *after));
    assert_eq!(after.maps, []);
}

#[test]
fn re14_the_same_html_from_another_source_brings_a_map() {
    let mut renderer = Renderer::default();
    let text = "one\n\n*two* [^1]\n\n[^1]: a note\n\nthree\n\n[^2]: no note\n\n![x](y) four\n";
    let first = renderer.update(text);
    assert_eq!(first.maps.iter().map(|map| map.0).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    let mut text = text.to_owned();
    for (from, to, blocks) in [
        ("*two*", "_two_", &[][..]),
        ("_two_", "_two_<!-- é -->", &[1]),
        ("[^1]: a", "[^1]:   a", &[]),
        ("a note", "a&#32;note", &[4]),
        ("three", "thr&#101;e", &[2]),
        ("no note", "a longer one", &[]),
    ] {
        text = text.replace(from, to);
        let splice = renderer.update(&text);
        assert_eq!((splice.removed, splice.inserted.len()), (0, 0), "{from} to {to}");
        assert_eq!(splice.maps.iter().map(|map| map.0).collect::<Vec<_>>(), blocks, "{from} to {to}");
    }
}

#[test]
fn re7_lines_count_from_the_top_of_the_document() {
    let html = render("---\ntitle: T\n---\n\nfirst\n\nsecond\nline\n", &Options::default());
    let lines: Vec<_> = html.blocks().map(|block| (block.line, block.lines)).collect();
    assert_eq!(lines, [(4, 1), (6, 2)]);
    assert_eq!(html.title(), Some("T"));
}
