//! What each kind of record holds, and which other things it says are there.
//!
//! Invariant: every kind the server writes is a row of [`KINDS`]; a test writes one of each and finds no remark. What is
//! written last or removed first is what the rest may rest on: a reference the other way round is no problem, because a write
//! that was cut short leaves it. Next: the table at the head of each module that keeps records.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use storage::{BlobKey, Stream};
use uuid::Uuid;

use super::versions::Versions;
use super::{Report, add, blob_name};
use crate::documents::Document;
use crate::due::Due;
use crate::key::{CHECK, Key, KeyError, Known};
use crate::{accounts, files, links, members, mentions, passkeys, revisions, runs, sessions, words};

/// A kind of record: how its key begins, and whether a value is one.
type Kind = (&'static str, fn(&[u8]) -> Result<(), String>);

const KINDS: &[Kind] = &[
    ("account", typed::<accounts::Account>),
    ("ask", typed::<members::Request>),
    ("doc", typed::<Document>),
    ("due", typed::<u8>),
    ("dueof", typed::<Vec<u64>>),
    ("file", typed::<files::File>),
    ("grant", typed::<links::Redeemed>),
    ("guest", typed::<accounts::Guest>),
    ("invite", typed::<words::Invite>),
    ("key", typed::<Vec<String>>),
    ("link", typed::<links::Link>),
    ("linkdoc", typed::<links::Belongs>),
    ("lost", typed::<u64>),
    ("member", typed::<members::Member>),
    ("memberof", typed::<u8>),
    ("mention", typed::<mentions::Mention>),
    ("mentioned", typed::<u8>),
    ("migrated", typed::<u8>),
    ("name", typed::<accounts::Name>),
    ("of", typed::<u8>),
    ("opened", typed::<u64>),
    ("passkey", typed::<passkeys::Kept>),
    ("passkeyid", typed::<passkeys::Index>),
    ("reset", typed::<words::Reset>),
    ("rev", typed::<revisions::Version>),
    ("run", typed::<runs::Run>),
    ("seen", typed::<revisions::Seen>),
    ("session", typed::<sessions::SessionRecord>),
    ("sessions", typed::<u8>),
    ("token", typed::<sessions::TokenRecord>),
    ("tokens", typed::<sessions::TokenEntry>),
    ("was", typed::<u8>),
];

/// What the records say.
#[derive(Default)]
pub(super) struct Records {
    documents: BTreeMap<Uuid, Document>,
    /// What rests on a document: its record, and the document.
    on_documents: Vec<(String, Uuid)>,
    /// Which record names a blob.
    on_blobs: BTreeMap<BlobKey, String>,
    /// Keys that are there, of the kinds somebody looks for.
    keys: BTreeSet<String>,
    unknown: Vec<String>,
    /// The server's own secret, if one was given.
    pub key: Option<Key>,
    /// What is to be unpacked.
    pub versions: Versions,
}

impl Records {
    /// Takes one; the error says what is wrong with it.
    pub fn take(&mut self, key: &str, value: &[u8]) -> Result<(), String> {
        let mut tokens = key.split('/');
        let (kind, one, two) = (tokens.next().unwrap_or_default(), tokens.next(), tokens.next());
        let Some((_, check)) = KINDS.iter().find(|(name, _)| *name == kind) else {
            self.unknown.push(key.to_owned());
            return Ok(());
        };
        check(value)?;
        let id = |token: Option<&str>| token.and_then(|id| Uuid::parse_str(id).ok()).ok_or("its key names nothing");
        match kind {
            "doc" => {
                let document: Document = parse(value)?;
                if Some(document.id) != id(one).ok() {
                    return Err("it is about another document than its key".into());
                }
                self.documents.insert(document.id, document);
            }
            "key" if key == CHECK => {
                let known = Known::parse(value).map_err(|error| error.to_string())?;
                if self.key.as_ref().is_some_and(|key| !known.has(key)) {
                    return Err(KeyError::Other.to_string());
                }
            }
            "file" => {
                let file: files::File = parse(value)?;
                self.rests(key, id(one)?, file.blobs())?;
            }
            "rev" => {
                let version = revisions::parse(id(one)?, id(two)?, value).map_err(|error| error.to_string())?;
                self.rests(key, id(one)?, version.blobs().map(|(blob, _)| blob))?;
                self.versions.add(id(one)?, id(two)?, version);
            }
            "link" | "ask" | "seen" | "lost" => self.on_documents.push((key.to_owned(), id(one)?)),
            "member" => {
                self.on_documents.push((key.to_owned(), id(one)?));
                self.keys.insert(key.to_owned());
            }
            "of" | "opened" => self.on_documents.push((key.to_owned(), id(two)?)),
            "due" => {
                self.on_documents.push((key.to_owned(), id(two)?));
                self.keys.insert(key.to_owned());
            }
            "dueof" => {
                let document = id(one)?;
                self.on_documents.push((key.to_owned(), document));
                let times: Vec<u64> = parse(value)?;
                let dues = times.into_iter().map(|at_ms| Due { at_ms, document });
                self.keys.extend(dues.map(|due| format!("needs {}", due.key())));
            }
            "memberof" | "account" | "name" | "linkdoc" => drop(self.keys.insert(key.to_owned())),
            _ => {}
        }
        if kind == "account" {
            let account: accounts::Account = parse(value)?;
            self.keys.insert(format!("needs name/{}", account.name));
        }
        Ok(())
    }

    /// A record that is gone when its document is, and the blobs it names.
    fn rests<'a>(&mut self, key: &str, document: Uuid, blobs: impl Iterator<Item = &'a str>) -> Result<(), String> {
        self.on_documents.push((key.to_owned(), document));
        for blob in blobs {
            let hash = blake3::Hash::from_hex(blob).map_err(|_| format!("{blob} names no blob"))?;
            self.on_blobs.insert(BlobKey { document, hash: *hash.as_bytes() }, key.to_owned());
        }
        Ok(())
    }

    /// How many documents there are.
    pub fn documents(&self) -> usize {
        self.documents.values().filter(|document| !document.is_erased()).count()
    }

    /// Says what is missing, and what is left over.
    pub fn judge(&self, streams: &BTreeSet<Stream>, blobs: &BTreeSet<BlobKey>, report: &mut Report) {
        for key in &self.unknown {
            add(&mut report.remarks, format!("record {key}"), "is of a kind this Galley does not know".into());
        }
        for (key, document) in &self.on_documents {
            if !self.documents.contains_key(document) {
                add(&mut report.problems, format!("record {key}"), format!("document {document} is not there"));
            }
        }
        for key in &self.keys {
            let needed = match (key.strip_prefix("needs "), key.split_once('/')) {
                (Some(needed), _) => needed.to_owned(),
                (None, Some(("member", rest))) => match rest.split_once('/') {
                    Some((document, author)) => format!("memberof/{author}/{document}"),
                    None => continue,
                },
                _ => continue,
            };
            if !self.keys.contains(&needed) {
                add(
                    &mut report.problems,
                    format!("record {needed}"),
                    "is missing, and nothing finds what needs it".into(),
                );
            }
        }
        self.judge_blobs(blobs, report);
        self.judge_streams(streams, report);
    }

    fn judge_blobs(&self, blobs: &BTreeSet<BlobKey>, report: &mut Report) {
        for (blob, key) in &self.on_blobs {
            if !blobs.contains(blob) {
                add(&mut report.problems, blob_name(blob), format!("is not there, and record {key} names it"));
            }
        }
        for blob in blobs.iter().filter(|blob| !self.on_blobs.contains_key(blob)) {
            add(&mut report.remarks, blob_name(blob), "is named by nothing".into());
        }
    }

    fn judge_streams(&self, streams: &BTreeSet<Stream>, report: &mut Report) {
        for stream in streams {
            match self.documents.get(&stream.document) {
                Some(document) if !document.is_erased() => {}
                Some(_) => add(&mut report.remarks, stream.to_string(), "is left of a document that was erased".into()),
                None => add(&mut report.problems, stream.to_string(), "the document has no record".into()),
            }
        }
        for document in self.documents.values().filter(|document| !document.is_erased()) {
            let text = Stream { document: document.id, channel: room::Channel::TEXT.0 };
            let notes = Stream { channel: room::Channel::NOTES.0, ..text };
            let place = format!("document {}", document.id);
            match (streams.contains(&text) || streams.contains(&notes), document.was_edited()) {
                (true, _) => {}
                (false, true) => add(&mut report.problems, place, "was written in, and nothing of it is there".into()),
                (false, false) if document.was_born_empty() => {}
                (false, false) => add(&mut report.remarks, place, "has no text: creating it was cut short".into()),
            }
        }
    }
}

fn typed<T: DeserializeOwned>(value: &[u8]) -> Result<(), String> {
    parse::<T>(value).map(drop)
}

fn parse<T: DeserializeOwned>(value: &[u8]) -> Result<T, String> {
    serde_json::from_slice(value).map_err(|error| format!("is not readable: {error}"))
}
