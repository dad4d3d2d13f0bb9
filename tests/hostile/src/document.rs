//! A document behind the gate, small enough to be made afresh for every input.

use std::collections::HashMap;

use bytes::Bytes;
use room::Limits;
use room::gate::{Arrival, Known, Lineage, Standing, Verdict, update};
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Transact, Update};

/// What the gate has let through, applied.
pub struct Document {
    doc: Doc,
    heads: HashMap<u64, u32>,
    lineage: Lineage,
    accepted: Vec<Bytes>,
}

impl Default for Document {
    fn default() -> Document {
        let mut options = Options::with_client_id(ClientID::new(1));
        options.offset_kind = OffsetKind::Utf16;
        let (doc, lineage) = (Doc::with_options(options), Lineage::default());
        Document { doc, heads: HashMap::new(), lineage, accepted: Vec::new() }
    }
}

/// Clients 0 to 3 have each relation a client can have to the sender; all others are new.
impl Known for Document {
    fn head(&self, client: u64) -> u32 {
        self.heads.get(&client).copied().unwrap_or(0)
    }

    fn standing(&self, client: u64) -> Standing {
        match client {
            0 => Standing::Own,
            2 => Standing::Recovering,
            3 => Standing::Foreign,
            _ => Standing::Unbound,
        }
    }

    fn lineage(&self) -> &Lineage {
        &self.lineage
    }

    fn clients(&self) -> usize {
        self.heads.len()
    }

    fn text_bytes(&self) -> usize {
        self.text().len()
    }
}

impl Document {
    /// Applies an update if the gate accepts it, and asserts what the gate promises (GT19).
    pub fn offer(&mut self, bytes: &[u8], arrival: Arrival) {
        let Verdict::Accept(checked) = update(bytes, arrival, self, &Limits::default()) else { return };
        self.lineage.grow(&checked);
        let decoded = Update::decode_v1(checked.bytes()).expect("yrs reads what the gate wrote");
        self.doc.transact_mut().apply_update(decoded).expect("and applies it");
        self.heads.extend(checked.fresh().iter().map(|(client, _, to)| (*client, *to)));
        let txn = self.doc.transact();
        assert!(!txn.has_missing_updates());
        let vector = txn.state_vector();
        assert!(self.heads.iter().all(|(client, head)| vector.get(&ClientID::new(*client)) == *head));
        assert_eq!(vector.len(), self.heads.len());
        self.accepted.push(checked.bytes().clone());
    }

    /// What was accepted, in order: what peers are sent.
    pub fn accepted(&self) -> &[Bytes] {
        &self.accepted
    }

    /// The clock after the last block of every client id.
    pub fn heads(&self) -> &HashMap<u64, u32> {
        &self.heads
    }

    /// All of it as one update, as joiners get it.
    pub fn state(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// Stores and loads it.
    pub fn reload(&self) -> Document {
        let mut again = Document::default();
        again.offer(&self.state(), Arrival::Stored);
        assert_eq!(again.heads, self.heads);
        again
    }

    /// Reads all of it.
    pub fn text(&self) -> String {
        let txn = self.doc.transact();
        txn.get_text("content").map(|text| text.get_string(&txn)).unwrap_or_default()
    }
}
