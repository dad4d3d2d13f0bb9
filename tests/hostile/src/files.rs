//! FZ9, FZ10: pictures and names of files somebody uploads.

use galley::files::kind::Kind;
use galley::files::picture::write;
use galley::limits::Limits;
use galley::readers::file_names::{Name, original};
use galley::readers::{address, archive_names, mentioned};
use uuid::Uuid;

use crate::tape::text;

/// Small enough that a fuzzer gets on, large enough for every branch.
const PIXELS: usize = 256 * 256;
const SIDE: u32 = 1_024;

/// Any bytes as each kind of picture: refused, or written anew as something that can be written anew.
pub fn picture(bytes: &[u8]) {
    let limits = Limits { picture_pixels: PIXELS, picture_side: SIDE, ..Limits::default() };
    let Ok(kind) = Kind::of(bytes, "x") else { return };
    if !kind.is_picture() {
        return;
    }
    let Ok(made) = write(bytes, kind, &limits) else { return };
    let size = made.size.expect("a picture has a size");
    assert!(size.width >= 1 && size.height >= 1 && size.width <= SIDE && size.height <= SIDE, "{size:?}");
    assert_eq!(Kind::of(&made.whole, "x"), Ok(made.kind), "what is written is what it is called");
    let again = write(&made.whole, made.kind, &limits).expect("what was written can be read");
    assert_eq!(again.size, made.size);
    if let Some(small) = made.small {
        assert_eq!(Kind::of(&small, "x"), Ok(made.kind));
    }
}

/// Any text as a file's name, as a path in an archive, as an address in a text.
pub fn names(bytes: &[u8]) {
    let typed = text(bytes);
    for kind in [Kind::Jpg, Kind::Pdf] {
        harmless(&original(&typed, kind), kind);
    }
    if let Some(name) = Name::parse(&typed) {
        assert_eq!(name.to_string(), typed);
    }
    assert!(mentioned(&typed, Uuid::nil()).iter().all(|name| Name::parse(name).is_some()));
    let mut taken = archive_names::Names::default();
    let (first, second) = (taken.take(&typed), taken.take(&typed));
    assert_ne!(first.to_lowercase(), second.to_lowercase());
    for name in [first, second] {
        let forbidden = |letter: char| "<>:\"/\\|?*".contains(letter) || letter.is_control();
        assert!(!name.is_empty() && !name.starts_with('.') && !name.ends_with(['.', ' ']), "{name:?}");
        assert!(!name.chars().any(forbidden) && name.len() <= 255, "{name:?}");
    }
    for place in address::places(&typed, "a/b/text.md") {
        assert!(place.split('/').all(|part| !matches!(part, "" | "." | "..")), "{place:?} leads out");
    }
    let written = address::written(&typed);
    assert_eq!(address::decoded(&written).as_deref(), Some(typed.as_ref()), "{written}");
    let _ = address::decoded(&typed);
}

fn harmless(name: &str, kind: Kind) {
    assert!(name.ends_with(&format!(".{}", kind.ending())), "{name:?}");
    assert!(!name.starts_with('.') && !name.contains(['/', '\\']), "{name:?}");
    assert!(!name.chars().any(char::is_control) && name.chars().count() <= 130, "{name:?}");
    assert_eq!(original(name, kind), name, "a name is itself");
}
