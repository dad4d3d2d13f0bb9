//! Tidy: what every file of the project must keep to, checked on the text of the tree.
//!
//! Why: a rule that nobody checks is a wish. Invariant: each rule is a pure function from a [`Tree`] to violations, so
//! its tests plant a violation in a made-up tree; an exception is a name with its reason, and one that is no longer
//! needed is a violation itself. Next: `tidy/sizes.rs`, `tidy/words.rs`, `tidy/crates.rs`, `tidy/spec.rs`,
//! `tidy/tree.rs`, `tidy/licences.rs`, `tidy/sinks.rs`.

use std::fmt;

use crate::project;

mod blank;
mod crates;
mod licences;
mod sinks;
mod sizes;
mod spec;
#[cfg(test)]
mod tests;
mod tree;
mod words;

/// Checks the whole tree; every violation is printed.
pub fn tidy() -> Result<(), String> {
    let tree = Tree::read()?;
    let mut violations: Vec<Violation> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    violations.extend(licences::check(&tree, &licences::metadata()?));
    violations.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    for violation in &violations {
        println!("{violation}");
    }
    match violations.len() {
        0 => Ok(()),
        1 => Err("tidy: 1 violation".into()),
        count => Err(format!("tidy: {count} violations")),
    }
}

/// The rules that need nothing but the tree.
const RULES: [fn(&Tree) -> Vec<Violation>; 6] =
    [sizes::check, words::check, crates::check, spec::check, tree::check, sinks::check];

/// The text files of the project.
pub struct Tree {
    files: Vec<File>,
}

/// One text file.
pub struct File {
    /// Relative to the root, with `/`.
    path: String,
    text: String,
}

impl Tree {
    fn read() -> Result<Tree, String> {
        let mut files = Vec::new();
        for path in project::files()? {
            let bytes = std::fs::read(project::root().join(&path)).map_err(|error| format!("{path}: {error}"))?;
            // What is not UTF-8 is a picture, a font or a corpus: it stays in the tree by name, without text.
            files.push(File { path, text: String::from_utf8(bytes).unwrap_or_default() });
        }
        Ok(Tree { files })
    }

    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    fn with(&self, extensions: &[&str]) -> impl Iterator<Item = &File> {
        let extensions: Vec<String> = extensions.iter().map(|extension| format!(".{extension}")).collect();
        self.files.iter().filter(move |file| extensions.iter().any(|extension| file.path.ends_with(extension)))
    }
}

impl File {
    /// Whether it holds tests and nothing that ships.
    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        self.path.starts_with("tests/")
            || self.path.split('/').any(|folder| folder == "tests" || folder == "test")
            || ["tests", "sim", "contract", "build"].contains(&stem)
            || self.path.split('/').any(|folder| ["sim", "contract", "examples", "benches"].contains(&folder))
            || name.contains(".test.")
    }

    fn violation(&self, line: usize, what: impl Into<String>) -> Violation {
        Violation { path: self.path.clone(), line, what: what.into() }
    }
}

/// One broken rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Violation {
    path: String,
    line: usize,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}
