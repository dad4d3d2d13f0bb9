//! The allow-list: which raw HTML elements a document may use, where, and with which attributes.
//!
//! What is not here becomes text. No element that runs, loads, submits or reads raw text (script, style, iframe,
//! svg, math, form, template, textarea, title, noscript…) may ever be added: `raw.rs` relies on every element
//! here being read by browsers as ordinary markup. No `class`, `style` or `name` either: a document must not be
//! able to dress up as the application.

/// How an element nests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Goes inside a line of text; closes with the block it is in.
    Inline,
    /// Has no content.
    Void,
    /// A block of text (p, h1, pre): ends where another block begins.
    Leaf,
    /// Holds blocks and stays open across Markdown blocks until its end tag.
    Container,
    /// A container whose children must be of certain kinds (table, tr): other content closes it.
    Frame,
}

/// One allowed element.
pub(crate) struct Element {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Elements it may only stand directly in; empty: anywhere.
    pub(crate) parents: &'static [&'static str],
    /// Open elements its start ends (`<li>` ends the `li` before it), down to the nearest parent.
    pub(crate) ends: &'static [&'static str],
    /// Attributes beside the global ones.
    attributes: &'static [(&'static str, Value)],
}

/// What an attribute's value must be.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    /// Any text.
    Text,
    /// Nothing: the attribute stands alone.
    Flag,
    /// An id; written with the prefix.
    Id,
    /// A link's address.
    Link,
    /// An image's address.
    Image,
    /// Several images' addresses.
    ImageSet,
    /// Up to four digits, perhaps with `%`.
    Length,
    /// Up to four digits.
    Number,
    /// A word of letters, digits and `-:. ()`: a date, a language, a media condition.
    Plain,
    /// One of these.
    Of(&'static [&'static str]),
}

/// Looks an element up, in any case.
pub(crate) fn element(name: &str) -> Option<&'static Element> {
    ELEMENTS.iter().find(|element| element.name.eq_ignore_ascii_case(name))
}

/// How this attribute of this element is written and what its value must be; `None`: the attribute is left out.
pub(crate) fn attribute(element: &Element, name: &str) -> Option<(&'static str, Value)> {
    element.attributes.iter().chain(GLOBAL).find(|(allowed, _)| allowed.eq_ignore_ascii_case(name)).copied()
}

const GLOBAL: &[(&str, Value)] =
    &[("id", Value::Id), ("title", Value::Text), ("lang", Value::Plain), ("dir", Value::Of(&["ltr", "rtl", "auto"]))];

const ALIGN: (&str, Value) = ("align", Value::Of(&["left", "center", "right", "justify"]));
const CELL: &[(&str, Value)] = &[
    ALIGN,
    ("colspan", Value::Number),
    ("rowspan", Value::Number),
    ("scope", Value::Of(&["row", "col", "rowgroup", "colgroup"])),
];
const IN_TABLE: &[&str] = &["td", "th", "tr", "thead", "tbody", "tfoot", "caption", "colgroup"];

const fn inline(name: &'static str, attributes: &'static [(&'static str, Value)]) -> Element {
    Element { name, kind: Kind::Inline, parents: &[], ends: &[], attributes }
}

const fn block(name: &'static str, kind: Kind, attributes: &'static [(&'static str, Value)]) -> Element {
    Element { name, kind, parents: &[], ends: &[], attributes }
}

const fn part(
    name: &'static str,
    kind: Kind,
    parents: &'static [&'static str],
    ends: &'static [&'static str],
    attributes: &'static [(&'static str, Value)],
) -> Element {
    Element { name, kind, parents, ends, attributes }
}

static ELEMENTS: &[Element] = &[
    inline("a", &[("href", Value::Link), ("name", Value::Id)]),
    inline("abbr", &[]),
    inline("b", &[]),
    inline("bdi", &[]),
    inline("bdo", &[]),
    inline("cite", &[]),
    inline("code", &[]),
    inline("del", &[]),
    inline("dfn", &[]),
    inline("em", &[]),
    inline("i", &[]),
    inline("ins", &[]),
    inline("kbd", &[]),
    inline("mark", &[]),
    inline("picture", &[]),
    inline("q", &[]),
    inline("rp", &[]),
    inline("rt", &[]),
    inline("ruby", &[]),
    inline("s", &[]),
    inline("samp", &[]),
    inline("small", &[]),
    inline("span", &[]),
    inline("strong", &[]),
    inline("sub", &[]),
    inline("sup", &[]),
    inline("time", &[("datetime", Value::Plain)]),
    inline("u", &[]),
    inline("var", &[]),
    block("br", Kind::Void, &[]),
    block("hr", Kind::Void, &[]),
    block("wbr", Kind::Void, &[]),
    block(
        "img",
        Kind::Void,
        &[
            ("src", Value::Image),
            ("alt", Value::Text),
            ("width", Value::Length),
            ("height", Value::Length),
            ("align", Value::Of(&["left", "center", "right", "top", "middle", "bottom"])),
        ],
    ),
    part("source", Kind::Void, &["picture"], &[], &[("srcset", Value::ImageSet), ("media", Value::Plain)]),
    block("h1", Kind::Leaf, &[ALIGN]),
    block("h2", Kind::Leaf, &[ALIGN]),
    block("h3", Kind::Leaf, &[ALIGN]),
    block("h4", Kind::Leaf, &[ALIGN]),
    block("h5", Kind::Leaf, &[ALIGN]),
    block("h6", Kind::Leaf, &[ALIGN]),
    block("p", Kind::Leaf, &[ALIGN]),
    block("pre", Kind::Leaf, &[]),
    block("article", Kind::Container, &[]),
    block("aside", Kind::Container, &[]),
    block("blockquote", Kind::Container, &[]),
    block("details", Kind::Container, &[("open", Value::Flag)]),
    part("summary", Kind::Container, &["details"], &[], &[]),
    block("div", Kind::Container, &[ALIGN]),
    block("figure", Kind::Container, &[]),
    part("figcaption", Kind::Container, &["figure"], &[], &[]),
    block("section", Kind::Container, &[]),
    block(
        "ol",
        Kind::Container,
        &[("start", Value::Number), ("reversed", Value::Flag), ("type", Value::Of(&["1", "a", "A", "i", "I"]))],
    ),
    block("ul", Kind::Container, &[]),
    part("li", Kind::Container, &["ul", "ol"], &["li"], &[("value", Value::Number)]),
    block("dl", Kind::Container, &[]),
    part("dt", Kind::Container, &["dl"], &["dt", "dd"], &[]),
    part("dd", Kind::Container, &["dl"], &["dt", "dd"], &[]),
    block("table", Kind::Frame, &[ALIGN]),
    part("caption", Kind::Container, &["table"], IN_TABLE, &[]),
    part("colgroup", Kind::Frame, &["table"], IN_TABLE, &[("span", Value::Number)]),
    part("col", Kind::Void, &["colgroup"], &[], &[("span", Value::Number)]),
    part("thead", Kind::Frame, &["table"], IN_TABLE, &[]),
    part("tbody", Kind::Frame, &["table"], IN_TABLE, &[]),
    part("tfoot", Kind::Frame, &["table"], IN_TABLE, &[]),
    part(
        "tr",
        Kind::Frame,
        &["table", "thead", "tbody", "tfoot"],
        &["td", "th", "tr", "caption", "colgroup"],
        &[ALIGN],
    ),
    part("td", Kind::Container, &["tr"], &["td", "th"], CELL),
    part("th", Kind::Container, &["tr"], &["td", "th"], CELL),
];
