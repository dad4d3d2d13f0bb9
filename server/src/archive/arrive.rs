//! Files that become documents.
//!
//! Each text is one document: created empty under an id that follows from who imports what, then its files are kept, then
//! its text is written with their new addresses, then its notes are wished for. Invariant: every step can be repeated and
//! gives the same, so an import that broke off is finished by doing it again; what was changed since is left alone; one
//! text that is no good does not stop the others. Next: `plan.rs` for what belongs together, `notes/back.rs`.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use actix_web::web::Data;
use bytes::Bytes;
use room::Command;
use serde::Serialize;
use tokio::runtime::Handle;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Refused;
use super::manifest::{self, Manifest};
use super::pack::rewrite;
use super::plan::{self, Plan, Target, Text};
use super::unzip::{Archive, Bad, Caps};
use super::{address, notes};
use crate::access::{Action, Grant, Principal};
use crate::http::Error;
use crate::limits::Limits;
use crate::sessions::Session;
use crate::{State, clock, documents, files};

/// What came of an import.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Arrived {
    /// The documents, in the order of their paths.
    documents: Vec<Made>,
    /// What was left out.
    skipped: Vec<Skipped>,
}

/// A document that is there now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Made {
    /// UUID v7.
    id: Uuid,
    /// As its text gives itself; may be empty.
    title: String,
    /// Its page.
    url: String,
}

/// Something that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Skipped {
    /// Where it is in what was sent.
    path: String,
    /// A sentence.
    why: String,
}

/// Bytes read of a manifest or of notes.
const JSON_BYTES_MAX: u64 = 32 << 20;
/// Ids that are tried for one text, past documents that were deleted.
const IDS_MAX: u32 = 64;

/// Whoever brings something, and where it goes.
pub struct Arrival {
    /// The server.
    pub state: Data<State>,
    /// Who they are; an account.
    pub principal: Principal,
    /// Their session.
    pub session: Session,
}

/// Where the files of one text are now.
#[derive(Default)]
struct Addresses {
    /// By their entry.
    kept: HashMap<usize, String>,
    /// What they were called where they come from, and what they are called here.
    moved: Vec<(String, String)>,
}

/// What one text brings along.
struct Luggage<'a, R> {
    archive: &'a mut Archive<R>,
    plan: &'a Plan,
    ids: &'a [Uuid],
    taken: &'a mut HashSet<usize>,
}

impl Arrival {
    /// Brings what was sent under this name: an archive, or one text. Only on threads that may block.
    pub fn bring(&self, name: &str, mut sent: impl Read + Seek) -> Result<Arrived, Error> {
        let limits = &self.state.config.limits;
        let mut arrived = Arrived::default();
        let caps = Caps { entries: limits.import_files, inflated: limits.import_inflated_bytes as u64 };
        let magic = head(&mut sent);
        if !magic.starts_with(b"PK") {
            return self.single(name, sent).map(|made| Arrived { documents: vec![made], ..arrived });
        }
        let mut archive = Archive::open(sent, caps).map_err(Refused::Archive)?;
        let manifest = archive.entries().iter().position(|entry| entry.path == manifest::NAME);
        let manifest = manifest.and_then(|index| Manifest::read(&archive.read(index, JSON_BYTES_MAX).ok()?));
        let mut plan = Plan::of(archive.entries(), manifest);
        arrived.skip_all(std::mem::take(&mut plan.bad));
        if plan.texts.is_empty() && arrived.skipped.is_empty() {
            return Err(Refused::Nothing.into());
        }
        let too_many = plan.texts.len().saturating_sub(limits.import_documents);
        let ids = self.ids(&archive, &plan)?;
        let mut taken = HashSet::new();
        for (number, text) in plan.texts.iter().enumerate().take(limits.import_documents) {
            let mut luggage = Luggage { archive: &mut archive, plan: &plan, ids: &ids, taken: &mut taken };
            match self.text(ids[number], text, &mut luggage, &mut arrived) {
                Ok(made) => arrived.documents.push(made),
                Err(error) if is_ours(&error) => return Err(error),
                Err(error) => arrived.skip(&text.path, error.sentence()),
            }
        }
        if too_many > 0 {
            self.state.metrics.reached("import_documents");
            let why = format!(
                "One import brings at most {} documents; import the rest by themselves.",
                limits.import_documents
            );
            arrived.skip_all(plan.texts.iter().rev().take(too_many).map(|text| (text.path.clone(), why.clone())));
        } else {
            let why = "No text in the archive shows it or links to it.";
            arrived.skip_all(plan.unused(&taken).into_iter().map(|path| (path.to_owned(), why.to_owned())));
        }
        arrived.shorten(limits.import_skipped);
        Ok(arrived)
    }

