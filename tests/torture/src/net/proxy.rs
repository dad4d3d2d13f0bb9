//! A network that fails on purpose: a TCP proxy on loopback whose lines can each be given a fault.
//!
//! Invariant: bytes that arrive are the bytes that were sent, in order; a fault delays them or loses all that follow on
//! that line, as TCP does. A line that lost bytes stays lost: only a new connection mends it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::rng::Rng;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// What a line does to its bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Nothing.
    Clear,
    /// Each piece comes later, by something between these.
    Late { least: Duration, most: Duration },
    /// Nothing passes until the fault changes.
    Stall,
    /// Nothing that goes this way arrives any more; the connection looks open.
    HalfOpen(Way),
    /// So many bytes a second.
    Narrow(u64),
    /// So many bytes more this way, then it ends in the middle of whatever that is.
    Cut(Way, usize),
    /// RST to both ends.
    Reset,
}

/// The listening end. Dropping it ends every line.
pub struct Proxy {
    /// Where clients connect.
    pub address: SocketAddr,
    lines: Lines,
    accepting: JoinHandle<()>,
}

type Lines = Arc<Mutex<Vec<Line>>>;

struct Line {
    fault: Arc<watch::Sender<Fault>>,
}

impl Line {
    /// A line that may have lost bytes can only be ended, and one that is ended stays so.
    fn strike(&self, fault: Fault) {
        self.fault.send_if_modified(|now| {
            let strikes = match now {
                Fault::Reset => false,
                Fault::HalfOpen(_) | Fault::Cut(..) => fault == Fault::Reset,
                Fault::Clear | Fault::Late { .. } | Fault::Stall | Fault::Narrow(_) => true,
            };
            if strikes {
                *now = fault;
            }
            strikes
        });
    }
}

impl Proxy {
    /// In front of a server.
    pub async fn start(server: SocketAddr, seed: u64) -> io::Result<Proxy> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let lines = Lines::default();
        let accepting = tokio::spawn(accept(listener, server, lines.clone(), seed));
        Ok(Proxy { address, lines, accepting })
    }

    /// Gives one open line, chosen by a number, this fault; what was lost on it stays lost.
    pub fn strike(&self, choice: u64, fault: Fault) {
        let lines = locked(&self.lines);
        if !lines.is_empty() {
            lines[(choice % lines.len() as u64) as usize].strike(fault);
        }
    }

    /// Every open line.
    pub fn strike_all(&self, fault: Fault) {
        locked(&self.lines).iter().for_each(|line| line.strike(fault));
    }

    /// Lines that are open.
    #[cfg(test)]
    pub fn lines(&self) -> usize {
        locked(&self.lines).len()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.strike_all(Fault::Reset);
    }
}

fn locked(lines: &Lines) -> MutexGuard<'_, Vec<Line>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, server: SocketAddr, lines: Lines, seed: u64) {
    let mut rng = Rng::new(seed);
    while let Ok((client, _)) = listener.accept().await {
        let fault = Arc::new(watch::Sender::new(Fault::Clear));
        locked(&lines).push(Line { fault: fault.clone() });
        let (lines, seeds) = (lines.clone(), [rng.next(), rng.next()]);
        tokio::spawn(async move {
            if let Ok(server) = TcpStream::connect(server).await {
                carry(client, server, &fault, seeds).await;
            }
            locked(&lines).retain(|line| !Arc::ptr_eq(&line.fault, &fault));
        });
    }
}

/// Both ways of one line, until one of them ends it.
async fn carry(client: TcpStream, server: TcpStream, fault: &watch::Sender<Fault>, seeds: [u64; 2]) {
    client.set_nodelay(true).ok();
    server.set_nodelay(true).ok();
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let mut up = Pump { way: Way::Up, from: from_client, to: to_server, rng: Rng::new(seeds[0]), cut: None };
    let mut down = Pump { way: Way::Down, from: from_server, to: to_client, rng: Rng::new(seeds[1]), cut: None };
    tokio::select! {
        () = up.run(fault.subscribe()) => {}
        () = down.run(fault.subscribe()) => {}
    }
    if *fault.borrow() == Fault::Reset {
        for end in [up.from.as_ref(), down.from.as_ref()] {
            end.set_zero_linger().ok();
        }
        // Dropped as they are, they would say FIN first.
        up.to.forget();
        down.to.forget();
    }
}

