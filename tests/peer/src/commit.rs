//! Which commit a figure belongs to. For the reports of load and torture.

use std::process::Command;
use std::sync::LazyLock;

/// Short, with a `+` where what is measured was changed since; `unknown` where git says nothing. As it was when this was
/// called first: a run calls it when it begins, and what is checked out later is not what it measured.
pub fn commit() -> &'static str {
    static COMMIT: LazyLock<String> = LazyLock::new(checked_out);
    &COMMIT
}

fn checked_out() -> String {
    let said = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(commit) = said(&["rev-parse", "--short=10", "HEAD"]) else { return "unknown".into() };
    let changed = said(&["status", "--porcelain", "--untracked-files=no", "--", "server", "storage"]);
    if changed.is_none_or(|changed| changed.is_empty()) { commit } else { format!("{commit}+") }
}
