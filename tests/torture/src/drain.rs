//! TO4: SIGTERM under load, one restart after the other on one port: it ends well, says goodbye, and everybody is in sync again.
//!
//! Tabs live over many restarts and bring what was not acked; every [`ROUND`] restarts they end and are compared.
//! Next: `tabs.rs` for what a tab does.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use peer::Person;

use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::{self, Server};
use crate::tabs::{Plan, Tabs};

/// Tabs, documents they are in, and the time between two edits of one tab.
const LOAD: (usize, usize, Duration) = (500, 100, Duration::from_millis(200));
const LOAD_SMALL: (usize, usize, Duration) = (8, 2, Duration::from_millis(20));
/// Restarts between two comparisons; documents stay small.
const ROUND: u64 = 20;
/// From SIGTERM to the end, promised to whoever runs the server.
const STOP: Duration = Duration::from_secs(10);
/// For tabs to be in again; reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);
/// Goals that are judged in a full run.
const UNREADY_AT_MOST: Duration = Duration::from_secs(1);
const BACK_AT_MOST: Duration = Duration::from_secs(3);
const CUT_AT_MOST_PERCENT: usize = 1;
/// "Try again in a moment".
const TRY_LATER: u16 = 4503;

#[derive(Default)]
struct Figures {
    slowest_stop: Duration,
    slowest_unready: Duration,
    back: Vec<Duration>,
    edits: usize,
    goodbyes: usize,
    cut: usize,
}

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let mut figures = Figures::default();
    if let Err((seed, why)) = restarts(run, tally, &mut figures) {
        tally.failed(seed, why);
    }
    let Figures { slowest_stop, slowest_unready, mut back, edits, goodbyes, cut } = figures;
    back.sort_unstable();
    let back = back.get(back.len() * 99 / 100).copied().unwrap_or_default();
    tally.figure("edits compared", edits.to_string());
    tally.figure("slowest stop", format!("{} ms", slowest_stop.as_millis()));
    tally.figure("/readyz 503 after at most", format!("{} ms", slowest_unready.as_millis()));
    tally.figure("tabs in sync again, p99", format!("{} ms", back.as_millis()));
    tally.figure("sockets closed with 4503", format!("{goodbyes}, cut {cut}"));
    if !run.small {
        let seed = run.seed();
        if slowest_unready > UNREADY_AT_MOST {
            tally.failed(seed, format!("/readyz was 200 for {slowest_unready:?} after SIGTERM"));
        }
        if back > BACK_AT_MOST {
            tally.failed(seed, format!("tabs took {back:?} (p99) to be in sync again"));
        }
        if cut * 100 > CUT_AT_MOST_PERCENT * (goodbyes + cut) {
            tally.failed(seed, format!("{cut} of {} sockets were cut without a close code", goodbyes + cut));
        }
    }
    Ok(())
}

fn restarts(run: &mut Run, tally: &mut Tally, figures: &mut Figures) -> Result<(), (u64, String)> {
    let data = run.folder("drain");
    let port = server::free_port().map_err(|why| (run.seed(), why))?;
    let start = |galley: &Path, seed: u64| start(galley, &data, port).map_err(|why| (seed, why));
    let mut server = start(&run.galley, run.seed())?;
    let mut tabs: Option<Tabs> = None;
    let (mut restarts, mut last) = (0, run.seed());
    while let Some(seed) = run.next() {
        last = seed;
        let person = server.person("ada");
        if let Some(ending) = tabs.take_if(|_| restarts % ROUND == 0) {
            end(ending, &person, seed, tally, figures);
        }
        let open = tabs.get_or_insert_with(|| begin(&person, run.small, seed));
        if !open.until_inside(PATIENCE) {
            return Err((seed, format!("only {} tabs got in", open.book().inside)));
        }
        std::thread::sleep(Duration::from_millis(Rng::new(seed).between(50, if run.small { 400 } else { 2_000 })));
        stop(server, seed, tally, figures);
        let acked = open.book().acked.clone();
        open.book().came.clear();
        server = start(&run.galley, seed)?;
        let ready = Instant::now();
        if !open.until_inside(PATIENCE) {
            return Err((seed, format!("only {} tabs came back", open.book().inside)));
        }
        figures.back.extend(open.book().came.iter().map(|came| came.saturating_duration_since(ready)));
        let person = server.person("ada");
        acked.missing(&person).iter().for_each(|edit| tally.failed(seed, format!("{edit} was acked and is gone")));
        tally.case(acked.len() as u64);
        restarts += 1;
    }
    if let Some(ending) = tabs {
        end(ending, &server.person("ada"), last, tally, figures);
    }
    Ok(())
}

