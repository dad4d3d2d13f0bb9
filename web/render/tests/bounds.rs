//! Texts made to hurt (RE9, RE10): whatever they are, the output is bounded, nested at most 64 deep and well
//! formed. No clock here: for times run the example `bench`, which reads the same list.

mod html;
#[path = "bounds/pathological.rs"]
mod pathological;

use html::{depth, strict};
use pathological::pathological;
use render::{Options, render};

/// As in `src/limits.rs`: sixteen bytes for one, at least a megabyte, at most 32.
fn output_bytes_max(text_bytes: usize) -> usize {
    (text_bytes * 16).clamp(1 << 20, 32 << 20)
}

#[test]
fn re10_output_is_bounded_and_re9_shallow() {
    for (name, text) in pathological(2_000) {
        let html = render(&text, &Options::default());
        // One event may go over before it is noticed, and the footnotes' list comes last.
        let bytes_max = output_bytes_max(text.len()) + (4 << 20);
        assert!(html.body().len() <= bytes_max, "{name}: {} -> {} bytes", text.len(), html.body().len());
        let tokens = strict(html.body()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let deepest = depth(&tokens).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(deepest <= 64, "{name}: {deepest} deep");
    }
}

#[test]
fn re10_a_task_that_is_a_lone_backslash_over_a_line() {
    for (text, heading) in [
        ("- [ ] \\\n  -\n", "\\"),
        ("> 1. [x] \t\\\n>    ===", "\\"),
        ("- [ ] a \\\n  -", "a \\"),
        ("# a {#b}\n\n- [X] \\\n  - \n", "a {#b}"),
    ] {
        let html = render(text, &Options::default());
        assert_eq!(html.outline()[0].text, heading, "{text:?}");
    }
}

#[test]
fn re10_a_notice_takes_the_place_of_the_rest() {
    let columns = 2_000;
    let text =
        ["|a".repeat(columns), "\n".to_owned(), "|-".repeat(columns), "\n".to_owned(), "|b\n".repeat(3_000)].concat();
    let html = render(&[text.as_str(), "\n\nafter\n"].concat(), &Options::default());
    assert!(html.body().len() < output_bytes_max(text.len()) + 10_000, "{}", html.body().len());
    let last = html.blocks().last().expect("a last block");
    assert!(last.html.starts_with("<div class=\"block\"><p class=\"notice\" role=\"note\">"), "{}", last.html);
    assert!(!html.body().contains("after"));
}

#[test]
fn re10_ordinary_texts_are_far_from_the_budget() {
    for unit in ["- a\n", "*a* ", "# a\n\n", "www.a.b ", "[a](b) ", "`a` ", "1 ", "> a\n\n", "---\n\n"] {
        let text = unit.repeat(200_000 / unit.len());
        let html = render(&text, &Options::default());
        assert!(!html.body().contains("class=\"notice\""), "{unit:?}: {} -> {}", text.len(), html.body().len());
    }
}
