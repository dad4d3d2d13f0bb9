//! What is in an `Html` is harmless (RE4-RE6): hostile payloads in every context, and texts made at random from
//! dangerous tokens, read back by a strict reader that knows its own list of what may be there.

mod html;

use std::collections::HashSet;

use html::{Random, Token, depth, strict};
use render::{Options, render};

const ELEMENTS: &str = "a abbr article aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em \
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark nav ol p picture pre q rp rt ruby s samp section small source span \
    strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr";

const ATTRIBUTES: &str = "align alt aria-label checked class colspan data-diagram data-embed data-id data-line datetime decoding dir disabled height href id lang \
    loading media open rel reversed role rowspan scope sizes span src srcset start tabindex title type value width";

const CLASSES: &str = "block table tasks task done alert alert-note alert-tip alert-important alert-warning alert-caution \
    alert-title left center num footnotes footnote-ref footnote-back notice toc embed \
    diagram math bad k s c n m i d";

#[test]
fn re4_hostile_payloads_in_every_context() {
    let payloads: Vec<&str> = include_str!("payloads.txt").lines().filter(|line| !line.is_empty()).collect();
    assert!(payloads.len() >= 200, "only {} payloads", payloads.len());
    let contexts: &[(&str, &str)] = &[
        ("", ""),
        ("text ", " text"),
        ("> - ", ""),
        ("# ", ""),
        ("| a | b |\n|---|---|\n| ", " | x |"),
        ("<details><summary>x</summary>\n\n", "\n\n</details>"),
        ("<div>", ""),
        ("[link ", "](https://example.org)"),
        ("![", "](x)"),
        ("```html\n", "\n```"),
        ("x[^1]\n\n[^1]: ", ""),
        ("- [ ] ", ""),
        ("==", "=="),
        ("---\ntitle: ", "\n---\n\n# x"),
        ("<table><tr>", ""),
        ("[ref]: ", "\n\n[ref]"),
        ("$", "$"),
        ("$$\n", "\n$$"),
        ("$\\operatorname{", "}$"),
        ("$\\text{", "}$"),
        ("```math\n", "\n```"),
        ("```mermaid\n", "\n```"),
        (":::note ", "\nx\n:::"),
        (":::details\n", "\n:::"),
        ("*[abc]: ", "\n\nabc"),
        ("{% embed ", " %}"),
        ("{% embed https://youtu.be/", " %}"),
        ("{% youtube ", " %}"),
        ("[TOC]\n\n# ", ""),
        ("++", "++"),
    ];
    for payload in payloads {
        for (before, after) in contexts {
            check(&[before, payload, after].concat());
        }
    }
}

#[test]
fn re4_random_tokens() {
    let tokens = include_str!("payloads.txt").split_inclusive([' ', '>', '"', '=', '\n', '(', ')']).collect::<Vec<_>>();
    let joints = [
        "\n",
        "\n\n",
        "\n> ",
        "\n- ",
        "\n    ",
        "\n| ",
        "==",
        "**",
        "`",
        "[^1]: ",
        "[^1]",
        "$",
        "$$",
        "\n```math\n",
        "\n:::note ",
        "\n:::\n",
        "\n:::details ",
        "\n*[a]: ",
        "{% embed ",
        " %}",
        "\n[TOC]\n",
        ":tada:",
        "++",
        "{",
        "}",
        "\\",
        "^",
        "_",
        "&",
        "<",
        "</",
        ">",
        "\"",
        "'",
        "\t",
        "]",
        "(",
    ];
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_124);
    let mut random = Random::new(seed);
    for round in 0..4_000 {
        let mut text = String::new();
        for _ in 0..random.below(24) {
            let from = if random.below(3) == 0 { &joints[..] } else { &tokens[..] };
            text.push_str(random.pick(from));
        }
        let outcome = std::panic::catch_unwind(|| check(&text));
        assert!(outcome.is_ok(), "SEED={seed} round {round}: {text:?}");
    }
}

/// RE4, RE5, RE6 and RE9 of one text.
fn check(text: &str) {
    let html = render(text, &Options::default());
    let mut ids = HashSet::new();
    let mut joined = String::new();
    for block in html.blocks() {
        joined.push_str(block.html);
        let tokens = strict(block.html).unwrap_or_else(|error| panic!("{error}\n{text:?}\n{}", block.html));
        let deepest = depth(&tokens).unwrap_or_else(|error| panic!("{error}\n{text:?}\n{}", block.html));
        assert!(deepest <= 64, "{deepest} deep: {text:?}");
        let opened = Token::Start { name: "div".into(), attributes: vec![("class".into(), "block".into())] };
        assert_eq!(tokens.first(), Some(&opened));
        assert_eq!(tokens.last(), Some(&Token::End("div".into())));
        assert!(
            depth(&tokens[1..tokens.len() - 1]).is_ok(),
            "the block's own element must be the last to close: {text:?}"
        );
        mathematics(&tokens, text);
        for token in &tokens {
            if let Token::Start { attributes, .. } = token {
                for (_, id) in attributes.iter().filter(|(name, _)| name == "id") {
                    assert!(ids.insert(id.clone()), "{id} twice: {text:?}");
                }
            }
        }
    }
    assert_eq!(joined, html.body(), "the body is its blocks");
}

