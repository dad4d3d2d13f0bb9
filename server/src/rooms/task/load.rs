//! From what is stored to a room, or to the reason why there is none.
//!
//! Invariant: a failed load is an error and never an empty document; what cannot have been stored, or crashes again and
//! again, is set aside. Next: `rooms/quarantine.rs`.

use std::collections::HashMap;
use std::time::Instant;

use futures_util::future;
use futures_util::stream::{FuturesOrdered, FuturesUnordered};
use room::{Channel, ChannelLog, Event, Loaded, Room, Seed};
use storage::{Seq, SnapshotVersion, StoreError, Stream};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::cost::Bill;
use super::{Task, versions};
use crate::access::POLICY;
use crate::metrics::{Crashed, crashed};
use crate::rooms::lane::Lane;
use crate::rooms::trouble::Suspects;
use crate::rooms::{RoomError, Rooms};
use crate::{clock, documents, due, runs};

/// A document with these words is damaged once it is loaded, for tests that have only a binary.
#[cfg(debug_assertions)]
const DAMAGED: &str = "a text that is damaged in a test";

/// Loads it, unless it is set aside, now or before.
pub(super) async fn open(rooms: &Rooms, document: Uuid, lane: &Lane, suspects: &Suspects) -> Result<Task, RoomError> {
    if let Some(why) = rooms.damage(document) {
        return Err(RoomError::Damaged(why));
    }
    let opened = Task::load(rooms.clone(), document, lane.clone(), suspects.clone()).await;
    if let Err(RoomError::Damaged(why)) = &opened {
        rooms.set_aside(document, why.clone());
    }
    opened
}

impl Task {
    async fn load(rooms: Rooms, document: Uuid, lane: Lane, suspects: Suspects) -> Result<Task, RoomError> {
        let parts = &rooms.0.parts;
        let (loaded, stored) = read(&rooms, document).await?;
        let limits = parts.limits.room.clone();
        let seed = Seed(getrandom::u64().map_err(|cause| RoomError::Load(format!("no randomness: {cause}")))?);
        let opening = open_room(&rooms, document, loaded, seed, limits);
        let due = due::is_soon(&rooms.0.parts.storage, document, clock::wall_ms());
        let (room, newest, is_due) = future::join3(opening, versions::newest(&rooms, document), due).await;
        let room = room?;
        let (newest, pace) = versions::since(newest, &room);
        let paused = rooms.is_paused();
        let mut task = Task {
            rooms,
            document,
            lane,
            room,
            seats: HashMap::new(),
            appends: FuturesOrdered::new(),
            compactions: FuturesUnordered::new(),
            stored,
            replies: HashMap::new(),
            pace,
            newest,
            untouched: false,
            touched: None,
            counted: None,
            empty_since: Some(Instant::now()),
            stopping: None,
            reloading: false,
            forgetting: None,
            jottings: JoinSet::new(),
            end_ms: None,
            moved: false,
            effects: Vec::new(),
            bill: Bill::default(),
            purses: HashMap::new(),
            suspects,
            is_announced: is_due.unwrap_or(false),
        };
        if paused {
            task.accept(Event::Full);
        }
        Ok(task)
    }
}

/// Everything a room is made of, read at once; and where each channel's log ends.
async fn read(rooms: &Rooms, document: Uuid) -> Result<(Loaded, HashMap<Channel, Position>), RoomError> {
    let storage = &rooms.0.parts.storage;
    let log = |channel: Channel| storage.load(Stream { document, channel: channel.0 });
    let (text, notes, epoch, lost_at) = future::join4(
        log(Channel::TEXT),
        log(Channel::NOTES),
        documents::epoch(storage, document),
        runs::lost_at(storage, document),
    )
    .await;
    let (text, text_ends) = unpack(text.map_err(unread)?.unwrap_or_default());
    let (notes, notes_end) = unpack(notes.map_err(unread)?.unwrap_or_default());
    let unknown = |error: StoreError| RoomError::Load(error.to_string());
    let unclean_at = rooms.unclean_at(document).max(lost_at.map_err(unknown)?);
    let loaded = Loaded { text, notes, epoch: epoch.map_err(unknown)?, unclean_at };
    Ok((loaded, HashMap::from([(Channel::TEXT, text_ends), (Channel::NOTES, notes_end)])))
}

/// Damage is told apart from a store that cannot be read just now.
fn unread(error: StoreError) -> RoomError {
    match error {
        StoreError::Corrupt(_) => RoomError::Damaged(error.to_string().into()),
        error => RoomError::Load(error.to_string()),
    }
}

async fn open_room(
    rooms: &Rooms,
    document: Uuid,
    loaded: Loaded,
    seed: Seed,
    limits: room::Limits,
) -> Result<Room, RoomError> {
    #[cfg(debug_assertions)]
    let faults = rooms.clone();
    let opened = tokio::task::spawn_blocking(move || {
        #[cfg(debug_assertions)]
        faults.trip(document, crate::rooms::Fault::Load);
        Room::open(clock::wall_ms(), loaded, seed, limits, POLICY)
    });
    match opened.await {
        #[cfg(debug_assertions)]
        Ok(Ok(room)) if room.text().contains(DAMAGED) => Err(RoomError::Damaged("a test wants this".into())),
        Ok(Ok(room)) => Ok(room),
        Ok(Err(poisoned)) => Err(RoomError::Damaged(poisoned.to_string().into())),
        Err(_) => {
            crashed(Crashed::Load);
            rooms.count_crash(document);
            // The third time it is set aside; until then whoever asks again may have more luck.
            Err(match rooms.damage(document) {
                Some(why) => RoomError::Damaged(why),
                None => RoomError::Load("reading it crashed".into()),
            })
        }
    }
}

/// The last durable entry of a log, and its snapshot.
type Position = (Seq, Option<SnapshotVersion>);

/// From storage's words to the room's.
pub(in crate::rooms) fn unpack(loaded: storage::Loaded) -> (ChannelLog, Position) {
    let version = loaded.snapshot.as_ref().map(|(version, _)| *version);
    let upto = loaded.snapshot.as_ref().map_or(0, |(_, snapshot)| snapshot.upto);
    let last = loaded.tail.last().map_or(upto, |entry| entry.seq);
    let log = ChannelLog {
        snapshot: loaded.snapshot.map(|(_, snapshot)| (snapshot.state, snapshot.authors)),
        tail: loaded.tail.into_iter().map(|entry| (entry.entry.update, entry.entry.authors)).collect(),
    };
    (log, (last, version))
}
