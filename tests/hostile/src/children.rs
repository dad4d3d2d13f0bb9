//! A Node process that answers questions, for what only a browser's code can say.
//!
//! One process for each script and thread, asked over its pipes; a question and an answer are each a length (4 bytes,
//! little-endian) and as many bytes. Invariant: a process that ended is a panic that names it, never a silent pass.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A script that runs.
pub struct Node {
    script: &'static str,
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
}

impl Node {
    /// Starts a script of this crate; `None` if what it needs of `web/` is not built.
    pub fn start(script: &'static str, needs: &[&str]) -> Option<Node> {
        let web = web();
        if !needs.iter().all(|file| web.join(file).metadata().is_ok_and(|file| file.len() > 0)) {
            eprintln!("{script}: not run, web/ is not built (cargo xtask web)");
            return None;
        }
        let mut child = Command::new("node")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script))
            .current_dir(web)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node is on the PATH where the front end is built");
        let to = child.stdin.take().expect("it was asked for");
        let from = child.stdout.take().expect("it was asked for");
        Some(Node { script, child, to, from })
    }

    /// Asks and waits for the answer.
    pub fn ask(&mut self, question: &[u8]) -> Vec<u8> {
        self.exchange(question).unwrap_or_else(|error| {
            panic!("{} ended ({error}), {:?}", self.script, self.child.try_wait());
        })
    }

    fn exchange(&mut self, question: &[u8]) -> std::io::Result<Vec<u8>> {
        self.to.write_all(&(question.len() as u32).to_le_bytes())?;
        self.to.write_all(question)?;
        self.to.flush()?;
        let mut len = [0; 4];
        self.from.read_exact(&mut len)?;
        let mut answer = vec![0; u32::from_le_bytes(len) as usize];
        self.from.read_exact(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The front end's folder.
fn web() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web")
}
