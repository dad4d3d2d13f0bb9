//! Lists everything in sled, and goes on where something cannot be read.
//!
//! Invariant: whatever is in the folder, this returns; what it could not read is named in the survey and never left out in
//! silence. Next: `cut.rs`, for which the committer calls this between two groups.

use super::engine::caught;
use super::format;
use super::trees::{Newest, Trees, parse_record};
use crate::cut::{Damage, Survey};
use crate::{StoreError, Stream};

const STREAM_BYTES: usize = 20;

/// Everything there is, by name.
pub(crate) fn survey(trees: &Trees) -> Survey {
    let mut damage = Vec::new();
    let records = guarded("the records", &mut damage, |damage| records(trees, damage));
    let streams = guarded("the streams", &mut damage, |damage| streams(trees, damage));
    Survey { records, streams, damage }
}

/// sled asserts its way through damaged pages; a panic there is damage like any other.
fn guarded<T>(place: &str, damage: &mut Vec<Damage>, list: impl FnOnce(&mut Vec<Damage>) -> Vec<T>) -> Vec<T> {
    let mut found = Vec::new();
    match caught(|| list(&mut found)) {
        Ok(listed) => {
            damage.append(&mut found);
            listed
        }
        Err(_) => {
            damage.append(&mut found);
            damage.push(Damage { place: place.into(), what: "sled panicked while reading it".into() });
            Vec::new()
        }
    }
}

fn records(trees: &Trees, damage: &mut Vec<Damage>) -> Vec<(String, crate::Record)> {
    let mut records = Vec::new();
    for pair in trees.records.iter() {
        let (key, value) = match pair {
            Ok(pair) => pair,
            // sled's iterators repeat their error for ever.
            Err(error) => {
                damage.push(Damage { place: "the records".into(), what: format!("cannot be listed: {error}") });
                break;
            }
        };
        let name = String::from_utf8_lossy(&key).into_owned();
        match parse_record(&name, &value) {
            Ok(record) => records.push((name, record)),
            Err(error) => damage.push(told(format!("record {name}"), &error)),
        }
    }
    records
}

fn streams(trees: &Trees, damage: &mut Vec<Damage>) -> Vec<Stream> {
    let mut streams = Vec::new();
    let mut from = Vec::new();
    loop {
        let next = match next_key(trees, &from) {
            Ok(Some(next)) => next,
            Ok(None) => return streams,
            Err(error) => {
                damage.push(Damage { place: "the streams".into(), what: format!("cannot be listed: {error}") });
                return streams;
            }
        };
        let Some(stream) = next.get(..STREAM_BYTES).and_then(format::parse_stream_key) else {
            let what = format!("a key of {} bytes is none of Galley's", next.len());
            damage.push(Damage { place: "the streams".into(), what });
            from = [&next[..], &[0]].concat();
            continue;
        };
        match is_there(trees, stream) {
            Ok(true) => streams.push(stream),
            Ok(false) => {}
            Err(error) => damage.push(Damage { place: super::trees::name(stream), what: error.to_string() }),
        }
        match successor(&next[..STREAM_BYTES]) {
            Some(next) => from = next,
            None => return streams,
        }
    }
}

/// Not if it is being erased, nor if a kill left the beginning of its first entry and nothing else. What cannot be read is.
fn is_there(trees: &Trees, stream: Stream) -> sled::Result<bool> {
    let has_begun = || !matches!((trees.head(stream), trees.newest(stream)), (Ok(None), Ok(Newest { whole: 0, .. })));
    Ok(!trees.erasing.contains_key(format::stream_key(stream))? && has_begun())
}

/// The first key of the log or the heads that is not before `from`.
fn next_key(trees: &Trees, from: &[u8]) -> sled::Result<Option<sled::IVec>> {
    let first = |tree: &sled::Tree| tree.range(from..).keys().next().transpose();
    let (head, log) = (first(&trees.head)?, first(&trees.log)?);
    Ok(match (head, log) {
        (Some(head), Some(log)) => Some(head.min(log)),
        (head, log) => head.or(log),
    })
}

/// The smallest key behind everything that starts with `prefix`.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut next = prefix.to_vec();
    while let Some(last) = next.pop() {
        if last < u8::MAX {
            next.push(last + 1);
            return Some(next);
        }
    }
    None
}

fn told(place: String, error: &StoreError) -> Damage {
    let what = match error {
        StoreError::Corrupt(what) => what.clone(),
        error => error.to_string(),
    };
    Damage { place, what }
}
