//! Source maps (RE13, RE14): every text a page shows and its place in the source, over the golden files, both
//! specifications, the hostile payloads in every context, and texts made at random.

mod html;

use std::path::Path;

use html::Random;
use render::{Block, Options, Run, render};

#[test]
fn re13_golden_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    for entry in std::fs::read_dir(folder).expect("the folder of golden files") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            check(&std::fs::read_to_string(&path).expect("a readable golden text"));
        }
    }
}

#[test]
fn re13_examples_of_the_specifications() {
    for file in [include_str!("spec/commonmark-0.31.2.json"), include_str!("spec/gfm-0.29.json")] {
        let file: serde_json::Value = serde_json::from_str(file).expect("the file of examples is JSON");
        for example in file["examples"].as_array().expect("a list of examples") {
            let text = example[2].as_str().expect("Markdown");
            check(text);
            check(&["> ", &text.replace('\n', "\n> "), "\n"].concat());
            check(&["- ", &text.replace('\n', "\n  "), "\n"].concat());
            check(&["x[^1]\n\n[^1]: ", &text.replace('\n', "\n    "), "\n"].concat());
        }
    }
}

#[test]
fn re13_hostile_payloads_in_every_context() {
    let contexts: &[(&str, &str)] = &[
        ("", ""),
        ("é😀 ", " text"),
        ("> - ", ""),
        ("# ", ""),
        ("| a | b |\n|---|---|\n| ", " | x |"),
        ("<details><summary>x</summary>\n\n", "\n\n</details>"),
        ("<div>", ""),
        ("<pre>\n", ""),
        ("[link ", "](https://example.org)"),
        ("![", "](javascript:x)"),
        ("```html\n", "\n```"),
        ("x[^1]\n\n[^1]: ", ""),
        ("- [ ] ", ""),
        ("==", "=="),
        ("> [!NOTE] ", ""),
        ("---\ntitle: é😀\n---\n\n", ""),
        ("<table><tr>", ""),
        ("[ref]: ", "\n\n[ref]"),
        ("`", "`"),
    ];
    for payload in include_str!("payloads.txt").lines() {
        for (before, after) in contexts {
            check(&[before, payload, after].concat());
        }
    }
}

/// What the random texts are made of.
const PIECES: &[&str] = &[
    "word ",
    "é",
    "😀",
    "漢",
    " ",
    "  \n",
    "\n",
    "\n\n",
    "\\\n",
    "\\",
    "\\*",
    "\\\\",
    "&amp;",
    "&#x1F600;",
    "&nGg;",
    "&",
    "*",
    "**",
    "_",
    "~~",
    "==",
    "= =",
    "\\==",
    "`",
    "``",
    "` ",
    " `",
    "\n> ",
    "\n- ",
    "\n  - ",
    "\n1. ",
    "\n- [ ] ",
    "\n- [x] ",
    "\n# ",
    "\n## \t",
    "\n===\n",
    "\n| a | b |\n|---|:-:|\n| ",
    " | ",
    "\\|",
    "`a\\|b`",
    " |\n",
    "\n```rust\n",
    "\n```\n",
    "\n    code",
    "\n\tcode",
    "\t",
    "www.a.org/x ",
    "https://é.org/😀)",
    "a@b.org",
    "[a](x)",
    "[a *b*][r]",
    "\n\n[r]: /x\n\n",
    "![alt `c`](x)",
    "![a\\*b](javascript:x)",
    "[^1]",
    "![^1]",
    "\n\n[^1]: note ",
    "\n\n[^1]: > quote\n",
    "\n    more",
    "<b>",
    "</b>",
    "<div>\n",
    "</div>\n",
    "<pre>\n",
    "</pre>",
    "<details>\n\n",
    "</details>\n\n",
    "<unknown a=\"\n>\">",
    "<!-- é -->",
    "<table><tr><td>",
    "&lt;",
    "&copy;",
    "\nterm\n: ",
    "\n> [!NOTE]",
    "\n> [!tip] own ",
    "\0",
    "\u{a0}",
    "---\n",
    "{#id}",
    "$a$",
    "$",
    "$$",
    "\\$",
    "\n\n[TOC]\n\n",
    "\n\n{% youtube dQw4w9WgXcQ %}\n",
    "\n\n{% embed https://example.org/é %}\n\n",
    "\n```math\n",
    "\n```mermaid\n",
    "$\\frac{a}{b}$",
    "$\\bad$",
    ":tada:",
    ":+1:",
    "\n:+1: x",
    "\n:x",
    "\n> :`a\n> :.b` ",
    "\\:tada:",
    ":smile::heart:",
    "++",
    "\n:::note\n",
    "\n:::tip A *title* :tada:\n",
    "\n::: details\n",
    "\n:::\n",
    "\n:::unknown\n",
    "\n*[word]: A long word\n",
    "\n*[é]: e\n",
];

#[test]
fn re13_random_texts() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_126);
    let mut random = Random::new(seed);
    for round in 0..6_000 {
        let text: String = (0..random.below(30)).map(|_| random.pick(PIECES)).collect();
        let outcome = std::panic::catch_unwind(|| check(&text));
        assert!(outcome.is_ok(), "SEED={seed} round {round}: {text:?}");
    }
}

