//! Where there are no Unix sockets: nobody listens, nobody answers, and commands need a stopped server.
//!
//! Invariant: the same names as `socket.rs`, which is the file to read. Next: `command.rs`.

use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::{Admin, Order, Reply};
use crate::limits::Limits;
use crate::metrics::Metrics;

/// Never made here.
pub enum Socket {}

impl Socket {
    /// Never.
    pub fn open(_: &Handle, _: &Path, _: Admin, _: Limits, _: Arc<Metrics>) -> Option<Socket> {
        None
    }

    /// There is none to close.
    pub async fn close(self) {
        match self {}
    }
}

/// What came of asking.
#[derive(Debug)]
#[allow(dead_code, reason = "the same as where there are sockets")]
pub enum Asked {
    /// The server's answer.
    Reply(Reply),
    /// Nobody listens, so nobody got the order.
    Nobody,
    /// Somebody may have got the order, but said nothing.
    Silence,
    /// Somebody else's server.
    Foreign,
}

/// Nobody is there to ask.
pub fn ask(_: &Path, _: &Order) -> Asked {
    Asked::Nobody
}

/// Nobody ever answers here.
pub enum Answering {}

/// Nobody is there to ask.
pub fn begin(_: &Path, _: &Order) -> std::io::Result<Option<Answering>> {
    Ok(None)
}

impl Answering {
    /// Never.
    pub fn reply(&mut self, _: impl FnMut(&str)) -> std::io::Result<Reply> {
        match *self {}
    }
}

impl std::io::Read for Answering {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        match *self {}
    }
}
