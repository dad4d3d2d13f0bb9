use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

const CAPS: Caps = Caps { entries: 100, inflated: 1 << 20 };

/// A zip as others make it.
fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (nth, (path, bytes)) in files.iter().enumerate() {
        let method = if nth % 2 == 0 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        zip.start_file(*path, SimpleFileOptions::default().compression_method(method)).expect("an entry");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A path, and what reading it gives.
type Read = (String, Result<Vec<u8>, Bad>);

/// Every entry.
fn all(bytes: &[u8], caps: Caps) -> Result<Vec<Read>, Unreadable> {
    let mut archive = Archive::open(Cursor::new(bytes), caps)?;
    let paths: Vec<String> = archive.entries().iter().map(|entry| entry.path.clone()).collect();
    Ok(paths.into_iter().enumerate().map(|(index, path)| (path, archive.read(index, 1 << 19))).collect())
}

fn one(bytes: &[u8]) -> Result<Vec<u8>, Bad> {
    all(bytes, CAPS).expect("a list").remove(0).1
}

#[test]
fn ar6_what_was_packed_comes_out() {
    let files: [(&str, &[u8]); 3] = [("a/é.md", b"text"), ("b.png", &[7; 70_000]), ("empty", b"")];
    let out = all(&packed(&files), CAPS).expect("a list");
    for ((path, bytes), (there, read)) in files.iter().zip(out) {
        assert_eq!((*path, Ok(bytes.to_vec())), (there.as_str(), read));
    }
    let moved = [b"#!/bin/sh\n".as_slice(), &packed(&files)].concat();
    assert_eq!(all(&moved, CAPS).expect("a list")[0].1, Ok(b"text".to_vec()), "something may stand before it");
}

#[test]
fn ar6_streamed_and_large_archives_are_read() {
    let mut zip = ZipWriter::new_stream(Vec::new());
    zip.start_file("a.md", SimpleFileOptions::default().large_file(true)).expect("an entry");
    zip.write_all(b"streamed").expect("written");
    let bytes = zip.finish().expect("an archive").into_inner();
    assert_eq!(one(&bytes), Ok(b"streamed".to_vec()));
}

#[test]
fn ar7_paths_that_lead_out_are_not_taken() {
    let bad = [
        "../a.md",
        "a/../../b.md",
        "/etc/passwd",
        "C:/x.md",
        "C:\\x.md",
        "..\\x.md",
        "a//b.md",
        "a/./b.md",
        "a\nb.md",
        "a\0.md",
    ];
    for path in bad {
        // Long enough to be overwritten by any of them: the crate that packs has its own opinion of names.
        let plain = "x".repeat(path.len());
        let bytes = replaced(&packed(&[(&plain, b"text")]), plain.as_bytes(), path.as_bytes());
        assert_eq!(one(&bytes), Err(Bad::Path), "{path:?}");
    }
    for noise in ["__MACOSX/a.md", ".git/config", "a/.DS_Store", "folder/"] {
        let archive = Archive::open(Cursor::new(packed(&[(noise, b"")])), CAPS).expect("a list");
        assert_eq!(archive.entries()[0].kind, Kind::Nothing, "{noise}");
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for at in 0..=out.len() - from.len() {
        if out[at..].starts_with(from) {
            out[at..at + to.len()].copy_from_slice(to);
        }
    }
    out
}

fn line(bytes: &[u8]) -> usize {
    bytes.windows(4).position(|four| four == b"PK\x01\x02").expect("a line of the list")
}

/// Overwrites bytes of the first line of the list.
fn patched(bytes: &[u8], offset: usize, with: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let at = line(bytes) + offset;
    out[at..at + with.len()].copy_from_slice(with);
    out
}

#[test]
fn ar7_lies_are_noticed() {
    let good = packed(&[("a.md", b"some text that is deflated, deflated, deflated")]);
    assert_eq!(one(&patched(&good, 8, &[1, 0])), Err(Bad::Locked));
    assert_eq!(one(&patched(&good, 10, &[14, 0])), Err(Bad::Method));
    assert_eq!(one(&patched(&good, 16, &[1, 2, 3, 4])), Err(Bad::Damaged));
    assert_eq!(one(&patched(&good, 20, &[3, 0, 0, 0])), Err(Bad::Short));
    assert_eq!(one(&patched(&good, 24, &[3, 0, 0, 0])), Err(Bad::Lies));
    assert_eq!(one(&patched(&good, 24, &[200, 0, 0, 0])), Err(Bad::Short));
    assert_eq!(one(&patched(&good, 24, &[255; 4])), Err(Bad::TooLarge(1 << 19)));
    assert_eq!(one(&patched(&good, 42, &[9, 0, 0, 0])), Err(Bad::Lies));
    assert_eq!(one(&patched(&good, 42, &[255, 255, 255, 0])), Err(Bad::Short));
    assert_eq!(one(&patched(&good, 46, b"b.md")), Err(Bad::Lies), "the two names differ");
    let mut link = patched(&good, 38, &[0, 0, 0xff, 0xa1]);
    let at = line(&link) + 5;
    link[at] = 3;
    assert_eq!(one(&link), Err(Bad::Link));
}

#[test]
fn ar7_what_is_not_an_archive_says_so() {
    let good = packed(&[("a.md", b"text")]);
    for cut in 0..good.len() {
        assert!(Archive::open(Cursor::new(&good[..cut]), CAPS).is_err(), "{cut}");
    }
    let few = Caps { entries: 1, ..CAPS };
    let two = packed(&[("a.md", b"text"), ("b.md", b"text")]);
    assert_eq!(all(&two, few).err(), Some(Unreadable::TooMany(1)));
    let mut lying = two.clone();
    let end = lying.len() - 22;
    lying[end + 8..end + 12].copy_from_slice(&[1, 0, 1, 0]);
    assert_eq!(all(&lying, few).err(), Some(Unreadable::TooMany(1)), "counted, not believed");
    assert_eq!(all(&lying, CAPS).err(), Some(Unreadable::Directory));
}

#[test]
fn ar8_a_bomb_costs_no_more_than_the_caps() {
    let zeros = vec![0; 400 << 10];
    let names: Vec<String> = (0..50).map(|nth| format!("{nth}.md")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), zeros.as_slice())).collect();
    let out = all(&packed(&files), CAPS).expect("a list");
    assert_eq!(out.iter().filter(|(_, read)| read.is_ok()).count(), 2);
    assert!(out[2..].iter().all(|(_, read)| *read == Err(Bad::Full)));
    let large = vec![0; 3 << 19];
    assert_eq!(one(&packed(&[("a.md", &large)])), Err(Bad::TooLarge(1 << 19)));
}

