//! HI13 to HI15: what a passage becomes.

use std::ops::Range;

use crate::command::{Splice, carry};
use crate::restore::{RestoreError, passage, restore};
use crate::sim::rng::Rng;

/// `now` with the words `passage` of `before` as they were.
fn back(before: &str, words: &str, now: &str) -> String {
    let at = before.find(words).expect("in the version");
    restore(before, at..at + words.len(), now)
}

#[test]
fn hi14_what_is_missing_comes_back_at_its_place() {
    let before = "# Post\n\nOne.\n\nTwo two.\n\nThree.\n";
    assert_eq!(back(before, "Two two.\n\n", "# Post\n\nOne.\n\nThree.\n"), before);
    assert_eq!(
        back(before, "Two two.", "# Blog\n\nOne!\n\nTwo.\n\nThree and four.\n"),
        "# Blog\n\nOne!\n\nTwo two.\n\nThree and four.\n"
    );
    assert_eq!(back(before, "# Post", "\n\nOne.\n\nTwo two.\n\nThree.\n"), before);
    assert_eq!(back(before, "Three.\n", "# Post\n\nOne.\n\nTwo two.\n\n"), before);
    assert_eq!(back(before, before, ""), before);
}

#[test]
fn hi14_what_was_written_inside_goes_and_what_was_written_beside_stays() {
    let before = "Alpha. One two three. Omega.";
    assert_eq!(back(before, "One two three.", "Alpha. One and a half two threefold. Omega."), before);
    assert_eq!(back(before, "One two three.", "Alpha. Nothing at all. Omega."), before);
    let beside = "Alpha. Before. One three. After. Omega.";
    assert_eq!(back(before, "One two three.", beside), "Alpha. Before. One two three. After. Omega.");
}

#[test]
fn hi14_the_text_of_a_change_that_reaches_beyond_the_passage_stays() {
    let before = "Alpha beta gamma delta.";
    for words in ["beta", "Alpha", "delta."] {
        let text = back(before, words, "Something-else");
        assert!(text.contains("Something-else") && text.contains(words), "{text}");
    }
    assert_eq!(back(before, "beta", "XYZ"), "XYZbeta");
    assert_eq!(back("", "", "typed since"), "typed since");
}

#[test]
fn hi15_offsets_count_utf16_units_and_split_no_character() {
    let text = "a 😀 é";
    assert_eq!(passage(text, 0, 6), Ok(0..text.len()));
    assert_eq!(passage(text, 2, 4), Ok(2..6));
    assert_eq!(passage(text, 6, 6), Ok(text.len()..text.len()));
    assert_eq!(passage(text, 3, 4), Err(RestoreError::Split));
    assert_eq!(passage("😀", 0, 1), Err(RestoreError::Split));
    assert_eq!(passage(text, 0, 7), Err(RestoreError::Outside));
    assert_eq!(passage("😀", 0, 3), Err(RestoreError::Outside));
    assert_eq!(passage(text, 4, 2), Err(RestoreError::Outside));
    assert_eq!(passage("", 0, 0), Ok(0..0));
}

const PIECES: &[&str] = &["word ", "a", " ", "\n", "😀", "é", "漢字", "# ", "word", "\n\n", "1", "𝒳", ".", "b"];

fn random(rng: &mut Rng, pieces: usize) -> String {
    (0..rng.below(pieces)).map(|_| PIECES[rng.below(PIECES.len())]).collect()
}

fn boundary(text: &str, rng: &mut Rng) -> usize {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    ends[rng.below(ends.len())]
}

fn range(text: &str, rng: &mut Rng) -> Range<usize> {
    let (one, other) = (boundary(text, rng), boundary(text, rng));
    one.min(other)..one.max(other)
}

/// `text` after some stretches of it were deleted or written over.
fn changed(text: &str, rng: &mut Rng) -> String {
    let mut text = text.to_owned();
    for _ in 0..rng.below(4) {
        let range = range(&text, rng);
        let range = range.start
            ..range.end.min(
                (range.start..=text.len())
                    .find(|at| *at >= range.start + 6 && text.is_char_boundary(*at))
                    .unwrap_or(text.len()),
            );
        text.replace_range(range, &random(rng, 5));
    }
    text
}

