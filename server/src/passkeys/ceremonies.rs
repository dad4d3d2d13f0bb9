//! What was begun and is not finished: in memory, once, for five minutes.
//!
//! Invariant: what is taken is gone; nothing is older than [`CEREMONY_MS`] when it is taken; there are never more than
//! `max`, and the oldest goes first. A restart forgets all of it, and people begin again.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

/// How long a ceremony may take.
pub const CEREMONY_MS: u64 = 5 * 60 * 1_000;

/// Ceremonies of one kind.
pub struct Ceremonies<T> {
    max: usize,
    begun: Mutex<Begun<T>>,
}

struct Begun<T> {
    states: HashMap<Uuid, (u64, T)>,
    by_age: BTreeSet<(u64, Uuid)>,
}

impl<T> Ceremonies<T> {
    /// Room for `max`.
    pub fn new(max: usize) -> Ceremonies<T> {
        Ceremonies { max, begun: Mutex::new(Begun { states: HashMap::new(), by_age: BTreeSet::new() }) }
    }

    /// Keeps a state until it is taken; the id is what the browser sends back.
    pub fn begin(&self, now: u64, state: T) -> String {
        let id = Uuid::new_v4();
        let mut begun = self.lock();
        begun.forget(|began, count| is_over(began, now) || count >= self.max);
        begun.states.insert(id, (now, state));
        begun.by_age.insert((now, id));
        id.to_string()
    }

    /// The state, once and in time.
    pub fn take(&self, now: u64, id: &str) -> Option<T> {
        let id = id.parse().ok()?;
        let mut begun = self.lock();
        let (began, state) = begun.states.remove(&id)?;
        begun.by_age.remove(&(began, id));
        (!is_over(began, now)).then_some(state)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        let begun = self.lock();
        assert_eq!(begun.states.len(), begun.by_age.len());
        begun.states.len()
    }

    fn lock(&self) -> MutexGuard<'_, Begun<T>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Begun<T> {
    /// Forgets the oldest as long as `may_go` says so of when it began and of how many there are.
    fn forget(&mut self, may_go: impl Fn(u64, usize) -> bool) {
        while let Some(&(began, id)) = self.by_age.first()
            && may_go(began, self.states.len())
        {
            self.by_age.pop_first();
            self.states.remove(&id);
        }
    }
}

fn is_over(began: u64, now: u64) -> bool {
    now.saturating_sub(began) >= CEREMONY_MS
}
