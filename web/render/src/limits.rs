//! Every limit of a rendering, and what happens when it is reached.

/// Elements one inside another, the block's own `<div>` included; what is deeper keeps its text and loses its tags.
pub(crate) const DEPTH_MAX: usize = 64;

/// HTML for each byte of text. Ordinary prose needs 1.2, short bare links 10; a table of 2,000 columns wants 170.
const OUTPUT_PER_INPUT: usize = 16;

/// HTML any document may have, however short.
const OUTPUT_BYTES_FLOOR: usize = 1 << 20;

/// HTML no document may have more of.
pub(crate) const OUTPUT_BYTES_MAX: usize = 32 << 20;

/// How much HTML a text of `text_bytes` may become; then a notice takes the place of the rest.
pub(crate) fn output_bytes_max(text_bytes: usize) -> usize {
    text_bytes.saturating_mul(OUTPUT_PER_INPUT).clamp(OUTPUT_BYTES_FLOOR, OUTPUT_BYTES_MAX)
}

/// A code block longer than this is not coloured.
pub(crate) const COLOURED_BYTES_MAX: usize = 256 << 10;

/// Front matter longer than this is not front matter.
pub(crate) const FRONT_BYTES_MAX: usize = 16 << 10;

/// A front matter value longer than this is cut.
pub(crate) const FRONT_VALUE_CHARS_MAX: usize = 1000;

/// A document's title is cut here, wherever it comes from.
pub(crate) const TITLE_CHARS_MAX: usize = 300;

/// Tags beyond this are ignored.
pub(crate) const TAGS_MAX: usize = 64;

/// Attributes of one raw tag; a tag with more is text.
pub(crate) const ATTRIBUTES_MAX: usize = 32;

/// A formula longer than this is shown as its source.
#[cfg(feature = "full")]
pub(crate) const FORMULA_BYTES_MAX: usize = 8 << 10;

/// Groups of a formula one in another.
#[cfg(feature = "full")]
pub(crate) const FORMULA_NESTING_MAX: usize = 64;

/// What a formula may consist of.
#[cfg(feature = "full")]
pub(crate) const FORMULA_EVENTS_MAX: usize = 16 << 10;

/// MathML of one formula.
#[cfg(feature = "full")]
pub(crate) const MATHML_BYTES_MAX: usize = 256 << 10;

/// Source of all formulas of a document; those beyond are shown as their source.
#[cfg(feature = "full")]
pub(crate) const FORMULAS_BYTES_MAX: usize = 512 << 10;

/// MathML for each byte of a formula, beyond what any text may become.
pub(crate) const OUTPUT_PER_FORMULA_BYTE: usize = 32;

/// Lists of contents in one document; a `[TOC]` beyond is text.
pub(crate) const TOCS_MAX: usize = 4;

/// Headings of one list of contents.
pub(crate) const TOC_HEADINGS_MAX: usize = 1000;

/// How wide the small copy of a picture is; pictures that are no wider have none.
pub(crate) const SMALL_PICTURE_WIDTH: u64 = 960;

/// Abbreviations of one document; a definition beyond is text.
pub(crate) const ABBREVIATIONS_MAX: usize = 200;

/// What the words that are told of abbreviations may come to; later ones go without.
pub(crate) const ABBREVIATED_BYTES_MAX: usize = 256 << 10;

/// An abbreviation; what it stands for may be three times as long.
pub(crate) const ABBREVIATION_CHARS_MAX: usize = 100;

/// An id is cut here.
pub(crate) const ID_BYTES_MAX: usize = 120;

/// The spoken label of a task box is cut here.
pub(crate) const LABEL_CHARS_MAX: usize = 100;
