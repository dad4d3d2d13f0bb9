//! What the gate costs: `cargo run --release -p room --example gate_bench`.
//!
//! Prints nanoseconds per call on this machine, beside what yrs takes to apply the same update.

use std::hint::black_box;
use std::time::Instant;

use room::Limits;
use room::gate::{Arrival, Known, Lineage, Standing, Verdict, messages, update};
use yrs::updates::decoder::Decode;
use yrs::{Doc, Text, Transact, Update, WriteTxn};

/// One client's document.
#[derive(Default)]
struct Head(u64, u32, Lineage);

impl Head {
    fn holding(bytes: &[u8]) -> Head {
        let mut head = Head::default();
        let Verdict::Accept(checked) = update(bytes, Arrival::Stored, &head, &Limits::default()) else {
            panic!("it is honest");
        };
        head.2.grow(&checked);
        (head.0, head.1) = checked.fresh().first().map(|(client, _, to)| (*client, *to)).unwrap_or_default();
        head
    }
}

impl Known for Head {
    fn head(&self, client: u64) -> u32 {
        if client == self.0 { self.1 } else { 0 }
    }

    fn standing(&self, _client: u64) -> Standing {
        Standing::Own
    }

    fn lineage(&self) -> &Lineage {
        &self.2
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
    let (empty, full) = (Head::default(), Head::holding(&long));

    time("typing one character, gate", ROUNDS, || gate(&key, &full));
    time("typing one character, envelope", ROUNDS, || {
        let frame = [&[0, 2, key.len() as u8][..], &key].concat();
        black_box(messages(&frame, &Limits::default()).is_ok());
    });
    time("typing one character, decoded by yrs", ROUNDS, || drop(black_box(Update::decode_v1(&key))));
    time("pasting 105 KB, gate", 2_000, || gate(&long, &empty));

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
    time("  gate", 20, || gate(&state, &empty));
    time("  decoded by yrs", 20, || drop(black_box(Update::decode_v1(&state))));
}

fn gate(bytes: &[u8], head: &Head) {
    let verdict = update(black_box(bytes), Arrival::Update, head, &Limits::default());
    assert!(matches!(black_box(verdict), Verdict::Accept(_)));
}

fn time(what: &str, rounds: u32, mut run: impl FnMut()) {
    let start = Instant::now();
    for _ in 0..rounds {
        run();
    }
    println!("{what}: {:?}", start.elapsed() / rounds);
}
