//! `galley doctor`: looks for what will go wrong before it does, one line a check, each with what to do.
//!
//! Invariant: it changes nothing but a file of its own in the data folder, which it removes again; a check that cannot be
//! made here says so and counts as a warning. Next: `doctor/disk.rs` for the folder and the machine, `doctor/web.rs` for what
//! stands between people and the server.

use serde::Serialize;

use crate::admin::socket::begin;
use crate::admin::{Order, Reply, Settings};
use crate::config::Doctor;

mod disk;
mod fetch;
mod web;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing to do.
    Ok,
    /// It works, and may not for long or not for everybody.
    Warning,
    /// It does not work.
    Problem,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it came out.
    pub state: State,
    /// What was found, and what to do.
    pub said: String,
}

impl Check {
    fn ok(name: &'static str, said: impl Into<String>) -> Check {
        Check { name, state: State::Ok, said: said.into() }
    }

    fn warning(name: &'static str, said: impl Into<String>) -> Check {
        Check { name, state: State::Warning, said: said.into() }
    }

    fn problem(name: &'static str, said: impl Into<String>) -> Check {
        Check { name, state: State::Problem, said: said.into() }
    }
}

/// Everything that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// No problem.
    pub ok: bool,
    /// Line by line.
    pub checks: Vec<Check>,
}

/// Makes every check. `None`: there is nothing to look at.
pub fn examine(asked: &Doctor) -> Option<Findings> {
    if !asked.data.exists() && asked.url.is_none() {
        return None;
    }
    let mut checks = Vec::new();
    let mut settings = None;
    if asked.data.exists() {
        checks.extend(disk::checks(&asked.data));
        let (check, told) = running(asked);
        checks.push(check);
        settings = told;
    }
    if let Some(settings) = &settings {
        checks.extend(web::settings(settings));
    }
    let url = asked.url.clone().or_else(|| settings.as_ref().and_then(|settings| settings.url.parse().ok()));
    if let Some(url) = url {
        checks.extend(web::checks(&url, settings.as_ref()));
    }
    let ok = checks.iter().all(|check| check.state != State::Problem);
    Some(Findings { ok, checks })
}

/// Whether a server runs on the folder, and how it was told to.
fn running(asked: &Doctor) -> (Check, Option<Settings>) {
    const NAME: &str = "server";
    let mut answering = match begin(&asked.data, &Order::Settings) {
        Ok(Some(answering)) => answering,
        Ok(None) => return (Check::ok(NAME, "none runs on this folder"), None),
        Err(error) => {
            let said = format!("one runs and cannot be asked: {error}; run this command as the account it runs as");
            return (Check::warning(NAME, said), None);
        }
    };
    match answering.reply(|_| {}) {
        Ok(Reply::Settings(settings)) => {
            let ours = env!("CARGO_PKG_VERSION");
            let check = match settings.version == ours {
                true => Check::ok(NAME, format!("runs version {ours} at {}", settings.url)),
                false => Check::warning(
                    NAME,
                    format!(
                        "runs version {}, and this command is {ours}: restart it to finish an update",
                        settings.version
                    ),
                ),
            };
            (check, Some(settings))
        }
        Ok(_) => (Check::warning(NAME, "runs another version: use its own `galley doctor`"), None),
        Err(error) => (Check::problem(NAME, format!("runs and does not answer ({error}); look at its log")), None),
    }
}
