//! What is in an `Html` is harmless (RE4-RE6): hostile payloads in every context, and texts made at random from
//! dangerous tokens, read back by a strict reader that knows its own list of what may be there.

mod html;

use html::Random;
use html::rules::check;

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
#[cfg(feature = "full")]
fn re17_a_number_that_is_none_does_not_stop_the_parser() {
    let shown = |formula: &str| {
        let html = render::render(&format!("$${formula}$$"), &render::Options::default());
        html.blocks().any(|block| block.html.contains("<math"))
    };
    for torn in ["\\char é", "\\begin{alignat}{é}a&b\\end{alignat}", "\\begin{alignedat} {ü}a\\end{alignedat}"] {
        assert!(!shown(torn), "{torn}");
    }
    for whole in ["\\char65", "\\begin{alignat}{2}a&=\\text{é}\\end{alignat}", "\\text{é}"] {
        assert!(shown(whole), "{whole}");
    }
}

#[test]
fn re17_a_colour_that_is_none_does_not_stop_the_parser() {
    for colour in ["#0é00f", "#é0000", "#0000é", "#😀00", "#日本"] {
        for command in ["color", "textcolor", "colorbox", "fcolorbox{red}"] {
            check(&format!("$\\{command}{{{colour}}}{{x}}$"));
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
