//! Pictures, without a server: what comes out of what goes in.

use std::io::Cursor;

use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{AnimationDecoder, Delay, DynamicImage, Frame, GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};

use super::kind::Kind;
use super::picture::{Made, write};
use super::{Refused, Size};
use crate::limits::Limits;

/// Red on the left, blue on the right; a little noise, so that it does not shrink to nothing.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let noise = u8::try_from((x * 7 + y * 13) % 23).unwrap_or(0);
        if x < width / 2 { Rgb([230, noise, noise]) } else { Rgb([noise, noise, 230]) }
    })
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 95).encode_image(picture).expect("written");
    bytes
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(PngEncoder::new(&mut bytes)).expect("written");
    bytes
}

fn webp(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)).expect("written");
    bytes
}

fn gif(frames: u32, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    encoder.set_repeat(Repeat::Infinite).expect("written");
    for number in 0..frames {
        let colour = u8::try_from(number * 40 % 256).unwrap_or(0);
        let picture = RgbaImage::from_pixel(width, height, Rgba([colour, 0, 0, 255]));
        let delay = Delay::from_numer_denom_ms(120, 1);
        encoder.encode_frame(Frame::from_parts(picture, 0, 0, delay)).expect("written");
    }
    drop(encoder);
    bytes
}

/// EXIF of a phone that lay on its side, with where it was.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    // The GPS directory, 38 bytes on.
    tiff.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0]);
    tiff.extend([0, 1, 0, 1, 0, 2, 0, 0, 0, 2]);
    tiff.extend(b"N\0\0\0\0\0\0\0GPS-SECRET <script>alert(1)</script>");
    tiff
}

/// A JPEG with a segment of this kind right after its start.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, content, &jpeg[2..]].concat()
}

