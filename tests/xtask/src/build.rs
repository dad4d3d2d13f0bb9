//! The commands that build and run: `web`, `serve`, `build`, `torture`, `shots`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::renderer::{self, Renderer};
use crate::run::{self, say, shown};
use crate::stamp::Stamp;
use crate::{chromium, debian, node, project};

/// The front end: renderer, bundles, compressed twins. Does nothing when its inputs did not change.
pub fn web() -> Result<Renderer, String> {
    node::WEB.install()?;
    let renderer = renderer::build()?;
    let dist = project::root().join("web/dist");
    let inputs = [
        "web/src",
        renderer::FILES[0],
        renderer::FILES[1],
        "web/scripts",
        "web/vite.config.ts",
        "web/tsconfig.json",
        "web/package.json",
        "web/package-lock.json",
    ];
    let stamp = Stamp::of("web-dist", &inputs)?;
    if !stamp.holds(&dist.join("manifest.json")) {
        say("building the front end (vite)");
        shown(node::WEB.program("vite/bin/vite.js").args(["build", "--logLevel", "warn"]))?;
        shown(node::node().arg("web/scripts/compress.mjs").arg(&dist))?;
        stamp.keep()?;
    }
    Ok(renderer)
}

/// Builds what changed and serves. A development build: it compiles several times faster than a release build.
pub fn serve(flags: &[String]) -> Result<(), String> {
    web()?;
    let galley = debug()?;
    let mut command = Command::new(galley);
    command.current_dir(project::root()).arg("serve").args(flags);
    become_program(&mut command)
}

/// The development server that `serve` and the browser tests run.
pub fn debug() -> Result<PathBuf, String> {
    say("building the server (development build)");
    shown(&mut project::cargo(&["build", "--package=galley", "--bin=galley"]))?;
    Ok(project::program("debug", "galley"))
}

/// The same server with the features that `cargo test --workspace` unified: compiles nothing a second time after it.
pub fn beside_tests() -> Result<PathBuf, String> {
    shown(&mut project::cargo(&["build", "--workspace", "--all-targets"]))?;
    Ok(project::program("debug", "galley"))
}

/// The one binary, with the web build inside.
pub fn release() -> Result<PathBuf, String> {
    web()?;
    say("building the server (release build)");
    let binary = project::program("release", "galley");
    let embedded = Stamp::of("release-embedded", &["web/dist/manifest.json", "web/dist/build.txt"])?;
    if !embedded.holds(&binary) {
        // Cargo does not watch a folder that was absent when the crate was compiled.
        shown(&mut project::cargo(&["clean", "--release", "--quiet", "--package=web"]))?;
    }
    shown(&mut project::cargo(&["build", "--release", "--package=galley", "--bin=galley"]))?;
    embedded.keep()?;
    let bytes = std::fs::metadata(&binary).map_err(|error| format!("{}: {error}", binary.display()))?.len();
    say(format_args!("{} ({:.1} MB)", binary.display(), bytes as f64 / 1e6));
    Ok(binary)
}

/// Does what breaks other servers to a release build, and appends what came of it to the report.
pub fn torture(arguments: &[String]) -> Result<(), String> {
    let galley = release()?;
    strace();
    shown(&mut project::cargo(&["build", "--release", "--package=torture"]))?;
    let mut command = Command::new(project::program("release", "torture"));
    command.current_dir(project::root()).arg("--galley").arg(galley).args(["--report", "tests/torture/REPORT.md"]);
    shown(command.args(arguments))
}

/// A few cases of every torture test, on the build the tests made.
pub fn small_torture() -> Result<Command, String> {
    let galley = beside_tests()?;
    strace();
    let mut command = Command::new(project::program("debug", "torture"));
    command.current_dir(project::root()).arg("--small").arg("--galley").arg(galley);
    Ok(command)
}

/// Some tests watch or fail a server's calls by it; without it they say that they did not run.
fn strace() {
    if run::on_path("strace").is_none()
        && let Err(sentence) = debian::install(&["strace"])
    {
        say(format_args!("no strace: {sentence}"));
    }
}

/// Pictures of every screen.
pub fn shots() -> Result<(), String> {
    web()?;
    let galley = debug()?;
    shown(browser(&galley)?.args(["test", "--config=shots.config.ts"]))?;
    say(format_args!("pictures are in {}", project::root().join("target/shots").display()));
    Ok(())
}

/// Playwright, told where browser and server are.
pub fn browser(galley: &Path) -> Result<Command, String> {
    node::BROWSER.install()?;
    let mut command = node::BROWSER.program("@playwright/test/cli.js");
    command.env(chromium::VARIABLE, chromium::find()?).env("GALLEY_BINARY", galley);
    Ok(command)
}

/// Ctrl-C and the exit code are the server's: where the system can, it takes this process's place.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<(), String> {
    use std::os::unix::process::CommandExt;
    Err(format!("the server could not be started: {}", command.exec()))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<(), String> {
    shown(command)
}
