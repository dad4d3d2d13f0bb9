//! A disk that forgets: what a power cut may leave of the calls made so far.
//!
//! Strict where POSIX is: a completed `fsync` or `fdatasync` keeps what the file held when it began, names are kept only by an
//! `fsync` of their folder, `sync_file_range` keeps nothing. Everything else is pending: each 512-byte sector is what it was after
//! any of the calls since the last one that counts, a length likewise, a name is there or not. ext4 would be kinder: it keeps
//! names in order, keeps the name of a file that was synced, and a rename over a file flushes it first.
//! Invariant: pure; calls come in, images go out, the same numbers give the same image. Next: `trace.rs`, who reads calls.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use crate::rng::Rng;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// The folder everything is in.
const ROOT: Node = 0;

/// A file or folder, whatever it is called.
pub type Node = usize;
/// A call between its begin and its end.
pub type CallId = u64;

/// A call that changes something, with its descriptors resolved.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// `open` with `O_CREAT` of a name that is not there.
    Create(PathBuf),
    /// `mkdir`.
    Folder(PathBuf),
    /// Bytes at an offset.
    Write(Node, u64, Vec<u8>),
    /// `ftruncate`, `fallocate`, `O_TRUNC`.
    Length(Node, u64),
    /// `rename`.
    Rename(PathBuf, PathBuf),
    /// `unlink`, `rmdir`.
    Remove(PathBuf),
    /// `link`.
    Link(PathBuf, PathBuf),
    /// `fsync` or `fdatasync`.
    Sync(Node),
}

/// An image: relative paths, folders as `None`.
pub type Image = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// How much of what is pending a cut leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mercy {
    /// Nothing.
    None,
    /// All of it, as when the process alone dies.
    All,
    /// What came before some moment.
    Before,
    /// Each call whole or not at all.
    Calls,
    /// Each sector, length and name by itself.
    Sectors,
}

impl Mercy {
    /// Any; the harder ones more often.
    pub fn any(rng: &mut Rng) -> Mercy {
        match rng.below(10) {
            0 => Mercy::None,
            1 => Mercy::All,
            2 | 3 => Mercy::Before,
            4 | 5 => Mercy::Calls,
            _ => Mercy::Sectors,
        }
    }
}

#[derive(Default)]
pub struct Disk {
    nodes: Vec<Kept>,
    /// What programs see now.
    names: HashMap<PathBuf, Node>,
    /// Calls that have begun and not ended, and what each of them changes.
    open: HashMap<CallId, Vec<Node>>,
    /// Syncs that have begun and not ended, and what each covers if it succeeds.
    syncs: HashMap<CallId, (Node, BTreeSet<CallId>)>,
}

/// A node: what is certain, and what has been done since.
struct Kept {
    certain: Content,
    since: Vec<Step>,
}

#[derive(Clone)]
enum Content {
    File(Vec<u8>),
    Folder(BTreeMap<PathBuf, Node>),
}

struct Step {
    call: CallId,
    state: State,
    what: What,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Begun,
    Ended,
    Certain,
}

enum What {
    Write(usize, Vec<u8>),
    Length(usize),
    Names(Vec<(PathBuf, Option<Node>)>),
}

impl Disk {
    /// An empty folder, whose own name is certain.
    pub fn new(root: &Path) -> Disk {
        let mut disk = Disk::default();
        let node = disk.node(Content::Folder(BTreeMap::new()));
        disk.names.insert(root.to_owned(), node);
        disk
    }

    /// What a path names now.
    pub fn find(&self, path: &Path) -> Option<Node> {
        self.names.get(path).copied()
    }

    /// How long a file is now.
    pub fn length(&self, node: Node) -> u64 {
        match &self.nodes[node].certain {
            Content::File(bytes) => self.nodes[node].after(bytes.len(), usize::MAX) as u64,
            Content::Folder(_) => 0,
        }
    }

    /// A call has begun: from now on a cut may leave any part of it.
    pub fn begin(&mut self, call: CallId, change: Change) {
        match change {
            Change::Create(path) => self.create(call, path, Content::File(Vec::new())),
            Change::Folder(path) => self.create(call, path, Content::Folder(BTreeMap::new())),
            Change::Write(node, at, bytes) => self.step(node, call, What::Write(at as usize, bytes)),
            Change::Length(node, length) => self.step(node, call, What::Length(length as usize)),
            Change::Rename(from, to) => self.rename(call, from, to),
            Change::Remove(path) => {
                self.names.remove(&path);
                self.name(call, &path, None);
            }
            Change::Link(from, to) => {
                let Some(node) = self.find(&from) else { return };
                self.names.insert(to.clone(), node);
                self.name(call, &to, Some(node));
            }
            Change::Sync(node) => {
                let covered = self.nodes[node].since.iter().filter(|step| step.state != State::Begun);
                self.syncs.insert(call, (node, covered.map(|step| step.call).collect()));
            }
        }
    }

