//! `xss`: texts that mean harm, in every place that shows words, in a real browser. See `tests/spec/hostile.md`.
//!
//! Invariant: a run that was stopped goes on where it was, and one that came to its end has its row in the report,
//! whatever it found.

use std::path::Path;

use crate::fuzz::duration;
use crate::run::{say, shown};
use crate::{build, project};

const WRONG: &str = "`xss` takes --count n, --seed s, --budget 40m, --payloads file and --sinks name,name";

/// All of it; what was found is the error.
pub fn xss(words: &[String]) -> Result<(), String> {
    let folder = project::root().join("target/xss");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (figures, progress) = (folder.join("figures.txt"), folder.join("progress.json"));
    let _ = std::fs::remove_file(&figures);
    build::web()?;
    let galley = build::debug()?;
    let mut command = build::browser(&galley)?;
    command.args(["test", "--config=xss.config.ts"]);
    command.env("GALLEY_XSS_FIGURES", &figures).env("GALLEY_XSS_PROGRESS", &progress);
    for pair in words.chunks(2) {
        let [name, value] = pair else { return Err(WRONG.into()) };
        match name.as_str() {
            "--count" => command.env("GALLEY_XSS_COUNT", value),
            "--seed" => command.env("GALLEY_XSS_SEED", value),
            "--budget" => command.env("GALLEY_XSS_SECONDS", duration(value)?.as_secs().to_string()),
            "--sinks" => command.env("GALLEY_XSS_SINKS", value),
            "--payloads" => {
                let path = std::fs::canonicalize(value).map_err(|error| format!("{value}: {error}"))?;
                command.env("GALLEY_XSS_PAYLOADS", path)
            }
            _ => return Err(WRONG.into()),
        };
    }
    let result = shown(&mut command);
    note(&figures)?;
    let _ = std::fs::remove_file(&progress);
    result
}

/// A row in the report: the run wrote its words, one a line.
fn note(figures: &Path) -> Result<(), String> {
    let words = std::fs::read_to_string(figures)
        .map_err(|_| "the run did not come to its end; the same command goes on where it was".to_owned())?;
    say("a row for tests/torture/REPORT.md");
    let mut command = project::cargo(&["run", "--quiet", "--package=torture", "--", "note", "--test", "xss"]);
    shown(command.args(words.lines()).args(["--report", "tests/torture/REPORT.md"]))
}
