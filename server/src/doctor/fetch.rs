//! The few requests doctor makes, over plain TCP, or through `openssl s_client` where TLS is asked for.
//!
//! A server that never asks anybody for anything carries no TLS client; the one the machine has will do. Invariant: an
//! answer is bounded in size and in time, and what asked for it is gone when it is there.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::config::PublicUrl;

/// How long one request may take.
const WAIT: Duration = Duration::from_secs(10);
/// Most of an answer that is read.
const ANSWER_BYTES: u64 = 256 * 1024;

/// What came back.
#[derive(Debug)]
pub struct Fetched {
    /// Of the first line.
    pub status: u16,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    /// As much as was read.
    pub body: String,
}

impl Fetched {
    /// Every value of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
    }
}

/// GETs a path with these headers. The error is for people.
pub fn get(url: &PublicUrl, path: &str, headers: &[(&str, &str)]) -> Result<Fetched, String> {
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let close = if headers.iter().any(|(name, _)| *name == "Connection") { "" } else { "Connection: close\r\n" };
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: galley-doctor\r\n{close}{more}\r\n", url.authority());
    let (told, answer) = mpsc::channel();
    if url.secure {
        let mut child = s_client(url).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                "https cannot be looked at from here: the command `openssl` is not there".to_owned()
            }
            _ => format!("openssl cannot be started: {error}"),
        })?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("openssl has no input or output".into());
        };
        std::thread::spawn(move || told.send(exchange(&mut input, output, &request)));
        let answered = answer.recv_timeout(WAIT);
        let complaint = ended(child);
        match answered {
            Ok(Ok(fetched)) => Ok(fetched),
            Ok(Err(_)) if !complaint.is_empty() => Err(complaint),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("it did not answer in time".into()),
        }
    } else {
        let url = url.clone();
        std::thread::spawn(move || told.send(plain(&url, &request)));
        match answer.recv_timeout(WAIT) {
            Ok(fetched) => fetched.map_err(|error| error.to_string()),
            Err(_) => Err("it did not answer in time".into()),
        }
    }
}

fn plain(url: &PublicUrl, request: &str) -> io::Result<Fetched> {
    let host = url.host.trim_start_matches('[').trim_end_matches(']');
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (host, url.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, WAIT) {
            Ok(stream) => {
                stream.set_read_timeout(Some(WAIT))?;
                return exchange(&mut &stream, &stream, request);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn s_client(url: &PublicUrl) -> io::Result<Child> {
    let host = url.host.trim_start_matches('[').trim_end_matches(']');
    Command::new("openssl")
        .args(["s_client", "-quiet", "-verify_return_error", "-verify_hostname", host, "-servername", host, "-connect"])
        .arg(format!("{}:{}", url.host, url.port))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// Ends it; what it complained of, in one line.
fn ended(mut child: Child) -> String {
    // It may have ended by itself.
    let _ = child.kill();
    let said = child.wait_with_output().map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
    let said = said.unwrap_or_default();
    said.lines().find(|line| line.contains("error") || line.contains("errno")).unwrap_or_default().trim().to_owned()
}

/// Reads to the end, or to the end of the head where something else than HTTP follows.
fn exchange(input: &mut impl Write, output: impl Read, request: &str) -> io::Result<Fetched> {
    input.write_all(request.as_bytes())?;
    input.flush()?;
    let mut answer = Vec::new();
    let mut output = output.take(ANSWER_BYTES);
    let mut piece = [0; 4096];
    loop {
        match output.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&piece[..read]),
            Err(error) if answer.is_empty() => return Err(error),
            Err(_) => break,
        }
        if answer.starts_with(b"HTTP/1.1 101") && answer.windows(4).any(|end| end == b"\r\n\r\n") {
            break;
        }
    }
    parse(&answer).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "what answers does not speak HTTP/1.1"))
}

fn parse(answer: &[u8]) -> Option<Fetched> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let header =
        |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    Some(Fetched { status, headers: lines.filter_map(header).collect(), body: body.to_owned() })
}
