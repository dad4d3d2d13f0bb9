//! Sizes: a function fits a screen, a file fits a head, a component fits both.

use super::blank::{Keep, blank};
use super::{File, Tree, Violation};

const FUNCTION_LINES_MAX: usize = 60;
const FILE_LINES_MAX: usize = 500;
const COMPONENT_LINES_MAX: usize = 150;

/// What may be longer, and why: a path, or `path::function`.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// Functions, files and components over their size, and exceptions nobody needs.
pub fn check(tree: &Tree) -> Vec<Violation> {
    let long: Vec<Violation> = tree.with(&["rs", "ts", "tsx", "mjs"]).flat_map(too_long).collect();
    let excepted = |violation: &&Violation| EXCEPTIONS.iter().any(|(name, _)| violation.what.contains(&tick(name)));
    let unused = EXCEPTIONS.iter().filter(|(name, _)| !long.iter().any(|found| found.what.contains(&tick(name))));
    let unused = unused.map(|(name, _)| Violation {
        path: "tests/xtask/src/tidy/sizes.rs".into(),
        line: 1,
        what: format!("the exception `{name}` is not needed any more"),
    });
    let mut violations: Vec<Violation> = unused.collect();
    violations.extend(long.into_iter().filter(|violation| !excepted(&violation)));
    violations
}

fn tick(name: &str) -> String {
    format!("`{name}`")
}

fn too_long(file: &File) -> Vec<Violation> {
    let mut violations = Vec::new();
    let lines = file.text.lines().count();
    let (kind, max) = match file.path.ends_with(".tsx") && !file.is_test() {
        true => ("a component", COMPONENT_LINES_MAX),
        false => ("a file", FILE_LINES_MAX),
    };
    if lines > max {
        violations.push(file.violation(1, format!("`{}` has {lines} lines; {kind} has at most {max}", file.path)));
    }
    let code = blank(&file.path, &file.text, Keep::Code);
    for function in functions(&file.path, &code) {
        let lines = function.last_line - function.line + 1;
        // A component's function is bounded by its file; a suite of tests is a list, not a function.
        let is_component = file.path.ends_with(".tsx") && function.name.starts_with(char::is_uppercase);
        let is_suite = file.is_test() && function.name.ends_with("describe");
        if lines > FUNCTION_LINES_MAX && !is_component && !is_suite {
            let name = format!("{}::{}", file.path, function.name);
            let what = format!("`{name}` has {lines} lines; a function has at most {FUNCTION_LINES_MAX}");
            violations.push(file.violation(function.line, what));
        }
    }
    violations
}

struct Function {
    name: String,
    line: usize,
    last_line: usize,
}

/// Every function with a body, in blanked code.
fn functions(path: &str, code: &str) -> Vec<Function> {
    let bodies = if path.ends_with(".rs") { rust_bodies(code) } else { typescript_bodies(code) };
    let line_of = |at: usize| code[..at].matches('\n').count() + 1;
    let function = |(name, start, open): (String, usize, usize)| {
        let close = matching(code, open)?;
        Some(Function { name, line: line_of(start), last_line: line_of(close) })
    };
    bodies.into_iter().filter_map(function).collect()
}

/// (name, start, opening brace) of each `fn`.
fn rust_bodies(code: &str) -> Vec<(String, usize, usize)> {
    let starts = code.match_indices("fn ").filter(|(at, _)| !code[..*at].ends_with(is_word));
    let body = |(at, _): (usize, &str)| {
        let name: String = code[at + 3..].trim_start().chars().take_while(|&c| is_word(c)).collect();
        let mut depth = 0_i32;
        for (offset, character) in code[at..].char_indices() {
            match character {
                '(' | '[' => depth += 1,
                ')' | ']' => depth -= 1,
                ';' if depth == 0 => return None,
                '{' if depth == 0 && !name.is_empty() => return Some((name, at, at + offset)),
                _ => {}
            }
        }
        None
    };
    starts.filter_map(body).collect()
}

/// (name, start, opening brace) of each arrow function, function and method with a block.
fn typescript_bodies(code: &str) -> Vec<(String, usize, usize)> {
    const CONTROL: [&str; 6] = ["if", "for", "while", "switch", "catch", "with"];
    let mut bodies = Vec::new();
    for (open, _) in code.match_indices('{') {
        let before = code[..open].trim_end();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        if before.ends_with("=>") {
            let start = line_start + code[line_start..].len() - code[line_start..].trim_start().len();
            bodies.push((name_on(&before[line_start..]), start, open));
            continue;
        }
        // `name(…) {` and `name(…): Type {`, with the type on the brace's line.
        let signature = match before[line_start..].rfind("):") {
            Some(at) if !before.ends_with(')') => &before[..line_start + at + 1],
            _ => before,
        };
        let Some(parameters) = signature.ends_with(')').then(|| opening(signature)).flatten() else { continue };
        let head = signature[..parameters].trim_end();
        let name: String = head.rsplit(|c| !is_word(c)).next().unwrap_or_default().to_owned();
        if !name.is_empty() && !CONTROL.contains(&name.as_str()) {
            bodies.push((name.clone(), head.len() - name.len(), open));
        }
    }
    bodies
}

/// What an arrow function is called: the name it is given to, or the call it is passed to.
fn name_on(line: &str) -> String {
    let line = ["export ", "default ", "const ", "return ", "await "]
        .iter()
        .fold(line.trim_start(), |line, word| line.strip_prefix(word).unwrap_or(line));
    line.chars().take_while(|&c| is_word(c) || c == '.').collect()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The closing brace of the block that opens at `open`.
fn matching(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (offset, character) in code[open..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open + offset);
        }
    }
    None
}

/// The opening parenthesis of the one that closes at the end.
fn opening(code: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, character) in code.char_indices().rev() {
        match character {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}
