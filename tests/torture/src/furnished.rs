//! A data folder with something of everything in it, left by a server that was stopped properly.
//!
//! Made once and copied for each case. Invariant: what is promised of it was acked. Next: `inside.rs`, which looks for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use peer::{Peer, Person};
use serde_json::json;
use uuid::Uuid;

use crate::inside::Promise;
use crate::rng::Rng;
use crate::run::Run;
use crate::server::{self, Server};
use crate::writers;

/// Longer than a stop may take.
const STOP: Duration = Duration::from_secs(30);

/// How much is in it, for each of the two sessions.
pub struct Size {
    /// Documents.
    pub documents: usize,
    /// Edits in each document.
    pub edits: usize,
    /// The longest text a document is made with.
    pub text: usize,
}

/// The folder, and who may go on in it.
pub struct Furnished {
    /// The data folder.
    pub data: PathBuf,
    /// Ada's session, good for every copy.
    pub cookie: String,
    /// Documents she owns.
    pub documents: Vec<Uuid>,
    /// What she was told is kept.
    pub promises: Vec<Promise>,
}

impl Furnished {
    /// Fills a folder in two sessions: what the first wrote is in the store's index, what the second wrote only in its log.
    pub fn new(run: &Run, name: &str, size: &Size) -> Result<Furnished, String> {
        let data = run.folder(name);
        let mut rng = Rng::new(1);
        let mut made = Furnished {
            data,
            cookie: String::new(),
            documents: Vec::new(),
            promises: vec![Promise::Account("ada".into())],
        };
        for session in 0..2 {
            let mut command = server::command(&run.galley, &made.data);
            let server =
                Server::run(command.args(["--limit", "compact_entries=20", "--limit", "updates_per_second=100000"]))?;
            let person = server.person("ada");
            made.cookie.clone_from(&person.cookie);
            for _ in 0..size.documents {
                let text = words(&mut rng, size.text);
                let id: Uuid = person.document(&text).parse().map_err(|_| "a document without an id")?;
                made.promises.extend([Promise::Document(id), Promise::Words(id, text)]);
                made.documents.push(id);
            }
            for id in made.documents.clone() {
                made.promises.extend(edited(&person, id, session, size.edits));
                made.promises.extend(noted(&person, id, &format!("note {:016x}", rng.next())));
                made.promises.extend(kept(&person, id, &words(&mut rng, 20_000)));
            }
            server.terminate(STOP).ok_or("the server did not stop")?;
        }
        Ok(made)
    }

    /// Ada, at a server on a copy.
    pub fn ada(&self, server: &Server) -> Person {
        Person { url: server.url.clone(), cookie: self.cookie.clone() }
    }
}

/// Words nobody wrote before, of up to so many bytes.
pub fn words(rng: &mut Rng, most: usize) -> String {
    let lines = 1 + rng.below((most as u64 / 80).max(1));
    let mut line = || format!("{:016x} {:016x} {:016x} {:016x}\n", rng.next(), rng.next(), rng.next(), rng.next());
    (0..lines).map(|_| line()).collect()
}

fn edited(person: &Person, document: Uuid, session: usize, edits: usize) -> Vec<Promise> {
    writers::runtime().block_on(async {
        let mut peer = Peer::join(person, &document.to_string()).await;
        let mut promises = Vec::new();
        for number in 0..edits {
            let edit = format!("<{session}.{number}>");
            peer.insert(0, &edit).await;
            promises.push(Promise::Words(document, edit));
        }
        peer.saved().await;
        promises
    })
}

/// The note, if the server took it.
pub fn noted(person: &Person, document: Uuid, body: &str) -> Option<Promise> {
    let wish = json!({"id": Uuid::now_v7().to_string(), "anchor": null, "quote": "", "body": body});
    let answer = person.send("POST", &format!("/api/documents/{document}/notes"), Some(wish));
    (answer.status == 201).then(|| Promise::Note(document, body.to_owned()))
}

/// The file, if the server took it.
pub fn kept(person: &Person, document: Uuid, content: &str) -> Option<Promise> {
    let answer = person.upload(&document.to_string(), "words.txt", content.as_bytes());
    let name = (answer.status == 201).then(|| answer.json()["name"].as_str().map(str::to_owned))??;
    Some(Promise::File(document, name, content.as_bytes().to_vec()))
}

/// A folder with all that is in it; what was there before goes.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let target = to.join(file.file_name());
        let kind = file.file_type()?;
        if kind.is_dir() {
            copy(&file.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(file.path(), target)?;
        }
    }
    Ok(())
}

/// Where copies are made: memory where there is some to write to, so that nobody waits for real disks.
pub fn place(run: &Run, name: &str) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory } else { run.scratch() };
    parent.join(format!("galley-{name}-{}", std::process::id()))
}
