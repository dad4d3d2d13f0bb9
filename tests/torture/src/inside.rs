//! A data folder without a server: opened in this process, and asked for what was promised.
//!
//! Thousands of folders are looked at this way, with the code that serves them: `storage` opens and `room` builds each
//! document. Invariant: a promise is kept only if what it names is read back whole. Next: `tests/spec/storage.md`.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use room::{ChannelLog, Policy, Role, Room, Seed};
use serde_json::Value;
use storage::{BlobKey, Storage, Stream};
use uuid::Uuid;

const POLICY: Policy = Policy { read: Role::View, write: Role::Edit, present: Role::Comment };
const TEXT: u32 = 0;
const NOTES: u32 = 1;

/// Something a server said is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// An account.
    Account(String),
    /// A document.
    Document(Uuid),
    /// Words in a document's text.
    Words(Uuid, String),
    /// Words in a document's notes.
    Note(Uuid, String),
    /// A file of a document, by its name in the address, and what it holds.
    File(Uuid, String, Vec<u8>),
}

/// An open folder.
pub struct Inside {
    storage: Storage,
    texts: BTreeMap<Uuid, Result<Text, String>>,
}

/// A text, and the edits `<...>` in it: looking for thousands of them one by one takes minutes.
struct Text {
    text: String,
    edits: HashSet<String>,
}

impl Inside {
    /// Opens it as a start would.
    pub fn open(data: &Path) -> Result<Inside, String> {
        let storage = Storage::open(data).map_err(|refused| refused.to_string())?;
        Ok(Inside { storage, texts: BTreeMap::new() })
    }

    /// Whether it is kept; if not, what is wrong.
    pub fn keeps(&mut self, promise: &Promise) -> Result<(), String> {
        match promise {
            Promise::Account(name) => self.record(&format!("name/{name}")).map(drop),
            Promise::Document(id) => self.record(&format!("doc/{id}")).map(drop),
            Promise::Words(document, words) => {
                let built = self.built(*document)?;
                let there =
                    if words.starts_with('<') { built.edits.contains(words) } else { built.text.contains(words) };
                let shown: String = words.chars().take(40).collect();
                if there { Ok(()) } else { Err(format!("{shown} is not in document {document}")) }
            }
            Promise::Note(document, words) => self.noted(*document, words),
            Promise::File(document, name, content) => self.file(*document, name, content),
        }
    }

    /// A document's text, built as its room is.
    fn built(&mut self, document: Uuid) -> Result<&Text, String> {
        let storage = &self.storage;
        let built = self.texts.entry(document).or_insert_with(|| build(storage, document));
        built.as_ref().map_err(Clone::clone)
    }

    fn record(&self, key: &str) -> Result<Value, String> {
        let record = wait(self.storage.get(key)).map_err(|error| error.to_string())?;
        let record = record.ok_or_else(|| format!("record {key} is gone"))?;
        serde_json::from_slice(&record.value).map_err(|error| format!("record {key}: {error}"))
    }

    fn noted(&self, document: Uuid, words: &str) -> Result<(), String> {
        let log = log(&self.storage, document, NOTES)?;
        let holds = |bytes: &[u8]| bytes.windows(words.len()).any(|window| window == words.as_bytes());
        let found =
            log.snapshot.iter().any(|(state, _)| holds(state)) || log.tail.iter().any(|(update, _)| holds(update));
        if found { Ok(()) } else { Err(format!("note {words} is not in document {document}")) }
    }

    fn file(&self, document: Uuid, name: &str, content: &[u8]) -> Result<(), String> {
        self.record(&format!("file/{document}/{name}"))?;
        let key = BlobKey { document, hash: *blake3::hash(content).as_bytes() };
        let blob = wait(self.storage.blob_get(key)).map_err(|error| error.to_string())?;
        let blob = blob.ok_or_else(|| format!("the blob of {name} in document {document} is gone"))?;
        if blob == content { Ok(()) } else { Err(format!("{name} in document {document} holds something else")) }
    }

    /// Closes it properly.
    pub fn close(self) -> Result<(), String> {
        wait(self.storage.close()).map_err(|error| error.to_string())
    }
}

fn build(storage: &Storage, document: Uuid) -> Result<Text, String> {
    let (text, notes) = (log(storage, document, TEXT)?, log(storage, document, NOTES)?);
    let loaded = room::Loaded { text, notes, epoch: 1, unclean_at: None };
    let room = Room::open(1, loaded, Seed(1), room::Limits::default(), POLICY);
    let text = room.map_err(|poisoned| format!("document {document}: {poisoned}"))?.text();
    let edit = |piece: &str| piece.rfind('<').map(|begin| piece[begin..].to_owned());
    let edits = text.split_inclusive('>').filter_map(edit).collect();
    Ok(Text { text, edits })
}

fn log(storage: &Storage, document: Uuid, channel: u32) -> Result<ChannelLog, String> {
    let loaded = wait(storage.load(Stream { document, channel })).map_err(|error| error.to_string())?;
    let loaded = loaded.unwrap_or_default();
    Ok(ChannelLog {
        snapshot: loaded.snapshot.map(|(_, snapshot)| (snapshot.state, snapshot.authors)),
        tail: loaded.tail.into_iter().map(|entry| (entry.entry.update, entry.entry.authors)).collect(),
    })
}

/// Waits for a future on this thread, where storage works without a runtime.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        std::thread::park();
    }
}
