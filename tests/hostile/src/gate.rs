//! FZ1, FZ2: any bytes at the gate get a verdict, and what it lets through is safe for yrs.

use room::Limits;
use room::gate::{Arrival, notes_update, update};

use crate::document::Document;
use crate::tape::Tape;

/// Any bytes as an update, a stored text and stored notes: a verdict, never a panic.
pub fn total(bytes: &[u8]) {
    let (document, limits) = (Document::default(), Limits::default());
    for arrival in [Arrival::Update, Arrival::Step2, Arrival::Stored] {
        let _ = update(bytes, arrival, &document, &limits);
    }
    let _ = notes_update(bytes, &document, &limits);
}

/// A row of updates into one document.
pub fn apply(bytes: &[u8]) {
    let document = offered(bytes);
    assert_eq!(document.reload().text(), document.text(), "loaded, it reads otherwise");
}

/// The document after a row of updates: the input is cut where a byte says how long the next one is.
pub fn offered(bytes: &[u8]) -> Document {
    let mut document = Document::default();
    let mut tape = Tape::new(bytes);
    while !tape.is_empty() {
        let len = tape.byte();
        let update = tape.take(usize::from(len));
        document.offer(update, if len.is_multiple_of(2) { Arrival::Update } else { Arrival::Step2 });
    }
    document
}
