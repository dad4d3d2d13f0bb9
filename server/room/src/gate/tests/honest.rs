//! Whatever real editors write is accepted, and the text is theirs.

use yrs::updates::decoder::Decode;
use yrs::{Doc, GetString, ReadTxn, StateVector, Text, Transact, Update, WriteTxn};

use super::server::{Server, doc};
use super::{Rng, hex};
use crate::gate::{Arrival, Verdict};

const WORDS: &[&str] = &["a", "b ", "word ", "\n", "é", "漢字", "😀", "👩‍👧 ", "🇩🇪", "𝒳"];

fn settled(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Accept(checked) => !checked.withheld(),
        Verdict::NoOp => true,
        Verdict::Gap | Verdict::Refuse(_) => false,
    }
}

/// GT11, GT14, GT18, GT19: histories recorded from Yjs 13.6 (`corpus/yjs.mjs`).
#[test]
fn every_update_of_yjs_is_accepted_and_reads_the_same() {
    let mut server = Server::new();
    let mut history = "";
    for line in include_str!("../corpus/yjs.txt").lines() {
        let (kind, rest) = line.split_once(' ').expect("a kind and a value");
        match kind {
            "#" => (history, server) = (rest, Server::new()),
            "u" => {
                let verdict = server.offer(&hex(rest), Arrival::Update);
                assert!(settled(&verdict), "history {history}: {verdict:?} for {rest}");
            }
            "s" => {
                let verdict = server.offer(&hex(rest), Arrival::Step2);
                assert!(settled(&verdict), "history {history}: {verdict:?} for {rest}");
            }
            "p" => {
                let verdict = server.offer(&hex(rest), Arrival::Step2);
                let waits = matches!(&verdict, Verdict::Gap) || !settled(&verdict);
                assert!(waits && !matches!(verdict, Verdict::Refuse(_)), "history {history}: {verdict:?}");
            }
            _ => {
                let text: String = serde_json::from_str(rest).expect("a JSON string");
                assert_eq!(server.text(), text, "history {history}");
                assert_eq!(server.reload().text(), text, "history {history}, loaded again");
            }
        }
    }
}

struct Editor {
    doc: Doc,
    /// What the server sent and this editor has not heard yet.
    inbox: Vec<Vec<u8>>,
    online: bool,
}

impl Editor {
    fn edit(&self, rng: &mut Rng) -> Vec<u8> {
        let mut txn = self.doc.transact_mut();
        let text = txn.get_or_insert_text("content");
        for _ in 0..1 + rng.below(3) {
            let len = text.len(&txn);
            let at = rng.below(len as usize + 1) as u32;
            if rng.chance(60) || len < 4 {
                let words: String = (0..1 + rng.below(3)).map(|_| *rng.pick(WORDS)).collect();
                text.insert(&mut txn, at, &words);
            } else {
                text.remove_range(&mut txn, at, (len - at).min(1 + rng.below(6) as u32));
            }
        }
        txn.encode_update_v1()
    }

    fn apply(&self, bytes: &[u8]) {
        let update = Update::decode_v1(bytes).expect("it is what another editor wrote");
        self.doc.transact_mut().apply_update(update).expect("it applies");
    }

    fn vector(&self) -> StateVector {
        self.doc.transact().state_vector()
    }
}

fn run(seed: u64) {
    let mut rng = Rng::new(seed);
    let mut server = Server::new();
    let mut editors: Vec<Editor> = (0..2 + rng.below(4))
        .map(|n| Editor { doc: doc(rng.number() >> 11 | n as u64), inbox: Vec::new(), online: true })
        .collect();
    for _ in 0..80 {
        let at = rng.below(editors.len());
        let mut heard = Vec::new();
        match rng.below(10) {
            0 => {
                editors[at].online = false;
                editors[at].inbox.clear();
            }
            1 | 2 if !editors[at].online => heard.push(rejoin(&mut server, &mut editors[at])),
            3 | 4 if editors[at].online => {
                let count = rng.below(editors[at].inbox.len() + 1);
                let updates: Vec<_> = editors[at].inbox.drain(..count).collect();
                updates.iter().for_each(|update| editors[at].apply(update));
            }
            _ => {
                let update = editors[at].edit(&mut rng);
                if editors[at].online {
                    let verdict = server.offer(&update, Arrival::Update);
                    assert!(settled(&verdict), "seed {seed}: {verdict:?}");
                    heard.push(update);
                }
            }
        }
        for (_, editor) in editors.iter_mut().enumerate().filter(|(other, editor)| *other != at && editor.online) {
            editor.inbox.extend(heard.iter().cloned());
        }
    }
    for editor in &mut editors {
        editor.inbox.clear();
        rejoin(&mut server, editor);
    }
    assert_eq!(server.reload().text(), server.text(), "seed {seed}");
    for editor in &mut editors {
        rejoin(&mut server, editor);
        let txn = editor.doc.transact();
        let text = txn.get_text("content").expect("it edits one");
        assert_eq!(text.get_string(&txn), server.text(), "seed {seed}");
    }
}

/// Both sides' Step2. Returns what the others have to hear.
fn rejoin(server: &mut Server, editor: &mut Editor) -> Vec<u8> {
    let missing = server.doc.transact().encode_state_as_update_v1(&editor.vector());
    editor.apply(&missing);
    let vector = server.doc.transact().state_vector();
    let step2 = editor.doc.transact().encode_state_as_update_v1(&vector);
    let verdict = server.offer(&step2, Arrival::Step2);
    assert!(settled(&verdict), "{verdict:?}");
    editor.online = true;
    step2
}

/// GT11, GT12, GT19: editors made of yrs, with deletes, torn pairs, offline times and garbage collection.
#[test]
fn every_update_of_yrs_is_accepted_and_reads_the_same() {
    for seed in 0..300 {
        run(seed);
    }
}
