//! A server at work, with every call it makes on its folder written down, and what people were told meanwhile.
//!
//! Invariant: a promise counts from when the person saw it, by the same clock the tracer reads. Next: `trace.rs`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use peer::{Peer, Person, new_doc};
use serde_json::json;
use uuid::Uuid;

use super::trace::{self, Moment};
use crate::furnished::words;
use crate::inside::Promise;
use crate::rng::Rng;
use crate::run::{Run, Skipped};
use crate::server::{self, Server};
use crate::writers;

/// Patience with a tracer that has to write down its last line.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much happens.
pub struct Size {
    /// Times the server is started.
    pub sessions: usize,
    /// People who write at once.
    pub writers: usize,
    /// Edits of each, in one session.
    pub edits: usize,
    /// Notes, documents and files, in one session.
    pub wishes: usize,
    /// The largest text a document is made with.
    pub text: usize,
}

/// What was told to somebody, and when they saw it.
pub struct Told {
    /// Microseconds since 1970.
    pub at_us: u64,
    /// What it was.
    pub promise: Promise,
}

/// All of it.
pub struct Recording {
    /// Calls, in order.
    pub moments: Vec<Moment>,
    /// Promises, in order.
    pub told: Vec<Told>,
    /// The folder above the data folder.
    pub root: PathBuf,
}

/// Whether calls can be written down here.
pub fn possible() -> Result<(), Skipped> {
    let tried = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            Err(Skipped(format!("strace does not work here: {}", String::from_utf8_lossy(&output.stderr).trim())))
        }
        Err(error) => Err(Skipped(format!("there is no strace: {error}"))),
    }
}

/// Sessions on one folder, each ended by a kill or a stop.
pub fn record(run: &Run, seed: u64, size: &Size) -> Result<Recording, String> {
    let root = run.folder(&format!("recorded-{seed}"));
    std::fs::create_dir_all(&root).map_err(|error| error.to_string())?;
    let mut scene = Scene { rng: Rng::new(seed), size, told: Vec::new(), documents: Vec::new() };
    let mut moments = Vec::new();
    for session in 0..size.sessions {
        let traced = root.join(format!("trace-{session}"));
        let server = Server::run(&mut command(&run.galley, &root.join("data"), &traced))?;
        let pid = server.pid();
        scene.play(server, session)?;
        trace::read(&whole(&traced, pid)?, &mut moments)?;
    }
    let mut told = scene.told;
    told.sort_by_key(|told| told.at_us);
    Ok(Recording { moments, told, root })
}

fn command(galley: &Path, data: &Path, traced: &Path) -> Command {
    let serve = server::command(galley, data);
    let mut command = Command::new("strace");
    // As a grandchild, so that the process started is the server itself and a kill is a kill.
    command.args(["-D", "-f", "--seccomp-bpf", "-ttt", "-xx", "-s", "33554432", "-e"]);
    command
        .arg(format!("trace={}", trace::CALLS))
        .arg("-o")
        .arg(traced)
        .arg(serve.get_program())
        .args(serve.get_args());
    for limit in
        ["updates_per_second=1000000", "compact_entries=25", "wishes_per_minute=100000", "uploads_per_minute=100000"]
    {
        command.args(["--limit", limit]);
    }
    command
}

