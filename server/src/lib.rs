//! The server: the shell around the pure `room`, durable `storage` and `render`.
//!
//! | file | decides |
//! |---|---|
//! | `config.rs`, `limits.rs` | what was asked for |
//! | `access.rs` | who may do what: `admit -> Grant` |
//! | `accounts.rs`, `sessions.rs` | people, passwords, guests; cookies and tokens |
//! | `members.rs`, `links.rs` | what gives a role in a document |
//! | `mentions.rs`, `export.rs` | who is named in notes; a text with its notes as one file |
//! | `files.rs` | pictures and files of documents |
//! | `archive.rs` | documents with everything of theirs, leaving and arriving |
//! | `admin.rs`, `command.rs` | what an administrator does, from a page or a command line |
//! | `revisions.rs` | versions: when one is due, how it is kept, which go |
//! | `housekeeping.rs`, `due.rs` | what goes by itself, and when that is looked at |
//! | `backup.rs` | everything as one file, and back |
//! | `verify.rs` | whether everything that is kept is as it should be |
//! | `doctor.rs` | what will go wrong before it does |
//! | `rooms.rs` | when a document is in memory; runs a room's effects |
//! | `space.rs` | what happens while the disk has no room |
//! | `line.rs` | one TCP connection: how long it is waited for |
//! | `ws.rs` | one WebSocket |
//! | `http.rs` | the route table |
//!
//! Invariant: only this crate has tasks, sockets and a clock. `main.rs` and the tests start the same [`App`].

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use storage::{Failure, Health, OpenError, Storage, StoreError};

use crate::access::Access;
use crate::accounts::Accounts;
use crate::admin::socket::Socket;
use crate::admin::{Admin, Settings};
use crate::config::{Config, PublicUrl};
use crate::housekeeping::Swept;
use crate::metrics::Metrics;
use crate::passkeys::Passkeys;
use crate::presence::Presence;
use crate::rooms::Rooms;

pub mod access;
pub mod accounts;
pub mod admin;
mod archive;
pub mod backup;
mod clock;
pub mod command;
pub mod config;
pub mod doctor;
mod documents;
mod due;
mod export;
pub mod files;
mod guard;
pub mod housekeeping;
pub mod http;
mod key;
pub mod lan;
pub mod limits;
mod line;
mod links;
mod members;
mod mentions;
pub mod metrics;
mod names;
mod outbox;
pub mod passkeys;
mod passwords;
mod post;
mod presence;
#[doc(hidden)]
pub mod readers;
mod records;
mod rendered;
pub mod revisions;
pub mod rooms;
mod runs;
mod sessions;
pub mod space;
pub mod verify;
mod words;
pub mod ws;

/// What every handler can reach.
pub struct State {
    /// What was asked for.
    pub config: Config,
    /// Where this site lives.
    pub site: PublicUrl,
    /// Durable bytes.
    pub storage: Storage,
    /// Who may do what.
    pub access: Access,
    /// People and sessions.
    pub accounts: Accounts,
    /// Signing in without a password; `None` where browsers have no passkeys.
    pub passkeys: Option<Passkeys>,
    /// What administrators do.
    pub admin: Admin,
    /// Open documents.
    pub rooms: Rooms,
    /// Who is in which of them.
    pub presence: Arc<Presence>,
    /// Event streams, counted.
    pub streams: http::Streams,
    /// Imports, counted.
    pub imports: http::Streams,
    /// Exports of everything, counted.
    pub exports: http::Streams,
    /// Single documents on their way as zips, counted.
    pub zips: http::Streams,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// How much room the disk has.
    pub space: space::Space,
    /// Live sockets, counted.
    pub sockets: ws::Sockets,
    /// Failed sign-ins and redeems, counted.
    pub throttle: http::Throttle,
    /// How much one person changes in notes.
    pub wishes: http::Throttle,
    /// What is being uploaded.
    pub files: files::Files,
}

impl State {
    fn open_socket(&self, engine: &tokio::runtime::Handle) -> Option<Socket> {
        let (admin, limits) = (self.admin.clone(), self.config.limits.clone());
        Socket::open(engine, &self.config.data, admin, limits, self.metrics.clone())
    }
}

