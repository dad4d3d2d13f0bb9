//! TO13: everybody comes back at once: thousands of tabs, a server that restarts, and an upgrade limit.
//!
//! Each tab has a small edit that it made without a connection. It comes again with jitter, waits as long as a 503 asks for,
//! and must get in, be in sync and have its edit saved; nothing else may go wrong for it.

use std::path::Path;
use std::time::{Duration, Instant};

use peer::{Heard, Peer, Person, new_doc};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Error;

use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::{self, Server};
use crate::writers::runtime;

/// When the last one is to be back.
const BACK: Duration = Duration::from_secs(15);
/// How a socket ends that may come again in a moment.
const TRY_LATER: u16 = 4503;
/// After this nobody is waited for any more.
const PATIENCE: Duration = Duration::from_secs(90);

/// How many come, to how many documents, and over which time they spread their first attempts.
#[derive(Clone, Copy)]
struct Plan {
    tabs: usize,
    documents: usize,
    spread: Duration,
}

const FULL: Plan = Plan { tabs: 2_000, documents: 40, spread: Duration::from_secs(5) };
const SMALL: Plan = Plan { tabs: 60, documents: 3, spread: Duration::from_millis(500) };

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let plan = if run.small { SMALL } else { FULL };
    let (mut slowest, mut refusals) = (Duration::ZERO, 0);
    while let Some(seed) = run.next() {
        let data = run.folder(&format!("storm-{seed}"));
        match storm(&run.galley, &data, plan, seed) {
            Ok(back) if back.last > BACK && !run.small => {
                tally.failed(seed, format!("the last of {} was back after {} ms", plan.tabs, back.last.as_millis()));
            }
            Ok(back) => {
                tally.case(plan.tabs as u64);
                slowest = slowest.max(back.last);
                refusals += back.refusals;
            }
            Err(why) => tally.failed(seed, why),
        }
    }
    tally.figure("tabs", plan.tabs.to_string());
    tally.figure("the last is back after", format!("{} ms", slowest.as_millis()));
    tally.figure("upgrades put off", refusals.to_string());
    Ok(())
}

struct Back {
    last: Duration,
    refusals: u64,
}

/// What a tab tells.
enum Told {
    In,
    Back { at: Instant, refusals: u64 },
    Failed(String),
}

fn storm(galley: &Path, data: &Path, plan: Plan, seed: u64) -> Result<Back, String> {
    let port = server::free_port()?;
    let start = || {
        let mut command = server::command_on(galley, data, port);
        Server::run(command.args([
            "--limit",
            "connections_per_person=100000",
            "--limit",
            "connections_per_address=100000",
        ]))
    };
    let first = start()?;
    let person = first.person("ada");
    let documents: Vec<String> = (0..plan.documents).map(|_| person.document("")).collect();
    let mut rng = Rng::new(seed);
    let runtime = runtime();
    let (end, ended) = watch::channel(());
    let (tell, mut told) = mpsc::unbounded_channel();
    for number in 0..plan.tabs {
        let document = documents[number % documents.len()].clone();
        let (person, edit, rng) = (person.clone(), format!("<{number}>"), Rng::new(rng.next()));
        let tab = Tab { person, document, edit, rng, spread: plan.spread, refusals: 0 };
        runtime.spawn(tab.live(tell.clone(), ended.clone()));
    }
    drop(tell);
    runtime.block_on(all(plan.tabs, &mut told))?;
    match rng.chance(50) {
        true => first.kill(),
        false => drop(first.terminate(Duration::from_secs(15))),
    }
    let _second = start()?;
    let begun = Instant::now();
    let back = runtime.block_on(all(plan.tabs, &mut told))?;
    let texts: Vec<String> = documents.iter().map(|document| person.text(document)).collect();
    drop(end);
    for number in 0..plan.tabs {
        let edit = format!("<{number}>");
        let times = texts[number % texts.len()].matches(&edit).count();
        if times != 1 {
            return Err(format!("{edit}, made without a connection, was acked and is there {times} times"));
        }
    }
    let last = back.iter().map(|(at, _)| at.saturating_duration_since(begun)).max().unwrap_or_default();
    Ok(Back { last, refusals: back.iter().map(|(_, refusals)| refusals).sum() })
}

