//! Notes in a room: what others hear, what is stored, and anchors that follow the text.

use super::*;
use crate::notes::{Anchor, Item, NoteError, Passage, Position, Settled, Wish, Words};

fn wish(table: &mut Table, from: u64, by: u64, role: Role, id: u128, wish: Wish) {
    let command = Command::Note { id: Uuid::from_u128(id), wish: Box::new(wish), also: Vec::new(), at_ms: 1_000 };
    table.accept(Event::Command { from: RequestId(from), by: author(by), role, command });
    table.flush();
}

fn note(quote: &str, anchor: Option<Anchor>) -> Wish {
    let passage = Passage { anchor, quote: quote.into(), ..Passage::default() };
    Wish::Note { passage, words: Words { body: "why?".into(), mentions: Vec::new() } }
}

/// On units `from..to` of what client 5 inserted first.
fn anchor(from: u64, to: u64) -> Option<Anchor> {
    let item = |clock| Some(Item { client: 5, clock });
    Some(Anchor { start: Position::at(item(from), 0), end: Position::at(item(to - 1), -1) })
}

const TEXT: &str = "Most editors say saved when the words have reached a server. That is a hope, not a fact. The end.";

/// A room with a text, and whoever wrote it on connection 1.
fn written() -> (Table, Pen) {
    let (mut table, pen) = (Table::new(), Pen::new(5));
    table.seat(1, Role::Edit, Dialect::Galley);
    let update = pen.insert(0, TEXT);
    table.update(1, &update);
    table.flush();
    (table, pen)
}

fn noted() -> (Table, Pen) {
    let (mut table, pen) = written();
    let at = TEXT.find("That is").expect("there") as u64;
    wish(&mut table, 9, 2, Role::Comment, 1, note("That is a hope, not a fact.", anchor(at, at + 27)));
    table.tick();
    (table, pen)
}

impl Table {
    fn tick(&mut self) {
        self.now += 500;
        self.accept(Event::Tick);
        self.flush();
    }

    /// The words the only note is on.
    fn passage(&self) -> Option<String> {
        let still = self.room.still();
        let places = still.places();
        places.values().next().map(|place| still.text[place.clone()].to_owned())
    }

    /// Appends to the notes.
    fn noted(&self) -> Vec<(Bytes, Bytes)> {
        let append = |effect: &Effect| match effect {
            Effect::Append { channel: Channel::NOTES, update, authors, .. } => Some((update.clone(), authors.clone())),
            _ => None,
        };
        self.effects.iter().filter_map(append).collect()
    }
}

#[test]
fn nt9_a_note_reaches_whoever_asked_for_notes_and_nobody_else() {
    let (mut table, _pen) = written();
    table.seat(2, Role::View, Dialect::Galley);
    table.seat(3, Role::View, Dialect::Galley);
    let notes = |inner: Bytes| frames::wrapped(Channel::NOTES, &inner);
    table.frame(2, notes(frames::step1(&[0])));
    table.heard(2);
    table.heard(3);
    wish(&mut table, 9, 7, Role::Comment, 1, note("a hope", None));
    let [(update, _)] = table.noted().try_into().expect("one append");
    assert_eq!(table.frames(2), [notes(frames::update(&update))]);
    assert_eq!(table.frames(3), [] as [Bytes; 0], "whoever did not ask is not told");
}

#[test]
fn nt9_a_slow_reader_gets_one_diff_of_what_it_missed() {
    let (mut table, _pen) = written();
    table.seat(2, Role::View, Dialect::Galley);
    table.frame(2, frames::wrapped(Channel::NOTES, &frames::step1(&[0])));
    table.accept(Event::Drained { conn: ConnId(2) });
    table.heard(2);
    let long = "x".repeat(10_000);
    for id in 0..60 {
        let passage = Passage { quote: "a hope".into(), ..Passage::default() };
        let words = Words { body: long.clone(), mentions: Vec::new() };
        wish(&mut table, id, 7, Role::Comment, u128::from(id) + 1, Wish::Note { passage, words });
    }
    let sent: usize = table.frames(2).iter().map(Bytes::len).sum();
    assert!(sent < Limits::default().outbox_bytes + 2 * long.len(), "{sent}");
    table.accept(Event::Drained { conn: ConnId(2) });
    assert_eq!(table.frames(2).len(), 1, "one diff");
    for id in 100..160 {
        wish(&mut table, id, 7, Role::Comment, u128::from(id), note(&long[..2_000], None));
    }
    table.now += Limits::default().lag + 500;
    table.tick();
    assert_eq!(table.closed(), [(2, CloseReason::TryLater)], "one that reads no more is closed");
}

#[test]
fn nt3_what_was_granted_is_there_after_a_reload() {
    let (mut table, _pen) = noted();
    wish(
        &mut table,
        10,
        3,
        Role::Comment,
        2,
        Wish::Reply { note: Uuid::from_u128(1), words: Words { body: "so".into(), mentions: vec![author(2)] } },
    );
    wish(&mut table, 11, 3, Role::Comment, 2, Wish::React { emoji: vec!["👍".into()] });
    wish(&mut table, 12, 2, Role::Comment, 1, Wish::Resolve(Settled::Resolved));
    let notes = ChannelLog { snapshot: None, tail: table.noted() };
    let again = Table::load(Loaded { text: table.log_of_text(), notes, ..Loaded::default() }, Limits::default());
    assert_eq!(again.room.notes(), table.room.notes());
    assert_eq!(again.passage().as_deref(), Some("That is a hope, not a fact."));
}

