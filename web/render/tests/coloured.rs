//! Code (RE12): colours are classes, and taking them away gives back exactly the code that was written.

mod html;

use html::{Random, Token, strict};
use render::{Options, render};

const LANGUAGES: &[&str] = &[
    "rust",
    "js",
    "ts",
    "python",
    "go",
    "c",
    "cpp",
    "cs",
    "java",
    "kotlin",
    "swift",
    "ruby",
    "php",
    "bash",
    "sql",
    "lua",
    "json",
    "yaml",
    "toml",
    "ini",
    "html",
    "css",
    "diff",
    "dockerfile",
    "makefile",
];

#[test]
fn re12_colours_change_no_character() {
    let tokens = [
        "\"", "'", "`", "\\", "/*", "*/", "//", "#", "--", "[[", "]]", "{-", "-}", "<!--", "-->", "<a b=\"", ">",
        "</a>", "r#\"", "\"#", "\"\"\"", "fn", "return ", "SELECT ", "0x1F", "1.5", " ", "\n", "\t", "é漢", "😀",
        "a.b", ": ", "= ", "@x", "$y", "+", "-", "@@", "key",
    ];
    let mut random = Random::new(12);
    for language in LANGUAGES {
        for _ in 0..200 {
            let code: String = (0..random.below(40)).map(|_| random.pick(&tokens)).collect::<String>() + "\nend\n";
            let html = render(&format!("`````{language}\n{code}`````\n"), &Options::default());
            let tokens = strict(html.body()).expect("well-formed");
            let text: String = tokens
                .iter()
                .filter_map(|token| if let Token::Text(text) = token { Some(text.as_str()) } else { None })
                .collect();
            assert_eq!(text, code, "{language}");
        }
    }
}

#[test]
fn re12_every_language_colours_something() {
    let sample =
        "fn if return SELECT null key: \"text\" 12 # c\n<a href=\"x\">\n+added\nRUN x\n@media { a: b }\n$x = 1 ifeq\n";
    for language in LANGUAGES {
        let html = render(&format!("```{language}\n{sample}```\n"), &Options::default());
        assert!(html.body().contains("<span class=\""), "{language}");
    }
    let plain = render(&format!("```unheard-of\n{sample}```\n"), &Options::default());
    assert!(!plain.body().contains("<span") && plain.body().contains("class=\"language-unheard-of\""));
}
