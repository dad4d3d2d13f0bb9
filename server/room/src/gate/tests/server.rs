//! A document behind the gate, as the room keeps one, with everything the gate promises asserted at each step.

use std::collections::HashMap;

use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Transact, Update, WriteTxn};

use crate::Limits;
use crate::gate::{Arrival, Known, Lineage, Standing, Verdict, update};

pub(crate) struct Server {
    pub(crate) doc: Doc,
    pub(crate) heads: HashMap<u64, u32>,
    pub(crate) lineage: Lineage,
    pub(crate) standings: HashMap<u64, Standing>,
    pub(crate) limits: Limits,
    /// Units known to be deleted: client, from, to.
    pub(crate) deleted: Option<(u64, u32, u32)>,
}

pub(crate) fn doc(client: u64) -> Doc {
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16;
    let doc = Doc::with_options(options);
    doc.get_or_insert_text("content");
    doc
}

impl Known for Server {
    fn head(&self, client: u64) -> u32 {
        self.heads.get(&client).copied().unwrap_or(0)
    }

    fn standing(&self, client: u64) -> Standing {
        self.standings.get(&client).copied().unwrap_or(Standing::Unbound)
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

    fn deleted(&self, client: u64, from: u32, to: u32) -> bool {
        self.deleted.is_some_and(|gone| gone.0 == client && gone.1 <= from && to <= gone.2)
    }
}

impl Server {
    pub(crate) fn new() -> Server {
        Server {
            doc: doc(1),
            heads: HashMap::new(),
            lineage: Lineage::default(),
            standings: HashMap::new(),
            limits: Limits::default(),
            deleted: None,
        }
    }

    /// What the gate says; what it accepts is applied.
    pub(crate) fn offer(&mut self, bytes: &[u8], arrival: Arrival) -> Verdict {
        let verdict = update(bytes, arrival, self, &self.limits);
        if let Verdict::Accept(checked) = &verdict {
            self.lineage.grow(checked);
            self.apply(checked.bytes());
            for (client, from, to) in checked.fresh() {
                assert_eq!(self.head(*client), *from, "GT19: fresh begins at the head");
                assert!(to > from, "GT19: fresh is not empty");
                self.heads.insert(*client, *to);
            }
            self.assert_whole();
        }
        verdict
    }

    fn apply(&self, bytes: &[u8]) {
        let decoded = Update::decode_v1(bytes).expect("GT19: yrs reads what the gate wrote");
        self.doc.transact_mut().apply_update(decoded).expect("GT19: yrs applies it");
    }

    /// GT19: nothing waits, and yrs holds exactly what the gate believes.
    fn assert_whole(&self) {
        let txn = self.doc.transact();
        assert!(!txn.has_missing_updates(), "GT19: nothing is pending");
        let vector = txn.state_vector();
        assert_eq!(vector.len(), self.heads.len(), "GT19: as many clients");
        for (client, head) in &self.heads {
            assert_eq!(vector.get(&ClientID::new(*client)), *head, "GT19: the head of {client}");
        }
    }

    pub(crate) fn text(&self) -> String {
        let txn = self.doc.transact();
        txn.get_text("content").map(|text| text.get_string(&txn)).unwrap_or_default()
    }

    pub(crate) fn state(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// A server that loads what this one would store.
    pub(crate) fn reload(&self) -> Server {
        let mut again = Server::new();
        let verdict = again.offer(&self.state(), Arrival::Stored);
        let empty = self.heads.is_empty();
        assert!(matches!(verdict, Verdict::Accept(_)) != empty, "GT15: what was accepted loads: {verdict:?}");
        assert_eq!(again.heads, self.heads, "GT15: all of it");
        again
    }

    /// Removes every character, one yrs has to find by walking.
    pub(crate) fn delete_everything(&self) {
        let mut txn = self.doc.transact_mut();
        let text = txn.get_or_insert_text("content");
        let len = yrs::Text::len(&text, &txn);
        yrs::Text::remove_range(&text, &mut txn, 0, len);
    }
}
