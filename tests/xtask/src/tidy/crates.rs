//! Who may depend on whom: between crates by their manifests, between layers of the page by their imports.

use super::blank::{Keep, blank};
use super::{File, Tree, Violation};

/// Each crate's manifest and the crates of this workspace it may use in what it ships.
const INWARD: [(&str, &[&str]); 8] = [
    ("server", &["room", "storage", "render", "web"]),
    ("server/room", &[]),
    ("storage", &[]),
    ("web", &[]),
    ("web/render", &[]),
    ("tests", &["galley", "room", "storage", "render", "web"]),
    ("tests/load", &["room", "galley"]),
    ("tests/xtask", &[]),
];

/// What the pure core may use at all: anything else could do I/O.
const ROOM: [&str; 7] = ["yrs", "bytes", "thiserror", "uuid", "serde", "serde_json", "similar"];

/// A part that only some crates may know.
const OWNED: [(&str, &[&str]); 3] =
    [("yrs", &["server/room", "tests", "tests/load"]), ("sled", &["storage"]), ("pulldown-cmark", &["web/render"])];

/// Layers of the page: a folder, and the folders it may not import (types are free).
const LAYERS: [(&str, &[&str]); 4] = [
    ("web/src/session/", &["/editor/", "/preview/", "/ui/", "preact"]),
    ("web/src/editor/", &["/preview/", "/ui/", "preact\""]),
    ("web/src/preview/", &["/editor/", "/ui/", "preact\""]),
    ("web/src/ui/", &[]),
];

/// Dependencies that point the wrong way.
pub fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations: Vec<Violation> =
        INWARD.iter().flat_map(|(folder, uses)| manifest(tree, folder, uses)).collect();
    for (folder, forbidden) in LAYERS {
        let files = tree.with(&["ts", "tsx"]).filter(|file| file.path.starts_with(folder) && !file.is_test());
        violations.extend(files.flat_map(|file| imports(file, forbidden)));
    }
    violations
}

fn manifest(tree: &Tree, folder: &str, uses: &[&str]) -> Vec<Violation> {
    const OURS: [&str; 8] = ["galley", "room", "storage", "render", "web", "load", "tests", "xtask"];
    let Some(file) = tree.file(&format!("{folder}/Cargo.toml")) else { return Vec::new() };
    let judge = |(line, name): (usize, String)| {
        if OURS.contains(&name.as_str()) && !uses.contains(&name.as_str()) {
            return Some(file.violation(line, format!("`{name}`: {folder} may not depend on it")));
        }
        if folder == "server/room" && !ROOM.contains(&name.as_str()) {
            return Some(file.violation(line, format!("`{name}`: the room uses only {}", ROOM.join(", "))));
        }
        let (part, owners) = OWNED.iter().find(|(part, _)| *part == name)?;
        let owned = owners.contains(&folder);
        (!owned).then(|| file.violation(line, format!("`{part}`: only {} may know it", owners.join(", "))))
    };
    dependencies(&file.text).into_iter().filter_map(judge).collect()
}

/// (line, name) of what a manifest ships with; development dependencies are free.
fn dependencies(manifest: &str) -> Vec<(usize, String)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (number, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            inside = line.trim_end().trim_end_matches(']').ends_with("dependencies") && !line.contains("dev-");
        } else if inside && let Some((name, _)) = line.split_once(['.', '=', ' ']) {
            found.push((number + 1, name.trim().to_owned()));
        }
    }
    found.retain(|(_, name)| !name.is_empty() && !name.starts_with('#'));
    found
}

fn imports(file: &File, forbidden: &[&str]) -> Vec<Violation> {
    let text = blank(&file.path, &file.text, Keep::Strings);
    let mut violations = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let brings = (line.contains(" from \"") || line.contains("import(\"") || line.starts_with("import \""))
            && !line.trim_start().starts_with("import type ")
            && !line.trim_start().starts_with("export type ");
        let reached = forbidden
            .iter()
            .find(|layer| line.contains(&format!("\"..{layer}")) || line.contains(&format!("\"{layer}")));
        if let Some(layer) = reached.filter(|_| brings) {
            let layer = layer.trim_matches(['/', '"']);
            violations.push(file.violation(number + 1, format!("`{layer}`: this layer may not import it")));
        }
    }
    violations
}
