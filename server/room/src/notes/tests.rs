//! Proof of the rules NT1 to NT8 in `tests/spec/notes.md`; `tests/histories.rs` has the long histories.

use yrs::{GetString, OffsetKind, Options, Text, TextRef, Transact};

use super::*;
use crate::Role;

fn author(n: u128) -> Author {
    Author(Uuid::from_u128(n))
}

fn asker(n: u128, role: Role) -> Asker<'static> {
    Asker { by: author(n), also: &[], role, at_ms: 1_700_000_000_000 }
}

fn words(body: &str) -> Words {
    Words { body: body.into(), mentions: Vec::new() }
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn passage(quote: &str) -> Passage {
    Passage { quote: quote.into(), ..Passage::default() }
}

fn note(quote: &str, body: &str) -> Wish {
    Wish::Note { passage: passage(quote), words: words(body) }
}

/// A notes document in which wishes are granted.
struct Board {
    doc: Doc,
}

impl Board {
    fn new() -> Board {
        Board { doc: Doc::with_client_id(9) }
    }

    fn read(&self) -> Notes {
        let map = map_of(&self.doc);
        Notes::read(&map, &self.doc.transact())
    }

    fn ask(&self, id: Uuid, wish: Wish, asker: Asker<'_>) -> Result<usize, NoteError> {
        let mut notes = self.read();
        let changes = notes.grant(id, wish, &asker)?;
        write(&map_of(&self.doc), &mut self.doc.transact_mut(), &changes);
        for (key, value) in &changes {
            notes.set(key, value.as_ref());
        }
        assert_eq!(notes, self.read(), "what is kept beside the map is what is in it");
        Ok(changes.len())
    }
}

#[test]
fn nt1_the_same_wish_again_is_the_same_answer() {
    let (board, bob) = (Board::new(), asker(1, Role::Comment));
    for wish in [
        (id(1), note("words", "why?")),
        (id(2), Wish::Reply { note: id(1), words: words("because") }),
        (id(1), Wish::Resolve(Settled::Resolved)),
        (id(1), Wish::React { emoji: vec!["👍".into()] }),
        (id(2), Wish::Edit { words: words("because of that") }),
    ] {
        assert_eq!(board.ask(wish.0, wish.1.clone(), bob), Ok(1), "{wish:?}");
        let before = board.read();
        assert_eq!(board.ask(wish.0, wish.1.clone(), bob), Ok(0), "{wish:?}");
        assert_eq!(board.read(), before);
    }
    assert!(board.ask(id(1), Wish::Delete, bob).is_ok_and(|changes| changes > 0));
    assert_eq!(board.ask(id(1), Wish::Delete, bob), Ok(0));
    assert_eq!(board.read(), Notes::default(), "with all replies and reactions");
}

#[test]
fn nt1_what_was_changed_meanwhile_is_still_the_same_answer() {
    let (board, bob, eve) = (Board::new(), asker(1, Role::Comment), asker(2, Role::Edit));
    let (first, reply) = (note("words", "why?"), Wish::Reply { note: id(1), words: words("because") });
    board.ask(id(1), first.clone(), bob).expect("granted");
    board.ask(id(2), reply.clone(), bob).expect("granted");
    let Wish::Note { passage, .. } = note("other words", "") else { unreachable!("it is one") };
    board.ask(id(1), Wish::Attach { passage }, eve).expect("granted");
    assert_eq!(board.ask(id(1), first.clone(), bob), Ok(0), "attached elsewhere");
    board.ask(id(1), Wish::Edit { words: words("why not?") }, bob).expect("granted");
    board.ask(id(2), Wish::Edit { words: words("because of that") }, bob).expect("granted");
    let before = board.read();
    assert_eq!((board.ask(id(1), first.clone(), bob), board.ask(id(2), reply.clone(), bob)), (Ok(0), Ok(0)));
    assert_eq!(board.read(), before);
    assert_eq!(board.ask(id(1), first, eve), Err(NoteError::Taken));
    assert_eq!(board.ask(id(2), reply, eve), Err(NoteError::Taken));
}

#[test]
fn nt1_an_id_is_of_one_thing() {
    let (board, bob, eve) = (Board::new(), asker(1, Role::Comment), asker(2, Role::Comment));
    board.ask(id(1), note("words", "why?"), bob).expect("granted");
    assert_eq!(board.ask(id(1), note("words", "why?"), eve), Err(NoteError::Taken));
    assert_eq!(board.ask(id(1), note("words", "another"), bob), Err(NoteError::Taken));
    assert_eq!(board.ask(id(1), Wish::Reply { note: id(1), words: words("x") }, bob), Err(NoteError::Taken));
    assert_eq!(board.ask(id(2), Wish::Reply { note: id(7), words: words("x") }, bob), Err(NoteError::Missing));
}

#[test]
fn nt2_who_may_do_what_with_whose() {
    let board = Board::new();
    let (mine, others) = (asker(1, Role::Comment), asker(2, Role::Comment));
    board.ask(id(1), note("words", "why?"), mine).expect("granted");
    assert_eq!(board.ask(id(2), note("words", "x"), asker(3, Role::View)), Err(NoteError::ReadOnly));
    let edit = Wish::Edit { words: words("other words") };
    for role in [Role::Comment, Role::Edit, Role::Own] {
        assert_eq!(board.ask(id(1), edit.clone(), asker(2, role)), Err(NoteError::NotYours), "nobody edits for others");
    }
    for wish in [Wish::Delete, Wish::Resolve(Settled::Resolved), Wish::Attach { passage: passage("x") }] {
        assert_eq!(board.ask(id(1), wish.clone(), others), Err(NoteError::NotYours), "{wish:?}");
    }
    assert_eq!(board.ask(id(1), Wish::Delete, asker(2, Role::Edit)), Err(NoteError::NotYours));
    assert_eq!(board.ask(id(1), Wish::Resolve(Settled::Resolved), asker(2, Role::Edit)), Ok(1));
    assert_eq!(board.ask(id(1), Wish::Resolve(Settled::Reopened), mine), Ok(1), "resolving deletes nothing");
    assert!(board.ask(id(1), Wish::Delete, asker(3, Role::Own)).is_ok_and(|changes| changes > 0));
}

#[test]
fn nt2_what_a_guest_wrote_is_the_accounts_they_became() {
    let board = Board::new();
    board.ask(id(1), note("words", "why?"), asker(1, Role::Comment)).expect("granted");
    let also = [author(1)];
    let account = Asker { also: &also, ..asker(9, Role::Comment) };
    assert_eq!(board.ask(id(1), note("words", "why?"), account), Ok(0), "the same wish from the same person");
    assert_eq!(board.ask(id(1), Wish::Edit { words: words("why not?") }, account), Ok(1));
    assert_eq!(board.read().notes[&id(1)].by, author(1), "who wrote it is never rewritten");
}

#[test]
fn nt4_a_document_holds_so_many_bytes_of_notes() {
    let bob = asker(1, Role::Comment);
    let long = "x".repeat(BODY_CHARS_MAX);
    let mut notes = Notes::default();
    let mut asked = 0;
    let refused = loop {
        match notes.grant(id(asked), note("words", &long), &bob) {
            Ok(changes) => changes.iter().for_each(|(key, value)| notes.set(key, value.as_ref())),
            Err(refused) => break refused,
        }
        asked += 1;
    };
    assert_eq!(refused, NoteError::Full);
    assert_eq!(asked as usize, BYTES_MAX / (BODY_CHARS_MAX + "words".len()));
}

#[test]
fn nt3_what_is_stored_reads_the_same_whatever_the_numbers() {
    let board = Board::new();
    let item = |client, clock| Some(Item { client, clock });
    let ends = [(1, 0), (1 << 31, 7), ((1 << 53) - 1, (1 << 31) - 1)];
    for (n, (client, clock)) in ends.into_iter().enumerate() {
        let anchor = Anchor { start: Position::at(item(client, clock), 0), end: Position::at(item(client, clock), -1) };
        let passage = Passage { anchor: Some(anchor), ..passage("words") };
        let wish = Wish::Note { passage, words: Words { body: "x".into(), mentions: vec![author(7)] } };
        board.ask(id(n as u128), wish, asker(1, Role::Comment)).expect("granted");
    }
    let state = board.doc.transact().encode_state_as_update_v1(&yrs::StateVector::default());
    let again = Board::new();
    crate::sim::client::apply(&again.doc, &state);
    assert_eq!(again.read(), board.read());
    assert_eq!(again.read().notes.len(), ends.len());
}

#[test]
fn nt4_what_is_too_long_or_hidden_is_refused() {
    let (board, bob) = (Board::new(), asker(1, Role::Comment));
    let long = |chars: usize| "x".repeat(chars);
    for body in ["", " \n ", "bell\u{7}", &long(BODY_CHARS_MAX + 1)] {
        assert_eq!(board.ask(id(1), note("words", body), bob), Err(NoteError::Body), "{body:.20?}");
    }
    for bad in [passage(""), passage(&long(QUOTE_CHARS_MAX + 1)), Passage { before: long(33), ..passage("x") }] {
        assert_eq!(board.ask(id(1), Wish::Note { passage: bad, words: words("x") }, bob), Err(NoteError::Passage));
    }
    board.ask(id(1), note("words", "<script>alert(1)</script>\r\nsecond line"), bob).expect("plain text is plain text");
    assert_eq!(board.read().notes[&id(1)].body, "<script>alert(1)</script>\nsecond line");
    let twice = vec!["👍".to_owned(); 2];
    for emoji in
        [vec![String::new()], vec!["👍".repeat(9)], twice, vec!["\n".into()], vec!["no".into()], vec!["1".into()]]
    {
        assert_eq!(board.ask(id(1), Wish::React { emoji }, bob), Err(NoteError::Emoji));
    }
}

/// A text in which anchors are held.
struct Sheet {
    doc: Doc,
    text: TextRef,
}

impl Sheet {
    fn new(client: u64, content: &str) -> Sheet {
        let mut options = Options::with_client_id(yrs::ClientID::new(client));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("content");
        text.insert(&mut doc.transact_mut(), 0, content);
        Sheet { doc, text }
    }

    fn content(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    fn on<R>(&self, work: impl FnOnce(&Ground<'_, yrs::Transaction<'_>>) -> R) -> R {
        let content = self.content();
        let txn = self.doc.transact();
        work(&Ground::new(&txn, &self.text, &content))
    }

    /// A note on the first place of these words.
    fn noted(&self, quote: &str) -> Passage {
        let content = self.content();
        let at = content.find(quote).expect("the words are there");
        let place = at..at + quote.len();
        let before: String = content[..at].chars().rev().take(AROUND_CHARS_MAX).collect();
        Passage {
            anchor: self.on(|ground| ground.anchor(&place)),
            quote: quote.into(),
            before: before.chars().rev().collect(),
            after: content[place.end..].chars().take(AROUND_CHARS_MAX).collect(),
            heading: String::new(),
        }
    }

    fn settled(&self, passage: Passage) -> Passage {
        Passage { anchor: self.on(|ground| ground.settle(&passage)).anchor(), ..passage }
    }

    fn words(&self, passage: &Passage) -> Option<String> {
        let content = self.content();
        self.on(|ground| passage.anchor.as_ref().and_then(|anchor| ground.place(anchor)))
            .map(|place| content[place].to_owned())
    }

    fn replace(&self, from: &str, to: &str) {
        let content = self.content();
        let at = content.find(from).expect("there");
        let utf16 = |text: &str| u32::try_from(text.encode_utf16().count()).expect("short");
        let mut txn = self.doc.transact_mut();
        self.text.remove_range(&mut txn, utf16(&content[..at]), utf16(from));
        self.text.insert(&mut txn, utf16(&content[..at]), to);
    }
}

const TEXT: &str = "Intro 👩‍🚀.\n\nThe quick brown fox jumps over the lazy dog today.\n\nThe end, 李小龍.\n";

#[test]
fn nt5_an_anchor_moves_with_its_words() {
    let sheet = Sheet::new(1, TEXT);
    let passage = sheet.noted("brown fox jumps");
    sheet.replace("Intro", "A much longer introduction");
    sheet.replace("The end", "The very end");
    assert_eq!(sheet.words(&passage).as_deref(), Some("brown fox jumps"));
    assert_eq!(sheet.settled(passage.clone()), passage, "nothing to do");
    sheet.replace("fox", "red fox");
    assert_eq!(sheet.words(&passage).as_deref(), Some("brown red fox jumps"), "typing inside belongs to it");
    assert_eq!(sheet.settled(passage.clone()), passage, "reworded in its place stays there");
}

#[test]
fn nt6_words_that_were_cut_and_pasted_are_found_again() {
    let sheet = Sheet::new(1, TEXT);
    let passage = sheet.noted("The quick brown fox jumps");
    sheet.replace("The quick brown fox jumps", "");
    let detached = sheet.settled(passage.clone());
    assert_eq!((detached.anchor, &detached.quote), (None, &passage.quote), "detached, with its quote");
    sheet.replace("The end", "The quick brown fox jumps at the end");
    let found = sheet.settled(detached);
    assert_eq!(sheet.words(&found).as_deref(), Some("The quick brown fox jumps"));
}

#[test]
fn nt6_of_two_equal_places_the_one_with_the_same_surroundings() {
    let sheet = Sheet::new(1, "red: same words here. blue: same words here. green: same words here.");
    let mut passage = sheet.noted("same words here");
    passage.before = "blue: ".into();
    passage.after = ". green".into();
    passage.anchor = None;
    let found = sheet.settled(passage);
    let place = sheet.on(|ground| ground.place(&found.anchor.expect("found")).expect("a place"));
    assert_eq!(place.start, sheet.content().find("blue").expect("there") + 6);
}

#[test]
fn nt5_anchors_nobody_made_are_nowhere() {
    let sheet = Sheet::new(1, TEXT);
    let at = |client, clock| Position::at(Some(Item { client, clock }), 0);
    let end = Position::at(None, 0);
    for start in [at(2, 0), at(1, 1 << 30), at(1, 1 << 40), at(1 << 53, 0), at(u64::MAX, u64::MAX), end] {
        let anchor = Anchor { start, end: at(1, 3) };
        assert_eq!(sheet.on(|ground| ground.place(&anchor)), None, "{start:?}");
    }
    let whole = Anchor { start: at(1, 0), end };
    assert_eq!(sheet.on(|ground| ground.place(&whole)), Some(0..TEXT.len()));
}
