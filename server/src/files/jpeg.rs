//! JPEG, counted before it is unpacked.
//!
//! A picture may come in passes, each of which touches all of it and may be a dozen bytes long: a small file can keep a
//! decoder busy for minutes. Cameras write one pass, programs about ten. Next: `files/picture.rs`.

use super::Refused;

/// Passes of one picture.
const PASSES_MAX: usize = 24;

/// Refuses what comes in more passes than anybody writes.
pub fn look(bytes: &[u8]) -> Result<(), Refused> {
    if passes(bytes) > PASSES_MAX { Err(Refused::Unreadable) } else { Ok(()) }
}

/// Counts beginnings of passes, skipping what segments contain: a thumbnail has passes of its own.
fn passes(bytes: &[u8]) -> usize {
    let (mut at, mut passes) = (2, 0);
    while let Some([first, second]) = bytes.get(at..at + 2) {
        match (first, second) {
            (0xff, 0xd9) => break,
            // Fill bytes, stuffed data, restarts.
            (0xff, 0xff) => at += 1,
            (0xff, 0x00 | 0x01 | 0xd0..=0xd8) => at += 2,
            (0xff, marker) => {
                passes += usize::from(*marker == 0xda);
                let length =
                    bytes.get(at + 2..at + 4).map_or(2, |pair| usize::from(pair[0]) << 8 | usize::from(pair[1]));
                at += 2 + length.max(2);
            }
            _ => at += 1,
        }
    }
    passes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fi7_a_jpeg_of_many_passes_is_refused() {
        let pass = [0xff, 0xda, 0, 2, 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4];
        let picture = |count: usize| [&[0xff, 0xd8][..], &pass.repeat(count), &[0xff, 0xd9]].concat();
        assert_eq!(passes(&picture(10)), 10);
        assert!(look(&picture(24)).is_ok() && look(&picture(25)).is_err());
        let thumbnail = [&[0xff, 0xe1, 0x04, 0xb2][..], &pass.repeat(100)].concat();
        assert_eq!(passes(&[&[0xff, 0xd8][..], &thumbnail, &pass, &[0xff, 0xd9], &pass].concat()), 1);
    }
}
