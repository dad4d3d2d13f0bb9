//! How often somebody may be wrong.
//!
//! Failed sign-ins and redeems are counted by address and by what they were aimed at, a minute at a time; successes are
//! free. An attempt is counted before the work and given back when it succeeds, so a thousand at once gain nothing.
//! Invariant: no clock in here, and memory is bounded by [`KEYS_MAX`].

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use room::Author;

use super::Error;
use crate::guard::network;
use crate::metrics::Metrics;

/// Addresses and targets remembered; beyond it new ones wait for the minute to end.
const KEYS_MAX: usize = 100_000;
const MINUTE_MS: u64 = 60_000;
const TRIM_MS: u64 = 1_000;

/// Failures of the last minute.
pub struct Throttle {
    limit: &'static str,
    per_minute: u32,
    metrics: Arc<Metrics>,
    windows: Mutex<Windows>,
}

#[derive(Default)]
struct Windows {
    by_key: HashMap<blake3::Hash, Window>,
    trimmed_ms: u64,
}

#[derive(Clone, Copy)]
struct Window {
    since_ms: u64,
    failures: u32,
}

/// An attempt that counts as a failure until it is told otherwise.
#[must_use]
pub struct Attempt<'a> {
    throttle: &'a Throttle,
    keys: [blake3::Hash; 2],
}

impl Throttle {
    /// So many a minute for each address and each target, or each author; the name of that limit.
    pub fn new(limit: &'static str, per_minute: u32, metrics: Arc<Metrics>) -> Throttle {
        Throttle { limit, per_minute, metrics, windows: Mutex::default() }
    }

    /// Counts an attempt, or refuses it. `now` is monotonic.
    pub fn attempt(&self, now: u64, address: IpAddr, target: &str) -> Result<Attempt<'_>, Error> {
        let keys = [
            blake3::hash(format!("address {}", network(address)).as_bytes()),
            blake3::hash(format!("target {target}").as_bytes()),
        ];
        let mut windows = self.windows();
        let full = !windows.has_room(now, keys.len());
        let spent = |key| windows.by_key.get(key).is_some_and(|window: &Window| window.is_spent(now, self.per_minute));
        if full || keys.iter().any(spent) {
            self.metrics.reached(self.limit);
            return Err(Error::TooManyAttempts);
        }
        for key in keys {
            windows.by_key.entry(key).or_insert(Window { since_ms: now, failures: 0 }).count(now);
        }
        Ok(Attempt { throttle: self, keys })
    }

    /// Counts something one person does, right or wrong, or refuses it. `now` is monotonic.
    pub fn spend(&self, now: u64, author: Author) -> Result<(), Error> {
        let key = blake3::hash(format!("author {}", author.0).as_bytes());
        let mut windows = self.windows();
        let full = !windows.has_room(now, 1);
        if full || windows.by_key.get(&key).is_some_and(|window| window.is_spent(now, self.per_minute)) {
            self.metrics.reached(self.limit);
            return Err(Error::TooManyWishes);
        }
        windows.by_key.entry(key).or_insert(Window { since_ms: now, failures: 0 }).count(now);
        Ok(())
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Windows {
    /// Looking through all of them costs more than an attempt, so it is done at most once a second.
    fn has_room(&mut self, now: u64, more: usize) -> bool {
        if self.by_key.len() + more > KEYS_MAX && now - self.trimmed_ms >= TRIM_MS {
            self.trimmed_ms = now;
            self.by_key.retain(|_, window| now - window.since_ms < MINUTE_MS);
        }
        self.by_key.len() + more <= KEYS_MAX
    }
}

impl Window {
    fn is_spent(&self, now: u64, per_minute: u32) -> bool {
        now - self.since_ms < MINUTE_MS && self.failures >= per_minute
    }

    fn count(&mut self, now: u64) {
        if now - self.since_ms >= MINUTE_MS {
            *self = Window { since_ms: now, failures: 0 };
        }
        self.failures += 1;
    }
}

impl Attempt<'_> {
    /// It was right: it does not count.
    pub fn succeeded(self) {
        let mut windows = self.throttle.windows();
        for key in self.keys {
            if let Some(window) = windows.by_key.get_mut(&key) {
                window.failures = window.failures.saturating_sub(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::BROADCAST);

    fn throttle(per_minute: u32) -> Throttle {
        Throttle::new("failures_per_minute", per_minute, Arc::default())
    }

    #[test]
    fn ac8_ten_failures_then_a_minute() {
        let throttle = throttle(10);
        for _ in 0..10 {
            assert!(throttle.attempt(5, HERE, "ada").is_ok());
        }
        assert!(throttle.attempt(5, HERE, "eve").is_err(), "the address is spent");
        assert!(throttle.attempt(5, THERE, "ada").is_err(), "and so is the account");
        assert!(throttle.attempt(5, THERE, "eve").is_ok());
        assert!(throttle.attempt(5 + MINUTE_MS, HERE, "ada").is_ok());
    }

    #[test]
    fn ac38_a_network_of_one_subscriber_is_one_address() {
        let throttle = throttle(10);
        let home = |host: u16| IpAddr::from([0x2001, 0xdb8, 1, 2, 0, 0, 0, host]);
        for host in 0..10 {
            assert!(throttle.attempt(0, home(host), &host.to_string()).is_ok());
        }
        assert!(throttle.attempt(0, home(99), "another").is_err(), "the whole /64 is spent");
        assert!(throttle.attempt(0, IpAddr::from([0x2001, 0xdb8, 1, 3, 0, 0, 0, 1]), "another").is_ok());
    }

    #[test]
    fn ac8_successes_are_free() {
        let throttle = throttle(2);
        for _ in 0..100 {
            throttle.attempt(0, HERE, "ada").expect("free").succeeded();
        }
    }

    #[test]
    fn ac8_memory_is_bounded() {
        let throttle = throttle(1);
        for n in 0..200_000_u32 {
            drop(throttle.attempt(0, IpAddr::from(n.to_be_bytes()), &n.to_string()));
        }
        assert!(throttle.windows().by_key.len() <= KEYS_MAX);
        assert!(throttle.attempt(MINUTE_MS, HERE, "ada").is_ok());
    }
}