/// Some text, what became of it, and a passage of the first.
fn story(seed: u64) -> (String, String, Range<usize>) {
    let mut rng = Rng::new(seed);
    let before = random(&mut rng, 30);
    let now = match rng.below(8) {
        0 => random(&mut rng, 30),
        1 => random(&mut rng, 4),
        _ => changed(&before, &mut rng),
    };
    let range = range(&before, &mut rng);
    (before, now, range)
}

const STORIES: u64 = 20_000;

#[test]
fn hi14_the_passage_is_there_and_nothing_outside_it_has_changed() {
    for seed in 0..STORIES {
        let (before, now, range) = story(seed);
        let after = restore(&before, range.clone(), &now);
        assert!(after.contains(&before[range.clone()]), "seed {seed}: {before:?} {range:?} {now:?} -> {after:?}");
        // One place was written, and what it replaced lies between what is on both sides.
        let head = after.bytes().zip(now.bytes()).take_while(|(a, b)| a == b).count();
        let tail = after.bytes().rev().zip(now.bytes().rev()).take_while(|(a, b)| a == b).count();
        let written = after.len().saturating_sub(head + tail);
        assert!(written <= range.len(), "seed {seed}: {before:?} {range:?} {now:?} -> {after:?}");
    }
}

/// Words nobody else wrote, so that there is one answer.
#[test]
fn hi14_edits_outside_stay_and_edits_inside_go() {
    for seed in 0..STORIES / 4 {
        let mut rng = Rng::new(seed);
        let count = 12 + rng.below(40);
        let before: Vec<String> = (0..count).map(|n| format!("w{n} ")).collect();
        let from = 1 + rng.below(count - 4);
        let to = from + 1 + rng.below(count - from - 2);
        let (mut now, mut wanted, mut start) = (String::new(), String::new(), 0);
        for (n, word) in before.iter().enumerate() {
            let inside = (from..to).contains(&n);
            start += if n < from { word.len() } else { 0 };
            // Beside the passage something stands, so that it is clear what was written where.
            let beside = n + 1 == from || n == to || n == from;
            let written = if rng.chance(20) && !beside { format!("new{n} ") } else { String::new() };
            let stands = rng.chance(75) || (beside && !inside);
            let there = if stands { word.as_str() } else { "" };
            now.extend([&written, there]);
            wanted.extend(if inside { ["", word] } else { [&written, there] });
        }
        let text = before.concat();
        let range = start..start + before[from..to].concat().len();
        assert_eq!(restore(&text, range.clone(), &now), wanted, "seed {seed}: {range:?} {now:?}");
    }
}

#[test]
fn hi14_restoring_twice_is_nothing_new() {
    for seed in 0..STORIES {
        let (before, now, range) = story(seed);
        let once = restore(&before, range.clone(), &now);
        let twice = restore(&before, range.clone(), &once);
        assert_eq!(once, twice, "seed {seed}: {before:?} {range:?} {now:?}");
    }
}

#[test]
fn hi13_what_others_insert_meanwhile_stays() {
    for seed in 0..STORIES / 4 {
        let mut rng = Rng::new(seed ^ 0x5eed);
        let (before, base, range) = story(seed);
        let wanted = restore(&before, range, &base);
        let typed: Vec<String> = (0..1 + rng.below(3)).map(|n| format!("〔{n}〕")).collect();
        let mut current = base.clone();
        for words in &typed {
            let at = boundary(&current, &mut rng);
            current.insert_str(at, words);
        }
        let after = merged(&base, &wanted, &current);
        for letter in ['〔', '〕'] {
            let count = |text: &str| text.matches(letter).count();
            assert_eq!(count(&after), count(&current), "seed {seed}: {base:?} {wanted:?} {current:?} -> {after:?}");
        }
    }
}

fn merged(base: &str, text: &str, current: &str) -> String {
    let mut units: Vec<u16> = current.encode_utf16().collect();
    for Splice { at, removed, inserted } in carry(base, text, current).into_iter().rev() {
        units.splice(at as usize..(at + removed) as usize, inserted.encode_utf16());
    }
    String::from_utf16(&units).expect("no half of a pair")
}
