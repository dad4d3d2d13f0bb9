//! What a process and its children have used, what a folder takes, and quantiles.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// What a server has used so far, from the system's own accounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// User and system time, of children too.
    pub cpu: Duration,
}

/// What a server has in memory now.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Its share of what is resident.
    pub pss: u64,
    /// What is its alone.
    pub uss: u64,
}

/// Ticks of `/proc/PID/stat`.
const TICK: Duration = Duration::from_millis(10);

impl Usage {
    /// `None` where the system has no `/proc`, or the process is gone.
    pub fn of(pid: u32) -> Option<Usage> {
        let ticks = family(pid)?.iter().filter_map(|pid| stat(*pid)).map(|stat| stat.ticks).sum::<u64>();
        Some(Usage { cpu: TICK * u32::try_from(ticks).ok()? })
    }

    /// This process without its children, which are the servers.
    pub fn alone() -> Option<Usage> {
        let ticks = stat(std::process::id())?.ticks;
        Some(Usage { cpu: TICK * u32::try_from(ticks).ok()? })
    }

    /// Processor time since then.
    pub fn since(self, before: Usage) -> Duration {
        self.cpu.saturating_sub(before.cpu)
    }
}

impl Memory {
    /// `None` where the system has no `/proc`, or the process is gone.
    pub fn of(pid: u32) -> Option<Memory> {
        let mut sum = Memory::default();
        for pid in family(pid)? {
            let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
            let kib = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0)
            };
            sum.pss += 1024 * kib("Pss");
            sum.uss += 1024 * (kib("Private_Clean") + kib("Private_Dirty"));
        }
        Some(sum)
    }
}

struct Stat {
    parent: u32,
    ticks: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command name is in brackets and may hold spaces; fields are counted after it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat { parent: u32::try_from(number(1)?).ok()?, ticks: number(11)? + number(12)? })
}

/// The process and all that descend from it.
fn family(pid: u32) -> Option<Vec<u32>> {
    stat(pid)?;
    let listed = fs::read_dir("/proc").ok()?.flatten();
    let pids = listed.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parents: Vec<(u32, u32)> = pids.filter_map(|pid| Some((pid, stat(pid)?.parent))).collect();
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    Some(family)
}

/// What a folder's files take on the disk.
pub fn disk_bytes(folder: &Path) -> u64 {
    #[cfg(unix)]
    fn taken(meta: &fs::Metadata) -> u64 {
        512 * std::os::unix::fs::MetadataExt::blocks(meta)
    }
    #[cfg(not(unix))]
    fn taken(meta: &fs::Metadata) -> u64 {
        meta.len()
    }
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().filter_map(|entry| {
        let meta = entry.metadata().ok()?;
        Some(if meta.is_dir() { disk_bytes(&entry.path()) } else { taken(&meta) })
    });
    sizes.sum()
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
    fn memory_of_this_process() {
        assert!(Memory::of(std::process::id()).is_none_or(|memory| memory.pss >= memory.uss && memory.uss > 0));
    }
}