fn start(galley: &Path, data: &Path, port: u16) -> Result<Server, String> {
    let mut command = server::command_on(galley, data, port);
    for name in ["updates_per_second", "upgrades_per_second", "connections_per_person", "connections_per_address"] {
        command.args(["--limit", &format!("{name}=1000000")]);
    }
    Server::run(&mut command)
}

fn begin(person: &Person, small: bool, seed: u64) -> Tabs {
    let (count, documents, pace) = if small { LOAD_SMALL } else { LOAD };
    let documents = (0..documents).map(|_| person.document("")).collect();
    Tabs::start(person, Plan { documents, count, pace, name: seed.to_string() })
}

/// Sends SIGTERM and looks at everything the stop promises.
fn stop(server: Server, seed: u64, tally: &mut Tally, figures: &mut Figures) {
    let (url, over) = (server.url.clone(), Arc::new(AtomicBool::new(false)));
    let theirs = over.clone();
    let asked = std::thread::spawn(move || {
        let mut said = Vec::new();
        while !theirs.load(Ordering::Relaxed) {
            said.push((server::readyz(&url).map(|(status, _)| status), Instant::now()));
            std::thread::sleep(Duration::from_millis(5));
        }
        said
    });
    let signalled = Instant::now();
    let status = server.terminate(STOP);
    let took = signalled.elapsed();
    over.store(true, Ordering::Relaxed);
    let said = asked.join().unwrap_or_default();
    match status {
        Some(status) if status.success() => {}
        Some(status) => tally.failed(seed, format!("SIGTERM ended it with {status}")),
        None => tally.failed(seed, format!("it still ran {STOP:?} after SIGTERM")),
    }
    figures.slowest_stop = figures.slowest_stop.max(took);
    let unready = said.iter().position(|(status, at)| *status != Some(200) && *at > signalled);
    let (_, late) = said.split_at(unready.unwrap_or(said.len()));
    if late.iter().any(|(status, _)| *status == Some(200)) {
        tally.failed(seed, "/readyz said 200 again after it had said that the server stops");
    }
    let until = late.first().map_or(took, |(_, at)| at.saturating_duration_since(signalled));
    figures.slowest_unready = figures.slowest_unready.max(until);
}

/// Compares what everybody has, and reads how their sockets ended.
fn end(tabs: Tabs, person: &Person, seed: u64, tally: &mut Tally, figures: &mut Figures) {
    let (closed, refused) = {
        let mut book = tabs.book();
        (std::mem::take(&mut book.closed), std::mem::take(&mut book.refused))
    };
    for (code, sockets) in closed {
        match code {
            Some(TRY_LATER) => figures.goodbyes += sockets,
            None => figures.cut += sockets,
            Some(code) => tally.failed(seed, format!("{sockets} sockets were closed with {code}, not {TRY_LATER}")),
        }
    }
    for (code, edits) in refused {
        tally.failed(seed, format!("{edits} edits were refused with Nack {code}"));
    }
    let (wrong, edits) = tabs.end(person, PATIENCE);
    wrong.into_iter().for_each(|why| tally.failed(seed, why));
    tally.checked += edits as u64;
    figures.edits += edits;
}
