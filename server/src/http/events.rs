//! `/api/events`: who is in which of one's documents, how many notes wait in it, who mentioned one, and that one's list
//! changed, as it happens.
//!
//! Invariant: a stream tells only of documents its person may see at that moment, and ends with their session; it is
//! told what to look at again and holds nothing but what it last said. It listens before it says what the list is, so
//! that whoever has that list misses nothing. Next: `presence.rs`, `storage::Cast`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Query};
use futures_util::stream;
use room::{Author, Role};
use serde::Deserialize;
use serde_json::json;
use storage::{Cast, Subscription};
use tokio::sync::broadcast;
use tokio::time::Interval;
use uuid::Uuid;

use super::Error;
use super::documents::{listed, reachable};
use super::people::Person;
use crate::State;
use crate::access::Principal;
use crate::presence::{Change, Mention};
use crate::{clock, members, sessions};

/// Between two signs of life on a quiet stream.
const BEAT: Duration = Duration::from_secs(20);
/// Timers are not set further ahead than this.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Open streams of each person: events, exports, imports.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<Author, usize>>>);

/// One stream's place; dropping it gives it back.
pub struct Place {
    streams: Streams,
    author: Author,
}

impl Streams {
    /// A place among so many of one person; `None` if they have them all.
    pub fn enter(&self, author: Author, max: usize) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(author).or_default();
        if *count >= max {
            return None;
        }
        *count += 1;
        Some(Place { streams: self.clone(), author })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.author) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.author);
            }
        }
    }
}

/// What is asked of a stream beside what every one tells.
#[derive(Deserialize)]
pub struct Asked {
    /// Any value: what stands for the list, first of all.
    list: Option<String>,
}

/// Server-sent events: `presence`, `documents`, `notes` and `mention`; first `list`, where it is asked for.
#[utoipa::path(get, path = "/api/events", params(("list" = Option<String>, Query, description = "Any value: first what stands for the list of documents")),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 401), (status = 429)))]
pub async fn stream(principal: Principal, asked: Query<Asked>, state: Data<State>) -> Result<HttpResponse, Error> {
    let author = principal.author().ok_or(Error::SignIn)?;
    let place = state.streams.enter(author, state.config.limits.streams_per_person);
    let place = place.ok_or_else(|| {
        state.metrics.reached("streams_per_person");
        Error::TooManyStreams
    })?;
    let mut watch = Watch {
        casts: state.storage.subscribe(),
        changes: state.presence.listen(),
        mine: HashMap::new(),
        ready: VecDeque::new(),
        beat: tokio::time::interval(BEAT),
        principal,
        state,
        _place: place,
    };
    watch.look().await?;
    watch.ready.clear();
    if asked.list.is_some() {
        let mark = json!({"mark": listed(&watch.state, &watch.principal, false).await?.mark});
        watch.ready.push_back(Bytes::from(format!("event: list\ndata: {mark}\n\n")));
    }
    watch.everybody();
    watch.ready.push_front(Bytes::from_static(b"retry: 2000\n\n"));
    let events = stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok::<_, std::convert::Infallible>(event), watch))
    });
    Ok(HttpResponse::Ok().content_type("text/event-stream").streaming(events))
}

struct Watch {
    state: Data<State>,
    principal: Principal,
    casts: Subscription,
    changes: broadcast::Receiver<Change>,
    /// What its person may see, as it was told last.
    mine: HashMap<Uuid, Seen>,
    ready: VecDeque<Bytes>,
    beat: Interval,
    _place: Place,
}

enum Heard {
    Cast(Option<Cast>),
    Change(Result<Change, broadcast::error::RecvError>),
    Beat,
    End,
}

/// What makes a document look different in a list.
#[derive(PartialEq)]
struct Seen {
    role: Role,
    owner: Author,
    trashed: bool,
    waiting: usize,
}

