//! Every input of the corpus, and every one that ever broke something, through the function its fuzzer runs.

use std::path::{Path, PathBuf};

/// The committed inputs of a target: what its fuzzer starts from, and what it once found.
fn inputs(target: &str) -> Vec<PathBuf> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let folders = ["corpus", "crashers"].map(|kind| fuzz.join(kind).join(target));
    let mut files: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flat_map(|entries| entries.map(|entry| entry.expect("an entry").path()))
        .collect();
    files.sort();
    files
}

fn replay(name: &str) {
    let target = hostile::named(name).expect("a target of that name");
    let files = inputs(name);
    assert!(!files.is_empty(), "{name} has no corpus");
    for file in files {
        let bytes = std::fs::read(&file).expect("a readable file");
        let outcome = std::panic::catch_unwind(|| target.check(&bytes));
        assert!(outcome.is_ok(), "{}", file.display());
    }
}

macro_rules! replayed {
    ($($test:ident: $target:literal;)+) => {
        const REPLAYED: &[&str] = &[$($target),+];
        $(#[test]
        fn $test() {
            replay($target);
        })+
    };
}

replayed! {
    fz1_gate: "gate";
    fz2_gate_apply: "gate_apply";
    fz2_live_room: "live_room";
    fz3_gate_yjs: "gate_yjs";
    fz3_honest_writers: "honest_writers";
    fz3_structured_update: "structured_update";
    fz3_woven_update: "woven_update";
    fz4_sync_message: "sync_message";
    fz4_awareness: "awareness";
    fz4_packed: "packed";
    fz5_frame_guard: "frame_guard";
    fz6_renderer: "renderer";
    fz6_render_wasm: "render_wasm";
    fz6_splice: "splice";
    fz6_math: "math";
    fz6_front_matter: "front_matter";
    fz7_stored_record: "stored_record";
    fz7_version_blob: "version_blob";
    fz8_archive_import: "archive_import";
    fz9_picture: "picture";
    fz10_file_name: "file_name";
    fz11_token: "token";
    fz12_request_head: "request_head";
    fz15_backup: "backup";
}

#[test]
fn fz13_every_target_is_replayed_and_built() {
    let names: Vec<&str> = hostile::targets().map(|target| target.name).collect();
    let missing: Vec<_> = names.iter().filter(|name| !REPLAYED.contains(name)).collect();
    assert!(missing.is_empty(), "not replayed: {missing:?}");
    let manifest = include_str!("../../fuzz/Cargo.toml");
    let unbuilt: Vec<_> = names.iter().filter(|name| !manifest.contains(&format!("name = \"{name}\"\n"))).collect();
    assert!(unbuilt.is_empty(), "not in tests/fuzz/Cargo.toml: {unbuilt:?}");
}

/// A package of a `Cargo.lock`.
struct Locked<'a> {
    name: &'a str,
    version: &'a str,
    is_ours: bool,
    needs: Vec<&'a str>,
}

fn locked(lock: &str) -> Vec<Locked<'_>> {
    lock.split("[[package]]").skip(1).map(Locked::read).collect()
}

impl<'a> Locked<'a> {
    fn read(block: &'a str) -> Locked<'a> {
        let value = |key: &str| block.lines().find_map(|line| Some(line.strip_prefix(key)?.trim_matches('"')));
        Locked {
            name: value("name = ").expect("a name"),
            version: value("version = ").expect("a version"),
            is_ours: value("source = ").is_none(),
            needs: block.lines().filter_map(|line| line.strip_prefix(" \"")?.split(['"', ' ']).next()).collect(),
        }
    }
}

/// What a manifest names under `[dependencies]` and `[target....dependencies]`.
fn wanted(manifest: &str) -> Vec<&str> {
    let mut is_wanted = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_wanted = line.ends_with("dependencies]") && !line.ends_with("dev-dependencies]");
        } else if is_wanted && line.starts_with(|first: char| first.is_ascii_alphabetic()) {
            names.extend(line.split(['.', ' ', '=']).next());
        }
    }
    names
}

#[test]
fn fz13_what_is_fuzzed_is_what_is_shipped() {
    const ONLY_HERE: [&str; 3] = ["arbitrary", "fuzz", "libfuzzer-sys"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_else(|why| panic!("{file}: {why}"));
    let (fuzzed, shipped) = (read("tests/fuzz/Cargo.lock"), read("Cargo.lock"));
    let (fuzzed, shipped) = (locked(&fuzzed), locked(&shipped));
    let mut lags: Vec<String> = Vec::new();
    for package in fuzzed.iter().filter(|package| !ONLY_HERE.contains(&package.name)) {
        let same = |other: &&Locked| other.name == package.name && other.version == package.version;
        if !shipped.iter().any(|other| same(&other)) {
            lags.push(format!("{} {}", package.name, package.version));
        }
    }
    let folders = [
        ("galley", "server"),
        ("hostile", "tests/hostile"),
        ("render", "web/render"),
        ("room", "server/room"),
        ("storage", "storage"),
        ("web", "web"),
    ];
    for package in fuzzed.iter().filter(|package| package.is_ours && package.name != "fuzz") {
        let folder = folders.iter().find(|(name, _)| *name == package.name);
        let (_, folder) = folder.unwrap_or_else(|| panic!("add the folder of {} to this test", package.name));
        let manifest = read(&format!("{folder}/Cargo.toml"));
        let missing = wanted(&manifest).into_iter().filter(|name| !package.needs.contains(name));
        lags.extend(missing.map(|name| format!("{} needs {name}", package.name)));
    }
    assert!(lags.is_empty(), "in tests/fuzz: cargo metadata --offline; its lock file does not know that {lags:?}");
}

#[test]
fn fz14_the_corpus_is_small() {
    const BYTES_MAX: u64 = 2 << 20;
    let files = hostile::targets().flat_map(|target| inputs(target.name));
    let bytes: u64 = files.map(|file| file.metadata().expect("a file").len()).sum();
    assert!(bytes <= BYTES_MAX, "{bytes} bytes; minimise it with `cargo xtask fuzz --minimise`");
}
