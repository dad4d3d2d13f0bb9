//! Two readers of HTML that are not ours: a strict one, and the one browsers' specification describes.
//!
//! Invariant: on what the renderer writes both see the same elements, attributes and text; where they differ, somebody's
//! browser would see something that was never judged.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

#[path = "../../../web/render/tests/html/mod.rs"]
pub mod own;

pub use own::Token;

/// What a browser sees in a `<div>` with this inside.
pub fn parsed(html: &str) -> Vec<Token> {
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let dom = parse_fragment(RcDom::default(), ParseOpts::default(), context, Vec::new(), false).one(html);
    let mut tokens = Vec::new();
    // A fragment lies in an element of its own.
    for root in dom.document.children.borrow().iter() {
        for child in root.children.borrow().iter() {
            walk(child, &mut tokens);
        }
    }
    tokens
}

/// Depth is bounded by the renderer (RE7), and whoever calls has looked.
fn walk(node: &Handle, tokens: &mut Vec<Token>) {
    match &node.data {
        NodeData::Text { contents } => push_text(contents.borrow().to_string(), tokens),
        NodeData::Element { name, attrs, .. } => {
            let attributes =
                attrs.borrow().iter().map(|it| (it.name.local.to_string(), it.value.to_string())).collect();
            tokens.push(Token::Start { name: name.local.to_string(), attributes });
            for child in node.children.borrow().iter() {
                walk(child, tokens);
            }
            if !own::VOID.contains(&&*name.local) {
                tokens.push(Token::End(name.local.to_string()));
            }
        }
        other => panic!("a browser sees {other:?}"),
    }
}

fn push_text(text: String, tokens: &mut Vec<Token>) {
    match tokens.last_mut() {
        Some(Token::Text(before)) => before.push_str(&text),
        _ => tokens.push(Token::Text(text)),
    }
}
