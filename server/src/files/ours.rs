//! Whether a JPEG is one of ours already: then it is kept as it is, and a picture that moves from one server to another and
//! back loses nothing on the way.
//!
//! Invariant: a yes means that every byte is one our writer would have written for the same picture: the same head, then
//! nothing but the shortest spelling of each coefficient, as many as the picture has, and the end. There is no place left in
//! which something else could come along. Next: `files/picture.rs`, which asks.

/// Whether `bytes` are what our writer writes, given what it wrote for the same pixels.
pub fn is_as_written(bytes: &[u8], written: &[u8]) -> bool {
    let Some(head) = Head::read(written) else { return false };
    let rest = bytes.strip_prefix(&written[..head.len]).and_then(|rest| rest.strip_suffix(&[0xff, 0xd9]));
    rest.is_some_and(|scan| head.fits(&mut Bits { bytes: scan, at: 0, left: 0 }).is_some())
}

/// What stands before the coefficients.
#[derive(Default)]
struct Head {
    len: usize,
    size: (usize, usize),
    /// Of each component: its number, and blocks of it in one unit.
    components: Vec<(u8, usize)>,
    /// Largest sampling factors.
    unit: (usize, usize),
    /// Of each component of the scan: blocks in one unit, table of first and of other coefficients.
    scan: Vec<(usize, u8, u8)>,
    tables: Vec<(u8, Table)>,
}

/// A Huffman table.
struct Table {
    /// How many codes of each length, from 1.
    counts: [usize; 16],
    values: Vec<u8>,
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Bits of the byte before `at` that are not read yet.
    left: u32,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Head> {
        let mut head = Head { len: 2, ..Head::default() };
        loop {
            let [0xff, marker, high, low, ..] = *bytes.get(head.len..)? else { return None };
            let len = usize::from(u16::from_be_bytes([high, low]));
            let segment = bytes.get(head.len + 4..head.len + 2 + len)?;
            head.len += 2 + len;
            match marker {
                0xc0 => head.frame(segment)?,
                0xc4 => head.huffman(segment)?,
                0xda => {
                    head.scan = segment
                        .get(1..1 + 2 * usize::from(*segment.first()?))?
                        .chunks(2)
                        .filter_map(|two| {
                            let blocks = head.components.iter().find(|(number, _)| *number == two[0])?.1;
                            Some((blocks, two[1] >> 4, 0x10 | (two[1] & 15)))
                        })
                        .collect();
                    return (head.scan.len() == head.components.len()).then_some(head);
                }
                0xe0 | 0xdb => {}
                _ => return None,
            }
        }
    }

    fn frame(&mut self, segment: &[u8]) -> Option<()> {
        let side = |at: usize| Some(usize::from(u16::from_be_bytes([*segment.get(at)?, *segment.get(at + 1)?])));
        self.size = (side(3)?, side(1)?);
        let sampled = segment
            .get(6..)?
            .chunks_exact(3)
            .map(|three| (three[0], usize::from(three[1] >> 4), usize::from(three[1] & 15)));
        let sampled: Vec<(u8, usize, usize)> = sampled.collect();
        self.unit = (sampled.iter().map(|one| one.1).max()?, sampled.iter().map(|one| one.2).max()?);
        self.components = sampled.into_iter().map(|(number, wide, high)| (number, wide * high)).collect();
        (self.unit.0 > 0 && self.unit.1 > 0).then_some(())
    }

    fn huffman(&mut self, mut segment: &[u8]) -> Option<()> {
        while let [kind, rest @ ..] = segment {
            let mut counts = [0; 16];
            rest.get(..16)?.iter().zip(&mut counts).for_each(|(count, place)| *place = usize::from(*count));
            let values = rest.get(16..16 + counts.iter().sum::<usize>())?.to_vec();
            segment = &rest[16 + values.len()..];
            self.tables.push((*kind, Table { counts, values }));
        }
        Some(())
    }

    fn table(&self, kind: u8) -> Option<&Table> {
        self.tables.iter().find(|(known, _)| *known == kind).map(|(_, table)| table)
    }

    /// Reads every coefficient of the picture; `None` if one is missing, too many, or not written the shortest way.
    fn fits(&self, bits: &mut Bits<'_>) -> Option<()> {
        let units = self.size.0.div_ceil(8 * self.unit.0) * self.size.1.div_ceil(8 * self.unit.1);
        let scan: Option<Vec<_>> = self
            .scan
            .iter()
            .map(|(blocks, first, others)| Some((*blocks, self.table(*first)?, self.table(*others)?)))
            .collect();
        let scan = scan?;
        for _ in 0..units {
            for (blocks, first, others) in &scan {
                for _ in 0..*blocks {
                    block(bits, first, others)?;
                }
            }
        }
        bits.ended()
    }
}

/// One block of 64 coefficients.
fn block(bits: &mut Bits<'_>, first: &Table, others: &Table) -> Option<()> {
    let size = first.value(bits)?;
    bits.skip(u32::from(size))?;
    let (mut at, mut zeros) = (1, false);
    while at < 64 {
        match others.value(bits)? {
            // The end, right behind a run of zeros, would have been written without the run.
            0 => return (!zeros).then_some(()),
            0xf0 => (at, zeros) = (at + 16, true),
            value => {
                at += usize::from(value >> 4) + 1;
                zeros = false;
                bits.skip(u32::from(value & 15)).filter(|()| value & 15 > 0)?;
            }
        }
    }
    (at == 64 && !zeros).then_some(())
}