struct Pump {
    way: Way,
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    rng: Rng,
    /// Bytes that still pass.
    cut: Option<usize>,
}

impl Pump {
    async fn run(&mut self, mut fault: watch::Receiver<Fault>) {
        let mut bytes = vec![0; 16 << 10];
        loop {
            let read = tokio::select! {
                read = self.from.read(&mut bytes) => read.unwrap_or(0),
                changed = fault.changed() => match changed.is_err() || *fault.borrow() == Fault::Reset {
                    true => return,
                    false => continue,
                },
            };
            if read == 0 || !self.pass(&bytes[..read], &mut fault).await {
                return;
            }
        }
    }

    /// `false`: the line ends here.
    async fn pass(&mut self, bytes: &[u8], fault: &mut watch::Receiver<Fault>) -> bool {
        let now = *fault.borrow_and_update();
        match now {
            Fault::Clear => {}
            Fault::Late { least, most } => {
                let late = self.rng.between(least.as_micros() as u64, most.as_micros() as u64);
                sleep(Duration::from_micros(late)).await;
            }
            Fault::Stall => {
                return fault.changed().await.is_ok() && Box::pin(self.pass(bytes, fault)).await;
            }
            Fault::HalfOpen(way) if way == self.way => return true,
            Fault::HalfOpen(_) => {}
            Fault::Narrow(rate) => {
                let passed = match self.trickle(bytes, rate.max(1), fault).await {
                    Some(passed) => passed,
                    None => return false,
                };
                return passed == bytes.len() || Box::pin(self.pass(&bytes[passed..], fault)).await;
            }
            Fault::Cut(way, after) if way == self.way => return self.cut(bytes, after).await,
            Fault::Cut(..) => {}
            Fault::Reset => return false,
        }
        self.write(bytes).await
    }

    async fn write(&mut self, bytes: &[u8]) -> bool {
        self.to.write_all(bytes).await.is_ok()
    }

    /// How many bytes passed before the fault changed; `None`: the line ends here.
    async fn trickle(&mut self, bytes: &[u8], rate: u64, fault: &mut watch::Receiver<Fault>) -> Option<usize> {
        let mut passed = 0;
        for piece in bytes.chunks(256) {
            tokio::select! {
                () = sleep(Duration::from_micros(piece.len() as u64 * 1_000_000 / rate)) => {}
                changed = fault.changed() => return changed.is_ok().then_some(passed),
            }
            if !self.write(piece).await {
                return None;
            }
            passed += piece.len();
        }
        Some(passed)
    }