/// A server that is bound but not yet told how long to run.
pub struct App {
    server: Server,
    state: Data<State>,
    address: SocketAddr,
    orders: Option<Socket>,
    engine: Engine,
}

impl App {
    /// Opens the data folder, binds the port and starts listening.
    pub async fn build(config: Config) -> Result<App, StartError> {
        let storage = Storage::open(&config.data)?;
        archive::spool::clear(&config.data);
        App::with_storage(config, storage).await
    }

    /// The same on a storage the caller opened; tests pass one that fails on command.
    pub async fn with_storage(config: Config, storage: Storage) -> Result<App, StartError> {
        let listener = bind(config.listen)?;
        let address = listener.local_addr().map_err(|cause| StartError::Bind { address: config.listen, cause })?;
        let site = config.site(address.port());
        let unclean_at = runs::begin(&storage, clock::wall_ms()).await?;
        let engine = Engine::start()?;
        let metrics = Arc::new(Metrics::new());
        let access = Access::open(storage.clone(), &config.data).await?;
        let accounts = Accounts::open(storage.clone(), access.clone(), &config, &site).await?;
        let passkeys = Passkeys::new(storage.clone(), &site.origin(), &site.host);
        let admin = {
            let settings = Settings::of(&config, site.origin());
            Admin::new(storage.clone(), access.clone(), site.origin(), Some((metrics.clone(), settings)))
        };
        let presence = Arc::new(Presence::default());
        let rooms = Rooms::new(rooms::Parts {
            engine: engine.handle(),
            storage: storage.clone(),
            access: access.clone(),
            limits: config.limits.clone(),
            metrics: metrics.clone(),
            presence: presence.clone(),
            unclean_at,
            data: config.data.clone(),
        });
        let sockets = ws::Sockets::new(&config.limits);
        let throttle = http::Throttle::new("failures_per_minute", config.limits.failures_per_minute, metrics.clone());
        let wishes = http::Throttle::new("wishes_per_minute", config.limits.wishes_per_minute, metrics.clone());
        let files = files::Files::new(&config.limits, metrics.clone());
        let streams = http::Streams::default();
        let state = Data::new(State {
            config,
            site,
            storage,
            access,
            accounts,
            passkeys,
            admin,
            rooms,
            presence,
            streams,
            imports: http::Streams::default(),
            exports: http::Streams::default(),
            zips: http::Streams::default(),
            metrics,
            space: space::Space::default(),
            sockets,
            throttle,
            wishes,
            files,
        });
        engine.handle().spawn(sweep(state.clone()));
        engine.handle().spawn(space::watch(state.clone()));
        let server = http::serve(listener, state.clone()).map_err(|cause| StartError::Bind { address, cause })?;
        let orders = state.open_socket(&engine.handle());
        Ok(App { server, state, address, orders, engine })
    }

    /// The port that was bound.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address people type.
    pub fn url(&self) -> String {
        self.state.site.origin()
    }

    /// What handlers see; tests look inside.
    pub fn state(&self) -> Data<State> {
        self.state.clone()
    }

    /// Serves until `stop` resolves, then closes the door, pays every debt to the disk and returns.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Result<(), StopError> {
        let App { server, state, orders, engine, .. } = self;
        let handle = server.handle();
        let mut serving = tokio::spawn(server);
        let device = tokio::select! {
            () = stop => None,
            sentence = device_failure(&state.storage) => Some(sentence),
            ended = &mut serving => return Err(StopError::Server(flatten(ended))),
        };
        let drained = tokio::time::timeout(state.config.limits.stop, drain(&state, &handle, orders)).await;
        engine.shut_down();
        match (device, drained) {
            (Some(sentence), _) => Err(StopError::Device(sentence)),
            (None, Ok(result)) => result,
            (None, Err(_)) => Err(StopError::Slow),
        }
    }
}

