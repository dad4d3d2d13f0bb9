//! TO5: A disk that runs full under people who write, and is given room again: nothing acked is lost, nothing is acked that is not
//! there, everybody is told, and writing goes on without a restart.
//!
//! Each case has a small disk of its own, in one of two ways: the server stops in time because it looks at the free space, or,
//! with that switched off, writes fail in the middle of its log. Invariant: what was mounted is unmounted, also after a panic.
//! Next: `tabs.rs` for the people.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use peer::Person;
use serde_json::json;

use crate::kill_at_start::copy;
use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::server::{self, Server};
use crate::tabs::{Plan, Tabs};

/// The disk, and what the server wants to stay free on it.
const DISK: &str = "size=64m";
const READONLY_BELOW: u64 = 16 << 20;
const WARN_BELOW: u64 = 24 << 20;
/// Tabs, and the time between two edits of one.
const LOAD: (usize, Duration) = (20, Duration::from_millis(20));
const LOAD_SMALL: (usize, Duration) = (3, Duration::from_millis(10));
const DOCUMENTS: usize = 2;
/// Times a disk is filled; once in a small run.
const FILLS: u64 = 3;
/// Fills in a hundred in which the server is killed while the disk is full.
const KILLED: u64 = 34;
/// For anything to be told or to come back; reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);
/// Goals that are judged in a full run. The server looks once a second, and then asks and is asked.
const TOLD_AT_MOST: Duration = Duration::from_millis(1_500);
const BACK_AT_MOST: Duration = Duration::from_secs(5);
/// The Nack of storage that takes nothing.
const STORAGE: u64 = 6;

#[derive(Default)]
struct Figures {
    fills: u64,
    killed: u64,
    edits: usize,
    asked_again: usize,
    told: Duration,
    back: Duration,
}

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let mut figures = Figures::default();
    while let Some(seed) = run.next() {
        let disk = Disk::mount(run.folder(&format!("disk-{seed}")))?;
        let mut case = Case {
            run,
            disk: &disk,
            seed,
            rng: Rng::new(seed),
            watch: Watch::of(seed),
            tally,
            figures: &mut figures,
            made: Vec::new(),
        };
        match case.play() {
            Ok(edits) => tally.case(edits as u64),
            Err(why) => tally.failed(seed, why),
        }
    }
    tally.figure("fills", format!("{}, {} with a kill while it was full", figures.fills, figures.killed));
    tally.figure("edits", figures.edits.to_string());
    tally.figure("tabs saved again on the same socket", figures.asked_again.to_string());
    tally.figure("/readyz 503 after at most", format!("{} ms", figures.told.as_millis()));
    tally.figure("everybody saved again after at most", format!("{} ms", figures.back.as_millis()));
    Ok(())
}

/// Whether the server looks at the free space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watch {
    On,
    Off,
}

impl Watch {
    fn of(seed: u64) -> Watch {
        if seed.is_multiple_of(2) { Watch::On } else { Watch::Off }
    }

    fn limits(self) -> [String; 2] {
        let (warn, readonly) = if self == Watch::On { (WARN_BELOW, READONLY_BELOW) } else { (0, 0) };
        [format!("disk_warn_bytes={warn}"), format!("disk_readonly_bytes={readonly}")]
    }

    /// What a filler leaves.
    fn left(self) -> u64 {
        if self == Watch::On { READONLY_BELOW / 2 } else { 0 }
    }
}

struct Case<'a> {
    run: &'a Run,
    disk: &'a Disk,
    seed: u64,
    rng: Rng,
    watch: Watch,
    tally: &'a mut Tally,
    figures: &'a mut Figures,
    /// Documents whose making was answered with success.
    made: Vec<String>,
}

