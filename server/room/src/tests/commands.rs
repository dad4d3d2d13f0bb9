//! CM1 to CM5.

use super::{CommandError, Limits, Pen, Reply, Table};
use crate::command::{Splice, carry};
use crate::sim::rng::Rng;
use crate::{Dialect, Event, Role};

/// `current` with what changed from `base` to `text`.
fn merged(base: &str, text: &str, current: &str) -> String {
    let mut units: Vec<u16> = current.encode_utf16().collect();
    let splices = carry(base, text, current);
    for pair in splices.windows(2) {
        assert!(pair[0].at + pair[0].removed <= pair[1].at, "{splices:?}");
    }
    for Splice { at, removed, inserted } in splices.into_iter().rev() {
        units.splice(at as usize..(at + removed) as usize, inserted.encode_utf16());
    }
    String::from_utf16(&units).expect("no half of a pair")
}

#[test]
fn cm1_changes_are_carried_word_by_word() {
    assert_eq!(merged("one two three", "one 2 three", "one two three four"), "one 2 three four");
    assert_eq!(merged("one two", "one two three", "zero one two"), "zero one two three");
    assert_eq!(merged("one two three", "one three", "one two, three"), "one ,three");
    assert_eq!(merged("a b c", "a b c", "something else"), "something else");
}

#[test]
fn cm2_a_conflict_keeps_both_and_writes_no_markers() {
    let both = merged("one two three", "one zwei three", "one deux three");
    assert!(both.contains("zwei") && both.contains("deux"), "{both}");
    assert!(!both.contains("<<<") && !both.contains(">>>"));
    assert_eq!(merged("one two", "one", "one"), "one", "gone is gone");
    assert_eq!(merged("", "words", ""), "words");
    assert_eq!(merged("words", "", "words"), "");
}

#[test]
fn cm3_ends_of_lines_become_lf() {
    assert_eq!(merged("a\nb", "a\r\nb\rc", "a\nb"), "a\nb\nc");
    assert_eq!(carry("a\nb\n", "a\r\nb\r\n", "a\nb\n"), []);
}

#[test]
fn cm4_places_count_utf16_units() {
    assert_eq!(carry("😀 a", "😀 b", "😀 a"), [Splice { at: 3, removed: 1, inserted: "b".into() }]);
    assert_eq!(merged("👩‍👧 a 𝒳", "👩‍👧 b 𝒳", "é 👩‍👧 a 𝒳!"), "é 👩‍👧 b 𝒳!");
}

const PIECES: &[&str] = &["word ", "a", " ", "\n", "😀", "é", "漢字", "# ", "word", "\n\n", "1", "𝒳", "."];

fn random(rng: &mut Rng) -> String {
    (0..rng.below(30)).map(|_| PIECES[rng.below(PIECES.len())]).collect()
}

/// Some pieces of `text` other than before.
fn changed(text: &str, rng: &mut Rng) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match rng.below(8) {
            0 => {}
            1 => out.extend([PIECES[rng.below(PIECES.len())], &letter.to_string()]),
            _ => out.push(letter),
        }
    }
    out
}

#[test]
fn cm5_without_others_the_text_is_what_was_wanted() {
    for seed in 0..3_000 {
        let mut rng = Rng::new(seed);
        let base = random(&mut rng);
        let text = if rng.chance(50) { random(&mut rng) } else { changed(&base, &mut rng) };
        assert_eq!(merged(&base, &text, &base), text, "seed {seed}");
    }
}

#[test]
fn cm5_whatever_others_did_stays_a_text() {
    for seed in 0..3_000 {
        let mut rng = Rng::new(seed);
        let base = random(&mut rng);
        let (text, current) = (changed(&base, &mut rng), changed(&base, &mut rng));
        merged(&base, &text, &current);
        assert_eq!(merged(&base, &base, &current), current, "seed {seed}");
    }
}

#[test]
fn cm5_large_texts_are_compared_by_lines_and_larger_ones_replaced() {
    let base: String = (0..30_000).map(|line| format!("line {line}\n")).collect();
    let text = base.replace("line 777\n", "line seven\n");
    assert_eq!(merged(&base, &text, &base), text);
    assert_eq!(merged(&base, &text, &format!("{base}end")), format!("{text}end"));
    let other: String = (0..30_000).map(|line| format!("{line}\n")).collect();
    assert_eq!(merged(&base, &other, &base), other);
}

#[test]
fn cm6_an_edit_answers_when_it_is_durable() {
    let mut table = Table::new();
    table.seat(1, Role::Edit, Dialect::Galley);
    table.update(1, &Pen::new(11).insert(0, "one two"));
    table.edit(9, Role::Edit, "one two", "one 2");
    table.flush();
    assert_eq!((table.room.text().as_str(), table.appends().len()), ("one 2", 2));
    table.stored(1);
    assert_eq!(table.replies(), []);
    table.stored(2);
    assert_eq!(table.replies(), [(9, Ok(Reply::Durable))]);
    table.edit(8, Role::Edit, "one 2", "one 2");
    table.flush();
    assert_eq!(table.replies()[1..], [(8, Ok(Reply::Durable))], "nothing to wait for");
}

#[test]
fn cm7_an_edit_that_may_not_be_changes_nothing() {
    let mut table = Table::with(Limits { text_bytes: 1_000, ..Limits::default() });
    table.edit(1, Role::Comment, "", "a");
    table.edit(2, Role::Edit, "", &"long".repeat(1_000));
    table.accept(Event::StoreFailed);
    table.edit(3, Role::Edit, "", "a");
    table.flush();
    let errors = [CommandError::ReadOnly, CommandError::TooLarge, CommandError::Unsaved];
    assert_eq!(table.replies(), [(1, Err(errors[0])), (2, Err(errors[1])), (3, Err(errors[2]))]);
    assert_eq!((table.room.text().as_str(), table.appends().len()), ("", 0));
}

#[test]
fn cm7_when_storage_fails_every_open_edit_is_told() {
    let mut table = Table::new();
    table.edit(1, Role::Edit, "", "a");
    table.flush();
    table.edit(2, Role::Edit, "a", "ab");
    table.accept(Event::StoreFailed);
    table.flush();
    assert_eq!(table.replies(), [(1, Err(CommandError::Unsaved)), (2, Err(CommandError::Unsaved))]);
}
