//! Uploads that nobody honest sends: one table, for the server here and for a real browser in
//! `tests/browser/uploads-hostile.spec.ts`, which reads it as written by [`as_json`].
//!
//! Next: `made.rs` for how the pictures are made, `files.rs` for what must become of each.

use std::fmt::Write as _;

use super::made::{
    Deflate, chunk, gif, jpeg, jpeg_segment, lying_webp, png, png_claiming, png_with, utf16, utf32, webp, webp_with,
    zip,
};

/// Shows itself in any browser that runs it.
pub const PAYLOAD: &str = "<script>alert(document.domain)</script>";

/// One upload.
pub struct Attack {
    /// In messages.
    pub what: &'static str,
    /// What it says it is called.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// The code of the refusal; `None` where it is kept and harmless.
    pub refused: Option<&'static str>,
}

fn refused(what: &'static str, name: &str, bytes: impl Into<Vec<u8>>, code: &'static str) -> Attack {
    Attack { what, name: name.into(), bytes: bytes.into(), refused: Some(code) }
}

fn kept(what: &'static str, name: &str, bytes: impl Into<Vec<u8>>) -> Attack {
    Attack { what, name: name.into(), bytes: bytes.into(), refused: None }
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// All that are small enough for a browser to upload one by one.
pub fn table() -> Vec<Attack> {
    [polyglots(), svg(), pages(), bombs(), documents(), names()].into_iter().flatten().collect()
}

/// Those that are too large to be written down.
pub fn large() -> Vec<Attack> {
    let (too_large, no) = ("picture_too_large", "picture_unreadable");
    let far = format!("{}{PAYLOAD}", " ".repeat(70_000));
    let nothing = vec![0; 64 << 20];
    let bomb = nothing.deflated();
    let many: Vec<u8> = {
        let one = gif(2, 2, b"");
        let frame = &one[19..one.len() - 1];
        joined(&[&one[..19], &frame.repeat(1_001), b";"])
    };
    let scans = {
        let one = jpeg(8, 8);
        let at = one.windows(2).position(|pair| pair == [0xff, 0xda]).expect("a scan");
        let mut bytes = one[..at].to_vec();
        let start = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame");
        // Progressive, and as large as may be.
        bytes[start + 1] = 0xc2;
        bytes[start + 5..start + 9].copy_from_slice(&[0x17, 0x70, 0x17, 0x70]);
        let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 1, 0xff];
        joined(&[&bytes, &scan.repeat(20_000), &[0xff, 0xd9]])
    };
    vec![
        refused("a page far behind, as text", "a.txt", far.as_bytes(), "file_markup"),
        refused("a page far behind, as PNG", "a.png", far.as_bytes(), "file_kind"),
        kept("PNG with 64 MiB of nothing as text", "a.png", png_with(&chunk(b"zTXt", &joined(&[b"T\0\0", &bomb])))),
        kept("PNG with 64 MiB of nothing as XMP", "a.png", {
            png_with(&chunk(b"iTXt", &joined(&[b"XML:com.adobe.xmp\0\x01\0\0\0", &bomb])))
        }),
        kept("PNG with 64 MiB of nothing as profile", "a.png", png_with(&chunk(b"iCCP", &joined(&[b"P\0\0", &bomb])))),
        kept("PNG with 64 MiB too many pixels", "a.png", {
            let png = png(8, 8);
            joined(&[&png[..33], &chunk(b"IDAT", &bomb), &chunk(b"IEND", b"")])
        }),
        refused("GIF of 1,001 pictures", "a.gif", many, too_large),
        refused("JPEG of 20,000 passes", "a.jpg", scans, no),
        refused("more than a file may have", "a.txt", vec![b'x'; (10 << 20) + 1], "too_large"),
    ]
}

