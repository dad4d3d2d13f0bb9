//! Tabs: people whose pages stay open while the server goes and comes back. Each keeps its document, joins again, and brings
//! what was not acked.
//!
//! Invariant: an edit is made once, owed until the server acked it, and never forgotten; what is owed at the end is a failure.
//! Next: `writers.rs` for people who end with their socket.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use peer::{Peer, Person, new_doc};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::rng::Rng;
use crate::writers::{Acked, runtime};

/// For an upgrade and for the answers after it.
const PATIENCE: Duration = Duration::from_secs(30);
/// Edits a tab leaves unacked before it waits: a slow machine gets slower people, not a queue without end.
const AHEAD: usize = 16;
/// A tab that is out tries again after this long, and up to twice as long.
const AGAIN_MS: u64 = 100;
/// In a hundred: how often a tab that is refused stays; otherwise it comes anew.
const STAYS: u64 = 50;

/// Several tabs on a thread of their own.
pub struct Tabs {
    phase: watch::Sender<Phase>,
    book: Arc<Mutex<Book>>,
    count: usize,
    thread: std::thread::JoinHandle<()>,
}

/// What tabs do.
#[derive(Clone)]
enum Phase {
    Write,
    Rest,
    /// End, once they show these texts.
    Compare(Arc<BTreeMap<String, String>>),
}

/// What tabs know together.
#[derive(Default)]
pub struct Book {
    /// Every edit anybody made.
    pub made: Acked,
    /// Those the server acked.
    pub acked: Acked,
    /// Tabs that are in and had everything acked when they came in.
    pub inside: usize,
    /// When tabs came in.
    pub came: Vec<Instant>,
    /// How sockets ended, by close code; `None` is a cut.
    pub closed: BTreeMap<Option<u16>, usize>,
    /// Nacks by code.
    pub refused: BTreeMap<u64, usize>,
    /// Times a tab that was refused stayed, was asked again by the server, and had everything acked.
    pub asked_again: usize,
    /// Tabs that never came to show the text.
    astray: usize,
}

/// How many, how fast, where.
pub struct Plan {
    /// One document after the other gets the next tab.
    pub documents: Vec<String>,
    /// Tabs.
    pub count: usize,
    /// Between two edits of one tab.
    pub pace: Duration,
    /// Makes edits unique.
    pub name: String,
}

impl Tabs {
    /// Opens them.
    pub fn start(person: &Person, plan: Plan) -> Tabs {
        let (phase, heard) = watch::channel(Phase::Write);
        let book = Arc::new(Mutex::new(Book::default()));
        let count = plan.count;
        let tab = |number: usize| Tab {
            person: person.clone(),
            document: plan.documents[number % plan.documents.len()].clone(),
            name: format!("{}.{number}", plan.name),
            pace: plan.pace,
            phase: heard.clone(),
            book: book.clone(),
            doc: new_doc(),
            edits: 0,
            owed: Vec::new(),
            inside: false,
            rng: Rng::new(number as u64),
        };
        let tabs: Vec<Tab> = (0..count).map(tab).collect();
        let thread = std::thread::spawn(move || {
            runtime().block_on(async {
                let all: Vec<_> = tabs.into_iter().map(|tab| tokio::spawn(tab.live())).collect();
                for tab in all {
                    tab.await.expect("tabs do not panic");
                }
            });
        });
        Tabs { phase, book, count, thread }
    }

