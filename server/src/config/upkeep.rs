//! `galley backup`, `restore`, `verify` and `doctor` as typed.
//!
//! Invariant: as in `config.rs`, nothing after this file interprets a string. Next: `command/upkeep.rs`, which runs them.

use std::path::PathBuf;

use clap::Args;

use super::{ConfigError, Print, default_data, scratch};

/// `galley verify ...`
#[derive(Args, Debug)]
pub struct VerifyTyped {
    /// A backup to look at instead of a data folder.
    file: Option<PathBuf>,
    /// Folder that holds everything Galley keeps.
    #[arg(long, env = "GALLEY_DATA")]
    data: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What to look at.
#[derive(Debug)]
pub struct Verify {
    /// A backup, or a data folder.
    pub what: Looked,
    /// For whom the answer is printed.
    pub print: Print,
    /// Where the store is copied to, since it cannot be read without being written.
    pub scratch: PathBuf,
}

/// What can be looked at.
#[derive(Debug)]
pub enum Looked {
    /// A backup.
    File(PathBuf),
    /// A data folder.
    Data(PathBuf),
}

impl TryFrom<VerifyTyped> for Verify {
    type Error = ConfigError;

    fn try_from(typed: VerifyTyped) -> Result<Verify, ConfigError> {
        let what = match typed.file {
            Some(file) => Looked::File(file),
            None => Looked::Data(typed.data.map_or_else(default_data, Ok)?),
        };
        Ok(Verify { what, print: print(typed.json), scratch: scratch() })
    }
}

fn print(json: bool) -> Print {
    if json { Print::Programs } else { Print::People }
}
