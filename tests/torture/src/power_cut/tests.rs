use std::collections::BTreeSet;
use std::path::Path;

use storage::{Expect, Storage};

use super::*;
use crate::inside::wait;

/// As strace writes a string under `-xx`.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect()
}

/// The calls of a log that is written and synced record by record, with a promise a microsecond after each sync; without the
/// syncs if they are forgotten.
fn trace(records: usize, syncs: &str) -> String {
    let mut lines = vec![
        format!("1 10.000001 openat(AT_FDCWD, \"{}\", O_RDWR|O_CREAT, 0666) = 3", hex(b"/d/log")),
        format!("1 10.000002 openat(AT_FDCWD, \"{}\", O_RDONLY) = 4", hex(b"/d")),
        "1 10.000003 fsync(4) = 0".into(),
    ];
    for record in 0..records {
        let at = 100 * (record + 1);
        lines.push(format!(
            "1 10.{at:06} pwrite64(3, \"{}\", 600, {}) = 600",
            hex(&[record as u8 + 1; 600]),
            record * 600
        ));
        lines.push(format!("1 10.{:06} sync_file_range(3, 0, 0, 0) = 0", at + 1));
        lines.push(format!("1 10.{:06} {syncs}(3) = 0", at + 2));
    }
    lines.join("\n")
}

/// Seeds whose cut lost a record that had been promised.
fn lost(trace: &str, records: usize) -> BTreeSet<u64> {
    let mut moments = Vec::new();
    trace::read(trace.as_bytes(), &mut moments).expect("understood");
    let told = |record: usize| record::Told {
        at_us: 10_000_000 + 100 * (record as u64 + 1) + 3,
        promise: Promise::Account(record.to_string()),
    };
    let recording = Recording { moments, told: (0..records).map(told).collect(), root: "/d".into() };
    let mut lost = BTreeSet::new();
    let look = |cut: Cut<'_>| {
        let log = cut.image.get(Path::new("log")).cloned().flatten().unwrap_or_default();
        let kept = |record: usize| log.get(record * 600..(record + 1) * 600) == Some(&[record as u8 + 1; 600][..]);
        if !(0..cut.promises.len()).all(kept) {
            lost.insert(cut.seed);
        }
        true
    };
    walk(&recording, &(0..500).collect::<Vec<_>>(), look).expect("played");
    lost
}

#[test]
fn to20_forgotten_syncs_are_noticed() {
    assert_eq!(lost(&trace(20, "fdatasync"), 20), BTreeSet::new());
    assert_eq!(lost(&trace(20, "fsync"), 20), BTreeSet::new());
    let without = lost(&trace(20, "sync_file_range"), 20);
    assert!(without.len() > 250, "{} of 500 cuts lost something", without.len());
}

/// A sync of another file, or one that failed, covers nothing.
#[test]
fn to20_a_sync_of_something_else_is_no_sync() {
    let elsewhere = trace(20, "fsync").replace("fsync(3)", "fsync(4)");
    assert!(lost(&elsewhere, 20).len() > 250);
    let failed = trace(20, "fsync").replace("fsync(3) = 0", "fsync(3) = -1 EIO (Input/output error)");
    assert!(lost(&failed, 20).len() > 250);
}

/// What a cut leaves is written as it is, and what is opened there is what was promised.
#[test]
fn to20_a_promise_that_is_not_kept_is_said() {
    let place = tempfile::tempdir().expect("a folder");
    let data = place.path().join("data");
    let storage = Storage::open(&data).expect("opens");
    wait(storage.put("name/ada", b"{}".to_vec().into(), Expect::Absent)).expect("put");
    wait(storage.close()).expect("closed");
    drop(storage);
    let told = |name: &str| record::Told { at_us: 1, promise: Promise::Account(name.into()) };
    let cut = |promises| Cut { seed: 1, number: 0, mercy: Mercy::None, image: Image::new(), promises };
    let (there, gone) = ([told("ada")], [told("bob")]);
    assert_eq!(checked(&data, &cut(&there)), Ok(()));
    assert!(checked(&data, &cut(&gone)).is_err_and(|why| why.contains("name/bob")));
    std::fs::write(data.join("format"), "torn").expect("written");
    assert!(checked(&data, &cut(&[])).is_err_and(|why| why.contains("format")));
}
