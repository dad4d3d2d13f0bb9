//! A row of updates into one document: the input is cut where a byte says how long the next one is.

#![no_main]

use fuzz::Document;
use libfuzzer_sys::fuzz_target;
use room::gate::Arrival;

fuzz_target!(|bytes: &[u8]| {
    let mut document = Document::default();
    let mut rest = bytes;
    while let [len, tail @ ..] = rest {
        let (update, after) = tail.split_at((*len as usize).min(tail.len()));
        document.offer(update, if len % 2 == 0 { Arrival::Update } else { Arrival::Step2 });
        rest = after;
    }
    document.text();
    document.reload().text();
});
