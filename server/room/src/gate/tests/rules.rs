//! The rules of an update, one by one.

use super::server::Server;
use super::wire::{after, before, chunk, deleted, first, gc, section, skip, update, varuint};
use crate::Limits;
use crate::gate::{Arrival, Refusal, Standing, Verdict};

/// A server that holds `text` written by client 7.
fn holding(text: &str) -> Server {
    let mut server = Server::new();
    let verdict = server.offer(&update(&[section(7, 0, &[first("content", text)])], &[]), Arrival::Update);
    assert!(matches!(verdict, Verdict::Accept(_)), "{verdict:?}");
    server
}

fn invalid(bytes: &[u8]) {
    for arrival in [Arrival::Update, Arrival::Step2, Arrival::Stored] {
        let verdict = holding("abc").offer(bytes, arrival);
        assert!(matches!(verdict, Verdict::Refuse(Refusal::Invalid(_))), "{arrival:?}: {verdict:?}");
    }
}

fn accepted(server: &mut Server, bytes: &[u8], arrival: Arrival) -> crate::gate::Checked {
    match server.offer(bytes, arrival) {
        Verdict::Accept(checked) => checked,
        other => panic!("{other:?}"),
    }
}

#[test]
fn gt2_numbers_are_short_and_nothing_follows_the_end() {
    invalid(&[0x80, 0, 0]);
    invalid(&[0, 0, 0]);
    invalid(&update(&[section(1 << 53, 0, &[gc(1)])], &[]));
    invalid(&[1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 1, 0]);
    assert_eq!(holding("abc").offer(&[0, 0], Arrival::Update), Verdict::NoOp);
}

#[test]
fn gt5_known_blocks_keep_the_grammar_too() {
    let known = update(&[section(7, 0, &[first("elsewhere", "abc")])], &[]);
    invalid(&known);
}

#[test]
fn gt6_a_client_is_named_once() {
    invalid(&update(&[section(7, 3, &[gc(1)]), section(7, 4, &[gc(1)])], &[]));
    invalid(&update(&[], &[(7, 0, 1), (7, 1, 1)]));
}

#[test]
fn gt7_blocks_are_not_empty_and_end_below_2_pow_31() {
    invalid(&update(&[section(8, 0, &[gc(0)])], &[]));
    invalid(&update(&[section(8, 0, &[after(7, 0, "")])], &[]));
    invalid(&update(&[section(8, 0, &[deleted(7, 0, 0)])], &[]));
    invalid(&update(&[section(8, 0, &[gc(1), gc((1 << 31) - 1)])], &[]));
    invalid(&update(&[section(8, (1 << 32) - 2, &[gc(5)])], &[]));
    invalid(&update(&[], &[(7, 1, (1 << 31) - 1)]));
    let largest = update(&[section(8, 0, &[gc((1 << 31) - 1)])], &[]);
    accepted(&mut holding("abc"), &largest, Arrival::Stored);
}

#[test]
fn gt8_only_text_and_what_is_left_of_it() {
    for kind in [2, 3, 5, 6, 7, 8, 9, 11, 31] {
        let block = [vec![0x80 | kind], varuint(7), varuint(0), chunk(b"x")].concat();
        invalid(&update(&[section(8, 0, &[block])], &[]));
    }
    let skipping = update(&[section(7, 1, &[skip(2), after(7, 2, "d")])], &[]);
    for arrival in [Arrival::Update, Arrival::Stored] {
        assert!(matches!(holding("abc").offer(&skipping, arrival), Verdict::Refuse(Refusal::Invalid(_))));
    }
    let mut server = holding("abc");
    assert!(!accepted(&mut server, &skipping, Arrival::Step2).withheld(), "what it skips is known");
    assert_eq!(server.text(), "abcd");
}

#[test]
fn gt9_only_the_root_named_content() {
    invalid(&update(&[section(8, 0, &[first("notes", "x")])], &[]));
    let by_id = [vec![4, 0], varuint(7), varuint(0), chunk(b"x")].concat();
    invalid(&update(&[section(8, 0, &[by_id])], &[]));
    let keyed = [vec![0x24, 1], chunk(b"content"), chunk(b"key"), chunk(b"x")].concat();
    invalid(&update(&[section(8, 0, &[keyed])], &[]));
    let keyed_after = [vec![0xa4], varuint(7), varuint(0), chunk(b"x")].concat();
    invalid(&update(&[section(8, 0, &[keyed_after])], &[]));
}

#[test]
fn gt10_a_block_rests_on_nothing_later_of_its_own() {
    invalid(&update(&[section(8, 0, &[after(8, 0, "x")])], &[]));
    invalid(&update(&[section(8, 0, &[before(8, 4, "x")])], &[]));
}

