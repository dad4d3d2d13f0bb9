//! The simulator as a test: a few thousand histories of each kind, and a store that lies.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::editor::Yrs;
use super::store::Honesty;
use super::{Weather, ended, history};

const FAIR: u64 = 5_000;
const ROUGH: u64 = 100;

#[test]
fn every_history_ends_well() {
    all_end_well(Weather::Fair, FAIR);
}

#[test]
fn every_rough_history_ends_well() {
    all_end_well(Weather::Rough, ROUGH);
}

fn all_end_well(weather: Weather, seeds: u64) {
    let rough = variable("SIM_ROUGH").is_some();
    if rough != (weather == Weather::Rough) && (rough || variable("SIM_SEED").is_some()) {
        return;
    }
    if let Some(seed) = variable("SIM_SEED") {
        history(seed, weather, &mut |_| None).unwrap_or_else(|why| panic!("SEED={seed}: {why}"));
        return;
    }
    let from = variable("SIM_FROM").unwrap_or(0);
    let until = from + variable("SIM_SEEDS").unwrap_or(seeds);
    let (next, failed) = (AtomicU64::new(from), AtomicBool::new(false));
    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= until {
                return;
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| history(seed, weather, &mut |_| None)));
            if let Err(why) = outcome.unwrap_or_else(|_| Err("it panicked".into())) {
                failed.store(true, Ordering::Relaxed);
                println!("SEED={seed}, {weather:?}: {why}");
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    assert!(!failed.into_inner(), "a history ended badly; SIM_SEED=n repeats it, with SIM_ROUGH=1 a rough one");
}

/// A store that calls things saved that are not must not get past these checks.
#[test]
fn a_lying_store_is_caught() {
    let mut desk = |client| Box::new(Yrs::new(client)) as _;
    for weather in [Weather::Fair, Weather::Rough] {
        let caught = (0..300).any(|seed| ended(seed, Honesty::Liar, weather, &mut desk).is_err());
        assert!(caught, "nobody noticed");
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}
