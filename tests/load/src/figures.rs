//! What one run of a workload against one target gave: named numbers.

use std::time::Duration;

use crate::measure::{Usage, quantile};

/// Names of figures that bars and several workloads share; the unit is part of the name.
pub mod name {
    #![allow(missing_docs)]
    pub const CPU_DELIVERY: &str = "CPU µs/delivery";
    pub const CPU_EDIT: &str = "CPU µs/edit";
    pub const P50: &str = "p50 ms";
    pub const P99: &str = "p99 ms";
    pub const ACK_P50: &str = "ack p50 ms";
    pub const ACK_P99: &str = "ack p99 ms";
    pub const SYNC: &str = "fdatasync ms";
    pub const PSS: &str = "PSS MB";
    pub const WIRE_IN: &str = "B/edit in";
    pub const WIRE_OUT: &str = "B/delivery out";
    pub const DISK: &str = "disk B/edit";
    pub const KIB_SOCKET: &str = "KiB/socket";
    pub const IDLE_CPU: &str = "CPU %";
    pub const COLD: &str = "cold documents MB";
    pub const KIB_DOCUMENT: &str = "KiB/open document";
    pub const JOIN_P50: &str = "join p50 ms";
    pub const JOIN_P99: &str = "join p99 ms";
    pub const LAST_IN: &str = "last in s";
    pub const PAGE: &str = "page ms";
    pub const OF_V1: &str = "bytes of v1 state";
    pub const RATE: &str = "edits/s";
    pub const OURS: &str = "generator CPU %";
}

/// In the order they are shown.
#[derive(Clone, Debug, Default)]
pub struct Figures(pub Vec<(&'static str, f64)>);

impl Figures {
    /// Adds one.
    pub fn add(&mut self, name: &'static str, value: f64) {
        self.0.push((name, value));
    }

    /// Adds a time in milliseconds.
    pub fn ms(&mut self, name: &'static str, value: Duration) {
        self.add(name, value.as_secs_f64() * 1e3);
    }

    /// Adds a middle and an upper quantile.
    pub fn quantiles(&mut self, p50: &'static str, p99: &'static str, samples: &mut [Duration]) {
        if !samples.is_empty() {
            self.ms(p50, quantile(samples, 0.5));
            self.ms(p99, quantile(samples, 0.99));
        }
    }

    /// One by name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// This process's share of one processor since then.
pub fn ours(before: Usage, wall: Duration) -> f64 {
    let own = Usage::alone().unwrap_or_default();
    100.0 * own.since(before).as_secs_f64() / wall.as_secs_f64().max(1e-9)
}
