//! The built front end, embedded: every asset with its brotli and gzip twins, and the entry points by name.
//!
//! Invariant: compiles and answers "not there" when the front end has not been built, so that the server can be worked
//! on without Node. The build is `vite.config.ts`; its manifest says which files an entry needs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rust_embed::RustEmbed;
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "dist"]
#[allow_missing = true]
struct Dist;

/// What a page needs in its head. Addresses start with `/assets/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The module script.
    pub script: String,
    /// Style sheets, in order.
    pub styles: Vec<String>,
    /// Modules the script will import at once.
    pub preloads: Vec<String>,
}

/// One file in the best encoding the client takes.
pub struct Asset {
    /// Its bytes, encoded.
    pub bytes: Cow<'static, [u8]>,
    /// Of the file itself.
    pub mime: &'static str,
    /// `br`, `gzip` or none.
    pub encoding: Option<&'static str>,
}

#[derive(Deserialize)]
struct Chunk {
    file: String,
    name: Option<String>,
    #[serde(default, rename = "isEntry")]
    is_entry: bool,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
}

type Manifest = BTreeMap<String, Chunk>;

/// The entry of that name; `None` if the front end is not built.
pub fn entry(name: &str) -> Option<Entry> {
    find(manifest()?, name)
}

/// The file at `path` below the build folder. `accepts` is the request's `Accept-Encoding`.
pub fn asset(path: &str, accepts: &str) -> Option<Asset> {
    let mime = mime(path)?;
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        let wanted = accepts.split(',').any(|offer| offer.trim().split(';').next() == Some(encoding));
        if wanted && let Some(file) = Dist::get(&format!("{path}{suffix}")) {
            return Some(Asset { bytes: file.data, mime, encoding: Some(encoding) });
        }
    }
    Dist::get(path).map(|file| Asset { bytes: file.data, mime, encoding: None })
}

/// Which build this is: a hash of the service worker and every file; empty if the front end is not built.
pub fn build() -> &'static str {
    static BUILD: OnceLock<String> = OnceLock::new();
    BUILD.get_or_init(|| {
        Dist::get("build.txt").map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default()
    })
}

fn manifest() -> Option<&'static Manifest> {
    static MANIFEST: OnceLock<Option<Manifest>> = OnceLock::new();
    let read = || Dist::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok());
    MANIFEST.get_or_init(read).as_ref()
}

fn find(manifest: &Manifest, name: &str) -> Option<Entry> {
    let (key, chunk) = manifest.iter().find(|(_, chunk)| chunk.is_entry && chunk.name.as_deref() == Some(name))?;
    let mut seen = BTreeSet::from([key.clone()]);
    let mut waiting = chunk.imports.clone();
    let (mut styles, mut preloads) = (Vec::new(), Vec::new());
    while let Some(key) = waiting.pop() {
        let Some(import) = manifest.get(&key).filter(|_| seen.insert(key)) else { continue };
        preloads.push(address(&import.file));
        styles.extend(import.css.iter().map(|file| address(file)));
        waiting.extend(import.imports.iter().cloned());
    }
    // A page's own rules come after those it shares.
    styles.extend(chunk.css.iter().map(|file| address(file)));
    let mut once = BTreeSet::new();
    styles.retain(|style| once.insert(style.clone()));
    Some(Entry { script: address(&chunk.file), styles, preloads })
}

fn address(file: &str) -> String {
    format!("/{file}")
}

/// Only what a build consists of; anything else is not served.
fn mime(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"{
        "src/document.tsx": {"file": "assets/document-1.js", "name": "document", "isEntry": true,
            "css": ["assets/document-1.css"], "imports": ["_shared.js"]},
        "_shared.js": {"file": "assets/shared-2.js", "css": ["assets/base-3.css"], "imports": ["_deep.js", "_shared.js"]},
        "_deep.js": {"file": "assets/deep-4.js", "css": ["assets/base-3.css"]}
    }"#;

    #[test]
    fn pg2_an_entry_brings_what_it_imports_once() {
        let manifest: Manifest = serde_json::from_str(MANIFEST).expect("JSON");
        let entry = find(&manifest, "document").expect("an entry");
        assert_eq!(entry.script, "/assets/document-1.js");
        assert_eq!(entry.styles, ["/assets/base-3.css", "/assets/document-1.css"]);
        assert_eq!(entry.preloads, ["/assets/shared-2.js", "/assets/deep-4.js"]);
        assert_eq!(find(&manifest, "nothing"), None);
    }

    #[test]
    fn pg3_only_built_kinds_are_served() {
        for path in ["assets/../Cargo.toml", "manifest.json", "assets/x", "assets/x.html", "../embed.rs"] {
            assert!(asset(path, "br").is_none(), "{path}");
        }
    }
}
