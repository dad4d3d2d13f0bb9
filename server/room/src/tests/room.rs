//! RM1 to RM12.

use super::{CloseReason, Effect, Heard, Limits, Loaded, POLICY, Pen, Table, Ticket, entries, frames};
use crate::{Bytes, Channel, ConnId, Dialect, Event, Role, Room, Seed};

fn two(limits: Limits) -> (Table, Pen) {
    let mut table = Table::with(limits);
    table.seat(1, Role::Edit, Dialect::Galley);
    table.seat(2, Role::Edit, Dialect::Galley);
    (table, Pen::new(11))
}

fn updates(heard: &[Heard]) -> Vec<&[u8]> {
    let mut updates = Vec::new();
    for heard in heard {
        if let Heard::Update(bytes) = heard {
            updates.push(bytes.as_slice());
        }
    }
    updates
}

#[test]
fn rm1_a_batch_is_one_append_and_one_shared_frame() {
    let (mut table, pen) = two(Limits::default());
    table.seat(3, Role::View, Dialect::Galley);
    table.seat(4, Role::View, Dialect::Stock);
    for word in ["a", "b", "c"] {
        table.update(1, &pen.insert(0, word));
    }
    assert_eq!((table.room.text(), table.appends().len()), (String::new(), 0), "nothing before the flush");
    table.flush();
    assert_eq!((table.room.text(), table.appends().len()), ("cba".into(), 1));
    let sent: Vec<Vec<Bytes>> = (2..=4).map(|conn| table.frames(conn)).collect();
    assert_eq!(sent[0].len(), 1);
    assert!(sent.iter().all(|frames| frames[0].as_ptr() == sent[0][0].as_ptr() && frames.len() == 1));
    table.flush();
    assert_eq!(table.appends().len(), 1);
}

#[test]
fn rm2_who_wrote_gets_only_what_others_wrote() {
    let (mut table, pen) = two(Limits::default());
    let other = Pen::new(12);
    table.update(1, &pen.insert(0, "mine"));
    table.update(2, &other.insert(0, "theirs"));
    table.flush();
    let heard = table.heard(1);
    let [update] = updates(&heard)[..] else { panic!("{heard:?}") };
    let alone = Pen::new(13);
    alone.take(update);
    assert_eq!(alone.everything(), other.everything());
    pen.take(update);
    table.update(1, &pen.insert(0, "again"));
    table.flush();
    assert_eq!(table.heard(1), []);
}

#[test]
fn rm3_a_stock_client_gets_its_own_update_back_when_it_is_durable() {
    let mut table = Table::new();
    table.seat(1, Role::Edit, Dialect::Stock);
    let update = Pen::new(11).insert(0, "a");
    table.update(1, &update);
    table.flush();
    assert_eq!(table.heard(1), []);
    table.stored(1);
    assert_eq!(table.heard(1), [Heard::Update(update)]);
    table.stored(1);
    assert_eq!(table.heard(1), []);
}

#[test]
fn rm4_only_who_may_write_is_asked_for_their_state() {
    let mut table = Table::new();
    table.join(1, Role::View, Dialect::Galley, 1);
    table.join(2, Role::Comment, Dialect::Stock, 2);
    table.join(3, Role::Edit, Dialect::Stock, 3);
    assert_eq!(table.heard(1), [Heard::Grant { role: 10, epoch: 0 }]);
    assert_eq!(table.heard(2), []);
    assert!(matches!(table.heard(3)[..], [Heard::Step1(_)]));
    table.accept(Event::Role { conn: ConnId(1), role: Role::Edit });
    assert!(matches!(table.heard(1)[..], [Heard::Grant { role: 30, .. }, Heard::Step1(_)]));
    table.accept(Event::Role { conn: ConnId(1), role: Role::Own });
    assert_eq!(table.heard(1), [Heard::Grant { role: 40, epoch: 0 }]);
}

