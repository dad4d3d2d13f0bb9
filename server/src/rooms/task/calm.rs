//! When a room in which nobody says anything looks around again.
//!
//! Why: most open rooms are silent, and looking at everybody in each of them twice a second is what they would cost.
//! Invariant: whatever becomes due by itself is found at most [`CALM_TICK`] later.
//! Next: `room::Room::rest`, which says how long that is.

use std::time::Duration;

use super::{TICK, Task};
use crate::clock;

/// How long nobody has said anything in a room that is calm. With one second `load many` had its p99 at 3.2 ms and more
/// instead of 0.7.
pub(super) const CALM_AFTER: Duration = Duration::from_secs(5);

/// How often it looks around at most, unless people in it hear from it more often than that.
const CALM_TICK: Duration = Duration::from_secs(2);

impl Task {
    /// Whether nothing here is to be done soon.
    pub(super) fn is_at_rest(&self) -> bool {
        let is_ending = self.forgetting.is_some() || self.stopping.is_some() || self.empty_since.is_some();
        !is_ending && !self.untouched && self.jottings.is_empty()
    }

    /// Until it looks around again.
    pub(super) fn calm_tick(&self) -> Duration {
        let (now, limits) = (clock::monotonic_ms(), &self.rooms.0.parts.limits);
        let version = self.pace.due_in(now, limits.revision_pause, limits.revision);
        let rest = Duration::from_millis(self.room.rest(now)).min(version.unwrap_or(Duration::MAX));
        rest.max(CALM_TICK.min(self.keepalive() / 8)).max(TICK)
    }

    /// The longest that can be.
    pub(super) fn calm_most(&self) -> Duration {
        self.keepalive().max(CALM_TICK)
    }

    fn keepalive(&self) -> Duration {
        Duration::from_millis(self.rooms.0.parts.limits.room.keepalive)
    }
}
