//! Power cuts: a real server's calls are written down, and from any moment of them what a disk may still hold is opened.
//!
//! Recording is slow and done once for many cuts; each case is one cut: a moment, a choice of what of the unsynced survives,
//! and every promise made before that moment. Most images are opened in this process, some by a real server.
//! Next: `power_cut/disk.rs` for what a disk may hold, `record.rs` for what happened, `trace.rs` for how it is known.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};

use peer::PASSWORD;
use serde_json::json;

use crate::inside::{Inside, Promise};
use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::Server;

mod disk;
pub mod record;
mod trace;

use disk::{Image, Mercy};
use record::{Recording, Size};

/// Cuts taken from one recording.
const CUTS_PER_RECORDING: usize = 2_500;
/// Each so many-th image is opened by a real server too.
const SERVED: usize = 250;
/// Failures after which nobody learns from more, and how many of their images are kept.
const FAILURES: usize = 20;
const FAILURES_KEPT: usize = 3;
const SMALL: Size = Size { sessions: 2, writers: 2, edits: 40, wishes: 6, text: 40_000 };
const FULL: Size = Size { sessions: 4, writers: 6, edits: 250, wishes: 40, text: 700_000 };

/// One cut, ready to be looked at.
struct Cut<'a> {
    seed: u64,
    number: usize,
    mercy: Mercy,
    image: Image,
    promises: &'a [record::Told],
}

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    record::possible()?;
    let (mut acks, mut calls, mut served) = (0, 0, 0);
    loop {
        let seeds: Vec<u64> = std::iter::from_fn(|| run.next()).take(CUTS_PER_RECORDING).collect();
        let Some(first) = seeds.first() else { break };
        let size = if run.small { SMALL } else { FULL };
        let recording = match record::record(run, *first, &size) {
            Ok(recording) => recording,
            Err(why) => {
                tally.failed(*first, why);
                return Ok(());
            }
        };
        acks += recording.told.len();
        calls += recording.moments.len() / 2;
        served += look(run, &recording, &seeds, tally);
        std::fs::remove_dir_all(&recording.root).ok();
        if tally.failures.len() >= FAILURES {
            break;
        }
    }
    tally.figure("acks", acks.to_string());
    tally.figure("calls", calls.to_string());
    tally.figure("opened by a server", served.to_string());
    Ok(())
}

/// Walks the recording once and hands each cut to whoever is free; how many were opened by a server.
fn look(run: &Run, recording: &Recording, seeds: &[u64], tally: &mut Tally) -> usize {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let (to, from) = sync_channel::<Cut<'_>>(workers);
    let (from, shared) = (Mutex::new(from), Mutex::new((tally, 0)));
    let cuts = std::thread::scope(|scope| {
        for worker in 0..workers {
            let (from, shared) = (&from, &shared);
            let place = images(run).join(format!("galley-cut-{}-{worker}", std::process::id()));
            scope.spawn(move || work(run, from, &place, shared));
        }
        let walked = walk(recording, seeds, |cut| to.send(cut).is_ok());
        drop(to);
        walked
    });
    let (tally, served) = shared.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Err(why) = cuts {
        tally.failed(seeds[0], why);
    }
    served
}

/// Memory where there is some to write to: nobody waits for real disks here.
fn images(run: &Run) -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { run.scratch().to_owned() }
}

fn walk<'a>(recording: &'a Recording, seeds: &[u64], mut give: impl FnMut(Cut<'a>) -> bool) -> Result<(), String> {
    let moments = &recording.moments;
    let mut cuts: Vec<(usize, u64, Rng)> = Vec::new();
    for seed in seeds {
        let mut rng = Rng::new(*seed);
        cuts.push((rng.below(moments.len() as u64) as usize, *seed, rng));
    }
    cuts.sort_by_key(|(at, seed, _)| (*at, *seed));
    let mut player = trace::Player::new(&recording.root);
    let mut next = 0;
    for (number, (at, seed, mut rng)) in cuts.into_iter().enumerate() {
        while next <= at {
            player.play(&moments[next])?;
            next += 1;
        }
        // What was seen before the next call began was seen before this cut.
        let cut_us = moments.get(next).map_or(u64::MAX, |moment| moment.at_us);
        let told = recording.told.partition_point(|told| told.at_us < cut_us);
        let mercy = Mercy::any(&mut rng);
        let image = player.disk.cut(mercy, &mut rng);
        if !give(Cut { seed, number, mercy, image, promises: &recording.told[..told] }) {
            break;
        }
    }
    Ok(())
}