fn polyglots() -> Vec<Attack> {
    let script = PAYLOAD.as_bytes();
    let page = format!("--><html>{PAYLOAD}</html>");
    // A width whose two bytes open a comment, and a comment of the GIF that closes it.
    let both = gif(0x2a2f, 1, b"*/=1;alert(document.domain)//");
    vec![
        kept("GIF and script at once", "a.gif", both),
        refused(
            "GIF in name only, script in truth",
            "a.gif",
            "GIF89a/*\0\0*/=1;alert(document.domain)",
            "picture_unreadable",
        ),
        kept("GIF with a page as comment", "a.gif", gif(2, 2, page.as_bytes())),
        kept("GIF with a script behind its end", "a.gif", joined(&[&gif(2, 2, b"x"), script])),
        kept("PNG with a script behind its end", "a.png", joined(&[&png(8, 8), script])),
        kept("PNG with a script as text", "a.png", png_with(&chunk(b"tEXt", &joined(&[b"Title\0", script])))),
        kept("PNG with a script as packed text", "a.png", {
            let packed = script.deflated();
            png_with(&chunk(b"zTXt", &joined(&[b"Title\0\0", &packed])))
        }),
        kept("PNG with a script as XMP", "a.png", {
            png_with(&chunk(b"iTXt", &joined(&[b"XML:com.adobe.xmp\0\0\0\0\0", script])))
        }),
        kept("PNG with a page as EXIF", "a.png", png_with(&chunk(b"eXIf", page.as_bytes()))),
        kept("PNG with a chunk nobody knows", "a.png", png_with(&chunk(b"evIL", script))),
        kept("PNG called a page", "a.html", png(8, 8)),
        kept("JPEG with a page as comment", "a.jpg", jpeg_segment(0xfe, page.as_bytes())),
        kept(
            "JPEG with a page as EXIF",
            "a.jpg",
            jpeg_segment(0xe1, &joined(&[b"Exif\0\0MM\0*\0\0\0\x08\0\0", script])),
        ),
        kept("JPEG with a script as XMP", "a.jpg", {
            jpeg_segment(0xe1, &joined(&[b"http://ns.adobe.com/xap/1.0/\0", script]))
        }),
        kept("JPEG and script at once", "a.js", {
            let padding = vec![b' '; 0x2f2a - 2 - 40];
            jpeg_segment(0xe0, &joined(&[&padding, b"*/=1;alert(document.domain)/*           "]))
        }),
        kept("JPEG with a page behind its end", "a.jpg", joined(&[&jpeg(8, 8), page.as_bytes()])),
        kept("WebP with a script as XMP", "a.webp", webp_with(b"XMP ", script)),
        kept("WebP with a page as EXIF", "a.webp", webp_with(b"EXIF", page.as_bytes())),
        kept("WebP with a script behind its end", "a.webp", joined(&[&webp(8, 8), script])),
    ]
}

fn svg() -> Vec<Attack> {
    const SVG: &str =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(document.domain)\"><script>alert(1)</script></svg>";
    let no = |what, name: &str, bytes: Vec<u8>| refused(what, name, bytes, "file_markup");
    let declared = format!("<?xml version=\"1.0\" standalone=\"no\"?>\n{SVG}");
    let entity = format!("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{SVG}");
    vec![
        no("SVG", "a.svg", SVG.into()),
        no("SVG called PNG", "image.png", SVG.into()),
        no("SVG called JPEG", "image.jpg", SVG.into()),
        no("SVG with two endings", "image.png.svg", SVG.into()),
        no("SVG with two endings, turned", "image.svg.png", SVG.into()),
        no("SVG with a NUL in its name", "image.svg\0.png", SVG.into()),
        no("SVG called text", "a.txt", SVG.into()),
        no("SVG called a table", "a.csv", SVG.into()),
        no("SVG with a declaration", "a.png", declared.into()),
        no("SVG with an entity", "a.png", entity.into()),
        no("SVG behind a comment", "a.png", format!("<!-- GIF89a -->{SVG}").into()),
        no("SVG behind white space", "a.png", format!("\n\t  \r\n{SVG}").into()),
        no("SVG behind words", "a.txt", format!("only words {SVG}").into()),
        no("SVG in UTF-8 with a mark", "a.png", format!("\u{feff}{SVG}").into()),
        no("SVG in UTF-16, little end first", "a.png", utf16(SVG, [0xff, 0xfe])),
        no("SVG in UTF-16, big end first", "a.png", utf16(SVG, [0xfe, 0xff])),
        no("SVG in UTF-16 without a mark", "a.txt", utf16(SVG, [0xff, 0xfe])[2..].to_vec()),
        no("SVG in UTF-32", "a.png", utf32(SVG)),
        no("SVG in UTF-7", "a.txt", b"+ADw-svg onload+AD0AIg-alert(1)+ACIAPgA8-/svg+AD4-".to_vec()),
        no("SVG, packed", "a.svgz", SVG.as_bytes().gzipped()),
        refused("SVG, packed, called PNG", "a.png", SVG.as_bytes().gzipped(), "file_kind"),
        no("SVG in upper case", "a.png", SVG.to_uppercase().into()),
        no("words called SVG", "a.svg", b"not what it says".to_vec()),
    ]
}

