//! How fast one socket may write, and all sockets of one document together.
//!
//! A token bucket over passed-in time. Above the rate the socket is read more slowly, which TCP turns into
//! back-pressure; only a socket that stays above it is closed. Invariant: no clock in here.

use std::time::Duration;

/// One socket's bucket.
pub struct Pace {
    per_second: f64,
    burst: f64,
    flood: Duration,
    tokens: f64,
    at: Duration,
    throttled_since: Option<Duration>,
}

/// What to do with the next message.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// Take it.
    Go,
    /// Take it after this long.
    Wait(Duration),
    /// It has been too fast for too long.
    Flood,
}

impl Pace {
    /// A full bucket; what is too fast for as long as `flood` is said to be one.
    pub fn new(per_second: u32, burst: u32, flood: Duration) -> Pace {
        let burst = f64::from(burst.max(1));
        Pace {
            per_second: f64::from(per_second.max(1)),
            burst,
            flood,
            tokens: burst,
            at: Duration::ZERO,
            throttled_since: None,
        }
    }

    /// A message has arrived at `now` (since any fixed point).
    pub fn message(&mut self, now: Duration) -> Verdict {
        self.take(now, 1)
    }

    /// So much has arrived at `now`. More than a whole burst at once is taken, and owed.
    pub fn take(&mut self, now: Duration, amount: usize) -> Verdict {
        let elapsed = now.saturating_sub(self.at).as_secs_f64();
        self.at = now;
        self.tokens = (self.tokens + elapsed * self.per_second).min(self.burst) - amount as f64;
        if self.tokens >= 0.0 {
            // Half a bucket in hand: whoever was fast has slowed down.
            if self.tokens >= self.burst / 2.0 {
                self.throttled_since = None;
            }
            return Verdict::Go;
        }
        let since = *self.throttled_since.get_or_insert(now);
        if now.saturating_sub(since) >= self.flood {
            return Verdict::Flood;
        }
        Verdict::Wait(Duration::from_secs_f64(-self.tokens / self.per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOD: Duration = Duration::from_secs(30);

    #[test]
    fn sk7_typing_never_waits() {
        let mut pace = Pace::new(60, 240, FLOOD);
        for tick in 0..10_000 {
            assert_eq!(pace.message(Duration::from_millis(tick * 20)), Verdict::Go, "{tick}");
        }
    }

    #[test]
    fn sk7_a_burst_passes_then_slows() {
        let mut pace = Pace::new(60, 240, FLOOD);
        for _ in 0..240 {
            assert_eq!(pace.message(Duration::ZERO), Verdict::Go);
        }
        assert_eq!(pace.message(Duration::ZERO), Verdict::Wait(Duration::from_secs_f64(1.0 / 60.0)));
    }

    #[test]
    fn sk44_bytes_are_paced_as_messages_are() {
        let mut pace = Pace::new(512, 8_192, FLOOD);
        assert_eq!(pace.take(Duration::ZERO, 8_192), Verdict::Go);
        assert_eq!(pace.take(Duration::ZERO, 1_024), Verdict::Wait(Duration::from_secs(2)));
        assert_eq!(pace.take(Duration::from_secs(4), 512), Verdict::Go, "the debt is paid by waiting");
    }

    #[test]
    fn sk7_a_flood_is_closed_after_its_time() {
        let mut pace = Pace::new(60, 240, FLOOD);
        let mut now = Duration::ZERO;
        loop {
            match pace.message(now) {
                Verdict::Go => {}
                Verdict::Wait(wait) => now += wait,
                Verdict::Flood => break,
            }
            assert!(now < Duration::from_secs(60), "never closed");
        }
        assert!(now >= FLOOD);
    }
}
