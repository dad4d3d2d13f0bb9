//! `galley serve`: arguments -> Config, tracing, App::build, run until a signal; or an errand for `command.rs`.
//!
//! Exit codes: 0 stopped or done, 2 bad arguments or configuration, 1 anything else.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use galley::App;
use galley::command::{self, upkeep};
use galley::config::{
    Backup, Cli, Command, Config, ConfigError, Doctor, Errand, LogFormat, Restore, Serve, Verify, unknown_variables,
};
use tracing_subscriber::EnvFilter;

/// What a room or a page of the store leaves when it goes is returned to the system; glibc's heap kept it, several times
/// what is in use.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(typed) => start(typed),
        Command::User(typed) => run(Errand::try_from(typed)),
        Command::Doc(typed) => run(Errand::try_from(typed)),
        Command::Metrics(typed) => run(Errand::try_from(typed)),
        Command::Backup(typed) => keep(Backup::try_from(typed), upkeep::backup),
        Command::Doctor(typed) => keep(Doctor::try_from(typed), upkeep::doctor),
        Command::Restore(typed) => keep(Restore::try_from(typed), upkeep::restore),
        Command::Verify(typed) => keep(Verify::try_from(typed), upkeep::verify),
    }
}

/// What looks after the data has exit codes of its own.
fn keep<T>(asked: Result<T, ConfigError>, work: impl FnOnce(&T) -> upkeep::Ended) -> ExitCode {
    match asked {
        Ok(asked) => {
            warn_only();
            ExitCode::from(work(&asked).code())
        }
        Err(error) => refuse(&error.to_string()),
    }
}

/// What the store says when it heals after a crash.
fn warn_only() {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr).init();
}

fn run(errand: Result<Errand, ConfigError>) -> ExitCode {
    let errand = match errand {
        Ok(errand) => errand,
        Err(error) => return refuse(&error.to_string()),
    };
    warn_only();
    match command::run(&errand) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("galley: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(typed: Serve) -> ExitCode {
    let config = match Config::try_from(typed) {
        Ok(config) => config,
        Err(error) => return refuse(&error.to_string()),
    };
    let Ok(filter) = EnvFilter::try_new(&config.log) else {
        return refuse("--log is not understood: write a level such as info, or directives such as info,galley=debug");
    };
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    for name in unknown_variables() {
        tracing::warn!("{name} means nothing to this version; is it a typing mistake?");
    }
    match actix_web::rt::System::new().block_on(serve(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            eprintln!("galley: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config) -> Result<(), Box<dyn std::error::Error>> {
    let lan = config.lan;
    let app = App::build(config).await?;
    // Whoever reads the line below may stop the server at once.
    let stop = signals()?;
    println!("listening on {}", app.url());
    if let Some(url) = app.state().accounts.setup_url() {
        println!("create the first account at {url}");
    }
    if lan {
        println!("{}", galley::lan::qr(&app.url()));
    }
    app.run_until(stop).await?;
    Ok(())
}

/// SIGTERM and SIGINT are the same, and are heard from the moment this returns.
#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signals() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("galley: {why}");
    ExitCode::from(2)
}
