//! What a person types into: a Y.Doc of some implementation. Ours is yrs; the torture tests bring Yjs from Node.

use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Doc, GetString, ReadTxn, StateVector, Text, TextRef, Transact};

use super::client::{apply, new_doc};

/// A document with one text, `content`. Offsets and lengths are UTF-16; states and updates are bytes of version 1.
pub trait Editor {
    /// The id its blocks carry.
    fn client(&self) -> u64;
    /// What it shows.
    fn text(&self) -> String;
    /// Which blocks it has.
    fn vector(&self) -> Vec<u8>;
    /// Inserts; the update of it.
    fn insert(&mut self, at: u32, text: &str) -> Vec<u8>;
    /// Deletes; the update of it.
    fn remove(&mut self, at: u32, len: u32) -> Vec<u8>;
    /// What somebody with this state vector lacks.
    fn diff(&self, vector: &[u8]) -> Vec<u8>;
    /// Takes an update in.
    fn apply(&mut self, update: &[u8]);
    /// Whether it holds updates whose predecessors it has not seen.
    fn is_waiting(&self) -> bool;
}

/// yrs.
pub struct Yrs {
    doc: Doc,
    text: TextRef,
}

impl Yrs {
    pub fn new(client: u64) -> Yrs {
        let doc = new_doc(client);
        let text = doc.get_or_insert_text("content");
        Yrs { doc, text }
    }
}

impl Editor for Yrs {
    fn client(&self) -> u64 {
        self.doc.client_id().get()
    }

    fn text(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    fn vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    fn insert(&mut self, at: u32, text: &str) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        self.text.insert(&mut transaction, at, text);
        transaction.encode_update_v1()
    }

    fn remove(&mut self, at: u32, len: u32) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        self.text.remove_range(&mut transaction, at, len);
        transaction.encode_update_v1()
    }

    fn diff(&self, vector: &[u8]) -> Vec<u8> {
        self.doc.transact().encode_diff_v1(&StateVector::decode_v1(vector).expect("a state vector"))
    }

    fn apply(&mut self, update: &[u8]) {
        apply(&self.doc, update);
    }

    fn is_waiting(&self) -> bool {
        self.doc.transact().has_missing_updates()
    }
}
