//! WebP, looked through before it is unpacked.
//!
//! The decoder believes what chunks say about their length (four gigabytes of EXIF) and unpacks a frame before it compares
//! its size with the canvas. Invariant: what passes here is made of chunks that are there, and no frame is larger than the
//! picture. Next: `files/picture.rs` and, for what moves, `files/gif.rs`.

use super::picture::judge;
use super::{Refused, Size};
use crate::limits::Limits;

/// A WebP that is made of what it says.
#[derive(Debug)]
pub struct Sound<'a> {
    /// Without what stands behind its end.
    pub bytes: &'a [u8],
    /// Whether it has several pictures.
    pub moves: bool,
}

/// Looks through all chunks.
pub fn look<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Sound<'a>, Refused> {
    let length = bytes.get(4..8).map(number).ok_or(Refused::Unreadable)?;
    let end = length.checked_add(8).filter(|end| *end >= 12).ok_or(Refused::Unreadable)?;
    // Some writers are off by a few bytes; nothing behind the end is looked at either way.
    let bytes = &bytes[..bytes.len().min(end)];
    let mut look = Look { canvas: None, moves: false, limits };
    for chunk in Chunks(&bytes[12..]) {
        let (kind, content) = chunk?;
        look.see(kind, content)?;
    }
    Ok(Sound { bytes, moves: look.moves })
}

struct Look<'a> {
    /// The size of the whole, as the first chunk says it.
    canvas: Option<Size>,
    moves: bool,
    limits: &'a Limits,
}

impl Look<'_> {
    fn see(&mut self, kind: &[u8], content: &[u8]) -> Result<(), Refused> {
        match kind {
            b"VP8X" => {
                self.moves = content.first().is_some_and(|flags| flags & 0b10 != 0);
                self.frame(size_of_24(content.get(4..10))?)
            }
            // A lossy frame: three bytes of tag, three of magic, then its size.
            b"VP8 " => {
                let at = |from: usize| content.get(from..from + 2).map(|pair| number(pair) as u32 & 0x3fff);
                let (width, height) = at(6).zip(at(8)).ok_or(Refused::Unreadable)?;
                self.frame(Size { width, height })
            }
            b"VP8L" => {
                let bits = content.get(1..5).map(number).ok_or(Refused::Unreadable)? as u32;
                self.frame(Size { width: (bits & 0x3fff) + 1, height: (bits >> 14 & 0x3fff) + 1 })
            }
            b"ANMF" => {
                self.frame(size_of_24(content.get(6..12))?)?;
                for chunk in Chunks(content.get(16..).ok_or(Refused::Unreadable)?) {
                    let (kind, content) = chunk?;
                    if kind == b"ANMF" || kind == b"VP8X" {
                        return Err(Refused::Unreadable);
                    }
                    self.see(kind, content)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The first size is that of the whole, and none may be larger.
    fn frame(&mut self, size: Size) -> Result<(), Refused> {
        judge(size.width, size.height, self.limits)?;
        let canvas = *self.canvas.get_or_insert(size);
        let inside = size.width.min(size.height) > 0 && size.width <= canvas.width && size.height <= canvas.height;
        if inside { Ok(()) } else { Err(Refused::Unreadable) }
    }
}

/// Kind and content of each chunk; one that is not all there is an error.
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<(&'a [u8], &'a [u8]), Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, rest) = self.0.split_at_checked(4)?;
        let (length, rest) = rest.split_at_checked(4)?;
        let length = number(length);
        let Some((content, rest)) = rest.split_at_checked(length) else {
            self.0 = &[];
            return Some(Err(Refused::Unreadable));
        };
        self.0 = rest.get(length % 2..).unwrap_or_default();
        Some(Ok((kind, content)))
    }
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

fn size_of_24(bytes: Option<&[u8]>) -> Result<Size, Refused> {
    let bytes = bytes.ok_or(Refused::Unreadable)?;
    let side = |part: &[u8]| u32::try_from(number(part) + 1).unwrap_or(u32::MAX);
    Ok(Size { width: side(&bytes[..3]), height: side(&bytes[3..]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8; 4], length: u32, content: &[u8]) -> Vec<u8> {
        [&kind[..], &length.to_le_bytes(), content].concat()
    }

    fn riff(content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 4).expect("short");
        [&b"RIFF"[..], &length.to_le_bytes(), b"WEBP", content].concat()
    }

    /// Lossless, four by four.
    const FRAME: [u8; 6] = [0x2f, 3, 0xc0, 0, 0, 0];

    fn canvas(flags: u8) -> Vec<u8> {
        chunk(b"VP8X", 10, &[flags, 0, 0, 0, 3, 0, 0, 3, 0, 0])
    }

    fn refused(content: &[u8]) -> Refused {
        look(&riff(content), &Limits::default()).expect_err("refused")
    }

    #[test]
    fn fi7_a_webp_is_looked_through_before_it_is_unpacked() {
        let frame = chunk(b"VP8L", 6, &FRAME);
        let honest = [riff(&[canvas(0), frame.clone()].concat()), b"EXIF\xff\xff\xff\xff".to_vec()].concat();
        let sound = look(&honest, &Limits::default()).expect("sound");
        assert!(!sound.moves && !sound.bytes.ends_with(&[0xff]));
        assert_eq!(refused(&[canvas(0), frame.clone(), chunk(b"EXIF", u32::MAX, b"x")].concat()), Refused::Unreadable);
        assert!(matches!(refused(&chunk(b"VP8L", 6, &[0x2f, 0xff, 0xff, 0xff, 0x0f, 0])), Refused::Pixels { .. }));
        let larger = chunk(b"VP8L", 6, &[0x2f, 4, 0xc0, 0, 0, 0]);
        assert_eq!(refused(&[canvas(0), larger].concat()), Refused::Unreadable);
        let film = |inner: &[u8]| {
            let head = [0, 0, 0, 0, 0, 0, 3, 0, 0, 3, 0, 0, 0, 0, 0, 0];
            let length = u32::try_from(head.len() + inner.len()).expect("short");
            [canvas(2), chunk(b"ANMF", length, &[&head[..], inner].concat())].concat()
        };
        assert!(look(&riff(&film(&frame)), &Limits::default()).expect("sound").moves);
        assert_eq!(refused(&film(&chunk(b"EXIF", u32::MAX, b"x"))), Refused::Unreadable);
        assert_eq!(refused(&film(&film(&frame)[18..])), Refused::Unreadable);
    }
}
