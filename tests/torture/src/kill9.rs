//! TO2: `kill -9` at a random moment, over and over on one folder: every acked edit is there afterwards.
//!
//! Each case starts the server on what the last one left, looks for what was acked lately, lets people write, and kills it
//! 20 to 2,000 ms later; at the end all of them are looked for. Next: `writers.rs` for who writes.

use std::path::Path;
use std::time::Duration;

use peer::Person;

use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::Server;
use crate::writers::{Acked, Crowd, Pace};

/// People who write at once.
const WRITERS: usize = 20;
const WRITERS_SMALL: usize = 4;
/// A document is left alone after this many edits, so that reading all of them stays cheap.
const EDITS_PER_DOCUMENT: usize = 4_000;

/// Reading everything after every kill would be all that a long run does: it reads the newest documents, now and then all.
const NEWEST: usize = 3;
const EVERYTHING_EVERY: u64 = 25;

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let data = run.folder("kill9");
    let writers = if run.small { WRITERS_SMALL } else { WRITERS };
    let (mut acked, mut slowest, mut last) = (Acked::default(), Duration::ZERO, run.seed());
    while let Some(seed) = run.next() {
        last = seed;
        let mut rng = Rng::new(seed);
        let documents = if (tally.cases + 1).is_multiple_of(EVERYTHING_EVERY) { usize::MAX } else { NEWEST };
        let Some((server, person)) = started(run, &data, seed, tally) else { return Ok(()) };
        slowest = slowest.max(server.ready);
        look(&acked, &person, documents, seed, tally);
        let document = acked.document(&person, EDITS_PER_DOCUMENT);
        let crowd = Crowd::start(&person, document, writers, &format!("{seed}"), Pace::Steady);
        std::thread::sleep(Duration::from_millis(rng.between(20, 2_000)));
        server.kill();
        acked.add(crowd.end());
        tally.case(0);
    }
    if let Some((_server, person)) = started(run, &data, last, tally) {
        look(&acked, &person, usize::MAX, last, tally);
        tally.checked += acked.len() as u64;
    }
    tally.figure("acked edits", acked.len().to_string());
    tally.figure("slowest start", format!("{} ms", slowest.as_millis()));
    Ok(())
}

fn started(run: &Run, data: &Path, seed: u64, tally: &mut Tally) -> Option<(Server, Person)> {
    match Server::start(&run.galley, data) {
        Ok(server) => {
            let person = server.person("ada");
            Some((server, person))
        }
        Err(why) => {
            tally.failed(seed, why);
            None
        }
    }
}

fn look(acked: &Acked, person: &Person, documents: usize, seed: u64, tally: &mut Tally) {
    let missing = acked.missing_of_newest(person, documents);
    missing.into_iter().for_each(|edit| tally.failed(seed, format!("{edit} was acked and is gone")));
}
