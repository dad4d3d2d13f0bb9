//! Pictures written anew: nothing of what came is stored but its pixels.
//!
//! Invariant: a picture's size is judged by its header before its pixels are unpacked; so many are unpacked at once, off
//! the async threads, and a decoder that panics is a picture that cannot be read. Next: `files/gif.rs` for animations.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};

use super::kind::Kind;
use super::{Refused, Size, gif, jpeg, ours, webp};
use crate::State;
use crate::http::Error;
use crate::limits::Limits;

/// Nothing is kept wider than this: twice the widest column of text.
pub const WIDTH_MAX: u32 = 2_560;
/// How wide the copy for phones is.
const WIDTH_SMALL: u32 = 960;
/// Where smaller files begin to show.
const JPEG_QUALITY: u8 = 85;
/// Bytes a pixel takes at most while it is unpacked, so that deep colour counts for more.
const PIXEL_BYTES: u64 = 4;
/// What decoders may take besides the pixels.
const SLACK_BYTES: u64 = 16 * 1024 * 1024;

/// What is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What it is now.
    pub kind: Kind,
    /// Of a picture.
    pub size: Option<Size>,
    /// All of it.
    pub whole: Bytes,
    /// The copy for phones.
    pub small: Option<Bytes>,
}

/// What is stored of some bytes of this kind. Waits for its turn.
pub async fn make(state: &State, bytes: Bytes, kind: Kind) -> Result<Made, Error> {
    if !kind.is_picture() {
        return Ok(Made { kind, size: None, whole: bytes, small: None });
    }
    let turn = state.files.decodes.clone().acquire_owned().await.map_err(|_| Refused::Busy)?;
    let limits = state.config.limits.clone();
    let work = tokio::task::spawn_blocking(move || {
        let made = write(&bytes, kind, &limits);
        drop(turn);
        made
    });
    Ok(work.await.unwrap_or_else(|panic| {
        tracing::error!("a decoder of {} panicked: {panic}", kind.ending());
        Err(Refused::Unreadable)
    })?)
}

/// A picture written anew.
pub fn write(bytes: &[u8], kind: Kind, limits: &Limits) -> Result<Made, Refused> {
    match kind {
        Kind::Gif => match gif::write(bytes, limits)? {
            gif::Written::Narrow(made) => Ok(made),
            gif::Written::Wide => still(bytes, Kind::Gif, limits),
        },
        Kind::Webp => match webp::look(bytes, limits)? {
            webp::Sound { bytes, moves: true } => gif::from_webp(bytes, limits),
            webp::Sound { bytes, moves: false } => still(bytes, Kind::Webp, limits),
        },
        Kind::Jpg => jpeg::look(bytes).and_then(|()| still(bytes, kind, limits)),
        _ => still(bytes, kind, limits),
    }
}

fn still(bytes: &[u8], kind: Kind, limits: &Limits) -> Result<Made, Refused> {
    let format = match kind {
        Kind::Jpg => ImageFormat::Jpeg,
        Kind::Png => ImageFormat::Png,
        Kind::Gif => ImageFormat::Gif,
        _ => ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let unpacked = limits.picture_pixels as u64 * PIXEL_BYTES;
    reader.limits(allowed(limits, unpacked + SLACK_BYTES));
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error, limits))?;
    let (width, height) = decoder.dimensions();
    judge(width, height, limits)?;
    if decoder.total_bytes() > unpacked {
        return Err(too_large(limits));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error, limits))?;
    let mut made = finish(upright(plain(picture), orientation), kind, limits)?;
    // One of ours that comes back (out of an export) must not lose a little each time.
    if made.kind == Kind::Jpg && ours::is_as_written(bytes, &made.whole) {
        made.whole = Bytes::copy_from_slice(bytes);
    }
    Ok(made)
}

fn finish(picture: DynamicImage, kind: Kind, limits: &Limits) -> Result<Made, Refused> {
    let (kind, whole) = smallest(&picture, kind, limits)?;
    let size = Size { width: picture.width(), height: picture.height() };
    let mut small = None;
    if size.width > WIDTH_SMALL {
        let narrow = narrowed(picture, WIDTH_SMALL);
        small = Some(encode(&narrow, kind)?).filter(|small| small.len() < whole.len());
    }
    Ok(Made { kind, size: Some(size), whole, small })
}

/// The kind it is kept as: its own; for WebP, whose writer here loses nothing, whatever is smaller.
fn smallest(picture: &DynamicImage, kind: Kind, limits: &Limits) -> Result<(Kind, Bytes), Refused> {
    let opaque = !picture.color().has_alpha();
    let kinds: &[Kind] = match kind {
        Kind::Jpg => &[Kind::Jpg],
        Kind::Webp if opaque => &[Kind::Jpg, Kind::Webp],
        Kind::Webp => &[Kind::Png, Kind::Webp],
        _ => &[Kind::Png],
    };
    let mut best: Option<(Kind, Bytes)> = None;
    for kind in kinds {
        let written = encode(picture, *kind)?;
        if best.as_ref().is_none_or(|(_, best)| written.len() < best.len()) {
            best = Some((*kind, written));
        }
    }
    let best = best.ok_or(Refused::Unreadable)?;
    match best {
        (_, bytes) if bytes.len() > limits.file_bytes && !opaque => {
            Err(Refused::TooLarge(limits.file_bytes / super::MIB))
        }
        (_, bytes) if bytes.len() > limits.file_bytes => Ok((Kind::Jpg, encode(picture, Kind::Jpg)?)),
        best => Ok(best),
    }
}