    /// A look into the book; tabs wait meanwhile.
    pub fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.book)
    }

    /// Waits until the book says so.
    pub fn until(&self, patience: Duration, said: impl Fn(&Book) -> bool) -> bool {
        let until = Instant::now() + patience;
        while !said(&self.book()) {
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// Waits until every tab is in.
    pub fn until_inside(&self, patience: Duration) -> bool {
        let count = self.count;
        self.until(patience, |book| book.inside == count)
    }

    /// Lets everybody rest, waits until nothing is owed, and compares what is shown everywhere. What is wrong, and how many
    /// edits were looked at.
    pub fn end(self, person: &Person, patience: Duration) -> (Vec<String>, usize) {
        self.phase.send_replace(Phase::Rest);
        let count = self.count;
        if !self.until(patience, |book| book.inside == count && book.made.len() == book.acked.len()) {
            let Book { made, acked, inside, .. } = &*self.book();
            let owed = made.len() - acked.len();
            return (vec![format!("{owed} edits are owed and {inside} of {count} tabs in after {patience:?}")], 0);
        }
        let made = self.book().made.clone();
        let texts: BTreeMap<_, _> =
            made.documents().map(|(document, _)| (document.clone(), person.text(document))).collect();
        let mut wrong: Vec<_> =
            made.documents().filter_map(|(document, edits)| differs(&texts[document], edits)).collect();
        self.phase.send_replace(Phase::Compare(Arc::new(texts)));
        self.thread.join().expect("tabs do not panic");
        let astray = lock(&self.book).astray;
        if astray > 0 {
            wrong.push(format!("{astray} tabs never showed what the server has"));
        }
        (wrong, made.len())
    }
}

/// Whether a text is these edits, each once, in any order.
fn differs(text: &str, edits: &[String]) -> Option<String> {
    let (mut there, mut made): (Vec<&str>, Vec<&str>) =
        (text.split_inclusive('>').collect(), edits.iter().map(String::as_str).collect());
    there.sort_unstable();
    made.sort_unstable();
    let first = there.iter().zip(&made).find(|(there, made)| there != made);
    (there != made)
        .then(|| format!("a text has {} edits, and {} were made; first difference: {first:?}", there.len(), made.len()))
}

struct Tab {
    person: Person,
    document: String,
    name: String,
    pace: Duration,
    phase: watch::Receiver<Phase>,
    book: Arc<Mutex<Book>>,
    /// Kept over sockets, as a page keeps it.
    doc: yrs::Doc,
    edits: u64,
    /// Made, and not acked on any socket so far.
    owed: Vec<String>,
    /// As the book counts it.
    inside: bool,
    rng: Rng,
}

/// How a stay ended.
#[derive(PartialEq, Eq)]
enum Stay {
    Again,
    Done,
}

impl Tab {
    async fn live(mut self) {
        // Whoever started the tabs may have given up.
        while self.phase.has_changed().is_ok() {
            if let Some(peer) = self.join().await {
                let stay = self.stay(peer).await;
                self.count_inside(false);
                if stay == Stay::Done {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(self.rng.between(AGAIN_MS, 2 * AGAIN_MS))).await;
        }
    }

    /// In, with everything owed brought and acked.
    async fn join(&mut self) -> Option<Peer> {
        let opening = Peer::open(&self.person, &self.document, true, self.doc.clone());
        let mut peer = timeout(PATIENCE, opening).await.ok()?.ok()?;
        let settled =
            timeout(PATIENCE, peer.wait(|peer| peer.synced && peer.sent > 0 && peer.acked >= peer.sent)).await;
        let refused = self.refused(&mut peer);
        if settled != Ok(true) || !refused.is_empty() {
            self.left(&peer, &refused);
            return None;
        }
        lock(&self.book).came.push(Instant::now());
        self.all_acked();
        Some(peer)
    }

    async fn stay(&mut self, mut peer: Peer) -> Stay {
        let mut sent: Vec<(u64, String)> = Vec::new();
        loop {
            let phase = self.phase.borrow().clone();
            match phase {
                Phase::Write if sent.len() < AHEAD => {
                    let edit = self.edit();
                    peer.insert(0, &edit).await;
                    sent.push((peer.sent, edit));
                }
                Phase::Compare(texts) if sent.is_empty() => return self.compare(&mut peer, &texts).await,
                Phase::Write | Phase::Rest | Phase::Compare(_) => {}
            }
            let ended = timeout(self.pace, peer.wait(|_| false)).await.is_ok();
            let nacked = self.refused(&mut peer);
            let (settled, rest): (Vec<_>, Vec<_>) = sent.into_iter().partition(|(write, _)| *write <= peer.acked);
            let (refused, acked): (Vec<_>, Vec<_>) = settled.into_iter().partition(|(write, _)| nacked.contains(write));
            lock(&self.book).acked.add((self.document.clone(), edits(acked)));
            self.owed.extend(edits(refused));
            if ended || !nacked.is_empty() || self.phase.has_changed().is_err() {
                self.owed.extend(edits(rest));
                if !ended && self.rng.chance(STAYS) && self.asked_again(&mut peer).await {
                    sent = Vec::new();
                    continue;
                }
                self.left(&peer, &nacked);
                return Stay::Again;
            }
            sent = rest;
        }
    }

    /// Stays though refused, until the server asks for what it lacks and has it; `false` if the socket ended, or it was refused
    /// again.
    async fn asked_again(&mut self, peer: &mut Peer) -> bool {
        self.count_inside(false);
        let before = peer.sent;
        let asked = timeout(PATIENCE, peer.wait(|peer| peer.sent > before && peer.acked >= peer.sent)).await;
        let taken = asked == Ok(true) && self.refused(peer).iter().all(|write| *write <= before);
        if taken {
            self.all_acked();
            lock(&self.book).asked_again += 1;
        }
        taken
    }

    fn all_acked(&mut self) {
        lock(&self.book).acked.add((self.document.clone(), std::mem::take(&mut self.owed)));
        self.count_inside(true);
    }

    fn count_inside(&mut self, inside: bool) {
        let mut book = lock(&self.book);
        match (self.inside, inside) {
            (false, true) => book.inside += 1,
            (true, false) => book.inside -= 1,
            _ => {}
        }
        self.inside = inside;
    }

    /// The writes that were refused since the last look.
    fn refused(&self, peer: &mut Peer) -> Vec<u64> {
        let nacks = std::mem::take(&mut peer.nacks);
        let mut book = lock(&self.book);
        nacks.iter().for_each(|(_, code)| *book.refused.entry(*code).or_default() += 1);
        nacks.into_iter().map(|(write, _)| write).collect()
    }

    fn edit(&mut self) -> String {
        let edit = format!("<{}.{}>", self.name, self.edits);
        self.edits += 1;
        lock(&self.book).made.add((self.document.clone(), vec![edit.clone()]));
        edit
    }

    async fn compare(&self, peer: &mut Peer, texts: &BTreeMap<String, String>) -> Stay {
        let text = &texts[&self.document];
        if timeout(PATIENCE, peer.wait(|peer| peer.content() == *text)).await != Ok(true) {
            lock(&self.book).astray += 1;
        }
        Stay::Done
    }

    fn left(&self, peer: &Peer, refused: &[u64]) {
        // A tab that was refused leaves by itself.
        if refused.is_empty() {
            *lock(&self.book).closed.entry(peer.closed).or_default() += 1;
        }
    }
}

fn edits(sent: Vec<(u64, String)>) -> Vec<String> {
    sent.into_iter().map(|(_, edit)| edit).collect()
}

fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_its_edits_each_once() {
        let made = ["<a.0>".to_owned(), "<b.0>".to_owned()];
        assert_eq!(differs("<b.0><a.0>", &made), None);
        for text in ["<a.0>", "<a.0><b.0><b.0>", "<a.0><b.1>", "<a.0>x<b.0>"] {
            assert!(differs(text, &made).is_some(), "{text}");
        }
    }
}
