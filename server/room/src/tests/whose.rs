//! HI16: whose every character is.

use super::{Pen, Table, author};
use crate::{ChannelLog, Dialect, Limits, Loaded, Role, Run, Whose};

/// Who wrote what, as words.
fn written(table: &Table) -> Vec<(String, Option<u128>)> {
    let whose = table.room.whose();
    let stretches = whose.stretches();
    let clients = whose.clients(&stretches);
    let units: Vec<u16> = table.room.text().encode_utf16().collect();
    let runs = Whose::runs(&stretches, |client| clients.get(&client).copied());
    let mut at = 0;
    let words = runs.into_iter().map(|Run { from, to, author }| {
        assert_eq!(from, at, "runs cover the text");
        at = to;
        let words = String::from_utf16(&units[from as usize..to as usize]).expect("whole characters");
        (words, author.map(|author| author.0.as_u128()))
    });
    let words: Vec<_> = words.collect();
    assert_eq!(at as usize, units.len());
    words
}

fn said(words: &[(&str, u64)]) -> Vec<(String, Option<u128>)> {
    words.iter().map(|(words, by)| ((*words).to_owned(), Some(u128::from(*by)))).collect()
}

/// Two people and a server's edit.
fn together() -> Table {
    let mut table = Table::new();
    table.seat(1, Role::Edit, Dialect::Galley);
    table.seat(2, Role::Edit, Dialect::Galley);
    let (one, two) = (Pen::new(11), Pen::new(22));
    let update = one.insert(0, "one 😀 three");
    two.take(&update);
    table.update(1, &update);
    table.update(2, &two.insert(7, "two é "));
    table.edit(3, Role::Edit, "one 😀 two é three", "zero one 😀 two é three");
    table.flush();
    table
}

#[test]
fn hi16_every_character_is_its_authors() {
    let table = together();
    assert_eq!(written(&table), said(&[("zero ", 3), ("one 😀 ", 1), ("two é ", 2), ("three", 1)]));
    assert_eq!(written(&Table::new()), []);
}

#[test]
fn hi16_deleted_words_are_nobodys_and_restored_ones_are_theirs_who_restored_them() {
    let mut table = together();
    table.edit(2, Role::Edit, "zero one 😀 two é three", "zero three");
    table.flush();
    assert_eq!(written(&table), said(&[("zero ", 3), ("three", 1)]));
    table.edit(4, Role::Edit, "zero three", "zero one 😀 two é three");
    table.flush();
    assert_eq!(written(&table), said(&[("zero ", 3), ("one 😀 two é ", 4), ("three", 1)]));
}

#[test]
fn hi16_it_is_the_same_after_loading_and_after_compacting() {
    let table = together();
    let again = Table::load(Loaded { text: table.log(), ..Loaded::default() }, Limits::default());
    assert_eq!(written(&again), written(&table));
    let snapshot = Some((again.room.text.state().into(), again.room.authors.encode()));
    let text = ChannelLog { snapshot, tail: Vec::new() };
    let compacted = Table::load(Loaded { text, ..Loaded::default() }, Limits::default());
    assert_eq!(written(&compacted), written(&table));
}

#[test]
fn hi16_an_id_nobody_is_known_to_have_is_nobodys() {
    let update = Pen::new(5).insert(0, "from nowhere");
    let text = ChannelLog { snapshot: None, tail: vec![(update.into(), bytes::Bytes::new())] };
    let table = Table::load(Loaded { text, ..Loaded::default() }, Limits::default());
    assert_eq!(written(&table), [("from nowhere".to_owned(), None)]);
    let _ = author(5);
}