#[test]
fn gt11_the_known_part_of_a_block_is_cut_off() {
    let mut server = holding("abc");
    let whole = update(&[section(7, 0, &[first("content", "abcdef"), deleted(7, 5, 2), deleted(7, 7, 3)])], &[]);
    let checked = accepted(&mut server, &whole, Arrival::Update);
    assert_eq!(checked.fresh(), [(7, 3, 11)]);
    assert_eq!(server.text(), "abcdef");
    assert_eq!(server.offer(&whole, Arrival::Update), Verdict::NoOp);

    let mut server = holding("abc");
    let erased = update(&[section(7, 0, &[gc(1), deleted(7, 0, 4)])], &[]);
    assert_eq!(accepted(&mut server, &erased, Arrival::Update).fresh(), [(7, 3, 5)]);
    let erased = update(&[section(7, 0, &[gc(9)])], &[]);
    assert_eq!(accepted(&mut server, &erased, Arrival::Stored).fresh(), [(7, 5, 9)]);
}

#[test]
fn gt11_half_a_surrogate_pair_becomes_a_replacement_character() {
    let mut server = holding("a\u{fffd}");
    let whole = update(&[section(7, 0, &[first("content", "a😀é")])], &[]);
    accepted(&mut server, &whole, Arrival::Update);
    assert_eq!(server.text(), "a\u{fffd}\u{fffd}é");
}

#[test]
fn gt12_gt13_what_rests_on_missing_blocks_is_a_gap() {
    for missing in [
        update(&[section(7, 4, &[gc(1)])], &[]),
        update(&[section(8, 0, &[after(7, 3, "x")])], &[]),
        update(&[section(8, 0, &[before(9, 0, "x")])], &[]),
        update(&[section(8, 0, &[after(7, 0, "x")]), section(9, 0, &[after(8, 1, "x")])], &[]),
        update(&[], &[(7, 2, 2)]),
        update(&[], &[(9, 0, 1)]),
        update(&[section(8, 0, &[after(9, 0, "x")]), section(9, 0, &[after(8, 0, "y")])], &[]),
    ] {
        assert_eq!(holding("abc").offer(&missing, Arrival::Update), Verdict::Gap);
    }
}

#[test]
fn gt12_blocks_may_come_in_any_order_of_clients() {
    let mut server = holding("abc");
    let braid = update(
        &[
            section(8, 0, &[after(9, 0, "8"), after(9, 1, "8")]),
            section(9, 0, &[after(7, 2, "9"), after(8, 0, "9"), after(8, 1, "9")]),
        ],
        &[(9, 0, 1)],
    );
    assert_eq!(accepted(&mut server, &braid, Arrival::Update).fresh(), [(9, 0, 3), (8, 0, 2)]);
    assert_eq!(server.text(), "abc8989");
}

#[test]
fn gt14_the_largest_admissible_part_of_a_step2_is_taken() {
    let mut server = holding("abc");
    let partly = update(
        &[
            section(8, 0, &[after(7, 2, "d"), after(99, 0, "lost"), gc(1)]),
            section(9, 0, &[after(8, 1, "rests on what is lost")]),
            section(10, 0, &[after(8, 0, "e"), skip(3), gc(1)]),
        ],
        &[(7, 0, 1), (10, 0, 9)],
    );
    let checked = accepted(&mut server, &partly, Arrival::Step2);
    assert!(checked.withheld());
    assert_eq!(checked.fresh(), [(10, 0, 1), (8, 0, 1)]);
    assert_eq!(server.text(), "bcd");
    let nothing = update(&[section(9, 0, &[after(99, 0, "x")])], &[]);
    assert_eq!(server.offer(&nothing, Arrival::Step2), Verdict::Gap);
}

#[test]
fn gt15_what_is_stored_loads_whole_or_not_at_all() {
    let mut server = holding("abc");
    server.limits = Limits { message_bytes: 1, text_bytes: 1, client_ids: 1, ..Limits::default() };
    server.standings.insert(8, Standing::Foreign);
    let stored = update(&[section(8, 0, &[after(7, 2, "d")])], &[]);
    assert_eq!(accepted(&mut server, &stored, Arrival::Stored).unbound(), [0_u64; 0]);
    for missing in [update(&[section(8, 5, &[gc(1)])], &[]), update(&[], &[(8, 0, 2)])] {
        assert!(matches!(server.offer(&missing, Arrival::Stored), Verdict::Refuse(Refusal::Invalid(_))));
    }
}

