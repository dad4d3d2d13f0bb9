//! FZ3: what the gate accepts, Yjs takes as yrs does. Everything else would be a poison pill for browsers.

use std::cell::RefCell;
use std::collections::HashMap;

use room::gate::{Arrival, Known};
use serde_json::Value;
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, Text, Transact, Update};

use crate::children::Node;
use crate::document::Document;
use crate::gate::offered;
use crate::tape::{Tape, put_varuint};

thread_local! {
    static YJS: RefCell<Option<Option<Node>>> = const { RefCell::new(None) };
}

/// A row of updates, applied by yrs and by Yjs.
pub fn agree(bytes: &[u8]) {
    compare(&offered(bytes));
}

/// A row of updates that are well-formed but for what a few bytes of the input change; then as [`agree`].
pub fn structured(bytes: &[u8]) {
    let mut document = Document::default();
    let mut tape = Tape::new(bytes);
    while !tape.is_empty() {
        let arrival = tape.pick(&[Arrival::Update, Arrival::Step2]);
        let mut update = structs(&mut tape, &document);
        for _ in 0..tape.pick(&[0, 0, 0, 0, 1, 2]) {
            let at = tape.below(update.len());
            update[at] ^= 1 << tape.below(8);
        }
        document.offer(&update, arrival);
    }
    compare(&document);
}

/// A row of updates most of which the gate takes: blocks between units that may well be neighbours, and some that are not.
pub fn woven(bytes: &[u8]) {
    let mut document = Document::default();
    let mut tape = Tape::new(bytes);
    while !tape.is_empty() {
        let client = tape.pick(&CLIENTS);
        let count = 1 + tape.below(3);
        let mut out = vec![1];
        put_varuint(&mut out, count as u64);
        put_varuint(&mut out, client);
        put_varuint(&mut out, document.head(client).into());
        (0..count).for_each(|_| woven_block(&mut tape, &document, &mut out));
        deletes(&mut tape, &document, &mut out);
        document.offer(&out, Arrival::Step2);
    }
    compare(&document);
}

fn woven_block(tape: &mut Tape, document: &Document, out: &mut Vec<u8>) {
    let known: Vec<(u64, u32)> = CLIENTS.iter().map(|id| (*id, document.head(*id))).filter(|(_, to)| *to > 0).collect();
    let mut unit = |percent: u8| {
        if known.is_empty() || !tape.chance(percent) {
            return None;
        }
        let (client, to) = tape.pick(&known);
        Some((client, tape.below(to as usize) as u32))
    };
    let left = unit(80);
    let near =
        left.map(|(client, clock)| (client, clock + 1)).filter(|(client, clock)| *clock < document.head(*client));
    let other = unit(50);
    let right = if tape.chance(50) { near } else { other };
    let deleted = tape.chance(10);
    let has = |unit: Option<(u64, u32)>, flag: u8| if unit.is_some() { flag } else { 0 };
    out.push(has(left, 0x80) | has(right, 0x40) | if deleted { 1 } else { 4 });
    for (client, clock) in left.into_iter().chain(right) {
        put_varuint(out, client);
        put_varuint(out, clock.into());
    }
    if left.is_none() && right.is_none() {
        out.push(1);
        string("content", out);
    }
    match deleted {
        true => put_varuint(out, 1 + tape.below(3) as u64),
        false => string(tape.pick(&STRINGS), out),
    }
}

/// Three honest writers: the gate takes everything they write, and Yjs reads the same text as yrs.
pub fn honest(bytes: &[u8]) {
    let mut server = Document::default();
    let writers = [11, 12, 13].map(writer);
    let mut tape = Tape::new(bytes);
    while !tape.is_empty() {
        let doc = &writers[tape.below(writers.len())];
        let before = doc.transact().state_vector();
        match tape.below(4) {
            0 => {
                let state = Update::decode_v1(&server.state()).expect("the server's own state");
                doc.transact_mut().apply_update(state).expect("and it applies");
                continue;
            }
            1 => delete(doc, &mut tape),
            _ => insert(doc, &mut tape),
        }
        let update = doc.transact().encode_state_as_update_v1(&before);
        let (known, text) = (server.accepted().len(), server.text());
        server.offer(&update, Arrival::Update);
        let taken = server.accepted().len() > known || server.text() == text;
        assert!(taken, "an honest edit was not taken: {}", hex(&update));
    }
    compare(&server);
}

fn writer(client: u64) -> Doc {
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16;
    Doc::with_options(options)
}

/// A place between two characters, in UTF-16 units.
fn place(text: &str, tape: &mut Tape) -> u32 {
    let chars = text.chars().count();
    text.chars().take(tape.below(chars + 1)).map(char::len_utf16).sum::<usize>() as u32
}

fn insert(doc: &Doc, tape: &mut Tape) {
    let text = doc.get_or_insert_text("content");
    let mut txn = doc.transact_mut();
    let at = place(&text.get_string(&txn), tape);
    text.insert(&mut txn, at, tape.pick(&STRINGS));
}

fn delete(doc: &Doc, tape: &mut Tape) {
    let text = doc.get_or_insert_text("content");
    let mut txn = doc.transact_mut();
    let whole = text.get_string(&txn);
    let (one, other) = (place(&whole, tape), place(&whole, tape));
    if one != other {
        text.remove_range(&mut txn, one.min(other), one.abs_diff(other));
    }
}

