//! Over pipes, with short waits: what a peer leaves undone ends its connection and is counted.

use std::future::poll_fn;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;

const PIPE: usize = 64;
const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(3_600);

/// A pipe takes everything; only that it was asked matters.
impl Shortcut for DuplexStream {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }
}

fn lines(limits: Limits) -> (Lines, Arc<Metrics>) {
    let metrics = Arc::new(Metrics::new());
    (Lines::with(&limits, None, metrics.clone()), metrics)
}

/// Waits of which only the named ones ever end.
fn limits() -> Limits {
    Limits { request_head: LONG, stalled: LONG, goodbye: LONG, ..Limits::default() }
}

fn counted(metrics: &Metrics, limit: &str) -> bool {
    metrics.text().unwrap_or_default().contains(&format!("limit_reached_total{{limit=\"{limit}\"}} 1"))
}

fn pair(lines: &Lines) -> (Line<DuplexStream>, DuplexStream) {
    let (ours, theirs) = duplex(PIPE);
    (lines.begin(ours, None), theirs)
}

fn timed_out<T>(result: io::Result<T>) -> bool {
    result.is_err_and(|why| why.kind() == io::ErrorKind::TimedOut)
}

#[tokio::test]
async fn sk30_a_second_head_that_never_ends_is_timed_like_the_first() {
    let (lines, metrics) = lines(Limits { request_head: SHORT, ..limits() });
    let (mut line, mut peer) = pair(&lines);
    line.handle().arrived();
    line.handle().answered();
    peer.write_all(b"G").await.expect("sent");
    let mut byte = [0];
    assert_eq!(line.read(&mut byte).await.ok(), Some(1));
    assert!(timed_out(line.read(&mut byte).await));
    assert!(counted(&metrics, "request_head"));
}

#[tokio::test]
async fn sk30_a_head_that_came_whole_is_forgotten_and_so_is_one_on_a_socket() {
    let (lines, _) = lines(Limits { request_head: SHORT, ..limits() });
    let (mut line, mut peer) = pair(&lines);
    let handle = line.handle();
    let mut bytes = [0; 8];
    for end in [Handle::answered, Handle::upgraded] {
        handle.arrived();
        handle.answered();
        peer.write_all(b"GET").await.expect("sent");
        assert_eq!(line.read(&mut bytes).await.ok(), Some(3));
        handle.arrived();
        end(&handle);
        let waited = tokio::time::timeout(5 * SHORT, line.read(&mut bytes)).await;
        assert!(waited.is_err(), "it waits for the next one as long as actix lets it");
    }
}

#[tokio::test]
async fn sk34_a_peer_that_takes_nothing_is_let_go() {
    let (lines, metrics) = lines(Limits { stalled: SHORT, ..limits() });
    let (mut line, _peer) = pair(&lines);
    assert!(timed_out(line.write_all(&[0; 2 * PIPE]).await));
    assert!(counted(&metrics, "stalled"));
}

#[tokio::test]
async fn sk34_a_slow_peer_is_not_a_stuck_one() {
    let (lines, _) = lines(limits());
    let (mut line, mut peer) = pair(&lines);
    line.write_all(&[0; PIPE]).await.expect("room for it");
    let bytes = [0; PIPE];
    for _ in 0..3 {
        let stuck = poll_fn(|cx| Poll::Ready(Pin::new(&mut line).poll_write(cx, &bytes).is_pending())).await;
        assert!(stuck && line.taking.0.is_some(), "it is waited for");
        peer.read_exact(&mut [0; 8]).await.expect("there");
        assert_eq!(line.write(&bytes).await.ok(), Some(8));
        assert!(line.taking.0.is_none(), "and has as long again");
    }
}

#[tokio::test]
async fn sk35_after_the_goodbye_the_connection_ends_though_the_peer_does_not() {
    let (lines, _) = lines(Limits { goodbye: SHORT, ..limits() });
    let (mut line, mut peer) = pair(&lines);
    peer.write_all(b"more").await.expect("sent");
    line.handle().linger();
    assert_eq!(line.read(&mut [0; 8]).await.ok(), Some(0), "thrown away, then the end");
    let (mut line, mut peer) = pair(&lines);
    peer.write_all(b"more").await.expect("sent");
    line.handle().hang_up();
    assert_eq!(line.read(&mut [0; 8]).await.ok(), Some(0), "at once");
    assert!(line.write_all(&[0; 2 * PIPE]).await.is_err(), "what does not leave in time stays");
}

#[tokio::test]
async fn sk35_a_cut_wakes_whoever_waits() {
    let (lines, _) = lines(limits());
    let (mut line, _peer) = pair(&lines);
    let handle = line.handle();
    let mut bytes = [0; 8];
    let mut reading = std::pin::pin!(line.read(&mut bytes));
    assert!(poll_fn(|cx| Poll::Ready(reading.as_mut().poll(cx).is_pending())).await);
    handle.cut();
    assert!(reading.await.is_err());
}

#[tokio::test]
async fn sk30_connections_that_have_asked_nothing_are_bounded_by_address() {
    let (lines, metrics) = lines(Limits { connections_per_address: 2, ..limits() });
    let begin = |address: &str| lines.begin(duplex(PIPE).0, address.parse().ok());
    let first = begin("2001:db8::1");
    let _second = begin("2001:db8::2");
    assert_eq!(begin("2001:db8::3").phase(), Phase::Cut, "one /64 is one address");
    assert!(counted(&metrics, "connections_per_address"));
    assert_eq!(begin("2001:db8:0:1::1").phase(), Phase::First);
    first.handle().arrived();
    let third = begin("2001:db8::3");
    assert_eq!(third.phase(), Phase::First, "who has asked does not count");
    drop(third);
    assert_eq!(begin("2001:db8::3").phase(), Phase::First, "nor who has gone");
}

#[tokio::test]
async fn sk9_nothing_is_written_past_http_while_http_has_something_to_write() {
    let (lines, _) = lines(limits());
    let (mut line, mut peer) = pair(&lines);
    let handle = line.handle();
    let takes = || handle.try_write(b"frame").is_ok();
    assert!(!takes(), "it is no socket yet");
    handle.arrived();
    handle.upgraded();
    assert!(takes());
    line.write_all(&[0; PIPE]).await.expect("room for it");
    let mut more = std::pin::pin!(line.write_all(b"more"));
    assert!(poll_fn(|cx| Poll::Ready(more.as_mut().poll(cx).is_pending())).await);
    assert!(!takes());
    peer.read_exact(&mut [0; 8]).await.expect("there");
    more.await.expect("room again");
    assert!(takes());
    handle.hang_up();
    assert!(!takes(), "nothing follows the goodbye");
    drop(line);
    assert!(!takes());
}
