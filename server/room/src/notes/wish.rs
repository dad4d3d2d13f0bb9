//! What may be asked about notes, and what it changes.
//!
//! Invariant: a wish is judged against what is there and either changes it or says why not; the same wish again is the
//! same answer, so a client that lost the answer asks again. Who wrote something is never taken from the wish.

use uuid::Uuid;

use super::{
    Answer, BODY_CHARS_MAX, BYTES_MAX, Change, EMOJI_BYTES_MAX, EMOJI_MAX, ENTRIES_MAX, HEADING_CHARS_MAX,
    MENTIONS_MAX, Note, Notes, Passage, QUOTE_CHARS_MAX, Words, note_key, reaction_key, reply_key, value,
};
use crate::notes::AROUND_CHARS_MAX;
use crate::{Author, Role};

/// What can be asked about notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A new note.
    Note {
        /// What it is about.
        passage: Passage,
        /// What it says.
        words: Words,
    },
    /// A reply.
    Reply {
        /// To which note.
        note: Uuid,
        /// What it says.
        words: Words,
    },
    /// Other words for one's own note or reply.
    Edit {
        /// What it says now.
        words: Words,
    },
    /// One's own note or reply, or anybody's for an owner, is removed; a note with all its replies.
    Delete,
    /// A note is settled, or not after all.
    Resolve(Settled),
    /// A note is about another passage now.
    Attach {
        /// Which.
        passage: Passage,
    },
    /// One's reactions to a note or reply; none takes them back.
    React {
        /// All of them.
        emoji: Vec<String>,
    },
}

/// Whether a thread is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is.
    Resolved,
    /// It goes on.
    Reopened,
}

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker<'a> {
    /// Who.
    pub by: Author,
    /// Guests that have since become this account.
    pub also: &'a [Author],
    /// What they may do in the document.
    pub role: Role,
    /// Wall clock, milliseconds.
    pub at_ms: u64,
}

impl Asker<'_> {
    fn wrote(&self, by: Author) -> bool {
        by == self.by || self.also.contains(&by)
    }

    /// Theirs, or their role reaches.
    fn may(&self, by: Author, role: Role) -> Result<(), NoteError> {
        if self.role >= role || self.wrote(by) { Ok(()) } else { Err(NoteError::NotYours) }
    }

    fn only_their_own(&self, by: Author) -> Result<(), NoteError> {
        if self.wrote(by) { Ok(()) } else { Err(NoteError::NotYours) }
    }
}

/// Why a wish was not granted. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The role does not allow it.
    #[error("your access does not allow notes here; ask the owner for more")]
    ReadOnly,
    /// Somebody else's.
    #[error("this is somebody else's, and your access does not allow changing it")]
    NotYours,
    /// No such note or reply.
    #[error("there is no such note any more; it was deleted")]
    Missing,
    /// The id belongs to something else.
    #[error("another note has this id; choose a new one")]
    Taken,
    /// Empty, or too long.
    #[error("a note has 1 to 10,000 visible characters")]
    Body,
    /// Too long a quote, surrounding or heading.
    #[error("what the note is about is empty or too long; select up to 2,000 characters")]
    Passage,
    /// Not a reaction.
    #[error("a reaction is up to eight different emoji")]
    Emoji,
    /// The document is full of them.
    #[error("this document has as many notes as it can hold; delete some first")]
    Full,
}

impl Wish {
    /// Whether it may be asked at all, before anything is looked up for it.
    pub(crate) fn may_be_asked(&self, asker: &Asker<'_>) -> Result<(), NoteError> {
        if asker.role < Role::Comment {
            return Err(NoteError::ReadOnly);
        }
        match self {
            Wish::Note { passage, .. } | Wish::Attach { passage } => check_passage(passage),
            _ => Ok(()),
        }
    }
}