#[test]
fn rm5_who_may_only_read_changes_nothing() {
    for role in [Role::View, Role::Comment] {
        let mut table = Table::new();
        table.seat(1, role, Dialect::Galley);
        table.update(1, &Pen::new(11).insert(0, "a"));
        table.step2(1, &Pen::new(11).insert(0, "a"));
        table.flush();
        let nack = |nth| Heard::Nack { nth, code: 1 };
        assert_eq!(table.heard(1), [nack(1), Heard::Ack(1), nack(2), Heard::Ack(2)]);
        assert_eq!((table.room.text().as_str(), table.appends().len()), ("", 0));
    }
}

#[test]
fn rm5_what_changes_nothing_is_no_reason_to_refuse() {
    let mut table = Table::new();
    table.seat(1, Role::View, Dialect::Galley);
    table.step2(1, &[0, 0]);
    table.flush();
    assert_eq!(table.heard(1), [Heard::Ack(1)]);
}

/// All messages of a frame are read before the first is judged; the role is not.
#[test]
fn rm5_the_role_is_looked_at_for_each_message() {
    let mut table = Table::new();
    table.seat(1, Role::Edit, Dialect::Galley);
    let pen = Pen::new(11);
    let (first, second, third) = (pen.insert(0, "a"), pen.insert(1, "b"), pen.insert(2, "c"));
    table.frame(1, [frames::update(&first), frames::update(&second)].concat().into());
    table.accept(Event::Role { conn: ConnId(1), role: Role::View });
    table.frame(1, [frames::update(&second), frames::update(&third), frames::step2(&third)].concat().into());
    table.flush();
    table.stored(1);
    let heard = table.heard(1);
    let nacks: Vec<_> = heard.iter().filter(|heard| matches!(heard, Heard::Nack { .. })).collect();
    assert_eq!(nacks, [&Heard::Nack { nth: 4, code: 1 }, &Heard::Nack { nth: 5, code: 1 }]);
    assert_eq!((table.room.text().as_str(), heard.last()), ("ab", Some(&Heard::Ack(5))));
}

#[test]
fn rm6_updates_come_after_the_answer_to_step1() {
    let (mut table, pen) = two(Limits::default());
    table.join(3, Role::View, Dialect::Stock, 3);
    table.update(1, &pen.insert(0, "a"));
    table.flush();
    assert_eq!(table.heard(3), []);
    table.update(1, &pen.insert(1, "b"));
    table.step1(3);
    table.flush();
    let heard = table.heard(3);
    let [Heard::Step2(state)] = &heard[..] else { panic!("{heard:?}") };
    let reader = Pen::new(13);
    reader.take(state);
    assert_eq!(reader.everything(), pen.everything(), "with what was being gathered, and not once more");
}

#[test]
fn rm7_a_lagging_reader_gets_one_diff_when_it_has_drained() {
    let (mut table, pen) = two(Limits { outbox_bytes: 200, ..Limits::default() });
    let reader = Pen::new(12);
    table.accept(Event::Drained { conn: ConnId(2) });
    for round in 0..50 {
        table.update(1, &pen.insert(round, "x"));
        table.flush();
    }
    let heard = table.heard(2);
    assert!(updates(&heard).len() < 20, "{}", heard.len());
    updates(&heard).iter().for_each(|update| reader.take(update));
    table.update(1, &pen.insert(0, "last"));
    table.accept(Event::Drained { conn: ConnId(2) });
    let heard = table.heard(2);
    let [diff] = updates(&heard)[..] else { panic!("{heard:?}") };
    reader.take(diff);
    assert_eq!(reader.everything(), pen.everything());
    table.flush();
    assert_eq!(table.heard(2), []);
}

#[test]
fn rm7_a_large_update_reaches_a_reader_with_nothing_on_its_way() {
    let (mut table, pen) = two(Limits { outbox_bytes: 200, ..Limits::default() });
    table.accept(Event::Drained { conn: ConnId(2) });
    table.update(1, &pen.insert(0, &"large".repeat(1_000)));
    table.flush();
    assert_eq!(updates(&table.heard(2)).len(), 1);
}

