//! Documents written into a zip, one after the other.
//!
//! Pure but for what it writes to: whoever calls brings texts and files. Invariant: nothing is kept of a document once it
//! is written but its line in the manifest; texts differ from the document's only in the addresses of its own files.
//! Next: `stream.rs`, where the bytes go, `leave.rs`, which brings what is written.

use std::collections::HashMap;
use std::io::{self, Write};

use bytes::Bytes;
use uuid::Uuid;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::address;
use super::manifest::{self, FORMAT, Manifest, Missing};
use super::names::Names;

/// A document on its way out.
pub struct Leaving {
    /// Its id.
    pub id: Uuid,
    /// As it gives itself.
    pub title: String,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Milliseconds since 1970.
    pub updated_ms: u64,
    /// As it stands.
    pub text: String,
    /// `notes.json`, if it has notes.
    pub notes: Option<Vec<u8>>,
    /// Its pictures and files.
    pub files: Vec<Kept>,
}

/// A picture or file of it.
pub struct Kept {
    /// In its address.
    pub name: String,
    /// What whoever uploaded it called it.
    pub original: String,
}

/// How an archive is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One document: its text on top, its files in `files/`.
    Alone,
    /// Many: `posts/<title>.md`, each with a folder of its name.
    Among,
}

/// An archive being written.
pub struct Pack<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    layout: Layout,
    origin: String,
    texts: Names,
    manifest: Manifest,
}

impl<W: Write> Pack<W> {
    /// An empty one. `origin` is where documents' files are found.
    pub fn new(to: W, layout: Layout, origin: String, exported_ms: u64) -> Pack<W> {
        let mut texts = Names::default();
        if layout == Layout::Alone {
            ["files", "notes.json", manifest::NAME].into_iter().for_each(|own| drop(texts.take(own)));
        }
        let manifest = Manifest { galley: FORMAT, exported_ms, ..Manifest::default() };
        Pack { zip: ZipWriter::new_stream(to), layout, origin, texts, manifest }
    }

    /// Adds a document; `read` gives the bytes of a file, or `None` if it has gone.
    pub fn add(
        &mut self,
        document: &Leaving,
        mut read: impl FnMut(&str) -> io::Result<Option<Bytes>>,
    ) -> io::Result<()> {
        let name = self.texts.take_titled(&document.title, ".md");
        let stem = name.strip_suffix(".md").unwrap_or(&name);
        let (text, folder, seen_from_text) = match self.layout {
            Layout::Alone => (name.clone(), String::new(), "files/".to_owned()),
            Layout::Among => (format!("posts/{name}"), "posts/".to_owned(), format!("{stem}/")),
        };
        let notes = match self.layout {
            Layout::Alone => "notes.json".to_owned(),
            Layout::Among => format!("posts/{stem}/notes.json"),
        };
        let mut names = Names::default();
        names.take("notes.json");
        let there: HashMap<&str, String> = document
            .files
            .iter()
            .map(|file| (file.name.as_str(), format!("{seen_from_text}{}", names.take(&file.original))))
            .collect();
        let when = moment(document.updated_ms);
        let rewritten = self.moved(document, &there);
        self.file(&text, when, CompressionMethod::Deflated, rewritten.as_bytes())?;
        let mut files = Vec::new();
        for file in &document.files {
            let (Some(seen), Some(bytes)) = (there.get(file.name.as_str()), read(&file.name)?) else { continue };
            let path = format!("{folder}{seen}");
            // Pictures are packed already.
            self.file(&path, when, CompressionMethod::Stored, &bytes)?;
            let (name, original) = (file.name.clone(), file.original.clone());
            files.push(manifest::File { path, name, original, bytes: bytes.len() });
        }
        if let Some(bytes) = &document.notes {
            self.file(&notes, when, CompressionMethod::Deflated, bytes)?;
        }
        self.manifest.documents.push(manifest::Document {
            id: document.id,
            title: document.title.clone(),
            text,
            notes: document.notes.is_some().then_some(notes),
            created_ms: document.created_ms,
            updated_ms: document.updated_ms,
            files,
        });
        Ok(())
    }

    /// Notes that a document could not be added.
    pub fn miss(&mut self, id: Uuid, title: String, why: String) {
        self.manifest.missing.push(Missing { id, title, why });
    }

    /// Writes the manifest and the list.
    pub fn finish(mut self) -> io::Result<W> {
        let when = moment(self.manifest.exported_ms);
        let manifest = serde_json::to_vec_pretty(&self.manifest).map_err(io::Error::other)?;
        self.file(manifest::NAME, when, CompressionMethod::Deflated, &manifest)?;
        Ok(self.zip.finish()?.into_inner())
    }

    fn file(&mut self, path: &str, when: DateTime, method: CompressionMethod, bytes: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(method).last_modified_time(when);
        self.zip.start_file(path, options)?;
        self.zip.write_all(bytes)
    }

