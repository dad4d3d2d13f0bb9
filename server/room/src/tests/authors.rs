//! AU1 to AU7.

use super::{Author, Heard, Limits, Loaded, Pen, Table, author};
use crate::authors::{Authors, Unreadable};
use crate::gate::{Arrival, Standing};
use crate::{Bytes, Dialect, Role};

const DAY: u64 = 24 * 60 * 60 * 1_000;

fn seen(table: &Authors, client: u64, by: Author) -> (Standing, Standing) {
    (table.standing(client, by, Arrival::Update), table.standing(client, by, Arrival::Step2))
}

#[test]
fn au1_an_id_is_the_first_writers_for_good() {
    let mut table = Authors::default();
    assert_eq!(seen(&table, 7, author(1)), (Standing::Unbound, Standing::Unbound));
    table.bind(7, author(1), Arrival::Step2);
    table.bind(7, author(2), Arrival::Update);
    assert_eq!(table.of(7), Some(author(1)));
    assert_eq!(seen(&table, 7, author(1)), (Standing::Own, Standing::Own));
    assert_eq!(seen(&table, 7, author(2)), (Standing::Foreign, Standing::Foreign));
}

#[test]
fn au2_writing_under_somebody_elses_id_is_a_gap() {
    let mut table = Table::new();
    table.seat(1, Role::Edit, Dialect::Galley);
    table.seat(2, Role::Edit, Dialect::Galley);
    let pen = Pen::new(11);
    table.update(1, &pen.insert(0, "mine"));
    table.flush();
    table.update(2, &pen.insert(0, "forged"));
    table.step2(2, &pen.everything());
    table.flush();
    assert_eq!((table.room.text().as_str(), table.appends().len()), ("mine", 1));
    assert!(matches!(table.heard(2)[..], [Heard::Update(_), Heard::Step1(_)]));
    table.update(2, &pen.remove(6, 4));
    table.flush();
    assert_eq!(table.room.text(), "", "but everybody may delete");
}

#[test]
fn au7_who_was_a_guest_brings_what_the_guest_had_not_sent() {
    let mut table = Table::new();
    table.seat(1, Role::Edit, Dialect::Galley);
    let pen = Pen::new(11);
    table.update(1, &pen.insert(0, "sent"));
    table.flush();
    pen.insert(4, ", not sent");
    table.join_as(2, 2, vec![author(1)]);
    table.join_as(3, 3, vec![author(4)]);
    for (conn, text) in [(3, "sent"), (2, "sent, not sent")] {
        table.step1(conn);
        table.step2(conn, &pen.everything());
        table.flush();
        assert_eq!(table.room.text(), text);
    }
    let whose = table.room.whose();
    assert_eq!(whose.clients(&whose.stretches()).get(&11), Some(&author(1)), "the id stays the guest's");
}

/// Client 11 wrote "abc", and the server lost "bc" together with its memory of it.
fn after_a_loss() -> (Table, Pen) {
    let mut before = Table::new();
    before.seat(1, Role::Edit, Dialect::Galley);
    let pen = Pen::new(11);
    before.update(1, &pen.insert(0, "a"));
    before.flush();
    pen.insert(1, "bc");
    let loaded = Loaded { text: before.log(), unclean_at: Some(5_000), ..Loaded::default() };
    let mut table = Table::load(loaded, Limits::default());
    table.seat(1, Role::Edit, Dialect::Galley);
    table.seat(2, Role::Edit, Dialect::Galley);
    (table, pen)
}

#[test]
fn au3_after_a_loss_anybodys_step2_brings_blocks_back() {
    let (mut table, pen) = after_a_loss();
    table.update(2, &pen.everything());
    table.flush();
    assert_eq!(table.room.text(), "a", "but no live edit");
    table.step2(2, &pen.everything());
    table.flush();
    assert_eq!(table.room.text(), "abc");
}

#[test]
fn au3_typing_under_an_id_ends_its_recovery() {
    let (mut table, pen) = after_a_loss();
    table.step2(1, &pen.everything());
    table.update(1, &pen.insert(3, "d"));
    pen.insert(4, "e");
    table.step2(2, &pen.everything());
    table.flush();
    assert_eq!(table.room.text(), "abcd");
}

#[test]
fn au4_after_a_loss_a_step2_only_claims() {
    let mut table = Table::load(Loaded { unclean_at: Some(5_000), ..Loaded::default() }, Limits::default());
    table.seat(1, Role::Edit, Dialect::Galley);
    table.seat(2, Role::Edit, Dialect::Galley);
    let pen = Pen::new(11);
    pen.insert(0, "a");
    let relayed = pen.everything();
    pen.insert(1, "b");
    table.step2(2, &relayed);
    table.step2(1, &pen.everything());
    table.update(1, &pen.insert(2, "c"));
    table.update(2, &pen.insert(3, "d"));
    table.flush();
    assert_eq!(table.room.text(), "abc", "who types has the id");
    let mut authors = Authors::default();
    table.appends().iter().for_each(|(_, _, news)| authors.load(news).expect("it reads what it wrote"));
    assert_eq!(authors.of(11), Some(author(1)));
}

#[test]
fn au5_ids_that_recover_for_too_long_are_closed() {
    let mut table = Authors::default();
    table.bind(7, author(1), Arrival::Update);
    table.lost(1_000, 1_000, 30 * DAY);
    assert_eq!(seen(&table, 7, author(2)).1, Standing::Recovering);
    table.lost(1_000, 29 * DAY, 30 * DAY);
    assert_eq!(seen(&table, 7, author(2)).1, Standing::Recovering);
    table.lost(1_000, 31 * DAY, 30 * DAY);
    assert_eq!(seen(&table, 7, author(2)).1, Standing::Foreign);
}

/// A table with everything in it, and what it learned piece by piece.
fn eventful() -> (Authors, Vec<Bytes>) {
    let mut table = Authors::default();
    let mut news = Vec::new();
    table.bind(7, author(1), Arrival::Update);
    table.bind(1 << 52, author(2), Arrival::Update);
    news.push(table.news());
    table.lost(1_000, 1_000, DAY);
    table.relay(7, author(2));
    table.bind(9, author(2), Arrival::Step2);
    table.bind(10, author(2), Arrival::Step2);
    news.push(table.news());
    table.bind(10, author(3), Arrival::Update);
    table.recovered(1 << 52, author(2));
    news.push(table.news());
    (table, news)
}

#[test]
fn au6_a_table_is_what_was_stored_of_it() {
    let (table, news) = eventful();
    let (mut by_news, mut by_snapshot) = (Authors::default(), Authors::default());
    news.iter().for_each(|news| by_news.load(news).expect("it reads what it wrote"));
    by_snapshot.load(&table.encode()).expect("it reads what it wrote");
    for loaded in [by_news, by_snapshot] {
        assert_eq!(loaded.encode(), table.encode());
        for (client, person) in
            [7, 9, 10, 1 << 52].into_iter().flat_map(|client| [(client, 1), (client, 2), (client, 3)])
        {
            assert_eq!(seen(&loaded, client, author(person)), seen(&table, client, author(person)), "{client}");
        }
    }
}

#[test]
fn au6_other_bytes_are_not_read() {
    let (table, _) = eventful();
    let whole = table.encode();
    assert_eq!(Authors::default().load(&[]), Ok(()));
    assert_eq!(Authors::default().load(&[2]), Err(Unreadable));
    assert_eq!(Authors::default().load(&[1, 9, 1]), Err(Unreadable));
    assert_eq!(Authors::default().load(&whole[..whole.len() - 1]), Err(Unreadable));
}
