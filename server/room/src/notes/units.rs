//! Bytes of a text and UTF-16 units of it, which is what Yjs and browsers count.

/// Bytes between two places the table knows.
const STRIDE: usize = 1_024;

/// Translates places in one text, by a table of a place every kilobyte.
pub struct Units<'t> {
    text: &'t str,
    /// (byte, units before it), ascending, the start included.
    known: Vec<(usize, usize)>,
}

impl<'t> Units<'t> {
    /// Of this text.
    pub fn of(text: &'t str) -> Units<'t> {
        let mut known = vec![(0, 0)];
        let (mut units, mut next) = (0, STRIDE);
        for (at, letter) in text.char_indices() {
            if at >= next {
                known.push((at, units));
                next = at + STRIDE;
            }
            units += letter.len_utf16();
        }
        Units { text, known }
    }

    /// How many units lie before a byte, which must begin a character.
    pub fn before(&self, byte: usize) -> usize {
        let (at, units) = self.known[self.known.partition_point(|(at, _)| *at <= byte) - 1];
        units + self.text[at..byte].encode_utf16().count()
    }

    /// The byte at which so many units end; inside a character that is its start, behind the text its end.
    pub fn byte(&self, units: usize) -> usize {
        let (from, known) = self.known[self.known.partition_point(|(_, known)| *known <= units) - 1];
        let mut left = units - known;
        for (at, letter) in self.text[from..].char_indices() {
            if left < letter.len_utf16() {
                return from + at;
            }
            left -= letter.len_utf16();
        }
        self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_in_any_letters() {
        let text = "aé李👩‍🚀\n".repeat(400);
        let units = Units::of(&text);
        let mut count = 0;
        for (at, letter) in text.char_indices() {
            assert_eq!((units.before(at), units.byte(count)), (count, at));
            if letter.len_utf16() == 2 {
                assert_eq!(units.byte(count + 1), at, "inside a character");
            }
            count += letter.len_utf16();
        }
        assert_eq!(
            (units.before(text.len()), units.byte(count), units.byte(count + 9)),
            (count, text.len(), text.len())
        );
        assert_eq!((Units::of("").before(0), Units::of("").byte(3)), (0, 0));
    }
}
