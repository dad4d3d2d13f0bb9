//! TO6: a backup of a server that people write to, and a restore of it: nothing acked before the backup began is missing.
//!
//! Each case starts a server on what the last one left, lets people write, backs up 20 to 500 ms later while they go on, kills
//! the server, looks at the backup, restores it into a new folder, looks at that, and starts a server on it. The backup and
//! the folder must be good and have the same contents. Next: `writers.rs` for who writes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use peer::Person;
use serde_json::{Value, json};

use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::Server;
use crate::writers::{Acked, Crowd, Told};

/// People who write at once, in as many documents.
const WRITERS: usize = 5;
const DOCUMENTS: usize = 4;
const WRITERS_SMALL: usize = 2;

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let data = run.folder("backup");
    let (mut acked, mut slowest, mut largest) = (Acked::default(), Duration::ZERO, 0);
    while let Some(seed) = run.next() {
        let mut case = Case { seed, galley: &run.galley, data: &data, place: run.folder(&format!("backup-{seed}")) };
        let (writers, documents) = if run.small { (WRITERS_SMALL, 2) } else { (WRITERS, DOCUMENTS) };
        match case.hurt(&mut acked, writers, documents) {
            Ok(Took { looked, took, bytes, broken }) => {
                broken.into_iter().for_each(|why| tally.failed(seed, why));
                (slowest, largest) = (slowest.max(took), largest.max(bytes));
                tally.case(looked);
            }
            Err(why) => {
                tally.failed(seed, why);
                return Ok(());
            }
        }
        std::fs::remove_dir_all(&case.place).ok();
    }
    tally.figure("acked edits", acked.len().to_string());
    tally.figure("slowest backup", format!("{} ms", slowest.as_millis()));
    tally.figure("largest backup", format!("{} KB", largest >> 10));
    Ok(())
}

struct Case<'a> {
    seed: u64,
    galley: &'a Path,
    data: &'a Path,
    place: PathBuf,
}

/// What came of one.
struct Took {
    looked: u64,
    took: Duration,
    bytes: u64,
    broken: Vec<String>,
}

impl Case<'_> {
    fn hurt(&mut self, acked: &mut Acked, writers: usize, documents: usize) -> Result<Took, String> {
        let mut rng = Rng::new(self.seed);
        std::fs::create_dir_all(&self.place).map_err(|error| error.to_string())?;
        let server = Server::start(self.galley, self.data)?;
        let person = server.person("ada");
        let told = Told::default();
        let crowds: Vec<Crowd> = (0..documents)
            .map(|number| {
                let document = person.document("");
                self.around(&person, &document);
                Crowd::start_telling(&person, document, writers, &format!("{}.{number}", self.seed), &told)
            })
            .collect();
        std::thread::sleep(Duration::from_millis(rng.between(20, 500)));
        // What was acked before it began: the book as it is now, and everything from earlier cases.
        let before = told.so_far();
        let file = self.place.join("a.backup");
        let begun = Instant::now();
        let taken = self.galley(&["backup", &file.display().to_string(), "--data"], Some(self.data))?;
        let took = begun.elapsed();
        if !taken.status.success() {
            return Err(format!("the backup failed: {}", said(&taken)));
        }
        server.kill();
        crowds.into_iter().for_each(|crowd| drop(crowd.end()));
        before.into_iter().for_each(|(document, edit)| acked.add((document, vec![edit])));
        let restored = self.place.join("restored");
        let mut broken = self.same(&file, &restored)?;
        let server = Server::start(self.galley, &restored)?;
        let person = server.person("ada");
        broken.extend(
            acked
                .missing(&person)
                .into_iter()
                .map(|edit| format!("{edit} was acked before the backup and is not in it")),
        );
        let looked = acked.len() as u64;
        // The next case writes into what was restored: a restored folder is as good as any.
        server.terminate(Duration::from_secs(30)).ok_or("the restored server did not stop")?;
        std::fs::remove_dir_all(self.data)
            .and_then(|()| std::fs::rename(&restored, self.data))
            .map_err(|error| error.to_string())?;
        let bytes = std::fs::metadata(&file).map_or(0, |file| file.len());
        Ok(Took { looked, took, bytes, broken })
    }

    /// Files, notes and versions: what records name.
    fn around(&self, person: &Person, document: &str) {
        let under = |rest: &str| format!("/api/documents/{document}{rest}");
        person.upload(document, "a.txt", document.as_bytes());
        person.send("POST", &under("/versions"), Some(json!({"name": "first"})));
        let gone = person.document("gone soon");
        person.upload(&gone, "b.txt", gone.as_bytes());
        person.send("DELETE", &format!("/api/documents/{gone}"), None);
        person.send("POST", &format!("/api/documents/{gone}/erase"), Some(json!({})));
    }

    /// The backup is good, restores, and the folder is good and the same.
    fn same(&self, file: &Path, restored: &Path) -> Result<Vec<String>, String> {
        let file = file.display().to_string();
        let backup = self.look(&["verify", &file, "--json"], None)?;
        let put_back = self.galley(&["restore", &file, "--data"], Some(restored))?;
        if !put_back.status.success() {
            return Err(format!("the restore failed: {}", said(&put_back)));
        }
        let folder = self.look(&["verify", "--json", "--data"], Some(restored))?;
        let mut broken = Vec::new();
        for (what, report) in [("the backup", &backup), ("the restored folder", &folder)] {
            if report["ok"] != true {
                broken.push(format!("{what} is not good: {}", report["problems"]));
            }
        }
        if backup["contents"] != folder["contents"] {
            broken.push("the restored folder holds other things than the backup".into());
        }
        Ok(broken)
    }

    fn look(&self, words: &[&str], data: Option<&Path>) -> Result<Value, String> {
        let seen = self.galley(words, data)?;
        serde_json::from_slice(&seen.stdout).map_err(|_| format!("verify said: {}", said(&seen)))
    }

    fn galley(&self, words: &[&str], data: Option<&Path>) -> Result<Output, String> {
        let mut command = Command::new(self.galley);
        command.args(words).args(data).env_remove("GALLEY_DATA");
        command.output().map_err(|error| error.to_string())
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)).trim().to_owned()
}
