//! Animations: GIF frame by frame, and moving WebP as GIF, since nothing here writes moving WebP.
//!
//! Invariant: one frame is in memory at a time, and what viewers must unpack is bounded: so many frames, and so many
//! pixels of all of them together. Comments, application data and what follows the end are left behind.

use std::io::Cursor;
use std::num::NonZeroU64;

use bytes::Bytes;
use gif::{ColorOutput, DecodeOptions, Encoder, MemoryLimit, Repeat};
use image::codecs::gif::{GifEncoder, Repeat as Times};
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, ImageDecoder};

use super::kind::Kind;
use super::picture::{Made, WIDTH_MAX, judge, refusal};
use super::{Refused, Size};
use crate::limits::Limits;

/// How much `image` may simplify colours: 1 is best, 30 fastest.
const SPEED: i32 = 10;

/// What became of a GIF.
pub enum Written {
    /// It is written.
    Narrow(Made),
    /// It is one picture, and wider than is kept as it is.
    Wide,
}

/// A GIF written anew, its colours as they were.
pub fn write(bytes: &[u8], limits: &Limits) -> Result<Written, Refused> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options
        .set_memory_limit(MemoryLimit::Bytes(NonZeroU64::new(limits.picture_pixels as u64).unwrap_or(NonZeroU64::MIN)));
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(bytes).map_err(|_| Refused::Unreadable)?;
    let (width, height) = (decoder.width(), decoder.height());
    let size = Size { width: width.into(), height: height.into() };
    judge(size.width, size.height, limits)?;
    let palette = decoder.global_palette().unwrap_or_default().to_vec();
    let mut encoder = Encoder::new(Vec::new(), width, height, &palette).map_err(|_| Refused::Unreadable)?;
    let mut reel = Reel::new(size, limits);
    while let Some(frame) = decoder.read_next_frame().map_err(|_| Refused::Unreadable)? {
        reel.add()?;
        if frame.width == 0 || frame.height == 0 {
            return Err(Refused::Unreadable);
        }
        let mut frame = frame.clone();
        // The decoder put the lines in order.
        frame.interlaced = false;
        frame.needs_user_input = false;
        // How often it repeats stands before the first frame.
        let repeat = decoder.repeat();
        if reel.frames == 1 && repeat != Repeat::Finite(0) {
            encoder.set_repeat(repeat).map_err(|_| Refused::Unreadable)?;
        }
        encoder.write_frame(&frame).map_err(|_| Refused::Unreadable)?;
    }
    let whole = Bytes::from(encoder.into_inner().map_err(|_| Refused::Unreadable)?);
    match reel.frames {
        0 => Err(Refused::Unreadable),
        1 if size.width > WIDTH_MAX => Ok(Written::Wide),
        _ => Ok(Written::Narrow(Made { kind: Kind::Gif, size: Some(size), whole, small: None })),
    }
}

/// A moving WebP, looked through, as GIF.
pub fn from_webp(bytes: &[u8], limits: &Limits) -> Result<Made, Refused> {
    let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|error| refusal(&error, limits))?;
    let (width, height) = decoder.dimensions();
    judge(width, height, limits)?;
    let size = Size { width, height };
    let mut reel = Reel::new(size, limits);
    // Choosing colours takes several times as long as copying them.
    reel.pixels_max /= 4;
    let mut whole = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut whole, SPEED);
    encoder.set_repeat(Times::Infinite).map_err(|error| refusal(&error, limits))?;
    for frame in decoder.into_frames() {
        reel.add()?;
        let frame = frame.map_err(|error| refusal(&error, limits))?;
        encoder.encode_frame(frame).map_err(|error| refusal(&error, limits))?;
    }
    drop(encoder);
    if reel.frames == 0 {
        return Err(Refused::Unreadable);
    }
    Ok(Made { kind: Kind::Gif, size: Some(size), whole: whole.into(), small: None })
}

/// The frames so far, and how many there may be.
struct Reel {
    frames: usize,
    frame_pixels: usize,
    frames_max: usize,
    pixels_max: usize,
    wide: bool,
}

impl Reel {
    fn new(size: Size, limits: &Limits) -> Reel {
        Reel {
            frames: 0,
            frame_pixels: size.width as usize * size.height as usize,
            frames_max: limits.picture_frames,
            pixels_max: limits.picture_frame_pixels,
            wide: size.width > WIDTH_MAX,
        }
    }

    fn add(&mut self) -> Result<(), Refused> {
        self.frames += 1;
        let moves = self.frames > 1;
        let pixels = self.frames.saturating_mul(self.frame_pixels);
        if moves && (self.wide || self.frames > self.frames_max || pixels > self.pixels_max) {
            return Err(Refused::Animation { frames: self.frames_max, pixels: self.pixels_max / 1_000_000 });
        }
        Ok(())
    }
}