    /// It returned. A sync that did makes certain what had ended before it began.
    pub fn end(&mut self, call: CallId) {
        if let Some((node, covered)) = self.syncs.remove(&call) {
            let kept = &mut self.nodes[node];
            kept.since
                .iter_mut()
                .filter(|step| covered.contains(&step.call))
                .for_each(|step| step.state = State::Certain);
            kept.fold();
        }
        for node in self.open.remove(&call).unwrap_or_default() {
            let steps = self.nodes[node].since.iter_mut().filter(|step| step.call == call);
            steps.for_each(|step| step.state = State::Ended);
        }
    }

    /// What a cut right now may leave.
    pub fn cut(&self, mercy: Mercy, rng: &mut Rng) -> Image {
        let moment = self.moment(rng);
        let mut image = Image::new();
        self.cut_folder(ROOT, Path::new(""), mercy, moment, rng, &mut image);
        image
    }

    fn moment(&self, rng: &mut Rng) -> CallId {
        let calls = || self.nodes.iter().flat_map(|kept| kept.since.iter().map(|step| step.call));
        match (calls().min(), calls().max()) {
            (Some(first), Some(last)) => rng.between(first, last + 1),
            _ => 0,
        }
    }

    fn cut_folder(&self, node: Node, at: &Path, mercy: Mercy, moment: CallId, rng: &mut Rng, image: &mut Image) {
        let kept = &self.nodes[node];
        let Content::Folder(names) = &kept.certain else { return };
        let mut names = names.clone();
        for step in &kept.since {
            if step.state == State::Certain || survives(mercy, step, moment, rng) {
                step.apply_names(&mut names);
            }
        }
        for (name, node) in names {
            let path = at.join(name);
            match &self.nodes[node].certain {
                Content::File(bytes) => {
                    let bytes = self.nodes[node].cut_file(bytes, mercy, moment, rng);
                    image.insert(path, Some(bytes));
                }
                Content::Folder(_) => {
                    image.insert(path.clone(), None);
                    self.cut_folder(node, &path, mercy, moment, rng, image);
                }
            }
        }
    }

    fn node(&mut self, certain: Content) -> Node {
        self.nodes.push(Kept { certain, since: Vec::new() });
        self.nodes.len() - 1
    }

    fn create(&mut self, call: CallId, path: PathBuf, content: Content) {
        let node = self.node(content);
        self.name(call, &path, Some(node));
        self.names.insert(path, node);
    }

    /// Within a folder it is one step; between two it is two, and a cut may leave either.
    fn rename(&mut self, call: CallId, from: PathBuf, to: PathBuf) {
        let Some(node) = self.names.remove(&from) else { return };
        let below: Vec<_> = self.names.keys().filter(|path| path.starts_with(&from)).cloned().collect();
        for path in below {
            let moved = to.join(path.strip_prefix(&from).unwrap_or(&path));
            if let Some(node) = self.names.remove(&path) {
                self.names.insert(moved, node);
            }
        }
        self.names.insert(to.clone(), node);
        let name = |path: &Path| PathBuf::from(path.file_name().unwrap_or_default());
        match (from.parent(), to.parent()) {
            (Some(one), Some(other)) if one == other => {
                let Some(folder) = self.find(one) else { return };
                self.step(folder, call, What::Names(vec![(name(&from), None), (name(&to), Some(node))]));
            }
            _ => {
                self.name(call, &to, Some(node));
                self.name(call, &from, None);
            }
        }
    }

    fn name(&mut self, call: CallId, path: &Path, node: Option<Node>) {
        let Some(folder) = path.parent().and_then(|folder| self.find(folder)) else { return };
        let name = PathBuf::from(path.file_name().unwrap_or_default());
        self.step(folder, call, What::Names(vec![(name, node)]));
    }

    fn step(&mut self, node: Node, call: CallId, what: What) {
        self.nodes[node].since.push(Step { call, state: State::Begun, what });
        self.open.entry(call).or_default().push(node);
    }
}