/// MathML's elements: those that hold elements, and those that hold text.
const MATH: &str = "math mrow mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd";
const MATH_TEXT: &str = "mi mn mo mtext";

const MATH_ATTRIBUTES: &str = "display displaystyle scriptlevel mathvariant mathcolor mathbackground stretchy symmetric largeop \
    movablelimits minsize maxsize width height depth linethickness";

const MATH_CLASSES: &str = "small cell-left cell-right menv-alignlike menv-align menv-arraylike menv-cases menv-cells-left \
    menv-cells-right menv-multline menv-left-solid menv-left-dashed menv-right-solid menv-right-dashed menv-hline menv-hdashline";

/// RE17 of one block: inside `<math>` nothing but MathML, text only in elements without children, outside of it none.
fn mathematics(tokens: &[Token], text: &str) {
    let mut open: Vec<&str> = Vec::new();
    for token in tokens {
        let math = !open.is_empty();
        match token {
            Token::Start { name, attributes } if math || name == "math" => {
                assert!(open.last().is_none_or(|last| listed(MATH, last)), "<{name}> in text of {text:?}");
                assert!(listed(MATH, name) || listed(MATH_TEXT, name), "<{name}> in a formula of {text:?}");
                assert!(name != "math" || open.is_empty(), "a formula in a formula in {text:?}");
                for (name, value) in attributes {
                    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"#.-".contains(&byte);
                    let ok = match name.as_str() {
                        "class" => value.split(' ').all(|class| listed(MATH_CLASSES, class)),
                        _ => listed(MATH_ATTRIBUTES, name) && value.bytes().all(plain),
                    };
                    assert!(ok, "{name}={value:?} in a formula of {text:?}");
                }
                open.push(name);
            }
            Token::Start { name, attributes } => element(name, attributes, text),
            Token::End(_) => drop(open.pop()),
            Token::Text(words) => {
                assert!(open.last().is_none_or(|last| listed(MATH_TEXT, last)), "{words:?} in a formula of {text:?}")
            }
        }
    }
}

fn element(name: &str, attributes: &[(String, String)], text: &str) {
    assert!(listed(ELEMENTS, name), "<{name}> in {text:?}");
    for (attribute, value) in attributes {
        let ok = listed(ATTRIBUTES, attribute)
            && match attribute.as_str() {
                "href" => {
                    address(value, &["http", "https", "mailto", "tel", "sms", "ftp", "xmpp", "irc", "ircs", "matrix"])
                }
                "src" => {
                    address(value, &["http", "https"]) || value.starts_with("data:image/") && !value.contains("svg")
                }
                "srcset" => value.split(',').all(|part| address(part.trim(), &["http", "https"])),
                "id" => value.starts_with("u-") || value.starts_with("fn-") || value.starts_with("fnref-"),
                "class" => {
                    value.split(' ').all(|class| listed(CLASSES, class))
                        || (name == "code" && value.starts_with("language-"))
                }
                "data-diagram" => name == "figure" && value == "mermaid",
                "data-embed" => name == "a" && listed("youtube vimeo codepen gist codesandbox stackblitz", value),
                "data-id" => {
                    name == "a" && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte))
                }
                "type" => value == "checkbox" && name == "input" || name == "ol",
                _ => true,
            };
        assert!(ok, "{attribute}={value:?} on <{name}> in {text:?}");
    }
    let has = |wanted: &str| attributes.iter().any(|(name, _)| name == wanted);
    assert!(name != "input" || has("disabled"), "a live input in {text:?}");
    let foreign = |value: &str| ["http:", "https:", "//"].iter().any(|start| value.starts_with(start));
    let external = attributes.iter().any(|(name, value)| name == "href" && foreign(value));
    assert!(!external || has("rel"), "no rel in {text:?}");
}

fn listed(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// Has one of these schemes, or none as the URL standard reads it.
fn address(value: &str, schemes: &[&str]) -> bool {
    let value: String = value.chars().filter(|char| !char.is_control()).collect();
    let value = value.trim().to_ascii_lowercase();
    let Some((scheme, _)) = value.split_once(':') else { return true };
    let named = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    !named || schemes.contains(&scheme)
}