fn pages() -> Vec<Attack> {
    let no = |what, name: &str, text: &str| refused(what, name, text, "file_markup");
    vec![
        no("a page", "a.html", PAYLOAD),
        no("a page called PNG", "a.png", &format!("<!DOCTYPE html>{PAYLOAD}")),
        no("a page called text", "a.txt", PAYLOAD),
        no("a page called MP3", "a.mp3", PAYLOAD),
        no(
            "XHTML",
            "a.xhtml",
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>",
        ),
        no(
            "XML with a style sheet",
            "a.xml",
            "<?xml version='1.0'?><?xml-stylesheet href='x.xsl' type='text/xsl'?><a/>",
        ),
        no("a page as mail", "a.txt", "MIME-Version: 1.0\nContent-Type: text/html\n\n<html><script>alert(1)</script>"),
        no("a page that says it is video", "a.mp4", "<!--ftyp--><script>alert(1)</script>"),
        no("a page in UTF-16 that looks like sound", "a.mp3", &String::from_utf8_lossy(b"<\0script\0")),
        no("a table with a script", "a.csv", "name,age\n<script>alert(1)</script>,7\n"),
        no("a table with a picture that fails", "a.csv", "a,b\n1,<IMG src=x onerror=alert(1)>\n"),
        no("text with a frame", "a.txt", "see <iframe src=javascript:alert(1)></iframe>"),
        kept("a table with a formula", "a.csv", "a,b\n=HYPERLINK(\"javascript:alert(1)\"),2\n"),
        refused("text with a NUL", "a.txt", "a\0b", "file_kind"),
        refused("text that is none", "a.txt", [0xc3, 0x28, 0xa0, 0xa1], "file_kind"),
        refused("a script", "a.js", "alert(1)", "file_kind"),
        refused("a style sheet", "a.css", "*{background:url(javascript:alert(1))}", "file_kind"),
        refused("a web assembly", "a.wasm", b"\0asm\x01\0\0\0", "file_kind"),
        refused("a program", "a.png", b"MZ\x90\0\x03", "file_kind"),
        refused("a Flash film", "a.swf", b"FWS\x09\0\0\0\0", "file_kind"),
        refused("a bitmap", "a.bmp", b"BM\x46\0\0\0\0\0\0\0", "file_kind"),
        refused("an AVIF", "a.png", b"\0\0\0\x1cftypavif\0\0\0\0", "file_kind"),
        refused("nothing", "a.png", b"", "file_empty"),
        refused("one byte", "a.png", b"<", "file_kind"),
        kept("one byte of text", "a.txt", b"<"),
    ]
}