    async fn cut(&mut self, bytes: &[u8], after: usize) -> bool {
        let left = *self.cut.get_or_insert(after);
        let passing = left.min(bytes.len());
        self.cut = Some(left - passing);
        self.write(&bytes[..passing]).await && passing == bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A proxy in front of a server that says everything back.
    async fn echo() -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = socket.into_split();
                    tokio::io::copy(&mut from, &mut to).await.ok();
                });
            }
        });
        Proxy::start(server, 1).await.expect("a proxy")
    }

    async fn said(proxy: &Proxy, words: &[u8]) -> TcpStream {
        let mut client = TcpStream::connect(proxy.address).await.expect("it listens");
        client.write_all(words).await.expect("it is open");
        let mut back = vec![0; words.len()];
        client.read_exact(&mut back).await.expect("all of it comes back");
        assert_eq!(back, words);
        client
    }

    #[tokio::test]
    async fn a_clear_line_passes_everything() {
        let proxy = echo().await;
        drop(said(&proxy, &[7; 100_000]).await);
    }

    #[tokio::test]
    async fn late_and_narrow_lines_pass_everything_in_order() {
        let proxy = echo().await;
        let mut client = said(&proxy, b"hello").await;
        let words: Vec<u8> = (0..5_000).map(|n| n as u8).collect();
        for fault in [Fault::Late { least: Duration::ZERO, most: Duration::from_millis(3) }, Fault::Narrow(1 << 20)] {
            proxy.strike_all(fault);
            client.write_all(&words).await.expect("it is open");
            let mut back = vec![0; words.len()];
            client.read_exact(&mut back).await.expect("all of it comes back");
            assert_eq!(back, words);
        }
    }

    #[tokio::test]
    async fn a_stall_ends_and_nothing_was_lost() {
        let proxy = echo().await;
        let mut client = said(&proxy, b"hello").await;
        proxy.strike(0, Fault::Stall);
        client.write_all(b"later").await.expect("it is open");
        let mut back = [0; 5];
        let early = tokio::time::timeout(Duration::from_millis(50), client.read_exact(&mut back)).await;
        assert!(early.is_err(), "nothing passes");
        proxy.strike(0, Fault::Clear);
        client.read_exact(&mut back).await.expect("all of it comes back");
        assert_eq!(&back, b"later");
    }

    #[tokio::test]
    async fn a_narrow_line_widens_in_the_middle_of_a_piece() {
        let proxy = echo().await;
        let mut client = said(&proxy, b"hello").await;
        proxy.strike(0, Fault::Narrow(1));
        client.write_all(&[7; 5_000]).await.expect("it is open");
        let early = tokio::time::timeout(Duration::from_millis(50), client.read_exact(&mut [0; 1])).await;
        assert!(early.is_err(), "a byte takes a second");
        proxy.strike(0, Fault::Clear);
        let mut back = vec![0; 5_000];
        client.read_exact(&mut back).await.expect("all of it comes back");
        assert_eq!(back, [7; 5_000]);
    }

    #[tokio::test]
    async fn a_half_open_line_stays_silent_for_ever() {
        let proxy = echo().await;
        let mut client = said(&proxy, b"hello").await;
        proxy.strike(0, Fault::HalfOpen(Way::Up));
        client.write_all(b"lost").await.expect("it looks open");
        proxy.strike(0, Fault::Clear);
        client.write_all(b"after a hole").await.expect("it looks open");
        let heard = tokio::time::timeout(Duration::from_millis(100), client.read(&mut [0; 8])).await;
        assert!(heard.is_err(), "bytes after a hole would not be TCP");
    }

    #[tokio::test]
    async fn a_line_that_is_reset_is_not_mended_before_it_has_noticed() {
        let proxy = echo().await;
        let mut client = said(&proxy, b"hello").await;
        proxy.strike(0, Fault::HalfOpen(Way::Down));
        client.write_all(b"lost").await.expect("it looks open");
        assert!(tokio::time::timeout(Duration::from_millis(50), client.read(&mut [0; 8])).await.is_err());
        proxy.strike(0, Fault::Reset);
        proxy.strike_all(Fault::Clear);
        let heard = client.read(&mut [0; 8]).await;
        assert!(heard.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset));
    }

    #[tokio::test]
    async fn a_cut_line_ends_at_its_byte() {
        let proxy = echo().await;
        let mut client = said(&proxy, b"hello").await;
        proxy.strike(0, Fault::Cut(Way::Down, 7));
        client.write_all(b"0123456789").await.expect("it is open");
        let mut back = Vec::new();
        client.read_to_end(&mut back).await.ok();
        assert_eq!(back, b"0123456");
    }

    #[tokio::test]
    async fn a_reset_is_an_error_and_not_an_end() {
        let proxy = echo().await;
        let mut client = said(&proxy, b"hello").await;
        proxy.strike(0, Fault::Reset);
        let heard = client.read(&mut [0; 8]).await;
        assert!(heard.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset));
        while proxy.lines() > 0 {
            tokio::task::yield_now().await;
        }
    }
}
