//! GT20: the second grammar, met only when channel 1 is loaded.

use std::collections::HashMap;

use yrs::types::ToJson;
use yrs::updates::decoder::Decode;
use yrs::{Any, Doc, Map, ReadTxn, StateVector, Transact, Update, WriteTxn};

use super::server::Server;
use super::wire::{chunk, first, section, update, varuint};
use crate::Limits;
use crate::gate::{Arrival, Known, Refusal, Verdict, notes_update};

fn load(bytes: &[u8]) -> Verdict {
    notes_update(bytes, &Server::new() as &dyn Known, &Limits::default())
}

fn note(depth: usize) -> Any {
    let fields =
        [("v", Any::from(1)), ("by", Any::from("a😀")), ("at", Any::from(1.5)), ("resolved", Any::from(false))];
    let mut value = Any::from(HashMap::from(fields.map(|(key, value)| (key.to_owned(), value))));
    for _ in 1..depth {
        value = Any::from(HashMap::from([("inner".to_owned(), value)]));
    }
    value
}

#[test]
fn gt20_notes_written_replaced_and_removed_load_again() {
    let doc = Doc::with_client_id(9);
    for round in 0..3 {
        let mut txn = doc.transact_mut();
        let notes = txn.get_or_insert_map("notes");
        for key in 0..5 {
            notes.insert(&mut txn, format!("note-{key}"), note(1 + round));
        }
        notes.remove(&mut txn, "note-4");
    }
    let state = doc.transact().encode_state_as_update_v1(&StateVector::default());
    let Verdict::Accept(checked) = load(&state) else { panic!("{:?}", load(&state)) };
    let again = Doc::new();
    let decoded = Update::decode_v1(checked.bytes()).expect("yrs reads it");
    again.transact_mut().apply_update(decoded).expect("it applies");
    let json = |doc: &Doc| doc.transact().get_map("notes").map(|notes| notes.to_json(&doc.transact()));
    assert_eq!(json(&again), json(&doc));
}

#[test]
fn gt20_nothing_else_does() {
    let entry = |content: &[u8]| {
        let block = [&[0x28, 1][..], &chunk(b"notes"), &chunk(b"key"), content].concat();
        update(&[section(9, 0, &[block])], &[])
    };
    assert!(matches!(load(&entry(&[1, 119, 1, b'x'])), Verdict::Accept(_)));
    let nested = |depth: usize| [[117, 1].repeat(depth), vec![126]].concat();
    assert!(matches!(load(&entry(&[vec![1], nested(4)].concat())), Verdict::Accept(_)));
    for bad in [
        entry(&[vec![1], nested(5)].concat()),
        entry(&[vec![1], nested(100_000)].concat()),
        entry(&[2, 126, 126]),
        entry(&[1, 116, 1, 0]),
        entry(&[vec![1, 117], varuint(1 << 40)].concat()),
        entry(&[vec![1, 118], varuint(100_000_000)].concat()),
        update(&[section(9, 0, &[first("content", "x")])], &[]),
        update(&[section(9, 0, &[first("notes", "x")])], &[]),
    ] {
        assert!(matches!(load(&bad), Verdict::Refuse(Refusal::Invalid(_))), "{:?}", load(&bad));
    }
    let text = crate::gate::update(&entry(&[1, 126]), Arrival::Stored, &Server::new(), &Limits::default());
    assert!(matches!(text, Verdict::Refuse(Refusal::Invalid(_))), "a text has no notes: {text:?}");
}
