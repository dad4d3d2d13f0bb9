//! The data folder, the disk under it, and the machine.
//!
//! Invariant: nothing here depends on a running server. Next: `doctor/web.rs`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use storage::{OpenError, free_bytes};
use uuid::Uuid;

use super::Check;
use crate::clock;
use crate::limits::Limits;

/// Writes that are timed.
const SYNCS: usize = 20;
/// A disk that keeps what it is given takes longer than this.
const SYNC_MIN: Duration = Duration::from_micros(15);
/// Above this, people wait for "saved".
const SYNC_SLOW: Duration = Duration::from_millis(100);
/// How far the two clocks may drift apart while the disk is timed.
const DRIFT: Duration = Duration::from_secs(1);
/// 2025 and 2100, in milliseconds since 1970.
const YEARS: std::ops::Range<u64> = 1_735_689_600_000..4_102_444_800_000;
/// Files a server needs besides its sockets.
const FILES: u64 = 200;

/// Every check, in the order they are shown.
pub fn checks(data: &Path) -> Vec<Check> {
    let mut checks = vec![folder(data), key(data), format(data)];
    checks.extend(syncs(data));
    checks.push(filesystem(data));
    checks.push(space(data));
    checks.push(open_files(data));
    checks
}

fn folder(data: &Path) -> Check {
    const NAME: &str = "data folder";
    let at = data.display();
    if data.join("restoring").exists() {
        return Check::problem(NAME, format!("restoring into {at} was cut short: empty it and restore again"));
    }
    match owner(data) {
        Ok(Owner::Other) => {
            Check::problem(NAME, format!("{at} is another account's: run Galley as that account, or give it to yours"))
        }
        Ok(Owner::Open(mode)) => {
            Check::warning(NAME, format!("{at} can be read by others (mode {mode:o}): chmod 700 {at}"))
        }
        Ok(Owner::Own) => Check::ok(NAME, format!("{at}")),
        Err(error) => Check::problem(NAME, format!("{at} cannot be looked at: {error}")),
    }
}

enum Owner {
    Own,
    Other,
    Open(u32),
}

#[cfg(unix)]
fn owner(path: &Path) -> io::Result<Owner> {
    use std::os::unix::fs::MetadataExt;
    let meta = fs::metadata(path)?;
    // Who this process is: the owner of its own entry there.
    let own = fs::metadata("/proc/self").map_or(meta.uid(), |own| own.uid());
    Ok(match meta.mode() & 0o777 {
        _ if own != 0 && meta.uid() != own => Owner::Other,
        mode if mode & 0o077 != 0 => Owner::Open(mode),
        _ => Owner::Own,
    })
}

#[cfg(not(unix))]
fn owner(path: &Path) -> io::Result<Owner> {
    fs::metadata(path).map(|_| Owner::Own)
}

fn key(data: &Path) -> Check {
    const NAME: &str = "key";
    match (fs::read(data.join("key")), owner(&data.join("key"))) {
        (Ok(key), Ok(Owner::Own)) if key.len() == 32 => Check::ok(NAME, "is there, for this account alone"),
        (Ok(key), Ok(Owner::Open(mode))) if key.len() == 32 => Check::warning(
            NAME,
            format!("others may read it (mode {mode:o}), and every link follows from it: chmod 600 key"),
        ),
        (Ok(key), _) if key.len() != 32 => Check::problem(
            NAME,
            "is not 32 bytes long: take it from a backup, or remove it, which ends every link there is",
        ),
        (Err(error), _) if error.kind() == io::ErrorKind::NotFound => Check::ok(NAME, "is made at the first start"),
        _ => Check::problem(NAME, "cannot be read by this account"),
    }
}

fn format(data: &Path) -> Check {
    const NAME: &str = "data format";
    match storage::format_of(data) {
        Ok(Some(format)) => Check::ok(NAME, format!("{format}, which this version reads and writes")),
        Ok(None) => Check::ok(NAME, "none yet: no server has run here"),
        Err(error @ OpenError::Newer { .. }) => Check::problem(NAME, error.to_string()),
        Err(error) => Check::problem(NAME, format!("{error}; `galley verify` says more")),
    }
}

/// Writes and syncs as the store does.
fn syncs(data: &Path) -> Vec<Check> {
    const NAME: &str = "fsync";
    let path = data.join(format!(".doctor-{}", Uuid::new_v4()));
    let (wall, begun) = (clock::wall_ms(), Instant::now());
    let timed = time_syncs(&path);
    // Nothing else writes a file of this name, so what is there is ours.
    let _ = fs::remove_file(&path);
    let clock = clocks(Duration::from_millis(clock::wall_ms().saturating_sub(wall)), begun.elapsed());
    let sync = match timed {
        Ok(median) if median < SYNC_MIN => Check::warning(
            NAME,
            format!(
                "takes {median:?}, which is less than a disk needs: on a RAM disk, or one that lies, a power cut takes what was shown as saved"
            ),
        ),
        Ok(median) if median > SYNC_SLOW => {
            Check::warning(NAME, format!("takes {median:?}: people wait that long for \"saved\"; use a faster disk"))
        }
        Ok(median) => Check::ok(NAME, format!("takes {median:?}")),
        Err(error) => Check::problem(
            NAME,
            format!("the folder cannot be written: {error}; give this account the right to write there"),
        ),
    };
    vec![sync, clock]
}