/// Refuses what is too large, before anything is unpacked.
pub fn judge(width: u32, height: u32, limits: &Limits) -> Result<(), Refused> {
    let pixels = u64::from(width) * u64::from(height);
    let fits = width.max(height) <= limits.picture_side && pixels <= limits.picture_pixels as u64;
    if fits { Ok(()) } else { Err(too_large(limits)) }
}

/// The sentence about size.
pub fn too_large(limits: &Limits) -> Refused {
    Refused::Pixels { pixels: limits.picture_pixels / 1_000_000, side: limits.picture_side }
}

/// What a decoder is told it may take.
fn allowed(limits: &Limits, bytes: u64) -> image::Limits {
    let mut allowed = image::Limits::default();
    allowed.max_image_width = Some(limits.picture_side);
    allowed.max_image_height = Some(limits.picture_side);
    allowed.max_alloc = Some(bytes);
    allowed
}

/// What a decoder says, as a sentence.
pub fn refusal(error: &ImageError, limits: &Limits) -> Refused {
    tracing::debug!("a picture was refused: {error}");
    match error {
        ImageError::Limits(_) => too_large(limits),
        _ => Refused::Unreadable,
    }
}

/// Eight bits a channel, and none for what is nowhere transparent.
fn plain(picture: DynamicImage) -> DynamicImage {
    let shallow = match picture {
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(picture.into_luma8()),
        DynamicImage::ImageLumaA16(_) => DynamicImage::ImageLumaA8(picture.into_luma_alpha8()),
        DynamicImage::ImageRgb16(_) | DynamicImage::ImageRgb32F(_) => DynamicImage::ImageRgb8(picture.into_rgb8()),
        DynamicImage::ImageRgba16(_) | DynamicImage::ImageRgba32F(_) => DynamicImage::ImageRgba8(picture.into_rgba8()),
        eight => eight,
    };
    match shallow {
        DynamicImage::ImageRgba8(pixels) if pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX) => {
            DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(pixels).into_rgb8())
        }
        DynamicImage::ImageLumaA8(pixels) if pixels.pixels().all(|pixel| pixel.0[1] == u8::MAX) => {
            DynamicImage::ImageLuma8(DynamicImage::ImageLumaA8(pixels).into_luma8())
        }
        other => other,
    }
}

/// Turned as the camera was held, and no wider than is kept. What is narrowed is narrowed before it is turned, which
/// takes a copy.
fn upright(picture: DynamicImage, orientation: Orientation) -> DynamicImage {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    let lies = matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH);
    let shown_width = if lies { picture.height() } else { picture.width() };
    let mut picture = match shown_width {
        wide if wide > WIDTH_MAX && lies => scaled(picture, WIDTH_MAX, wide),
        wide if wide > WIDTH_MAX => narrowed(picture, WIDTH_MAX),
        _ => picture,
    };
    picture.apply_orientation(orientation);
    picture
}

fn narrowed(picture: DynamicImage, width: u32) -> DynamicImage {
    let wide = picture.width();
    scaled(picture, width, wide)
}

/// Scaled by `to / from`. First roughly, by whole pixels, since the good way takes sixteen bytes a pixel.
fn scaled(picture: DynamicImage, to: u32, from: u32) -> DynamicImage {
    let times = |side: u32, factor: u32| {
        let exact = u64::from(side) * u64::from(to) * u64::from(factor);
        u32::try_from((exact + u64::from(from) / 2) / u64::from(from)).unwrap_or(side).max(1)
    };
    let (width, height) = (times(picture.width(), 1), times(picture.height(), 1));
    let rough = if from / to > 2 {
        picture.thumbnail_exact(times(picture.width(), 2), times(picture.height(), 2))
    } else {
        picture
    };
    rough.resize_exact(width, height, FilterType::CatmullRom)
}

fn encode(picture: &DynamicImage, kind: Kind) -> Result<Bytes, Refused> {
    let mut bytes = Vec::new();
    let written = match kind {
        Kind::Jpg => picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)),
        Kind::Webp => picture.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)),
        _ => picture.write_with_encoder(PngEncoder::new_with_quality(
            &mut bytes,
            CompressionType::Default,
            PngFilter::Adaptive,
        )),
    };
    written.map(|()| Bytes::from(bytes)).map_err(|error| {
        tracing::warn!("a picture could not be written: {error}");
        Refused::Unreadable
    })
}
