//! Front matter (RE11): what is read, what is not front matter, and what must not cost or leak anything.

use render::{Dir, Options, render};

fn front(inner: &str) -> render::Front {
    render(&format!("---\n{inner}\n---\nbody\n"), &Options::default()).front().clone()
}

#[test]
fn re11_fields_are_read() {
    let front = front(
        "title: A title # comment\ntags:\n  - one\n  - \"two, three\"\ndescription: |\n  a\n  b\nlang: en\ndir: ltr\n",
    );
    assert_eq!(front.title.as_deref(), Some("A title"));
    assert_eq!(front.tags, ["one", "two, three"]);
    assert_eq!(front.description.as_deref(), Some("a\nb"));
    assert_eq!((front.lang.as_deref(), front.dir, front.problem), (Some("en"), Some(Dir::Ltr), None));
    assert_eq!(self::front("tags: a, b ,a").tags, ["a", "b"]);
    assert_eq!(self::front("title: 'it''s'").title.as_deref(), Some("it's"));
    assert_eq!(self::front("title: 2026").title.as_deref(), Some("2026"));
    assert_eq!(self::front("title:\nlang: en").title, None);
}

#[test]
fn re11_not_front_matter() {
    for text in [
        "---\n\n# x\n---\n",
        "---\n---\n",
        "---\nno key\n---\n",
        "----\na: b\n---\n",
        " ---\na: b\n---\n",
        "text\n---\na: b\n---\n",
        "---\na: b\n",
        "---\nhttps://x\n---\n",
        "---\n- a: b\n---\n",
        "---",
        "---\n",
    ] {
        let html = render(text, &Options::default());
        assert_eq!(html.front(), &render::Front::default(), "{text:?}");
        assert_eq!(html.blocks().next().map(|block| block.line), Some(0), "{text:?}");
    }
}

#[test]
fn re11_hostile_values_stay_text_and_problems_are_told() {
    for value in [
        "&anchor x",
        "*alias",
        "!!js/function 'x'",
        "{a: b}",
        "[a, b",
        "\"unclosed",
        "'unclosed",
        "| x",
        "@x",
        "`x`",
        "%x",
    ] {
        let front = front(&format!("title: {value}"));
        assert!(front.title.is_none() && front.problem.is_some_and(|problem| problem.line == 1), "{value}");
    }
    for lang in ["x\" onload=\"alert(1)", "en us", "-", "toolonglanguage", "<b>", "e", "en-"] {
        let accepted = front(&format!("lang: {lang}")).lang;
        assert!(accepted.is_none() || lang == "e", "{lang} -> {accepted:?}");
    }
    assert!(front("dir: \"><script>").dir.is_none());
    assert_eq!(
        front("title: </title><script>alert(1)</script>").title.as_deref(),
        Some("</title><script>alert(1)</script>")
    );
    let html = render("---\ntitle: <b>\ndescription: <script>\n---\nx", &Options::default());
    assert_eq!(html.body(), "<div class=\"block\"><p>x</p></div>");
}

#[test]
fn re11_bounded() {
    let aliases: String = (0..100).map(|i| format!("a{i}: &a{i} [*a{}, *a{}]\n", i + 1, i + 1)).collect();
    assert!(front(&aliases).tags.is_empty());
    assert_eq!(front(&format!("tags: {}", (0..500).map(|i| format!("t{i},")).collect::<String>())).tags.len(), 64);
    assert_eq!(front(&format!("title: {}", "é".repeat(5_000))).title.map(|title| title.chars().count()), Some(1_000));
    let long = format!("---\ntitle: x\n{}---\nbody", "a: b\n".repeat(5_000));
    let html = render(&long, &Options::default());
    assert_eq!(html.front(), &render::Front::default(), "longer than front matter may be");
    assert_eq!(html.title().map(|title| title.chars().count()), Some(300), "a heading then, and a title is cut");
}