fn bombs() -> Vec<Attack> {
    let large = "picture_too_large";
    let no = "picture_unreadable";
    let whole = png(8, 8);
    vec![
        refused("PNG of 50,000 by 50,000", "a.png", png_claiming(50_000, 50_000), large),
        refused("PNG of 16,384 by 16,384", "a.png", png_claiming(16_384, 16_384), large),
        refused("PNG of 2^31", "a.png", png_claiming(0x7fff_ffff, 0x7fff_ffff), large),
        refused("PNG of no width", "a.png", png_claiming(0, 8), no),
        refused("PNG that says more than it has", "a.png", png_claiming(4_000, 4_000), no),
        refused("GIF of 65,535 by 65,535", "a.gif", gif(65_535, 65_535, b""), large),
        refused(
            "GIF whose frame is larger than it is",
            "a.gif",
            {
                let mut bytes = gif(2, 2, b"");
                let at = bytes
                    .windows(10)
                    .position(|part| part[0] == 0x2c && part[5..] == [2, 0, 2, 0, 0])
                    .expect("a frame");
                bytes[at + 5..at + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
                bytes
            },
            no,
        ),
        refused(
            "JPEG of 65,500 by 65,500",
            "a.jpg",
            {
                let mut bytes = jpeg(8, 8);
                let at = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame");
                bytes[at + 5..at + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
                bytes
            },
            large,
        ),
        refused("WebP of 16,000 by 16,000", "a.webp", lying_webp(16_000, 16_000), large),
        refused("PNG cut short", "a.png", &whole[..whole.len() / 2], no),
        refused("JPEG cut short", "a.jpg", &jpeg(8, 8)[..100], no),
        refused("GIF cut short", "a.gif", &gif(2, 2, b"")[..14], no),
        refused("WebP cut short", "a.webp", &webp(8, 8)[..22], no),
        refused("PNG of its first eight bytes", "a.png", &whole[..8], no),
        refused(
            "PNG with a wrong sum",
            "a.png",
            {
                let mut bytes = whole.clone();
                bytes[30] ^= 1;
                bytes
            },
            no,
        ),
    ]
}

fn documents() -> Vec<Attack> {
    let pdf = "%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF\n";
    vec![
        kept("PDF that runs something", "a.pdf", pdf),
        kept("PDF with a page behind it", "a.pdf", format!("{pdf}<html>{PAYLOAD}</html>")),
        refused("PDF behind a page", "a.pdf", format!("<html>{PAYLOAD}</html>{pdf}"), "file_markup"),
        kept("ZIP with a page in it", "a.zip", zip("index.html", PAYLOAD.as_bytes())),
        kept("ZIP with a page behind it", "a.zip", joined(&[&zip("a", b"a"), PAYLOAD.as_bytes()])),
        refused("ZIP behind a page", "a.zip", joined(&[PAYLOAD.as_bytes(), &zip("a", b"a")]), "file_markup"),
        kept("ZIP that climbs", "a.zip", zip("../../etc/passwd", b"x")),
        kept("ZIP called a document", "a.docx", zip("index.html", PAYLOAD.as_bytes())),
        kept("a document with macros", "a.docm", zip("word/vbaProject.bin", b"x")),
        kept("MP3 with a page as title", "a.mp3", joined(&[b"ID3\x03\0\0\0\0\0\x7f", PAYLOAD.as_bytes()])),
        kept("MP3 in its first bytes", "a.mp3", joined(&[b"\xff\xfb\x90\x00", PAYLOAD.as_bytes()])),
        kept("MP4 with a page in it", "a.mp4", joined(&[b"\0\0\0\x18ftypmp42\0\0\0\0", PAYLOAD.as_bytes()])),
        kept("MP4 called a page", "a.html", joined(&[b"\0\0\0\x18ftypisom\0\0\0\0", PAYLOAD.as_bytes()])),
    ]
}

fn names() -> Vec<Attack> {
    [
        ("a name that climbs", "../../../etc/passwd.txt"),
        ("a name that climbs, for Windows", "..\\..\\windows\\win.ini.txt"),
        ("a name with a NUL", "a\0.html.txt"),
        ("a name that turns around", "photo\u{202e}gpj.exe.txt"),
        ("a name of two lines", "a\r\nSet-Cookie: galley=stolen.txt"),
        ("a name with quotes", "a\"; filename=\"evil.html.txt"),
        ("a name with markup", "<img src=x onerror=alert(1)>.txt"),
        ("a name of only dots", "...txt"),
        ("a device's name", "CON.txt"),
        ("a name in another script", "写真 😀.txt"),
        ("a name with half a character", "a\u{fffd}\u{feff}.txt"),
        ("a name with encoded slashes", "%2e%2e%2fa%00.txt"),
    ]
    .into_iter()
    .enumerate()
    .map(|(number, (what, name))| kept(what, name, format!("words {number}")))
    .chain([kept("a name of 500 characters", &format!("{}.txt", "x".repeat(500)), "long")])
    .collect()
}

/// The table for the browser: bytes in hex.
pub fn as_json(table: &[Attack]) -> String {
    let entries: Vec<String> = table
        .iter()
        .map(|attack| {
            let mut hex = String::new();
            attack.bytes.iter().for_each(|byte| write!(hex, "{byte:02x}").expect("a string"));
            serde_json::json!({"what": attack.what, "name": attack.name, "refused": attack.refused, "hex": hex})
                .to_string()
        })
        .collect();
    format!("[\n  {}\n]\n", entries.join(",\n  "))
}
