//! What the native renderer makes of every example of the specifications, every hostile payload and every golden text,
//! as digests of the HTML and of the source maps in `spec/native.txt`, of the small build in `spec/native-small.txt` (RE3). The page's test reads the same file and
//! compares the WASM module's output, so that the two stay the same bytes.
//! `BLESS=1 cargo test -p render --test native` writes it again, with `--no-default-features` the small one.

use std::fmt::Write;
use std::path::Path;

use render::{Options, render};

#[test]
fn re3_digests_of_native_output() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec");
    let mut digests = String::new();
    for name in ["commonmark-0.31.2", "gfm-0.29"] {
        let file = std::fs::read(folder.join(name).with_added_extension("json")).expect("a file of examples");
        let file: serde_json::Value = serde_json::from_slice(&file).expect("the file of examples is JSON");
        for example in file["examples"].as_array().expect("a list of examples") {
            let text = example[2].as_str().expect("Markdown");
            writeln!(digests, "{name} {} {}", example[0], digest(text)).expect("a string grows");
        }
    }
    for (number, payload) in include_str!("payloads.txt").lines().enumerate() {
        writeln!(digests, "payload {number} {}", digest(payload)).expect("a string grows");
    }
    for name in golden() {
        let text = std::fs::read_to_string(folder.join("../../golden").join(&name)).expect("a golden text");
        writeln!(digests, "{name} {}", digest(&text)).expect("a string grows");
    }
    let known = folder.join(if cfg!(feature = "full") { "native.txt" } else { "native-small.txt" });
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&known, &digests).expect("a writable folder");
    }
    let known = std::fs::read_to_string(known).unwrap_or_default();
    assert!(known == digests, "native output changed; BLESS=1 writes the digests again");
}

/// Of the HTML, and of each block's beginning, its text's length and its runs.
fn digest(text: &str) -> String {
    let html = render(text, &Options::default());
    let mut numbers = Vec::new();
    for block in html.blocks() {
        let map = block.map();
        numbers.extend([block.source, map.text_len]);
        numbers.extend(map.runs.iter().flat_map(|run| [run.text, run.text_len, run.source, run.source_len]));
    }
    let maps: Vec<u8> = numbers.into_iter().flat_map(u32::to_le_bytes).collect();
    format!("{:016x} {:016x}", fnv1a(html.body().as_bytes()), fnv1a(&maps))
}

fn golden() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let entries = std::fs::read_dir(folder).expect("the folder of golden files");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.retain(|name| name.ends_with(".md"));
    names.sort();
    names
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
