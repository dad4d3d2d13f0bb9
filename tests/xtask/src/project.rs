//! Where things are in this checkout, and which files belong to it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace root: two folders above this crate.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The folder cargo builds into.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A program of this workspace, built with `profile` (a folder of the target).
pub fn program(profile: &str, name: &str) -> PathBuf {
    target().join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The cargo that started us, in the workspace root.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    command
}

/// Every file of the project, relative to the root with `/` between the names, sorted: what git tracks or would add.
pub fn files() -> Result<Vec<String>, String> {
    let listed = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .output()
        .ok()
        .filter(|output| output.status.success());
    let mut files: Vec<String> = match listed {
        Some(output) => String::from_utf8_lossy(&output.stdout).split('\0').map(str::to_owned).collect(),
        None => walk(&root())?,
    };
    files.retain(|file| !file.is_empty() && root().join(file).is_file());
    files.sort();
    files.dedup();
    Ok(files)
}

/// The files under a folder, relative to the root, without what builds leave behind.
pub fn walk(folder: &Path) -> Result<Vec<String>, String> {
    const BUILT: [&str; 8] =
        ["target", "node_modules", "dist", "data", "results", ".git", "render.wasm", "render-full.wasm"];
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries.flatten().filter(|entry| !BUILT.contains(&entry.file_name().to_string_lossy().as_ref())) {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => files.extend(path.strip_prefix(root()).map(|path| path.to_string_lossy().replace('\\', "/"))),
            }
        }
    }
    files.sort();
    Ok(files)
}
