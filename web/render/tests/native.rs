//! What the native renderer makes of every example of the specifications and every hostile payload, as digests in `spec/native.txt` (RE3).
//! The page's test reads the same file and compares the WASM module's output, so that the two stay the same bytes.
//! `BLESS=1 cargo test -p render --test native` writes it again.

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
            let html = render(example[2].as_str().expect("Markdown"), &Options::default());
            writeln!(digests, "{name} {} {:016x}", example[0], fnv1a(html.body().as_bytes())).expect("a string grows");
        }
    }
    for (number, payload) in include_str!("payloads.txt").lines().enumerate() {
        let html = render(payload, &Options::default());
        writeln!(digests, "payload {number} {:016x}", fnv1a(html.body().as_bytes())).expect("a string grows");
    }
    let known = folder.join("native.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&known, &digests).expect("a writable folder");
    }
    let known = std::fs::read_to_string(known).unwrap_or_default();
    assert!(known == digests, "native output changed; BLESS=1 writes the digests again");
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
