//! TO1: Every ack comes after an fsync of the log that holds the edit, read from the system calls of a server at work.
//!
//! A kill cannot show this: what was written and not synced is still there after it, and gone after a power cut. So the server
//! runs under strace while people write, and each edit they were acked is looked up in the trace.
//! Next: `sync_order/lint.rs`, which judges; `sync_order/trace.rs`, which reads.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use peer::{Peer, Person, new_doc};

use crate::run::{Run, Skipped, Tally};
use crate::server::{self, Server};
use crate::writers::runtime;

mod lint;
mod trace;

use lint::{Edit, Told};

/// What a server could write, sync and send with. Sockets are not sent on with `write`; if they were, no ack would be seen.
const CALLS: &str = "trace=pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,writev,fdatasync,fsync";
/// Longer than any write: the trace must hold every byte.
const BYTES_SHOWN: &str = "4194304";
/// People who write at once, in [`DOCUMENTS`] documents.
const WRITERS: usize = 10;
const WRITERS_SMALL: usize = 4;
const DOCUMENTS: usize = 2;
/// Documents made with a text by HTTP before, where the answer says that it is saved.
const MADE: usize = 5;
/// Edits of one person in one case.
const EDITS_EACH: usize = 50;
const EDITS_EACH_SMALL: usize = 15;
/// Writes a person leaves unacked, so that groups of several are synced at once.
const AHEAD: u64 = 4;
/// For the server to end, and again for the trace to be whole.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    can_trace()?;
    let (mut syncs, mut acks) = (0, 0);
    while let Some(seed) = run.next() {
        let folder = run.folder(&format!("sync-order-{seed}"));
        match case(run, &folder, seed) {
            Ok(found) => {
                (syncs, acks) = (syncs + found.syncs, acks + found.acks);
                found.violations.iter().for_each(|why| tally.failed(seed, why));
                tally.case(found.checked as u64);
            }
            Err(why) => tally.failed(seed, why),
        }
        fs::remove_dir_all(&folder).ok();
    }
    tally.figure("syncs", syncs.to_string());
    tally.figure("acks", acks.to_string());
    Ok(())
}

fn can_trace() -> Result<(), Skipped> {
    let tried = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    match tried {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Skipped("strace may not trace here".into())),
        Err(_) => Err(Skipped("strace is not installed".into())),
    }
}

/// One server's life under strace.
fn case(run: &Run, folder: &Path, seed: u64) -> Result<lint::Report, String> {
    let trouble = |error: std::io::Error| error.to_string();
    fs::create_dir_all(folder).map_err(trouble)?;
    let (data, traced) = (folder.join("data"), folder.join("trace"));
    let server = Server::run(&mut under_strace(&server::command(&run.galley, &data), &traced))?;
    let edits = written(&server, run.small, seed);
    let pid = server.pid();
    server.terminate(PATIENCE).ok_or("the server did not end on SIGTERM")?;
    let text = whole(&traced, pid)?;
    let configured = fs::read(data.join("store/conf")).map_err(trouble)?;
    if String::from_utf8_lossy(&configured).contains("use_compression: true") {
        return Err("sled compresses its log, so edits cannot be seen in it".into());
    }
    let mut calls = trace::read(&text)?;
    let report = lint::judge(&calls, &edits);
    // A lint that finds nothing wrong must find everything wrong in the same trace without its syncs.
    calls.retain(|call| !matches!(call.name.as_str(), "fsync" | "fdatasync"));
    let blind = edits.len() - lint::judge(&calls, &edits).violations.len();
    if blind > 0 {
        return Err(format!("the lint is blind: {blind} edits pass in a trace without any sync"));
    }
    Ok(report)
}

/// The same server as a child of ours, with strace beside it: ending it ends the trace.
fn under_strace(server: &Command, traced: &Path) -> Command {
    let mut command = Command::new("strace");
    command
        .args(["-D", "-f", "-yy", "-x", "-ttt", "-s", BYTES_SHOWN, "-e", CALLS, "-e", "signal=none", "-o"])
        .arg(traced);
    command.arg(server.get_program()).args(server.get_args());
    for limit in ["updates_per_second=1000000", "updates_burst=1000000"] {
        command.args(["--limit", limit]);
    }
    command
}

/// The trace once strace has seen the process end.
fn whole(traced: &Path, pid: u32) -> Result<String, String> {
    let until = Instant::now() + PATIENCE;
    let end = format!("{pid} ");
    loop {
        let text = String::from_utf8_lossy(&fs::read(traced).map_err(|error| error.to_string())?).into_owned();
        if text.lines().rev().take(50).any(|line| line.starts_with(&end) && line.contains(" +++ ")) {
            return Ok(text);
        }
        if Instant::now() > until {
            return Err("strace never saw the server end".into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Lets people write; every edit that was acked, and on which socket as which write.
fn written(server: &Server, small: bool, seed: u64) -> Vec<Edit> {
    let (writers, each) = if small { (WRITERS_SMALL, EDITS_EACH_SMALL) } else { (WRITERS, EDITS_EACH) };
    let person = server.person("ada");
    let documents: Vec<_> = (0..DOCUMENTS).map(|_| person.document("")).collect();
    let made = (0..MADE).map(|number| {
        let marker = format!("<{seed}.made.{number}>");
        Edit { told: Told::Answer(person.document(&marker)), marker }
    });
    let mut edits: Vec<Edit> = made.collect();
    runtime().block_on(async {
        let mut all = Vec::new();
        for number in 0..writers {
            let document = documents[number % DOCUMENTS].clone();
            all.push(tokio::spawn(write(person.clone(), document, format!("{seed}.{number}"), each)));
        }
        for writer in all {
            edits.extend(writer.await.expect("writers do not panic"));
        }
    });
    edits
}

async fn write(person: Person, document: String, name: String, edits: usize) -> Vec<Edit> {
    let mut peer = Peer::open(&person, &document, true, new_doc()).await.expect("the upgrade is accepted");
    let port = peer.port().expect("a TCP socket");
    let mut told = Vec::new();
    for number in 0..edits {
        let marker = format!("<{name}.{number}>");
        peer.insert(0, &marker).await;
        told.push(Edit { marker, told: Told::Ack { port, write: peer.sent } });
        let wanted = peer.sent.saturating_sub(AHEAD);
        peer.until("the edits before are acked", |peer| peer.acked >= wanted).await;
    }
    peer.saved().await;
    assert!(peer.nacks.is_empty(), "nothing here is refused");
    told
}
