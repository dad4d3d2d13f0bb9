//! Quantiles, medians of runs, and what a process has used.

use std::fs;
use std::time::Duration;

/// What one process has used so far, from the system's own accounts.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// User and system time.
    pub cpu: Duration,
    /// Resident memory now.
    pub resident_bytes: u64,
}

impl Usage {
    /// `None` where the system has no `/proc`.
    pub fn of(pid: u32) -> Option<Usage> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The command name is in brackets and may hold spaces; fields are counted after it.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        let pages: u64 = fields.get(21)?.parse().ok()?;
        Some(Usage { cpu: Duration::from_millis(ticks * 10), resident_bytes: pages * 4_096 })
    }
}

/// The q-quantile; zero for no samples.
pub fn quantile(samples: &mut [Duration], q: f64) -> Duration {
    samples.sort_unstable();
    let index = ((samples.len() as f64 - 1.0) * q).round().max(0.0) as usize;
    samples.get(index).copied().unwrap_or_default()
}

/// The middle one of several runs' figures.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles() {
        let mut samples: Vec<Duration> = (1..=101).map(Duration::from_millis).collect();
        assert_eq!(quantile(&mut samples, 0.5), Duration::from_millis(51));
        assert_eq!(quantile(&mut samples, 0.99), Duration::from_millis(100));
        assert_eq!(quantile(&mut [], 0.5), Duration::ZERO);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }

    #[test]
    fn usage_of_this_process() {
        assert!(Usage::of(std::process::id()).is_none_or(|usage| usage.resident_bytes > 0));
    }
}
