//! Somebody with an editor: a Y.Doc, a socket that may be slow or gone, and what was promised to them.

use std::collections::VecDeque;

use bytes::Bytes;
use uuid::Uuid;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ClientID, Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, Update};

use super::editor::Editor;
use super::heard::{Heard, hear};
use super::rng::Rng;
use crate::wire;
use crate::{Author, ConnId, Dialect, Identity, Role};

const WORDS: &[&str] = &["a", "word ", "two words", "\n", "\r", "\r\n", "é", "漢字", "😀", "👩‍👧 ", "𝒳", "# ", "  "];

/// What a person does all along.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Habit {
    Edits,
    /// Only reads.
    Reads,
    /// May only read, and writes nonetheless.
    Insists,
    /// Is allowed to write, and not, and again.
    Changes,
}

pub struct Client {
    pub editor: Box<dyn Editor>,
    pub author: Author,
    pub dialect: Dialect,
    pub habit: Habit,
    /// What the server was told they may do.
    pub role: Role,
    /// What they were told.
    told: Role,
    pub link: Option<Link>,
    /// Something on its way to or from them was lost, and they do not know it: only coming again can mend it.
    pub lost: bool,
    /// Writes the server called settled without refusing them.
    pub promised: Vec<Bytes>,
}

/// One connection, with what is on its way.
pub struct Link {
    pub conn: ConnId,
    pub inbox: VecDeque<Bytes>,
    pub outbox: VecDeque<Bytes>,
    pub reads: bool,
    pub sends: bool,
    asked: Option<StateVector>,
    writes: Vec<Write>,
    acked: usize,
}

#[derive(Clone)]
struct Write {
    step2: bool,
    /// Taken away when it is refused.
    update: Option<Bytes>,
}

/// What a client does after a message.
#[derive(Debug, PartialEq)]
pub enum Then {
    Stay,
    /// It was told that the server lacks something: it comes again.
    Reconnect,
}

/// Where a new client's editor comes from, by the id it is to write under.
pub type Desk<'a> = &'a mut dyn FnMut(u64) -> Box<dyn Editor>;

impl Client {
    pub fn new(number: u64, habit: Habit, dialect: Dialect, rng: &mut Rng, desk: Desk) -> Client {
        let editor = desk((rng.number() >> 33) * 16 + number + 1);
        let role = if matches!(habit, Habit::Edits | Habit::Changes) { Role::Edit } else { Role::View };
        // Now and then the same person has two tabs.
        let person = if rng.chance(20) { number / 2 } else { number };
        let author = Author(Uuid::from_u128(u128::from(person) + 1));
        Client { editor, author, dialect, habit, role, told: role, link: None, lost: false, promised: Vec::new() }
    }

    pub fn identity(&self) -> Identity {
        identity(self.author)
    }

    pub fn content(&self) -> String {
        self.editor.text()
    }

    pub fn vector(&self) -> StateVector {
        StateVector::decode_v1(&self.editor.vector()).expect("a state vector")
    }

    pub fn connect(&mut self, conn: ConnId) {
        let (inbox, outbox) = (VecDeque::new(), VecDeque::from([wire::step1(&self.editor.vector())]));
        (self.told, self.lost) = (self.role, false);
        let (asked, writes) = (None, Vec::new());
        self.link = Some(Link { conn, inbox, outbox, reads: true, sends: true, asked, writes, acked: 0 });
    }

    /// Types or deletes something, if they think they may.
    pub fn edit(&mut self, rng: &mut Rng) {
        // A stock client does not know what it may.
        let may = self.told >= Role::Edit || self.dialect == Dialect::Stock || self.habit == Habit::Insists;
        if !may || self.habit == Habit::Reads {
            return;
        }
        let content = self.content();
        let starts: Vec<usize> = content.char_indices().map(|(at, _)| at).chain([content.len()]).collect();
        let from = rng.below(starts.len());
        let offset = |nth: usize| content[..starts[nth]].encode_utf16().count() as u32;
        let update = if rng.chance(30) && from + 1 < starts.len() {
            let until = (from + 1 + rng.below(8)).min(starts.len() - 1);
            self.editor.remove(offset(from), offset(until) - offset(from))
        } else {
            self.editor.insert(offset(from), WORDS[rng.below(WORDS.len())])
        };
        let update = Bytes::from(update);
        self.write(update, false);
    }

    /// Answers the server's last question once more, as a provider does that was asked twice.
    pub fn answer(&mut self) {
        let Some(vector) = self.link.as_ref().and_then(|link| link.asked.clone()) else { return };
        let update = self.editor.diff(&vector.encode_v1());
        self.write(Bytes::from(update), true);
    }

    fn write(&mut self, update: Bytes, step2: bool) {
        let Some(link) = &mut self.link else { return };
        let frame = if step2 { wire::step2(&update) } else { wire::update(&update) };
        link.outbox.push_back(frame);
        link.writes.push(Write { step2, update: Some(update) });
    }

