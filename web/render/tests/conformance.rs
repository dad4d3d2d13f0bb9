//! The examples of the CommonMark and GFM specifications (RE1). Both sides are normalised: our blocks, ids, line
//! numbers, colours and link attributes are taken away, since they are ours on purpose. What still differs
//! stands in a table below with its reason; an example that differs without being listed fails, and so does a
//! listed one that agrees.

mod html;

use html::{Token, VOID, lenient};
use render::{Options, render};

/// Why an example of a specification comes out differently here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// Raw HTML is written anew from the allow-list: unknown tags are text, comments are dropped, inline tags end
    /// with their block, attributes nobody needs are left out.
    Raw,
    /// The scheme is not one of those a link may have.
    Scheme,
    /// Bare addresses become links (GFM's extension, on in CommonMark's examples too; ours also finds more).
    Bare,
    /// The info string names no language.
    Info,
    /// The box of a task has its own markup.
    Task,
}

const COMMONMARK: &[(Why, &[u32])] = &[
    (
        Why::Raw,
        &[
            21, 31, 148, 150, 151, 152, 153, 154, 155, 164, 165, 167, 169, 170, 171, 172, 174, 175, 176, 177, 178, 179,
            183, 184, 187, 191, 201, 308, 309, 344, 475, 476, 477, 494, 524, 536, 613, 614, 615, 616, 617, 623, 625,
            626, 630, 631, 642, 643,
        ],
    ),
    (Why::Scheme, &[598, 599, 601]),
    (Why::Bare, &[602, 606, 608, 611, 612]),
    (Why::Info, &[144]),
];
const GFM: &[(Why, &[u32])] = &[
    (
        Why::Raw,
        &[
            118, 120, 121, 122, 123, 124, 125, 134, 135, 137, 139, 140, 141, 143, 144, 145, 146, 147, 148, 152, 153,
            156, 160, 170, 288, 289, 317, 327, 354, 484, 485, 486, 503, 532, 544, 632, 633, 634, 635, 636, 642, 644,
            645, 646, 650, 651, 653, 663, 664,
        ],
    ),
    (Why::Scheme, &[606, 607, 609]),
    (Why::Bare, &[610, 614, 616, 619, 620]),
    (Why::Info, &[114]),
    (Why::Task, &[279, 280]),
];

#[test]
fn re1_commonmark_examples() {
    compare(include_str!("spec/commonmark-0.31.2.json"), COMMONMARK);
}

#[test]
fn re1_gfm_examples() {
    compare(include_str!("spec/gfm-0.29.json"), GFM);
}

fn compare(file: &str, deviations: &[(Why, &[u32])]) {
    let file: serde_json::Value = serde_json::from_str(file).expect("the file of examples is JSON");
    let mut wrong = Vec::new();
    for example in file["examples"].as_array().expect("a list of examples") {
        let number = example[0].as_u64().expect("a number") as u32;
        let (markdown, expected) = (example[2].as_str().expect("Markdown"), example[3].as_str().expect("HTML"));
        let listed = deviations.iter().find(|(_, numbers)| numbers.contains(&number)).map(|(why, _)| *why);
        let ours = render(markdown, &Options::default());
        let (left, right) = (normal(&lenient(&with_bodies(expected))), normal(&lenient(&without_blocks(&ours))));
        if (left == right) == listed.is_some() {
            wrong.push(format!("{number} {listed:?} {markdown:?}\n   theirs {left}\n     ours {right}"));
        }
    }
    assert!(wrong.is_empty(), "{} examples:\n{}", wrong.len(), wrong.join("\n"));
}

/// As browsers read it: a raw row that stands in a table directly stands in a body.
fn with_bodies(html: &str) -> String {
    let raw = html.split_inclusive("<table>").collect::<Vec<_>>();
    let body = |piece: &str| match piece.trim_start().strip_prefix("<tr>") {
        Some(_) => format!("<tbody>{}", piece.replacen("</table>", "</tbody></table>", 1)),
        None => piece.to_owned(),
    };
    raw.into_iter().map(body).collect()
}

fn without_blocks(html: &render::Html) -> String {
    let inner = |block: render::Block<'_>| {
        block.html.strip_prefix("<div class=\"block\">").and_then(|html| html.strip_suffix("</div>")).map(str::to_owned)
    };
    html.blocks().map(|block| inner(block).expect("a block is one div")).collect::<Vec<_>>().join("\n")
}

const BLOCKS: &[&str] = &[
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "div",
    "details",
    "section",
    "br",
];

/// One line a token: what a reader of the page could tell apart, and nothing else.
fn normal(tokens: &[Token]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut preformatted = 0;
    let mut skipped: Vec<bool> = Vec::new();
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Text(more) => text.push_str(more),
            Token::Start { name, attributes } => {
                let ours = is_ours(name, attributes);
                if !VOID.contains(&name.as_str()) {
                    skipped.push(ours);
                }
                if !ours {
                    flush(&mut lines, &mut text, preformatted > 0, name);
                    preformatted += usize::from(name == "pre");
                    lines.push(format!("<{name}{}>", kept(name, attributes)));
                }
            }
            Token::End(name) => {
                if !skipped.pop().unwrap_or(false) {
                    flush(&mut lines, &mut text, preformatted > 0, name);
                    preformatted -= usize::from(name == "pre" && preformatted > 0);
                    lines.push(format!("</{name}>"));
                }
            }
        }
    }
    flush(&mut lines, &mut text, false, "p");
    lines.join("")
}

/// Writes gathered text; beside a block's tag, and at the start, white space at its edge means nothing.
fn flush(lines: &mut Vec<String>, text: &mut String, preformatted: bool, next: &str) {
    let after_block = lines
        .last()
        .is_none_or(|last| BLOCKS.contains(&last.trim_matches(['<', '>', '/']).split(' ').next().unwrap_or("")));
    let mut written = std::mem::take(text);
    if !preformatted {
        written = written.lines().collect::<Vec<_>>().join("\n");
        if after_block {
            written = written.trim_start().to_owned();
        }
        if BLOCKS.contains(&next) {
            written = written.trim_end().to_owned();
        }
    }
    if !written.is_empty() {
        lines.push(written.replace('&', "&amp;").replace('<', "&lt;"));
    }
}

/// Elements only we write: the box around a table, the colours in code.
fn is_ours(name: &str, attributes: &[(String, String)]) -> bool {
    match attributes.first() {
        Some((attribute, class)) if attribute == "class" => {
            (name == "div" && class == "table") || (name == "span" && class.len() == 1)
        }
        _ => false,
    }
}

fn kept(name: &str, attributes: &[(String, String)]) -> String {
    let cell = name == "td" || name == "th";
    let mut kept: Vec<String> = Vec::new();
    for (attribute, value) in attributes {
        match attribute.as_str() {
            "rel" | "tabindex" | "loading" | "decoding" | "data-line" | "id" => {}
            "class" if cell => kept.push(format!(" align={}", if value == "num" { "right" } else { value })),
            "href" => kept.push(format!(" href={}", value.replacen("#u-", "#", 1))),
            _ => kept.push(format!(" {attribute}={value}")),
        }
    }
    kept.sort();
    kept.concat()
}
