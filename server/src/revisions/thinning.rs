//! Which versions go as time passes.
//!
//! All are kept for a day, then the last of each hour for a week, of each day for 90 days, of each week after. Invariant:
//! the first and the newest stay, and those that are held; how often it is done changes nothing, since every
//! longer span is made of whole shorter ones.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

const HOUR_MS: u64 = 60 * 60 * 1_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const WEEK_MS: u64 = 7 * DAY_MS;
/// Younger than this, every version is kept.
const ALL_MS: u64 = DAY_MS;
/// Younger than this, the last of each hour is.
const HOURLY_MS: u64 = WEEK_MS;
/// Younger than this, the last of each day is; older, the last of each week.
const DAILY_MS: u64 = 90 * DAY_MS;

/// Those of `versions` (oldest first, with their times) that go; `held` are named or somebody's base.
pub fn thin(versions: &[(Uuid, u64)], held: &BTreeSet<Uuid>, now_ms: u64) -> Vec<Uuid> {
    let mut last = HashMap::new();
    for (index, (_, at_ms)) in versions.iter().enumerate() {
        last.insert(span(*at_ms, now_ms), index);
    }
    let (first, newest) = (0, versions.len().saturating_sub(1));
    let goes = |(index, (id, at_ms)): (usize, &(Uuid, u64))| {
        let young = now_ms.saturating_sub(*at_ms) < ALL_MS;
        let stays = young || index == first || index == newest || held.contains(id);
        (!stays && last.get(&span(*at_ms, now_ms)) != Some(&index)).then_some(*id)
    };
    versions.iter().enumerate().filter_map(goes).collect()
}

/// The hour, day or week a time is in, by its age.
fn span(at_ms: u64, now_ms: u64) -> (u64, u64) {
    let length = match now_ms.saturating_sub(at_ms) {
        age if age < HOURLY_MS => HOUR_MS,
        age if age < DAILY_MS => DAY_MS,
        _ => WEEK_MS,
    };
    (length, at_ms / length)
}
