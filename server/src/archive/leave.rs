//! Documents on their way out: read one by one under a grant, written by a thread of their own, sent as they are written.
//!
//! Invariant: what leaves is what its reader may see, and of everything only what one owns; at any time one document and
//! one of its files are in memory, whatever is exported. Next: `pack.rs`, which writes, `http/archive.rs`, the routes.

use std::io;

use actix_web::web::Data;
use bytes::Bytes;
use futures_util::Stream;
use room::Author;
use storage::StoreError;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::notes;
use super::pack::{Kept, Layout, Leaving, Pack};
use super::stream::{Sink, pipe};
use crate::access::{Action, Grant, Principal};
use crate::files::{self, Copy};
use crate::http::{Error, Place};
use crate::rooms::RoomError;
use crate::{State, clock, documents};

/// One document as a zip, whose text may have been written anew.
pub fn one(state: Data<State>, leaving: Leaving, place: Place) -> impl Stream<Item = io::Result<Bytes>> {
    sent(state, place, Layout::Alone, move |desk| desk.add(&leaving))
}

/// Everything somebody owns as a zip, without the trash.
pub fn all(
    state: Data<State>,
    principal: Principal,
    owner: Author,
    place: Place,
) -> impl Stream<Item = io::Result<Bytes>> {
    sent(state, place, Layout::Among, move |desk| desk.add_all(&principal, owner))
}

/// Runs the writer in a thread; its place is free again when it is done.
fn sent(
    state: Data<State>,
    place: Place,
    layout: Layout,
    write: impl FnOnce(&mut Desk) -> io::Result<()> + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> {
    let engine = state.rooms.engine();
    let (sink, pieces) = pipe(engine.clone(), state.config.limits.export_wait);
    engine.clone().spawn_blocking(move || {
        let pack = Pack::new(sink, layout, state.site.origin(), clock::wall_ms());
        let mut desk = Desk { state, engine, pack };
        let written = write(&mut desk).and_then(|()| desk.pack.finish()).and_then(Sink::finish);
        if let Err(error) = written {
            tracing::info!("an export ended early: {error}");
        }
        drop(place);
    });
    pieces
}

struct Desk {
    state: Data<State>,
    engine: Handle,
    pack: Pack<Sink>,
}

impl Desk {
    fn add(&mut self, leaving: &Leaving) -> io::Result<()> {
        let Desk { state, engine, pack } = self;
        pack.add(leaving, |name| engine.block_on(content(state, leaving.id, name)).map_err(io::Error::other))
    }

    fn add_all(&mut self, principal: &Principal, owner: Author) -> io::Result<()> {
        let owned = self.engine.block_on(documents::owned(&self.state.storage, owner)).map_err(io::Error::other)?;
        for record in owned.into_iter().filter(|record| record.trashed_ms.is_none()) {
            let found = self.engine.block_on(self.read(principal, record.id));
            // Otherwise every document of somebody with thousands would be in memory at once.
            self.engine.block_on(self.state.rooms.rest(record.id));
            match found {
                Ok(leaving) => self.add(&leaving)?,
                // It went meanwhile.
                Err(Error::NotFound | Error::Erased) => {}
                Err(Error::Room(RoomError::Stopping)) => return Err(io::Error::other("the server stops")),
                Err(error) => self.pack.miss(record.id, record.title, error.sentence()),
            }
        }
        Ok(())
    }

    async fn read(&self, principal: &Principal, id: Uuid) -> Result<Leaving, Error> {
        let grant = self.state.access.admit(principal, id, Action::Export).await?;
        leaving(&self.state, &grant).await
    }
}

/// A document with its notes and the list of its files.
pub async fn leaving(state: &State, grant: &Grant) -> Result<Leaving, Error> {
    let id = grant.document();
    let record = documents::load(&state.storage, id).await?.ok_or(Error::NotFound)?;
    let still = state.rooms.still(grant).await?;
    let text = still.text.clone();
    Ok(Leaving {
        id,
        // Of the text itself: the record follows it a moment later.
        title: documents::title_of(&text),
        created_ms: record.created_ms,
        updated_ms: record.updated_ms,
        notes: notes::written(state, still).await?,
        files: kept(state, id).await?,
        text,
    })
}

async fn kept(state: &State, document: Uuid) -> Result<Vec<Kept>, Error> {
    let all = files::all(&state.storage, document).await?;
    Ok(all.into_iter().map(|file| Kept { name: file.name, original: file.original }).collect())
}

/// The bytes of a file of a document.
async fn content(state: &State, document: Uuid, name: &str) -> Result<Option<Bytes>, StoreError> {
    Ok(files::read(&state.storage, document, name, Copy::Whole).await?.map(|(_, bytes)| bytes))
}

/// A picture of a document, and what it is.
pub async fn picture(state: &State, document: Uuid, name: &str) -> Result<Option<(&'static str, Bytes)>, Error> {
    let mime = match name.rsplit('.').next() {
        Some("jpg") => "image/jpeg",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        _ => return Ok(None),
    };
    Ok(content(state, document, name).await?.map(|bytes| (mime, bytes)))
}