/// Hears from every tab once: when, and how often it was put off.
async fn all(tabs: usize, told: &mut mpsc::UnboundedReceiver<Told>) -> Result<Vec<(Instant, u64)>, String> {
    let mut heard = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    while heard.len() < tabs {
        match tokio::time::timeout_at(deadline.into(), told.recv()).await {
            Ok(Some(Told::In)) => heard.push((Instant::now(), 0)),
            Ok(Some(Told::Back { at, refusals })) => heard.push((at, refusals)),
            Ok(Some(Told::Failed(why))) => return Err(why),
            Ok(None) | Err(_) => return Err(format!("only {} of {tabs} tabs are in", heard.len())),
        }
    }
    Ok(heard)
}

struct Tab {
    person: Person,
    document: String,
    edit: String,
    rng: Rng,
    spread: Duration,
    refusals: u64,
}

impl Tab {
    async fn live(mut self, tell: mpsc::UnboundedSender<Told>, mut ended: watch::Receiver<()>) {
        let told = match self.twice(&tell).await {
            Ok(peer) => Some(peer),
            Err(why) => {
                tell.send(Told::Failed(why)).ok();
                None
            }
        };
        // In, and staying.
        let Some(mut peer) = told else { return };
        let staying = async { while peer.hear(PATIENCE).await != Heard::End {} };
        tokio::select! {
            () = staying => {}
            _ = ended.changed() => {}
        }
    }

    /// In; out, when the server goes; in again, with an edit.
    async fn twice(&mut self, tell: &mpsc::UnboundedSender<Told>) -> Result<Peer, String> {
        let mut peer = self.enter(new_doc()).await?;
        tell.send(Told::In).ok();
        while peer.hear(PATIENCE).await != Heard::End {}
        peer.append(&self.edit).await;
        let doc = peer.leave();
        self.refusals = 0;
        let peer = self.enter(doc).await?;
        tell.send(Told::Back { at: Instant::now(), refusals: self.refusals }).ok();
        Ok(peer)
    }

    /// Tries until it is in sync and everything is saved.
    async fn enter(&mut self, mut doc: peer::Doc) -> Result<Peer, String> {
        sleep(self.jitter(self.spread)).await;
        let path = format!("/sync/{}", self.document);
        loop {
            let wait = match peer::connect(&self.person, &path, true).await {
                Ok(socket) => {
                    let mut peer = Peer::over(socket, true, doc).await;
                    let ready = peer.wait(|peer| peer.synced && peer.sent > 0 && peer.acked >= peer.sent);
                    match timeout(PATIENCE, ready).await {
                        Ok(true) => return Ok(peer),
                        // Into the old server, which was about to go: told to come again, as by a 503.
                        Ok(false) if peer.closed == Some(TRY_LATER) => {
                            self.refusals += 1;
                            doc = peer.leave();
                            Duration::ZERO
                        }
                        Ok(false) => {
                            return Err(format!(
                                "a tab that got in was closed ({:?}) before it was in sync",
                                peer.closed
                            ));
                        }
                        Err(_) => return Err("a tab got in and was never in sync".into()),
                    }
                }
                Err(Error::Http(answer)) if answer.status() == 503 => {
                    self.refusals += 1;
                    let asked = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
                    Duration::from_secs(asked.ok_or("a 503 without Retry-After")?)
                }
                // Nobody listens: the server is not back yet.
                Err(Error::Io(_)) => Duration::ZERO,
                Err(error) => return Err(format!("an upgrade failed: {error}")),
            };
            sleep(wait + self.jitter(Duration::from_millis(1_000))).await;
        }
    }

    /// Some of this.
    fn jitter(&mut self, most: Duration) -> Duration {
        Duration::from_millis(self.rng.below(most.as_millis() as u64 + 1))
    }
}
