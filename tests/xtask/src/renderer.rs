//! `web/render.wasm` and `web/render-full.wasm`: the crate `render` for the browser. The full one has mathematics and
//! emoji besides; a page loads it when its text has such things.
//!
//! Three ways, in this order: the target is installed; rustup may install it; Debian's compiler builds the standard
//! library for it. Where none works the file is left empty, which the page takes as "ask the server instead".
//! Invariant: with RUSTUP_AUTO_INSTALL=0 rustup is asked to fetch nothing, ever.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{answer, on_path, say, shown};
use crate::stamp::Stamp;
use crate::{debian, project};

const TARGET: &str = "wasm32-unknown-unknown";
const STD_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// What the browser gets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Renderer {
    /// The renderer runs in the page.
    Wasm,
    /// The page asks the server for HTML.
    None,
}

/// A file, and what its build is told besides.
struct Module {
    file: &'static str,
    stamp: &'static str,
    features: &'static [&'static str],
}

const SMALL: Module = Module { file: "web/render.wasm", stamp: "render-wasm", features: &["--no-default-features"] };
const FULL: Module = Module { file: "web/render-full.wasm", stamp: "render-full-wasm", features: &["--features=full"] };

/// Both files.
pub const FILES: [&str; 2] = [SMALL.file, FULL.file];

/// Builds both files if their sources changed.
pub fn build() -> Result<Renderer, String> {
    let (small, full) = (build_one(&SMALL)?, build_one(&FULL)?);
    Ok(if full == Renderer::Wasm { small } else { full })
}

fn build_one(module: &Module) -> Result<Renderer, String> {
    let output = project::root().join(module.file);
    let inputs = ["web/render/src", "web/render/Cargo.toml", "Cargo.toml", "Cargo.lock"];
    let stamp = Stamp::of(module.stamp, &inputs)?;
    if stamp.holds(&output) {
        return Ok(Renderer::Wasm);
    }
    match compile(module) {
        Ok(built) => {
            copy(&built, module)?;
            stamp.keep()?;
            Ok(Renderer::Wasm)
        }
        Err(why) => {
            say(format_args!("no renderer for the browser, the preview will ask the server: {why}"));
            std::fs::write(&output, []).map_err(|error| format!("{}: {error}", output.display()))?;
            Ok(Renderer::None)
        }
    }
}

/// Tries each way until one builds; the built file.
fn compile(module: &Module) -> Result<PathBuf, String> {
    if !target_installed() {
        add_target();
    }
    if target_installed() {
        say(format_args!("building {} ({TARGET})", module.file));
        return cargo_rustc(&mut command(module));
    }
    let rustc = debian_rustc()?;
    let linker = linker()?;
    say(format_args!("building {} with Debian's compiler (about a minute the first time)", module.file));
    let mut command = command(module);
    command.arg("-Zbuild-std=std,panic_abort");
    command.env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1");
    // A panic ends the module anyway; without its words the module is a tenth smaller.
    command.env("RUSTFLAGS", "-Zunstable-options -Cpanic=immediate-abort");
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    cargo_rustc(&mut command)
}

fn command(module: &Module) -> Command {
    let mut command = project::cargo(&["rustc", "--package=render", "--lib", "--crate-type=cdylib"]);
    command.args(["--profile=wasm", "--target", TARGET]).args(module.features);
    // The release profile checks; the renderer's own bounds do not rest on it, and each check is downloaded.
    command.env("CARGO_PROFILE_WASM_OVERFLOW_CHECKS", "false");
    command
}

fn cargo_rustc(command: &mut Command) -> Result<PathBuf, String> {
    let folder = project::target().join("wasm");
    shown(command.arg("--target-dir").arg(&folder))?;
    Ok(folder.join(TARGET).join("wasm/render.wasm"))
}

fn target_installed() -> bool {
    answer("rustc", &["--print", "target-libdir", "--target", TARGET]).is_some_and(|dir| Path::new(&dir).is_dir())
}

/// Asks rustup for the target, unless rustup must not fetch. A failure shows in `target_installed`.
fn add_target() {
    let forbidden = std::env::var("RUSTUP_AUTO_INSTALL").is_ok_and(|value| value == "0");
    if forbidden || on_path("rustup").is_none() {
        return;
    }
    say(format_args!("installing the compile target {TARGET} (rustup target add)"));
    if let Err(why) = shown(Command::new("rustup").args(["target", "add", TARGET])) {
        say(why);
    }
}

/// Debian's compiler and the sources of its standard library.
fn debian_rustc() -> Result<&'static str, String> {
    if !Path::new(STD_SOURCE).is_file() {
        debian::install(&["rustc-web", "rust-web-src", "lld"])
            .map_err(|why| format!("the target {TARGET} is not installed (rustup target add {TARGET}), and {why}"))?;
    }
    match answer(DEBIAN_RUSTC, &["--version"]) {
        Some(_) if Path::new(STD_SOURCE).is_file() => Ok(DEBIAN_RUSTC),
        _ => Err(format!("the packages rustc-web and rust-web-src brought no {DEBIAN_RUSTC} with sources")),
    }
}

/// The toolchain's own linker, else one on the PATH.
fn linker() -> Result<PathBuf, String> {
    let sysroot = answer("rustc", &["--print", "sysroot"]).map(PathBuf::from).unwrap_or_default();
    let version = answer("rustc", &["--version", "--verbose"]).unwrap_or_default();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let own = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
    let found = || own.is_file().then_some(own).or_else(|| on_path("wasm-ld-22")).or_else(|| on_path("wasm-ld"));
    found().ok_or_else(|| "there is no linker for WebAssembly: install lld".into())
}

fn copy(from: &Path, module: &Module) -> Result<(), String> {
    let to = project::root().join(module.file);
    let bytes = std::fs::copy(from, to).map_err(|error| format!("{}: {error}", from.display()))?;
    say(format_args!("{}: {} KB", module.file, bytes / 1024));
    Ok(())
}
