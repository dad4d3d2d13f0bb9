//! People who write until the server is gone, and the book of what was acked to them.
//!
//! Invariant: an edit is in the book only if the server said so on the socket it was sent on, so a missing one is a lost one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use peer::{Peer, Person, new_doc};

/// Writes a writer leaves unacked before it waits; a person types, a pipe is not full.
const AHEAD: u64 = 4;

/// Acked edits by document.
#[derive(Clone, Default)]
pub struct Acked(BTreeMap<String, Vec<String>>);

impl Acked {
    /// How many.
    pub fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Each document and its edits.
    pub fn documents(&self) -> impl Iterator<Item = (&String, &Vec<String>)> {
        self.0.iter()
    }

    /// Those the server no longer has, asked by HTTP.
    pub fn missing(&self, person: &Person) -> Vec<String> {
        self.missing_of_newest(person, usize::MAX)
    }

    /// The same of the newest documents alone.
    pub fn missing_of_newest(&self, person: &Person, documents: usize) -> Vec<String> {
        let gone = |(document, edits): (&String, &Vec<String>)| {
            let text = person.text(document);
            let there: std::collections::HashSet<&str> = text.split_inclusive('>').collect();
            edits.iter().filter(|edit| !there.contains(edit.as_str())).cloned().collect::<Vec<_>>()
        };
        self.0.iter().rev().take(documents).flat_map(gone).collect()
    }

    /// The newest document, or a fresh one when that has this many edits.
    pub fn document(&mut self, person: &Person, edits: usize) -> String {
        let newest = self.0.last_key_value().filter(|(_, acked)| acked.len() < edits);
        newest.map(|(document, _)| document.clone()).unwrap_or_else(|| {
            let document = person.document("");
            self.0.insert(document.clone(), Vec::new());
            document
        })
    }

    /// Writes down what a crowd was told.
    pub fn add(&mut self, told: (String, Vec<String>)) {
        let (document, edits) = told;
        self.0.entry(document).or_default().extend(edits);
    }
}

/// What was acked so far, while people go on writing: by document.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Vec<(String, String)>>>);

impl Told {
    /// Everything the server has said yes to by now.
    pub fn so_far(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, document: &str, edit: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((document.to_owned(), edit.to_owned()));
    }
}

/// How people write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As fast as they are acked: much is written in little time.
    Hurried,
    /// Fifty edits a second each, so that a server under twenty of them is busy and what they wrote is quickly read.
    Steady,
}

/// Between two edits of a steady writer.
const PAUSE: Duration = Duration::from_millis(20);

/// Several people in one document, on a thread of their own.
pub struct Crowd {
    document: String,
    thread: JoinHandle<Vec<String>>,
}

impl Crowd {
    /// Lets `writers` people write; `name` makes their edits unique.
    pub fn start(person: &Person, document: String, writers: usize, name: &str, pace: Pace) -> Crowd {
        Crowd::begin(person, document, writers, name, &Told::default(), pace)
    }

    /// In a hurry, and `told` hears of each ack as it comes.
    pub fn start_telling(person: &Person, document: String, writers: usize, name: &str, told: &Told) -> Crowd {
        Crowd::begin(person, document, writers, name, told, Pace::Hurried)
    }

    fn begin(person: &Person, document: String, writers: usize, name: &str, told: &Told, pace: Pace) -> Crowd {
        let (person, theirs, name, told) = (person.clone(), document.clone(), name.to_owned(), told.clone());
        let work = async move {
            let mut all = Vec::new();
            for number in 0..writers {
                let name = format!("{name}.{number}");
                all.push(tokio::spawn(write(person.clone(), theirs.clone(), name, told.clone(), pace)));
            }
            let mut acked = Vec::new();
            for writer in all {
                acked.extend(writer.await.unwrap_or_default());
            }
            acked
        };
        let thread = std::thread::spawn(move || runtime().block_on(work));
        Crowd { document, thread }
    }

    /// Waits until every socket has ended; what was acked.
    pub fn end(self) -> (String, Vec<String>) {
        (self.document, self.thread.join().expect("writers do not panic"))
    }
}

/// Types `<name.number>` at the front until the socket ends; the edits that were acked.
async fn write(person: Person, document: String, name: String, told: Told, pace: Pace) -> Vec<String> {
    let Ok(mut peer) = Peer::open(&person, &document, true, new_doc()).await else { return Vec::new() };
    let (mut by_write, mut heard) = (Vec::new(), 0);
    for number in 0.. {
        let edit = format!("<{name}.{number}>");
        peer.insert(0, &edit).await;
        by_write.push((peer.sent, edit));
        if pace == Pace::Steady {
            tokio::time::sleep(PAUSE).await;
        }
        let wanted = peer.sent.saturating_sub(AHEAD);
        if !peer.wait(|peer| peer.acked >= wanted).await {
            break;
        }
        while let Some((_, edit)) =
            by_write.get(heard).filter(|(write, _)| *write <= peer.acked && peer.nacks.is_empty())
        {
            told.add(&document, edit);
            heard += 1;
        }
    }
    // A write that was refused is settled too.
    let kept = |write: u64| write <= peer.acked && peer.nacks.iter().all(|(refused, _)| *refused != write);
    by_write.into_iter().filter(|(write, _)| kept(*write)).map(|(_, edit)| edit).collect()
}

/// A runtime for one crowd.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}
