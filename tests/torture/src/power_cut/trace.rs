//! What a server did to its files, as `strace` wrote it down, played again to a [`Disk`].
//!
//! Invariant: a call that touches the folder and is not understood is an error, never left out. Next: `disk.rs`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::disk::{CallId, Change, Disk, Node};

/// What is written down. Reads are not: nobody here reads and writes through one descriptor.
pub const CALLS: &str = "open,openat,creat,close,dup,dup2,dup3,fcntl,lseek,write,writev,pwrite64,pwritev,pwritev2,rename,\
     renameat,renameat2,ftruncate,truncate,fallocate,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat,\
     fsync,fdatasync,sync_file_range,copy_file_range,sendfile,msync";

/// One line's worth: a call's begin or its end.
pub struct Moment {
    /// Microseconds since 1970, by the tracer's clock.
    pub at_us: u64,
    call: CallId,
    phase: Phase,
}

enum Phase {
    Begin(Box<Call>),
    End,
    /// Another process: every descriptor is closed.
    Restart,
}

/// A call with its outcome, which is known from its end.
struct Call {
    name: String,
    args: Vec<Vec<u8>>,
    /// `None` if it never returned.
    result: Option<i64>,
}

/// Reads one process's trace behind what came before.
pub fn read(text: &[u8], moments: &mut Vec<Moment>) -> Result<(), String> {
    let mut next = moments.len() as CallId + 1;
    moments.push(Moment { at_us: moments.last().map_or(0, |last| last.at_us), call: next, phase: Phase::Restart });
    let mut unfinished: HashMap<Vec<u8>, (CallId, usize)> = HashMap::new();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let (thread, rest) = word(line);
        let (time, rest) = word(rest);
        if rest.starts_with(b"+++") || rest.starts_with(b"---") {
            continue;
        }
        let at_us = micros(time).ok_or_else(|| format!("no time in {}", shown(line)))?;
        if let Some(resumed) = rest.strip_prefix(b"<... ") {
            let Some((call, begin)) = unfinished.remove(thread) else { continue };
            let result = result(resumed);
            if let Phase::Begin(begun) = &mut moments[begin].phase {
                begun.result = result;
            }
            moments.push(Moment { at_us, call, phase: Phase::End });
            continue;
        }
        next += 1;
        let cut_short = rest.ends_with(b"<unfinished ...>");
        let call = parse(rest).ok_or_else(|| format!("not understood: {}", shown(line)))?;
        let ended = !cut_short && call.result.is_some();
        moments.push(Moment { at_us, call: next, phase: Phase::Begin(Box::new(call)) });
        if cut_short {
            unfinished.insert(thread.to_owned(), (next, moments.len() - 1));
        } else if ended {
            moments.push(Moment { at_us, call: next, phase: Phase::End });
        }
    }
    Ok(())
}

fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned()
}

fn word(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
    let rest =
        line[end..].iter().position(|byte| *byte != b' ').map_or(&line[line.len()..], |skip| &line[end + skip..]);
    (&line[..end], rest)
}

fn micros(time: &[u8]) -> Option<u64> {
    let (seconds, micros) = std::str::from_utf8(time).ok()?.split_once('.')?;
    Some(seconds.parse::<u64>().ok()? * 1_000_000 + micros.parse::<u64>().ok()?)
}

/// `... = 5`, `... = -1 EIO (...)`, `... = ?`.
fn result(line: &[u8]) -> Option<i64> {
    let at = line.windows(3).rposition(|three| three == b" = ")?;
    let (number, _) = word(&line[at + 3..]);
    let number = std::str::from_utf8(number).ok()?;
    number.strip_prefix("0x").map_or_else(|| number.parse().ok(), |hex| i64::from_str_radix(hex, 16).ok())
}