#[test]
fn nt2_who_may_not_is_told_so_and_the_text_is_never_touched() {
    let (mut table, _pen) = noted();
    let before = table.room.text();
    wish(&mut table, 20, 4, Role::View, 3, note("a hope", None));
    assert_eq!(table.replies().last(), Some(&(20, Err(CommandError::Note(NoteError::ReadOnly)))));
    wish(&mut table, 21, 4, Role::Comment, 1, Wish::Delete);
    assert_eq!(table.replies().last(), Some(&(21, Err(CommandError::Note(NoteError::NotYours)))));
    assert_eq!(table.room.text(), before);
    assert_eq!(table.room.notes().notes.len(), 1);
}

#[test]
fn nt5_an_anchor_holds_whatever_is_typed_around_and_inside() {
    let (mut table, pen) = noted();
    let update = pen.insert(0, "Before. ");
    table.update(1, &update);
    let at = pen.text().find("hope").expect("there") as u32;
    let update = pen.insert(at, "mere ");
    table.update(1, &update);
    table.flush();
    table.tick();
    assert_eq!(table.passage().as_deref(), Some("That is a mere hope, not a fact."));
}

#[test]
fn nt6_cut_and_pasted_it_is_found_again_and_undone_it_is_back() {
    let (mut table, pen) = noted();
    let words = "That is a hope, not a fact.";
    let at = pen.text().find(words).expect("there") as u32;
    let cut = pen.remove(at, 27);
    table.update(1, &cut);
    table.flush();
    table.tick();
    assert_eq!(table.passage(), None, "detached");
    assert_eq!(table.room.notes().notes[&Uuid::from_u128(1)].passage.quote, words, "with its quote");
    let paste = pen.insert(0, &format!("{words} "));
    table.update(1, &paste);
    table.flush();
    table.tick();
    assert_eq!(table.passage().as_deref(), Some(words));
    let cut = pen.remove(0, 28);
    let back = pen.insert(at, words);
    table.update(1, &cut);
    table.update(1, &back);
    table.flush();
    table.tick();
    assert_eq!(table.passage().as_deref(), Some(words));
}

#[test]
fn nt6_words_that_are_back_because_others_went_are_found() {
    let (mut table, pen) = noted();
    let words = "That is a hope, not a fact.";
    let at = pen.text().find(words).expect("there") as u32;
    let cut = pen.remove(at, 27);
    let torn = pen.insert(0, "That is a long lost hope, not a fact. ");
    table.update(1, &cut);
    table.update(1, &torn);
    table.flush();
    table.tick();
    let gone = pen.remove(10, 10);
    table.update(1, &gone);
    table.flush();
    table.tick();
    assert_eq!(table.passage().as_deref(), Some(words));
    assert!(table.room.text().starts_with(words));
}

#[test]
fn nt7_a_short_word_that_is_deleted_does_not_jump_to_another() {
    let (mut table, pen) = written();
    wish(&mut table, 9, 2, Role::Comment, 1, note("a", anchor(69, 70)));
    let place = table.passage();
    assert_eq!(place.as_deref(), Some("a"));
    let cut = pen.remove(69, 1);
    table.update(1, &cut);
    table.flush();
    table.tick();
    assert_eq!(table.passage(), None);
    let more = pen.insert(0, "a ");
    table.update(1, &more);
    table.flush();
    table.tick();
    assert_eq!(table.passage(), None, "another a is not the one");
}

#[test]
fn nt8_however_many_lose_their_words_a_turn_is_bounded_and_none_is_forgotten() {
    let (mut table, pen) = written();
    for id in 1..=300 {
        wish(&mut table, id, 2, Role::Comment, u128::from(id), note("That is a hope, not a fact.", None));
    }
    let cut = pen.remove(0, TEXT.len() as u32);
    table.update(1, &cut);
    table.flush();
    let mut turns = 0;
    while table.room.notes().notes.values().any(|note| note.passage.anchor.is_some()) {
        let before = table.noted().len();
        table.tick();
        assert!(table.noted().len() - before <= 1, "one append a turn");
        turns += 1;
        assert!(turns < 20, "forgotten");
    }
    assert!(turns > 2, "{turns}");
    let back = pen.insert(0, TEXT);
    table.update(1, &back);
    table.flush();
    for _ in 0..40 {
        table.tick();
    }
    assert!(table.room.notes().notes.values().all(|note| note.passage.anchor.is_some()), "all back");
}

#[test]
fn nt10_what_was_deleted_leaves_the_log_at_once() {
    let (mut table, _pen) = noted();
    table.stored(9);
    wish(&mut table, 30, 2, Role::Comment, 1, Wish::Delete);
    let snapshot = table.effects.iter().find_map(|effect| match effect {
        Effect::Compact { channel: Channel::NOTES, snapshot, .. } => Some(snapshot.clone()),
        _ => None,
    });
    let snapshot = snapshot.expect("a snapshot");
    let has = |needle: &[u8]| snapshot.windows(needle.len()).any(|window| window == needle);
    assert!(!has(b"why?") && !has(b"a hope"), "its words are in the snapshot");
}

#[test]
fn nt5_an_anchor_nobody_knows_is_found_by_its_quote_or_detached() {
    let (mut table, _pen) = written();
    let unknown = Some(Anchor {
        start: Position::at(Some(Item { client: 77, clock: 0 }), 0),
        end: Position::at(Some(Item { client: 77, clock: 9 }), -1),
    });
    wish(&mut table, 1, 2, Role::Comment, 1, note("That is a hope, not a fact.", unknown));
    assert_eq!(table.passage().as_deref(), Some("That is a hope, not a fact."));
    wish(&mut table, 2, 2, Role::Comment, 2, note("words that nobody wrote here", unknown));
    assert_eq!(table.room.notes().notes[&Uuid::from_u128(2)].passage.anchor, None);
}