impl Notes {
    /// What a wish changes in the map. Nothing, where it is granted already.
    pub(crate) fn grant(&self, id: Uuid, wish: Wish, asker: &Asker<'_>) -> Result<Vec<Change>, NoteError> {
        wish.may_be_asked(asker)?;
        match wish {
            Wish::Note { passage, words } => self.note(id, passage, words, asker),
            Wish::Reply { note, words } => self.reply(id, note, words, asker),
            Wish::Edit { words } => self.edit(id, words, asker),
            Wish::Delete => self.delete(id, asker),
            Wish::Resolve(settled) => self.resolve(id, settled, asker),
            Wish::Attach { passage } => self.attach(id, passage, asker),
            Wish::React { emoji } => self.react(id, emoji, asker),
        }
    }

    fn note(&self, id: Uuid, passage: Passage, words: Words, asker: &Asker<'_>) -> Result<Vec<Change>, NoteError> {
        let Words { body, mentions } = checked(words)?;
        match self.notes.get(&id) {
            // Asked again, because the answer was lost: the same note, wherever it is and whatever it says by now.
            Some(there) if asker.wrote(there.by) && (there.edited.is_some() || there.body == body) => {
                return Ok(Vec::new());
            }
            Some(_) => return Err(NoteError::Taken),
            None => self.has_room(id, body.len() + passage.quote.len())?,
        }
        let (by, at) = (asker.by, asker.at_ms);
        let note = Note { v: 1, by, at, passage, body, edited: None, resolved: None, mentions };
        Ok(vec![(note_key(id), Some(value(&note)))])
    }

    fn reply(&self, id: Uuid, note: Uuid, words: Words, asker: &Asker<'_>) -> Result<Vec<Change>, NoteError> {
        let Words { body, mentions } = checked(words)?;
        if !self.notes.contains_key(&note) {
            return Err(NoteError::Missing);
        }
        match self.replies.get(&id) {
            Some(there)
                if asker.wrote(there.by) && there.note == note && (there.edited.is_some() || there.body == body) =>
            {
                return Ok(Vec::new());
            }
            Some(_) => return Err(NoteError::Taken),
            None => self.has_room(id, body.len())?,
        }
        let reply = Answer { v: 1, note, by: asker.by, at: asker.at_ms, body, edited: None, mentions };
        Ok(vec![(reply_key(id), Some(value(&reply)))])
    }

    fn edit(&self, id: Uuid, words: Words, asker: &Asker<'_>) -> Result<Vec<Change>, NoteError> {
        let Words { body, mentions } = checked(words)?;
        let edited = Some(asker.at_ms);
        if let Some(note) = self.notes.get(&id) {
            asker.only_their_own(note.by)?;
            self.holds(body.len().saturating_sub(note.body.len()))?;
            let next = Note { body, edited, mentions, ..note.clone() };
            return Ok(unless(note.body == next.body, note_key(id), &next));
        }
        let reply = self.replies.get(&id).ok_or(NoteError::Missing)?;
        asker.only_their_own(reply.by)?;
        self.holds(body.len().saturating_sub(reply.body.len()))?;
        let next = Answer { body, edited, mentions, ..reply.clone() };
        Ok(unless(reply.body == next.body, reply_key(id), &next))
    }

    fn delete(&self, id: Uuid, asker: &Asker<'_>) -> Result<Vec<Change>, NoteError> {
        let by = self.notes.get(&id).map(|note| note.by).or_else(|| self.replies.get(&id).map(|reply| reply.by));
        // Deleted before: asked again because the answer was lost.
        let Some(by) = by else { return Ok(Vec::new()) };
        asker.may(by, Role::Own)?;
        let mut gone = vec![id];
        gone.extend(self.replies_to(id).map(|(reply, _)| reply));
        let mut changes = Vec::new();
        for id in gone {
            let key = if self.notes.contains_key(&id) { note_key(id) } else { reply_key(id) };
            changes.push((key, None));
            changes.extend(self.reactions_to(id).map(|(author, _)| (reaction_key(id, author), None)));
        }
        Ok(changes)
    }

