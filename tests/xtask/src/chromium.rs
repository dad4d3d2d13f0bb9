//! The browser for the browser tests: named, found, or Debian's.

use std::path::PathBuf;

use crate::{debian, run};

/// The variable that names a Chromium; Playwright's configuration reads it too.
pub const VARIABLE: &str = "GALLEY_CHROMIUM";

/// Where Chromium is; installs Debian's when there is none.
pub fn find() -> Result<PathBuf, String> {
    if let Some(named) = std::env::var_os(VARIABLE).map(PathBuf::from) {
        return if named.is_file() { Ok(named) } else { Err(format!("{VARIABLE} names no file: {}", named.display())) };
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    let tried = debian::install(&["chromium", "fonts-noto-color-emoji"]);
    installed().ok_or_else(|| {
        let why = tried.err().unwrap_or_else(|| "apt-get brought none".into());
        format!("the browser tests need Chromium ({why}): install it, or name one in {VARIABLE}")
    })
}

fn installed() -> Option<PathBuf> {
    const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    const APPLICATIONS: [&str; 2] = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];
    let applications = APPLICATIONS.iter().map(PathBuf::from).filter(|path| path.is_file());
    NAMES.iter().find_map(|name| run::on_path(name)).or_else(|| applications.into_iter().next())
}
