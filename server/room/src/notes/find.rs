//! Finding a quote again in a text that was changed.
//!
//! Exact places first, the one whose surroundings fit best; else the place that is most like it. Invariant: a common
//! word is never taken for the quote because it reads the same, and nothing below [`ALIKE`] is taken for it at all; the
//! work is bounded by [`EXACT_MAX`], [`CANDIDATES_MAX`] and [`STEPS_MAX`]. Offsets are bytes of the text. Next: `ground.rs`.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// How alike a changed passage must be to count as the same: the share of its words that are the quote's.
pub(crate) const ALIKE: f64 = 0.75;
/// Exact places compared by their surroundings.
const EXACT_MAX: usize = 4_096;
/// Places looked at closely when there is no exact one.
const CANDIDATES_MAX: usize = 32;
/// Words of the quote times words of the places that are compared with it word by word.
const STEPS_MAX: usize = 4 << 20;
/// Shorter quotes than this many words are never found by likeness.
const ALIKE_WORDS_MIN: usize = 4;
/// A quote of so many letters or words does not stand anywhere by chance.
const DISTINCT_LETTERS: usize = 16;
const DISTINCT_WORDS: usize = 3;
/// So many characters around it that are the same make any quote the same one.
const AROUND_MIN: usize = 8;

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The words themselves.
    pub quote: &'a str,
    /// What stood before them.
    pub before: &'a str,
    /// What stood after them.
    pub after: &'a str,
}

/// Where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The very words.
    Exact(Range<usize>),
    /// Nearly the same words.
    Alike(Range<usize>),
}

/// The words of a text and where each stands; made once for all the quotes that are looked for.
pub(crate) struct Index<'t> {
    places: Vec<Range<usize>>,
    by_word: HashMap<&'t str, Vec<usize>>,
}

impl<'t> Index<'t> {
    fn of(text: &'t str) -> Index<'t> {
        let places: Vec<Range<usize>> = words(text).collect();
        let mut by_word: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, place) in places.iter().enumerate() {
            by_word.entry(&text[place.clone()]).or_default().push(at);
        }
        Index { places, by_word }
    }
}

/// The place of the quote in the text. The index is made when it is first needed.
pub(crate) fn find<'t>(text: &'t str, index: &OnceCell<Index<'t>>, wanted: Wanted<'_>) -> Option<Found> {
    if wanted.quote.is_empty() {
        return None;
    }
    let exact = wanted.exact(text).map(Found::Exact);
    exact.or_else(|| wanted.alike(text, index.get_or_init(|| Index::of(text))).map(Found::Alike))
}

impl Wanted<'_> {
    /// The very words, touching the place where what is left of them is.
    pub fn near(&self, text: &str, place: &Range<usize>) -> Option<Range<usize>> {
        let reach = self.quote.len();
        let from = floor(text, place.start.saturating_sub(reach));
        let until = floor(text, (place.end + reach).min(text.len()));
        let found = text[from..until].match_indices(self.quote).map(|(at, _)| from + at..from + at + reach);
        found
            .filter(|found| found.start <= place.end && found.end >= place.start)
            .max_by_key(|found| self.fit(text, found))
    }

    /// The exact place whose surroundings fit best, among equals the first; if it is not there by chance.
    pub fn exact(&self, text: &str) -> Option<Range<usize>> {
        let mut places = text.match_indices(self.quote).take(EXACT_MAX).map(|(at, _)| at..at + self.quote.len());
        let first = places.next()?;
        let (mut best, mut fit, mut alone) = (first.clone(), self.fit(text, &first), true);
        for place in places {
            alone = false;
            let other = self.fit(text, &place);
            if other > fit {
                (best, fit) = (place, other);
            }
        }
        let around = self.before.chars().count() + self.after.chars().count();
        let certain = match around {
            0 => alone,
            _ => fit >= AROUND_MIN.min(around),
        };
        (certain || self.is_distinct()).then_some(best)
    }

    /// How many characters around a place are what stood around the quote.
    fn fit(&self, text: &str, place: &Range<usize>) -> usize {
        common(text[..place.start].chars().rev(), self.before.chars().rev())
            + common(text[place.end..].chars(), self.after.chars())
    }

    fn is_distinct(&self) -> bool {
        let letters = self.quote.chars().filter(|letter| letter.is_alphanumeric()).count();
        letters >= DISTINCT_LETTERS || words(self.quote).count() >= DISTINCT_WORDS
    }

    /// The run of words most like the quote.
    fn alike(&self, text: &str, index: &Index<'_>) -> Option<Range<usize>> {
        let quote: Vec<&str> = words(self.quote).map(|word| &self.quote[word]).collect();
        if quote.len() < ALIKE_WORDS_MIN {
            return None;
        }
        let mut likely: Vec<(f64, usize, Vec<&str>)> = Vec::new();
        for start in candidates(&quote, index) {
            let end = (start + quote.len() + quote.len() / 2).min(index.places.len());
            let shown: Vec<&str> = index.places[start..end].iter().map(|place| &text[place.clone()]).collect();
            let most = at_most(&quote, &shown);
            if most >= ALIKE {
                likely.push((most, start, shown));
            }
        }
        likely.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let mut best: Option<(f64, usize, Range<usize>)> = None;
        let mut steps = 0;
        for (_, start, shown) in likely {
            // The most likely place is always looked at, the others as long as it costs little.
            steps += quote.len() * shown.len();
            if steps > STEPS_MAX && steps > quote.len() * shown.len() {
                break;
            }
            let Some((score, first, last)) = overlap(&quote, &shown) else { continue };
            let place = index.places[start + first].start..index.places[start + last].end;
            let better = best.as_ref().is_none_or(|(known, at, _)| score > *known || (score == *known && start < *at));
            if score >= ALIKE && better {
                best = Some((score, start, place));
            }
        }
        best.map(|(_, _, place)| place)
    }
}

