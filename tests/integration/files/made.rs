//! Pictures and archives byte by byte, honest ones and liars.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// Packed.
pub trait Deflate {
    /// As zlib does.
    fn deflated(&self) -> Vec<u8>;
    /// As gzip does.
    fn gzipped(&self) -> Vec<u8>;
}

impl Deflate for [u8] {
    fn deflated(&self) -> Vec<u8> {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
        packer.write_all(self).expect("memory");
        packer.finish().expect("memory")
    }

    fn gzipped(&self) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(self).expect("memory");
        packer.finish().expect("memory")
    }
}

fn checks(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| if (x + y) % 2 == 0 { Rgb([200, 30, 30]) } else { Rgb([20, 20, 220]) })
}

fn written(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(checks(width, height)).write_to(&mut bytes, format).expect("written");
    bytes.into_inner()
}

/// An honest PNG.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    written(width, height, ImageFormat::Png)
}

/// An honest WebP.
pub fn webp(width: u32, height: u32) -> Vec<u8> {
    written(width, height, ImageFormat::WebP)
}

/// An honest JPEG.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&checks(width, height)).expect("written");
    bytes
}

/// A chunk of a PNG.
pub fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("short").to_be_bytes();
    let sum = crc(&[kind, content].concat()).to_be_bytes();
    [&length[..], kind, content, &sum].concat()
}

/// An honest PNG with one more chunk behind its header.
pub fn png_with(chunk: &[u8]) -> Vec<u8> {
    let png = png(8, 8);
    [&png[..33], chunk, &png[33..]].concat()
}

/// A PNG that says it is so large, with the pixels of a small one.
pub fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let png = png(8, 8);
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &png[24..29]].concat();
    [&png[..8], &chunk(b"IHDR", &header), &png[33..]].concat()
}

/// A JPEG with one more segment behind its start.
pub fn jpeg_segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("short").to_be_bytes();
    let jpeg = jpeg(8, 8);
    [&jpeg[..2], &[0xff, marker], &length, content, &jpeg[2..]].concat()
}

/// A WebP that carries one more chunk, as those with EXIF or XMP do.
pub fn webp_with(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let simple = webp(8, 8);
    let flags = if kind == b"EXIF" { 0b1000 } else { 0b0100 };
    let header = riff_chunk(b"VP8X", &[flags, 0, 0, 0, 7, 0, 0, 7, 0, 0]);
    riff(&[&header[..], &simple[12..], &riff_chunk(kind, content)].concat())
}

/// A WebP whose header says it is so large.
pub fn lying_webp(width: u32, height: u32) -> Vec<u8> {
    let bits = (width - 1) | ((height - 1) << 14);
    riff(&riff_chunk(b"VP8L", &[&[0x2f][..], &bits.to_le_bytes(), &[0; 8]].concat()))
}

fn riff(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 4).expect("short").to_le_bytes();
    [&b"RIFF"[..], &length, b"WEBP", content].concat()
}

fn riff_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("short").to_le_bytes();
    let padding: &[u8] = if content.len() % 2 == 1 { &[0] } else { &[] };
    [&kind[..], &length, content, padding].concat()
}

/// A GIF of one frame of one colour, with a comment. A large one has too little in its frame.
pub fn gif(width: u16, height: u16, comment: &[u8]) -> Vec<u8> {
    let (w, h) = (width.to_le_bytes(), height.to_le_bytes());
    let mut bytes = [&b"GIF89a"[..], &w, &h, &[0x80, 0, 0], &[220, 20, 20, 20, 20, 220]].concat();
    if !comment.is_empty() {
        bytes.extend([0x21, 0xfe, u8::try_from(comment.len()).expect("short")]);
        bytes.extend([comment, &[0]].concat());
    }
    bytes.extend([&[0x2c, 0, 0, 0, 0][..], &w, &h, &[0, 2]].concat());
    bytes.extend(frame(usize::from(width) * usize::from(height)));
    bytes.extend([0, 0x3b]);
    bytes
}

/// So many pixels of the first colour, three bits a code, cleared before a code would need a fourth.
fn frame(pixels: usize) -> Vec<u8> {
    let mut codes = Vec::new();
    for pixel in 0..pixels.min(20_000) {
        if pixel % 2 == 0 {
            codes.push(4_u8);
        }
        codes.push(0);
    }
    codes.push(5);
    let mut packed = vec![0_u8; (codes.len() * 3).div_ceil(8)];
    for (number, code) in codes.iter().enumerate() {
        for bit in 0..3 {
            let at = number * 3 + bit;
            packed[at / 8] |= (code >> bit & 1) << (at % 8);
        }
    }
    packed.chunks(255).flat_map(|part| [&[u8::try_from(part.len()).expect("short")], part].concat()).collect()
}

/// An archive of one file, as it is.
pub fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let sum = crc(content).to_le_bytes();
    let size = u32::try_from(content.len()).expect("short").to_le_bytes();
    let length = u16::try_from(name.len()).expect("short").to_le_bytes();
    let common = [&[0, 0, 0, 0, 0, 0, 0, 0][..], &sum, &size, &size, &length, &[0, 0]].concat();
    let local = [&b"PK\x03\x04\x14\0"[..], &common, name.as_bytes(), content].concat();
    let place = [&[0; 10][..], &[0; 4], name.as_bytes()].concat();
    let central = [&b"PK\x01\x02\x14\0\x14\0"[..], &common, &place].concat();
    let (central_size, central_at) = (central.len(), local.len());
    let number = |value: usize| u32::try_from(value).expect("short").to_le_bytes();
    let end = [&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &number(central_size), &number(central_at), &[0, 0]].concat();
    [local, central, end].concat()
}

/// In UTF-16, with its mark.
pub fn utf16(text: &str, mark: [u8; 2]) -> Vec<u8> {
    let big = mark == [0xfe, 0xff];
    let units = text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
    mark.into_iter().chain(units).collect()
}

/// In UTF-32, little end first, with its mark.
pub fn utf32(text: &str) -> Vec<u8> {
    [0xff, 0xfe, 0, 0].into_iter().chain(text.chars().flat_map(|letter| u32::from(letter).to_le_bytes())).collect()
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
