//! One pair of files a feature (RE2): `golden/<feature>.md` and what it becomes, a block a line or more, with what
//! the document says about itself at the end. `BLESS=1 cargo test -p render --test golden` writes them again; read
//! the difference before committing it.

use std::fmt::Write;
use std::path::Path;

use render::{Html, Options, render};

#[test]
fn re2_golden_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let bless = std::env::var_os("BLESS").is_some();
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of golden files")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    names.sort();
    assert!(names.len() >= 15, "golden files are missing");
    for path in names {
        let text = std::fs::read_to_string(&path).expect("a readable golden text");
        let written = show(&render(&text, &Options::default()));
        let expected = path.with_extension("html");
        if bless {
            std::fs::write(&expected, &written).expect("a writable golden folder");
        }
        let known = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(known, written, "{} differs; BLESS=1 writes it again", expected.display());
    }
}

fn show(html: &Html) -> String {
    let mut shown = String::new();
    for block in html.blocks() {
        writeln!(shown, "{}", block.html).expect("a string grows");
    }
    let lines: Vec<_> = html.blocks().map(|block| format!("{}+{}", block.line, block.lines)).collect();
    writeln!(shown, "<!-- lines {}; {} words; title {:?}", lines.join(" "), html.words(), html.title())
        .expect("a string grows");
    writeln!(shown, "{:?}", html.front()).expect("a string grows");
    for heading in html.outline() {
        writeln!(shown, "{:?}", heading).expect("a string grows");
    }
    shown.push_str("-->\n");
    shown
}
