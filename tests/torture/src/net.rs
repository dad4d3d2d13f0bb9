//! TO10: people on a network that fails: in the end everybody has the same text, nothing acked is missing, nothing is there twice.
//!
//! Each case starts a server and a proxy before it, lets people write while lines stall, end, lose one direction, narrow
//! and break in the middle of a frame, then lets the network heal and waits until all is written down. Next: `net/proxy.rs`
//! for the faults, `net/tab.rs` for what a person's tab does about them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use peer::Person;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::{self, Server};
use crate::writers::runtime;

mod proxy;
mod tab;

use proxy::{Fault, Proxy, Way};
use tab::{Phase, Tab, Told};

/// How long everybody may take to get everything saved, and to show it, once the network has healed.
const PATIENCE: Duration = Duration::from_secs(40);

/// One case's people and time.
struct Plan {
    people: u64,
    faults: Duration,
}

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let data = run.folder("net");
    let server = started(run, &data).map_err(Skipped)?;
    let person = server.person("ada");
    let (mut edits, mut lines, mut slowest) = (0, 0, Duration::ZERO);
    while let Some(seed) = run.next() {
        let mut rng = Rng::new(seed);
        let plan = match run.small {
            true => Plan { people: 5, faults: Duration::from_millis(800) },
            false => Plan { people: rng.between(10, 30), faults: Duration::from_millis(rng.between(2_000, 6_000)) },
        };
        match runtime().block_on(case(&person, &plan, rng)) {
            Ok(ended) => {
                tally.case(ended.edits);
                (edits, lines) = (edits + ended.edits, lines + ended.lines);
                slowest = slowest.max(ended.healed);
            }
            Err(why) => tally.failed(seed, why),
        }
    }
    tally.figure("edits", edits.to_string());
    tally.figure("connections", lines.to_string());
    tally.figure("slowest healing", format!("{} ms", slowest.as_millis()));
    Ok(())
}

/// Pings and patience are short, so that a dead line is noticed in seconds.
fn started(run: &Run, data: &std::path::Path) -> Result<Server, String> {
    let mut command = server::command(&run.galley, data);
    for limit in ["connections_per_person=100000", "connections_per_address=100000", "ping=1", "dead=3"] {
        command.args(["--limit", limit]);
    }
    Server::run(&mut command)
}

struct Ended {
    edits: u64,
    lines: u64,
    healed: Duration,
}

async fn case(person: &Person, plan: &Plan, mut rng: Rng) -> Result<Ended, String> {
    let port = person.url.rsplit_once(':').and_then(|(_, port)| port.trim_end_matches('/').parse().ok());
    let server = SocketAddr::from(([127, 0, 0, 1], port.ok_or("its URL has no port")?));
    let proxy = Proxy::start(server, rng.next()).await.map_err(|error| format!("no proxy: {error}"))?;
    let document = person.document("");
    let phase = watch::Sender::new(Phase::Write);
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut tabs = Vec::new();
    for number in 0..plan.people {
        let tab = Tab::new(person, &document, proxy.address, number, rng.next());
        tabs.push(tokio::spawn(tab.live(phase.subscribe(), tell.clone())));
    }
    drop(tell);
    trouble(&proxy, plan.faults, &mut rng).await;
    proxy.strike_all(Fault::Clear);
    let healing = Instant::now();
    phase.send_replace(Phase::Save);
    let mut books = Vec::new();
    while books.len() < tabs.len() {
        match timeout(PATIENCE, told.recv()).await {
            Ok(Some(Told::Saved(book))) => books.push(book),
            Ok(Some(Told::Shows)) => {}
            Ok(None) => return Err("a tab ended before it was told to".into()),
            Err(_) => return Err(format!("only {} of {} tabs got everything saved", books.len(), tabs.len())),
        }
    }
    let text = person.text(&document);
    phase.send_replace(Phase::Show(text.clone()));
    for showing in 0..tabs.len() {
        if !matches!(timeout(PATIENCE, told.recv()).await, Ok(Some(Told::Shows))) {
            return Err(format!("only {showing} of {} tabs show what the server has", tabs.len()));
        }
    }
    let healed = healing.elapsed();
    let lines = books.iter().map(|book| book.lines).sum();
    let edits: Vec<_> = books.into_iter().flat_map(|book| book.edits).collect();
    judge(&text, &edits)?;
    Ok(Ended { edits: edits.len() as u64, lines, healed })
}

/// Faults at random lines for a while.
async fn trouble(proxy: &Proxy, length: Duration, rng: &mut Rng) {
    let until = Instant::now() + length;
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(rng.between(20, 200))).await;
        let way = if rng.chance(50) { Way::Up } else { Way::Down };
        let fault = match rng.below(100) {
            0..20 => Fault::Late { least: Duration::ZERO, most: Duration::from_millis(rng.between(5, 300)) },
            20..35 => Fault::Stall,
            35..45 => Fault::HalfOpen(way),
            45..60 => Fault::Narrow(rng.between(200, 20_000)),
            60..75 => Fault::Cut(way, rng.below(300) as usize),
            75..85 => Fault::Reset,
            _ => Fault::Clear,
        };
        // Now and then everybody is struck at once: a router, not a phone.
        match rng.chance(5) {
            true => proxy.strike_all(fault),
            false => proxy.strike(rng.next(), fault),
        }
    }
}

/// Every edit is there once; one that its writer took back is not.
fn judge(text: &str, edits: &[(String, tab::Fate)]) -> Result<(), String> {
    let mut there: HashMap<&str, usize> = HashMap::new();
    for edit in text.split_inclusive('>') {
        *there.entry(edit).or_default() += 1;
    }
    for (edit, fate) in edits {
        let times = there.remove(edit.as_str()).unwrap_or(0);
        let wanted = usize::from(*fate == tab::Fate::Kept);
        if times != wanted {
            return Err(format!("{edit} was acked and should be there {wanted} times, and is {times} times"));
        }
    }
    there.into_keys().next().map_or(Ok(()), |stray| Err(format!("{stray} is there and nobody wrote it")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tab::Fate;

    #[test]
    fn what_is_lost_doubled_or_back_from_the_dead_is_seen() {
        let edits = [("<a>".to_owned(), Fate::Kept), ("<b>".to_owned(), Fate::TakenBack)];
        assert_eq!(judge("<a>", &edits), Ok(()));
        assert!(judge("", &edits).is_err_and(|why| why.contains("<a>")));
        assert!(judge("<a><a>", &edits).is_err_and(|why| why.contains("2 times")));
        assert!(judge("<a><b>", &edits).is_err_and(|why| why.contains("<b>")));
        assert!(judge("<a><c>", &edits).is_err_and(|why| why.contains("nobody")));
    }
}
