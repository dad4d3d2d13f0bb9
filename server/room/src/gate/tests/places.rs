//! Blocks that would stand elsewhere for somebody else: none is taken, and no honest one is taken for such.

use super::Rng;
use super::server::Server;
use super::wire::{after, before, chunk, deleted, first, gc, section, update, varuint};
use crate::gate::{Arrival, Known, Refusal, Verdict};

const CLIENTS: [u64; 4] = [2, 3, 9, (1 << 53) - 1];
const STRINGS: [&str; 5] = ["a", "bc", "😀", "x😀y", "漢字"];

fn between(left: (u64, u64), right: (u64, u64), text: &str) -> Vec<u8> {
    let id = |(client, clock)| [varuint(client), varuint(clock)].concat();
    [vec![0xc4], id(left), id(right), chunk(text.as_bytes())].concat()
}

/// "abcdef" by client 7; client 8 has put "xy" between c and d.
fn woven() -> Server {
    let mut server = Server::new();
    for bytes in [
        update(&[section(7, 0, &[first("content", "abcdef")])], &[]),
        update(&[section(8, 0, &[between((7, 2), (7, 3), "xy")])], &[]),
    ] {
        assert!(matches!(server.offer(&bytes, Arrival::Update), Verdict::Accept(_)));
    }
    assert_eq!(server.text(), "abcxydef");
    server
}

fn crosses(block: Vec<u8>) {
    let bytes = update(&[section(9, 0, &[block])], &[]);
    for arrival in [Arrival::Update, Arrival::Step2] {
        let verdict = woven().offer(&bytes, arrival);
        assert!(matches!(verdict, Verdict::Refuse(Refusal::Invalid(why)) if why.contains("stands")), "{verdict:?}");
    }
    assert!(matches!(woven().offer(&bytes, Arrival::Stored), Verdict::Accept(_)), "what is stored was judged before");
}

#[test]
fn gt22_a_block_has_one_place() {
    crosses(between((7, 1), (7, 1), "x"));
    crosses(between((7, 3), (7, 1), "before what it is behind"));
    crosses(between((7, 0), (7, 3), "over b and c"));
    crosses(between((7, 5), (8, 1), "back into a run"));
    crosses(between((8, 0), (7, 0), "before everything"));
    crosses(before(7, 1, "at the beginning, over a"));
    crosses(before(8, 0, "at the beginning, over three"));
    for block in [
        between((7, 0), (7, 1), "inside"),
        between((8, 1), (7, 3), "behind the last of an insertion"),
        between((7, 2), (8, 0), "before its first"),
        between((8, 0), (8, 1), "in it"),
        between((7, 2), (7, 3), "written while the other was"),
        before(7, 0, "at the beginning"),
        after(7, 5, "at the end"),
        after(8, 1, "before d was there, as far as anybody can know"),
    ] {
        let verdict = woven().offer(&update(&[section(9, 0, &[block])], &[]), Arrival::Update);
        assert!(matches!(verdict, Verdict::Accept(_)), "{verdict:?}");
    }
}

#[test]
fn gt22_origins_may_come_with_the_same_update() {
    let own = [first("content", "ab"), between((9, 0), (9, 1), "c"), between((9, 2), (9, 1), "d")];
    let verdict = Server::new().offer(&update(&[section(9, 0, &own)], &[]), Arrival::Update);
    assert!(matches!(verdict, Verdict::Accept(_)), "{verdict:?}");
    let crossing = [first("content", "ab"), between((9, 0), (9, 1), "c"), between((9, 2), (9, 0), "d")];
    let verdict = Server::new().offer(&update(&[section(9, 0, &crossing)], &[]), Arrival::Update);
    assert!(matches!(verdict, Verdict::Refuse(Refusal::Invalid(_))), "{verdict:?}");
}

#[test]
fn gt23_nothing_new_is_gc_or_rests_on_it() {
    crosses(gc(1));
    let mut server = woven();
    assert!(matches!(server.offer(&update(&[section(9, 0, &[gc(2)])], &[]), Arrival::Stored), Verdict::Accept(_)));
    for block in [after(9, 1, "x"), before(9, 0, "x"), deleted(9, 1, 1), between((9, 0), (7, 3), "x")] {
        for (client, clock) in [(9, 2), (5, 0)] {
            let verdict =
                server.offer(&update(&[section(client, clock, std::slice::from_ref(&block))], &[]), Arrival::Update);
            assert!(matches!(verdict, Verdict::Refuse(Refusal::Invalid(_))), "{verdict:?}");
        }
    }
    let known = update(&[section(9, 0, &[gc(2)])], &[(9, 0, 2)]);
    assert!(!matches!(server.offer(&known, Arrival::Step2), Verdict::Refuse(_)), "what is there may be repeated");
}

/// A block between units that may well be neighbours, or may not.
fn block(rng: &mut Rng, server: &Server) -> (u64, Vec<u8>) {
    let known: Vec<u64> = CLIENTS.into_iter().filter(|client| server.head(*client) > 0).collect();
    let unit = |rng: &mut Rng| {
        let client = *rng.pick(&known);
        (client, rng.below(server.head(client) as usize) as u64)
    };
    let left = (!known.is_empty() && rng.chance(80)).then(|| unit(rng));
    let near = left.map(|(client, clock)| (client, clock + 1)).filter(|(id, clock)| *clock < server.head(*id).into());
    let right = match rng.below(4) {
        0 | 1 => near,
        2 if !known.is_empty() => Some(unit(rng)),
        _ => None,
    };
    let text = rng.pick::<&str>(&STRINGS);
    let block = match (left, right) {
        (None, None) => first("content", text),
        (Some((client, clock)), None) => after(client, clock, text),
        (None, Some((client, clock))) => before(client, clock, text),
        (Some(left), Some(right)) => between(left, right, text),
    };
    (*rng.pick(&CLIENTS), block)
}

/// GT22 is exactly what makes the order of arrival not matter, whoever writes: updates that were accepted in one order are
/// accepted in every other that has what they rest on, and make the same text.
#[test]
fn gt22_the_order_of_arrival_changes_nothing() {
    let mut taken = 0;
    for seed in 0..200 {
        let mut rng = Rng::new(seed);
        let mut server = Server::new();
        let mut updates = Vec::new();
        for _ in 0..40 {
            let (client, block) = block(&mut rng, &server);
            let gone = if rng.chance(10) && server.head(2) > 0 { vec![(2, 0, 1)] } else { Vec::new() };
            let bytes = update(&[section(client, server.head(client).into(), &[block])], &gone);
            if let Verdict::Accept(_) = server.offer(&bytes, Arrival::Update) {
                updates.push(bytes);
            }
        }
        taken += updates.len();
        assert_eq!(server.reload().text(), server.text(), "seed {seed}, loaded");
        for _ in 0..3 {
            assert_eq!(shuffled(&mut rng, updates.clone()).text(), server.text(), "seed {seed}");
        }
    }
    assert!(taken > 200 * 10, "the generator writes what is acceptable: {taken}");
}

fn shuffled(rng: &mut Rng, mut updates: Vec<Vec<u8>>) -> Server {
    let mut server = Server::new();
    while !updates.is_empty() {
        let next = rng.below(updates.len());
        match server.offer(&updates[next], Arrival::Update) {
            Verdict::Gap => {}
            Verdict::Accept(_) | Verdict::NoOp => drop(updates.swap_remove(next)),
            Verdict::Refuse(refusal) => panic!("refused in another order: {refusal}"),
        }
    }
    server
}
