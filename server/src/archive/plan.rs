//! What the entries of an archive are to each other: texts, their files, their notes.
//!
//! Pure. Invariant: every entry is a text, or what a text names, or is said to be left out; nothing is dropped in silence.
//! Next: `arrive.rs`, which carries it out.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::address;
use super::manifest::{self, Manifest};
use super::unzip::{Entry, Kind};

/// How texts end.
const TEXTS: [&str; 5] = ["md", "markdown", "mdown", "mkd", "txt"];

/// What an archive brings.
pub struct Plan {
    /// Its texts, by path.
    pub texts: Vec<Text>,
    /// What is not taken, and why.
    pub bad: Vec<(String, String)>,
    paths: HashMap<String, usize>,
    /// [`folded`] paths; `None`: of several.
    folded: HashMap<String, Option<usize>>,
    text_of: HashMap<usize, usize>,
    came_as: HashMap<Uuid, usize>,
    /// What files were called before they were exported.
    originals: HashMap<usize, String>,
    /// Entries that are no file of a text by themselves.
    own: HashSet<usize>,
}

/// One text.
pub struct Text {
    /// Which entry.
    pub entry: usize,
    /// Its path.
    pub path: String,
    /// What the export it comes from says of it.
    pub listed: Option<manifest::Document>,
}

/// What an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Another text, by its number.
    Text(usize),
    /// A picture or file, by its entry.
    File(usize),
}

/// Whether a file of this name is a text.
pub fn is_text(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(_, ending)| TEXTS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// A path as far as it matters: small letters, and one spelling of accents, since macOS writes names in another than
/// people type.
fn folded(path: &str) -> String {
    path.nfc().collect::<String>().to_lowercase()
}

impl Plan {
    /// Reads the list of an archive.
    pub fn of(entries: &[Entry], manifest: Option<Manifest>) -> Plan {
        let mut plan = Plan {
            texts: Vec::new(),
            bad: Vec::new(),
            paths: HashMap::new(),
            folded: HashMap::new(),
            text_of: HashMap::new(),
            came_as: HashMap::new(),
            originals: HashMap::new(),
            own: HashSet::new(),
        };
        for (index, entry) in entries.iter().enumerate() {
            match entry.kind {
                Kind::Nothing => {}
                Kind::Bad(why) => plan.bad.push((entry.path.clone(), why.to_string())),
                Kind::File => {
                    plan.paths.insert(entry.path.clone(), index);
                    let one = plan.folded.entry(folded(&entry.path)).or_insert(Some(index));
                    *one = one.filter(|known| *known == index);
                }
            }
        }
        let mut listed = plan.listed(manifest);
        let mut paths: Vec<(&String, usize)> = plan.paths.iter().map(|(path, index)| (path, *index)).collect();
        paths.sort_unstable();
        for (path, entry) in paths {
            if is_text(path) && !plan.own.contains(&entry) && !plan.originals.contains_key(&entry) {
                let listed = listed.remove(&entry);
                plan.text_of.insert(entry, plan.texts.len());
                if let Some(listed) = &listed {
                    plan.came_as.insert(listed.id, plan.texts.len());
                }
                plan.texts.push(Text { entry, path: path.clone(), listed });
            }
        }
        plan
    }

    /// What the manifest says, as far as it is true.
    fn listed(&mut self, manifest: Option<Manifest>) -> HashMap<usize, manifest::Document> {
        let mut listed = HashMap::new();
        let Some(manifest) = manifest else { return listed };
        self.own.extend(self.paths.get(manifest::NAME));
        for document in manifest.documents {
            let Some(&text) = self.paths.get(&document.text) else { continue };
            self.own.extend(document.notes.as_ref().and_then(|notes| self.paths.get(notes)));
            for file in &document.files {
                if let Some(&entry) = self.paths.get(&file.path).filter(|entry| **entry != text) {
                    self.originals.insert(entry, file.original.clone());
                }
            }
            listed.insert(text, document);
        }
        listed
    }

    /// What an address in the text at `from` leads to, in this archive.
    pub fn find(&self, address: &str, from: &str) -> Option<Target> {
        if let Some(id) = document_id(address) {
            return self.came_as.get(&id).copied().map(Target::Text);
        }
        let places = address::places(address, from);
        let exact = places.iter().find_map(|place| self.paths.get(place).copied());
        let entry = exact.or_else(|| places.iter().find_map(|place| self.folded.get(&folded(place)).copied()?))?;
        match self.text_of.get(&entry) {
            Some(text) => Some(Target::Text(*text)),
            None => Some(Target::File(entry)).filter(|_| !self.own.contains(&entry)),
        }
    }

    /// The entry at a path the manifest gives.
    pub fn at(&self, path: &str) -> Option<usize> {
        self.paths.get(path).copied()
    }

    /// What a file is called: as it was before it was exported, else as it is.
    pub fn called<'a>(&'a self, entry: usize, path: &'a str) -> &'a str {
        self.originals.get(&entry).map_or_else(|| path.rsplit('/').next().unwrap_or(path), String::as_str)
    }

    /// Files that no text took.
    pub fn unused<'a>(&'a self, taken: &HashSet<usize>) -> Vec<&'a str> {
        let idle =
            |entry: &usize| !taken.contains(entry) && !self.own.contains(entry) && !self.text_of.contains_key(entry);
        let mut unused: Vec<&str> =
            self.paths.iter().filter(|(_, entry)| idle(entry)).map(|(path, _)| path.as_str()).collect();
        unused.sort_unstable();
        unused
    }
}

