//! Sequences of updates nobody honest writes, straight into gate and yrs.
//!
//! Each sequence goes to one document: structs of a few clients with small and extreme clocks that rest on anything,
//! and mutated honest updates. Whatever is accepted must apply, leave nothing pending, encode and load again.
//! `GALLEY_FUZZ_SEQUENCES` sets how many; a failing one prints its seed, `GALLEY_FUZZ_FROM` starts there.

use yrs::{Text, Transact, WriteTxn};

use super::Rng;
use super::server::{Server, doc};
use crate::gate::lib0::put_varuint;
use crate::gate::{Arrival, Known, Verdict};

const CLIENTS: &[u64] = &[0, 2, 3, 9, (1 << 53) - 1];
const CLOCKS: &[u64] = &[0, 1, 2, 3, 5, 8, (1 << 31) - 2, (1 << 31) - 1, 1 << 31, (1 << 32) - 1];
const STRINGS: &[&str] = &["a", "bc", "😀", "x😀y", "é", "漢字kanji", "😀😀"];

fn clock(rng: &mut Rng, head: u32) -> u64 {
    match rng.below(50) {
        0 => *rng.pick(CLOCKS),
        1 => u64::from(head) + 1,
        2..10 => rng.below(head as usize + 1) as u64,
        _ => u64::from(head),
    }
}

fn id(rng: &mut Rng, server: &Server, out: &mut Vec<u8>) {
    let known: Vec<u64> = CLIENTS.iter().copied().filter(|client| server.head(*client) > 0).collect();
    let client = if known.is_empty() || rng.chance(5) { *rng.pick(CLIENTS) } else { *rng.pick(&known) };
    let within = server.head(client) as usize + usize::from(rng.chance(10));
    put_varuint(out, client);
    put_varuint(out, if rng.chance(98) { rng.below(within) as u64 } else { *rng.pick(CLOCKS) });
}

fn string(string: &str, out: &mut Vec<u8>) {
    put_varuint(out, string.len() as u64);
    out.extend_from_slice(string.as_bytes());
}

fn block(rng: &mut Rng, server: &Server, out: &mut Vec<u8>) {
    if rng.chance(6) {
        out.push(if rng.chance(80) { 0 } else { 10 });
        return put_varuint(out, if rng.chance(98) { 1 + rng.below(4) as u64 } else { *rng.pick(CLOCKS) });
    }
    let deleted = rng.chance(20);
    let roots = if server.heads.is_empty() { 1 } else { 5 };
    let info = [0, 0x80, 0x40, 0xc0, 0xc0][rng.below(roots)] | if rng.chance(1) { 0x20 } else { 0 };
    out.push(info | if deleted { 1 } else { 4 });
    if info & 0x80 != 0 {
        id(rng, server, out);
    }
    if info & 0x40 != 0 {
        id(rng, server, out);
    }
    if info & 0xc0 == 0 {
        put_varuint(out, u64::from(rng.chance(98)));
        string(if rng.chance(98) { "content" } else { "notes" }, out);
    }
    if deleted {
        return put_varuint(out, 1 + rng.below(4) as u64);
    }
    string(rng.pick::<&str>(STRINGS), out);
}

fn structured(rng: &mut Rng, server: &Server) -> Vec<u8> {
    let mut out = Vec::new();
    let mut clients: Vec<u64> = CLIENTS.iter().copied().filter(|_| rng.chance(40)).collect();
    if rng.chance(3) {
        clients.push(2);
    }
    put_varuint(&mut out, clients.len() as u64);
    for client in clients {
        let count = if rng.chance(97) { 1 + rng.below(4) } else { 0 };
        put_varuint(&mut out, count as u64);
        put_varuint(&mut out, client);
        let head = server.head(client);
        let start = clock(rng, head);
        put_varuint(&mut out, start);
        for _ in 0..count {
            block(rng, server, &mut out);
        }
    }
    deletes(rng, server, &mut out);
    out
}

fn deletes(rng: &mut Rng, server: &Server, out: &mut Vec<u8>) {
    let clients: Vec<u64> = CLIENTS.iter().copied().filter(|_| rng.chance(25)).collect();
    put_varuint(out, clients.len() as u64);
    for client in clients {
        let head = server.head(client);
        put_varuint(out, client);
        let count = rng.below(4);
        put_varuint(out, count as u64);
        for _ in 0..count {
            let from = if rng.chance(98) { rng.below(head as usize + 1) as u64 } else { *rng.pick(CLOCKS) };
            let len = if rng.chance(98) { rng.below((head as usize + 1).min(4)) as u64 } else { *rng.pick(CLOCKS) };
            put_varuint(out, from);
            put_varuint(out, len);
        }
    }
}

/// An honest edit of what the server has, then perhaps a few wrong bytes.
fn mutated(rng: &mut Rng, server: &Server) -> Vec<u8> {
    let editor = Server { doc: doc(*rng.pick(CLIENTS)), ..Server::new() };
    let state = server.state();
    let mut txn = editor.doc.transact_mut();
    let known = <yrs::Update as yrs::updates::decoder::Decode>::decode_v1(&state).expect("it is encoded by yrs");
    txn.apply_update(known).expect("it applies elsewhere too");
    let text = txn.get_or_insert_text("content");
    let len = text.len(&txn);
    text.insert(&mut txn, rng.below(len as usize + 1) as u32, rng.pick::<&str>(STRINGS));
    let mut bytes = txn.encode_update_v1();
    for _ in 0..rng.below(4) {
        let at = rng.below(bytes.len().saturating_sub(1));
        match rng.below(3) {
            0 => bytes[at] = rng.number() as u8,
            1 if bytes.len() > 1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, rng.below(12) as u8),
        }
    }
    bytes
}

/// One sequence into one document; how many updates were accepted.
fn sequence(seed: u64) -> usize {
    let mut rng = Rng::new(seed);
    let mut server = Server::new();
    let mut accepted = 0;
    for _ in 0..30 {
        let bytes = if rng.chance(85) { structured(&mut rng, &server) } else { mutated(&mut rng, &server) };
        let arrival = if rng.chance(50) { Arrival::Step2 } else { Arrival::Update };
        if let Verdict::Accept(_) = server.offer(&bytes, arrival) {
            accepted += 1;
            server.text();
        }
    }
    let again = server.reload();
    again.text();
    again.delete_everything();
    assert_eq!(again.text(), "", "everything can be deleted");
    server.reload();
    accepted
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// GT19: no hostile sequence hangs, crashes or poisons a document.
#[test]
fn hostile_sequences_leave_a_whole_document() {
    let from = setting("GALLEY_FUZZ_FROM", 0);
    let mut accepted = 0;
    for seed in from..from + setting("GALLEY_FUZZ_SEQUENCES", 5_000) {
        let outcome = std::panic::catch_unwind(|| sequence(seed));
        accepted += outcome.unwrap_or_else(|_| panic!("repeat with GALLEY_FUZZ_FROM={seed} GALLEY_FUZZ_SEQUENCES=1"));
    }
    assert!(accepted > 0, "the generator still writes something acceptable");
    println!("{accepted} hostile updates accepted and applied");
}
