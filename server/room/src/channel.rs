//! One Y.Doc and what the gate must know of it.
//!
//! Invariant: what is accepted is counted in `heads` and `lineage` at once and applied at the next flush, so the gate judges each
//! update as if the ones before it were applied. Next: `gate.rs`, which judges; `room.rs`, which decides.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use bytes::Bytes;
use yrs::updates::decoder::Decode;
use yrs::{
    ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, TextRef, Transact, TransactionMut, Update,
};

use crate::authors::Authors;
use crate::gate::{self, Arrival, Checked, Known, Lineage, Standing, Verdict};
use crate::notes::{self, Change, Ground, Notes};
use crate::wire::Writer;
use crate::{Author, Channel, ChannelLog, ConnId, Limits, Poisoned};

/// The text, or the notes.
pub struct Document {
    channel: Channel,
    doc: Doc,
    text: TextRef,
    heads: HashMap<u64, u32>,
    lineage: Lineage,
    /// Never less than the text has; made exact when it comes near the limit.
    text_bytes: usize,
    batch: Vec<Queued>,
    pending_bytes: usize,
    /// Entries in the log since the last snapshot.
    pub tail: usize,
    /// Their bytes.
    tail_bytes: usize,
    /// Bytes of that snapshot.
    state_bytes: usize,
    /// A compaction is under way.
    pub compacting: bool,
}

/// Entries applied as one transaction when a log is loaded: yrs joins blocks when one ends, and finds its way among those that
/// are not joined the slower the more there are.
const LOADED_AT_ONCE: usize = 500;
/// A log of so many bytes is compacted once it is longer than the state it leads to, however few its entries.
const COMPACT_BYTES: usize = 1 << 20;

/// Accepted, but not applied yet.
struct Queued {
    from: Option<ConnId>,
    update: Bytes,
}

/// One flushed batch.
pub struct Batch {
    /// Everything that is new, as one update.
    pub update: Bytes,
    /// Units that were deleted, by client id.
    pub deleted: Vec<(u64, Range<u32>)>,
    by: Vec<Queued>,
}

impl Batch {
    /// What everybody but `conn` wrote; `None` if that is nothing, the whole batch if it wrote nothing.
    pub fn without(&self, conn: ConnId) -> Option<Bytes> {
        if self.by.iter().all(|queued| queued.from != Some(conn)) {
            return Some(self.update.clone());
        }
        let others: Vec<&Bytes> =
            self.by.iter().filter(|queued| queued.from != Some(conn)).map(|q| &q.update).collect();
        match others.as_slice() {
            [] => None,
            [one] => Some((*one).clone()),
            several => yrs::merge_updates_v1(several.iter().map(|update| update.as_ref())).ok().map(Bytes::from),
        }
    }

    /// What `conn` itself wrote.
    pub fn only(&self, conn: ConnId) -> impl Iterator<Item = &Bytes> {
        self.by.iter().filter(move |queued| queued.from == Some(conn)).map(|queued| &queued.update)
    }

    /// Who wrote.
    pub fn wrote(&self, conn: ConnId) -> bool {
        self.only(conn).next().is_some()
    }
}

/// The document as one author's connection sees it.
struct Seen<'a> {
    document: &'a Document,
    authors: &'a Authors,
    by: By<'a>,
    arrival: Arrival,
}

/// Who brings an update.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// Who they are now.
    pub author: Author,
    /// Who they were before.
    pub also: &'a [Author],
}

impl By<'_> {
    /// Somebody who has been nobody else.
    pub fn only(author: Author) -> By<'static> {
        By { author, also: &[] }
    }
}

impl Known for Seen<'_> {
    fn head(&self, client: u64) -> u32 {
        self.document.heads.get(&client).copied().unwrap_or(0)
    }

    fn standing(&self, client: u64) -> Standing {
        // An id is never rebound; that a guest has become somebody is told by who asks.
        let before = self.authors.of(client).filter(|owner| self.by.also.contains(owner));
        self.authors.standing(client, before.unwrap_or(self.by.author), self.arrival)
    }

    fn lineage(&self) -> &Lineage {
        &self.document.lineage
    }

    fn clients(&self) -> usize {
        self.document.heads.len()
    }

    fn text_bytes(&self) -> usize {
        self.document.text_bytes
    }
}

impl Document {
    /// Loads what is stored; every byte passes the gate again. `own_client` is what the server itself writes under.
    pub fn load(
        channel: Channel,
        log: ChannelLog,
        limits: &Limits,
        authors: &mut Authors,
        own_client: u64,
    ) -> Result<Document, Poisoned> {
        let mut document = Document::empty(channel, own_client);
        log.tail.iter().for_each(|(update, table)| document.logged(update.len() + table.len()));
        document.state_bytes = log.snapshot.as_ref().map_or(0, |(state, _)| state.len());
        for (update, table) in log.snapshot.into_iter().chain(log.tail) {
            document.take_stored(&update, &table, limits, authors)?;
            if document.batch.len() >= LOADED_AT_ONCE {
                document.settle();
            }
        }
        document.settle();
        Ok(document)
    }

