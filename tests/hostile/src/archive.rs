//! FZ8: archives nobody vouches for.

use std::io::Cursor;

use galley::readers::manifest::Manifest;
use galley::readers::plan::{Plan, Target, decoded};
use galley::readers::unzip::{Archive, Caps, Kind};

const CAPS: Caps = Caps { entries: 64, inflated: 1 << 18 };
const ENTRY_BYTES_MAX: u64 = 1 << 17;

/// Any bytes as an archive: at most so much comes out, no path leads out of it, and every entry is accounted for.
pub fn import(bytes: &[u8]) {
    let _ = decoded(bytes);
    let _ = Manifest::read(bytes);
    let Ok(mut archive) = Archive::open(Cursor::new(bytes), CAPS) else { return };
    let entries = archive.entries().to_vec();
    assert!(entries.len() <= CAPS.entries);
    let mut out = 0;
    let mut manifest = None;
    for (index, entry) in entries.iter().enumerate() {
        if entry.kind == Kind::File {
            let inside = |part: &str| !matches!(part, "" | "." | "..");
            assert!(entry.path.split('/').all(inside) && !entry.path.contains('\\'), "{:?} leads out", entry.path);
        }
        if let Ok(content) = archive.read(index, ENTRY_BYTES_MAX) {
            assert!(content.len() as u64 <= ENTRY_BYTES_MAX && content.len() as u64 == entry.size());
            out += content.len() as u64;
            if entry.path == "galley.json" {
                manifest = Manifest::read(&content);
            }
        }
    }
    assert!(out <= CAPS.inflated, "{out} bytes came out");
    planned(&Plan::of(&entries, manifest), &entries);
}

fn planned(plan: &Plan, entries: &[galley::readers::unzip::Entry]) {
    for text in &plan.texts {
        assert_eq!(plan.at(&text.path), Some(text.entry));
        for entry in entries {
            match plan.find(&entry.path, &text.path) {
                Some(Target::Text(number)) => assert!(number < plan.texts.len()),
                Some(Target::File(file)) => assert!(entries[file].kind == Kind::File),
                None => {}
            }
        }
    }
    let bad = entries.iter().filter(|entry| matches!(entry.kind, Kind::Bad(_))).count();
    assert_eq!(plan.bad.len(), bad, "what is not taken is named");
}
