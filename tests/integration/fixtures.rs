//! Data folders and backups of every format there has been: they open, and everything in them is what it was.
//!
//! `tests/fixtures/data/<name>.zip` is a folder as a server left it, `<name>.backup` a backup of it, `<name>.json` what is in it. To
//! add one for a new format, or of an older version's binary: `GALLEY_MAKE_FIXTURE=<name> cargo test -p tests --test
//! integration fixtures::make`. A fixture is never changed again.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::admin::galley;
use crate::backup::{files, lived_in, look};
use crate::child::ChildServer;
use crate::support::{Server, folder};

const MAKE: &str = "GALLEY_MAKE_FIXTURE";
/// A fixture stays small.
const BYTES_MAX: u64 = 1 << 20;

fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/data")
}

/// Every fixture by name, with what is in it.
fn fixtures() -> Vec<(PathBuf, Value)> {
    let listed = fs::read_dir(place()).expect("fixtures").map(|file| file.expect("a file").path());
    let mut manifests: Vec<PathBuf> = listed.filter(|path| path.extension().is_some_and(|ext| ext == "json")).collect();
    manifests.sort();
    let read = |path: PathBuf| {
        let manifest = serde_json::from_slice(&fs::read(&path).expect("read")).expect("JSON");
        (path, manifest)
    };
    manifests.into_iter().map(read).collect()
}

fn unpack(zip: &Path, into: &Path) {
    let mut zip = zip::ZipArchive::new(File::open(zip).expect("a zip")).expect("a zip");
    zip.extract(into).expect("unpacked");
}

/// Every text the server on this folder shows is the one the manifest names.
fn shows(data: &Path, manifest: &Value) {
    let server = ChildServer::start(data);
    let ada = server.person("ada");
    for (document, said) in manifest["texts"].as_object().expect("texts") {
        assert_eq!(ada.text(document), said.as_str().expect("a text"), "{document}");
    }
    for (document, said) in manifest["notes"].as_object().expect("notes") {
        assert_eq!(&notes(&ada, document), said, "{document}");
    }
    assert!(server.terminate());
}

fn notes(person: &peer::Person, document: &str) -> Value {
    let listed = person.send("GET", &format!("/api/documents/{document}/notes"), None).ok();
    let bodies = listed["notes"].as_array().expect("notes").iter().map(|note| note["body"].clone());
    Value::Array(bodies.collect())
}

#[test]
fn bk11_folders_and_backups_of_every_format_are_what_they_were() {
    let all = fixtures();
    assert!(!all.is_empty(), "there are fixtures");
    for (path, manifest) in all {
        let (packed, backup) = (path.with_extension("zip"), path.with_extension("backup"));
        for file in [&packed, &backup] {
            assert!(fs::metadata(file).expect("a file").len() <= BYTES_MAX, "{} is too large", file.display());
        }
        let scratch = folder();
        let data = scratch.path().join("data");
        unpack(&packed, &data);
        let seen = look(&data, "");
        assert_eq!((&seen["contents"], &seen["documents"]), (&manifest["contents"], &manifest["documents"]));
        shows(&data, &manifest);
        assert_eq!(look(&data, &backup.display().to_string())["contents"], manifest["contents"]);
        let restored = scratch.path().join("restored");
        galley(&restored, &format!("restore {}", backup.display())).done();
        assert_eq!(look(&restored, "")["contents"], manifest["contents"]);
        shows(&restored, &manifest);
    }
}

#[test]
fn bk11_a_newer_folder_is_refused_untouched() {
    let (path, _) = fixtures().pop().expect("a fixture");
    let scratch = folder();
    let data = scratch.path().join("data");
    unpack(&path.with_extension("zip"), &data);
    let mark = fs::read_to_string(data.join("format")).expect("a mark");
    fs::write(data.join("format"), mark.replace("format 1", "format 2")).expect("written");
    let before = files(&data);
    for line in ["verify", "user list", "backup never.backup", "doctor"] {
        let seen = galley(&data, line);
        assert!(seen.code != 0 && format!("{}{}", seen.out, seen.err).contains("newer Galley"), "{line}: {seen:?}");
    }
    let refused = storage::Storage::open(&data).expect_err("newer");
    assert!(refused.to_string().contains("newer Galley"), "{refused}");
    assert!(files(&data) == before, "nothing was touched");
}

/// Not a test of its own: makes a fixture when it is asked to.
#[tokio::test(flavor = "multi_thread")]
async fn make() {
    let Ok(name) = std::env::var(MAKE) else { return };
    let data = folder();
    let server = Server::on(data.path());
    let documents = lived_in(&server).await;
    server.stop().expect("a clean stop");
    let at = |extension: &str| place().join(format!("{name}.{extension}"));
    fs::create_dir_all(place()).expect("a folder");
    pack(data.path(), &at("zip"));
    galley(data.path(), &format!("backup {}", at("backup").display())).done();
    let seen = look(data.path(), "");
    let mut manifest = json!({"contents": seen["contents"], "documents": seen["documents"], "texts": {}, "notes": {}});
    let server = ChildServer::start(data.path());
    let ada = server.person("ada");
    for document in &documents[..1] {
        manifest["texts"][document] = json!(ada.text(document));
        manifest["notes"][document] = notes(&ada, document);
    }
    let pretty = serde_json::to_string_pretty(&manifest).expect("JSON");
    fs::write(at("json"), format!("{pretty}\n")).expect("written");
}

fn pack(data: &Path, zip: &Path) {
    let mut zip = zip::ZipWriter::new(File::create(zip).expect("a file"));
    for (path, _) in files(data) {
        let name = path.strip_prefix(data).expect("inside").to_str().expect("a name").to_owned();
        let mut bytes = Vec::new();
        File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes)).expect("read");
        zip.start_file(name, SimpleFileOptions::default()).expect("begun");
        zip.write_all(&bytes).expect("written");
    }
    zip.finish().expect("finished");
}
