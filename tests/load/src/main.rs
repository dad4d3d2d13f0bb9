//! `cargo xtask load`: how fast Galley is, beside a bare relay and its peers, on the same machine in the same run.
//!
//! Absolute times on a shared machine mean little, so every workload runs against all targets in turn, several times, and what
//! is told are medians and ratios of the same round. Invariant: the generator is one thread that speaks public protocols
//! only, tells what it took itself, and everything it sends stays on loopback. Next: `workload.rs`, then `meeting.rs`;
//! `relay.rs` is the yardstick: it fans out and does nothing else.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

mod bars;
mod dialect;
mod documents;
mod figures;
mod idle;
mod join;
mod keystrokes;
mod measure;
mod meeting;
mod open;
mod peers;
mod relay;
mod results;
mod rooms;
mod rounds;
mod storm;
mod tab;
mod target;
mod trace;
mod typing;
mod wire;
mod workload;

/// Why a run was given up.
type Error = Box<dyn std::error::Error>;

#[derive(Parser)]
#[command(name = "load", about = "Load for Galley, a bare relay and peers, side by side.")]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    word: Option<Word>,
    /// Workloads by name; all of them if none is named.
    workloads: Vec<String>,
    /// Rounds: in each, every workload runs once against every target.
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// No round of a workload begins after this; the first round always runs. Like 25m or 90s.
    #[arg(long, value_parser = duration)]
    budget: Option<Duration>,
    /// Only these targets, by name.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Documents, instead of the workload's own number.
    #[arg(long)]
    documents: Option<usize>,
    /// Sockets (on each document).
    #[arg(long)]
    clients: Option<usize>,
    /// How many of them write.
    #[arg(long)]
    writers: Option<usize>,
    /// Edits a second of each writer.
    #[arg(long)]
    rate: Option<f64>,
    /// How long they write.
    #[arg(long)]
    seconds: Option<f64>,
    /// Repeats the order of targets.
    #[arg(long)]
    seed: Option<u64>,
    /// One small round of each, that judges only whether everything arrives.
    #[arg(long)]
    small: bool,
    /// The server; the one beside this program if not named.
    #[arg(long)]
    galley: Option<PathBuf>,
    /// The recorded history that `open` opens, instead of the one in the tree: `automerge-paper.json.gz`.
    #[arg(long)]
    paper: Option<PathBuf>,
    /// Where peers are installed; without it they take no part.
    #[arg(long)]
    peers: Option<PathBuf>,
    /// Where the tables are written, unless sizes were changed.
    #[arg(long)]
    results: Option<PathBuf>,
}

impl Cli {
    /// Whether something else was measured than the tables are about.
    fn is_changed(&self) -> bool {
        let numbers = [self.documents, self.clients, self.writers];
        let changed = numbers.iter().any(Option::is_some) || self.rate.is_some() || self.seconds.is_some();
        changed || self.small || !self.only.is_empty()
    }
}

#[derive(Subcommand)]
enum Word {
    /// The bare relay alone: everything one socket says goes to every other in its room.
    Relay {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: std::net::SocketAddr,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    peer::commit();
    let result = match cli.word {
        Some(Word::Relay { listen }) => actix_web::rt::System::new().block_on(relay::serve(listen)).map(|()| 0),
        None => rounds::run(&cli),
    };
    match result {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::from(2)
        }
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write it like 20m, 90s or 2h".to_owned();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    match unit {
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(60 * number)),
        "h" => Ok(Duration::from_secs(3_600 * number)),
        _ => Err(wrong()),
    }
}
