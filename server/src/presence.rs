//! Who is in which document now, for the lists of others.
//!
//! Rooms say who sits in them; event streams listen. Invariant: nothing waits here; a listener that falls behind is told
//! so and looks at everything again. Next: `http/events.rs`, `rooms/task.rs`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use room::{Author, Identity};
use tokio::sync::broadcast;
use uuid::Uuid;

/// Changes kept for a slow listener.
const CHANGES_KEPT: usize = 1_024;

/// Something worth looking at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Somebody came or went.
    People(Uuid),
    /// A document has another title.
    Title(Uuid),
    /// A document has so many open notes now.
    Notes(Uuid, usize),
    /// Somebody was mentioned.
    Mention(Mention),
}

/// That somebody was mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Who.
    pub whom: Author,
    /// By whom.
    pub by: Author,
    /// In which document.
    pub document: Uuid,
    /// In which note, or in an answer to it.
    pub note: Uuid,
}

/// Everybody who is anywhere.
pub struct Presence {
    rooms: Mutex<HashMap<Uuid, Vec<Identity>>>,
    changes: broadcast::Sender<Change>,
}

impl Default for Presence {
    fn default() -> Presence {
        Presence { rooms: Mutex::default(), changes: broadcast::Sender::new(CHANGES_KEPT) }
    }
}

impl Presence {
    /// Says who is in a document now; a person with several tabs is one.
    pub fn set(&self, document: Uuid, mut people: Vec<Identity>) {
        people.sort_by_key(|person| person.author);
        people.dedup_by_key(|person| person.author);
        let mut rooms = self.rooms();
        let before = if people.is_empty() { rooms.remove(&document) } else { rooms.insert(document, people.clone()) };
        drop(rooms);
        if before.unwrap_or_default() != people {
            self.changes.send(Change::People(document)).ok();
        }
    }

    /// Who is in a document.
    pub fn of(&self, document: Uuid) -> Vec<Identity> {
        self.rooms().get(&document).cloned().unwrap_or_default()
    }

    /// Says that a document has another title.
    pub fn retitled(&self, document: Uuid) {
        self.changes.send(Change::Title(document)).ok();
    }

    /// Says how many open notes a document has.
    pub fn noted(&self, document: Uuid, open: usize) {
        self.changes.send(Change::Notes(document, open)).ok();
    }

    /// Says that somebody was mentioned.
    pub fn mentioned(&self, mention: Mention) {
        self.changes.send(Change::Mention(mention)).ok();
    }

    /// Every change from now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<Uuid, Vec<Identity>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody(n: u128) -> Identity {
        Identity {
            author: Author(Uuid::from_u128(n)),
            name: "Ada".into(),
            peer: 1,
            color: "#000000".into(),
            color_light: "#000000".into(),
            guest: false,
        }
    }

    #[test]
    fn ac29_a_person_with_two_tabs_is_one_and_nothing_new_is_not_told() {
        let (presence, document) = (Presence::default(), Uuid::from_u128(9));
        let mut heard = presence.listen();
        presence.set(document, vec![somebody(1), somebody(2), somebody(1)]);
        assert_eq!(presence.of(document).len(), 2);
        assert_eq!(heard.try_recv(), Ok(Change::People(document)));
        presence.set(document, vec![somebody(2), somebody(1)]);
        assert!(heard.try_recv().is_err());
        presence.set(document, Vec::new());
        assert_eq!(heard.try_recv(), Ok(Change::People(document)));
        assert!(presence.of(document).is_empty());
    }
}