/// RE13 and RE14 of one text.
fn check(text: &str) {
    let source: Vec<u16> = text.encode_utf16().collect();
    let html = render(text, &Options::default());
    let mut last = 0;
    for block in html.blocks() {
        let shown = content(block.html);
        let map = block.map();
        assert_eq!(map.text_len as usize, shown.len(), "{text:?}\n{}", block.html);
        let mut end = 0;
        let mut last_run = None;
        let mut reached = block.source;
        let footnotes = block.html.contains("<section class=\"footnotes\"");
        for run in &map.runs {
            let why = || format!("{run:?} of {:?}\n{text:?}\n{}", map.runs, block.html);
            assert!(run.text >= end && run.text_len > 0 && run.text + run.text_len <= map.text_len, "{}", why());
            let from = block.source + run.source;
            assert!((from + run.source_len) as usize <= source.len() && run.source_len > 0, "{}", why());
            assert!(from >= reached || footnotes, "{}", why());
            assert!(unmapped(&shown[end as usize..run.text as usize], last_run, text), "{}", why());
            compare(&shown, &source, block, run, text, &why);
            end = run.text + run.text_len;
            last_run = Some(*run);
            reached = from + run.source_len;
        }
        assert!(unmapped(&shown[end as usize..], last_run, text), "{:?}\n{text:?}\n{}", map.runs, block.html);
        assert!(block.source >= last || footnotes, "{text:?}");
        last = block.source;
    }
}

/// Text without a run behind another. Where a text stands for other source of its length, its last unit has none, or
/// each unit would stand for one.
fn unmapped(text: &[u16], last: Option<Run>, whole: &str) -> bool {
    let spare = last.is_some_and(|run| run.text_len + 1 == run.source_len);
    blank(text, whole) || spare && blank(text.get(1..).unwrap_or_default(), whole)
}

/// The text and the source of a run are the same, or one of the known ways to write one thing.
fn compare(shown: &[u16], source: &[u16], block: Block<'_>, run: &Run, whole: &str, why: &dyn Fn() -> String) {
    let slice = |of: &[u16], from: u32, len: u32| String::from_utf16_lossy(&of[from as usize..(from + len) as usize]);
    let text = slice(shown, run.text, run.text_len);
    let from = slice(source, block.source + run.source, run.source_len);
    let (first, end) = (from.chars().next().unwrap_or(' '), from.chars().next_back().unwrap_or(' '));
    let known = if run.text_len == run.source_len {
        let breaks = |text: &str| text.replace('\n', " ").replace('\0', "\u{fffd}");
        // A formula of one letter in a fence is that letter, or another form of it.
        breaks(&text) == breaks(&from) || run.text_len == 1 && whole.contains("```math")
    } else {
        first == '&' && end == ';'
            || first == '\\' && from[1..] == text
            || from.starts_with("[^") && end == ']' && text.parse::<u32>().is_ok()
            || from.starts_with("[!") && end == ']'
            || from.starts_with(':') && from.ends_with(':')
            || from.starts_with(":::")
            || from.starts_with('$') && from.ends_with('$')
            || whole.contains("```math")
            || from.eq_ignore_ascii_case("[toc]")
            || from.starts_with("{%") && from.ends_with("%}")
            || text == "\n" && end == '\n'
            || text == " " && end == '\n'
    };
    assert!(known, "{text:?} is not {from:?}\n{}", why());
}

/// Text that has no source: what the writer puts between elements, tabs made spaces, ways back from footnotes, and what
/// stands for a raw image that may not be shown.
fn blank(text: &[u16], whole: &str) -> bool {
    let text = String::from_utf16_lossy(text);
    let plain = text.chars().all(|char| char.is_whitespace() || char == '↩');
    plain || whole.to_ascii_lowercase().contains("<img")
}

/// The block's `textContent`, as UTF-16.
fn content(html: &str) -> Vec<u16> {
    let mut text = String::new();
    let mut rest = html;
    while let Some(first) = rest.chars().next() {
        let len = match first {
            '<' => {
                let tag = rest.find('>').expect("a tag ends") + 1;
                tag + usize::from(rest.starts_with("<pre") && rest[tag..].starts_with('\n'))
            }
            '&' => {
                let len = rest.find(';').expect("a reference ends") + 1;
                text.push_str(&decode(&rest[..len]));
                len
            }
            _ => {
                text.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[len..];
    }
    text.encode_utf16().collect()
}

fn decode(reference: &str) -> String {
    let names = [
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&copy;", "©"),
        ("&nGg;", "⋙\u{338}"),
        ("&nbsp;", "\u{a0}"),
        ("&Tab;", "\t"),
        ("&NewLine;", "\n"),
        ("&colon;", ":"),
        ("&ouml;", "ö"),
        ("&auml;", "ä"),
        ("&lpar;", "("),
        ("&rpar;", ")"),
        ("&sol;", "/"),
        ("&apos;", "'"),
    ];
    let code = match reference.trim_end_matches(';').strip_prefix("&#") {
        Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(&hex[1..], 16).ok(),
        Some(number) => number.parse().ok(),
        None => return names.iter().find(|it| it.0 == reference).map_or(reference, |it| it.1).to_owned(),
    };
    code.and_then(char::from_u32).filter(|char| *char != '\0').unwrap_or('\u{fffd}').to_string()
}
