//! When the next version is due.
//!
//! Invariant: while nothing is pending, the newest version is the text as it is.

use std::time::Duration;

use room::Millis;

/// What was written since the last version, and when that was.
#[derive(Debug, Default)]
pub struct Pace {
    /// First and last edit since the last version.
    stretch: Option<(Millis, Millis)>,
    taken: Option<Millis>,
}

impl Pace {
    /// Something was written.
    pub fn edited(&mut self, now: Millis) {
        let first = self.stretch.map_or(now, |(first, _)| first);
        self.stretch = Some((first, now));
    }

    /// Whether the stretch is over, or has lasted long enough.
    pub fn due(&self, now: Millis, pause: Duration, every: Duration) -> bool {
        self.due_in(now, pause, every) == Some(Duration::ZERO)
    }

    /// How long until it has, if nothing more is written; `None`: there is no stretch.
    pub fn due_in(&self, now: Millis, pause: Duration, every: Duration) -> Option<Duration> {
        let left = |since: Millis, whole: Duration| whole.saturating_sub(Duration::from_millis(now - since));
        self.stretch.map(|(first, last)| left(last, pause).min(left(first, every)))
    }

    /// Whether a reader who leaves now gets a version of their own: something is pending, and the last one is old enough.
    pub fn due_for_reader(&self, now: Millis, apart: Duration) -> bool {
        self.pending() && self.taken.is_none_or(|taken| Duration::from_millis(now - taken) >= apart)
    }

    /// Whether anything was written since the last version.
    pub fn pending(&self) -> bool {
        self.stretch.is_some()
    }

    /// A version was taken.
    pub fn taken(&mut self, now: Millis) {
        *self = Pace { stretch: None, taken: Some(now) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(60);
    const EVERY: Duration = Duration::from_secs(300);

    #[test]
    fn sk13_a_pause_ends_a_stretch() {
        let mut pace = Pace::default();
        assert!(!pace.due(1_000_000, PAUSE, EVERY));
        pace.edited(1_000);
        pace.edited(30_000);
        assert!(!pace.due(89_999, PAUSE, EVERY));
        assert_eq!(pace.due_in(89_999, PAUSE, EVERY), Some(Duration::from_millis(1)));
        assert!(pace.due(90_000, PAUSE, EVERY));
        pace.taken(90_000);
        assert!(!pace.due(900_000, PAUSE, EVERY));
    }

    #[test]
    fn sk13_a_long_stretch_is_cut() {
        let mut pace = Pace::default();
        for second in 0..300 {
            pace.edited(second * 1_000);
            assert!(!pace.due(second * 1_000, PAUSE, EVERY), "{second}");
        }
        pace.edited(300_000);
        assert!(pace.due(300_000, PAUSE, EVERY));
    }

    #[test]
    fn hi4_a_reader_who_leaves_gets_a_version_at_most_once_a_minute() {
        let mut pace = Pace::default();
        assert!(!pace.due_for_reader(0, PAUSE), "nothing is pending");
        pace.edited(0);
        assert!(pace.due_for_reader(0, PAUSE));
        pace.taken(0);
        pace.edited(1_000);
        assert!(!pace.due_for_reader(59_999, PAUSE));
        assert!(pace.due_for_reader(60_000, PAUSE));
    }
}
