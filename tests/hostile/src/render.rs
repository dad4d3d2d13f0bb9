//! FZ6: any text rendered: harmless, bounded, the same everywhere and every time.

use std::cell::RefCell;

use render::{Options, Renderer, Splice};

use crate::children::Node;
use crate::html::{Token, own, parsed};
use crate::tape::{Tape, text};

/// HTML any text may have, and for each of its bytes (limits.rs).
const OUTPUT_BYTES_FLOOR: usize = 1 << 20;
const OUTPUT_PER_BYTE: usize = 48;

/// Any text: only what the list allows, the same to a strict reader and to a browser's parser, the same when rendered again.
pub fn sanitised(bytes: &[u8]) {
    judge(&text(bytes));
}

/// Any text as a formula, on a line, in a block and in a fence.
pub fn math(bytes: &[u8]) {
    let formula = text(bytes);
    for (before, after) in [("$", "$"), ("$$\n", "\n$$\n"), ("```math\n", "\n```\n")] {
        judge(&[before, &formula, after].concat());
    }
}

/// Any text as front matter: what it says keeps to its limits, and the rest is rendered as it would be without.
pub fn front_matter(bytes: &[u8]) {
    let written = text(bytes);
    let whole = format!("---\n{written}\n---\n\n# After\n");
    judge(&whole);
    let html = render::render(&whole, &Options::default());
    let front = html.front();
    let chars = |value: &Option<String>| value.as_ref().map_or(0, |value| value.chars().count());
    assert!(front.tags.len() <= 64 && front.tags.iter().all(|tag| tag.chars().count() <= 1_000));
    assert!(chars(&front.title) <= 1_000 && chars(&front.description) <= 1_000);
    assert!(html.title().is_none_or(|title| title.chars().count() <= 300));
    let is_tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    assert!(front.lang.as_ref().is_none_or(|lang| lang.bytes().all(is_tag)), "{:?}", front.lang);
    let lines = whole.matches('\n').count() as u32;
    assert!(front.problem.as_ref().is_none_or(|problem| problem.line < lines));
}

fn judge(text: &str) {
    // As every door of the server does it.
    let text = &text.replace("\r\n", "\n").replace('\r', "\n");
    own::rules::check(text);
    let html = render::render(text, &Options::default());
    assert!(html.body().len() <= OUTPUT_BYTES_FLOOR.max(text.len() * OUTPUT_PER_BYTE), "{} bytes", html.body().len());
    assert_eq!(html.body(), render::render(text, &Options::default()).body(), "the same text, other HTML");
    for block in html.blocks() {
        let mut strict = merged(own::strict(block.html).unwrap_or_else(|error| panic!("{error}")));
        for at in 1..strict.len() {
            let in_pre = matches!(&strict[at - 1], Token::Start { name, .. } if name == "pre");
            if let Token::Text(words) = &mut strict[at]
                && in_pre
                && words.starts_with('\n')
            {
                // No text to a browser.
                words.remove(0);
            }
        }
        let strict = merged(strict);
        let browser = merged(parsed(block.html));
        let differ = |at: &usize| !is_same(strict.get(*at), browser.get(*at));
        if let Some(at) = (0..strict.len().max(browser.len())).find(differ) {
            panic!("a browser sees {:?} for {:?} in {}", browser.get(at), strict.get(at), block.html);
        }
    }
}

/// Whether both read the same; the strict reader knows few character references by name, and leaves the others as they are.
fn is_same(strict: Option<&Token>, browser: Option<&Token>) -> bool {
    let same = |strict: &str, browser: &str| strict == browser || strict.contains('&');
    match (strict, browser) {
        (Some(Token::Text(strict)), Some(Token::Text(browser))) => same(strict, browser),
        (Some(Token::Start { name, attributes }), Some(Token::Start { name: other, attributes: others })) => {
            let mut pairs = attributes.iter().zip(others);
            name == other
                && attributes.len() == others.len()
                && pairs.all(|((name, value), (other, seen))| name == other && same(value, seen))
        }
        (strict, browser) => strict == browser,
    }
}

