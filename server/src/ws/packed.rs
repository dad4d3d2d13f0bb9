//! Message 121: any other message above a few kilobytes, deflated. Only on sockets that negotiated `galley.v1`.
//!
//! Invariant: Packed is outermost and never nested; inflating stops at the message limit, not at the end of the input.

use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// The message type, as a lib0 varuint.
const TAG: u8 = 121;
/// The only codec so far: deflate-raw.
const DEFLATE_RAW: u8 = 1;
/// Smaller messages travel as they are.
const PACK_ABOVE_BYTES: usize = 4 * 1024;

/// Whether it is large enough.
pub fn is_worth_packing(message: &[u8]) -> bool {
    message.len() > PACK_ABOVE_BYTES
}

/// The message itself, or its packed form where that is smaller.
pub fn pack(message: Bytes) -> Bytes {
    if !is_worth_packing(&message) {
        return message;
    }
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(message.len() / 2), Compression::fast());
    let Ok(deflated) = encoder.write_all(&message).and_then(|()| encoder.finish()) else { return message };
    if deflated.len() >= message.len() {
        return message;
    }
    let mut packed = Vec::with_capacity(deflated.len() + 8);
    packed.extend([TAG, DEFLATE_RAW]);
    write_varuint(&mut packed, deflated.len());
    packed.extend(deflated);
    Bytes::from(packed)
}

/// The inner message of a packed one, at most `max` bytes; any other message as it is. The error is a sentence.
pub fn unpack(message: Bytes, max: usize) -> Result<Bytes, &'static str> {
    if message.first() != Some(&TAG) {
        return Ok(message);
    }
    if message.get(1) != Some(&DEFLATE_RAW) {
        return Err("a packed message names an unknown codec");
    }
    let (len, start) = read_varuint(&message, 2).ok_or("a packed message has no length")?;
    if len != message.len() - start {
        return Err("a packed message has the wrong length");
    }
    let mut inner = Vec::new();
    DeflateDecoder::new(&message[start..])
        .take(max as u64 + 1)
        .read_to_end(&mut inner)
        .map_err(|_| "a packed message does not inflate")?;
    if inner.len() > max {
        return Err("a packed message inflates beyond the limit");
    }
    if inner.first() == Some(&TAG) {
        return Err("a packed message contains another");
    }
    Ok(Bytes::from(inner))
}

fn write_varuint(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The value and the position after it.
fn read_varuint(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().skip(start).take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, start + index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 100_000;

    #[test]
    fn sk5_round_trip() {
        let small = Bytes::from(vec![0; PACK_ABOVE_BYTES]);
        assert_eq!(pack(small.clone()), small);
        let large = Bytes::from([vec![0], b"abc ".repeat(10_000)].concat());
        let packed = pack(large.clone());
        assert!(packed.len() < large.len() / 20, "{}", packed.len());
        assert_eq!(unpack(packed, MAX), Ok(large));
        assert_eq!(unpack(small.clone(), MAX), Ok(small));
    }

    #[test]
    fn sk5_bombs_nests_and_junk_are_refused() {
        let bomb = pack(Bytes::from(vec![0; MAX + 1]));
        assert!(bomb.len() < 1_000);
        assert!(unpack(bomb, MAX).is_err_and(|why| why.contains("beyond")));
        let nested = pack(Bytes::from([vec![TAG], vec![0; 5_000]].concat()));
        assert!(unpack(nested, MAX).is_err_and(|why| why.contains("another")));
        for junk in [
            &[TAG][..],
            &[TAG, 2],
            &[TAG, 1],
            &[TAG, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[TAG, 1, 3, 255, 255, 255],
            &[TAG, 1, 9, 0],
        ] {
            assert!(unpack(Bytes::copy_from_slice(junk), MAX).is_err(), "{junk:?}");
        }
    }
}
