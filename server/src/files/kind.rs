//! What kind of file some bytes are, judged by the bytes.
//!
//! Invariant: a name or a claimed type never makes anything a picture, and nothing that a browser might read as a page
//! has a kind. Next: `files/picture.rs`, which writes pictures anew.

use super::Refused;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident: $ending:literal;)+) => {
        /// The kinds that are kept.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Kind {
            /// Every one.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)+];

            /// How its names end.
            pub const fn ending(self) -> &'static str {
                match self {
                    $(Kind::$name => $ending,)+
                }
            }
        }
    };
}

kinds! {
    /// JPEG.
    Jpg: "jpg";
    /// PNG.
    Png: "png";
    /// GIF, moving or not.
    Gif: "gif";
    /// WebP.
    Webp: "webp";
    /// A document to print.
    Pdf: "pdf";
    /// An archive.
    Zip: "zip";
    /// Word.
    Docx: "docx";
    /// Excel.
    Xlsx: "xlsx";
    /// PowerPoint.
    Pptx: "pptx";
    /// An OpenDocument text.
    Odt: "odt";
    /// An OpenDocument table.
    Ods: "ods";
    /// A table as text.
    Csv: "csv";
    /// Text.
    Txt: "txt";
    /// Sound.
    Mp3: "mp3";
    /// Video.
    Mp4: "mp4";
}

/// How far into a file a page is looked for: browsers that guess look no further than this.
const PAGE_BYTES: usize = 64 * 1024;
/// What starts a page or a picture that can run scripts, wherever it stands.
const TAGS: [&str; 14] = [
    "<!doctype",
    "<?xml",
    "<html",
    "<head",
    "<body",
    "<script",
    "<svg",
    "<iframe",
    "<object",
    "<embed",
    "<img",
    "<style",
    "<meta",
    "<link",
];

impl Kind {
    /// The kind with this ending.
    pub fn ending_in(ending: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.ending() == ending)
    }

    /// Whether it is shown, and not only downloaded.
    pub fn is_picture(self) -> bool {
        matches!(self, Kind::Jpg | Kind::Png | Kind::Gif | Kind::Webp)
    }

    /// What its answers are called. What is no picture is bytes, so that no browser opens it here.
    pub fn mime(self) -> &'static str {
        match self {
            Kind::Jpg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Gif => "image/gif",
            Kind::Webp => "image/webp",
            _ => "application/octet-stream",
        }
    }

    /// The kind of some bytes. The name they came with only tells kinds of text and of sound apart.
    pub fn of(bytes: &[u8], named: &str) -> Result<Kind, Refused> {
        let claimed = named.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        match bytes {
            [] => Err(Refused::Empty),
            [0xff, 0xd8, 0xff, ..] => Ok(Kind::Jpg),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Ok(Kind::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Kind::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Kind::Webp),
            [b'%', b'P', b'D', b'F', b'-', ..] => Ok(Kind::Pdf),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Ok(archive(bytes, &claimed)),
            [b'I', b'D', b'3', ..] => Ok(Kind::Mp3),
            [0xff, second, ..] if claimed == "mp3" && second & 0xe6 == 0xe2 => Ok(Kind::Mp3),
            [0, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => video(brand),
            [0x1f, 0x8b, ..] if claimed == "svg" || claimed == "svgz" => Err(Refused::Markup),
            _ if is_page(bytes) => Err(Refused::Markup),
            _ if matches!(claimed.as_str(), "svg" | "svgz" | "html" | "htm" | "xhtml" | "xml") => Err(Refused::Markup),
            _ => text(bytes, &claimed),
        }
    }
}

/// Office files are archives with certain parts, whose names stand in the archive as they are.
fn archive(bytes: &[u8], claimed: &str) -> Kind {
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    match claimed {
        "docx" if has(b"word/document.xml") => Kind::Docx,
        "xlsx" if has(b"xl/workbook.xml") => Kind::Xlsx,
        "pptx" if has(b"ppt/presentation.xml") => Kind::Pptx,
        "odt" if has(b"application/vnd.oasis.opendocument.text") => Kind::Odt,
        "ods" if has(b"application/vnd.oasis.opendocument.spreadsheet") => Kind::Ods,
        _ => Kind::Zip,
    }
}

/// Pictures come in the same wrapping as video, and decoders of those are none that we want.
fn video(brand: &[u8]) -> Result<Kind, Refused> {
    let pictures: [&[u8]; 8] = [b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"avif", b"avis"];
    if pictures.iter().any(|picture| brand.starts_with(picture)) { Err(Refused::Heif) } else { Ok(Kind::Mp4) }
}

