//! From bytes to a verdict.
//!
//! Read everything, take what can be taken, cut the delete set to it, and write that down again. The rules are GT5 to
//! GT23 of the specification. Next: `section.rs` and `resolve.rs` for how blocks are taken.

use bytes::Bytes;

use super::block::{Blocks, Grammar};
use super::deletes::Deletes;
use super::lib0::{Reader, put_varuint};
use super::resolve::{Places, Sections};
use super::section::{Progress, Section};
use super::{Arrival, Checked, Known, Malformed, Refusal, Standing, Verdict};
use crate::Limits;

/// Judges an update of the text (channel 0).
pub fn update(bytes: &[u8], arrival: Arrival, known: &dyn Known, limits: &Limits) -> Verdict {
    Gate { grammar: Grammar::Text, arrival, known, limits }.verdict(bytes)
}

/// Judges a stored update of the notes (channel 1). Nothing else ever brings one.
pub fn notes_update(bytes: &[u8], known: &dyn Known, limits: &Limits) -> Verdict {
    Gate { grammar: Grammar::Notes, arrival: Arrival::Stored, known, limits }.verdict(bytes)
}

impl From<Malformed> for Refusal {
    fn from(Malformed(why): Malformed) -> Refusal {
        Refusal::Invalid(why)
    }
}

struct Gate<'k> {
    grammar: Grammar,
    arrival: Arrival,
    known: &'k dyn Known,
    limits: &'k Limits,
}

impl<'k> Gate<'k> {
    fn verdict(&self, bytes: &[u8]) -> Verdict {
        self.check(bytes).unwrap_or_else(Verdict::Refuse)
    }

    fn check(&self, bytes: &[u8]) -> Result<Verdict, Refusal> {
        if self.is_limited() && bytes.len() > self.limits.message_bytes {
            return Err(Refusal::TooLarge("message_bytes"));
        }
        let mut reader = Reader::new(bytes);
        let mut sections = Sections::new(self.read_sections(&mut reader)?, self.known, self.places())?;
        let mut deletes = Deletes::read(&mut reader, self.client_ids())?;
        reader.end()?;

        sections.resolve()?;
        let cut = deletes.clip(|client| sections.reach(client));
        let withheld = cut || sections.all.iter().any(Section::is_short);
        match self.arrival {
            Arrival::Update if withheld => return Ok(Verdict::Gap),
            Arrival::Stored if withheld => return Err(Refusal::Invalid("it rests on blocks that are not there")),
            _ => deletes.forget(|client, from, to| self.known.deleted(client, from, to)),
        }
        sections.all.retain(|section| section.reach > section.head);
        if sections.all.is_empty() && deletes.is_empty() {
            return Ok(if withheld { Verdict::Gap } else { Verdict::NoOp });
        }
        self.check_limits(&sections.all)?;
        Ok(Verdict::Accept(self.checked(bytes, sections, &deletes, withheld)?))
    }

    fn read_sections<'a>(&self, reader: &mut Reader<'a>) -> Result<Vec<Section<'a>>, Refusal> {
        let mut sections = Vec::new();
        for _ in 0..reader.count(3)? {
            let blocks = Blocks::open(reader, self.grammar)?;
            let head = self.known.head(blocks.client());
            let mut section = Section::read(reader, blocks, head, self.arrival)?;
            if section.is_fresh() && !self.may_bring(section.client) {
                section.progress = Progress::Stuck;
            }
            sections.push(section);
            if sections.len() > self.client_ids() {
                return Err(Refusal::TooLarge("client_ids"));
            }
        }
        Ok(sections)
    }

    fn may_bring(&self, client: u64) -> bool {
        self.arrival == Arrival::Stored
            || match self.known.standing(client) {
                Standing::Own | Standing::Unbound => true,
                Standing::Recovering => self.arrival == Arrival::Step2,
                Standing::Foreign => false,
            }
    }

    fn places(&self) -> Places {
        match (self.grammar, self.arrival) {
            (Grammar::Notes, _) => Places::Keyed,
            (Grammar::Text, Arrival::Stored) => Places::Settled,
            (Grammar::Text, Arrival::Update | Arrival::Step2) => Places::Proven,
        }
    }

    /// What is stored was within the limits of its day and must load.
    fn is_limited(&self) -> bool {
        self.arrival != Arrival::Stored
    }

    fn client_ids(&self) -> usize {
        if self.is_limited() { self.limits.client_ids } else { usize::MAX }
    }

    fn check_limits(&self, taken: &[Section]) -> Result<(), Refusal> {
        let new_clients = taken.iter().filter(|section| section.head == 0).count();
        let inserted: usize = taken.iter().map(Section::text_bytes).sum();
        if !self.is_limited() {
            Ok(())
        } else if new_clients > 0 && self.known.clients().saturating_add(new_clients) > self.limits.client_ids {
            Err(Refusal::TooLarge("client_ids"))
        } else if inserted > 0 && self.known.text_bytes().saturating_add(inserted) > self.limits.text_bytes {
            Err(Refusal::TooLarge("text_bytes"))
        } else {
            Ok(())
        }
    }

    fn checked(
        &self,
        source: &[u8],
        sections: Sections,
        deletes: &Deletes,
        withheld: bool,
    ) -> Result<Checked, Refusal> {
        let taken = &sections.all;
        let mut out = Vec::with_capacity(source.len());
        put_varuint(&mut out, taken.len() as u64);
        for section in taken {
            section.write(source, self.arrival, &mut out)?;
        }
        deletes.write(&mut out);
        Ok(Checked {
            bytes: Bytes::from(out),
            fresh: taken.iter().map(|section| (section.client, section.head, section.reach)).collect(),
            unbound: self.standing(taken, Standing::Unbound),
            recovering: self.standing(taken, Standing::Recovering),
            withheld,
            starts: sections.growth.starts(),
        })
    }

    fn standing(&self, taken: &[Section], standing: Standing) -> Vec<u64> {
        if self.arrival == Arrival::Stored {
            return Vec::new();
        }
        let clients = taken.iter().map(|section| section.client);
        clients.filter(|client| self.known.standing(*client) == standing).collect()
    }
}
