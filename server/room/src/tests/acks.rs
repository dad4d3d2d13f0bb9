//! AK1 to AK6.

use super::{Heard, Limits, Pen, Table};
use crate::{Dialect, Event, Role};

fn editor() -> (Table, Pen) {
    let mut table = Table::new();
    table.seat(1, Role::Edit, Dialect::Galley);
    (table, Pen::new(11))
}

/// Two updates of which only the second arrives, at once a gap.
fn gap(table: &mut Table, pen: &Pen) {
    pen.insert(0, "lost");
    table.update(1, &pen.insert(0, "rests on it"));
}

fn acks(heard: &[Heard]) -> Vec<u64> {
    let ack = |heard: &Heard| if let Heard::Ack(upto) = heard { Some(*upto) } else { None };
    heard.iter().filter_map(ack).collect()
}

fn nacks(heard: &[Heard]) -> Vec<(u64, u64)> {
    let nack = |heard: &Heard| if let Heard::Nack { nth, code } = heard { Some((*nth, *code)) } else { None };
    heard.iter().filter_map(nack).collect()
}

#[test]
fn ak1_writes_are_acknowledged_in_order_once_durable() {
    let (mut table, pen) = editor();
    for word in ["a", "b", "c"] {
        table.update(1, &pen.insert(0, word));
        table.flush();
    }
    assert_eq!(table.heard(1), []);
    table.stored(2);
    assert_eq!(table.heard(1), [Heard::Ack(2)]);
    table.stored(1);
    assert_eq!(table.heard(1), [], "it never goes back");
    table.stored(3);
    assert_eq!(table.heard(1), [Heard::Ack(3)]);
}

#[test]
fn ak1_stored_before_the_next_flush_says_nothing_of_what_is_gathered() {
    let (mut table, pen) = editor();
    table.update(1, &pen.insert(0, "a"));
    table.flush();
    table.update(1, &pen.insert(0, "b"));
    table.stored(1);
    assert_eq!(table.heard(1), [Heard::Ack(1)]);
}

#[test]
fn ak2_a_repeated_write_waits_for_the_append_that_holds_it() {
    let (mut table, pen) = editor();
    let update = pen.insert(0, "a");
    table.update(1, &update);
    table.flush();
    table.update(1, &update);
    table.flush();
    assert_eq!(table.appends().len(), 1);
    assert_eq!(table.heard(1), []);
    table.stored(1);
    assert_eq!(table.heard(1), [Heard::Ack(2)]);
    table.update(1, &update);
    table.flush();
    assert_eq!(table.heard(1), [Heard::Ack(3)], "nothing to wait for");
}

#[test]
fn ak3_a_gap_is_settled_with_the_next_step2() {
    let (mut table, pen) = editor();
    gap(&mut table, &pen);
    assert!(matches!(table.heard(1)[..], [Heard::Step1(_)]));
    table.flush();
    table.step2(1, &pen.everything());
    table.flush();
    assert_eq!(table.heard(1), []);
    table.stored(1);
    assert_eq!(table.heard(1), [Heard::Ack(2)]);
    assert_eq!(table.room.text(), "rests on itlost");
}

#[test]
fn ak3_a_gap_is_settled_by_a_refused_step2() {
    let (mut table, pen) = editor();
    gap(&mut table, &pen);
    table.heard(1);
    table.step2(1, &[1, 2, 3]);
    assert_eq!(table.heard(1), [Heard::Nack { nth: 2, code: 3 }, Heard::Ack(2)]);
}

#[test]
fn ak3_a_step1_is_sent_at_most_every_two_seconds() {
    let (mut table, pen) = editor();
    gap(&mut table, &pen);
    table.heard(1);
    table.step2(1, &[]);
    table.heard(1);
    table.now += 1_999;
    gap(&mut table, &pen);
    assert_eq!(table.heard(1), []);
    table.now += 1;
    gap(&mut table, &pen);
    assert!(matches!(table.heard(1)[..], [Heard::Step1(_)]));
}

