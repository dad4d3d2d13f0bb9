//! Bytes that have hurt yrs or its kin, each once.

use super::hex;
use super::server::Server;
use super::wire::{after, chunk, first, section, update, varuint};
use crate::Limits;
use crate::gate::{Arrival, Inbound, Known, Refusal, Verdict, messages, notes_update};

/// Refused by every door, in every document.
fn refused(bytes: &[u8]) {
    for arrival in [Arrival::Update, Arrival::Step2, Arrival::Stored] {
        let verdict = Server::new().offer(bytes, arrival);
        assert!(!matches!(verdict, Verdict::Accept(_)), "{verdict:?}");
    }
    let verdict = notes_update(bytes, &Server::new() as &dyn Known, &Limits::default());
    assert!(!matches!(verdict, Verdict::Accept(_)), "as notes: {verdict:?}");
}

#[test]
fn updates_that_hang_crash_or_poison_yrs_are_refused() {
    for seed in [
        // hangs get_string: a client twice, a Skip inside, blocks that rest on themselves
        "02050404040107636f6e74656e7404f09f9880010107636f6e74656e740300050a01840000000404064400000000030005040107636f6e74656e740378797a0104010e01",
        // ContentJSON that is read with one string more than it writes: no full state can be encoded any more
        "0101050042440500027a3100",
        // invalid UTF-8, undefined behaviour before 0.28
        "0101ca0100c4010a010b0620746865e56500",
        // 100 million clients, blocks, delete ranges
        "80c2d72f",
        "0180c2d72f0100",
        "000180c2d72f",
        "00010180c2d72f",
    ] {
        refused(&hex(seed));
    }
}

#[test]
fn deep_nesting_is_refused_at_its_first_byte() {
    let any = [vec![8, 1], chunk(b"content"), vec![1], [117, 1].repeat(15_000), vec![126]].concat();
    refused(&update(&[section(2, 0, &[any])], &[]));
    let mut maps = vec![[vec![7, 1], chunk(b"content"), vec![1]].concat()];
    maps.extend((0..15_000).map(|clock| [vec![0x27, 0], varuint(2), varuint(clock), chunk(b"k"), vec![1]].concat()));
    refused(&update(&[section(2, 0, &maps)], &[]));
}

#[test]
fn numbers_that_wrap_in_yrs_are_refused() {
    refused(&update(&[section((1 << 53) + 5, 0, &[first("content", "x")])], &[]));
    refused(&update(&[section(2, (1 << 32) - 2, &[first("content", "hello")])], &[]));
}

#[test]
fn a_crowd_of_clients_is_neither_kept_nor_pending() {
    let far: Vec<_> = (0..15_000).map(|client| section(client, 5, &[after(client, 4, "x")])).collect();
    assert_eq!(Server::new().offer(&update(&far, &[]), Arrival::Step2), Verdict::Gap);
    let crowd: Vec<_> = (0..100_000).map(|client| section(client, 0, &[vec![0, 1]])).collect();
    for arrival in [Arrival::Update, Arrival::Step2] {
        let verdict = Server::new().offer(&update(&crowd, &[]), arrival);
        assert_eq!(verdict, Verdict::Refuse(Refusal::TooLarge("client_ids")));
    }
}

#[test]
fn length_bombs_in_messages_are_malformed() {
    let limits = Limits::default();
    for bytes in [hex("80e59a77"), hex("80c2d72f"), varuint(1 << 40), vec![0xff; 9]] {
        for kind in [&[0, 0][..], &[1]] {
            assert!(messages(&[kind, &chunk(&bytes)].concat(), &limits).is_err(), "counts");
            assert!(messages(&[kind, &bytes[..]].concat(), &limits).is_err(), "lengths");
        }
        assert!(messages(&[&[0, 2][..], &bytes[..]].concat(), &limits).is_err());
    }
}

#[test]
fn awareness_floods_and_last_clocks_change_nothing() {
    let limits = Limits::default();
    let entry = |client: u64, clock: u64| [varuint(client), varuint(clock), chunk(b"null")].concat();
    let crowd: Vec<u8> = (0..10_000).flat_map(|client| entry(client, 1)).collect();
    let frame = [vec![1], chunk(&[varuint(10_000), crowd].concat())].concat();
    assert_eq!(messages(&frame, &limits), Ok(vec![Inbound::Awareness(Vec::new())]));
    let last = [vec![1], chunk(&[varuint(1), entry(1, u32::MAX.into())].concat())].concat();
    assert!(messages(&last, &limits).is_err());
}
