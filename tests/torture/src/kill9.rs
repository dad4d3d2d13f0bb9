//! TO2: `kill -9` at a random moment, over and over on one folder: every acked edit is there afterwards.
//!
//! Each case starts the server on what the last one left, looks for every edit acked so far, lets people write, and kills it
//! 20 to 2,000 ms later. Next: `writers.rs` for who writes.

use std::time::Duration;

use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::Server;
use crate::writers::{Acked, Crowd};

/// People who write at once.
const WRITERS: usize = 20;
const WRITERS_SMALL: usize = 4;
/// A document is left alone after this many edits, so that reading all of them stays cheap.
const EDITS_PER_DOCUMENT: usize = 4_000;

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let data = run.folder("kill9");
    let writers = if run.small { WRITERS_SMALL } else { WRITERS };
    let (mut acked, mut slowest) = (Acked::default(), Duration::ZERO);
    while let Some(seed) = run.next() {
        let mut rng = Rng::new(seed);
        let server = match Server::start(&run.galley, &data) {
            Ok(server) => server,
            Err(why) => {
                tally.failed(seed, why);
                return Ok(());
            }
        };
        slowest = slowest.max(server.ready);
        let person = server.person("ada");
        acked.missing(&person).into_iter().for_each(|edit| tally.failed(seed, format!("{edit} was acked and is gone")));
        let looked = acked.len();
        let crowd = Crowd::start(&person, acked.document(&person, EDITS_PER_DOCUMENT), writers, &format!("{seed}"));
        std::thread::sleep(Duration::from_millis(rng.between(20, 2_000)));
        server.kill();
        acked.add(crowd.end());
        tally.case(looked as u64);
    }
    tally.figure("acked edits", acked.len().to_string());
    tally.figure("slowest start", format!("{} ms", slowest.as_millis()));
    Ok(())
}
