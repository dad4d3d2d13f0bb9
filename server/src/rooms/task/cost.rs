//! What somebody's edits cost the processor, and when that is too much.
//!
//! The gate cannot know how long yrs takes over an update, so it is measured: each batch is charged to whoever wrote it,
//! by the bytes they brought. A purse fills by the second; whoever is in debt is read more slowly, and beyond a bound the
//! connection ends. The purse is the person's, so a new connection pays on. Invariant: thread time, not the clock's: a busy
//! machine costs nobody anything. Next: `ws.rs`, which waits.

use std::collections::HashMap;
use std::time::Duration;

use room::{Author, CloseReason, ConnId};

use super::Task;
use crate::limits::Limits;
use crate::{clock, outbox::Outbox};

/// One person's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purse {
    millis: f64,
    at_ms: u64,
}

/// What a purse says after a charge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Balance {
    /// Go on.
    Paid,
    /// Read nothing more for so long.
    Owes(Duration),
    /// Too much.
    Broke,
}

impl Purse {
    pub(super) fn full(limits: &Limits, now_ms: u64) -> Purse {
        Purse { millis: f64::from(limits.apply_ms_burst), at_ms: now_ms }
    }

    pub(super) fn charge(&mut self, cost: Duration, now_ms: u64, limits: &Limits) -> Balance {
        let rate = f64::from(limits.apply_ms_per_second.max(1)) / 1_000.0;
        let filled = self.millis + now_ms.saturating_sub(self.at_ms) as f64 * rate;
        self.millis = filled.min(f64::from(limits.apply_ms_burst)) - cost.as_secs_f64() * 1_000.0;
        self.at_ms = now_ms;
        match -self.millis {
            debt if debt <= 0.0 => Balance::Paid,
            debt if debt <= f64::from(limits.apply_ms_debt) => {
                Balance::Owes(Duration::from_secs_f64(debt / rate / 1_000.0))
            }
            _ => {
                // Not for ever: one update that cost a minute keeps nobody out for an hour.
                self.millis = -f64::from(limits.apply_ms_debt);
                Balance::Broke
            }
        }
    }
}

/// What the batch being gathered has brought and cost so far.
#[derive(Default)]
pub(super) struct Bill {
    bytes: HashMap<ConnId, usize>,
    cost: Duration,
}

impl Task {
    /// Runs something of the room's and adds what it cost to the bill.
    pub(super) fn billed(&mut self, conn: Option<(ConnId, usize)>, work: impl FnOnce(&mut Task)) {
        let before = thread_time();
        work(self);
        self.bill.cost += thread_time().saturating_sub(before);
        if let Some((conn, bytes)) = conn {
            *self.bill.bytes.entry(conn).or_default() += bytes;
        }
    }

    /// The batch is done: everybody pays their share.
    pub(super) fn settle_bill(&mut self) {
        let Bill { bytes, cost } = std::mem::take(&mut self.bill);
        self.lane.weigh(cost, self.room.stored_bytes());
        let limits = self.rooms.0.parts.limits.clone();
        if cost >= Duration::from_millis(limits.slow_batch_ms.into()) {
            self.rooms.0.parts.metrics.slow_batches.inc();
            tracing::warn!(document = %self.document, ?cost, "a batch of edits took very long");
        }
        let all: usize = bytes.values().sum();
        for (conn, brought) in bytes {
            self.charge(conn, cost.mul_f64(brought as f64 / all.max(1) as f64), &limits);
        }
    }

    fn charge(&mut self, conn: ConnId, cost: Duration, limits: &Limits) {
        let Some(author) = self.reader(conn) else { return };
        let now = clock::monotonic_ms();
        let purse = self.purses.entry(author).or_insert_with(|| Purse::full(limits, now));
        match purse.charge(cost, now, limits) {
            Balance::Paid => {}
            Balance::Owes(wait) => {
                self.rooms.0.parts.metrics.reached("apply_ms_per_second");
                if let Some(seat) = self.seats.get(&conn) {
                    seat.outbox.hold(wait);
                }
            }
            Balance::Broke => {
                self.rooms.0.parts.metrics.reached("apply_ms_debt");
                self.close(conn, CloseReason::TooCostly);
            }
        }
    }

    /// Whoever comes back in debt is read when it is paid.
    pub(super) fn hold_debtor(&mut self, author: Author, outbox: &Outbox) {
        let limits = self.rooms.0.parts.limits.clone();
        let Some(purse) = self.purses.get_mut(&author) else { return };
        if let Balance::Owes(wait) = purse.charge(Duration::ZERO, clock::monotonic_ms(), &limits) {
            outbox.hold(wait);
        }
    }
}

/// How long this thread has worked.
fn thread_time() -> Duration {
    #[cfg(unix)]
    {
        let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(spent.tv_sec.unsigned_abs(), spent.tv_nsec.unsigned_abs() as u32)
    }
    #[cfg(not(unix))]
    Duration::from_millis(clock::monotonic_ms())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn limits() -> Limits {
        let mut limits = Limits::default();
        (limits.apply_ms_per_second, limits.apply_ms_burst, limits.apply_ms_debt) = (100, 1_000, 2_000);
        limits
    }

    #[test]
    fn sk18_typing_costs_nothing_that_is_not_there() {
        let limits = limits();
        let mut purse = Purse::full(&limits, 0);
        for second in 0..1_000 {
            assert_eq!(purse.charge(MS(90), second * 1_000, &limits), Balance::Paid);
        }
    }

    #[test]
    fn sk18_a_debt_is_waited_for_and_a_large_one_ends_the_connection() {
        let limits = limits();
        let mut purse = Purse::full(&limits, 0);
        assert_eq!(purse.charge(MS(1_000), 0, &limits), Balance::Paid, "a burst");
        assert_eq!(purse.charge(MS(50), 0, &limits), Balance::Owes(MS(500)));
        assert_eq!(purse.charge(MS(0), 500, &limits), Balance::Paid, "paid");
        assert_eq!(purse.charge(MS(60_000), 500, &limits), Balance::Broke);
        assert_eq!(purse.charge(MS(0), 500, &limits), Balance::Owes(MS(20_000)), "but never more than the bound");
        assert_eq!(purse.charge(MS(0), 3_600_500, &limits), Balance::Paid);
    }
}