impl Watch {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let end = self.end();
            let heard = tokio::select! {
                cast = self.casts.next() => Heard::Cast(cast?.ok()),
                change = self.changes.recv() => Heard::Change(change),
                _ = self.beat.tick() => Heard::Beat,
                () = tokio::time::sleep(end) => Heard::End,
            };
            match heard {
                Heard::Cast(cast) => self.heard(cast).await?,
                Heard::Change(Ok(Change::People(document))) => self.people(document),
                Heard::Change(Ok(Change::Title(document))) => self.retitled(document),
                Heard::Change(Ok(Change::Notes(document, open))) => self.noted(document, open),
                Heard::Change(Ok(Change::Mention(mention))) => self.mentioned(mention).await?,
                Heard::Change(Err(broadcast::error::RecvError::Lagged(_))) => self.everybody(),
                Heard::Change(Err(broadcast::error::RecvError::Closed)) => return None,
                Heard::Beat => self.ready.push_back(Bytes::from_static(b": alive\n\n")),
                Heard::End => self.look().await.ok()?,
            }
        }
    }

    /// How long until the session ends by itself.
    fn end(&self) -> Duration {
        let end = self.principal.session().and_then(|session| session.until_ms).unwrap_or(u64::MAX);
        Duration::from_millis(end.saturating_sub(clock::wall_ms()).saturating_add(1)).min(DAY)
    }

    /// `None` within: some casts were missed.
    async fn heard(&mut self, cast: Option<Cast>) -> Option<()> {
        let concerns = match cast {
            Some(Cast::AccessChanged { document } | Cast::DocumentGone { document }) => {
                self.mine.contains_key(&document)
            }
            Some(Cast::PrincipalChanged { author }) => self.principal.author() == Some(Author(author)),
            Some(Cast::Awareness { .. }) => false,
            None => true,
        };
        if concerns {
            self.look().await.ok()?;
        }
        Some(())
    }

    /// Looks at who this is and what they may see; tells if it is not what it was.
    async fn look(&mut self) -> Result<(), Error> {
        let session = self.principal.session().ok_or(Error::SignIn)?;
        self.principal = sessions::resume(&self.state.storage, &session.hash).await?;
        let mut mine = HashMap::new();
        for (record, role) in reachable(&self.state, &self.principal).await? {
            let waiting =
                if role == Role::Own { members::requests(&self.state.storage, record.id).await?.len() } else { 0 };
            let trashed = record.trashed_ms.is_some();
            mine.insert(record.id, Seen { role, owner: record.owner, trashed, waiting });
        }
        if mine != self.mine {
            self.mine = mine;
            self.ready.push_back(Bytes::from_static(b"event: documents\ndata: {}\n\n"));
            self.everybody();
        }
        Ok(())
    }

    fn everybody(&mut self) {
        let documents: Vec<Uuid> = self.mine.keys().copied().collect();
        for document in documents {
            if !self.state.presence.of(document).is_empty() {
                self.people(document);
            }
        }
    }

    fn people(&mut self, document: Uuid) {
        if self.mine.get(&document).is_none_or(|seen| seen.trashed) {
            return;
        }
        let people: Vec<Person> = self.state.presence.of(document).iter().map(Person::in_room).collect();
        let data = json!({"document": document, "people": people});
        self.ready.push_back(Bytes::from(format!("event: presence\ndata: {data}\n\n")));
    }

    fn noted(&mut self, document: Uuid, open: usize) {
        if self.mine.get(&document).is_some_and(|seen| !seen.trashed) {
            let data = json!({"document": document, "notes": open});
            self.ready.push_back(Bytes::from(format!("event: notes\ndata: {data}\n\n")));
        }
    }

    async fn mentioned(&mut self, Mention { whom, by, document, note }: Mention) -> Option<()> {
        let told = self.principal.author() == Some(whom) && self.mine.get(&document).is_some_and(|seen| !seen.trashed);
        if told {
            let by = Person::of(&self.state.storage, by).await.ok()?;
            let data = json!({"document": document, "note": note, "by": by});
            self.ready.push_back(Bytes::from(format!("event: mention\ndata: {data}\n\n")));
        }
        Some(())
    }

    fn retitled(&mut self, document: Uuid) {
        if self.mine.contains_key(&document) {
            self.ready.push_back(Bytes::from_static(b"event: documents\ndata: {}\n\n"));
        }
    }
}
