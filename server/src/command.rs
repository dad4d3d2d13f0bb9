//! Runs `galley user`, `galley doc` and `galley metrics`: asks the server that runs, or opens the store itself.
//!
//! Both ways end in [`Admin::obey`], so a command does the same with a server and without. Invariant: the store is opened
//! only when its lock says that nobody holds it, and an order that somebody may have got is not given to a second server.
//! Next: `admin/socket.rs` for the first way, `command/print.rs` for what is shown.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use storage::{OpenError, Storage, StoreError};

use crate::access::Access;
use crate::admin::socket::{Asked, ask};
use crate::admin::{Admin, Order, Reply};
use crate::config::{Errand, PublicUrl};
use crate::key::KeyError;

mod print;
pub mod upkeep;

/// A server that starts holds the store before it listens, and one that stops holds it a little longer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks whether the store is free.
const LOOK: Duration = Duration::from_millis(50);

/// Does it and prints what came of it. The error is for people.
pub fn run(errand: &Errand) -> Result<(), CommandError> {
    let reply = match carry_out(errand)? {
        Reply::Refused(why) => return Err(CommandError::Refused(why)),
        reply => reply,
    };
    let shown = print::show(&reply, errand.print);
    // Whoever reads may stop reading, as `head` does; the work is done.
    let _ = std::io::stdout().lock().write_all(shown.as_bytes());
    Ok(())
}

fn carry_out(errand: &Errand) -> Result<Reply, CommandError> {
    let begun = Instant::now();
    let mut ask_again = true;
    loop {
        if ask_again {
            match ask(&errand.data, &errand.order) {
                Asked::Reply(reply) => return Ok(reply),
                Asked::Nobody => {}
                Asked::Silence => ask_again = false,
                Asked::Foreign => return Err(CommandError::Foreign),
            }
        }
        match open(&errand.data) {
            Err(CommandError::Open(OpenError::Locked { .. })) if begun.elapsed() < PATIENCE => std::thread::sleep(LOOK),
            Err(CommandError::Open(OpenError::Locked { holder, .. })) => return Err(CommandError::Locked { holder }),
            Err(error) => return Err(error),
            Ok(storage) => return obey(storage, &errand.data, &errand.site, errand.order.clone()),
        }
    }
}

/// Only a folder in which a server has run: a mistyped one would become an empty store that answers "nobody".
fn open(data: &Path) -> Result<Storage, CommandError> {
    match data.join("key").try_exists() {
        Ok(true) => Ok(Storage::open(data)?),
        Ok(false) => Err(CommandError::NoData(data.display().to_string())),
        Err(cause) => Err(CommandError::Unreadable(cause)),
    }
}

fn obey(storage: Storage, data: &Path, site: &PublicUrl, order: Order) -> Result<Reply, CommandError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CommandError::Unreadable)?;
    runtime.block_on(async {
        let access = Access::open(storage.clone(), data).await?;
        let reply = Admin::new(storage.clone(), access, site.origin(), None).obey(order).await;
        storage.close().await?;
        Ok(reply)
    })
}

/// Why a command was not carried out. Exit code 1.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// By the rules.
    #[error("{0}")]
    Refused(String),
    /// A server holds the store and is silent.
    #[error("a server is running on this data folder{holder} but does not answer on its socket; stop it and try again")]
    Locked {
        /// ` (process 123)`, or nothing.
        holder: String,
    },
    /// The socket is another account's.
    #[error("the server on this data folder belongs to another account; run this command as that account")]
    Foreign,
    /// Nothing there.
    #[error("no server has run in {0} yet; name the data folder with --data or GALLEY_DATA")]
    NoData(String),
    /// The system said no.
    #[error("the data folder cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// The store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The key in the data folder.
    #[error("the key file in the data folder: {0}")]
    Key(#[from] KeyError),
    /// Closing the store.
    #[error("it was done, but the data folder could not be closed: {0}")]
    Close(#[from] StoreError),
}