fn survives(mercy: Mercy, step: &Step, moment: CallId, rng: &mut Rng) -> bool {
    match mercy {
        Mercy::None => false,
        Mercy::All => true,
        Mercy::Before => step.call < moment,
        Mercy::Calls | Mercy::Sectors => rng.chance(50),
    }
}

impl Kept {
    /// Takes into `certain` what nothing pending comes before.
    fn fold(&mut self) {
        let count = self.since.iter().take_while(|step| step.state == State::Certain).count();
        for step in self.since.drain(..count) {
            match &mut self.certain {
                Content::File(bytes) => step.apply(bytes),
                Content::Folder(names) => step.apply_names(names),
            }
        }
    }

    /// The length after so many steps.
    fn after(&self, certain: usize, steps: usize) -> usize {
        self.since.iter().take(steps).fold(certain, |length, step| match &step.what {
            What::Write(at, bytes) => length.max(at + bytes.len()),
            What::Length(length) => *length,
            What::Names(_) => length,
        })
    }

    fn cut_file(&self, certain: &[u8], mercy: Mercy, moment: CallId, rng: &mut Rng) -> Vec<u8> {
        let mut bytes = certain.to_vec();
        if mercy != Mercy::Sectors {
            for step in &self.since {
                if step.state == State::Certain || survives(mercy, step, moment, rng) {
                    step.apply(&mut bytes);
                }
            }
            return bytes;
        }
        self.cut_sectors(bytes, rng)
    }

    /// Each sector and the length as after some step, not before the last that is certain.
    fn cut_sectors(&self, mut bytes: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
        let (certain, steps) = (bytes.len(), self.since.len());
        let sure = |touches: &dyn Fn(&Step) -> bool| {
            self.since.iter().rposition(|step| step.state == State::Certain && touches(step)).map_or(0, |last| last + 1)
        };
        let length_sure = sure(&|_| true) as u64;
        let length = self.after(certain, rng.between(length_sure, steps as u64) as usize);
        let largest = (0..=steps).map(|count| self.after(certain, count)).max().unwrap_or(certain);
        bytes.resize(largest.next_multiple_of(SECTOR), 0);
        let touched: BTreeSet<usize> = self.since.iter().flat_map(|step| step.sectors(largest)).collect();
        // Some cuts tear a few sectors only: those leave whole messages behind torn ones.
        let kindness = [0, 10, 50, 90][rng.below(4) as usize];
        for sector in touched {
            let here = sector * SECTOR..(sector + 1) * SECTOR;
            let from = sure(&|step| step.touches(&here)) as u64;
            let upto = if rng.chance(kindness) { steps as u64 } else { rng.between(from, steps as u64) };
            for step in self.since.iter().take(upto as usize) {
                step.apply_within(&mut bytes, &here);
            }
        }
        bytes.resize(length, 0);
        bytes
    }
}

impl Step {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match &self.what {
            What::Write(at, written) => {
                bytes.resize(bytes.len().max(at + written.len()), 0);
                bytes[*at..at + written.len()].copy_from_slice(written);
            }
            What::Length(length) => bytes.resize(*length, 0),
            What::Names(_) => {}
        }
    }

    fn apply_within(&self, bytes: &mut [u8], here: &std::ops::Range<usize>) {
        match &self.what {
            What::Write(at, written) => {
                let (from, to) = (here.start.max(*at), here.end.min(at + written.len()));
                if from < to {
                    bytes[from..to].copy_from_slice(&written[from - at..to - at]);
                }
            }
            What::Length(length) if *length < here.end => bytes[here.start.max(*length)..here.end].fill(0),
            What::Length(_) | What::Names(_) => {}
        }
    }

    fn apply_names(&self, names: &mut BTreeMap<PathBuf, Node>) {
        let What::Names(changes) = &self.what else { return };
        for (name, node) in changes {
            match node {
                Some(node) => drop(names.insert(name.clone(), *node)),
                None => drop(names.remove(name)),
            }
        }
    }

    fn touches(&self, here: &std::ops::Range<usize>) -> bool {
        match &self.what {
            What::Write(at, written) => *at < here.end && at + written.len() > here.start,
            What::Length(length) => *length < here.end,
            What::Names(_) => false,
        }
    }

    fn sectors(&self, largest: usize) -> std::ops::Range<usize> {
        match &self.what {
            What::Write(at, written) => at / SECTOR..(at + written.len()).div_ceil(SECTOR),
            What::Length(length) => length / SECTOR..largest.div_ceil(SECTOR),
            What::Names(_) => 0..0,
        }
    }
}

#[cfg(test)]
mod tests;
