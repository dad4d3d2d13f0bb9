//! What loading a long log costs: `cargo run --release -p room --example load_bench`.
//!
//! Entries as typing makes them, by one person at the end of a text and by three all over it. Prints milliseconds a load.

use std::time::Instant;

use bytes::Bytes;
use room::{ChannelLog, Limits, Loaded, Policy, Role, Room, Seed};
use yrs::updates::decoder::Decode;
use yrs::{Doc, ReadTxn, Text, Transact, Update};

const LENGTHS: [usize; 5] = [500, 2_000, 5_000, 15_000, 60_000];
/// The text before.
const TEXT: usize = 100_000;
const POLICY: Policy = Policy { read: Role::View, write: Role::Edit, present: Role::Comment };

fn main() {
    for people in [1, 3] {
        for length in LENGTHS {
            let log = typed(people, length);
            let began = Instant::now();
            let room = Room::open(1, loaded(log), Seed(1), Limits::default(), POLICY).expect("it loads");
            let took = began.elapsed().as_secs_f64() * 1_000.0;
            assert_eq!(room.text().len(), TEXT + length);
            println!(
                "{people} people, {length} entries: {took:.1} ms, {:.1} us an entry",
                took * 1_000.0 / length as f64
            );
        }
    }
}

fn loaded(text: ChannelLog) -> Loaded {
    Loaded { text, notes: ChannelLog::default(), epoch: 1, unclean_at: None }
}

fn typed(people: usize, length: usize) -> ChannelLog {
    let first = Doc::with_client_id(1);
    let text = first.get_or_insert_text("content");
    text.insert(&mut first.transact_mut(), 0, &"words\n".repeat(TEXT / 6 + 1)[..TEXT]);
    let state = first.transact().encode_state_as_update_v1(&yrs::StateVector::default());
    let docs: Vec<Doc> = (0..people).map(|at| Doc::with_client_id(at as u64 + 2)).collect();
    let take = |doc: &Doc, update: &[u8]| {
        doc.get_or_insert_text("content");
        doc.transact_mut().apply_update(Update::decode_v1(update).expect("an update")).expect("applied");
    };
    docs.iter().for_each(|doc| take(doc, &state));
    let (mut tail, mut random) = (Vec::new(), 1_u64);
    for at in 0..length {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let doc = &docs[at % people];
        let text = doc.get_or_insert_text("content");
        let update = {
            let mut transaction = doc.transact_mut();
            let place = if people == 1 { (TEXT + at) as u32 } else { (random >> 33) as u32 % TEXT as u32 };
            text.insert(&mut transaction, place, "x");
            transaction.encode_update_v1()
        };
        // What each sees of the others does not change what is stored.
        tail.push((Bytes::from(update), Bytes::new()));
    }
    ChannelLog { snapshot: Some((Bytes::from(state), Bytes::new())), tail }
}
