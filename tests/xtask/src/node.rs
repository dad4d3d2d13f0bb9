//! Node: found, new enough, and its packages installed as the lock file says.

use std::path::PathBuf;
use std::process::Command;

use crate::stamp::Stamp;
use crate::{project, run};

/// The oldest Node that Vite 8 runs on.
const OLDEST: (u32, u32) = (20, 19);

/// A folder with a package.json.
pub struct Package {
    folder: &'static str,
}

/// The front end.
pub const WEB: Package = Package { folder: "web" };
/// The browser tests.
pub const BROWSER: Package = Package { folder: "tests/browser" };

impl Package {
    /// Installs what the lock file says; does nothing when that has been done.
    pub fn install(&self) -> Result<(), String> {
        require()?;
        let name = format!("npm-{}", self.folder.replace('/', "-"));
        let lock = format!("{}/package-lock.json", self.folder);
        let manifest = format!("{}/package.json", self.folder);
        let stamp = Stamp::of(&name, &[&lock, &manifest])?;
        if stamp.holds(&self.path().join("node_modules/.package-lock.json")) {
            return Ok(());
        }
        let what = format!("installing the packages of {}/ (npm ci)", self.folder);
        run::quiet(&what, Command::new(npm()).current_dir(self.path()).args(["ci", "--no-audit", "--no-fund"]))?;
        stamp.keep()
    }

    /// A program of an installed package.
    pub fn program(&self, module: &str) -> Command {
        let mut command = node();
        command.current_dir(self.path()).arg(self.path().join("node_modules").join(module));
        command
    }

    fn path(&self) -> PathBuf {
        project::root().join(self.folder)
    }
}

/// A package that only a measurement needs, in `target/tools/<name>`; does nothing when that version is there.
pub fn tool(name: &str, version: &str) -> Result<(), String> {
    require()?;
    let folder = project::target().join("tools").join(name);
    let manifest = folder.join("node_modules").join(name).join("package.json");
    let wanted = format!("\"version\": \"{version}\"");
    if std::fs::read_to_string(manifest).is_ok_and(|known| known.contains(&wanted)) {
        return Ok(());
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let package = format!("{name}@{version}");
    let arguments = ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", ".", &package];
    run::quiet(&format!("installing {package}"), Command::new(npm()).current_dir(folder).args(arguments))
}

/// Node, in the workspace root.
pub fn node() -> Command {
    let mut command = Command::new("node");
    command.current_dir(project::root());
    command
}

/// Says what is missing when Node cannot do the work.
fn require() -> Result<(), String> {
    let (major, minor) = OLDEST;
    let wanted = format!("install Node {major}.{minor} or newer with npm and try again");
    let version = run::answer("node", &["--version"]).ok_or_else(|| format!("Node is not on the PATH: {wanted}"))?;
    if !new_enough(&version) {
        return Err(format!("Node {version} is too old: {wanted}"));
    }
    match run::answer(npm(), &["--version"]) {
        Some(_) => Ok(()),
        None => Err(format!("Node {version} is here but npm is not: {wanted}")),
    }
}

fn new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|number| number.parse::<u32>().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= OLDEST
}

/// As the system calls it.
pub fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

#[cfg(test)]
mod tests {
    use super::new_enough;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(new_enough("v20.19.0") && new_enough("v20.20.2") && new_enough("v22.0.0"));
        assert!(!new_enough("v20.9.0") && !new_enough("v18.20.4") && !new_enough("nonsense"));
    }
}
