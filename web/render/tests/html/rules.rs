//! What may stand in an `Html`, as a list of its own: never the renderer's, so that a hole in that one shows.

use std::collections::HashSet;

use render::{Options, render};

use super::{Token, depth, strict};

const ELEMENTS: &str = "a abbr article aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em \
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark nav ol p picture pre q rp rt ruby s samp section small source span \
    strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr";

const ATTRIBUTES: &str = "align alt aria-label checked class colspan data-diagram data-embed data-id data-line datetime decoding dir disabled height href id lang \
    loading media open rel reversed role rowspan scope sizes span src srcset start tabindex title type value width";

const CLASSES: &str = "block table tasks task done alert alert-note alert-tip alert-important alert-warning alert-caution \
    alert-title left center num footnotes footnote-ref footnote-back notice toc embed \
    diagram math bad k s c n m i d";

/// RE4, RE5, RE6 and RE9 of one text.
pub fn check(text: &str) {
    let html = render(text, &Options::default());
    let mut ids = HashSet::new();
    let mut joined = String::new();
    for block in html.blocks() {
        joined.push_str(block.html);
        let tokens = strict(block.html).unwrap_or_else(|error| panic!("{error}\n{text:?}\n{}", block.html));
        let deepest = depth(&tokens).unwrap_or_else(|error| panic!("{error}\n{text:?}\n{}", block.html));
        assert!(deepest <= 64, "{deepest} deep: {text:?}");
        assert!(tokens.first().is_some_and(opens_block), "{text:?} begins with {:?}", tokens.first());
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

/// `<div class="block">`, perhaps with its direction.
fn opens_block(token: &Token) -> bool {
    let Token::Start { name, attributes } = token else { return false };
    let [(class, block), rest @ ..] = attributes.as_slice() else { return false };
    let directed = |(name, value): &(String, String)| name == "dir" && listed("ltr rtl auto", value);
    name == "div"
        && (class.as_str(), block.as_str()) == ("class", "block")
        && rest.len() <= 1
        && rest.iter().all(directed)
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
