//! TO14: random schedules of the room's core in virtual time: everybody ends with the same text, whatever was acked is stored.
//!
//! The schedules are the simulator's of the room crate, rough ones: two to six people, 200 things that happen, partitions,
//! long stretches without a connection, frames lost, repeated and out of order, 5 % restarts, 2 % changes of role.

use room::sim::{Weather, history};

use crate::run::{Run, Skipped, Tally};
use crate::schedules;

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    schedules::every(run, tally, || Ok(Box::new(|seed| history(seed, Weather::Rough, &mut |_| None))));
    Ok(())
}