/// Does what is due of documents, now and then, until the door closes.
async fn sweep(state: Data<State>) {
    let mut due = tokio::time::interval(state.config.limits.sweep.max(Duration::from_secs(1)));
    loop {
        due.tick().await;
        if state.rooms.is_closed() {
            return;
        }
        match housekeeping::sweep(&state, clock::wall_ms()).await {
            Ok(Swept { documents: 0, files: 0 }) => {}
            Ok(Swept { documents, files }) => {
                tracing::info!(
                    "erased {documents} documents, removed {files} files that nothing had mentioned for long"
                );
            }
            Err(error) => tracing::warn!("what is due could not be looked through: {error}"),
        }
    }
}

/// Resolves a while after the disk refused a write for another reason than being full, so that people can read why.
/// Trying again on the same descriptor would be a lie: an fsync that failed once may "succeed" without the data.
async fn device_failure(storage: &Storage) -> String {
    let mut look = tokio::time::interval(DEVICE_LOOK);
    loop {
        look.tick().await;
        if let (Some(Failure::Device), Health::Failed(sentence)) = (storage.failed(), storage.health()) {
            tracing::error!("{sentence}; stopping");
            tokio::time::sleep(DEVICE_DRAIN).await;
            return sentence;
        }
    }
}

/// How often the store is asked whether its disk still works.
const DEVICE_LOOK: Duration = Duration::from_secs(1);
/// Between a failed disk and the end of the process.
const DEVICE_DRAIN: Duration = Duration::from_secs(5);

/// Door first, then debts: every acked edit is on disk already, this saves the rest and says goodbye.
async fn drain(state: &State, server: &ServerHandle, orders: Option<Socket>) -> Result<(), StopError> {
    if let Some(orders) = orders {
        orders.close().await;
    }
    let settled = state.rooms.shut_down().await;
    server.stop(true).await;
    // The one small record that says so has room even when nothing else has.
    state.storage.resume();
    if settled {
        runs::end(&state.storage).await?;
    }
    state.storage.close().await?;
    Ok(())
}

fn flatten(ended: Result<io::Result<()>, tokio::task::JoinError>) -> io::Error {
    match ended {
        Ok(Ok(())) => io::Error::other("the HTTP server ended by itself"),
        Ok(Err(cause)) => cause,
        Err(cause) => io::Error::other(cause),
    }
}

/// std's listener, so that the port is known before anything is served from it.
fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|cause| StartError::Bind { address, cause })
}

/// The runtime of rooms, beside the actix workers: their clock and their tasks, and the threads heavy ones run on
/// (`rooms/lane.rs`).
struct Engine(Option<tokio::runtime::Runtime>);

/// An update that costs yrs seconds holds one of these, not all rooms.
const ROOM_THREADS_MIN: usize = 8;

impl Engine {
    fn start() -> Result<Engine, StartError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(cores.max(ROOM_THREADS_MIN))
            .thread_name("room")
            .enable_all()
            .build()
            .map(|runtime| Engine(Some(runtime)))
            .map_err(StartError::Engine)
    }

    fn handle(&self) -> tokio::runtime::Handle {
        self.0.as_ref().expect("present until shut_down takes it").handle().clone()
    }

    fn shut_down(mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Engine {
    // A runtime dropped inside another one panics; this one is let go instead.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error(transparent)]
    Storage(#[from] OpenError),
    /// Reading what is in it.
    #[error("the data folder cannot be read: {0}")]
    Store(#[from] StoreError),
    /// The key under which link secrets are derived.
    #[error("the key file in the data folder: {0}")]
    Key(#[from] key::KeyError),
    /// The port.
    #[error("cannot listen on {address}: {cause}; stop what uses the port or choose another with --listen")]
    Bind {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
    /// Threads.
    #[error("cannot start the threads for open documents: {0}")]
    Engine(io::Error),
}

/// Why the server did not stop cleanly. Acked edits are safe all the same.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// The listener died.
    #[error("the server stopped by itself: {0}")]
    Server(io::Error),
    /// Closing the store.
    #[error("the data folder could not be closed: {0}; edits that were shown as saved are safe")]
    Store(#[from] StoreError),
    /// The disk refused a write.
    #[error("{0}; edits that were shown as saved are safe, others are in the tabs that made them")]
    Device(String),
    /// Out of time.
    #[error("stopping took too long; edits that were shown as saved are safe")]
    Slow,
}
