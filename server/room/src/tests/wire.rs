//! WR1 to WR4. That every frame holds one message to its last byte is checked wherever a test hears something.

use super::{ConnId, Heard, Pen, Table, frames, identity};
use crate::{Channel, Dialect, Event, Limits, Role};

#[test]
fn wr1_numbers_and_bytes_are_lib0s() {
    assert_eq!(frames::ack(300)[..], [112, 0xac, 2]);
    assert_eq!(frames::nack(1, 7, "why")[..], [113, 1, 7, 3, b'w', b'h', b'y']);
    assert_eq!(frames::grant(Role::Edit, 5)[..], [114, 30, 5]);
    assert_eq!(frames::keepalive(Dialect::Galley)[..], [115]);
    assert_eq!(frames::keepalive(Dialect::Stock), frames::awareness(&crate::awareness::nobody()));
    assert_eq!(frames::wrapped(Channel::NOTES, &frames::step1(&[0]))[..], [120, 1, 0, 0, 1, 0]);
    assert_eq!(frames::step2(&[0, 0])[..], [0, 1, 2, 0, 0]);
    assert_eq!(frames::awareness(&[0])[..], [1, 1, 0]);
}

#[test]
fn wr2_galley_hears_first_what_it_may_do() {
    let mut table = Table::new();
    table.join(1, Role::Edit, Dialect::Galley, 1);
    assert!(matches!(table.heard(1)[..], [Heard::Grant { role: 30, epoch: 0 }, Heard::Step1(_)]));
}

#[test]
fn wr3_other_channels_are_wrapped_for_galley_and_their_writes_are_ignored() {
    let mut table = Table::new();
    table.seat(1, Role::Own, Dialect::Galley);
    table.frame(1, frames::wrapped(Channel::NOTES, &frames::step1(&[0])));
    assert_eq!(table.heard(1), [Heard::Wrapped(1, Box::new(Heard::Step2(vec![0, 0])))]);
    let update = frames::update(&Pen::new(11).insert(0, "a"));
    table.frame(1, frames::wrapped(Channel::NOTES, &update));
    table.frame(1, frames::wrapped(Channel(7), &update));
    table.flush();
    assert_eq!((table.room.text().as_str(), table.heard(1)), ("", vec![]));
}

#[test]
fn wr3_a_stock_client_of_the_notes_hears_of_them_alone() {
    let mut table = Table::new();
    table.seat(1, Role::Edit, Dialect::Galley);
    let (conn, identity) = (ConnId(2), identity(super::author(2)));
    table.accept(Event::Join {
        conn,
        role: Role::Edit,
        dialect: Dialect::Stock,
        channel: Channel::NOTES,
        identity,
        also: Vec::new(),
    });
    table.step1(2);
    assert_eq!(table.heard(2), [Heard::Step2(vec![0, 0])]);
    table.update(2, &Pen::new(12).insert(0, "not a note"));
    table.update(1, &Pen::new(11).insert(0, "a"));
    table.flush();
    assert_eq!((table.room.text().as_str(), table.heard(2)), ("a", vec![]));
}

#[test]
fn wr4_a_room_at_rest_wakes_once_for_everybody() {
    let mut table = Table::new();
    let keepalive = Limits::default().keepalive;
    table.seat(1, Role::View, Dialect::Galley);
    table.now += keepalive / 10;
    table.seat(2, Role::View, Dialect::Galley);
    for _ in 0..3 {
        let rest = table.room.rest(table.now);
        table.now += rest - 1;
        table.accept(Event::Tick);
        assert_eq!((table.heard(1), table.heard(2)), (vec![], vec![]));
        table.now += 1;
        table.accept(Event::Tick);
        assert_eq!((table.heard(1), table.heard(2)), (vec![Heard::Keepalive], vec![Heard::Keepalive]));
        assert_eq!(table.room.rest(table.now), keepalive);
    }
}

#[test]
fn wr4_who_hears_nothing_else_hears_that_the_server_lives() {
    let mut table = Table::new();
    table.seat(1, Role::View, Dialect::Galley);
    table.seat(2, Role::View, Dialect::Stock);
    table.now += Limits::default().keepalive - 1;
    table.accept(Event::Tick);
    assert_eq!((table.heard(1), table.heard(2)), (vec![], vec![]));
    table.now += 1;
    table.accept(Event::Tick);
    table.accept(Event::Tick);
    assert_eq!(table.heard(1), [Heard::Keepalive]);
    assert_eq!(table.frames(2), [&[1, 1, 0][..]]);
}
