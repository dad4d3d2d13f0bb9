//! Numbered rules: each one in `tests/spec/*.md` is carried by a test, and a test names no rule that is not there.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, Tree, Violation};

/// Rules without a test, and tests that name no rule.
pub fn check(tree: &Tree) -> Vec<Violation> {
    let mut rules: BTreeMap<String, (&File, usize)> = BTreeMap::new();
    let mut violations = Vec::new();
    for file in tree.with(&["md"]).filter(|file| file.path.starts_with("tests/spec/")) {
        for (line, rule) in stated(&file.text) {
            if let Some((other, at)) = rules.insert(rule.clone(), (file, line)) {
                violations.push(file.violation(line, format!("{rule} is stated twice, also in {}:{at}", other.path)));
            }
        }
    }
    let families: BTreeSet<&str> =
        rules.keys().map(|rule| rule.trim_end_matches(|c: char| c.is_ascii_digit())).collect();
    let mut carried = BTreeSet::new();
    for file in tree.with(&["rs", "ts", "tsx"]).filter(|file| !file.path.starts_with("tests/xtask/")) {
        for (line, rule) in named(&file.text, &families) {
            if !rules.contains_key(&rule) {
                violations.push(file.violation(line, format!("there is no rule {rule} in tests/spec")));
            }
            carried.insert(rule);
        }
    }
    let untested = rules.iter().filter(|(rule, _)| !carried.contains(*rule));
    violations.extend(untested.map(|(rule, (file, line))| file.violation(*line, format!("no test carries {rule}"))));
    violations
}

/// (line, rule) of each `**XY12**` in a page of rules.
fn stated(page: &str) -> Vec<(usize, String)> {
    let bold = |line: &str| line.split("**").skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let numbered =
        page.lines().enumerate().flat_map(|(number, line)| bold(line).into_iter().map(move |rule| (number + 1, rule)));
    numbered.filter(|(_, rule)| is_rule(rule)).collect()
}

fn is_rule(word: &str) -> bool {
    let family = word.trim_end_matches(|c: char| c.is_ascii_digit());
    (1..=3).contains(&family.len()) && family.len() < word.len() && family.chars().all(|c| c.is_ascii_uppercase())
}

/// (line, rule) of each `xy12_` in a name and each `XY12` in a title or comment.
fn named(text: &str, families: &BTreeSet<&str>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in line.split(|c: char| !c.is_ascii_alphanumeric()) {
            let upper = word.to_ascii_uppercase();
            let family = upper.trim_end_matches(|c: char| c.is_ascii_digit());
            // Lower case counts only in the name of a function: `st1_…`.
            let in_a_name = line.contains(&format!("fn {word}_")) || line.contains(&format!("_{word}_"));
            if is_rule(&upper) && families.contains(family) && (word == upper || in_a_name) {
                found.push((number + 1, upper));
            }
        }
    }
    found
}