#[test]
fn rm7_whoever_asks_and_does_not_read_is_answered_once() {
    let (mut table, pen) = two(Limits { outbox_bytes: 200, ..Limits::default() });
    table.update(1, &pen.insert(0, &"large".repeat(1_000)));
    table.flush();
    table.heard(2);
    (0..100).for_each(|_| table.step1(2));
    assert_eq!(table.heard(2), [], "what is on its way comes first");
    table.update(1, &pen.insert(0, "more"));
    table.accept(Event::Drained { conn: ConnId(2) });
    let reader = Pen::new(12);
    let [Heard::Step2(answer)] = &table.heard(2)[..] else { panic!("one answer to all of them") };
    reader.take(answer);
    assert_eq!(reader.everything(), pen.everything());
    table.accept(Event::Drained { conn: ConnId(2) });
    assert_eq!(table.heard(2), [], "the answer held what it missed");
}

#[test]
fn rm8_whoever_asks_and_never_reads_is_closed() {
    let (mut table, pen) = two(Limits { outbox_bytes: 200, ..Limits::default() });
    table.update(1, &pen.insert(0, &"large".repeat(1_000)));
    table.flush();
    for _ in 0..30 {
        table.step1(2);
        assert_eq!(table.closed(), []);
        table.now += 1_000;
        table.accept(Event::Tick);
    }
    assert_eq!(table.closed(), [(2, CloseReason::TryLater)]);
}

#[test]
fn rm8_a_reader_that_lags_too_long_is_closed() {
    let (mut table, pen) = two(Limits { outbox_bytes: 200, ..Limits::default() });
    table.accept(Event::Drained { conn: ConnId(2) });
    for round in 0..2 {
        table.update(1, &pen.insert(0, &"large".repeat(100)));
        table.flush();
        table.now += round * 29_999;
    }
    table.accept(Event::Tick);
    assert_eq!(table.closed(), []);
    table.now += 1;
    table.accept(Event::Tick);
    assert_eq!(table.closed(), [(2, CloseReason::TryLater)]);
    assert_eq!(table.room.connections(), 1);
}

#[test]
fn rm9_a_malformed_frame_ends_the_connection_and_counts_for_nothing() {
    let (mut table, pen) = two(Limits::default());
    let bytes = [frames::update(&pen.insert(0, "a")), vec![0, 9].into()].concat();
    table.frame(1, bytes.into());
    table.flush();
    assert_eq!(table.closed(), [(1, CloseReason::Invalid)]);
    assert_eq!((table.room.text().as_str(), table.room.connections()), ("", 1));
    table.update(1, &Pen::new(12).insert(0, "late"));
    table.flush();
    assert_eq!(table.room.text(), "");
}

fn compactions(table: &Table) -> Vec<(Channel, Ticket, Bytes, Bytes)> {
    let compaction = |effect: &Effect| match effect {
        Effect::Compact { channel, through, snapshot, authors } => {
            Some((*channel, *through, snapshot.clone(), authors.clone()))
        }
        _ => None,
    };
    table.effects.iter().filter_map(compaction).collect()
}

#[test]
fn rm10_a_long_log_is_compacted_once_at_a_time() {
    let (mut table, pen) = two(Limits { compact_entries: 3, ..Limits::default() });
    for round in 1..=8 {
        table.update(1, &pen.insert(0, "x"));
        table.flush();
        table.stored(round - 1);
        assert_eq!(compactions(&table).len(), usize::from(round >= 3));
    }
    assert_eq!(compactions(&table)[0].1, Ticket(1), "through what is durable");
    table.accept(Event::Compacted { channel: Channel::TEXT });
    table.flush();
    assert_eq!(compactions(&table).len(), 2);
}

#[test]
fn rm10_a_heavy_log_is_compacted_once_it_outweighs_the_state() {
    let (mut table, pen) = two(Limits::default());
    let paste = "words ".repeat(60_000);
    for round in 1..=6 {
        table.update(1, &pen.insert(0, &paste));
        table.flush();
        table.stored(round);
        // A mebibyte first, and then as much as the state has by now.
        assert_eq!(compactions(&table).len(), round as usize / 3, "{round}");
        table.accept(Event::Compacted { channel: Channel::TEXT });
    }
}