/// One text: in yrs as it was applied and as it is loaded, in Yjs update by update and from one state.
fn compare(document: &Document) {
    if document.accepted().is_empty() {
        return;
    }
    assert_eq!(document.reload().text(), document.text(), "loaded, it reads otherwise: {:?}", hexes(document));
    let mut updates = hexes(document);
    updates.push(hex(&document.state()));
    let question = serde_json::to_vec(&updates).expect("strings are JSON");
    let Some(answer) = YJS.with_borrow_mut(|yjs| {
        let needs = ["node_modules/yjs/package.json"];
        let node = yjs.get_or_insert_with(|| Node::start("src/yjs.mjs", &needs)).as_mut()?;
        Some(node.ask(&question))
    }) else {
        return;
    };
    let seen: [Value; 2] = serde_json::from_slice(&answer).expect("an answer of two");
    for (seen, how) in seen.iter().zip(["update by update", "as one state"]) {
        let how = format!("{how}: {updates:?}");
        assert!(seen["error"].is_null(), "Yjs refuses {how}: {}", seen["error"]);
        assert_eq!(seen["pending"], Value::Bool(false), "Yjs waits for something, {how}");
        assert_eq!(seen["text"], Value::String(document.text()), "Yjs reads another text {how}");
        let heads: HashMap<String, u32> = serde_json::from_value(seen["heads"].clone()).expect("numbers");
        let ours: HashMap<String, u32> = document.heads().iter().map(|(id, head)| (id.to_string(), *head)).collect();
        assert_eq!(heads, ours, "Yjs knows other blocks {how}");
        // What a browser has must be able to come back.
        let mut again = Document::default();
        again.offer(&unhex(seen["state"].as_str().unwrap_or_default()), Arrival::Stored);
        assert_eq!(again.heads(), document.heads(), "what Yjs writes, {how}");
    }
}

const CLIENTS: [u64; 5] = [0, 2, 3, 9, (1 << 53) - 1];
const CLOCKS: [u64; 6] = [0, 1, 5, (1 << 31) - 1, 1 << 31, (1 << 32) - 1];
const STRINGS: [&str; 8] = ["a", "bc", "😀", "x😀y", "é", "漢字", "😀😀", "\u{fffd}"];

/// One update of well-formed sections.
fn structs(tape: &mut Tape, document: &Document) -> Vec<u8> {
    let mut out = Vec::new();
    let clients: Vec<u64> = CLIENTS.iter().copied().filter(|_| tape.chance(40)).collect();
    put_varuint(&mut out, clients.len() as u64);
    for client in clients {
        let count = 1 + tape.below(4);
        put_varuint(&mut out, count as u64);
        put_varuint(&mut out, client);
        let head = u64::from(document.head(client));
        let start = if tape.chance(80) { head } else { u64::from(tape.byte()) };
        put_varuint(&mut out, start);
        for _ in 0..count {
            block(tape, document, &mut out);
        }
    }
    deletes(tape, document, &mut out);
    out
}

fn block(tape: &mut Tape, document: &Document, out: &mut Vec<u8>) {
    if tape.chance(6) {
        out.push(tape.pick(&[0, 0, 0, 10]));
        return put_varuint(out, 1 + tape.below(4) as u64);
    }
    let deleted = tape.chance(20);
    let roots = if document.heads().is_empty() { 1 } else { 5 };
    let info: u8 = [0, 0x80, 0x40, 0xc0, 0xc0][tape.below(roots)];
    out.push(info | if deleted { 1 } else { 4 });
    for _ in 0..info.count_ones() {
        id(tape, document, out);
    }
    if info == 0 {
        out.push(1);
        string("content", out);
    }
    match deleted {
        true => put_varuint(out, 1 + tape.below(4) as u64),
        false => string(tape.pick(&STRINGS), out),
    }
}

fn id(tape: &mut Tape, document: &Document, out: &mut Vec<u8>) {
    let client = tape.pick(&CLIENTS);
    let head = document.head(client) as usize;
    let clock = if tape.chance(97) { tape.below(head + 1) as u64 } else { tape.pick(&CLOCKS) };
    put_varuint(out, client);
    put_varuint(out, clock);
}

fn deletes(tape: &mut Tape, document: &Document, out: &mut Vec<u8>) {
    let clients: Vec<u64> =
        CLIENTS.iter().copied().filter(|client| document.head(*client) > 0 && tape.chance(25)).collect();
    put_varuint(out, clients.len() as u64);
    for client in clients {
        put_varuint(out, client);
        let count = 1 + tape.below(2);
        put_varuint(out, count as u64);
        for _ in 0..count {
            put_varuint(out, tape.below(document.head(client) as usize) as u64);
            put_varuint(out, tape.below(5) as u64);
        }
    }
}

fn string(string: &str, out: &mut Vec<u8>) {
    put_varuint(out, string.len() as u64);
    out.extend_from_slice(string.as_bytes());
}

fn hexes(document: &Document) -> Vec<String> {
    document.accepted().iter().map(|update| hex(update)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0);
    (0..text.len()).step_by(2).map(digit).collect()
}
