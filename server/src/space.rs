//! How much room the disk of the data folder has: a warning, then nothing but reading, then back by itself.
//!
//! Looked at every second. sled takes a full disk badly (it refuses every write until it is opened anew), so writing stops
//! while there is still room; should the disk fill up all the same, the store is opened again when there is some.
//! Invariant: rooms are told before the store refuses, so nobody is shown an edit that has no room; and after it takes
//! writes again, so none is refused twice. Next: `rooms.rs`, which tells them; `storage::Storage::reopen`.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use actix_web::web::Data;
use storage::{Failure, Storage};
use tokio::time::MissedTickBehavior;

use crate::State;
use crate::limits::Limits;

/// Between two looks at the disk.
const LOOK: Duration = Duration::from_secs(1);

/// How it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Nothing to say.
    #[default]
    Plenty,
    /// Administrators are told.
    Scarce,
    /// Nothing is written.
    Short,
}

/// Below which free space which level begins; 0 switches one off.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    /// `disk_warn_bytes`.
    pub warn: u64,
    /// `disk_readonly_bytes`.
    pub readonly: u64,
}

impl Marks {
    /// As the limits say.
    pub fn of(limits: &Limits) -> Marks {
        Marks { warn: limits.disk_warn_bytes, readonly: limits.disk_readonly_bytes }
    }

    /// The level now. What lies below a mark stays there until a quarter more is free, or it would come and go.
    pub fn level(self, before: Level, free: u64) -> Level {
        let below = |mark: u64, was: bool| free < if was { mark.saturating_add(mark / 4) } else { mark };
        match before {
            _ if self.readonly > 0 && below(self.readonly, before == Level::Short) => Level::Short,
            _ if self.warn > 0 && below(self.warn, before != Level::Plenty) => Level::Scarce,
            _ => Level::Plenty,
        }
    }
}

/// What the last look found, for whoever tells people.
#[derive(Debug, Default)]
pub struct Space {
    level: AtomicU8,
    free: AtomicU64,
}

impl Space {
    /// How it is.
    pub fn level(&self) -> Level {
        match self.level.load(Ordering::Relaxed) {
            0 => Level::Plenty,
            1 => Level::Scarce,
            _ => Level::Short,
        }
    }

    /// Bytes that are left.
    pub fn free(&self) -> u64 {
        self.free.load(Ordering::Relaxed)
    }

    fn set(&self, level: Level, free: u64) {
        self.level.store(level as u8, Ordering::Relaxed);
        self.free.store(free, Ordering::Relaxed);
    }
}

/// Looks until the door closes.
pub async fn watch(state: Data<State>) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let marks = Marks::of(&state.config.limits);
    let mut level = Level::Plenty;
    loop {
        look.tick().await;
        if state.rooms.is_closed() {
            return;
        }
        let Some(free) = free_bytes(&state.storage).await else { continue };
        state.metrics.disk_free_bytes.set(i64::try_from(free).unwrap_or(i64::MAX));
        let before = level;
        level = marks.level(before, free);
        state.space.set(level, free);
        if level != before {
            tell(level, free, marks);
        }
        if level == Level::Short && !state.storage.is_paused() {
            state.rooms.pause().await;
            state.storage.pause();
        }
        if level != Level::Short {
            go_on(&state, free).await;
        }
    }
}

/// There is room: whatever stopped for want of it goes on.
async fn go_on(state: &State, free: u64) {
    let paused = state.storage.is_paused();
    state.storage.resume();
    if state.storage.failed() != Some(Failure::Full) {
        if paused {
            state.rooms.resume().await;
        }
        return;
    }
    if free < state.config.limits.disk_reopen_bytes {
        return;
    }
    match state.storage.reopen().await {
        Ok(()) => {
            tracing::warn!("the disk was full and has room again: the store is open, documents are loaded anew");
            state.rooms.reload().await;
        }
        Err(error) => tracing::error!("the store could not be opened again: {error}"),
    }
}

fn tell(level: Level, free: u64, marks: Marks) {
    let mebibytes = free >> 20;
    match level {
        Level::Plenty => tracing::info!(free, "the disk has room again: {mebibytes} MiB"),
        Level::Scarce => {
            tracing::warn!(
                free,
                "the disk has only {mebibytes} MiB left; below {} MiB nothing is saved",
                marks.readonly >> 20
            );
        }
        Level::Short => tracing::error!(
            free,
            "the disk has only {mebibytes} MiB left: nothing is saved until there are {} MiB",
            (marks.readonly + marks.readonly / 4) >> 20
        ),
    }
}

/// A look that fails says nothing: the store's own trouble is told elsewhere.
async fn free_bytes(storage: &Storage) -> Option<u64> {
    let storage = storage.clone();
    let asked = tokio::task::spawn_blocking(move || storage.free_bytes()).await;
    match asked.ok()? {
        Ok(free) => free,
        Err(error) => {
            tracing::warn!("{error}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: Marks = Marks { warn: 1_000, readonly: 400 };

    #[test]
    fn sk14_each_level_begins_at_its_mark_and_ends_a_quarter_above() {
        let walk = [
            (1_000, Level::Plenty),
            (999, Level::Scarce),
            (1_249, Level::Scarce),
            (1_250, Level::Plenty),
            (400, Level::Scarce),
            (399, Level::Short),
            (499, Level::Short),
            (500, Level::Scarce),
            (399, Level::Short),
            (5_000, Level::Plenty),
            (0, Level::Short),
        ];
        let mut level = Level::Plenty;
        for (free, then) in walk {
            level = MARKS.level(level, free);
            assert_eq!(level, then, "{free}");
        }
    }

    #[test]
    fn sk14_zero_switches_a_level_off() {
        let never = Marks { warn: 0, readonly: 0 };
        let only = Marks { warn: 0, readonly: 400 };
        for before in [Level::Plenty, Level::Scarce, Level::Short] {
            assert_eq!(never.level(before, 0), Level::Plenty);
            assert_eq!(only.level(before, 600), Level::Plenty);
            assert_eq!(only.level(before, 399), Level::Short);
        }
    }

    #[test]
    fn sk14_marks_in_the_wrong_order_and_beyond_any_disk_hold() {
        let upside_down = Marks { warn: 100, readonly: u64::MAX };
        assert_eq!(upside_down.level(Level::Plenty, 1 << 40), Level::Short);
        assert_eq!(upside_down.level(Level::Short, u64::MAX - 1), Level::Short);
    }
}
