//! Orders that take as long as there is data: looking at everything, and a backup.
//!
//! They answer with lines that say how far they are; a backup's own bytes follow its last line until the socket ends. They
//! read a cut, so people go on writing meanwhile. Invariant: a server that is told to stop does not wait for them: they
//! end with a sentence. Next: `backup.rs` and `verify.rs`, which do the work.

use std::io::{self, BufWriter, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use storage::{Cut, Storage};
use tokio::sync::watch;

use super::Reply;
use super::socket::line;
use crate::command::upkeep::read_key;
use crate::limits::Limits;
use crate::{backup, verify};

/// Between two lines that say how far it is; less than whoever waits is willing to.
const TELL: Duration = Duration::from_secs(1);
/// What whoever stops a server leaves behind.
const STOPPING: &str = "the server is stopping; try again when it runs";

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Long {
    /// A backup.
    Backup,
    /// A look at everything.
    Verify,
}

/// Carries it out; whoever asked may hang up at any time.
pub async fn obey(
    long: Long,
    peer: tokio::net::UnixStream,
    storage: Storage,
    data: &Path,
    limits: &Limits,
    stop: watch::Receiver<()>,
) {
    let opened = peer.into_std().and_then(|peer| {
        peer.set_nonblocking(false)?;
        peer.set_write_timeout(Some(limits.backup_wait))?;
        Ok(peer)
    });
    let Ok(peer) = opened else { return };
    let (cut, data) = (storage.cut().await, data.to_owned());
    let work = move || match cut {
        Err(error) => say(&peer, &Reply::Refused(format!("The store cannot be read: {error}."))),
        Ok(cut) => match long {
            Long::Backup => give(&cut, &data, &peer, &stop),
            Long::Verify => look(&cut, &data, &peer, &stop),
        },
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!("whoever asked for {long:?} did not take all of it: {error}"),
        Err(panicked) => tracing::error!("{long:?} ended early: {panicked}"),
    }
}

fn say(mut peer: &UnixStream, reply: &Reply) -> io::Result<()> {
    peer.write_all(&line(reply))
}

fn give(cut: &Cut, data: &Path, peer: &UnixStream, stop: &watch::Receiver<()>) -> io::Result<()> {
    say(peer, &Reply::Backup)?;
    let told = |_: &str| if is_stopping(stop) { Err(STOPPING.to_owned()) } else { Ok(()) };
    let written = backup::write(cut, read_key(data), Vec::new(), BufWriter::new(peer), told)?;
    match written {
        Ok(whole) if whole.missing.is_empty() => {
            tracing::info!(bytes = whole.bytes, hash = whole.hash, "a backup was taken");
        }
        Ok(whole) => tracing::error!("a backup was taken, and {} things could not be read", whole.missing.len()),
        Err(why) => tracing::error!("a backup was not finished: {why}"),
    }
    Ok(())
}

fn look(cut: &Cut, data: &Path, peer: &UnixStream, stop: &watch::Receiver<()>) -> io::Result<()> {
    let (mut last, mut lost) = (Instant::now(), None);
    let report = verify::cut(cut, read_key(data), |far| {
        if is_stopping(stop) {
            return Err(STOPPING.into());
        }
        if last.elapsed() >= TELL {
            last = Instant::now();
            lost = say(peer, &Reply::Progress(far.to_owned())).err();
        }
        lost.as_ref().map_or(Ok(()), |_| Err("nobody waits for it".into()))
    });
    match report {
        Ok(report) => say(peer, &Reply::Report(Box::new(report))),
        Err(why) => say(peer, &Reply::Refused(why)),
    }
}

fn is_stopping(stop: &watch::Receiver<()>) -> bool {
    // An error: whoever would tell it to stop is gone already.
    stop.has_changed().unwrap_or(true)
}
