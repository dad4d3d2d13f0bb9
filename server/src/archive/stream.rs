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

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    /// What a reader sees of what a thread wrote.
    fn read(patience: Duration, write: impl FnOnce(Sink) + Send + 'static) -> (usize, Option<io::ErrorKind>) {
        let engine = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let (sink, pieces) = pipe(engine.handle().clone(), patience);
        let writer = std::thread::spawn(move || write(sink));
        let seen = engine.block_on(async {
            let (mut bytes, mut pieces) = (0, std::pin::pin!(pieces));
            while let Some(piece) = pieces.next().await {
                match piece {
                    Ok(piece) => bytes += piece.len(),
                    Err(error) => return (bytes, Some(error.kind())),
                }
            }
            (bytes, None)
        });
        writer.join().expect("no panic");
        seen
    }

    #[test]
    fn ar9_what_broke_off_is_not_taken_for_whole() {
        let day = Duration::from_secs(86_400);
        let all = vec![7; 3 * PIECE_BYTES + 5];
        let (whole, half) = (all.clone(), all.clone());
        let written = read(day, move |mut sink| {
            sink.write_all(&whole).expect("written");
            sink.finish().expect("ended");
        });
        assert_eq!(written, (all.len(), None));
        let broken = read(day, move |mut sink| sink.write_all(&half).expect("written"));
        assert_eq!(broken, (3 * PIECE_BYTES, Some(io::ErrorKind::Other)));
    }

    #[test]
    fn ar9_nobody_is_written_to_for_ever() {
        let engine = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let (mut gone, pieces) = pipe(engine.handle().clone(), Duration::from_secs(86_400));
        drop(pieces);
        let piece = vec![0; PIECE_BYTES];
        assert_eq!(gone.write_all(&piece).map_err(|error| error.kind()), Err(io::ErrorKind::BrokenPipe));
        let (mut slow, pieces) = pipe(engine.handle().clone(), Duration::from_millis(1));
        let written = (0..=PIECES).find_map(|_| slow.write_all(&piece).err()).map(|error| error.kind());
        assert_eq!(written, Some(io::ErrorKind::TimedOut));
        drop(pieces);
    }
}