fn made(bytes: &[u8]) -> Made {
    let kind = Kind::of(bytes, "").expect("a kind");
    write(bytes, kind, &Limits::default()).expect("a picture")
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn look(made: &Made) -> DynamicImage {
    image::load_from_memory(&made.whole).expect("readable")
}

#[test]
fn fi4_a_photo_is_turned_upright_and_says_nothing_about_where() {
    for (orientation, size, red_at, blue_at) in [
        (1, (80, 40), (10, 20), (70, 20)),
        (3, (80, 40), (70, 20), (10, 20)),
        (6, (40, 80), (20, 10), (20, 70)),
        (8, (40, 80), (20, 70), (20, 10)),
    ] {
        let photo = with_segment(&jpeg(&halves(80, 40)), 0xe1, &exif(orientation));
        assert!(has(&photo, b"GPS-SECRET"));
        let made = made(&photo);
        let picture = look(&made);
        assert_eq!(picture.dimensions(), size, "{orientation}");
        assert_eq!(made.size, Some(Size { width: size.0, height: size.1 }));
        assert!(picture.get_pixel(red_at.0, red_at.1).0[0] > 180, "{orientation}");
        assert!(picture.get_pixel(blue_at.0, blue_at.1).0[2] > 180, "{orientation}");
        for part in [&b"Exif"[..], b"GPS-SECRET", b"<script", b"II*\0", b"MM\0*"] {
            assert!(!has(&made.whole, part), "{orientation} {}", String::from_utf8_lossy(part));
        }
    }
}

#[test]
fn fi4_no_metadata_and_nothing_behind_the_end_is_kept() {
    let payload = b"<script>alert(1)</script>";
    let chunk = |kind: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).expect("short").to_be_bytes();
        let crc = crc([kind, content].concat().as_slice()).to_be_bytes();
        [&length[..], kind, content, &crc].concat()
    };
    let dot = png(&DynamicImage::ImageRgb8(halves(8, 8)));
    let text = [&dot[..33], &chunk(b"tEXt", &[b"Comment\0", &payload[..]].concat()), &dot[33..]].concat();
    let xmp =
        [&dot[..33], &chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", &payload[..]].concat()), &dot[33..]].concat();
    let moving = gif(2, 8, 8);
    let comment = [&moving[..moving.len() - 1], b"\x21\xfe", &[25], payload, b"\0\x3b"].concat();
    for bytes in [
        text,
        xmp,
        [&dot[..], payload].concat(),
        with_segment(&jpeg(&halves(8, 8)), 0xfe, payload),
        with_segment(&jpeg(&halves(8, 8)), 0xed, payload),
        [&jpeg(&halves(8, 8))[..], payload].concat(),
        comment,
        [&moving[..], payload].concat(),
        [&webp(&DynamicImage::ImageRgb8(halves(8, 8)))[..], payload].concat(),
    ] {
        assert!(has(&bytes, payload));
        assert!(!has(&made(&bytes).whole, payload), "{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn fi5_pictures_are_narrowed_and_phones_get_a_copy() {
    let wide = made(&jpeg(&halves(3_000, 600)));
    assert_eq!(wide.size, Some(Size { width: 2_560, height: 512 }));
    assert_eq!(look(&wide).dimensions(), (2_560, 512));
    let small = image::load_from_memory(&wide.small.expect("a copy")).expect("readable");
    assert_eq!(small.dimensions(), (960, 192));
    assert!(made(&jpeg(&halves(960, 20))).small.is_none());
    let lying = with_segment(&jpeg(&halves(600, 3_000)), 0xe1, &exif(6));
    assert_eq!(
        made(&lying).size,
        Some(Size { width: 2_560, height: 512 }),
        "narrow as it is stored, wide as it is shown"
    );
    let enormous = made(&png(&DynamicImage::ImageRgb8(halves(9_000, 9))));
    assert_eq!(enormous.size, Some(Size { width: 2_560, height: 3 }));
}

#[test]
fn fi5_kinds_stay_or_become_what_is_smaller() {
    let mut see_through = DynamicImage::ImageRgb8(halves(64, 64)).into_rgba8();
    see_through.put_pixel(0, 0, Rgba([0, 0, 0, 0]));
    let opaque = DynamicImage::ImageRgba8(DynamicImage::ImageRgb8(halves(64, 64)).into_rgba8());
    assert_eq!(made(&jpeg(&halves(64, 64))).kind, Kind::Jpg);
    assert_eq!(made(&png(&opaque)).kind, Kind::Png);
    assert!(!look(&made(&png(&opaque))).color().has_alpha());
    let kept = made(&webp(&DynamicImage::ImageRgba8(see_through.clone())));
    assert!(matches!(kept.kind, Kind::Png | Kind::Webp));
    assert_eq!(look(&kept).get_pixel(0, 0).0[3], 0);
    let noise = RgbImage::from_fn(200, 200, |x, y| {
        let hash = blake3::hash(&[x.to_be_bytes(), y.to_be_bytes()].concat());
        Rgb([hash.as_bytes()[0], hash.as_bytes()[1], hash.as_bytes()[2]])
    });
    assert_eq!(made(&webp(&DynamicImage::ImageRgb8(noise))).kind, Kind::Jpg);
}

#[test]
fn fi5_animations_go_on_moving() {
    let kept = made(&gif(5, 60, 40));
    assert_eq!((kept.kind, kept.size), (Kind::Gif, Some(Size { width: 60, height: 40 })));
    let decoder = image::codecs::gif::GifDecoder::new(Cursor::new(&kept.whole)).expect("readable");
    let frames = decoder.into_frames().collect_frames().expect("frames");
    assert_eq!(frames.len(), 5);
    assert_eq!(frames[3].delay().numer_denom_ms().0, 120);
    assert_eq!(frames[3].buffer().get_pixel(5, 5).0, [120, 0, 0, 255]);
    assert!(has(&kept.whole, b"NETSCAPE2.0"));
    let wide = made(&gif(1, 3_000, 10));
    assert_eq!((wide.kind, wide.size), (Kind::Png, Some(Size { width: 2_560, height: 9 })));
}

#[test]
fn fi7_what_is_too_large_is_refused_by_its_header() {
    let limits = Limits { picture_frames: 4, picture_frame_pixels: 1_000, ..Limits::default() };
    let refused = |bytes: &[u8]| write(bytes, Kind::of(bytes, "").expect("a kind"), &limits).expect_err("refused");
    assert!(matches!(refused(&gif(5, 4, 4)), Refused::Animation { .. }));
    assert!(matches!(refused(&gif(2, 40, 20)), Refused::Animation { .. }));
    assert!(matches!(refused(&gif(2, 2_600, 1)), Refused::Animation { .. }));
    let mut lie = png(&DynamicImage::ImageRgb8(halves(4, 4)));
    lie[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
    let sum = crc(&lie[12..29]).to_be_bytes();
    lie[29..33].copy_from_slice(&sum);
    assert_eq!(refused(&lie), Refused::Pixels { pixels: 40, side: 16_384 });
    let deep = DynamicImage::new_rgba16(20, 20);
    let shallow = Limits { picture_pixels: 400, ..Limits::default() };
    assert!(matches!(write(&png(&deep), Kind::Png, &shallow), Err(Refused::Pixels { .. })), "deep colour counts more");
    let cut = &jpeg(&halves(64, 64))[..200];
    assert_eq!(refused(cut), Refused::Unreadable);
}

#[test]
fn fi7_no_bytes_make_a_decoder_do_more_than_refuse() {
    let seeds = [
        jpeg(&halves(24, 24)),
        png(&DynamicImage::ImageRgb8(halves(24, 24))),
        webp(&DynamicImage::ImageRgb8(halves(24, 24))),
        gif(3, 24, 24),
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("small")
    };
    let (mut kept, mut refused, mut panicked) = (0, 0, 0);
    for round in 0..400 {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=next(6) {
            let at = 12 + next(bytes.len() - 12);
            bytes[at] = u8::try_from(next(256)).expect("a byte");
        }
        bytes.truncate(bytes.len() - next(bytes.len() / 4));
        let Ok(kind) = Kind::of(&bytes, "") else { continue };
        match std::panic::catch_unwind(|| write(&bytes, kind, &Limits::default())) {
            Ok(Ok(made)) => {
                kept += 1;
                assert!(look(&made).width() > 0);
            }
            Ok(Err(_)) => refused += 1,
            // Told as a picture that cannot be read: `make` catches it.
            Err(_) => panicked += 1,
        }
    }
    println!("{kept} kept, {refused} refused, {panicked} panics of decoders");
    assert!(kept > 0 && refused > 0);
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// What bombs and honest pictures take, for the record: `cargo test -p galley --lib fi7_memory -- --ignored --nocapture`.
#[test]
#[ignore = "measures the whole process, so it runs alone"]
fn fi7_memory() {
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
        let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak").to_owned();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).expect("a number")
    };
    let claiming = |png: &[u8], side: u32| {
        let mut lie = png.to_vec();
        lie[16..24].copy_from_slice(&[side.to_be_bytes(), side.to_be_bytes()].concat());
        let sum = crc(&lie[12..29]).to_be_bytes();
        lie[29..33].copy_from_slice(&sum);
        lie
    };
    let small = png(&DynamicImage::ImageRgb8(halves(4, 4)));
    let photo = jpeg(&halves(7_300, 5_470));
    let mut wide_jpeg = photo.clone();
    let at = wide_jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame");
    wide_jpeg[at + 5..at + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    let bits = 15_999_u32 | 15_999 << 14;
    let lossless = [&b"RIFF\x1a\0\0\0WEBPVP8L\x0e\0\0\0\x2f"[..], &bits.to_le_bytes(), &[0; 9]].concat();
    let mut wide_gif = gif(1, 4, 4);
    wide_gif[6..10].fill(0xff);
    for (what, bytes) in [
        ("PNG 50,000 x 50,000", claiming(&small, 50_000)),
        ("GIF 65,535 x 65,535", wide_gif),
        ("WebP 16,000 x 16,000", lossless),
        ("JPEG 65,500 x 65,500", wide_jpeg),
        ("PNG that says 6,300 x 6,300 and has nothing", claiming(&small, 6_300)),
        ("an honest PNG of 7,300 x 5,470", png(&DynamicImage::ImageRgb8(halves(7_300, 5_470)))),
        ("an honest JPEG of 7,300 x 5,470", photo),
    ] {
        std::fs::write("/proc/self/clear_refs", "5").expect("Linux");
        let (before, start) = (peak(), std::time::Instant::now());
        let became = write(&bytes, Kind::of(&bytes, "").expect("a kind"), &Limits::default());
        let said = became.map(|made| format!("{:?}", made.size)).unwrap_or_else(|refused| refused.code().to_owned());
        println!("{what}: +{} KiB, {:?}, {said}", peak().saturating_sub(before), start.elapsed());
    }
}
