//! Runs sent as single units, which yrs would take the square of their length for.

use yrs::updates::decoder::Decode;
use yrs::{GetString, ReadTxn, StateVector, Text, Transact, Update};

use super::Rng;
use super::server::{Server, doc};
use super::wire::{after, chunk, first, section, update, varuint};
use crate::gate::{Arrival, Verdict};

#[test]
fn gt21_a_run_sent_as_single_units_is_one_block() {
    let units = 100_000;
    let mut run = vec![first("content", "x")];
    run.extend((1..units).map(|clock| after(7, clock - 1, "y")));
    let Verdict::Accept(checked) = Server::new().offer(&update(&[section(7, 0, &run)], &[]), Arrival::Update) else {
        panic!("anybody may type so much")
    };
    assert!(checked.bytes().len() < units as usize + 40, "{} bytes", checked.bytes().len());
    assert_eq!(checked.fresh(), [(7, 0, units as u32)]);
}

/// Two clients that type single units behind themselves, behind the other and in between, with and without a right
/// neighbour; and deletions in the middle of runs.
#[test]
fn gt21_what_is_joined_is_the_same_text() {
    for seed in 0..300 {
        let mut rng = Rng::new(seed + 1);
        let (mine, other) = (9, 3);
        let base = update(&[section(other, 0, &[first("content", "base text here")])], &[]);
        let mut blocks = vec![after(other, 4, "a")];
        let mut place = 4;
        for clock in 1..200u64 {
            let text = ["a", "b", "\u{e9}", "z"][rng.below(4)];
            let goes_on = rng.chance(90);
            place = if goes_on { place } else { rng.below(13) as u64 };
            let behind = if goes_on { (mine, clock - 1) } else { (other, place) };
            let right = rng.chance(20).then_some((other, place + 1));
            blocks.push(block(behind, right, text));
        }
        let gone: Vec<(u64, u64, u64)> = if rng.chance(50) { vec![(mine, 50, 7), (other, 2, 3)] } else { vec![] };
        let bytes = update(&[section(mine, 0, &blocks)], &gone);
        let plain = doc(1);
        for bytes in [&base, &bytes] {
            plain.transact_mut().apply_update(Update::decode_v1(bytes).expect("an update")).expect("applied");
        }
        let mut server = Server::new();
        server.offer(&base, Arrival::Update);
        assert!(matches!(server.offer(&bytes, Arrival::Update), Verdict::Accept(_)), "seed {seed}");
        let text = plain.get_or_insert_text("content").get_string(&plain.transact());
        assert_eq!(server.text(), text, "seed {seed}");
        server.reload();
    }
}

/// A state that looks as if it had runs: text typed in one go, with something else between every two of its units.
fn full_of_gaps() -> Vec<u8> {
    let written = doc(9);
    let text = written.get_or_insert_text("content");
    text.insert(&mut written.transact_mut(), 0, &"a".repeat(200));
    for gap in 1..200 {
        text.insert(&mut written.transact_mut(), 2 * gap - 1, "b");
    }
    text.remove_range(&mut written.transact_mut(), 30, 41);
    written.transact().encode_state_as_update_v1(&StateVector::default())
}

#[test]
fn gt21_a_state_is_handed_on_as_it_is_stored() {
    let state = full_of_gaps();
    let offered = |arrival| {
        let mut server = Server::new();
        let Verdict::Accept(checked) = server.offer(&state, arrival) else { panic!("it is honest") };
        (checked.bytes().clone(), server.text())
    };
    let (stored, text) = offered(Arrival::Stored);
    assert!(stored == state[..], "every byte as it is");
    let (sent, same) = offered(Arrival::Step2);
    assert!(sent.len() < stored.len() - 500, "{} bytes, {} stored", sent.len(), stored.len());
    assert_eq!(text, same);
}

#[test]
fn gt21_a_state_that_is_known_in_part_is_cut() {
    let state = full_of_gaps();
    let mut server = Server::new();
    let start = update(&[section(9, 0, &[first("content", &"a".repeat(120))])], &[]);
    server.offer(&start, Arrival::Stored);
    let Verdict::Accept(checked) = server.offer(&state, Arrival::Stored) else { panic!("it is honest") };
    assert_eq!(checked.fresh(), [(9, 120, 399)]);
    assert!(checked.bytes().len() < state.len() - 500, "{} of {} bytes", checked.bytes().len(), state.len());
    let mut fresh = Server::new();
    fresh.offer(&state, Arrival::Stored);
    assert_eq!(server.text(), fresh.text());
}

#[test]
fn gt21_a_stored_run_that_would_cost_much_is_one_block() {
    let units = 100_000;
    let mut run = vec![first("content", "x")];
    run.extend((1..units).map(|clock| after(7, clock - 1, "y")));
    let bytes = update(&[section(7, 0, &run)], &[]);
    let Verdict::Accept(checked) = Server::new().offer(&bytes, Arrival::Stored) else { panic!("it loads") };
    assert!(checked.bytes().len() < units as usize + 40, "{} bytes", checked.bytes().len());
}

fn block(origin: (u64, u64), right: Option<(u64, u64)>, text: &str) -> Vec<u8> {
    let id = |(client, clock)| [varuint(client), varuint(clock)].concat();
    let kind = if right.is_some() { 0xc4 } else { 0x84 };
    [vec![kind], id(origin), right.map(id).unwrap_or_default(), chunk(text.as_bytes())].concat()
}
