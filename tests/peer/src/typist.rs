//! A Y.Doc without a socket, for whoever sends its bytes as they like.

use yrs::{Doc, ReadTxn, StateVector, Text, TextRef, Transact};

use crate::new_doc;

/// Somebody who types and hears nothing.
pub struct Typist {
    doc: Doc,
    text: TextRef,
}

impl Default for Typist {
    fn default() -> Typist {
        let doc = new_doc();
        let text = doc.get_or_insert_text("content");
        Typist { doc, text }
    }
}

impl Typist {
    /// Types at the front; the update.
    pub fn types(&mut self, words: &str) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        self.text.insert(&mut transaction, 0, words);
        transaction.encode_update_v1()
    }

    /// Everything typed, as a Step2 would say it.
    pub fn all(&self) -> Vec<u8> {
        self.doc.transact().encode_diff_v1(&StateVector::default())
    }
}