impl Table {
    fn value(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let (mut code, mut first, mut index) = (0_usize, 0, 0);
        for count in self.counts {
            code |= bits.next()? as usize;
            if code < first + count {
                return self.values.get(index + code - first).copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

impl Bits<'_> {
    fn next(&mut self) -> Option<u8> {
        if self.left == 0 {
            // A byte of ones is followed by one of zeros, so that it is no marker.
            let step = if *self.bytes.get(self.at)? == 0xff { 2 } else { 1 };
            if step == 2 && self.bytes.get(self.at + 1) != Some(&0) {
                return None;
            }
            self.at += step;
            self.left = 8;
        }
        self.left -= 1;
        Some(self.byte() >> self.left & 1)
    }

    /// The byte that is being read.
    fn byte(&self) -> u8 {
        let stuffed = self.at >= 2 && self.bytes[self.at - 1] == 0 && self.bytes[self.at - 2] == 0xff;
        self.bytes[self.at - if stuffed { 2 } else { 1 }]
    }

    fn skip(&mut self, bits: u32) -> Option<()> {
        (0..bits).try_for_each(|_| self.next().map(drop))
    }

    /// Whether nothing follows but ones up to the end of a byte.
    fn ended(&mut self) -> Option<()> {
        while self.left > 0 {
            (self.next()? == 1).then_some(())?;
        }
        (self.at == self.bytes.len()).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::{DynamicImage, GrayImage, ImageFormat, RgbImage};

    use super::*;

    fn written(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 85)).expect("written");
        bytes
    }

    /// Something like a photograph.
    fn pictures() -> Vec<DynamicImage> {
        let mut seed = 5_u32;
        let mut noise = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 28
        };
        let shade = |x: u32, y: u32, noise: u32| ((x * 3 + y * y / 50 + noise * 4) % 256) as u8;
        let colour = RgbImage::from_fn(203, 117, |x, y| {
            let noise = noise();
            image::Rgb([shade(x, y, noise), shade(y, x, noise), shade(x, x, 0)])
        });
        let grey = GrayImage::from_fn(64, 33, |x, y| image::Luma([shade(x, y, 9)]));
        vec![DynamicImage::ImageRgb8(colour), DynamicImage::ImageLuma8(grey), DynamicImage::new_rgb8(1, 1)]
    }

    fn again(bytes: &[u8]) -> Vec<u8> {
        written(&image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).expect("a picture"))
    }

    #[test]
    fn ar12_a_jpeg_of_ours_is_known_again() {
        for picture in pictures() {
            let first = written(&picture);
            assert!(is_as_written(&first, &again(&first)), "{}x{}", picture.width(), picture.height());
        }
    }

    #[test]
    fn ar12_a_photo_that_comes_back_is_the_same_bytes() {
        let limits = crate::limits::Limits::default();
        let keep =
            |bytes: &[u8]| super::super::picture::write(bytes, super::super::Kind::Jpg, &limits).expect("kept").whole;
        let mut theirs = Vec::new();
        pictures()[0].write_with_encoder(JpegEncoder::new_with_quality(&mut theirs, 97)).expect("written");
        let first = keep(&theirs);
        assert_ne!(first, theirs, "others' are written anew");
        assert_eq!(keep(&first), first);
    }

    #[test]
    fn ar12_nothing_that_was_put_in_is_kept() {
        for picture in pictures() {
            let first = written(&picture);
            let ours = again(&first);
            let end = first.len() - 2;
            let hidden: [(usize, &[u8]); 6] = [
                (2, b"\xff\xfe\x00\x0a<script>"),
                (20, b"\xff\xe1\x00\x08Exif\0\0"),
                (end, b"<script>"),
                (end, b"\xff\xd9PK\x03\x04"),
                (end, b"\xff\xff"),
                (end + 2, b"PK\x05\x06"),
            ];
            for (at, bytes) in hidden {
                let stuffed = [&first[..at], bytes, &first[at..]].concat();
                assert!(!is_as_written(&stuffed, &ours), "{bytes:?}");
            }
            for cut in [first.len() - 1, first.len() - 3, first.len() / 2, 4, 0] {
                assert!(!is_as_written(&first[..cut], &ours));
            }
        }
        let lossier = {
            let mut bytes = Vec::new();
            pictures()[0].write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 60)).expect("written");
            bytes
        };
        assert!(!is_as_written(&lossier, &again(&lossier)), "another quality is written anew");
    }

    #[test]
    fn ar12_whatever_the_bytes_it_only_says_no() {
        let (mut seed, first) = (11_u64, written(&pictures()[0]));
        let ours = again(&first);
        for _ in 0..300 {
            let mut bytes = first.clone();
            for _ in 0..3 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = (seed >> 33) as usize % bytes.len();
                bytes[at] = (seed >> 20) as u8;
            }
            // A yes is a picture with other coefficients and nothing else.
            is_as_written(&bytes, &ours);
        }
    }
}