impl Case<'_> {
    /// Edits that were looked at; the error ends the case.
    fn play(&mut self) -> Result<usize, String> {
        let (data, port) = (self.disk.data(), server::free_port()?);
        let mut server = self.start(&data, port)?;
        let person = server.person("ada");
        let (count, pace) = if self.run.small { LOAD_SMALL } else { LOAD };
        let documents = (0..DOCUMENTS).map(|_| person.document("")).collect();
        let tabs = Tabs::start(&person, Plan { documents, count, pace, name: self.seed.to_string() });
        for _ in 0..if self.run.small { 1 } else { FILLS } {
            if !tabs.until_inside(PATIENCE) {
                return Err(format!("only {} tabs got in", tabs.book().inside));
            }
            std::thread::sleep(Duration::from_millis(self.rng.between(50, if self.run.small { 150 } else { 500 })));
            self.fill(&server, &tabs)?;
            self.make(&person);
            std::thread::sleep(Duration::from_millis(self.rng.between(0, if self.run.small { 50 } else { 500 })));
            server = if self.rng.chance(KILLED) { self.kill(server, &tabs, port)? } else { server };
            self.free(&server, &tabs)?;
            self.figures.fills += 1;
        }
        self.figures.asked_again += tabs.book().asked_again;
        self.gone(&person);
        let (wrong, edits) = tabs.end(&person, PATIENCE);
        wrong.into_iter().for_each(|why| self.tally.failed(self.seed, why));
        self.figures.edits += edits;
        server.kill();
        Ok(edits)
    }

    fn start(&self, data: &Path, port: u16) -> Result<Server, String> {
        let mut command = server::command_on(&self.run.galley, data, port);
        for name in ["updates_per_second", "upgrades_per_second", "connections_per_person", "connections_per_address"] {
            command.args(["--limit", &format!("{name}=1000000")]);
        }
        for limit in self.watch.limits() {
            command.args(["--limit", &limit]);
        }
        Server::run(&mut command)
    }

    /// Fills the disk and waits until everybody is told.
    fn fill(&mut self, server: &Server, tabs: &Tabs) -> Result<(), String> {
        tabs.book().refused.clear();
        self.disk.fill(self.watch.left())?;
        let full = Instant::now();
        wait("/readyz says 503 on a full disk", || matches!(server::readyz(&server.url), Some((503, _))))?;
        let told = full.elapsed();
        // Without the watch it goes on as long as its log has pages of its own to write to.
        if self.watch == Watch::On {
            self.figures.told = self.figures.told.max(told);
            if !self.run.small && told > TOLD_AT_MOST {
                self.tally.failed(self.seed, format!("/readyz was 200 for {told:?} on a full disk"));
            }
        }
        if let Some((_, sentence)) = server::readyz(&server.url).filter(|(_, sentence)| !sentence.contains("full")) {
            self.tally.failed(self.seed, format!("/readyz does not say that the disk is full: {sentence}"));
        }
        let said = tabs.until(PATIENCE, |book| book.refused.contains_key(&STORAGE));
        if said { Ok(()) } else { Err(format!("no tab got Nack {STORAGE} on a full disk: {:?}", tabs.book().refused)) }
    }

    /// Makes a document on a full disk: refused with a reason, or kept.
    fn make(&mut self, person: &Person) {
        let text = self.figures.fills.to_string();
        let answer = person.send("POST", "/api/documents", Some(json!({"text": text})));
        match (answer.status, answer.json()["id"].as_str(), self.watch) {
            (200..300, Some(id), Watch::Off) => self.made.push(id.to_owned()),
            (507, ..) | (503, _, Watch::Off) => {}
            _ => self.tally.failed(self.seed, format!("a document made on a full disk is answered with {answer:?}")),
        }
    }

    /// Says which documents were made and are not there.
    fn gone(&mut self, person: &Person) {
        for document in &self.made {
            let answer = person.send("GET", &format!("/api/documents/{document}/text"), None);
            if answer.status != 200 {
                self.tally.failed(self.seed, format!("{document} was made on a full disk and is gone: {answer:?}"));
            }
        }
    }

    /// Gives room and waits until everybody has everything saved.
    fn free(&mut self, server: &Server, tabs: &Tabs) -> Result<(), String> {
        self.disk.free()?;
        let freed = Instant::now();
        wait("/readyz says 200 once there is room", || matches!(server::readyz(&server.url), Some((200, _))))?;
        if !tabs.until_inside(PATIENCE) {
            return Err(format!("only {} tabs are saved again with room on the disk", tabs.book().inside));
        }
        let back = freed.elapsed();
        self.figures.back = self.figures.back.max(back);
        if !self.run.small && back > BACK_AT_MOST {
            self.tally
                .failed(self.seed, format!("with room on the disk it took {back:?} until everybody was saved again"));
        }
        Ok(())
    }

    /// Kills the server on the full disk, looks for everything acked on a copy with room, and starts it on the full disk, where
    /// it may refuse to start and say why. Afterwards there is room, and a server.
    fn kill(&mut self, server: Server, tabs: &Tabs, port: u16) -> Result<Server, String> {
        self.figures.killed += 1;
        server.kill();
        let acked = tabs.book().acked.clone();
        let elsewhere = self.run.folder(&format!("room-{}", self.seed));
        copy(&self.disk.data(), &elsewhere).map_err(|error| format!("the folder cannot be copied: {error}"))?;
        let copied = Server::start(&self.run.galley, &elsewhere)?;
        let person = copied.person("ada");
        self.gone(&person);
        let missing = acked.missing(&person);
        copied.kill();
        fs::remove_dir_all(&elsewhere).ok();
        missing
            .iter()
            .for_each(|edit| self.tally.failed(self.seed, format!("{edit} was acked and is gone after a kill")));
        self.tally.checked += acked.len() as u64;
        match self.start(&self.disk.data(), port) {
            Ok(server) => Ok(server),
            Err(why) if why.contains("full") || why.contains("room") => {
                self.disk.free()?;
                self.start(&self.disk.data(), port)
            }
            Err(why) => Err(format!("on a full disk it does not say why it does not start: {why}")),
        }
    }
}

