//! Many seeded schedules in this process, on every core.
//!
//! Invariant: a schedule that panics is a failure of its seed and ends nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use crate::run::{Run, Tally};

/// Failures after which the rest says nothing new.
const FAILURES: usize = 5;

/// One worker's work: a seed in, what was looked at or what was wrong out.
pub type Work = Box<dyn FnMut(u64) -> Result<usize, String>>;

/// Takes every case of the run; each thread has a worker of its own, and a new one after a failure.
pub fn every(run: &mut Run, tally: &mut Tally, worker: impl Fn() -> Result<Work, String> + Sync) {
    let both = Mutex::new((run, tally));
    let work = || {
        let mut mine = worker();
        while let Some(seed) = next(&both) {
            let ended = match &mut mine {
                Ok(work) => catch_unwind(AssertUnwindSafe(|| work(seed))).unwrap_or_else(|why| Err(panicked(&*why))),
                Err(why) => Err(why.clone()),
            };
            if ended.is_err() {
                mine = worker();
            }
            let Ok(mut both) = both.lock() else { return };
            match ended {
                Ok(checked) => both.1.case(checked as u64),
                Err(why) => both.1.failed(seed, why),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
}

fn next(both: &Mutex<(&mut Run, &mut Tally)>) -> Option<u64> {
    let mut both = both.lock().ok()?;
    let (run, tally) = &mut *both;
    (tally.failures.len() < FAILURES).then(|| run.next()).flatten()
}

fn panicked(why: &(dyn std::any::Any + Send)) -> String {
    let words = why.downcast_ref::<String>().map(String::as_str).or(why.downcast_ref::<&str>().copied());
    format!("it panicked: {}", words.unwrap_or("without a word"))
}
