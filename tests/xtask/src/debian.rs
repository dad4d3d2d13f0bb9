//! Debian's packages, where there is an apt-get and we are root; anywhere else this file says what is missing.

use std::process::Command;
use std::sync::OnceLock;

use crate::run;

/// Installs the packages, or says why it cannot.
pub fn install(packages: &[&str]) -> Result<(), String> {
    if run::on_path("apt-get").is_none() {
        return Err("there is no apt-get here".into());
    }
    if run::answer("id", &["-u"]).as_deref() != Some("0") {
        return Err(format!("only root may: sudo apt-get install {}", packages.join(" ")));
    }
    update()?;
    let what = format!("installing {} (apt-get)", packages.join(", "));
    run::quiet(&what, apt_get().args(["install", "-y", "--no-install-recommends"]).args(packages))
}

/// Fetches the package lists, once.
fn update() -> Result<(), String> {
    static UPDATED: OnceLock<Result<(), String>> = OnceLock::new();
    UPDATED.get_or_init(|| run::quiet("fetching the package lists (apt-get)", apt_get().arg("update"))).clone()
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q");
    command
}