#[test]
fn ar8_bytes_shared_by_entries_come_out_once() {
    let mut bytes = packed(&[("a.md", &[b'x'; 900]), ("a.me", &[b'x'; 900])]);
    let first = line(&bytes);
    let second = first + 4 + line(&bytes[first + 4..]);
    bytes[second + 42..second + 46].copy_from_slice(&[0; 4]);
    let out = all(&bytes, CAPS).expect("a list");
    assert!(out[0].1.is_ok());
    assert_eq!(out[1].1, Err(Bad::Overlap));
    let twice = replaced(&packed(&[("a.md", b"1"), ("b.md", b"2")]), b"b.md", b"a.md");
    assert_eq!(all(&twice, CAPS).expect("a list")[1].1, Err(Bad::Twice));
}

#[test]
fn ar8_mutated_archives_never_panic_and_never_give_more_than_the_caps() {
    let seeds = [
        packed(&[("a.md", b"# Title\n\n![](img/a.png)"), ("img/a.png", &[9; 3_000]), ("galley.json", b"{}")]),
        packed(&[("x/y/z.md", &[b'a'; 60_000]), ("x/empty", b"")]),
    ];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below.max(1) as u64) as usize
    };
    let mut opened = 0;
    for round in 0..20_000 {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=random(6) {
            let at = random(bytes.len());
            match random(5) {
                0 => bytes[at] = random(256) as u8,
                1 => bytes[at] ^= 1 << random(8),
                2 => bytes.truncate(at.max(1)),
                3 => {
                    let end = (at + random(40)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    let to = random(bytes.len());
                    bytes.splice(to..to, piece);
                }
                _ => {
                    let special = [0, 0xff, 0xffff, 0xffff_fffe, 0xffff_ffff_u32][random(5)].to_le_bytes();
                    let end = (at + 4).min(bytes.len());
                    bytes[at..end].copy_from_slice(&special[..end - at]);
                }
            }
        }
        if let Ok(out) = all(&bytes, CAPS) {
            opened += 1;
            let sum: usize = out.iter().filter_map(|(_, read)| read.as_ref().ok()).map(Vec::len).sum();
            assert!(sum as u64 <= CAPS.inflated && out.len() <= CAPS.entries, "{round}");
        }
    }
    assert!(opened > 2_000, "{opened} of the mutants were still archives");
}
