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

/// When to look again at what is left; `None`: as these are, none ever goes. Once a day is often enough.
pub fn next(left: &[(Uuid, u64)], held: &BTreeSet<Uuid>, now_ms: u64) -> Option<u64> {
    let between = left.get(1..left.len().saturating_sub(1)).unwrap_or_default();
    if between.iter().all(|(id, _)| held.contains(id)) {
        return None;
    }
    let ages = [ALL_MS, HOURLY_MS, DAILY_MS];
    let turns = left.iter().flat_map(|(_, at_ms)| ages.map(|age| at_ms + age));
    turns.filter(|turn| *turn > now_ms).min().map(|turn| turn.max(now_ms + DAY_MS))
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_000 * WEEK_MS;

    struct Rng(u64);

    impl Rng {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % n
        }
    }

    /// Versions in the order they were taken, over about `span_ms` before [`NOW`].
    fn story(seed: u64) -> (Vec<(Uuid, u64)>, BTreeSet<Uuid>) {
        let mut rng = Rng(seed);
        let span = [DAY_MS, 2 * WEEK_MS, 120 * DAY_MS, 400 * DAY_MS][rng.below(4) as usize];
        let mut times: Vec<u64> = (0..rng.below(300)).map(|_| NOW - rng.below(span)).collect();
        times.sort_unstable();
        let versions: Vec<_> = (1..).map(Uuid::from_u128).zip(times).collect();
        let held = versions.iter().map(|(id, _)| *id).filter(|_| rng.below(10) == 0).collect();
        (versions, held)
    }

    fn left(versions: &[(Uuid, u64)], held: &BTreeSet<Uuid>, now: u64) -> Vec<(Uuid, u64)> {
        let gone: BTreeSet<Uuid> = thin(versions, held, now).into_iter().collect();
        versions.iter().filter(|(id, _)| !gone.contains(id)).copied().collect()
    }

    #[test]
    fn hi5_the_first_the_newest_the_held_and_the_young_stay() {
        for seed in 0..400 {
            let (versions, held) = story(seed);
            let left = left(&versions, &held, NOW);
            let stays = |id: &Uuid| left.iter().any(|(other, _)| other == id);
            assert!(held.iter().all(stays), "seed {seed}");
            assert!(versions.first().iter().chain(&versions.last()).all(|(id, _)| stays(id)), "seed {seed}");
            assert!(versions.iter().filter(|(_, at)| NOW - at < DAY_MS).all(|(id, _)| stays(id)), "seed {seed}");
        }
    }

    #[test]
    fn hi5_every_span_keeps_its_last_and_no_other() {
        for seed in 0..400 {
            let (versions, _) = story(seed);
            let left = left(&versions, &BTreeSet::new(), NOW);
            for (age, length) in
                [(DAY_MS..WEEK_MS, HOUR_MS), (WEEK_MS..90 * DAY_MS, DAY_MS), (90 * DAY_MS..NOW, WEEK_MS)]
            {
                let of_age = |list: &[(Uuid, u64)]| -> Vec<(Uuid, u64)> {
                    list.iter().filter(|(_, at)| age.contains(&(NOW - at))).copied().collect()
                };
                let (all, some) = (of_age(&versions), of_age(&left));
                for (id, at) in &all {
                    let later = all.iter().any(|(other, then)| other > id && then / length == at / length);
                    // The last of an hour may be younger than a day.
                    let younger = versions.iter().any(|(other, then)| other > id && then / length == at / length);
                    let there = some.iter().any(|(other, _)| other == id);
                    let first = *id == versions[0].0;
                    assert!(!there || !later || first, "seed {seed}: {id} at {at} should go");
                    assert!(there || younger, "seed {seed}: {id} at {at} should stay");
                }
            }
        }
    }

    #[test]
    fn hi5_how_often_it_is_done_changes_nothing() {
        for seed in 0..400 {
            let (versions, held) = story(seed);
            let mut rng = Rng(seed ^ 77);
            let mut often = versions.clone();
            let mut now = NOW - WEEK_MS;
            while now < NOW + 200 * DAY_MS {
                // Only what has been taken by then can be thinned out.
                let (mut taken, later): (Vec<_>, Vec<_>) = often.into_iter().partition(|(_, at)| *at <= now);
                taken = left(&taken, &held, now);
                often = [taken, later].concat();
                now += 1 + rng.below(9 * DAY_MS);
            }
            assert_eq!(left(&often, &held, now), left(&versions, &held, now), "seed {seed}");
        }
    }

    #[test]
    fn hk1_looking_when_it_is_due_leaves_nothing_that_would_go() {
        for seed in 0..400 {
            let (versions, held) = story(seed);
            let (mut kept, mut now, mut looks) = (left(&versions, &held, NOW), NOW, 0);
            while let Some(due) = next(&kept, &held, now) {
                assert!(due >= now + DAY_MS, "seed {seed}");
                now = due;
                kept = left(&kept, &held, now);
                looks += 1;
            }
            assert!(looks <= 100, "seed {seed}: {looks}");
            assert_eq!(left(&kept, &held, NOW + 1_000 * WEEK_MS), kept, "seed {seed}");
        }
    }

    #[test]
    fn hi5_a_busy_year_leaves_few() {
        let every = 5 * 60 * 1_000;
        let count = 365 * DAY_MS / every;
        let versions: Vec<_> = (0..count).map(|n| (Uuid::from_u128(n.into()), NOW - (count - n) * every)).collect();
        let left = left(&versions, &BTreeSet::new(), NOW);
        assert!((550..600).contains(&left.len()), "{}", left.len());
        assert!(thin(&[], &BTreeSet::new(), NOW).is_empty());
    }
}