    fn empty(channel: Channel, own_client: u64) -> Document {
        let doc = new_doc(own_client);
        let text = doc.get_or_insert_text("content");
        let (heads, lineage, batch) = (HashMap::new(), Lineage::default(), Vec::new());
        Document {
            channel,
            doc,
            text,
            heads,
            lineage,
            text_bytes: 0,
            batch,
            pending_bytes: 0,
            tail: 0,
            tail_bytes: 0,
            state_bytes: 0,
            compacting: false,
        }
    }

    /// An entry more in the log.
    pub fn logged(&mut self, bytes: usize) {
        self.tail += 1;
        self.tail_bytes += bytes;
    }

    /// Whether the log is to be replaced by a state; it is given as many entries as `at_least`, or more bytes than the state.
    pub fn is_long(&self, at_least: usize) -> bool {
        let is_heavy = self.tail_bytes >= COMPACT_BYTES.max(self.state_bytes);
        !self.compacting && self.tail > 0 && (self.tail >= at_least || is_heavy)
    }

    /// The state that is stored and the log after it.
    pub fn stored_bytes(&self) -> usize {
        self.state_bytes + self.tail_bytes
    }

    /// The state to put in place of the log.
    pub fn compacted(&mut self) -> Bytes {
        let state = Bytes::from(self.state());
        (self.tail, self.tail_bytes, self.state_bytes, self.compacting) = (0, 0, state.len(), true);
        state
    }

    /// Queues one thing that is stored, if it is what can have been stored.
    fn take_stored(
        &mut self,
        update: &[u8],
        table: &[u8],
        limits: &Limits,
        authors: &mut Authors,
    ) -> Result<(), Poisoned> {
        let poisoned = |reason: String| Poisoned { channel: self.channel.0, reason };
        authors.load(table).map_err(|_| poisoned("the author table is not readable".into()))?;
        match self.judge(update, Arrival::Stored, authors, By::only(Author(uuid::Uuid::nil())), limits) {
            Verdict::NoOp => Ok(()),
            Verdict::Accept(checked) => {
                self.queue(None, &checked);
                Ok(())
            }
            Verdict::Gap => Err(poisoned("an entry rests on blocks that are not there".into())),
            Verdict::Refuse(refusal) => Err(poisoned(refusal.to_string())),
        }
    }

    /// The text up to the first thing stored that is not what can have been stored. `good` counts the others, one by one:
    /// should yrs panic over the next, the text up to there is still to be had.
    pub fn salvage(log: &ChannelLog, limits: &Limits, good: &mut usize) -> String {
        let mut document = Document::empty(Channel::TEXT, 0);
        let mut authors = Authors::default();
        *good = 0;
        for (update, table) in log.snapshot.iter().chain(&log.tail) {
            if document.take_stored(update, table, limits, &mut authors).is_err() {
                break;
            }
            document.settle();
            *good += 1;
        }
        document.content()
    }

    /// What the gate says of an update.
    pub fn judge(&self, bytes: &[u8], arrival: Arrival, authors: &Authors, by: By<'_>, limits: &Limits) -> Verdict {
        let known = Seen { document: self, authors, by, arrival };
        match self.channel {
            Channel::NOTES => gate::notes_update(bytes, &known, limits),
            _ => gate::update(bytes, arrival, &known, limits),
        }
    }

    /// Takes what the gate let through; it is applied at the next flush.
    pub fn queue(&mut self, from: Option<ConnId>, checked: &Checked) {
        for (client, _, to) in checked.fresh() {
            self.heads.insert(*client, *to);
        }
        self.lineage.grow(checked);
        self.text_bytes += checked.bytes().len();
        self.pending_bytes += checked.bytes().len();
        self.batch.push(Queued { from, update: checked.bytes().clone() });
    }

    /// Applies the batch as one transaction; `None` if it changed nothing.
    pub fn flush(&mut self) -> Option<Batch> {
        if self.batch.is_empty() {
            return None;
        }
        let by = std::mem::take(&mut self.batch);
        self.pending_bytes = 0;
        let mut transaction = self.doc.transact_mut();
        apply(&by, &mut transaction);
        if !transaction.has_changes() {
            return None;
        }
        let ranges = transaction.delete_set().iter();
        let deleted =
            ranges.flat_map(|(client, ranges)| ranges.iter().map(|range| (client.get(), range.clone()))).collect();
        Some(Batch { update: Bytes::from(transaction.encode_update_v1()), deleted, by })
    }