/// Text is UTF-8 without control characters and with nothing of a page anywhere in it.
fn text(bytes: &[u8], claimed: &str) -> Result<Kind, Refused> {
    let kind = match claimed {
        "csv" => Kind::Csv,
        "txt" | "text" | "log" => Kind::Txt,
        _ => return Err(Refused::Kind),
    };
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::NotText)?;
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{c}')) {
        return Err(Refused::NotText);
    }
    // In UTF-7, which some programs still guess, this is a `<`.
    let lower = text.to_ascii_lowercase();
    let page = TAGS.iter().any(|tag| lower.contains(tag)) || lower.contains("+adw-");
    if page { Err(Refused::Markup) } else { Ok(kind) }
}

/// Whether anything might take this for HTML, XML or SVG: in any encoding the first thing to see is a `<`.
fn is_page(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(PAGE_BYTES)];
    // Without what UTF-16 and UTF-32 put between letters, all encodings of a tag look alike.
    let plain: Vec<u8> =
        start.iter().copied().filter(|byte| !matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff)).collect();
    let plain = plain.trim_ascii_start();
    match plain {
        [b'<', b'!' | b'?' | b'/' | b'%', ..] => true,
        [b'<', letter, ..] if letter.is_ascii_alphabetic() => true,
        _ => {
            let lower = plain.to_ascii_lowercase();
            let has = |tag: &str| lower.windows(tag.len()).any(|window| window == tag.as_bytes());
            lower.starts_with(b"+adw-") || ["<!doctype html", "<html", "<svg", "<script"].into_iter().any(has)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fi1_the_bytes_decide_and_not_the_name() {
        assert_eq!(Kind::of(b"\xff\xd8\xff\xe0", "a.svg"), Ok(Kind::Jpg));
        assert_eq!(Kind::of(b"%PDF-1.7", "a.png"), Ok(Kind::Pdf));
        assert_eq!(Kind::of(b"PK\x03\x04word/document.xml", "a.docx"), Ok(Kind::Docx));
        assert_eq!(Kind::of(b"PK\x03\x04vbaProject.bin", "a.docm"), Ok(Kind::Zip));
        assert_eq!(Kind::of(b"\0\0\0\x18ftypmp42", "x"), Ok(Kind::Mp4));
        assert_eq!(Kind::of(b"\0\0\0\x18ftypheic", "photo.mp4"), Err(Refused::Heif));
        assert_eq!(Kind::of(b"\xff\xfe<\0h\0", "a.mp3"), Err(Refused::Markup));
        assert_eq!(Kind::of(b"<!--ftyp--><script>", "a.mp4"), Err(Refused::Markup));
        assert_eq!(Kind::of(b"a,b\n1,2\n", "Numbers.CSV"), Ok(Kind::Csv));
        assert_eq!(Kind::of(b"", "a.txt"), Err(Refused::Empty));
        assert_eq!(Kind::of(b"x", "a.png"), Err(Refused::Kind));
        assert_eq!(Kind::of(b"\x7fELF", "a"), Err(Refused::Kind));
        assert_eq!(Kind::of(b"a\0b", "a.txt"), Err(Refused::NotText));
    }

    #[test]
    fn fi2_markup_is_refused_in_every_encoding() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        let wide = |text: &str, big: bool| -> Vec<u8> {
            let units = text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
            if big {
                [0xfe, 0xff].into_iter().chain(units).collect()
            } else {
                [0xff, 0xfe].into_iter().chain(units).collect()
            }
        };
        for bytes in [
            svg.as_bytes().to_vec(),
            format!("\u{feff} \n\t{svg}").into_bytes(),
            format!("<?xml version='1.0'?>{svg}").into_bytes(),
            format!("<!-- c -->{svg}").into_bytes(),
            wide(svg, true),
            wide(svg, false),
            wide(svg, false)[2..].to_vec(),
            b"+ADw-script+AD4-".to_vec(),
            b"words first <HTML>".to_vec(),
        ] {
            for name in ["a.png", "a.svg", "a.txt", "a.csv", "a"] {
                assert_eq!(Kind::of(&bytes, name), Err(Refused::Markup), "{name} {bytes:?}");
            }
        }
        assert_eq!(Kind::of(b"\x1f\x8b\x08", "a.svgz"), Err(Refused::Markup));
        assert_eq!(Kind::of(b"1 < 2 and a<b", "a.txt"), Ok(Kind::Txt));
    }
}
