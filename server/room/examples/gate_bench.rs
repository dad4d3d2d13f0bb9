//! What the gate costs: `cargo run --release -p room --example gate_bench`.
//!
//! Prints nanoseconds per call on this machine, beside what yrs takes to apply the same update.

use std::hint::black_box;
use std::time::Instant;

use room::Limits;
use room::gate::{Arrival, Known, Standing, Verdict, messages, update};
use yrs::updates::decoder::Decode;
use yrs::{Doc, Text, Transact, Update, WriteTxn};

struct Head(u64, u32);

impl Known for Head {
    fn head(&self, client: u64) -> u32 {
        if client == self.0 { self.1 } else { 0 }
    }

    fn standing(&self, _client: u64) -> Standing {
        Standing::Own
    }

    fn clients(&self) -> usize {
        1
    }

    fn text_bytes(&self) -> usize {
        0
    }
}

const ROUNDS: u32 = 200_000;
const CLIENT: u64 = 3_141_592_653;

fn main() {
    let doc = Doc::with_client_id(CLIENT);
    let typed = |at, text: &str| {
        let mut txn = doc.transact_mut();
        let content = txn.get_or_insert_text("content");
        content.insert(&mut txn, at, text);
        txn.encode_update_v1()
    };
    let long = typed(0, &"The quick brown fox. ".repeat(5_000));
    let key = typed(4_711, "x");
    let head = 105_000;

    time("typing one character, gate", ROUNDS, || gate(&key, head));
    time("typing one character, envelope", ROUNDS, || {
        let frame = [&[0, 2, key.len() as u8][..], &key].concat();
        black_box(messages(&frame, &Limits::default()).is_ok());
    });
    time("typing one character, decoded by yrs", ROUNDS, || drop(black_box(Update::decode_v1(&key))));
    time("pasting 105 KB, gate", 2_000, || gate(&long, 0));

    let scattered = Doc::with_client_id(CLIENT);
    let mut random: usize = 1;
    for step in 0..50_000 {
        let mut txn = scattered.transact_mut();
        let content = txn.get_or_insert_text("content");
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        content.insert(&mut txn, ((random >> 33) % (step + 1)) as u32, "a");
    }
    let state = {
        let txn = scattered.transact_mut();
        yrs::ReadTxn::encode_state_as_update_v1(&txn, &yrs::StateVector::default())
    };
    println!("a state of {} bytes in 50,000 blocks:", state.len());
    time("  gate", 20, || gate(&state, 0));
    time("  decoded by yrs", 20, || drop(black_box(Update::decode_v1(&state))));
}

fn gate(bytes: &[u8], head: u32) {
    let verdict = update(black_box(bytes), Arrival::Update, &Head(CLIENT, head), &Limits::default());
    assert!(matches!(black_box(verdict), Verdict::Accept(_)));
}

fn time(what: &str, rounds: u32, mut run: impl FnMut()) {
    let start = Instant::now();
    for _ in 0..rounds {
        run();
    }
    println!("{what}: {:?}", start.elapsed() / rounds);
}