    /// The same for what is stored: nobody has to be told of it.
    fn settle(&mut self) {
        self.pending_bytes = 0;
        apply(&std::mem::take(&mut self.batch), &mut self.doc.transact_mut());
    }

    /// The notes, as they are.
    pub fn notes(&self) -> Notes {
        Notes::read(&notes::map_of(&self.doc), &self.doc.transact())
    }

    /// Writes changes of the notes, with nothing pending; what is new, or `None` if nothing is.
    pub fn write_notes(&mut self, changes: &[Change]) -> Option<Bytes> {
        if changes.is_empty() {
            return None;
        }
        let map = notes::map_of(&self.doc);
        let mut transaction = self.doc.transact_mut();
        notes::write(&map, &mut transaction, changes);
        let update = transaction.has_changes().then(|| Bytes::from(transaction.encode_update_v1()));
        drop(transaction);
        let own = self.doc.client_id();
        self.heads.insert(own.get(), self.vector().get(&own));
        update
    }

    /// Looks at passages in the text as it is.
    pub fn on_ground<R>(&self, look: impl FnOnce(&Ground<'_, yrs::Transaction<'_>>) -> R) -> R {
        let content = self.content();
        let transaction = self.doc.transact();
        look(&Ground::new(&transaction, &self.text, &content))
    }

    /// Whether something waits for the flush.
    pub fn is_pending(&self) -> bool {
        !self.batch.is_empty()
    }

    /// Bytes that wait for the flush.
    pub fn pending_bytes(&self) -> usize {
        self.pending_bytes
    }

    /// Whether `more` might pass `limit`, as far as is known without counting.
    pub fn is_near(&self, more: usize, limit: usize) -> bool {
        self.text_bytes.saturating_add(more) > limit
    }

    /// Makes the count of text bytes exact if `more` might pass `limit`. Call with nothing pending then.
    pub fn make_room(&mut self, more: usize, limit: usize) {
        if self.is_near(more, limit) {
            self.measure();
        }
    }

    /// The text.
    pub fn content(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    /// What there is, for a Step1.
    pub fn vector(&self) -> StateVector {
        self.doc.transact().state_vector()
    }

    /// What there is, encoded; the same bytes each time, though yrs keeps no order.
    pub fn vector_bytes(&self) -> Bytes {
        let vector = self.vector();
        let mut clocks: Vec<_> = vector.iter().collect();
        clocks.sort_unstable();
        let mut out = Writer::bare();
        out.number(clocks.len() as u64);
        for (client, clock) in clocks {
            out.number(client.get());
            out.number(u64::from(*clock));
        }
        out.done()
    }

    /// Everything somebody with this vector lacks, and all deletions.
    pub fn missing(&self, vector: &StateVector) -> Vec<u8> {
        self.doc.transact().encode_diff_v1(vector)
    }

    /// Everything.
    pub fn state(&self) -> Vec<u8> {
        self.missing(&StateVector::default())
    }

    /// A copy to write in under another client id.
    pub fn copy(&self, client: u64) -> (Doc, TextRef) {
        copied(&self.state(), client)
    }

    fn measure(&mut self) {
        self.text_bytes = self.content().len();
    }
}

fn apply(batch: &[Queued], transaction: &mut TransactionMut<'_>) {
    for queued in batch {
        // The gate made these bytes; if yrs does not take them, this room must end before it misleads anybody.
        let update = Update::decode_v1(&queued.update).expect("yrs reads what the gate wrote");
        transaction.apply_update(update).expect("yrs applies what the gate let through");
    }
}

/// Where the passages of notes are in a text with this state and content.
pub fn place_all(state: &[u8], content: &str, notes: &Notes) -> BTreeMap<uuid::Uuid, Range<usize>> {
    let (doc, text) = copied(state, 0);
    let transaction = doc.transact();
    let ground = Ground::new(&transaction, &text, content);
    let placed = notes.notes.iter().filter_map(|(id, note)| Some((*id, ground.place(note.passage.anchor.as_ref()?)?)));
    placed.collect()
}

pub(crate) fn copied(state: &[u8], client: u64) -> (Doc, TextRef) {
    let doc = new_doc(client);
    let text = doc.get_or_insert_text("content");
    let state = Update::decode_v1(state).expect("yrs reads what it wrote");
    doc.transact_mut().apply_update(state).expect("yrs applies what it wrote");
    (doc, text)
}

/// Offsets count UTF-16 units, as in a browser.
fn new_doc(client: u64) -> Doc {
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16;
    Doc::with_options(options)
}
