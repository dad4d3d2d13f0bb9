//! lib0's integers and strings, read from a slice that may say anything.
//!
//! Invariants: a read never goes past the end, every number is below 2^53 (what JavaScript can hold) and written in
//! its shortest form, and a declared count is checked against the bytes that are left before anybody believes it.

use super::Malformed;

/// Clocks end here, so that clock plus length never leaves `u32`.
pub(super) const CLOCK_MAX: u32 = i32::MAX as u32;

const VARUINT_BYTES: u32 = 8;
const SAFE_INTEGER: u64 = 1 << 53;

/// A position in received bytes.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        let byte = *self.bytes.get(self.at).ok_or(Malformed("it ends too early"))?;
        self.at += 1;
        Ok(byte)
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..len).ok_or(Malformed("it ends too early"))?;
        self.at += len;
        Ok(taken)
    }

    pub(super) fn varuint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for shift in 0..VARUINT_BYTES {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << (7 * shift);
            if byte < 0x80 {
                return match byte {
                    0 if shift > 0 => Err(Malformed("a number is longer than it needs to be")),
                    _ if value >= SAFE_INTEGER => Err(Malformed("a number is above 2^53")),
                    _ => Ok(value),
                };
            }
        }
        Err(Malformed("a number is above 2^53"))
    }

    /// A clock, or the length of a clock range.
    pub(super) fn clock(&mut self) -> Result<u32, Malformed> {
        let value = self.varuint()?;
        u32::try_from(value).ok().filter(|clock| *clock <= CLOCK_MAX).ok_or(Malformed("a clock is above 2^31"))
    }

    /// How many things follow, each of at least `bytes_each` bytes.
    pub(super) fn count(&mut self, bytes_each: usize) -> Result<usize, Malformed> {
        let count = usize::try_from(self.varuint()?).unwrap_or(usize::MAX);
        match count.checked_mul(bytes_each) {
            Some(bytes) if bytes <= self.left() => Ok(count),
            _ => Err(Malformed("a count is larger than the message")),
        }
    }

    /// A length and as many bytes.
    pub(super) fn chunk(&mut self) -> Result<&'a [u8], Malformed> {
        let len = self.count(1)?;
        self.take(len)
    }

    pub(super) fn string(&mut self) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.chunk()?).map_err(|_| Malformed("a string is not UTF-8"))
    }

    pub(super) fn end(&self) -> Result<(), Malformed> {
        match self.left() {
            0 => Ok(()),
            _ => Err(Malformed("something follows its end")),
        }
    }
}

/// `from + len`, if clocks reach that far.
pub(super) fn clock_end(from: u32, len: u32) -> Result<u32, Malformed> {
    from.checked_add(len).filter(|end| *end <= CLOCK_MAX).ok_or(Malformed("a clock is above 2^31"))
}

pub(super) fn put_varuint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The length of a string as Yjs counts it.
pub(super) fn utf16_len(string: &str) -> usize {
    let characters = string.bytes().filter(|byte| byte & 0xc0 != 0x80).count();
    let pairs = string.bytes().filter(|byte| *byte >= 0xf0).count();
    characters + pairs
}

/// What is left of `string` after `offset` UTF-16 units, and whether the cut went through a surrogate pair: the half
/// that is left then became U+FFFD, as in Yjs.
pub(super) fn utf16_tail(string: &str, offset: usize) -> (bool, &str) {
    let mut units = 0;
    for (at, character) in string.char_indices() {
        if units == offset {
            return (false, &string[at..]);
        }
        if units > offset {
            return (true, &string[at..]);
        }
        units += character.len_utf16();
    }
    (units > offset, "")
}