    /// The text with the addresses of its own files as they are in the archive.
    fn moved(&self, document: &Leaving, there: &HashMap<&str, String>) -> String {
        rewrite(&document.text, |found| {
            let local = found.strip_prefix(&self.origin).unwrap_or(found);
            let local = address::local(local)?;
            let name = local.path.strip_prefix("/u/")?.strip_prefix(&document.id.to_string())?.strip_prefix('/')?;
            Some(address::written(there.get(name)?) + local.fragment)
        })
    }
}

/// A text with some of its addresses replaced.
pub fn rewrite(text: &str, mut replace: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for reference in render::references(text) {
        if let Some(new) = replace(&reference.address) {
            out.push_str(&text[from..reference.range.start]);
            out.push_str(&new);
            from = reference.range.end;
        }
    }
    out + &text[from..]
}

/// As zip archives write it; the beginning of their time for what lies outside of it.
fn moment(ms: u64) -> DateTime {
    let stamp = i64::try_from(ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let civil = stamp.map(|stamp| jiff::tz::TimeZone::UTC.to_datetime(stamp));
    let dos = civil.and_then(|civil| {
        let byte = |number: i8| u8::try_from(number).ok();
        let year = u16::try_from(civil.year()).ok()?;
        let (month, day, hour) = (byte(civil.month())?, byte(civil.day())?, byte(civil.hour())?);
        DateTime::from_date_and_time(year, month, day, hour, byte(civil.minute())?, byte(civil.second())?).ok()
    });
    dos.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::unzip::{Archive, Caps};
    use super::*;

    fn leaving(id: u128, title: &str, text: &str) -> Leaving {
        let file = |name: &str, original: &str| Kept { name: name.into(), original: original.into() };
        let files = vec![file("aa-1x1.png", "My cat.png"), file("bb.pdf", "a.pdf"), file("cc-1x1.png", "my CAT.png")];
        let (id, title, text) = (Uuid::from_u128(id), title.into(), text.into());
        Leaving { id, title, created_ms: 1, updated_ms: 1_795_000_000_000, text, notes: Some(b"{}".into()), files }
    }

    fn packed(layout: Layout, documents: &[Leaving]) -> Vec<(String, Vec<u8>)> {
        let mut pack = Pack::new(Vec::new(), layout, "https://n.example.org".into(), 1_795_000_000_000);
        for document in documents {
            pack.add(document, |name| Ok(Some(Bytes::copy_from_slice(&name.as_bytes()[..3])))).expect("added");
        }
        let bytes = pack.finish().expect("an archive");
        let caps = Caps { entries: 1_000, inflated: 1 << 20 };
        let mut archive = Archive::open(Cursor::new(bytes), caps).expect("a list");
        let paths: Vec<String> = archive.entries().iter().map(|entry| entry.path.clone()).collect();
        let read = |(index, path)| (path, archive.read(index, 1 << 20).expect("an entry"));
        paths.into_iter().enumerate().map(read).collect()
    }

    fn paths(all: &[(String, Vec<u8>)]) -> Vec<&str> {
        all.iter().map(|(path, _)| path.as_str()).collect()
    }

    #[test]
    fn ar2_one_document_is_its_text_its_files_and_its_notes() {
        let id = Uuid::from_u128(7);
        let text = format!(
            "![](/u/{id}/aa-1x1.png?small) [p](https://n.example.org/u/{id}/bb.pdf#page=2) `/u/{id}/bb.pdf` \
             ![](/u/{}/bb.pdf) ![](/u/{id}/gone.png)",
            Uuid::from_u128(8)
        );
        let all = packed(Layout::Alone, &[leaving(7, "On: cats", &text)]);
        let expected =
            ["On- cats.md", "files/My cat.png", "files/a.pdf", "files/my CAT 2.png", "notes.json", "galley.json"];
        assert_eq!(paths(&all), expected);
        let text = String::from_utf8(all[0].1.clone()).expect("text");
        assert!(text.starts_with("![](files/My%20cat.png) [p](files/a.pdf#page=2) `/u/"), "{text}");
        assert!(text.contains("/gone.png") && text.matches("/u/").count() == 3, "{text}");
        let manifest = Manifest::read(&all[5].1).expect("a manifest");
        assert_eq!(manifest.documents[0].files[0].path, "files/My cat.png");
        assert_eq!(manifest.documents[0].notes.as_deref(), Some("notes.json"));
    }

    #[test]
    fn ar2_many_documents_stand_side_by_side() {
        let id = Uuid::from_u128(2);
        let second = format!("![](/u/{id}/aa-1x1.png)");
        let all = packed(Layout::Among, &[leaving(1, "Same", "x"), leaving(2, "same", &second), leaving(3, "", "x")]);
        let paths = paths(&all);
        for path in [
            "posts/Same.md",
            "posts/Same/My cat.png",
            "posts/same 2.md",
            "posts/same 2/notes.json",
            "posts/Untitled.md",
        ] {
            assert!(paths.contains(&path), "{path}: {paths:?}");
        }
        assert_eq!(all[5].1, b"![](same%202/My%20cat.png)");
    }
}
