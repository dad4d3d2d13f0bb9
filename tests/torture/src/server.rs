//! The server under torture: the `galley` binary in a process of its own, on a data folder the test keeps.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use peer::{PASSWORD, Person};
use serde_json::json;

/// What one process that plays many people would reach otherwise.
const LIFTED: [&str; 5] = [
    "updates_per_second=1000000",
    "bytes_per_second=1000000000",
    "document_bytes_per_second=1000000000",
    "connections_per_person=100000",
    "connections_per_address=100000",
];
/// As much of a server's standard error is kept.
const SAID_BYTES_MAX: usize = 1 << 20;

/// A running server.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub url: String,
    /// From the start of the process to its first line.
    pub ready: Duration,
    said: Arc<Mutex<Vec<u8>>>,
}

/// The binary to hurt: the named one, or the one beside this program.
pub fn binary(named: Option<&Path>) -> Result<PathBuf, String> {
    let beside = std::env::current_exe().map_err(|error| error.to_string())?.with_file_name("galley");
    let path = named.map_or(beside, Path::to_owned);
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!("{} is not there: `cargo xtask torture` builds it", path.display()))
    }
}

/// The command that serves a folder on a free port; tests add limits, or run it under something else.
pub fn command(galley: &Path, data: &Path) -> Command {
    command_on(galley, data, 0)
}

/// The same on a port that is kept over restarts.
pub fn command_on(galley: &Path, data: &Path, port: u16) -> Command {
    let mut command = Command::new(galley);
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--signup", "open", "--log", "warn", "--data"]);
    command.arg(data);
    command
}

/// A port nobody listens on.
pub fn free_port() -> Result<u16, String> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.map(|address| address.port()).map_err(|error| format!("no port is free: {error}"))
}

/// What `/readyz` says, status and sentence; `None` if nobody answers.
pub fn readyz(url: &str) -> Option<(u16, String)> {
    let port: u16 = url.rsplit_once(':')?.1.trim_end_matches('/').parse().ok()?;
    let mut socket = TcpStream::connect(("127.0.0.1", port)).ok()?;
    socket.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(socket, "GET /readyz HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split_whitespace().nth(1)?.parse().ok()?;
    Some((status, body.trim().to_owned()))
}

impl Server {
    /// On a folder, with the limits a load run lifts; the error is what it said instead of listening.
    pub fn start(galley: &Path, data: &Path) -> Result<Server, String> {
        let mut command = command(galley, data);
        command.args(LIFTED.iter().flat_map(|limit| ["--limit", limit]));
        Server::run(&mut command)
    }

    /// Whatever this command starts, once it has said where it listens.
    pub fn run(command: &mut Command) -> Result<Server, String> {
        let begun = Instant::now();
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("the server could not be started: {error}"))?;
        let mut errors = BufReader::new(process.stderr.take().ok_or("no standard error")?);
        let lines = BufReader::new(process.stdout.take().ok_or("no standard output")?).lines();
        let mut lines = lines.map_while(Result::ok);
        let Some(url) = lines.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned)) else {
            process.kill().ok();
            let mut said = String::new();
            errors.read_to_string(&mut said).ok();
            let status = process.wait().map(|status| status.to_string()).unwrap_or_default();
            return Err(format!("it did not start ({status}): {}", said.trim()));
        };
        // Full pipes would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let said = Arc::new(Mutex::new(Vec::new()));
        let to = said.clone();
        std::thread::spawn(move || listen(errors, &to));
        Ok(Server { said, process, url: url.trim().to_owned(), ready: begun.elapsed() })
    }

    /// What it says on standard error, from when it listens to its end.
    pub fn said(&self) -> Arc<Mutex<Vec<u8>>> {
        self.said.clone()
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Somebody with this account; signs up, or in where it exists.
    pub fn person(&self, name: &str) -> Person {
        let mut person = Person { url: self.url.clone(), cookie: String::new() };
        let body = json!({"name": name, "password": PASSWORD});
        let answer = match person.send("POST", "/api/login", Some(body.clone())) {
            answer if answer.status == 200 => answer,
            _ => person.send("POST", "/api/signup", Some(body)),
        };
        person.take_cookie(answer);
        person
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }

    /// SIGTERM, and how it ended within the patience; `None` if it did not.
    pub fn terminate(mut self, patience: Duration) -> Option<ExitStatus> {
        Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().ok()?;
        let until = Instant::now() + patience;
        while Instant::now() < until {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }
}

/// Keeps what is said, up to a limit, and reads on: a full pipe would stop the server.
fn listen(mut errors: impl Read, said: &Mutex<Vec<u8>>) {
    let mut piece = [0; 4_096];
    while let Ok(read @ 1..) = errors.read(&mut piece) {
        if let Ok(mut said) = said.lock()
            && said.len() < SAID_BYTES_MAX
        {
            said.extend_from_slice(&piece[..read]);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