#[test]
fn ak3_a_gap_soon_after_another_is_asked_for_when_time_has_passed() {
    for dialect in [Dialect::Galley, Dialect::Stock] {
        let (mut table, pen) = (Table::new(), Pen::new(11));
        table.seat(1, Role::Edit, dialect);
        gap(&mut table, &pen);
        table.step2(1, &pen.everything());
        table.flush();
        table.heard(1);
        gap(&mut table, &pen);
        table.now += 1_000;
        table.accept(Event::Tick);
        assert_eq!(table.heard(1), [], "it was asked a second ago");
        table.now += 1_000;
        table.accept(Event::Tick);
        assert!(matches!(table.heard(1)[..], [Heard::Step1(_)]), "{dialect:?}");
        table.now += 10_000;
        table.accept(Event::Tick);
        assert_eq!(table.heard(1), [], "once is enough");
    }
}

#[test]
fn ak4_a_stock_client_is_asked_again_where_others_are_refused() {
    let (mut table, pen) = (Table::new(), Pen::new(11));
    table.seat(1, Role::Edit, Dialect::Stock);
    for _ in 0..3 {
        gap(&mut table, &pen);
        table.now += 2_000;
        assert!(matches!(table.heard(1)[..], [Heard::Step1(_)]));
    }
}

#[test]
fn ak4_the_third_gap_in_a_row_is_refused() {
    let (mut table, pen) = editor();
    (0..3).for_each(|_| gap(&mut table, &pen));
    table.flush();
    let heard = table.heard(1);
    assert_eq!((nacks(&heard), acks(&heard)), (vec![(3, 7)], vec![3]));
}

#[test]
fn ak4_a_write_that_is_taken_begins_the_count_anew() {
    let (mut table, pen) = editor();
    let other = Pen::new(12);
    for _ in 0..2 {
        (0..2).for_each(|_| gap(&mut table, &pen));
        table.update(1, &other.insert(0, "fine"));
    }
    assert_eq!(nacks(&table.heard(1)), []);
}

#[test]
fn ak5_when_storage_fails_every_open_write_is_refused() {
    let (mut table, pen) = editor();
    table.update(1, &pen.insert(0, "a"));
    table.flush();
    table.stored(1);
    table.update(1, &pen.insert(0, "b"));
    table.flush();
    table.update(1, &pen.insert(0, "c"));
    table.heard(1);
    table.accept(Event::StoreFailed);
    let heard = table.heard(1);
    assert_eq!((nacks(&heard), acks(&heard)), (vec![(2, 6), (3, 6)], vec![3]));
    table.update(1, &pen.insert(0, "d"));
    assert_eq!(nacks(&table.heard(1)), [(4, 6)]);
}

#[test]
fn ak6_a_stock_client_hears_of_none_of_it() {
    let mut table = Table::with(Limits { text_bytes: 100, ..Limits::default() });
    table.seat(1, Role::Edit, Dialect::Stock);
    let pen = Pen::new(11);
    table.update(1, &[1, 2, 3]);
    table.update(1, &pen.insert(0, &"long".repeat(100)));
    table.step2(1, &[0, 0]);
    table.flush();
    assert_eq!(table.heard(1), []);
    table.update(1, &Pen::new(12).insert(0, "a"));
    table.accept(Event::StoreFailed);
    assert_eq!(table.heard(1), []);
}

#[test]
fn gt17_a_short_text_never_fills_up_however_much_is_typed_at_once() {
    let mut table = Table::with(Limits { text_bytes: 1_000, ..Limits::default() });
    table.seat(1, Role::Edit, Dialect::Galley);
    table.heard(1);
    let pen = Pen::new(11);
    for _ in 0..300 {
        table.update(1, &pen.insert(0, "typed"));
        table.update(1, &pen.remove(0, 5));
    }
    table.update(1, &pen.insert(0, "kept"));
    table.flush();
    assert_eq!((nacks(&table.heard(1)), table.room.text().as_str()), (vec![], "kept"));
}