    /// One text that came by itself.
    fn single(&self, name: &str, sent: impl Read) -> Result<Made, Error> {
        let max = self.state.config.limits.room.text_bytes;
        let mut bytes = Vec::new();
        // UTF-16 may be twice as long.
        sent.take(max as u64 * 2 + 2).read_to_end(&mut bytes).map_err(|_| Refused::NoSpace)?;
        if bytes.starts_with(b"%PDF") || (!plan::is_text(name) && plan::decoded(&bytes).is_err()) {
            return Err(Refused::Kind.into());
        }
        let text = plan::decoded(&bytes).map_err(Refused::Text)?;
        let mut crc = flate2::Crc::new();
        crc.update(&bytes);
        let id = self.id(name, 0, (crc.sum(), bytes.len() as u64))?;
        let grant = self.create(id, &text)?;
        self.write(&grant, &text)
    }

    /// The id of each text's document.
    fn ids<R: Read + Seek>(&self, archive: &Archive<R>, plan: &Plan) -> Result<Vec<Uuid>, Error> {
        let id = |text: &Text| {
            let entry = &archive.entries()[text.entry];
            let created_ms = text.listed.as_ref().map_or(0, |listed| listed.created_ms);
            let born_ms = if created_ms > 0 { created_ms } else { entry.modified_ms };
            self.id(&text.path, born_ms, (entry.crc, entry.size()))
        };
        plan.texts.iter().map(id).collect()
    }

    /// The id of what this person imports: the same for the same, until they delete it.
    fn id(&self, path: &str, born_ms: u64, content: (u32, u64)) -> Result<Uuid, Error> {
        let me = self.session.author;
        for nth in 0..IDS_MAX {
            let mut hasher = blake3::Hasher::new_derive_key("galley import of a text as a document");
            hasher.update(me.0.as_bytes()).update(&(path.len() as u64).to_be_bytes()).update(path.as_bytes());
            hasher.update(&content.0.to_be_bytes()).update(&content.1.to_be_bytes()).update(&nth.to_be_bytes());
            let mut bytes = [0; 16];
            bytes[..6].copy_from_slice(&born_ms.min((1 << 48) - 1).to_be_bytes()[2..]);
            bytes[6..].copy_from_slice(&hasher.finalize().as_bytes()[..10]);
            let id = uuid::Builder::from_bytes(bytes)
                .with_version(uuid::Version::SortRand)
                .with_variant(uuid::Variant::RFC4122)
                .into_uuid();
            match self.wait(documents::load(&self.state.storage, id))? {
                Some(there) if there.owner != me || there.trashed_ms.is_some() || there.is_erased() => {}
                _ => return Ok(id),
            }
        }
        Err(Error::IdTaken)
    }

    fn text<R: Read + Seek>(
        &self,
        id: Uuid,
        text: &Text,
        luggage: &mut Luggage<'_, R>,
        arrived: &mut Arrived,
    ) -> Result<Made, Error> {
        let limits = &self.state.config.limits;
        let max = limits.room.text_bytes as u64 * 2 + 2;
        let bytes = luggage.archive.read(text.entry, max).map_err(|bad| bad.about(limits))?;
        let source = plan::decoded(&bytes).map_err(Refused::Text)?;
        let grant = self.create(id, &source)?;
        let Addresses { kept, moved } = self.files(&grant, text, &source, luggage, arrived)?;
        let mut missing = HashSet::new();
        let written = rewrite(&source, |found| {
            let fragment = address::local(found).map_or("", |local| local.fragment);
            match luggage.plan.find(found, &text.path) {
                Some(Target::File(entry)) => kept.get(&entry).map(|address| format!("{address}{fragment}")),
                Some(Target::Text(number)) => Some(format!("/d/{}{fragment}", luggage.ids[number])),
                None => {
                    if plan::is_file(found) && missing.insert(found.to_owned()) {
                        let why = format!("It names {found}, which is not in the archive; the address stays as it is.");
                        arrived.skip(&text.path, why);
                    }
                    None
                }
            }
        });
        let made = self.write(&grant, &written).inspect_err(|error| self.undo(id, error))?;
        if let Some(index) = text.listed.as_ref().and_then(|listed| luggage.plan.at(listed.notes.as_ref()?)) {
            let path = luggage.archive.entries()[index].path.clone();
            match luggage.archive.read(index, JSON_BYTES_MAX) {
                Ok(bytes) => {
                    let left = self.wait(notes::back::bring(&self.state, &grant, &bytes, &moved))?;
                    left.into_iter().for_each(|why| arrived.skip(&path, sentence(&why)));
                }
                Err(bad) => arrived.skip(&path, sentence(&bad.to_string())),
            }
        }
        self.wait(self.state.rooms.rest(id));
        Ok(made)
    }

    /// Makes the document, still empty, if this text has a place there; a text larger than a document is refused first.
    fn create(&self, id: Uuid, text: &str) -> Result<Grant, Error> {
        let max = self.state.config.limits.room.text_bytes;
        if text.len() > max {
            return Err(Error::TooLarge(max));
        }
        let State { access, storage, rooms, .. } = self.state.get_ref();
        self.wait(documents::create(access, storage, rooms, &self.session, Some(id), ""))?;
        self.wait(access.admit(&self.principal, id, Action::Import))
    }