#[test]
fn rm10_idle_compacts_whatever_there_is() {
    let (mut table, pen) = two(Limits::default());
    table.accept(Event::Idle);
    assert_eq!(compactions(&table), []);
    table.update(1, &pen.insert(0, "words"));
    table.flush();
    table.stored(1);
    table.accept(Event::Idle);
    let (_, through, snapshot, authors) = compactions(&table).remove(0);
    assert_eq!(through, Ticket(1));
    let mut loaded = Loaded::default();
    loaded.text.snapshot = Some((snapshot, authors));
    let mut again = Table::load(loaded, Limits::default());
    assert_eq!(again.room.text(), "words");
    again.accept(Event::Idle);
    assert_eq!(compactions(&again), []);
}

#[test]
fn rm11_after_a_failed_append_nothing_is_taken() {
    let (mut table, pen) = two(Limits { compact_entries: 1, ..Limits::default() });
    table.accept(Event::StoreFailed);
    table.update(1, &pen.insert(0, "a"));
    table.edit(9, Role::Edit, "", "b");
    table.flush();
    table.accept(Event::Idle);
    assert_eq!((table.room.text().as_str(), table.appends().len(), compactions(&table).len()), ("", 0, 0));
    assert!(!table.room.durable());
}

#[test]
fn rm13_without_room_nothing_is_taken_and_with_it_everybody_is_asked() {
    let (mut table, pen) = two(Limits::default());
    table.update(1, &pen.insert(0, "a"));
    table.flush();
    table.heard(1);
    table.accept(Event::Full);
    let (refused, again) = (pen.insert(1, "b"), pen.everything());
    table.update(1, &refused);
    table.edit(9, Role::Edit, "", "b");
    table.flush();
    table.accept(Event::Idle);
    assert_eq!((table.room.text().as_str(), table.appends().len(), compactions(&table).len()), ("a", 1, 0));
    assert_eq!(table.replies(), [(9, Err(crate::CommandError::Full))]);
    table.stored(1);
    let refusals = [frames::nack(2, 6, frames::FULL)];
    assert!(table.frames(1).starts_with(&refusals), "and why");
    assert!(table.room.durable(), "what was taken before is stored as ever");
    table.accept(Event::Resumed);
    assert!(table.heard(1).iter().any(|heard| matches!(heard, Heard::Step1(_))), "who writes is asked");
    table.step2(1, &again);
    table.flush();
    assert_eq!((table.room.text().as_str(), table.appends().len()), ("ab", 2));
}

#[test]
fn rm13_an_append_that_found_no_room_ends_the_writing() {
    let (mut table, pen) = two(Limits::default());
    table.update(1, &pen.insert(0, "a"));
    table.flush();
    table.accept(Event::Full);
    table.accept(Event::StoreFailed);
    table.accept(Event::Resumed);
    table.update(1, &pen.insert(1, "b"));
    table.flush();
    assert_eq!((table.appends().len(), table.room.durable()), (1, false), "only loading it again helps");
}

#[test]
fn rm12_what_was_appended_is_the_room() {
    let (mut table, pen) = two(Limits::default());
    for word in ["one ", "two ", "😀 "] {
        table.update(1, &pen.insert(0, word));
        table.flush();
    }
    table.update(2, &pen.remove(0, 3));
    table.flush();
    let again = Table::load(Loaded { text: table.log(), ..Loaded::default() }, Limits::default());
    assert_eq!(again.room.text(), table.room.text());
    assert_eq!(again.room.state_vector(), table.room.state_vector());
}

#[test]
fn rm12_what_cannot_have_been_appended_is_not_served() {
    for bytes in [&b"nonsense"[..], &{
        let pen = Pen::new(11);
        pen.insert(0, "lost");
        pen.insert(4, "rests on it")
    }] {
        let loaded = Loaded { text: entries(&Bytes::copy_from_slice(bytes)), ..Loaded::default() };
        assert!(Room::open(1, loaded, Seed(1), Limits::default(), POLICY).is_err());
    }
}