fn time_syncs(path: &Path) -> io::Result<Duration> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        file.write_all(&[0; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times[SYNCS / 2])
}

fn clocks(wall: Duration, monotonic: Duration) -> Check {
    const NAME: &str = "clock";
    match (YEARS.contains(&clock::wall_ms()), wall.abs_diff(monotonic) > DRIFT) {
        (false, _) => {
            Check::problem(NAME, "the year is wrong: sessions, links and history go by it; set up time synchronisation")
        }
        (true, true) => Check::warning(NAME, "it jumps: set up time synchronisation that slews"),
        (true, false) => Check::ok(NAME, "runs as it should"),
    }
}

fn filesystem(data: &Path) -> Check {
    const NAME: &str = "file system";
    let path = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    let Some(kind) = fs::read_to_string("/proc/self/mountinfo").ok().and_then(|mounts| kind_of(&mounts, &path)) else {
        return Check::warning(NAME, "is not known here; it must be a local one that keeps what is fsynced");
    };
    match kind.as_str() {
        "tmpfs" | "ramfs" => {
            Check::problem(NAME, format!("{kind} is gone with the machine: move the folder to a disk"))
        }
        "overlay" | "overlayfs" => {
            Check::warning(NAME, format!("{kind} is gone with the container: put the folder on a volume"))
        }
        kind if kind.starts_with("nfs")
            || ["cifs", "smb3", "9p", "fuse.sshfs", "ceph", "glusterfs"].contains(&kind) =>
        {
            Check::warning(NAME, format!("{kind} is another machine's: locks and fsync may not hold; use a local disk"))
        }
        _ => Check::ok(NAME, kind),
    }
}

/// The kind of the mount a path is on.
fn kind_of(mounts: &str, path: &Path) -> Option<String> {
    let mount = |line: &str| {
        let (left, right) = line.split_once(" - ")?;
        let at = left.split(' ').nth(4)?.replace("\\040", " ");
        Some((at, right.split(' ').next()?.to_owned()))
    };
    let over = mounts.lines().filter_map(mount).filter(|(at, _)| path.starts_with(at));
    // Of two on one place the later hides the earlier.
    over.enumerate().max_by_key(|(order, (at, _))| (at.len(), *order)).map(|(_, (_, kind))| kind)
}

fn space(data: &Path) -> Check {
    const NAME: &str = "space";
    let limits = Limits::default();
    match free_bytes(data) {
        Ok(Some(free)) if free < limits.disk_readonly_bytes => Check::problem(
            NAME,
            format!(
                "{} MB are free, and below {} nothing is written: free some",
                free >> 20,
                limits.disk_readonly_bytes >> 20
            ),
        ),
        Ok(Some(free)) if free < limits.disk_warn_bytes => Check::warning(
            NAME,
            format!(
                "{} MB are free; below {} nothing is written: free some",
                free >> 20,
                limits.disk_readonly_bytes >> 20
            ),
        ),
        Ok(Some(free)) => Check::ok(NAME, format!("{} MB are free", free >> 20)),
        _ => Check::warning(NAME, "how much is free is not known here"),
    }
}

/// Of the server, if one runs; else of this process.
fn open_files(data: &Path) -> Check {
    const NAME: &str = "open files";
    let holder = fs::read_to_string(data.join("lock")).unwrap_or_default();
    let of = |who: &str| fs::read_to_string(format!("/proc/{who}/limits")).ok();
    let limits = of(holder.trim()).filter(|_| !holder.trim().is_empty()).or_else(|| of("self"));
    let soft = limits.as_deref().and_then(|limits| {
        let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
        line.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    let wanted = Limits::default().connections_per_document as u64 + FILES;
    match soft {
        Some(soft) if soft < wanted => Check::warning(
            NAME,
            format!(
                "at most {soft}, and a connection takes one: a document may have {} of them; raise it with `ulimit -n` or LimitNOFILE=",
                wanted - FILES
            ),
        ),
        Some(soft) => Check::ok(NAME, format!("at most {soft}")),
        None => Check::ok(NAME, "as many as there may be"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bk12_the_innermost_mount_counts() {
        let mounts = "1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:5 / /srv rw - tmpfs t rw\n3 1 0:6 / /srv/a\\040b rw - nfs4 n rw\n4 1 0:7 / /srv rw - xfs x rw";
        for (path, kind) in [("/home", "ext4"), ("/srv/x", "xfs"), ("/srv/a b/c", "nfs4"), ("/srvx", "ext4")] {
            assert_eq!(kind_of(mounts, Path::new(path)).as_deref(), Some(kind), "{path}");
        }
    }

    #[test]
    fn bk12_clocks_that_jump_are_noticed() {
        assert_eq!(clocks(Duration::ZERO, Duration::from_millis(5)).state, super::super::State::Ok);
        assert_eq!(clocks(Duration::from_secs(3600), Duration::from_millis(5)).state, super::super::State::Warning);
    }
}
