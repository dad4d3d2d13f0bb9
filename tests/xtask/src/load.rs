//! `load`: the generator beside the release build, and peers installed by their package names below `target/peers`.
//!
//! Invariant: a peer that cannot be installed stops nothing; the results name it.

use std::process::Command;

use crate::run::{self, say, shown};
use crate::stamp::Stamp;
use crate::{build, chromium, node, project};

/// The binary crate of y-sweet and the version that is measured.
const Y_SWEET: [&str; 3] = ["y-sweet", "--version", "0.9.1"];
/// What is measured with a browser.
const IN_A_BROWSER: [&str; 4] = ["web", "notes", "offline", "lighthouse"];
/// The newest that runs on Node 20.
const LIGHTHOUSE: &str = "12.8.2";
/// What the other peers are installed from, and start with.
const NPM: [&str; 3] = ["package.json", "package-lock.json", "hocuspocus.mjs"];

/// Load on servers; others measure in a browser.
pub fn load(arguments: &[String]) -> Result<(), String> {
    build::release()?;
    if let Some(word) = arguments.first().filter(|word| IN_A_BROWSER.contains(&word.as_str())) {
        node::BROWSER.install()?;
        if word == "lighthouse" {
            node::tool("lighthouse", LIGHTHOUSE)?;
        }
        let mut command = node::node();
        command.arg(format!("tests/load/{word}.mjs")).args(&arguments[1..]);
        return shown(command.env(chromium::VARIABLE, chromium::find()?));
    }
    shown(&mut project::cargo(&["build", "--release", "--package=load"]))?;
    let mut command = Command::new(project::program("release", "load"));
    command.current_dir(project::root()).args(["--results", "tests/load/RESULTS.md"]);
    if arguments.iter().any(|argument| argument == "--peers") {
        peers();
        command.arg("--peers").arg(project::target().join("peers"));
    }
    shown(command.args(arguments.iter().filter(|argument| *argument != "--peers")))
}

/// One small round of each workload, on the build the tests made.
pub fn small() -> Result<Command, String> {
    let galley = build::beside_tests()?;
    let mut command = Command::new(project::program("debug", "load"));
    command.current_dir(project::root()).arg("--small").arg("--galley").arg(galley);
    Ok(command)
}

/// Installs what is missing; says what could not be.
fn peers() {
    for result in [y_sweet(), from_npm()] {
        if let Err(sentence) = result {
            say(format_args!("a peer is left out: {sentence}"));
        }
    }
}

fn y_sweet() -> Result<(), String> {
    let root = project::target().join("peers");
    if root.join("bin/y-sweet").exists() {
        return Ok(());
    }
    let mut command = project::cargo(&["install", "--locked"]);
    command.arg("--root").arg(&root).arg("--target-dir").arg(root.join("build")).args(Y_SWEET);
    run::quiet("installing y-sweet (cargo install)", &mut command)
}

fn from_npm() -> Result<(), String> {
    let folder = project::target().join("peers/npm");
    let inputs = NPM.map(|name| format!("tests/load/peers/{name}"));
    let stamp = Stamp::of("npm-peers", &inputs.each_ref().map(String::as_str))?;
    if stamp.holds(&folder.join("node_modules/.package-lock.json")) {
        return Ok(());
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for (name, from) in NPM.iter().zip(&inputs) {
        std::fs::copy(project::root().join(from), folder.join(name)).map_err(|error| format!("{from}: {error}"))?;
    }
    let mut command = Command::new(node::npm());
    run::quiet(
        "installing y-websocket and Hocuspocus (npm ci)",
        command.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]),
    )?;
    stamp.keep()
}