#[test]
fn gt16_blocks_come_from_their_author() {
    let mut server = holding("abc");
    server.standings = [(8, Standing::Foreign), (9, Standing::Recovering), (10, Standing::Own)].into();
    let by = |client| update(&[section(client, 0, &[after(7, 2, "x")])], &[]);
    for arrival in [Arrival::Update, Arrival::Step2] {
        assert_eq!(server.offer(&by(8), arrival), Verdict::Gap);
    }
    assert_eq!(server.offer(&by(9), Arrival::Update), Verdict::Gap);
    assert_eq!(accepted(&mut server, &by(9), Arrival::Step2).recovering(), [9]);
    let own = accepted(&mut server, &by(10), Arrival::Update);
    assert!(own.unbound().is_empty() && own.recovering().is_empty());
    assert_eq!(accepted(&mut server, &by(11), Arrival::Update).unbound(), [11]);
    server.standings.insert(7, Standing::Foreign);
    accepted(&mut server, &update(&[], &[(7, 0, 1)]), Arrival::Update);
    assert_eq!(server.text(), "bcxxx", "everybody may delete");
}

#[test]
fn gt17_limits_are_refused_by_name() {
    let mut server = holding("abc");
    server.limits = Limits { text_bytes: 6, client_ids: 2, ..Limits::default() };
    let inserting = |text: &str| update(&[section(8, 0, &[after(7, 2, text)])], &[]);
    assert_eq!(server.offer(&inserting("dé!x"), Arrival::Step2), Verdict::Refuse(Refusal::TooLarge("text_bytes")));
    accepted(&mut server, &inserting("dé"), Arrival::Update);
    let third = update(&[section(9, 0, &[deleted(7, 0, 1)])], &[]);
    assert_eq!(server.offer(&third, Arrival::Update), Verdict::Refuse(Refusal::TooLarge("client_ids")));
    let crowd: Vec<_> = (20..23).map(|client| section(client, 0, &[deleted(7, 0, 1)])).collect();
    assert_eq!(server.offer(&update(&crowd, &[]), Arrival::Step2), Verdict::Refuse(Refusal::TooLarge("client_ids")));
    let crowd = [(20, 0, 1), (21, 0, 1), (22, 0, 1)];
    assert_eq!(server.offer(&update(&[], &crowd), Arrival::Step2), Verdict::Refuse(Refusal::TooLarge("client_ids")));
    server.limits.message_bytes = 9;
    let refused = server.offer(&inserting("longer than nine"), Arrival::Update);
    assert_eq!(refused, Verdict::Refuse(Refusal::TooLarge("message_bytes")));
}

#[test]
fn gt17_a_chain_of_clients_has_an_end() {
    let clients = 10_000;
    let mut sections = vec![section(1, 0, &[first("content", "a")])];
    sections.extend((2..clients).map(|client| section(client, 0, &[after(client - 1, 0, "a")])));
    accepted(&mut Server::new(), &update(&sections, &[]), Arrival::Step2);

    let turns = 30_000;
    let ones = (0..turns).map(|turn| if turn == 0 { first("content", "a") } else { after(2, turn - 1, "a") });
    let twos = (0..turns).map(|turn| after(1, turn, "a"));
    sections[0] = section(1, 0, &ones.collect::<Vec<_>>());
    sections[1] = section(2, 0, &twos.collect::<Vec<_>>());
    sections[2] = section(3, 0, &[after(2, turns - 1, "a")]);
    let verdict = Server::new().offer(&update(&sections, &[]), Arrival::Step2);
    assert!(matches!(verdict, Verdict::Refuse(Refusal::Invalid(why)) if why.contains("chain")), "{verdict:?}");
}

#[test]
fn gt18_nothing_new_is_a_noop() {
    let mut server = holding("abc");
    let known = update(&[section(7, 0, &[first("content", "abc")]), section(9, 0, &[])], &[]);
    for arrival in [Arrival::Update, Arrival::Step2, Arrival::Stored] {
        assert_eq!(server.offer(&known, arrival), Verdict::NoOp);
    }
    let empty_range = update(&[], &[(7, 0, 0)]);
    assert_eq!(server.offer(&empty_range, Arrival::Update), Verdict::NoOp);
    let erased = update(&[], &[(7, 0, 2)]);
    accepted(&mut server, &erased, Arrival::Update);
    server.deleted = Some((7, 0, 2));
    assert_eq!(server.offer(&erased, Arrival::Step2), Verdict::NoOp);
    let more = update(&[], &[(7, 1, 2)]);
    assert_eq!(accepted(&mut server, &more, Arrival::Step2).bytes()[..], [0, 1, 7, 1, 1, 2]);
}

#[test]
fn gt19_what_is_written_is_canonical() {
    let mut server = holding("abc");
    let untidy = [vec![0, 1], varuint(7), varuint(3), vec![2, 1, 0, 1, 1, 1]].concat();
    assert_eq!(accepted(&mut server, &untidy, Arrival::Update).bytes()[..], [0, 1, 7, 1, 0, 3]);
}
