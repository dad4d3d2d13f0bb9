//! Stamps: what a step's inputs were when it last succeeded, so that an unchanged step does nothing.
//!
//! Invariant: contents decide, never times; a fresh clone, a checkout of an older commit and a touched file are all
//! judged right. A stamp is written only after its step succeeded.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use crate::project;

/// The fingerprint of a step's inputs, and where it is remembered.
pub struct Stamp {
    file: PathBuf,
    inputs: String,
}

impl Stamp {
    /// Of the files and folders named, relative to the root; one that is absent counts as absent.
    pub fn of(name: &str, inputs: &[&str]) -> Result<Stamp, String> {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            let path = project::root().join(input);
            let files = if path.is_dir() { project::walk(&path)? } else { vec![(*input).to_owned()] };
            for file in files {
                hasher.write(file.as_bytes());
                // An absent input differs from an empty one by the length written before the bytes.
                let bytes = std::fs::read(project::root().join(&file)).ok();
                hasher.write_usize(bytes.as_ref().map_or(usize::MAX, Vec::len));
                hasher.write(&bytes.unwrap_or_default());
            }
        }
        let file = project::root().join("target/xtask").join(name);
        Ok(Stamp { file, inputs: format!("{:016x}", hasher.finish()) })
    }

    /// Whether the step succeeded on these inputs and its output is still there.
    pub fn holds(&self, output: &Path) -> bool {
        output.exists() && std::fs::read_to_string(&self.file).is_ok_and(|known| known == self.inputs)
    }

    /// Remembers that the step succeeded.
    pub fn keep(self) -> Result<(), String> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&self.file, &self.inputs))
            .map_err(|error| format!("{}: {error}", self.file.display()))
    }
}