/// The trace, once its last line is there.
pub fn whole(traced: &Path, pid: u32) -> Result<Vec<u8>, String> {
    let until = Instant::now() + PATIENCE;
    let (begin, killed, exited) = (format!("{pid} "), "+++ killed by".to_owned(), "+++ exited with".to_owned());
    loop {
        let text = std::fs::read(traced).map_err(|error| error.to_string())?;
        let tail = String::from_utf8_lossy(&text[text.len().saturating_sub(4_096)..]).into_owned();
        if tail.lines().any(|line| line.starts_with(&begin) && (line.contains(&killed) || line.contains(&exited))) {
            return Ok(text);
        }
        if Instant::now() > until {
            return Err("the trace has no end".into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Now, as the tracer says it.
fn now_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as u64)
}

struct Scene<'a> {
    rng: Rng,
    size: &'a Size,
    told: Vec<Told>,
    documents: Vec<Uuid>,
}

impl Scene<'_> {
    /// People write while somebody makes documents, notes and files; then the server is killed, or stopped.
    fn play(&mut self, server: Server, session: usize) -> Result<(), String> {
        let person = server.person("ada");
        self.told(Promise::Account("ada".into()));
        if self.documents.is_empty() {
            self.document(&person);
            self.document(&person);
        }
        let crowd = self.crowd(&person, session);
        for wish in 0..self.size.wishes {
            match wish % 4 {
                0 if self.documents.len() < 6 => self.document(&person),
                1 => self.file(&person),
                _ => self.note(&person),
            }
        }
        if session.is_multiple_of(2) {
            server.kill();
            self.heard(crowd);
        } else {
            self.heard(crowd);
            server.terminate(PATIENCE).ok_or("the server did not stop")?;
        }
        Ok(())
    }

    fn told(&mut self, promise: Promise) {
        self.told.push(Told { at_us: now_us(), promise });
    }

    fn document(&mut self, person: &Person) {
        // One is large: its snapshots fill several of sled's segments.
        let most = if self.documents.len() == 1 { self.size.text } else { self.size.text / 20 };
        let text = words(&mut self.rng, most);
        let id: Uuid = person.document(&text).parse().expect("an id");
        self.told(Promise::Document(id));
        self.told(Promise::Words(id, text));
        self.documents.push(id);
    }

    fn any(&mut self) -> Uuid {
        self.documents[self.rng.below(self.documents.len() as u64) as usize]
    }

    fn note(&mut self, person: &Person) {
        let (document, body) = (self.any(), format!("note {:016x}", self.rng.next()));
        let wish = json!({"id": Uuid::now_v7().to_string(), "anchor": null, "quote": "", "body": body});
        let path = format!("/api/documents/{document}/notes");
        if person.send("POST", &path, Some(wish)).status == 201 {
            self.told(Promise::Note(document, body));
        }
    }

    fn file(&mut self, person: &Person) {
        let (document, text) = (self.any(), words(&mut self.rng, 60_000));
        let answer = person.upload(&document.to_string(), "words.txt", text.as_bytes());
        let seen = now_us();
        if answer.status == 201 {
            let name = answer.json()["name"].as_str().expect("a name").to_owned();
            self.told.push(Told { at_us: seen, promise: Promise::File(document, name, text.into_bytes()) });
        }
    }

    /// Writers at the first documents.
    fn crowd(&mut self, person: &Person, session: usize) -> std::thread::JoinHandle<Vec<Told>> {
        let (person, count, edits) = (person.clone(), self.size.writers, self.size.edits);
        let documents: Vec<Uuid> = self.documents.iter().take(2).copied().collect();
        std::thread::spawn(move || {
            writers::runtime().block_on(async {
                let all = (0..count).map(|number| {
                    let document = documents[number % documents.len()];
                    tokio::spawn(write(person.clone(), document, format!("{session}.{number}"), edits))
                });
                let mut told = Vec::new();
                for writer in all.collect::<Vec<_>>() {
                    told.extend(writer.await.unwrap_or_default());
                }
                told
            })
        })
    }

    fn heard(&mut self, crowd: std::thread::JoinHandle<Vec<Told>>) {
        self.told.extend(crowd.join().expect("writers do not panic"));
    }
}

/// Types at the front until it has typed enough or the server is gone; what was acked, and when.
async fn write(person: Person, document: Uuid, name: String, edits: usize) -> Vec<Told> {
    let Ok(mut peer) = Peer::open(&person, &document.to_string(), true, new_doc()).await else { return Vec::new() };
    let (mut told, mut open) = (Vec::new(), Vec::new());
    for number in 0..edits {
        let edit = format!("<{name}.{number}>");
        peer.insert(0, &edit).await;
        open.push((peer.sent, edit));
        let wanted = peer.sent.saturating_sub(3);
        if !peer.wait(|peer| peer.acked >= wanted).await {
            break;
        }
        let at_us = now_us();
        for (_, edit) in open.extract_if(.., |(write, _)| *write <= peer.acked) {
            told.push(Told { at_us, promise: Promise::Words(document, edit) });
        }
    }
    assert!(peer.nacks.is_empty(), "a healthy disk refuses nothing: {:?}", peer.nacks);
    told
}
