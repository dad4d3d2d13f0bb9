//! Bytes from a thread that writes to an answer that is sent: a few pieces at a time.
//!
//! Invariant: at most [`PIECES`] pieces wait; whoever reads too slowly, or went away, ends the writing. Next: `pack.rs`.

use std::io::{self, Write};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// Bytes of one piece.
const PIECE_BYTES: usize = 64 * 1024;
/// Pieces that wait to be sent.
const PIECES: usize = 8;

/// A piece, or the end of all; without the end, whoever reads is told that it is not whole.
enum Piece {
    Bytes(Bytes),
    End,
}

/// The writing end; only for threads that may block.
pub struct Sink {
    pieces: mpsc::Sender<Piece>,
    piece: Vec<u8>,
    patience: Duration,
    engine: Handle,
    /// Nobody reads any more.
    broken: Option<io::ErrorKind>,
}

/// Both ends. A reader that takes longer than `patience` for one piece is given up.
pub fn pipe(engine: Handle, patience: Duration) -> (Sink, impl Stream<Item = io::Result<Bytes>>) {
    let (pieces, reader) = mpsc::channel(PIECES);
    let piece = Vec::with_capacity(PIECE_BYTES);
    let sink = Sink { pieces, piece, patience, engine, broken: None };
    let read = |reader: Option<mpsc::Receiver<Piece>>| async move {
        let mut reader = reader?;
        match reader.recv().await {
            Some(Piece::Bytes(bytes)) => Some((Ok(bytes), Some(reader))),
            Some(Piece::End) => None,
            None => Some((Err(io::Error::other("the rest could not be written")), None)),
        }
    };
    (sink, futures_util::stream::unfold(Some(reader), read))
}

impl Sink {
    /// Sends what is left, and that it was all.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.send(Piece::End)
    }

    fn send(&mut self, piece: Piece) -> io::Result<()> {
        if let Some(kind) = self.broken {
            return Err(kind.into());
        }
        let (pieces, patience) = (&self.pieces, self.patience);
        let sent = self.engine.block_on(async { tokio::time::timeout(patience, pieces.send(piece)).await });
        self.broken = match sent {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(_)) => Some(io::ErrorKind::BrokenPipe),
            Err(_) => Some(io::ErrorKind::TimedOut),
        };
        Err(io::Error::from(self.broken.unwrap_or(io::ErrorKind::Other)))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE_BYTES - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        if self.piece.len() == PIECE_BYTES {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        self.send(Piece::Bytes(Bytes::from(piece)))
    }
}
