//! `galley user`, `galley doc` and `galley metrics` as typed -> [`Errand`].
//!
//! Invariant: as in `config.rs`, nothing after this file interprets a string that is not an account name or a label.
//! Next: `command.rs`, which runs the errand; `admin.rs` for what it does.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use uuid::Uuid;

use super::{ConfigError, PublicUrl, default_data};
use crate::admin::Order;

/// What a command asks, where, and how it prints the answer.
#[derive(Debug)]
pub struct Errand {
    /// The data folder.
    pub data: PathBuf,
    /// Where people reach the server, for addresses made while none runs.
    pub site: PublicUrl,
    /// For whom the answer is printed.
    pub print: Print,
    /// What to do.
    pub order: Order,
}

/// For whom an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    /// Columns and sentences.
    People,
    /// JSON.
    Programs,
}

/// The flags every command of administration has.
#[derive(Args, Debug)]
pub struct Desk {
    /// Folder that holds everything Galley keeps.
    #[arg(long, env = "GALLEY_DATA", global = true)]
    data: Option<PathBuf>,
    /// The address people type, for links made while no server runs.
    #[arg(long, env = "GALLEY_PUBLIC_URL", default_value = "http://localhost:8080", global = true)]
    public_url: PublicUrl,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

/// `galley user ...`
#[derive(Args, Debug)]
pub struct User {
    #[command(flatten)]
    desk: Desk,
    #[command(subcommand)]
    what: UserCommand,
}

/// `galley doc ...`
#[derive(Args, Debug)]
pub struct Doc {
    #[command(flatten)]
    desk: Desk,
    #[command(subcommand)]
    what: DocCommand,
}

/// `galley metrics`
#[derive(Args, Debug)]
pub struct Metrics {
    #[command(flatten)]
    desk: Desk,
}

#[derive(Subcommand, Debug)]
enum UserCommand {
    /// Every account.
    List,
    /// Make an address that lets somebody create one account within seven days.
    Invite {
        /// Who it is for.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// Make an address that lets somebody choose a new password.
    ResetPassword {
        /// Account name.
        name: String,
    },
    /// End somebody's sessions and let them in no more.
    Suspend {
        /// Account name.
        name: String,
    },
    /// Let somebody in again.
    Unsuspend {
        /// Account name.
        name: String,
    },
}

#[derive(Subcommand, Debug)]
enum DocCommand {
    /// Every document by its id; never a title.
    List {
        /// Only those of this account.
        #[arg(long)]
        owner: Option<String>,
    },
    /// Give a document another owner.
    Transfer {
        /// Its id.
        document: Uuid,
        /// Account name of the new owner.
        #[arg(long)]
        to: String,
    },
}

impl TryFrom<User> for Errand {
    type Error = ConfigError;

    fn try_from(typed: User) -> Result<Errand, ConfigError> {
        typed.desk.errand(match typed.what {
            UserCommand::List => Order::Users,
            UserCommand::Invite { label } => Order::Invite { label },
            UserCommand::ResetPassword { name } => Order::Reset { name },
            UserCommand::Suspend { name } => Order::Suspend { name, suspended: true },
            UserCommand::Unsuspend { name } => Order::Suspend { name, suspended: false },
        })
    }
}

impl TryFrom<Doc> for Errand {
    type Error = ConfigError;

    fn try_from(typed: Doc) -> Result<Errand, ConfigError> {
        typed.desk.errand(match typed.what {
            DocCommand::List { owner } => Order::Documents { owner },
            DocCommand::Transfer { document, to } => Order::Transfer { document, to },
        })
    }
}

impl TryFrom<Metrics> for Errand {
    type Error = ConfigError;

    fn try_from(typed: Metrics) -> Result<Errand, ConfigError> {
        typed.desk.errand(Order::Metrics)
    }
}

impl Desk {
    fn errand(self, order: Order) -> Result<Errand, ConfigError> {
        Ok(Errand {
            data: self.data.map_or_else(default_data, Ok)?,
            site: self.public_url,
            print: if self.json { Print::Programs } else { Print::People },
            order,
        })
    }
}
