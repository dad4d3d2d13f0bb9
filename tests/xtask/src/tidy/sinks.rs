//! Sinks: every place that can turn words into more than words has a row in `tests/browser/xss/sinks.txt`, which names
//! the sink of the hostile tests that tries it.
//!
//! A row is `file | what | how many | sinks`: one for all places of one kind in one file. Invariant: a place without a
//! row is a violation, and so are a row without a place, another number of places, and a sink that is not there.

use std::collections::{BTreeMap, BTreeSet};

use super::blank::{Keep, blank};
use super::{File, Tree, Violation};

const TABLE: &str = "tests/browser/xss/sinks.txt";
const SINKS: &str = "tests/browser/xss/sinks/";

/// Kinds of places in what runs in a browser.
const PAGE: &[&str] = &[
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "DOMParser",
    "setHTML",
    "parseHTMLUnsafe",
    "createContextualFragment",
    "dangerouslySetInnerHTML",
    "document.write",
    "srcdoc",
    "createPolicy(",
    "createHTML(",
    "createScriptURL(",
    "eval(",
    "new Function(",
    "import(",
    "new Worker(",
    "postMessage(",
    ".onmessage",
    "\"message\"",
    "BroadcastChannel(",
    "window.open(",
    "location.assign(",
    "location.replace(",
    "location.href =",
    "cssText",
    "insertRule(",
    "style={",
    "href={",
    "src={",
    "action={",
    ".href =",
    ".src =",
    "setAttribute(",
    "XMLSerializer(",
    "javascript:",
];

/// Ways to write one that hold no words of anybody's.
const HARMLESS: &[&str] =
    &["import(\"", "setAttribute(\"aria-", "setAttribute(\"data-", "setAttribute(\"role\"", "setAttribute(\"sandbox\""];

/// Kinds of places in what the server writes.
const WRITTEN: &[&str] = &["|safe", "|urlencode", "text/html", "render::Html", "PreEscaped"];

/// Places without a row and rows without a place.
pub fn check(tree: &Tree) -> Vec<Violation> {
    let Some(table) = tree.file(TABLE) else { return Vec::new() };
    let known = sinks(tree);
    let mut violations = Vec::new();
    let mut rows: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for (number, line) in table.text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty())
    {
        let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let [path, what, count, by] = cells.as_slice() else {
            violations.push(table.violation(number + 1, "a row is `file | what | how many | sinks`"));
            continue;
        };
        rows.insert((path, what), (number + 1, count.parse().unwrap_or_default()));
        for sink in by.split(',').map(str::trim).filter(|sink| !sink.starts_with("none: ") && !known.contains(*sink)) {
            violations.push(table.violation(number + 1, format!("there is no sink `{sink}`")));
        }
    }
    for file in tree.files.iter().filter(|file| is_looked_at(file)) {
        for (what, count) in places(file) {
            match rows.remove(&(file.path.as_str(), what)) {
                Some((_, listed)) if listed == count => {}
                Some((line, listed)) => violations.push(table.violation(
                    line,
                    format!(
                        "{}: {count} places with `{what}`, not {listed}: say which sink tries the new one",
                        file.path
                    ),
                )),
                None => violations.push(file.violation(
                    1,
                    format!(
                        "{count} places with `{what}` and no row in {TABLE}: `{} | {what} | {count} | <sink>`",
                        file.path
                    ),
                )),
            }
        }
    }
    violations.extend(
        rows.iter().map(|((path, what), (line, _))| table.violation(*line, format!("{path} has no `{what}` any more"))),
    );
    violations
}

/// The front end, the templates and the server, without their tests.
fn is_looked_at(file: &File) -> bool {
    let script = [".ts", ".tsx"].iter().any(|end| file.path.ends_with(end)) && file.path.starts_with("web/src/");
    let written = file.path.starts_with("server/templates/") || file.path.starts_with("server/src/");
    (script || written) && !file.is_test()
}

/// How many places of each kind.
fn places(file: &File) -> Vec<(&'static str, usize)> {
    let (kinds, text) = if file.path.starts_with("web/") {
        (PAGE, blank(&file.path, &file.text, Keep::Strings))
    } else if file.path.ends_with(".html") {
        (WRITTEN, file.text.clone())
    } else {
        let code = blank(&file.path, &file.text, Keep::Strings);
        let end = code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len());
        (WRITTEN, code[..end].to_owned())
    };
    let found = kinds.iter().map(|kind| {
        let harmless = HARMLESS.iter().filter(|spelled| spelled.starts_with(kind));
        (*kind, text.matches(kind).count() - harmless.map(|spelled| text.matches(spelled).count()).sum::<usize>())
    });
    found.filter(|(_, count)| *count > 0).collect()
}

/// The names of the sinks there are.
fn sinks(tree: &Tree) -> BTreeSet<&str> {
    let files = tree.files.iter().filter(|file| file.path.starts_with(SINKS));
    files
        .flat_map(|file| file.text.split("\n  name: \"").skip(1))
        .filter_map(|rest| rest.split_once('"').map(|(name, _)| name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(table: &str, code: &str) -> Tree {
        let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
        let sink = "export const page: Sink = {\n  name: \"page\",\n};\n";
        Tree {
            files: vec![file(TABLE, table), file("tests/browser/xss/sinks/texts.ts", sink), file("web/src/a.ts", code)],
        }
    }

    fn says(table: &str, code: &str) -> Vec<String> {
        check(&tree(table, code)).into_iter().map(|violation| violation.what).collect()
    }

    #[test]
    fn xs3_a_place_without_a_row_is_a_violation() {
        let code = "// innerHTML is not meant\nelement.innerHTML = said;\n";
        assert!(says("", code)[0].contains("1 places with `innerHTML` and no row"));
        assert_eq!(says("web/src/a.ts | innerHTML | 1 | page\n", code), Vec::<String>::new());
        assert!(says("web/src/a.ts | innerHTML | 2 | page\n", code)[0].contains("not 2"));
        assert!(says("web/src/a.ts | innerHTML | 1 | nowhere\n", code)[0].contains("no sink `nowhere`"));
        assert!(
            says("web/src/a.ts | innerHTML | 1 | page\nweb/src/a.ts | srcdoc | 1 | page\n", code)[0]
                .contains("any more")
        );
    }
}
