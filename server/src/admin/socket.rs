//! The administration socket: `admin.sock` in the data folder, where commands reach a running server.
//!
//! One JSON line with an [`Order`] in, one with a [`Reply`] out, then both hang up. The store has one owner, so a command
//! cannot open it beside a running server and asks that server instead. Invariant: only the account that runs the server
//! can connect; the socket has mode 0600 from the moment it has a name. Next: `command.rs`, which asks; `admin.rs`.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixListener as StdListener, UnixStream as StdStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::long::{self, Long};
use super::{Admin, Order, Reply};
use crate::limits::Limits;
use crate::metrics::Metrics;

/// The socket's name in the data folder.
const NAME: &str = "admin.sock";
/// A folder only its owner enters, where the socket gets its mode before it gets its name; shorter than the name.
const CRADLE: &str = ".admin";
/// After the system refused a connection for want of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long a command waits for its answer.
const ANSWER_WAIT: Duration = Duration::from_secs(30);
/// How long a command waits for the next sign of an order that takes long.
const LONG_WAIT: Duration = Duration::from_secs(300);
/// The longest answer a command reads: some hundred thousand documents.
const ANSWER_BYTES: u64 = 64 * 1024 * 1024;

/// A listening socket; gone from the folder when this is.
pub struct Socket {
    path: PathBuf,
    stop: watch::Sender<()>,
    listening: Option<JoinHandle<()>>,
}

/// What every conversation needs.
struct Desk {
    admin: Admin,
    data: PathBuf,
    limits: Limits,
    metrics: Arc<Metrics>,
}

impl Socket {
    /// Listens in the data folder. `None`, with a warning in the log: commands have to wait until this server stops.
    pub fn open(engine: &Handle, data: &Path, admin: Admin, limits: Limits, metrics: Arc<Metrics>) -> Option<Socket> {
        let path = data.join(NAME);
        let _inside = engine.enter();
        let listener = bind(data, &path).and_then(UnixListener::from_std).map_err(|error| {
            tracing::warn!(
                path = %path.display(),
                "no administration socket: {error}; `galley user` and `galley doc` work only while this server is stopped"
            );
        });
        let (stop, stopped) = watch::channel(());
        let desk = Arc::new(Desk { admin, data: data.to_owned(), limits, metrics });
        let listening = engine.spawn(listen(listener.ok()?, desk, stopped));
        Some(Socket { path, stop, listening: Some(listening) })
    }

    /// Lets nobody in any more and returns when every order that was given is carried out.
    pub async fn close(mut self) {
        self.withdraw();
        self.stop.send_replace(());
        if let Some(listening) = self.listening.take() {
            // It only fails if it panicked, which was logged where it happened.
            let _ = listening.await;
        }
    }

    /// Newcomers find nobody instead of a listener that does not listen.
    fn withdraw(&self) {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(path = %self.path.display(), "the administration socket cannot be removed: {error}");
            }
            _ => {}
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.listening.is_some() {
            self.withdraw();
        }
    }
}