fn work(run: &Run, cuts: &Mutex<Receiver<Cut<'_>>>, place: &Path, shared: &Mutex<(&mut Tally, usize)>) {
    let next = || cuts.lock().ok()?.recv().ok();
    while let Some(cut) = next() {
        // Whoever hands out cuts must not be left waiting.
        if shared.lock().is_ok_and(|shared| shared.0.failures.len() >= FAILURES) {
            continue;
        }
        let by_server = cut.number % SERVED == SERVED / 2;
        let found = written(&cut.image, place).and_then(|()| {
            checked(&place.join("data"), &cut)?;
            if by_server { answered(run, &place.join("data"), &cut) } else { Ok(()) }
        });
        let Ok(mut shared) = shared.lock() else { return };
        shared.0.case(cut.promises.len() as u64);
        shared.1 += usize::from(by_server);
        if let Err(why) = found {
            let kept = kept(&cut, shared.0.failures.len());
            shared.0.failed(cut.seed, format!("{:?}: {why}{kept}", cut.mercy));
        }
    }
    std::fs::remove_dir_all(place).ok();
}

/// The first failed images as they were, for whoever looks into them.
fn kept(cut: &Cut<'_>, failures: usize) -> String {
    let place = std::env::temp_dir().join(format!("galley-cut-{}", cut.seed));
    let written = failures < FAILURES_KEPT && written(&cut.image, &place).is_ok();
    if written { format!("; its image is in {}", place.display()) } else { String::new() }
}

fn written(image: &Image, place: &Path) -> Result<(), String> {
    let write = || {
        if place.exists() {
            std::fs::remove_dir_all(place)?;
        }
        std::fs::create_dir_all(place)?;
        for (path, content) in image {
            match content {
                Some(bytes) => std::fs::write(place.join(path), bytes)?,
                None => std::fs::create_dir_all(place.join(path))?,
            }
        }
        Ok(())
    };
    write().map_err(|error: std::io::Error| format!("the image could not be written: {error}"))
}

/// Opens it, looks for every promise, and opens it once more after a proper close.
fn checked(data: &Path, cut: &Cut<'_>) -> Result<(), String> {
    for _ in 0..1 + cut.number % 2 {
        let mut inside = Inside::open(data)?;
        for told in cut.promises {
            inside.keeps(&told.promise)?;
        }
        inside.close()?;
    }
    Ok(())
}

/// The same by the binary people run.
fn answered(run: &Run, data: &Path, cut: &Cut<'_>) -> Result<(), String> {
    let server = Server::start(&run.galley, data)?;
    let is_account = |told: &record::Told| matches!(&told.promise, Promise::Account(_));
    if !cut.promises.iter().any(is_account) {
        return Ok(());
    }
    let mut person = peer::Person::stranger(&server.url);
    let answer = person.send("POST", "/api/login", Some(json!({"name": "ada", "password": PASSWORD})));
    if answer.status != 200 {
        return Err(format!("ada cannot sign in: {}", answer.body));
    }
    person.take_cookie(answer);
    let mut texts = std::collections::BTreeMap::new();
    for told in cut.promises {
        let kept = match &told.promise {
            Promise::Account(_) => true,
            Promise::Document(id) => person.send("GET", &format!("/api/documents/{id}"), None).status == 200,
            Promise::Words(id, words) => {
                texts.entry(*id).or_insert_with(|| person.text(&id.to_string())).contains(words)
            }
            Promise::Note(id, words) => {
                person.send("GET", &format!("/api/documents/{id}/notes"), None).body.contains(words)
            }
            Promise::File(id, name, content) => person.send("GET", &format!("/u/{id}/{name}"), None).bytes == *content,
        };
        if !kept {
            let shown: String = format!("{:?}", told.promise).chars().take(120).collect();
            return Err(format!("the server does not have {shown}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