/// What browsers put into a table that lacks it, and where it ends.
fn is_implied(token: &Token) -> bool {
    let implied = |name: &str| matches!(name, "tbody" | "colgroup");
    match token {
        Token::Start { name, attributes } => implied(name) && attributes.is_empty(),
        Token::End(name) => implied(name),
        Token::Text(_) => false,
    }
}

/// Neighbouring text is one text to a browser, and none is none.
fn merged(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    for token in tokens {
        match (out.last_mut(), token) {
            (_, Token::Text(text)) if text.is_empty() => {}
            (_, token) if is_implied(&token) => {}
            (Some(Token::Text(before)), Token::Text(text)) => before.push_str(&text),
            (_, token) => out.push(token),
        }
    }
    out
}

/// A text and its versions: each edit's splice leads from the last rendering to the whole one.
pub fn spliced(bytes: &[u8]) {
    let mut tape = Tape::new(bytes);
    let mut renderer = Renderer::default();
    let mut blocks: Vec<String> = Vec::new();
    let mut written = String::new();
    for _ in 0..5 {
        edit(&mut written, &mut tape);
        let splice = renderer.update(&written);
        let html = render::render(&written, &Options::default());
        put(&mut blocks, &splice);
        assert!(blocks.iter().map(String::as_str).eq(html.blocks().map(|block| block.html)), "{written:?}");
        assert!(splice.lines.iter().copied().eq(html.blocks().map(|block| block.line)));
        assert!(splice.sources.iter().copied().eq(html.blocks().map(|block| block.source)));
        assert_eq!((splice.title.as_deref(), splice.words), (html.title(), html.words()));
        for (block, map) in &splice.maps {
            assert_eq!(Some(map), html.blocks().nth(*block).map(|block| block.map()).as_ref());
        }
    }
}

fn edit(written: &mut String, tape: &mut Tape) {
    let place = |at: usize, written: &str| written.floor_char_boundary(at % (written.len() + 1));
    let from = place(usize::from(tape.byte()), written);
    let to = place(from + usize::from(tape.byte() % 32), written).max(from);
    let inserted = text(tape.piece()).into_owned();
    written.replace_range(from..to, &inserted);
}

fn put(blocks: &mut Vec<String>, splice: &Splice) {
    let gone: Vec<String> = blocks.splice(splice.from..splice.from + splice.removed, splice.inserted.clone()).collect();
    // An empty one stands for the old one at its place.
    for (at, old) in gone.into_iter().enumerate().take(splice.inserted.len()) {
        if splice.inserted[at].is_empty() {
            blocks[splice.from + at] = old;
        }
    }
}

thread_local! {
    static WASM: RefCell<Option<Option<Node>>> = const { RefCell::new(None) };
}

/// Any text in both browser modules: the full one writes the native bytes, the small one too where it says so.
pub fn in_wasm(bytes: &[u8]) {
    let written = text(bytes);
    let Some(answer) = WASM.with_borrow_mut(|wasm| {
        let node = wasm.get_or_insert_with(|| Node::start("src/wasm.mjs", &["render.wasm", "render-full.wasm"]));
        node.as_mut().map(|node| node.ask(written.as_bytes()))
    }) else {
        return;
    };
    let html = render::render(&written, &Options::default());
    let mut native = Vec::new();
    for block in html.blocks() {
        native.extend_from_slice(block.html.as_bytes());
    }
    let (small_needs_full, rest) = answer.split_first().expect("an answer");
    let (len, rest) = rest.split_at(4);
    let small_len = u32::from_le_bytes([len[0], len[1], len[2], len[3]]) as usize;
    let (small, full) = rest.split_at(small_len);
    assert!(full == native, "the browser's full module writes {:?} for {written:?}", String::from_utf8_lossy(full));
    // It has no list of emoji codes: what only looks like one costs a download, and shows the same.
    assert!(*small_needs_full == 1 || !html.needs_full(), "the small module is content with {written:?}");
    assert!(*small_needs_full == 1 || small == native, "the small module writes {:?}", String::from_utf8_lossy(small));
}