/// Asks until it is so.
fn wait(what: &str, so: impl Fn() -> bool) -> Result<(), String> {
    let until = Instant::now() + PATIENCE;
    while !so() {
        if Instant::now() > until {
            return Err(format!("never in {PATIENCE:?}: {what}"));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// A disk in memory, mounted while this lives.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: PathBuf) -> Result<Disk, Skipped> {
        fs::create_dir_all(&at).map_err(|error| Skipped(format!("no folder to mount a disk on: {error}")))?;
        let mut command = Command::new("mount");
        let mounted =
            command.args(["-t", "tmpfs", "-o", DISK, "galley-torture"]).arg(&at).stderr(Stdio::null()).status();
        match mounted {
            Ok(status) if status.success() => Ok(Disk(at)),
            _ => Err(Skipped("a small disk can only be mounted by root, with mount allowed".into())),
        }
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Writes until this much is left.
    fn fill(&self, left: u64) -> Result<(), String> {
        let trouble = |error: std::io::Error| format!("the disk cannot be filled: {error}");
        let mut file = File::create(self.filler()).map_err(trouble)?;
        loop {
            let excess = self.available()?.saturating_sub(left);
            match file.write_all(&vec![0; usize::try_from(excess).unwrap_or(0)]) {
                // The server took the last of it.
                Err(error) if error.kind() == std::io::ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(trouble(error)),
                Ok(()) if excess == 0 => return Ok(()),
                Ok(()) => {}
            }
        }
    }

    fn free(&self) -> Result<(), String> {
        match fs::remove_file(self.filler()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(format!("the disk cannot be freed: {error}"))
            }
            _ => Ok(()),
        }
    }

    fn available(&self) -> Result<u64, String> {
        let output = Command::new("df").args(["--output=avail", "-B1"]).arg(&self.0).output();
        let output = output.map_err(|error| format!("df cannot be run: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines().last().and_then(|line| line.trim().parse().ok()).ok_or_else(|| format!("df says: {text}"))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a server that still ends must not keep it.
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}