/// Where a passage like the quote may begin: before each of its rarest words.
fn candidates(quote: &[&str], index: &Index<'_>) -> Vec<usize> {
    let standing = |word: &str| index.by_word.get(word).map_or([].as_slice(), Vec::as_slice);
    let mut rare: Vec<(usize, usize)> = quote.iter().enumerate().map(|(at, word)| (standing(word).len(), at)).collect();
    rare.retain(|(found, _)| *found > 0);
    rare.sort_unstable();
    let mut starts = Vec::new();
    for (_, at) in rare.into_iter().take(4) {
        let slack = at + quote.len() / 4;
        let places = standing(quote[at]).iter().take(CANDIDATES_MAX / 4);
        starts.extend(places.map(|place| place.saturating_sub(slack)));
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// How alike two runs of words can be at most: as if the words they have in common stood in one order in both.
fn at_most(quote: &[&str], shown: &[&str]) -> f64 {
    let mut left: HashMap<&str, usize> = HashMap::new();
    shown.iter().for_each(|word| *left.entry(word).or_default() += 1);
    let mut take = |word: &str| {
        let left = left.get_mut(word).filter(|left| **left > 0);
        left.map(|left| *left -= 1).is_some()
    };
    let common = quote.iter().filter(|word| take(word)).count();
    2.0 * common as f64 / (quote.len() + common) as f64
}

/// How much two runs of words share, and the first and last shared word of the second.
fn overlap(quote: &[&str], shown: &[&str]) -> Option<(f64, usize, usize)> {
    let mut shared = 0;
    let (mut first, mut last) = (usize::MAX, 0);
    for op in capture_diff_slices(Algorithm::Myers, quote, shown) {
        if let DiffOp::Equal { new_index, len, .. } = op {
            shared += len;
            first = first.min(new_index);
            last = last.max(new_index + len - 1);
        }
    }
    let span = (last + 1).checked_sub(first)?;
    Some((2.0 * shared as f64 / (quote.len() + span) as f64, first, last))
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let start = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| {
        let at = word.as_ptr() as usize - start;
        at..at + word.len()
    })
}

fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).count()
}

/// The last boundary of a character at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, quote: &str, before: &str, after: &str) -> Option<Found> {
        find(text, &OnceCell::new(), Wanted { quote, before, after })
    }

    fn words_of(text: &str, found: Option<Found>) -> Option<&str> {
        found.map(|(Found::Exact(place) | Found::Alike(place))| &text[place])
    }

    #[test]
    fn nt6_of_equal_words_the_ones_with_the_same_neighbours() {
        let text = "one fish two fish red fish blue fish";
        let at = text.find("red").expect("there") + 4;
        assert_eq!(found(text, "fish", "two fish red ", " blue"), Some(Found::Exact(at..at + 4)));
    }

    #[test]
    fn nt7_a_common_word_elsewhere_is_not_the_quote() {
        let text = "one fish two fish red fish blue fish";
        assert_eq!(found(text, "fish", "a day of catching ", " in the sea"), None);
        assert_eq!(found(text, "fish", "", ""), None, "nothing says which");
        assert_eq!(found("only one fish here", "fish", "", ""), Some(Found::Exact(9..13)), "there is no other");
        let moved = "Far from where it was stands a rather unusual sentence.";
        assert_eq!(
            words_of(moved, found(moved, "a rather unusual sentence", "xxxxxxxx", "yyyyyyyy")),
            Some("a rather unusual sentence")
        );
    }

    #[test]
    fn nt6_a_reworded_passage_is_found_and_an_unlike_one_is_not() {
        let text = "Before. The quick brown dog jumps over the lazy fox today. After.";
        let quote = "The quick brown fox jumps over the lazy fox today.";
        let alike = found(text, quote, "", "");
        assert!(matches!(alike, Some(Found::Alike(_))));
        assert_eq!(words_of(text, alike), Some("The quick brown dog jumps over the lazy fox today."));
        assert_eq!(found("Something else entirely stands here now.", quote, "", ""), None);
        assert_eq!(found("fox and then nothing", quote, "", ""), None);
    }

    #[test]
    fn nt7_short_words_are_never_found_by_likeness() {
        assert_eq!(found("a small change", "small changes", "", ""), None);
        assert_eq!(found("anything", "", "", ""), None);
    }

    #[test]
    fn nt6_any_letters_will_do() {
        let text = "Ein 李小龍 zweimal 👩‍🚀 gelesen";
        let wanted = Wanted { quote: "李小龍 zweimal 👩‍🚀", before: "", after: "" };
        assert_eq!(words_of(text, find(text, &OnceCell::new(), wanted)), Some("李小龍 zweimal 👩‍🚀"));
        let near = Wanted { quote: "小龍 z", before: "李", after: "w" };
        assert_eq!(near.near(text, &(7..10)).map(|place| &text[place]), Some("小龍 z"));
        assert_eq!(near.near(text, &(20..24)), None, "not there");
    }
}
