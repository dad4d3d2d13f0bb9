//! Licences: nothing that obliges the people who run or change Galley (GPL, AGPL, LGPL, SSPL) is built into it.

use super::{Tree, Violation};
use crate::project;

const FORBIDDEN: [&str; 4] = ["GPL-", "SSPL-", "BUSL-", "CC-BY-NC"];

/// What cargo knows of every dependency.
pub fn metadata() -> Result<String, String> {
    let output = project::cargo(&["metadata", "--format-version=1", "--locked"]).output();
    let output = output.map_err(|error| format!("cargo metadata could not be started: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// Forbidden licences of crates and of npm packages.
pub fn check(tree: &Tree, metadata: &str) -> Vec<Violation> {
    let crates = stated(metadata, "\"name\":").into_iter().map(|found| ("Cargo.lock", found));
    let locks = tree.files.iter().filter(|file| file.path.ends_with("package-lock.json"));
    let npm = locks
        .flat_map(|file| stated(&file.text, "\"node_modules/").into_iter().map(|found| (file.path.as_str(), found)));
    let forbidden = crates.chain(npm).filter(|(_, (_, licence))| !allowed(licence));
    let violation = |(path, (name, licence)): (&str, (String, String))| Violation {
        path: path.into(),
        line: 1,
        what: format!("{name} is under {licence}"),
    };
    forbidden.map(violation).collect()
}

/// (name, licence) of each licence in a JSON text; the name is the string after the last `marker` before it.
fn stated(json: &str, marker: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (at, key) in json.match_indices("\"license\":") {
        let value = json[at + key.len()..].trim_start();
        let Some(licence) = value.strip_prefix('"').and_then(|value| value.split('"').next()) else { continue };
        let name = json[..at].rfind(marker).map_or("", |start| &json[start + marker.len()..at]);
        let name = name.trim_start_matches([' ', '"']).split('"').next().unwrap_or_default();
        found.push((name.to_owned(), licence.to_owned()));
    }
    found
}

/// Whether an SPDX expression can be met without a forbidden licence: one side of an OR, both sides of an AND.
fn allowed(expression: &str) -> bool {
    let expression = strip_parentheses(expression.trim());
    if let Some((left, right)) = split(expression, " OR ").or_else(|| split(expression, "/")) {
        return allowed(left) || allowed(right);
    }
    if let Some((left, right)) = split(expression, " AND ") {
        return allowed(left) && allowed(right);
    }
    !FORBIDDEN.iter().any(|licence| expression.contains(licence))
}

/// At the first `operator` that stands outside parentheses.
fn split<'a>(expression: &'a str, operator: &str) -> Option<(&'a str, &'a str)> {
    let outside = |at: &usize| depth(&expression[..*at]) == 0;
    let at = expression.match_indices(operator).map(|(at, _)| at).find(outside)?;
    Some((&expression[..at], &expression[at + operator.len()..]))
}

fn strip_parentheses(expression: &str) -> &str {
    let inner = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner
        .filter(|inner| (0..inner.len()).all(|at| !inner.is_char_boundary(at) || depth(&inner[..at]) >= 0))
        .unwrap_or(expression)
}

fn depth(text: &str) -> isize {
    text.matches('(').count().cast_signed() - text.matches(')').count().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn an_expression_is_judged_as_a_whole() {
        for fine in
            ["MIT", "MIT OR Apache-2.0 OR LGPL-2.1-or-later", "MIT/Apache-2.0", "(MIT OR GPL-3.0) AND BSD-3-Clause"]
        {
            assert!(allowed(fine), "{fine}");
        }
        for bad in ["GPL-3.0-or-later", "AGPL-3.0", "(MIT OR Apache-2.0) AND GPL-2.0", "MIT AND LGPL-3.0"] {
            assert!(!allowed(bad), "{bad}");
        }
    }
}
