//! One program for each target of `tests/hostile`: this file is compiled once for each name in the manifest.
//!
//! libFuzzer's own limit is the clock on the wall, which on a shared machine says little of an input; here it is the time the
//! processor spent, which is the same whatever runs beside.

#![no_main]

use std::sync::atomic::{AtomicU64, Ordering};

use libfuzzer_sys::fuzz_target;
use rustix::time::{ClockId, clock_gettime};

/// The most an input took.
static SLOWEST_MS: AtomicU64 = AtomicU64::new(0);
/// Less is not worth a line.
const TOLD_MS: u64 = 2;

fuzz_target!(|bytes: &[u8]| {
    const NAME: &str = env!("CARGO_BIN_NAME");
    let target = hostile::named(NAME).expect("the manifest names only targets there are");
    let begun = processor_ms();
    target.check(bytes);
    let took = processor_ms() - begun;
    let slowest = SLOWEST_MS.load(Ordering::Relaxed);
    if took > slowest + slowest / 8 && took >= TOLD_MS {
        SLOWEST_MS.store(took, Ordering::Relaxed);
        eprintln!("slowest so far, in ms: {took}");
    }
    assert!(took <= target.processor_ms, "it took {took} ms of the processor, and {} are allowed", target.processor_ms);
});

fn processor_ms() -> u64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as u64 * 1_000 + now.tv_nsec as u64 / 1_000_000
}
