//! Somebody with an editor: a Y.Doc, a socket that may be slow or gone, and what was promised to them.

use std::collections::VecDeque;

use bytes::Bytes;
use uuid::Uuid;
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update};

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
    pub doc: Doc,
    text: TextRef,
    pub author: Author,
    pub dialect: Dialect,
    pub habit: Habit,
    /// What the server was told they may do.
    pub role: Role,
    /// What they were told.
    told: Role,
    pub link: Option<Link>,
    /// Writes the server called settled without refusing them.
    pub promised: Vec<Bytes>,
}

/// One connection, with what is on its way.
pub struct Link {
    pub conn: ConnId,
    pub inbox: VecDeque<Bytes>,
    pub outbox: VecDeque<Bytes>,
    pub reads: bool,
    asked: Option<StateVector>,
    writes: Vec<Write>,
    acked: usize,
}

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

impl Client {
    pub fn new(number: u64, habit: Habit, dialect: Dialect, rng: &mut Rng) -> Client {
        let doc = new_doc((rng.next() >> 33) * 16 + number + 1);
        let text = doc.get_or_insert_text("content");
        let role = if matches!(habit, Habit::Edits | Habit::Changes) { Role::Edit } else { Role::View };
        // Now and then the same person has two tabs.
        let person = if rng.chance(20) { number / 2 } else { number };
        let author = Author(Uuid::from_u128(u128::from(person) + 1));
        Client { doc, text, author, dialect, habit, role, told: role, link: None, promised: Vec::new() }
    }

    pub fn identity(&self) -> Identity {
        identity(self.author)
    }

    pub fn content(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    pub fn vector(&self) -> StateVector {
        self.doc.transact().state_vector()
    }

    pub fn connect(&mut self, conn: ConnId) {
        let (inbox, outbox) = (VecDeque::new(), VecDeque::from([wire::step1(&encode(&self.vector()))]));
        self.told = self.role;
        self.link = Some(Link { conn, inbox, outbox, reads: true, asked: None, writes: Vec::new(), acked: 0 });
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
        let update = {
            let mut transaction = self.doc.transact_mut();
            if rng.chance(30) && from + 1 < starts.len() {
                let until = (from + 1 + rng.below(8)).min(starts.len() - 1);
                self.text.remove_range(&mut transaction, offset(from), offset(until) - offset(from));
            } else {
                self.text.insert(&mut transaction, offset(from), WORDS[rng.below(WORDS.len())]);
            }
            Bytes::from(transaction.encode_update_v1())
        };
        self.write(update, false);
    }

    /// Answers the server's last question once more, as a provider does that was asked twice.
    pub fn answer(&mut self) {
        let Some(vector) = self.link.as_ref().and_then(|link| link.asked.clone()) else { return };
        let update = self.doc.transact().encode_diff_v1(&vector);
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
            Heard::Step2(update) | Heard::Update(update) => apply(&self.doc, &update),
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
        let transaction = self.doc.transact();
        transaction.has_missing_updates()
    }

    /// Nothing is on its way in either direction.
    pub fn is_quiet(&self) -> bool {
        self.link.as_ref().is_none_or(|link| link.inbox.is_empty() && link.outbox.is_empty())
    }
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

fn encode(vector: &StateVector) -> Vec<u8> {
    use yrs::updates::encoder::Encode;
    vector.encode_v1()
}