/// `name(first, second, ...`.
fn parse(line: &[u8]) -> Option<Call> {
    let open = line.iter().position(|byte| *byte == b'(')?;
    let name = std::str::from_utf8(&line[..open]).ok()?.to_owned();
    let (mut args, mut arg, mut depth) = (Vec::new(), Vec::new(), 0);
    let mut rest = &line[open + 1..];
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => {
                let end = rest.iter().position(|byte| *byte == b'"')?;
                // A cut-off string would be data that is missing.
                if rest[end + 1..].starts_with(b"...") {
                    return None;
                }
                arg.extend(unhex(&rest[..end])?);
                rest = &rest[end + 1..];
            }
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' => depth -= 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            b',' if depth == 0 => args.push(std::mem::take(&mut arg)),
            b' ' => {}
            b'<' if rest.starts_with(b"unfinished") => break,
            // Between the pieces of a `writev` stands only their description.
            _ if depth > 0 => {}
            _ => arg.push(byte),
        }
    }
    args.push(arg);
    Some(Call { name, args, result: result(rest) })
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    text.chunks(4)
        .map(|four| match four {
            [b'\\', b'x', high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

/// Plays moments to a disk, one after another.
pub struct Player {
    /// The disk so far.
    pub disk: Disk,
    root: PathBuf,
    files: HashMap<i64, Open>,
    /// Descriptors of calls that have not returned: until then another thread may close what had the same number.
    opening: HashMap<CallId, (i64, Open)>,
}

#[derive(Clone)]
struct Open {
    path: PathBuf,
    node: Option<Node>,
    position: u64,
    appends: bool,
}

impl Player {
    /// Of calls below this folder; others are left out.
    pub fn new(root: &Path) -> Player {
        Player { disk: Disk::new(root), root: root.to_owned(), files: HashMap::new(), opening: HashMap::new() }
    }

    pub fn play(&mut self, moment: &Moment) -> Result<(), String> {
        match &moment.phase {
            Phase::Restart => self.files.clear(),
            Phase::End => {
                self.disk.end(moment.call);
                self.files.extend(self.opening.remove(&moment.call));
            }
            // What failed changed nothing, and a sync that failed keeps nothing.
            Phase::Begin(call) if call.result.is_some_and(|result| result < 0) => {}
            Phase::Begin(call) => self.begin(moment.call, call).map_err(|why| format!("{}: {why}", call.name))?,
        }
        Ok(())
    }

    fn begin(&mut self, id: CallId, call: &Call) -> Result<(), String> {
        match call.name.as_str() {
            "open" => self.open(id, call, call.path(0)?, call.text(1)),
            "creat" => self.open(id, call, call.path(0)?, "O_CREAT|O_TRUNC".into()),
            "openat" => self.open(id, call, self.at(call, 0)?, call.text(2)),
            "close" => drop(self.files.remove(&call.number(0)?)),
            "dup" => self.dup(id, call.number(0)?, call.result),
            "dup2" | "dup3" => self.dup(id, call.number(0)?, Some(call.number(1)?)),
            "fcntl" if call.text(1).starts_with("F_DUPFD") => self.dup(id, call.number(0)?, call.result),
            "fcntl" | "sync_file_range" => {}
            "lseek" => self.seek(call)?,
            "write" | "writev" => self.write(id, call, None)?,
            "pwrite64" | "pwritev" | "pwritev2" => self.write(id, call, Some(call.number(3)? as u64))?,
            "ftruncate" => self.length(id, call, call.number(1)? as u64)?,
            "fsync" | "fdatasync" => self.sync(id, call)?,
            "mkdir" => self.change(id, Change::Folder(call.path(0)?)),
            "mkdirat" => self.change(id, Change::Folder(self.at(call, 0)?)),
            "unlink" | "rmdir" => self.change(id, Change::Remove(call.path(0)?)),
            "unlinkat" => self.change(id, Change::Remove(self.at(call, 0)?)),
            "rename" => self.change(id, Change::Rename(call.path(0)?, call.path(1)?)),
            "renameat" | "renameat2" => self.change(id, Change::Rename(self.at(call, 0)?, self.at(call, 2)?)),
            "link" => self.change(id, Change::Link(call.path(0)?, call.path(1)?)),
            "linkat" => self.change(id, Change::Link(self.at(call, 0)?, self.at(call, 2)?)),
            // These never touch the folder today; when they do, the model has to learn them.
            _ if self.touches(call) => return Err("the disk's model does not know this call".into()),
            _ => {}
        }
        Ok(())
    }

    fn touches(&self, call: &Call) -> bool {
        let file = |at: usize| {
            call.number(at).ok().and_then(|file| self.files.get(&file)).is_some_and(|file| file.node.is_some())
        };
        let path = |at: usize| call.path(at).is_ok_and(|path| path.starts_with(&self.root));
        (0..call.args.len().min(3)).any(|at| file(at) || path(at))
    }

    fn change(&mut self, id: CallId, change: Change) {
        let inside = match &change {
            Change::Folder(path) => path.starts_with(&self.root) && self.disk.find(path).is_none(),
            Change::Remove(path) => path.starts_with(&self.root),
            Change::Rename(_, to) | Change::Link(_, to) => to.starts_with(&self.root),
            _ => true,
        };
        if inside {
            self.disk.begin(id, change);
        }
    }

    fn open(&mut self, id: CallId, call: &Call, path: PathBuf, flags: String) {
        let Some(file) = call.result else { return };
        let inside = path.starts_with(&self.root);
        if inside && flags.contains("O_CREAT") && self.disk.find(&path).is_none() {
            self.disk.begin(id, Change::Create(path.clone()));
        }
        let node = self.disk.find(&path);
        if let Some(node) = node.filter(|_| flags.contains("O_TRUNC")) {
            self.disk.begin(id, Change::Length(node, 0));
        }
        let open = Open { path, node, position: 0, appends: flags.contains("O_APPEND") };
        self.opening.insert(id, (file, open));
    }

    fn dup(&mut self, id: CallId, from: i64, to: Option<i64>) {
        if let (Some(open), Some(to)) = (self.files.get(&from).cloned(), to) {
            self.opening.insert(id, (to, open));
        }
    }

    fn seek(&mut self, call: &Call) -> Result<(), String> {
        if let (Some(open), Some(to)) = (self.files.get_mut(&call.number(0)?), call.result) {
            open.position = to as u64;
        }
        Ok(())
    }

    fn write(&mut self, id: CallId, call: &Call, at: Option<u64>) -> Result<(), String> {
        let Some(open) = self.files.get_mut(&call.number(0)?) else { return Ok(()) };
        let Some(node) = open.node else { return Ok(()) };
        let mut bytes = call.args.get(1).cloned().unwrap_or_default();
        if let Some(written) = call.result {
            bytes.truncate(written as usize);
        }
        let position = if open.appends { self.disk.length(node) } else { open.position };
        if at.is_none() {
            open.position = position + bytes.len() as u64;
        }
        self.disk.begin(id, Change::Write(node, at.unwrap_or(position), bytes));
        Ok(())
    }

    fn length(&mut self, id: CallId, call: &Call, length: u64) -> Result<(), String> {
        if let Some(node) = self.files.get(&call.number(0)?).and_then(|open| open.node) {
            self.disk.begin(id, Change::Length(node, length));
        }
        Ok(())
    }

    fn sync(&mut self, id: CallId, call: &Call) -> Result<(), String> {
        if let Some(node) = self.files.get(&call.number(0)?).and_then(|open| open.node) {
            self.disk.begin(id, Change::Sync(node));
        }
        Ok(())
    }

    /// A path beside a folder's descriptor.
    fn at(&self, call: &Call, folder: usize) -> Result<PathBuf, String> {
        let path = call.path(folder + 1)?;
        if path.is_absolute() {
            return Ok(path);
        }
        let folder = call.number(folder).ok().and_then(|folder| self.files.get(&folder));
        // Relative to where the server was started: never below the folder.
        Ok(folder.map_or_else(|| path.clone(), |folder| folder.path.join(&path)))
    }
}

impl Call {
    fn text(&self, at: usize) -> String {
        self.args.get(at).map(|arg| String::from_utf8_lossy(arg).into_owned()).unwrap_or_default()
    }

    fn path(&self, at: usize) -> Result<PathBuf, String> {
        self.args.get(at).map(|_| PathBuf::from(self.text(at))).ok_or_else(|| "no path".into())
    }

    fn number(&self, at: usize) -> Result<i64, String> {
        self.text(at).parse().map_err(|_| format!("{} is not a number", self.text(at)))
    }
}

#[cfg(test)]
mod tests;