    /// Leaves no empty document behind where its text could not be written.
    fn undo(&self, id: Uuid, why: &Error) {
        if is_ours(why) || matches!(why, Error::Archive(Refused::Changed)) {
            return;
        }
        if let Err(error) = self.wait(documents::erase(&self.state.storage, &self.state.rooms, id)) {
            tracing::warn!("an empty document stayed behind: {error}");
        }
    }

    /// Keeps what a text names, and what it had where it comes from.
    fn files<R: Read + Seek>(
        &self,
        grant: &Grant,
        text: &Text,
        source: &str,
        luggage: &mut Luggage<'_, R>,
        arrived: &mut Arrived,
    ) -> Result<Addresses, Error> {
        let limits = &self.state.config.limits;
        let mut wanted: Vec<(usize, Option<String>)> = Vec::new();
        for file in text.listed.iter().flat_map(|listed| &listed.files) {
            let old = text.listed.as_ref().map(|listed| files::address(listed.id, &file.name));
            wanted.extend(luggage.plan.at(&file.path).map(|entry| (entry, old)));
        }
        for reference in render::references(source) {
            if let Some(Target::File(entry)) = luggage.plan.find(&reference.address, &text.path) {
                wanted.push((entry, None));
            }
        }
        let mut addresses = Addresses::default();
        let mut tried = HashSet::new();
        for (entry, old) in wanted {
            if !tried.insert(entry) {
                continue;
            }
            luggage.taken.insert(entry);
            let path = luggage.archive.entries()[entry].path.clone();
            let bytes = luggage.archive.read(entry, limits.file_bytes as u64).map_err(|bad| bad.about(limits));
            let name = luggage.plan.called(entry, &path);
            let keep =
                |bytes| self.wait(files::keep(&self.state, grant.document(), grant.author(), name, Bytes::from(bytes)));
            match bytes.and_then(keep) {
                Ok((file, _)) => {
                    let address = files::address(grant.document(), &file.name);
                    addresses.moved.extend(old.map(|old| (old, address.clone())));
                    addresses.kept.insert(entry, address);
                }
                Err(error) if is_ours(&error) => return Err(error),
                Err(error) => arrived.skip(&path, error.sentence()),
            }
        }
        Ok(addresses)
    }

    /// Writes the text, unless it is there already; what somebody has changed since is theirs.
    fn write(&self, grant: &Grant, text: &str) -> Result<Made, Error> {
        let State { storage, rooms, presence, .. } = self.state.get_ref();
        let id = grant.document();
        let there = self.wait(rooms.read(grant))?;
        if there.is_empty() && !text.is_empty() {
            self.wait(rooms.command(grant, Command::Edit { base: String::new(), text: text.to_owned() }))?;
        } else if *there != *text {
            return Err(Refused::Changed.into());
        }
        let title = documents::title_of(text);
        self.wait(documents::touch(storage, id, title.clone(), clock::wall_ms()))?;
        presence.retitled(id);
        Ok(Made { id, title, url: format!("/d/{id}") })
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.engine().block_on(work)
    }

    fn engine(&self) -> Handle {
        self.state.rooms.engine()
    }
}

impl Arrived {
    fn skip(&mut self, path: &str, why: String) {
        self.skipped.push(Skipped { path: path.to_owned(), why });
    }

    fn skip_all(&mut self, all: impl IntoIterator<Item = (String, String)>) {
        all.into_iter().for_each(|(path, why)| self.skip(&path, sentence(&why)));
    }

    /// A list nobody reads to its end says how long it would be.
    fn shorten(&mut self, max: usize) {
        if let Some(more) = self.skipped.len().checked_sub(max).filter(|more| *more > 0) {
            self.skipped.truncate(max);
            self.skip("", format!("{more} more were left out."));
        }
    }
}

impl Bad {
    /// For people who sent it.
    fn about(self, limits: &Limits) -> Error {
        match self {
            Bad::TooLarge(max) if max == limits.file_bytes as u64 => {
                files::Refused::TooLarge(limits.file_bytes >> 20).into()
            }
            Bad::TooLarge(_) => Error::TooLarge(limits.room.text_bytes),
            bad => Refused::Entry(bad).into(),
        }
    }
}

/// Whether it is this server that cannot go on, so that trying the next one makes no sense.
fn is_ours(error: &Error) -> bool {
    use crate::rooms::RoomError;
    matches!(
        error,
        Error::Full
            | Error::Store(_)
            | Error::Archive(Refused::NoSpace)
            | Error::Room(RoomError::Stopping | RoomError::Load(_))
    )
}

/// The first bytes, and back.
fn head(sent: &mut (impl Read + Seek)) -> Vec<u8> {
    let mut bytes = Vec::new();
    sent.take(4).read_to_end(&mut bytes).ok();
    sent.rewind().ok();
    bytes
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let stop = if words.ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}
