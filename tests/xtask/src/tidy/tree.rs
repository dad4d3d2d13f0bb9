//! The shape of the tree: its visible top level, and nothing in it that belongs to one machine.

use std::collections::BTreeSet;

use super::{Tree, Violation};

/// Everything a person sees at the root.
const TOP: [&str; 10] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "server",
    "storage",
    "tests",
    "web",
];

/// Paths and hosts of one machine. Written in pieces, so that this file keeps the rule.
const LOCAL: [&str; 9] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tmp/tar", "get-"),
    concat!("registry.npm", "js.org"),
    concat!("static.crates", ".io"),
    concat!("index.crates", ".io"),
    concat!("files.python", "hosted.org"),
    concat!("deb.deb", "ian.org"),
    concat!("proxy.go", "lang.org"),
];

/// A top level that is not exactly the agreed one, and traces of machines.
pub fn check(tree: &Tree) -> Vec<Violation> {
    let seen: BTreeSet<&str> = tree.files.iter().filter_map(|file| file.path.split('/').next()).collect();
    let visible = seen.iter().filter(|name| !name.starts_with('.'));
    let extra = visible.filter(|name| !TOP.contains(name)).map(|name| (*name, "does not belong at the root"));
    let missing = TOP.iter().filter(|name| !seen.contains(**name)).map(|name| (*name, "is missing at the root"));
    let violation =
        |(name, what): (&str, &str)| Violation { path: name.into(), line: 1, what: format!("`{name}` {what}") };
    extra.chain(missing).map(violation).chain(traces(tree)).collect()
}

fn traces(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in &tree.files {
        for (number, line) in file.text.lines().enumerate() {
            for trace in LOCAL.iter().filter(|trace| names(line, trace)) {
                violations.push(file.violation(number + 1, format!("`{trace}` belongs to one machine or registry")));
            }
        }
    }
    violations
}

/// Whether a line names an absolute path (not a folder inside another) or a host.
fn names(line: &str, trace: &str) -> bool {
    let inside = |before: char| before.is_alphanumeric() || ['.', '-', '_', '}', '~', '*'].contains(&before);
    line.match_indices(trace).any(|(at, _)| !trace.starts_with('/') || !line[..at].ends_with(inside))
}
