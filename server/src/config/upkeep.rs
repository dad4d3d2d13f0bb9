//! `galley backup`, `restore`, `verify` and `doctor` as typed.
//!
//! Invariant: as in `config.rs`, nothing after this file interprets a string. Next: `command/upkeep.rs`, which runs them.

use std::path::PathBuf;

use clap::Args;

use super::{ConfigError, Print, PublicUrl, default_data, scratch};

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

/// `galley backup ...`
#[derive(Args, Debug)]
pub struct BackupTyped {
    /// The file to write, or - for standard output.
    file: PathBuf,
    /// Folder that holds everything Galley keeps.
    #[arg(long, env = "GALLEY_DATA")]
    data: Option<PathBuf>,
    /// Replace the file if it is there; a backup of damaged data, from which something is missing, replaces nothing.
    #[arg(long)]
    force: bool,
}

/// `galley restore ...`
#[derive(Args, Debug)]
pub struct RestoreTyped {
    /// The backup.
    file: PathBuf,
    /// The folder to restore into; it must be empty or missing.
    #[arg(long, env = "GALLEY_DATA")]
    data: Option<PathBuf>,
}

/// `galley doctor ...`
#[derive(Args, Debug)]
pub struct DoctorTyped {
    /// Folder that holds everything Galley keeps.
    #[arg(long, env = "GALLEY_DATA")]
    data: Option<PathBuf>,
    /// The address people type; default the running server's own.
    #[arg(long, env = "GALLEY_PUBLIC_URL")]
    url: Option<PublicUrl>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What to examine.
#[derive(Debug)]
pub struct Doctor {
    /// The data folder.
    pub data: PathBuf,
    /// Where people reach the server.
    pub url: Option<PublicUrl>,
    /// For whom the answer is printed.
    pub print: Print,
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

/// What to back up, and where to.
#[derive(Debug)]
pub struct Backup {
    /// The data folder.
    pub data: PathBuf,
    /// Where to.
    pub to: Target,
    /// Room for a copy of a store that does not open.
    pub scratch: PathBuf,
}

/// Where a backup goes.
#[derive(Debug)]
pub enum Target {
    /// Standard output.
    Output,
    /// A file that is not there yet.
    New(PathBuf),
    /// A file, whatever is there.
    Replaced(PathBuf),
}

/// What to restore, and where to.
#[derive(Debug)]
pub struct Restore {
    /// The backup.
    pub file: PathBuf,
    /// The data folder.
    pub data: PathBuf,
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

impl TryFrom<BackupTyped> for Backup {
    type Error = ConfigError;

    fn try_from(typed: BackupTyped) -> Result<Backup, ConfigError> {
        let to = match (typed.file.as_os_str() == "-", typed.force) {
            (true, _) => Target::Output,
            (false, true) => Target::Replaced(typed.file),
            (false, false) => Target::New(typed.file),
        };
        Ok(Backup { data: typed.data.map_or_else(default_data, Ok)?, to, scratch: scratch() })
    }
}

impl TryFrom<RestoreTyped> for Restore {
    type Error = ConfigError;

    fn try_from(typed: RestoreTyped) -> Result<Restore, ConfigError> {
        Ok(Restore { file: typed.file, data: typed.data.map_or_else(default_data, Ok)? })
    }
}

impl TryFrom<DoctorTyped> for Doctor {
    type Error = ConfigError;

    fn try_from(typed: DoctorTyped) -> Result<Doctor, ConfigError> {
        let DoctorTyped { data, url, json } = typed;
        Ok(Doctor { data: data.map_or_else(default_data, Ok)?, url, print: print(json) })
    }
}

fn print(json: bool) -> Print {
    if json { Print::Programs } else { Print::People }
}
