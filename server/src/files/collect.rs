//! What goes again: files that nothing mentions for long enough.
//!
//! A file stays while the text, a note or a named version mentions it. When a look finds that none does, the record remembers
//! since when; a later look that finds it mentioned again forgets that. Invariant: a file is removed only by a look that
//! found it mentioned nowhere, long enough after an earlier look that found the same; what cannot be read keeps
//! everything. Next: `housekeeping.rs`, which looks when it is due.

use std::collections::HashSet;

use storage::StoreError;
use uuid::Uuid;

use super::name::DIGITS;
use super::{File, key, remove};
use crate::State;
use crate::http::Error;
use crate::records::change;

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing changes.
    Stays,
    /// Nothing mentions it, since now.
    Unused,
    /// Something mentions it again.
    Used,
    /// Nothing has mentioned it for long enough: unless a named version does, it goes.
    Goes,
}

/// What becomes of a file that is mentioned, or is not, at `now_ms`.
pub fn fate(unused_since_ms: Option<u64>, mentioned: bool, now_ms: u64, after_ms: u64) -> Fate {
    match (mentioned, unused_since_ms) {
        (true, Some(_)) => Fate::Used,
        (true, None) => Fate::Stays,
        (false, None) => Fate::Unused,
        (false, Some(since)) if now_ms.saturating_sub(since) >= after_ms => Fate::Goes,
        (false, Some(_)) => Fate::Stays,
    }
}

/// Every hash in some texts that could name a file, however its address is written.
#[derive(Debug, Default)]
pub struct Mentions(HashSet<String>);

impl Mentions {
    /// Adds those of a text.
    pub fn read(&mut self, text: &str) {
        let runs = text.split(|letter: char| !matches!(letter, '0'..='9' | 'a'..='f'));
        self.0.extend(runs.filter(|run| run.len() == DIGITS).map(str::to_owned));
    }

    /// Whether one of them mentions this file.
    pub fn have(&self, file: &File) -> bool {
        self.0.contains(&file.name[..DIGITS.min(file.name.len())])
    }

    /// Those of a document's text and notes as they are now.
    pub fn now(still: &room::Still) -> Mentions {
        let mut mentions = Mentions::default();
        mentions.read(&still.text);
        for note in still.notes.notes.values() {
            mentions.read(&note.body);
        }
        for reply in still.notes.replies.values() {
            mentions.read(&reply.body);
        }
        mentions
    }
}

/// What a look has done, and leaves to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Files that went.
    pub removed: usize,
    /// When the next goes, if nothing mentions it before.
    pub next_ms: Option<u64>,
}

/// Looks at one document's files.
pub async fn look(state: &State, document: Uuid, files: Vec<File>, now_ms: u64) -> Result<Looked, Error> {
    let mentions = Mentions::now(&state.rooms.housekeeping(document).await?);
    let after_ms = u64::try_from(state.config.limits.file_unused.as_millis()).unwrap_or(u64::MAX);
    let mut versions = None;
    let mut looked = Looked::default();
    for file in files {
        let since = match fate(file.unused_since_ms, mentions.have(&file), now_ms, after_ms) {
            Fate::Stays => file.unused_since_ms,
            Fate::Unused => Some(now_ms),
            Fate::Used => None,
            Fate::Goes => {
                if versions.is_none() {
                    versions = Some(in_versions(state, document).await?);
                }
                if !versions.as_ref().is_some_and(|versions| versions.have(&file)) {
                    remove(state, document, &file).await?;
                    looked.removed += 1;
                }
                continue;
            }
        };
        let goes_ms = since.map(|since| since.saturating_add(after_ms));
        looked.next_ms = looked.next_ms.into_iter().chain(goes_ms).min();
        if since != file.unused_since_ms {
            change(&state.storage, &key(document, &file.name), |file: &mut File| file.unused_since_ms = since).await?;
        }
    }
    Ok(looked)
}

/// What named versions mention; the others go by themselves with time. One that cannot be read keeps everything.
async fn in_versions(state: &State, document: Uuid) -> Result<Mentions, StoreError> {
    let mut mentions = Mentions::default();
    let versions = state.rooms.versions();
    let stored = versions.all(document).await?;
    if let Some(unknown) = stored.unknown.first() {
        return Err(StoreError::Corrupt(format!("version {unknown} of document {document} cannot be read")));
    }
    for (id, version) in stored.versions.iter().filter(|(_, version)| version.name.is_some()) {
        mentions.read(&versions.text(document, *id, version).await?);
    }
    Ok(mentions)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400_000;

    #[test]
    fn fi10_a_file_goes_after_a_month_without_mention() {
        assert_eq!(fate(None, true, 5, 30 * DAY), Fate::Stays);
        assert_eq!(fate(None, false, 5, 30 * DAY), Fate::Unused);
        assert_eq!(fate(Some(5), false, 5 + 30 * DAY - 1, 30 * DAY), Fate::Stays);
        assert_eq!(fate(Some(5), false, 5 + 30 * DAY, 30 * DAY), Fate::Goes);
        // The clock may have been set back.
        assert_eq!(fate(Some(40 * DAY), false, 5, 30 * DAY), Fate::Stays);
    }

    #[test]
    fn fi10_a_mention_that_comes_back_keeps_it() {
        assert_eq!(fate(Some(5), true, 29 * DAY, 30 * DAY), Fate::Used);
        assert_eq!(fate(Some(5), true, 900 * DAY, 30 * DAY), Fate::Used);
    }

    #[test]
    fn fi10_an_address_is_a_mention_however_it_is_written() {
        let hex = "0123456789abcdef0123456789abcdef";
        for text in [
            format!("![](/u/x/{hex}-1x1.png)"),
            format!("[a]: <https://example.org/u/x/{hex}.pdf?small>"),
            hex.to_owned(),
        ] {
            let mut mentions = Mentions::default();
            mentions.read(&text);
            assert!(mentions.0.contains(hex), "{text}");
        }
        let mut mentions = Mentions::default();
        mentions.read(&format!("a{hex} {hex}0 {}", &hex[1..]));
        assert!(mentions.0.is_empty());
    }
}