/// Which document an address of a Galley leads to.
fn document_id(address: &str) -> Option<Uuid> {
    address::local(address)?.path.strip_prefix("/d/")?.parse().ok()
}

/// Whether somebody who reads an address would expect a file there.
pub fn is_file(address: &str) -> bool {
    address::local(address).is_some_and(|local| {
        let name = local.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && !ending.is_empty())
    })
}

/// A text as it is kept; else a sentence.
pub fn decoded(bytes: &[u8]) -> Result<String, &'static str> {
    const NOT_TEXT: &str = "it is not text";
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| NOT_TEXT)
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?.to_owned(),
        bytes => utf8(bytes)?.to_owned(),
    };
    if text.contains('\0') {
        return Err(NOT_TEXT);
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn utf8(bytes: &[u8]) -> Result<&str, &'static str> {
    std::str::from_utf8(bytes).map_err(|_| "it is not text in UTF-8; save it as UTF-8 and import it again")
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::super::unzip::{Archive, Caps};
    use super::*;

    fn plan(paths: &[&str], manifest: Option<Manifest>) -> Plan {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for path in paths {
            zip.start_file(*path, zip::write::SimpleFileOptions::default()).expect("an entry");
            zip.write_all(b"x").expect("written");
        }
        let bytes = zip.finish().expect("an archive");
        let archive = Archive::open(bytes, Caps { entries: 1_000, inflated: 1_000 }).expect("a list");
        Plan::of(archive.entries(), manifest)
    }

    #[test]
    fn ar13_texts_find_their_files_and_each_other() {
        let plan = plan(&["blog/b.md", "blog/a.md", "blog/img/Cat.PNG", "blog/notes.txt", "c.pdf", ".git/x.md"], None);
        let texts: Vec<&str> = plan.texts.iter().map(|text| text.path.as_str()).collect();
        assert_eq!(texts, ["blog/a.md", "blog/b.md", "blog/notes.txt"]);
        assert_eq!(plan.find("img/cat.png", "blog/a.md"), Some(Target::File(2)));
        assert_eq!(plan.find("b.md#part", "blog/a.md"), Some(Target::Text(1)));
        assert_eq!(plan.find("../c.pdf", "blog/a.md"), Some(Target::File(4)));
        assert_eq!(plan.find("d.pdf", "blog/a.md"), None);
        assert_eq!(plan.unused(&HashSet::from([2])), ["c.pdf"]);
    }

    #[test]
    fn ar13_accents_are_the_same_however_they_are_written() {
        let plan = plan(&["a.md", "img/cafe\u{301}.png"], None);
        assert_eq!(plan.find("img/caf\u{e9}.png", "a.md"), Some(Target::File(1)));
        assert_eq!(plan.find("img/Cafe\u{301}.png", "a.md"), Some(Target::File(1)));
        assert_eq!(plan.find("img/cafe.png", "a.md"), None);
    }

    #[test]
    fn ar12_a_manifest_tells_texts_from_files_that_look_like_them() {
        let id = Uuid::from_u128(7);
        let file = manifest::File {
            path: "posts/A/log.txt".into(),
            name: "x.txt".into(),
            original: "My log.txt".into(),
            bytes: 1,
        };
        let document = manifest::Document {
            id,
            title: "A".into(),
            text: "posts/A.md".into(),
            notes: Some("posts/A/notes.json".into()),
            created_ms: 5,
            updated_ms: 6,
            files: vec![file],
        };
        let manifest = Manifest { galley: 1, exported_ms: 0, documents: vec![document], missing: Vec::new() };
        let plan =
            plan(&["posts/A.md", "posts/A/log.txt", "posts/A/notes.json", "galley.json", "more.md"], Some(manifest));
        assert_eq!(plan.texts.len(), 2);
        assert_eq!(plan.find(&format!("/d/{id}#h"), "more.md"), Some(Target::Text(1)));
        assert_eq!(plan.find("A/log.txt", "posts/A.md"), Some(Target::File(1)));
        assert_eq!(plan.called(1, "posts/A/log.txt"), "My log.txt");
        assert_eq!(plan.unused(&HashSet::new()), ["posts/A/log.txt"]);
    }

    #[test]
    fn ar10_texts_are_utf_8_with_lf() {
        assert_eq!(decoded(b"\xef\xbb\xbfa\r\nb\rc").as_deref(), Ok("a\nb\nc"));
        assert_eq!(decoded(b"\xff\xfeh\0\xe9\0").as_deref(), Ok("hé"));
        assert_eq!(decoded(b"\xfe\xff\xd8\x3e\xdd\x8a").as_deref(), Ok("🦊"));
        for bad in [b"caf\xe9".as_slice(), b"a\0b", b"\xff\xfe\0\xd8"] {
            assert!(decoded(bad).is_err(), "{bad:?}");
        }
    }
}
