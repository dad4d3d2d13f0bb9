//! Any bytes as an update, a stored text and stored notes: a verdict, never a panic.

#![no_main]

use fuzz::Document;
use libfuzzer_sys::fuzz_target;
use room::Limits;
use room::gate::{Arrival, notes_update, update};

fuzz_target!(|bytes: &[u8]| {
    let (document, limits) = (Document::default(), Limits::default());
    for arrival in [Arrival::Update, Arrival::Step2, Arrival::Stored] {
        let _ = update(bytes, arrival, &document, &limits);
    }
    let _ = notes_update(bytes, &document, &limits);
});
