//! Whether versions give back the texts that were stored: each is unpacked, as history would.
//!
//! A version's blob may be a difference from another's, so a document's blobs are kept until all of them were given. Invariant:
//! what is missing or is not what its hash says is told by whoever gave it, and not again here. Next: `revisions/packed.rs`.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use storage::BlobKey;
use uuid::Uuid;

use crate::key::hex;
use crate::revisions::{Version, packed};

/// No text is larger; more is not unpacked, whatever a record says.
const TEXT_BYTES_MAX: usize = 256 << 20;

/// Versions by document, and the blobs of the one that is being given.
#[derive(Default)]
pub(super) struct Versions {
    of: BTreeMap<Uuid, Vec<(Uuid, Version)>>,
    given: Option<Given>,
}

/// A document, and what is kept of it until all of it was given.
struct Given {
    document: Uuid,
    /// Its versions' blobs: files may be large, and are of no use here.
    wanted: HashSet<String>,
    blobs: HashMap<String, Bytes>,
}

/// A version and what is wrong with it.
type Wrong = (String, String);

impl Versions {
    /// A record of one.
    pub fn add(&mut self, document: Uuid, id: Uuid, version: Version) {
        self.of.entry(document).or_default().push((id, version));
    }

    /// A blob that is what its hash says; blobs come document by document. What was wrong with the document before.
    pub fn blob(&mut self, key: BlobKey, content: &Bytes) -> Vec<Wrong> {
        let wrong = match &self.given {
            Some(given) if given.document != key.document => self.end(),
            _ => Vec::new(),
        };
        if let Some(versions) = self.of.get(&key.document) {
            let given = self.given.get_or_insert_with(|| Given {
                document: key.document,
                wanted: versions.iter().flat_map(|(_, version)| version.blobs()).map(|(blob, _)| blob.into()).collect(),
                blobs: HashMap::new(),
            });
            let name = hex(&key.hash);
            if given.wanted.contains(&name) {
                given.blobs.insert(name, content.clone());
            }
        }
        wrong
    }

    /// Unpacks the versions of the document whose blobs were given.
    pub fn end(&mut self) -> Vec<Wrong> {
        let Some(Given { document, blobs, .. }) = self.given.take() else { return Vec::new() };
        let mut versions = self.of.remove(&document).unwrap_or_default();
        // Those that are differences from the same text one after the other.
        versions.sort_by(|(_, one), (_, other)| base(one).cmp(&base(other)));
        let mut whole: Option<(String, Result<String, String>)> = None;
        let mut wrong = Vec::new();
        for (id, version) in versions {
            let unpacked = unpack(&version, &blobs, &mut whole);
            let place = || format!("version {id} of document {document}");
            wrong.extend(unpacked.err().map(|why| (place(), format!("does not give back its text: {why}"))));
        }
        wrong
    }
}

fn base(version: &Version) -> Option<&str> {
    version.base.as_ref().map(|base| base.blob.as_str())
}

fn unpack(
    version: &Version,
    blobs: &HashMap<String, Bytes>,
    whole: &mut Option<(String, Result<String, String>)>,
) -> Result<(), String> {
    let Some(blob) = blobs.get(&version.blob) else { return Ok(()) };
    if let Some(base) = &version.base
        && whole.as_ref().is_none_or(|(name, _)| *name != base.blob)
    {
        let Some(blob) = blobs.get(&base.blob) else { return Ok(()) };
        let text = unpack_up_to_max(blob, None, base.bytes);
        *whole = Some((base.blob.clone(), text));
    }
    let base = match (&version.base, &*whole) {
        (Some(_), Some((_, text))) => Some(text.as_ref().map_err(Clone::clone)?),
        _ => None,
    };
    let text = unpack_up_to_max(blob, base.map(String::as_str), version.bytes)?;
    match &version.text {
        Some(hash) if *hash != packed::hash(&text) => Err("it is another text".into()),
        _ => Ok(()),
    }
}

fn unpack_up_to_max(blob: &[u8], base: Option<&str>, bytes: usize) -> Result<String, String> {
    if bytes > TEXT_BYTES_MAX {
        return Err(format!("its record says {bytes} bytes, which no text has"));
    }
    packed::unpack(blob, base, bytes).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revisions::packed::{SEAL_BYTES, Text};

    fn kept(text: &str, base: Option<(&Version, &str)>) -> (Version, BlobKey, Bytes) {
        let base = base.map(|(version, text)| (version.keyframe(), text.to_owned()));
        let mut packed = Text::pack(text, base, [7; SEAL_BYTES]).expect("packed");
        let blob = Bytes::from(std::mem::take(&mut packed.packed));
        let hash = *blake3::hash(&blob).as_bytes();
        let version = Version::new(1, Vec::new(), &packed, hex(&hash), blob.len() as u64);
        (version, BlobKey { document: Uuid::from_u128(7), hash }, blob)
    }

    /// What is wrong when these are given, the second version being as `change` makes it.
    fn told(change: impl FnOnce(&mut Version)) -> Vec<Wrong> {
        let line = |number: u32| format!("{}\n", blake3::hash(&number.to_be_bytes()).to_hex());
        let text: String = (0..200).map(line).collect();
        let (one, one_key, one_blob) = kept(&text, None);
        let (mut two, two_key, two_blob) = kept(&format!("{text}more"), Some((&one, &text)));
        assert!(two.base.is_some(), "a difference");
        change(&mut two);
        let mut versions = Versions::default();
        versions.add(one_key.document, Uuid::from_u128(1), one);
        versions.add(two_key.document, Uuid::from_u128(2), two);
        assert_eq!(versions.blob(two_key, &two_blob), []);
        assert_eq!(versions.blob(one_key, &one_blob), []);
        // Another document's blob ends this one's.
        versions.blob(BlobKey { document: Uuid::from_u128(8), ..one_key }, &one_blob)
    }

    #[test]
    fn bk2_a_version_that_does_not_unpack_to_its_text_is_named() {
        assert_eq!(told(|_| {}), []);
        let wrong = |change: fn(&mut Version)| told(change).into_iter().map(|(place, _)| place).collect::<Vec<_>>();
        let two = vec![format!("version {} of document {}", Uuid::from_u128(2), Uuid::from_u128(7))];
        assert_eq!(wrong(|version| version.text = Some("another".into())), two);
        assert_eq!(wrong(|version| version.bytes += 1), two);
        assert_eq!(wrong(|version| version.bytes -= 1), two);
        assert_eq!(wrong(|version| version.bytes = usize::MAX), two);
        assert_eq!(wrong(|version| version.base = None), two);
        let format_one = |version: &mut Version| (version.v, version.text) = (1, None);
        assert_eq!(wrong(format_one), Vec::<String>::new(), "format 1 has no hash");
    }
}
