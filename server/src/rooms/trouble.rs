//! What rooms do when something around or inside them fails: no room on the disk, losses, crashes, damage.
//!
//! Invariant: a room's trouble is its own: it ends, is loaded again, and after too many crashes is set aside; nobody else
//! notices. What may have been lost is remembered before the room is loaded again. Next: `quarantine.rs`, `task.rs`.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Message, Rooms};
use crate::metrics::{self, Crashed};
use crate::runs;

/// How long rooms may take to hear that there is no room on the disk.
const PAUSE_WAIT: Duration = Duration::from_millis(500);

/// The frames of the batch a room is at, for whoever wants to know what ended it.
pub(super) type Suspects = Arc<Mutex<Vec<Bytes>>>;

/// What a test lets go wrong.
#[cfg(debug_assertions)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The next frame crashes the room.
    Frame,
    /// Every load crashes.
    Load,
}

impl Rooms {
    /// No room on the disk: every room refuses writes from now on, those that open later too. Waits until they know, but
    /// not for long: one that is busy finds out from the store.
    pub async fn pause(&self) {
        self.0.paused.store(true, Ordering::Release);
        let mut answers = Vec::new();
        for inbox in self.inboxes() {
            let (done, answer) = oneshot::channel();
            if inbox.messages.try_send(Message::Pause { done }).is_ok() {
                answers.push(answer);
            }
        }
        tokio::time::timeout(PAUSE_WAIT, futures_util::future::join_all(answers)).await.ok();
    }

    /// There is room again. A room to which an append was refused meanwhile is loaded anew.
    pub async fn resume(&self) {
        self.0.paused.store(false, Ordering::Release);
        self.remember_losses().await;
        for inbox in self.inboxes() {
            inbox.send(Message::Resume).await.ok();
        }
    }

    /// Every room is loaded anew, from a store that was opened anew.
    pub async fn reload(&self) {
        self.0.paused.store(false, Ordering::Release);
        self.remember_losses().await;
        for inbox in self.inboxes() {
            inbox.send(Message::Reload).await.ok();
        }
    }

    /// Whether rooms open with writing refused.
    pub(super) fn is_paused(&self) -> bool {
        self.0.paused.load(Ordering::Acquire)
    }

    /// What could not be stored when it happened.
    async fn remember_losses(&self) {
        let broken = self.0.broken.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (document, at) in broken {
            if let Err(error) = runs::lose(&self.0.parts.storage, document, at).await {
                tracing::error!(%document, "that edits may be lost could not be stored: {error}");
            }
        }
    }

    /// A room crashed or could not store; when it loads again, ids bound before now are recovering.
    pub(super) fn broke(&self, document: Uuid, at: u64) {
        self.0.broken.lock().unwrap_or_else(PoisonError::into_inner).insert(document, at);
        // The next process must know too; it may be the one that loads the document again.
        let storage = self.0.parts.storage.clone();
        self.0.parts.engine.spawn(async move {
            if let Err(error) = runs::lose(&storage, document, at).await {
                tracing::error!(%document, "that edits may be lost could not be stored: {error}");
            }
        });
    }

    /// When edits to this document may last have been lost, by a stop of the server or of the room.
    pub(super) fn unclean_at(&self, document: Uuid) -> Option<u64> {
        let broken = self.0.broken.lock().unwrap_or_else(PoisonError::into_inner).get(&document).copied();
        broken.max(self.0.parts.unclean_at)
    }

    /// A room ended by a panic. What was on its way to it is kept for whoever looks into it.
    pub(super) async fn crashed(&self, document: Uuid, suspects: Suspects) {
        metrics::crashed(Crashed::Room);
        self.0.parts.metrics.panics.inc();
        let frames = std::mem::take(&mut *suspects.lock().unwrap_or_else(PoisonError::into_inner));
        let (folder, most) = (self.0.parts.data.join("aside").join("frames"), self.0.parts.limits.aside_files);
        let kept = tokio::task::spawn_blocking(move || keep_aside(&folder, &frames, most)).await;
        match kept {
            Ok(Ok(kept)) => tracing::error!(%document, "the room crashed; kept {kept} frames in aside/frames"),
            Ok(Err(error)) => tracing::error!(%document, "the room crashed; its frames could not be kept: {error}"),
            Err(_) => {}
        }
        self.count_crash(document);
    }

    /// One crash more. Too many in a while, and the document is set aside.
    pub(super) fn count_crash(&self, document: Uuid) {
        let limits = &self.0.parts.limits;
        if self.0.quarantine.crashed(document, limits.crashes_per_document, limits.crash_window) {
            self.set_aside(document, "it crashed the server's room again and again".into());
        }
    }

    /// From now on only its last good text is shown.
    pub(super) fn set_aside(&self, document: Uuid, why: Arc<str>) {
        tracing::error!(%document, "the document is damaged and was set aside: {why}; nothing of it was deleted");
        self.0.quarantine.put(document, why);
        self.0.parts.metrics.quarantined.set(self.0.quarantine.len());
    }

    /// Why a document was set aside, if it was.
    pub fn damage(&self, document: Uuid) -> Option<Arc<str>> {
        self.0.quarantine.why(document)
    }

    /// An erased document is nobody's trouble any more.
    pub(super) fn forgive(&self, document: Uuid) {
        self.0.quarantine.forget(document);
        self.0.parts.metrics.quarantined.set(self.0.quarantine.len());
    }

    /// Something goes wrong with this document, in a test.
    #[cfg(debug_assertions)]
    pub fn break_on(&self, document: Uuid, fault: Fault) {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner).insert(document, fault);
    }

    /// Where a test wants it, a panic.
    #[cfg(debug_assertions)]
    pub(super) fn trip(&self, document: Uuid, at: Fault) {
        let mut faults = self.0.faults.lock().unwrap_or_else(PoisonError::into_inner);
        if faults.get(&document) == Some(&at) {
            if at == Fault::Frame {
                faults.remove(&document);
            }
            drop(faults);
            panic!("a test wants this");
        }
    }
}

/// Each frame as a file of its own, named by its content, as long as there are not too many.
fn keep_aside(folder: &Path, frames: &[Bytes], most: usize) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    let mut there = fs::read_dir(folder)?.count();
    let mut kept = 0;
    for frame in frames.iter().rev() {
        let path = folder.join(format!("{}.bin", &blake3::hash(frame).to_hex()[..16]));
        if path.exists() || there >= most {
            continue;
        }
        fs::write(path, frame)?;
        (there, kept) = (there + 1, kept + 1);
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sk17_what_crashed_a_room_is_kept_but_not_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let frames: Vec<Bytes> = (0..5u8).map(|salt| Bytes::from(vec![salt; 3])).collect();
        assert_eq!(keep_aside(folder.path(), &frames, 3).expect("kept"), 3);
        assert_eq!(keep_aside(folder.path(), &frames, 3).expect("kept"), 0);
        assert_eq!(keep_aside(folder.path(), &frames, 9).expect("kept"), 2, "none twice");
        let again = folder.path().join(format!("{}.bin", &blake3::hash(&frames[4]).to_hex()[..16]));
        assert_eq!(fs::read(again).expect("there"), frames[4]);
    }
}
