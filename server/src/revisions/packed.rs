//! A text as bytes of a blob: whole, or as the difference from a whole one.
//!
//! Both are zstd frames; the difference is compressed with the other text in sight. Invariant: what is unpacked is the
//! text that was packed, or an error; the length is known before, so nothing grows beyond it. A blob ends with a seal
//! nobody can guess, so that no file somebody keeps in the same document is ever the same blob.

use std::io::{self, Read, Write};

use zstd::stream::{read, write};

use super::record::Keyframe;

/// The level that costs about as much as the fsync it waits for.
const ZSTD_LEVEL: i32 = 3;
/// zstd's smallest window, and its largest that every decoder takes.
const WINDOW_LOG: std::ops::RangeInclusive<u32> = 10..=27;

/// A text that is packed.
pub struct Text {
    /// What goes into the blob.
    pub packed: Vec<u8>,
    /// BLAKE3 of the text.
    pub hash: String,
    /// Length of the text.
    pub bytes: usize,
    /// What it is the difference from.
    pub base: Option<Keyframe>,
}

/// As much is made room for before any of it is unpacked.
const TEXT_BYTES_AT_ONCE: usize = 8 << 20;
/// Bytes of a seal.
pub const SEAL_BYTES: usize = 16;
/// A frame that decoders skip; its length follows.
const SKIPPED: [u8; 4] = 0x184d_2a50_u32.to_le_bytes();

impl Text {
    /// Packs a text, as the difference from `base` if that is at most half of the whole.
    pub fn pack(text: &str, base: Option<(Keyframe, String)>, seal: [u8; SEAL_BYTES]) -> io::Result<Text> {
        let mut packed = Text::unsealed(text, base)?;
        packed.packed.extend(SKIPPED);
        packed.packed.extend((SEAL_BYTES as u32).to_le_bytes());
        packed.packed.extend(seal);
        Ok(packed)
    }

    fn unsealed(text: &str, base: Option<(Keyframe, String)>) -> io::Result<Text> {
        let hash = hash(text);
        let bytes = text.len();
        if let Some((keyframe, before)) = base {
            let difference = difference(text, &before)?;
            // Compressing the whole as well only pays where the difference is large.
            let likely = keyframe.stored * bytes as u64 / keyframe.bytes.max(1) as u64;
            let small = (difference.len() as u64) < likely / 8;
            if small || difference.len() * 2 <= whole(text)?.len() {
                return Ok(Text { packed: difference, hash, bytes, base: Some(keyframe) });
            }
        }
        Ok(Text { packed: whole(text)?, hash, bytes, base: None })
    }
}

/// BLAKE3 of a text, as records carry it.
pub fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn whole(text: &str) -> io::Result<Vec<u8>> {
    zstd::bulk::compress(text.as_bytes(), ZSTD_LEVEL)
}

fn difference(text: &str, base: &str) -> io::Result<Vec<u8>> {
    let mut encoder = write::Encoder::with_ref_prefix(Vec::new(), ZSTD_LEVEL, base.as_bytes())?;
    // All of the other text must be in sight, also when it is larger than the level's own window.
    encoder.window_log(window(text.len() + base.len()))?;
    encoder.long_distance_matching(true)?;
    encoder.set_pledged_src_size(Some(text.len() as u64))?;
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

fn window(bytes: usize) -> u32 {
    bytes.max(1).next_power_of_two().ilog2().clamp(*WINDOW_LOG.start(), *WINDOW_LOG.end())
}

/// The text of `bytes` bytes in a blob; `base` is the whole text it is the difference from.
pub fn unpack(packed: &[u8], base: Option<&str>, bytes: usize) -> io::Result<String> {
    let mut decoder = match base {
        Some(base) => read::Decoder::with_ref_prefix(packed, base.as_bytes())?,
        None => read::Decoder::with_buffer(packed)?,
    };
    decoder.window_log_max(*WINDOW_LOG.end())?;
    // What a record says is believed only as far as there is text.
    let mut text = Vec::with_capacity(bytes.min(TEXT_BYTES_AT_ONCE));
    decoder.take(bytes as u64 + 1).read_to_end(&mut text)?;
    if text.len() != bytes {
        return Err(io::Error::other(format!("it has other than the {bytes} bytes it was stored with")));
    }
    String::from_utf8(text).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text that does not compress well, from a seed.
    fn prose(mut seed: u64, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 8);
        while text.len() < bytes {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push(char::from(b'a' + ((seed >> 33) % 26) as u8));
            if seed >> 61 == 0 {
                text.push_str(" ü ");
            }
        }
        text
    }

    fn key(text: &str) -> (Keyframe, String) {
        let whole = Text::pack(text, None, [7; SEAL_BYTES]).expect("packed");
        let keyframe = Keyframe { blob: String::new(), stored: whole.packed.len() as u64, bytes: text.len() };
        (keyframe, text.to_owned())
    }

    #[test]
    fn hi1_what_is_unpacked_is_what_was_packed() {
        for bytes in [0, 1, 100, 70_000] {
            let base = prose(1, bytes);
            for text in [String::new(), base.clone(), format!("{base}more"), prose(2, bytes), base.replace('e', "")] {
                let text = text.as_str();
                let packed = Text::pack(text, Some(key(&base)), [7; SEAL_BYTES]).expect("packed");
                let with = packed.base.as_ref().map(|_| base.as_str());
                assert_eq!(unpack(&packed.packed, with, text.len()).expect("unpacked"), text);
                assert!(unpack(&packed.packed, with, text.len() + 1).is_err());
            }
        }
    }

    #[test]
    fn hi1_a_small_change_of_a_large_text_is_small_and_another_text_is_whole() {
        let base = prose(1, 5 << 20);
        let at = base.len() / 3;
        let at = (at..).find(|at| base.is_char_boundary(*at)).expect("a boundary");
        let changed = format!("new{}, and there{}", &base[at..], &base[..at]);
        let packed = Text::pack(&changed, Some(key(&base)), [7; SEAL_BYTES]).expect("packed");
        assert!(packed.base.is_some() && packed.packed.len() < 20_000, "{}", packed.packed.len());
        assert_eq!(unpack(&packed.packed, Some(&base), changed.len()).expect("unpacked"), changed);
        assert!(Text::pack(&prose(9, 100_000), Some(key(&base)), [7; SEAL_BYTES]).expect("packed").base.is_none());
    }
}