    /// Reads the next frame on its way, if there is one.
    pub fn read(&mut self) -> Result<Then, String> {
        let Some(frame) = self.link.as_mut().and_then(|link| link.inbox.pop_front()) else { return Ok(Then::Stay) };
        match hear(&frame) {
            Heard::Step1(vector) => {
                if let Some(link) = &mut self.link {
                    link.asked = Some(vector);
                }
                self.answer();
            }
            Heard::Step2(update) | Heard::Update(update) => self.editor.apply(&update),
            Heard::Awareness(_) => {}
            galley if self.dialect == Dialect::Stock => return Err(format!("a stock client was told {galley:?}")),
            Heard::Ack(upto) => self.settle(upto)?,
            Heard::Nack { nth, code } => return self.refused(nth as usize, code),
            Heard::Grant { role, .. } => {
                self.told = if role >= Role::Edit as u64 { Role::Edit } else { Role::View };
            }
            Heard::Keepalive => {}
            other => return Err(format!("nobody asked for {other:?}")),
        }
        Ok(Then::Stay)
    }

    fn settle(&mut self, upto: u64) -> Result<(), String> {
        let Some(link) = &mut self.link else { return Ok(()) };
        let upto = upto as usize;
        if upto <= link.acked || upto > link.writes.len() {
            return Err(format!("Ack {upto} after Ack {} of {} writes", link.acked, link.writes.len()));
        }
        self.promised.extend(link.writes[link.acked..upto].iter().filter_map(|write| write.update.clone()));
        link.acked = upto;
        Ok(())
    }

    /// A refused Step2 and "something is missing" speak of every write that waited for them, too.
    fn refused(&mut self, nth: usize, code: u64) -> Result<Then, String> {
        let Some(link) = &mut self.link else { return Ok(Then::Stay) };
        if nth <= link.acked || nth > link.writes.len() {
            return Err(format!("Nack {nth} after Ack {} of {} writes", link.acked, link.writes.len()));
        }
        let missing = code == wire::Nack::Missing as u64;
        let from = if missing || link.writes[nth - 1].step2 { link.acked } else { nth - 1 };
        link.writes[from..nth].iter_mut().for_each(|write| write.update = None);
        Ok(if missing { Then::Reconnect } else { Then::Stay })
    }

    /// Whether every write of this connection is settled, as far as they know.
    pub fn is_settled(&self) -> bool {
        self.dialect == Dialect::Stock || self.link.as_ref().is_none_or(|link| link.acked == link.writes.len())
    }

    pub fn is_waiting(&self) -> bool {
        self.editor.is_waiting()
    }

    /// Nothing is on its way in either direction.
    pub fn is_quiet(&self) -> bool {
        self.link.as_ref().is_none_or(|link| link.inbox.is_empty() && link.outbox.is_empty())
    }
}

/// What a careless client does. A write that never left is not counted; one that left twice counts twice. What the server
/// sends comes in order or not at all, as TCP has it; it may come twice.
impl Client {
    pub fn disturb(&mut self, rng: &mut Rng) {
        let Some(link) = &mut self.link else { return };
        match rng.below(4) {
            0 => link.repeat_write(),
            1 => link.swap_updates(),
            2 => self.lost |= link.lose_write(),
            _ => link.repeat_news(),
        }
    }
}

impl Link {
    fn repeat_write(&mut self) {
        if let (Some(frame), Some(write)) = (self.outbox.back().filter(|frame| is_write(frame)), self.writes.last()) {
            let (frame, write) = (frame.clone(), write.clone());
            self.outbox.push_back(frame);
            self.writes.push(write);
        }
    }

    /// Two updates only: a Step2 holds whatever was sent before it, or its sender has lost its mind.
    fn swap_updates(&mut self) {
        let (frames, writes) = (self.outbox.len(), self.writes.len());
        if self.outbox.iter().rev().take(2).filter(|frame| is_update(frame)).count() == 2 {
            self.outbox.swap(frames - 1, frames - 2);
            self.writes.swap(writes - 1, writes - 2);
        }
    }

    /// Whether there was one.
    fn lose_write(&mut self) -> bool {
        let lost = self.outbox.pop_back_if(|frame| is_write(frame)).is_some();
        if lost {
            self.writes.pop();
        }
        lost
    }

    fn repeat_news(&mut self) {
        let last = self.inbox.back().filter(|frame| is_write(frame)).cloned();
        self.inbox.extend(last);
    }
}

fn is_update(frame: &Bytes) -> bool {
    matches!(frame.as_ref(), [0, 2, ..])
}

/// Whether a frame is a Step2 or an Update.
fn is_write(frame: &Bytes) -> bool {
    matches!(frame.as_ref(), [0, 1 | 2, ..])
}

pub fn identity(author: Author) -> Identity {
    let name = format!("Person {}", author.0.as_u128());
    Identity { author, name, peer: 1, color: "#112233".into(), color_light: "#aabbcc".into(), guest: false }
}

pub fn new_doc(client: u64) -> Doc {
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16;
    Doc::with_options(options)
}

pub fn apply(doc: &Doc, update: &[u8]) {
    let update = Update::decode_v1(update).expect("an update");
    doc.transact_mut().apply_update(update).expect("an update that applies");
}

/// Whether a document would not change by an update, now or later.
pub fn contains(doc: &Doc, update: &[u8]) -> bool {
    let update = Update::decode_v1(update).expect("an update");
    let mut transaction = doc.transact_mut();
    transaction.apply_update(update).expect("an update that applies");
    !transaction.has_changes() && !transaction.has_missing_updates()
}