/// Whoever holds the store may replace what an earlier process left under the name.
fn bind(data: &Path, path: &Path) -> io::Result<StdListener> {
    // Too long a path is refused here, before anything is made.
    SocketAddr::from_pathname(path)?;
    let cradle = data.join(CRADLE);
    match fs::remove_dir_all(&cradle) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => DirBuilder::new().mode(0o700).create(&cradle)?,
    }
    let unnamed = cradle.join("s");
    let listener = StdListener::bind(&unnamed)?;
    fs::set_permissions(&unnamed, Permissions::from_mode(0o600))?;
    fs::rename(&unnamed, path)?;
    fs::remove_dir(&cradle)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn listen(listener: UnixListener, desk: Arc<Desk>, mut stop: watch::Receiver<()>) {
    let mut talks = JoinSet::new();
    loop {
        tokio::select! {
            // Who has left makes room before somebody new is counted.
            biased;
            _ = stop.changed() => break,
            Some(_) = talks.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((peer, _)) if talks.len() < desk.limits.orders => {
                    talks.spawn(talk(peer, desk.clone(), stop.clone()));
                }
                Ok((peer, _)) => turn_away(&peer, &desk),
                Err(error) => {
                    tracing::warn!("the administration socket cannot accept: {error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    while talks.join_next().await.is_some() {}
}

fn turn_away(peer: &UnixStream, desk: &Desk) {
    desk.metrics.reached("orders");
    let busy = Reply::Refused("The server is busy with other commands; try again in a moment.".into());
    // A fresh socket has room for a sentence; a peer that left does not need it.
    let _ = peer.try_write(&line(&busy));
}

impl Desk {
    async fn long(&self, long: Long, peer: UnixStream, stop: watch::Receiver<()>) {
        long::obey(long, peer, self.admin.storage(), &self.data, &self.limits, stop).await;
    }
}

/// One order, one answer.
async fn talk(mut peer: UnixStream, desk: Arc<Desk>, mut stop: watch::Receiver<()>) {
    let wait = desk.limits.order_wait;
    let heard = tokio::select! {
        heard = timeout(wait, hear(&mut peer, &desk)) => heard,
        _ = stop.changed() => return,
    };
    let reply = match heard {
        Ok(Ok(Order::Backup)) => return desk.long(Long::Backup, peer, stop).await,
        Ok(Ok(Order::Verify)) => return desk.long(Long::Verify, peer, stop).await,
        Ok(Ok(order)) => desk.admin.obey(order).await,
        Ok(Err(Deaf::Refused(why))) => Reply::Refused(why),
        Ok(Err(Deaf::Left)) => return,
        Err(_) => return desk.metrics.reached("order_wait"),
    };
    let answer = async {
        peer.write_all(&line(&reply)).await?;
        peer.shutdown().await
    };
    if timeout(wait, answer).await.is_err() {
        desk.metrics.reached("order_wait");
    }
}

/// Why there is no order.
enum Deaf {
    /// It hung up.
    Left,
    /// What it said is none.
    Refused(String),
}

async fn hear(peer: &mut UnixStream, desk: &Desk) -> Result<Order, Deaf> {
    let most = desk.limits.order_bytes;
    let mut line = Vec::new();
    let mut reader = tokio::io::BufReader::new(peer.take(most as u64 + 1));
    let read = reader.read_until(b'\n', &mut line).await;
    if line.len() > most {
        desk.metrics.reached("order_bytes");
        return Err(Deaf::Refused(format!("An order is one line of at most {most} bytes.")));
    }
    if read.is_err() || line.is_empty() {
        return Err(Deaf::Left);
    }
    serde_json::from_slice(&line).map_err(|_| {
        Deaf::Refused("The server does not understand this order; use the command of the server's own version.".into())
    })
}

pub(super) fn line(message: &impl serde::Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(message).expect("orders and replies have no maps and no failing fields");
    line.push(b'\n');
    line
}

/// What came of asking.
#[derive(Debug)]
pub enum Asked {
    /// The server's answer.
    Reply(Reply),
    /// Nobody listens, so nobody got the order.
    Nobody,
    /// Somebody may have got the order, but said nothing.
    Silence,
    /// Somebody else's server.
    Foreign,
}

/// Asks the server that holds this data folder. Blocks.
pub fn ask(data: &Path, order: &Order) -> Asked {
    let mut peer = match StdStream::connect(data.join(NAME)) {
        Ok(peer) => peer,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Asked::Foreign,
        Err(_) => return Asked::Nobody,
    };
    converse(&mut peer, order).map_or(Asked::Silence, Asked::Reply)
}

/// Somebody who is answering for longer.
pub struct Answering(BufReader<StdStream>);

/// Gives a running server an order that takes long. Blocks. `None`: nobody listens.
pub fn begin(data: &Path, order: &Order) -> io::Result<Option<Answering>> {
    let mut peer = match StdStream::connect(data.join(NAME)) {
        Ok(peer) => peer,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
        Err(_) => return Ok(None),
    };
    peer.set_read_timeout(Some(LONG_WAIT))?;
    peer.set_write_timeout(Some(ANSWER_WAIT))?;
    peer.write_all(&line(order))?;
    Ok(Some(Answering(BufReader::new(peer))))
}

impl Answering {
    /// The next answer that is not about how far it is. Blocks.
    pub fn reply(&mut self, mut told: impl FnMut(&str)) -> io::Result<Reply> {
        loop {
            let mut answer = Vec::new();
            self.0.by_ref().take(ANSWER_BYTES).read_until(b'\n', &mut answer)?;
            if answer.is_empty() {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it hung up"));
            }
            match serde_json::from_slice(&answer)? {
                Reply::Progress(far) => told(&far),
                reply => return Ok(reply),
            }
        }
    }
}

impl Read for Answering {
    /// What follows the last answer.
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read(bytes)
    }
}

fn converse(peer: &mut StdStream, order: &Order) -> io::Result<Reply> {
    peer.set_read_timeout(Some(ANSWER_WAIT))?;
    peer.set_write_timeout(Some(ANSWER_WAIT))?;
    // A server that turned us away may have hung up already; its sentence is still there to read.
    let said = peer.write_all(&line(order));
    let mut answer = Vec::new();
    BufReader::new(peer.take(ANSWER_BYTES)).read_until(b'\n', &mut answer)?;
    if answer.is_empty() {
        said?;
    }
    Ok(serde_json::from_slice(&answer)?)
}