    fn resolve(&self, id: Uuid, settled: Settled, asker: &Asker<'_>) -> Result<Vec<Change>, NoteError> {
        let note = self.notes.get(&id).ok_or(NoteError::Missing)?;
        asker.may(note.by, Role::Edit)?;
        let resolved = (settled == Settled::Resolved).then_some(asker.by);
        let same = resolved.is_some() == note.resolved.is_some();
        Ok(unless(same, note_key(id), &Note { resolved, ..note.clone() }))
    }

    fn attach(&self, id: Uuid, passage: Passage, asker: &Asker<'_>) -> Result<Vec<Change>, NoteError> {
        let note = self.notes.get(&id).ok_or(NoteError::Missing)?;
        asker.may(note.by, Role::Edit)?;
        self.holds(passage.quote.len().saturating_sub(note.passage.quote.len()))?;
        let same = note.passage == passage;
        Ok(unless(same, note_key(id), &Note { passage, ..note.clone() }))
    }

    fn react(&self, id: Uuid, emoji: Vec<String>, asker: &Asker<'_>) -> Result<Vec<Change>, NoteError> {
        if !self.notes.contains_key(&id) && !self.replies.contains_key(&id) {
            return Err(NoteError::Missing);
        }
        let twice = |at: usize| emoji[..at].contains(&emoji[at]);
        if emoji.len() > EMOJI_MAX || !emoji.iter().all(|one| is_emoji(one)) || (0..emoji.len()).any(twice) {
            return Err(NoteError::Emoji);
        }
        let key = reaction_key(id, asker.by);
        let there = self.reactions.get(&(id, asker.by));
        if emoji.is_empty() {
            return Ok(there.map(|_| (key, None)).into_iter().collect());
        }
        if there.is_none() {
            self.holds(EMOJI_BYTES_MAX)?;
        }
        Ok(unless(there == Some(&emoji), key, &emoji))
    }

    /// An id is of one thing for ever, and of one kind.
    fn has_room(&self, id: Uuid, bytes: usize) -> Result<(), NoteError> {
        if self.notes.contains_key(&id) || self.replies.contains_key(&id) {
            return Err(NoteError::Taken);
        }
        self.holds(bytes)
    }

    fn holds(&self, bytes: usize) -> Result<(), NoteError> {
        let entries = self.notes.len() + self.replies.len() + self.reactions.len();
        if entries < ENTRIES_MAX && self.bytes + bytes <= BYTES_MAX { Ok(()) } else { Err(NoteError::Full) }
    }
}

fn unless(same: bool, key: String, next: &impl serde::Serialize) -> Vec<Change> {
    if same { Vec::new() } else { vec![(key, Some(value(next)))] }
}

fn checked(Words { body, mut mentions }: Words) -> Result<Words, NoteError> {
    let body = body.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
    let clean = body.chars().all(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'));
    let fits = (1..=BODY_CHARS_MAX).contains(&body.chars().count());
    mentions.truncate(MENTIONS_MAX);
    if clean && fits { Ok(Words { body, mentions }) } else { Err(NoteError::Body) }
}

fn check_passage(passage: &Passage) -> Result<(), NoteError> {
    let fits = |text: &str, max: usize| text.chars().count() <= max;
    let Passage { quote, before, after, heading, .. } = passage;
    let all = !quote.trim().is_empty()
        && fits(quote, QUOTE_CHARS_MAX)
        && fits(before, AROUND_CHARS_MAX)
        && fits(after, AROUND_CHARS_MAX)
        && fits(heading, HEADING_CHARS_MAX);
    if all { Ok(()) } else { Err(NoteError::Passage) }
}

/// One picture of writing, not a word: no ASCII letter, no control, no space.
fn is_emoji(one: &str) -> bool {
    let plain = |letter: char| letter.is_control() || letter.is_whitespace() || letter.is_alphabetic();
    (1..=EMOJI_BYTES_MAX).contains(&one.len()) && !one.chars().any(plain) && !one.is_ascii()
}
