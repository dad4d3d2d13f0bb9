//! `cargo xtask load`: how fast Galley is, beside a bare relay on the same machine in the same run.
//!
//! Absolute times on a shared machine mean little, so every workload runs against the relay and the server in turn
//! and prints medians and their ratio. Invariant: the generator speaks the public protocol only, and everything it
//! sends stays on loopback. `relay.rs` is the yardstick: it fans out and does nothing else.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod client;
mod fanout;
mod measure;
mod relay;
mod target;

#[derive(Parser)]
#[command(name = "load", about = "Load for Galley and for a bare relay, side by side.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One document, many clients: latency and processor time for each delivered message.
    Fanout(fanout::Plan),
    /// The bare relay alone: everything one socket says goes to every other.
    Relay {
        /// Where to listen; port 0 picks a free one.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: std::net::SocketAddr,
    },
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Fanout(plan) => tokio_main(fanout::run(plan)),
        Command::Relay { listen } => actix_web::rt::System::new().block_on(relay::serve(listen)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One thread drives all clients, so that the generator costs the same beside every target.
fn tokio_main(work: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// Why a run was given up.
type Error = Box<dyn std::error::Error>;
