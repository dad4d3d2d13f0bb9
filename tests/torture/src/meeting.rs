//! One document, many people, a few of them typing: how long an edit takes to reach everybody else.
//!
//! Readers look for `[writer.number]` in the bytes that come, so that they cost this program nothing but a search.
//! Invariant: what is measured is the same whether somebody else misbehaves or not, so two meetings can be compared.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use peer::{Person, Typist, connect, message};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep_until;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// A socket of a well-behaved person, or of another.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// "I have nothing": the first message of everybody.
pub const HELLO: [u8; 4] = [0, 0, 1, 0];

/// How long the last edits may take to arrive.
const STRAGGLERS: Duration = Duration::from_secs(20);

/// Who meets.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Sockets, writers among them.
    pub people: usize,
    pub writers: usize,
    /// Between two edits of one writer.
    pub pace: Duration,
    pub length: Duration,
}

/// Everybody is here; nobody has written yet.
pub struct Meeting {
    plan: Plan,
    readers: Vec<SplitStream<Socket>>,
    sinks: Vec<SplitSink<Socket, Message>>,
}

/// When each edit left, by writer and number.
type Sent = Arc<Mutex<Vec<Vec<Instant>>>>;

impl Meeting {
    /// Everybody connects; each of these is as many of them as the others.
    pub async fn gather(people: &[Person], document: &str, plan: Plan) -> Result<Meeting, String> {
        let (mut readers, mut sinks) = (Vec::new(), Vec::new());
        for person in people.iter().cycle().take(plan.people) {
            let socket =
                connect(person, &format!("/sync/{document}"), false).await.map_err(|error| error.to_string())?;
            let (mut sink, reader) = socket.split();
            sink.send(Message::binary(HELLO.to_vec())).await.map_err(|error| error.to_string())?;
            readers.push(reader);
            sinks.push(sink);
        }
        Ok(Meeting { plan, readers, sinks })
    }

    /// Writes for its length; the 99th percentile of what edits took, or who was not served.
    pub async fn hold(self) -> Result<Duration, String> {
        let Meeting { plan, readers, sinks } = self;
        let sent: Sent = Arc::new(Mutex::new(vec![Vec::new(); plan.writers]));
        let (stop, stopped) = watch::channel(());
        let came = Arc::new(AtomicUsize::new(0));
        let reading = |reader| tokio::spawn(read(reader, sent.clone(), came.clone(), stopped.clone()));
        let readers: Vec<_> = readers.into_iter().map(reading).collect();
        let begin = Instant::now() + Duration::from_millis(100);
        let mut kept = Vec::new();
        let mut writers = Vec::new();
        for (id, sink) in sinks.into_iter().enumerate() {
            match id < plan.writers {
                true => writers.push(tokio::spawn(write(sink, id, plan, begin, sent.clone()))),
                // The sending half must live as long as the socket.
                false => kept.push(sink),
            }
        }
        for writer in writers {
            kept.push(writer.await.map_err(|error| error.to_string())??);
        }
        let edits: usize = sent.lock().unwrap_or_else(PoisonError::into_inner).iter().map(Vec::len).sum();
        // Stock clients are sent their own edits, too.
        let wanted = edits * plan.people;
        let late = Instant::now() + STRAGGLERS;
        while came.load(Ordering::Relaxed) < wanted && Instant::now() < late {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        drop(stop);
        let mut all = Vec::new();
        for reader in readers {
            all.extend(reader.await.map_err(|error| error.to_string())?);
        }
        if all.len() < wanted {
            return Err(format!("{} of {wanted} deliveries came", all.len()));
        }
        all.sort_unstable();
        Ok(all[all.len() * 99 / 100])
    }
}

async fn write(
    mut sink: SplitSink<Socket, Message>,
    id: usize,
    plan: Plan,
    begin: Instant,
    sent: Sent,
) -> Result<SplitSink<Socket, Message>, String> {
    let mut typist = Typist::default();
    let mut at = begin + plan.pace * id as u32 / plan.writers as u32;
    for number in 0.. {
        if at >= begin + plan.length {
            break;
        }
        sleep_until(at.into()).await;
        at += plan.pace;
        let update = typist.types(&format!("[{id}.{number}]"));
        sent.lock().unwrap_or_else(PoisonError::into_inner)[id].push(Instant::now());
        sink.send(Message::binary(message(&[0, 2], &update))).await.map_err(|error| error.to_string())?;
    }
    Ok(sink)
}

async fn read(
    mut reader: SplitStream<Socket>,
    sent: Sent,
    came: Arc<AtomicUsize>,
    mut stopped: watch::Receiver<()>,
) -> Vec<Duration> {
    let mut latencies = Vec::new();
    loop {
        let next = tokio::select! {
            next = reader.next() => next,
            _ = stopped.changed() => return latencies,
        };
        let bytes = match next {
            Some(Ok(Message::Binary(bytes))) => bytes,
            Some(Ok(_)) => continue,
            Some(Err(_)) | None => return latencies,
        };
        let now = Instant::now();
        let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
        let left = |(writer, number): (usize, usize)| sent.get(writer).and_then(|edits| edits.get(number)).copied();
        let before = latencies.len();
        latencies.extend(markers(&bytes).filter_map(left).map(|at| now - at));
        came.fetch_add(latencies.len() - before, Ordering::Relaxed);
    }
}

/// Every marker in a message; several when the server merged edits.
fn markers(message: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    message.split(|byte| *byte == b'[').skip(1).filter_map(|part| {
        let end = part.iter().position(|byte| *byte == b']')?;
        let (writer, number) = std::str::from_utf8(&part[..end]).ok()?.split_once('.')?;
        Some((writer.parse().ok()?, number.parse().ok()?))
    })
}

/// Resident memory of a process; `None` where the system has no `/proc`.
pub fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? << 10)
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_found_in_any_bytes() {
        assert_eq!(markers(b"\0\x02[1.2]x[3.44]\xff[5.").collect::<Vec<_>>(), [(1, 2), (3, 44)]);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
