//! Running other programs: with their output shown, shown and counted, or kept until it is needed.
//!
//! Invariant: no program started here waits for somebody to type; a failure is one sentence that names the command.

use std::fmt;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How often a silent step says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// Says what happens next.
pub fn say(what: impl fmt::Display) {
    println!("xtask: {what}");
    let _ = std::io::stdout().flush();
}

/// Runs with its output shown.
pub fn shown(command: &mut Command) -> Result<(), String> {
    let status = command.stdin(Stdio::null()).status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", line(command))) }
}

/// Runs with its standard output shown and each line of it given to `each`, without colours.
pub fn listened(command: &mut Command, mut each: impl FnMut(&str)) -> Result<(), String> {
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    let mut child = start(command.stdout(Stdio::piped()))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            each(&plain(&line));
        }
    }
    let status = child.wait().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", line(command))) }
}

/// Runs silently but for a sign of life; what it said is shown only if it fails.
pub fn quiet(what: &str, command: &mut Command) -> Result<(), String> {
    say(what);
    let child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (done, waiting) = mpsc::channel::<()>();
    let started = Instant::now();
    let name = what.to_owned();
    let heart = std::thread::spawn(move || {
        while waiting.recv_timeout(HEARTBEAT) == Err(mpsc::RecvTimeoutError::Timeout) {
            say(format_args!("{name}: {} s so far", started.elapsed().as_secs()));
        }
    });
    let output = child.wait_with_output().map_err(|error| cannot_start(command, &error));
    drop(done);
    let _ = heart.join();
    let output = output?;
    if output.status.success() {
        return Ok(());
    }
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("`{}` failed ({})\n{out}{err}", line(command), output.status))
}

/// What a program prints, trimmed; `None` if it cannot be started or fails.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A program found by name in the folders of PATH.
pub fn on_path(name: &str) -> Option<std::path::PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

fn start(command: &mut Command) -> Result<Child, String> {
    command.stdin(Stdio::null()).spawn().map_err(|error| cannot_start(command, &error))
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` could not be started: {error}", line(command))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Without terminal colours.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut pieces = line.split('\u{1b}');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        text.push_str(piece.split_once('m').map_or("", |(_, rest)| rest));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn colours_are_taken_off() {
        assert_eq!(plain("test result: \u{1b}[32mok\u{1b}[0m. 3 passed"), "test result: ok. 3 passed");
        assert_eq!(plain("plain"), "plain");
    }
}
