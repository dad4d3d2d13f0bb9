//! TO16: sockets that were opened, say what a tab says at first, and then nothing: what each of them costs the server.
//!
//! One process opens them all, a hundred to a document, and holds them while the server's memory is looked at. Invariant: every
//! socket is still there at the end, and somebody new gets in as usual; the figure per socket is judged in the full run alone.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use peer::{DEADLINE, Person};

use crate::run::{Run, Skipped, Tally};
use crate::server::{self, Server};

const PER_DOCUMENT: usize = 100;
/// What ten thousand may take together, over what the server takes without them.
const BYTES_PER_SOCKET_MAX: u64 = 22 * 1024;
/// Below this many the fixed costs of documents and buffers would be judged instead.
const JUDGED_FROM: u64 = 5_000;
/// Upgrade and Step1, unanswered pings and silence: none of it ends here.
const LIMITS: [&str; 6] = [
    "connections_per_person=100000",
    "connections_per_address=100000",
    "upgrades_per_second=1000000",
    "dead=36000",
    "ping=36000",
    "idle=36000",
];
/// SyncStep1 with an empty state vector, masked with zeros.
const STEP1: [u8; 10] = [0x82, 0x84, 0, 0, 0, 0, 0, 0, 1, 0];

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    let mut command = server::command(&run.galley, &run.folder("idle"));
    command.args(LIMITS.iter().flat_map(|limit| ["--limit", limit]));
    let server = Server::run(&mut command).map_err(Skipped)?;
    let seed = run.seed();
    let person = server.person("ada");
    let mut document = person.document("idle");
    let before = resident(server.pid())?;
    let begun = Instant::now();
    let mut sockets = Vec::new();
    while run.next().is_some() {
        if sockets.len() % PER_DOCUMENT == PER_DOCUMENT - 1 {
            document = person.document("idle");
        }
        match open(&person, &document) {
            Ok(socket) => sockets.push(socket),
            Err(why) => {
                tally.failed(seed, format!("socket {} did not open: {why}", sockets.len() + 1));
                break;
            }
        }
    }
    let opened = begun.elapsed();
    let each = resident(server.pid())?.saturating_sub(before) / (sockets.len() as u64).max(1);
    let late = Instant::now();
    let newcomer = open(&person, &document).map_err(Skipped)?;
    let late = late.elapsed();
    drop(newcomer);
    for socket in &sockets {
        tally.case(1);
        if let Err(why) = is_open(socket) {
            tally.failed(seed, why);
            break;
        }
    }
    if !run.small && sockets.len() as u64 >= JUDGED_FROM && each > BYTES_PER_SOCKET_MAX {
        tally.failed(seed, format!("a socket takes {each} bytes, more than {BYTES_PER_SOCKET_MAX}"));
    }
    tally.figure("memory per socket", format!("{:.1} KiB", each as f64 / 1024.0));
    tally.figure("opened in", format!("{:.1} s", opened.as_secs_f64()));
    tally.figure("one more in", format!("{} ms", late.as_millis()));
    Ok(())
}

/// An open socket whose Step1 is answered.
fn open(person: &Person, document: &str) -> Result<TcpStream, String> {
    let said = |error: std::io::Error| match error.raw_os_error() {
        Some(24) => "this shell lets a process open too few files; `ulimit -n 20000` first".to_owned(),
        _ => error.to_string(),
    };
    let host = person.url.trim_start_matches("http://");
    let port: u16 = host.rsplit(':').next().and_then(|port| port.parse().ok()).ok_or("no port")?;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(said)?;
    stream.set_read_timeout(Some(DEADLINE)).map_err(said)?;
    let head = format!(
        "GET /sync/{document} HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nCookie: {}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        person.url, person.cookie
    );
    stream.write_all(&[head.as_bytes(), &STEP1].concat()).map_err(said)?;
    let (mut heard, mut chunk) = (Vec::new(), [0; 1024]);
    // The answer holds the text.
    while !heard.windows(4).any(|window| window == b"idle") {
        match stream.read(&mut chunk).map_err(said)? {
            0 => return Err(format!("closed after {:?}", String::from_utf8_lossy(&heard))),
            read => heard.extend_from_slice(&chunk[..read]),
        }
    }
    Ok(stream)
}

/// Nothing that is still to be read is an end.
fn is_open(socket: &TcpStream) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    socket.set_read_timeout(Some(Duration::from_millis(1))).map_err(said)?;
    let mut chunk = [0; 16 * 1024];
    match socket.peek(&mut chunk) {
        Ok(0) => Err("an idle socket was closed".into()),
        Ok(_) => Ok(()),
        Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => Ok(()),
        Err(error) => Err(format!("an idle socket was cut: {error}")),
    }
}

/// What the process has in memory.
fn resident(pid: u32) -> Result<u64, Skipped> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"));
    let status = status.map_err(|_| Skipped("this system does not say how much memory a process takes".into()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok());
    kib.map(|kib| kib * 1024).ok_or_else(|| Skipped("its memory could not be read".into()))
}
