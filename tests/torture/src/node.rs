//! Yjs, in a Node process: a document there is an editor here.
//!
//! Invariant: one request, one answer, in turn; a process that ends or answers nonsense is a panic, which is a failure of
//! the schedule it happens in. Next: `yjs.mjs`, which answers.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;

use room::sim::Editor;

/// What is wanted, as `yjs.mjs` numbers it.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Wanted {
    Clear = 0,
    New = 1,
    Text = 2,
    Vector = 3,
    Insert = 4,
    Remove = 5,
    Diff = 6,
    Apply = 7,
    Waiting = 8,
}

/// The process.
pub struct Node {
    process: Child,
    requests: ChildStdin,
    answers: ChildStdout,
    documents: u32,
}

/// Why there can be no Yjs here, if there cannot: a sentence.
pub fn missing() -> Option<String> {
    let version = Command::new("node").arg("--version").output();
    if !version.is_ok_and(|output| output.status.success()) {
        return Some("there is no node".into());
    }
    let yjs = folder().join("../../web/node_modules/yjs/dist/yjs.mjs");
    (!yjs.is_file()).then(|| "Yjs is not installed: `cargo xtask web` installs it".into())
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

impl Node {
    /// A process without documents.
    pub fn start() -> Result<Node, String> {
        let mut command = Command::new("node");
        command.arg(folder().join("yjs.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("node could not be started: {error}"))?;
        let requests = process.stdin.take().ok_or("node has no standard input")?;
        let answers = process.stdout.take().ok_or("node has no standard output")?;
        Ok(Node { process, requests, answers, documents: 0 })
    }

    /// Forgets every document: a new schedule begins.
    pub fn clear(&mut self) {
        self.documents = 0;
        self.ask(Wanted::Clear, 0, &[]);
    }

    fn ask(&mut self, wanted: Wanted, document: u32, payload: &[u8]) -> Vec<u8> {
        let mut request = Vec::with_capacity(9 + payload.len());
        request.extend((5 + payload.len() as u32).to_le_bytes());
        request.push(wanted as u8);
        request.extend(document.to_le_bytes());
        request.extend(payload);
        self.requests.write_all(&request).expect("node takes a request");
        let mut length = [0; 4];
        self.answers.read_exact(&mut length).expect("node answers");
        let mut answer = vec![0; u32::from_le_bytes(length) as usize];
        self.answers.read_exact(&mut answer).expect("node answers whole");
        answer
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// One Y.Doc there.
pub struct Yjs {
    node: Rc<RefCell<Node>>,
    number: u32,
    client: u64,
}

impl Yjs {
    /// An empty one that writes under this id.
    pub fn new(node: Rc<RefCell<Node>>, client: u64) -> Yjs {
        let number = {
            let mut node = node.borrow_mut();
            node.documents += 1;
            let number = node.documents;
            node.ask(Wanted::New, number, &client.to_le_bytes());
            number
        };
        Yjs { node, number, client }
    }

    fn ask(&self, wanted: Wanted, payload: &[u8]) -> Vec<u8> {
        self.node.borrow_mut().ask(wanted, self.number, payload)
    }
}

impl Editor for Yjs {
    fn client(&self) -> u64 {
        self.client
    }

    fn text(&self) -> String {
        String::from_utf8(self.ask(Wanted::Text, &[])).expect("node writes UTF-8")
    }

    fn vector(&self) -> Vec<u8> {
        self.ask(Wanted::Vector, &[])
    }

    fn insert(&mut self, at: u32, text: &str) -> Vec<u8> {
        self.ask(Wanted::Insert, &[&at.to_le_bytes(), text.as_bytes()].concat())
    }

    fn remove(&mut self, at: u32, len: u32) -> Vec<u8> {
        self.ask(Wanted::Remove, &[at.to_le_bytes(), len.to_le_bytes()].concat())
    }

    fn diff(&self, vector: &[u8]) -> Vec<u8> {
        self.ask(Wanted::Diff, vector)
    }

    fn apply(&mut self, update: &[u8]) {
        self.ask(Wanted::Apply, update);
    }

    fn is_waiting(&self) -> bool {
        self.ask(Wanted::Waiting, &[]) == [1]
    }
}
