//! What is put under load: Galley, the bare relay or a peer, each a process of its own on loopback and on a fresh folder.
//!
//! Invariant: the process and the folder are gone when a [`Target`] is dropped.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::dialect::Dialect;
use crate::measure::{Memory, Usage, disk_bytes};
use crate::{Error, peers};

/// Limits that every load run lifts, printed with its results.
pub const LIFTED: &[&str] = &[
    "updates_per_second=1000000",
    "updates_burst=1000000",
    "connections_per_person=100000",
    "connections_per_address=100000",
    "connections_per_document=100000",
    "bytes_per_second=1000000000",
    "document_bytes_per_second=1000000000",
    "apply_ms_per_second=1000000",
];
/// What is lifted too where the door is not what is measured.
pub const DOOR: &[&str] = &["upgrades_per_second=100000"];
/// How long a server may take to listen.
const START: Duration = Duration::from_secs(30);
/// How long it may take to end when it is asked to.
const STOP: Duration = Duration::from_secs(30);

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The bare relay.
    Relay,
    /// Galley.
    Galley,
    /// y-sweet on the file system.
    YSweet,
    /// y-websocket's server with LevelDB.
    YWebsocket,
    /// Hocuspocus with SQLite.
    Hocuspocus,
}

impl Kind {
    /// Every one, as the tables list them.
    pub const ALL: [Kind; 5] = [Kind::Galley, Kind::Relay, Kind::YSweet, Kind::YWebsocket, Kind::Hocuspocus];

    /// As typed.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Relay => "relay",
            Kind::Galley => "galley",
            Kind::YSweet => "y-sweet",
            Kind::YWebsocket => "y-websocket",
            Kind::Hocuspocus => "hocuspocus",
        }
    }

    /// As the tables call it.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Relay => "bare relay",
            Kind::Galley => "Galley",
            Kind::YSweet => "y-sweet 0.9.1",
            Kind::YWebsocket => "y-websocket 2.1 + LevelDB",
            Kind::Hocuspocus => "Hocuspocus 4.7 + SQLite",
        }
    }

    /// Whether it is somebody else's.
    pub fn is_peer(self) -> bool {
        !matches!(self, Kind::Relay | Kind::Galley)
    }

    /// Whether what was typed can be had again.
    pub fn keeps(self) -> bool {
        self != Kind::Relay
    }
}

/// What a target is started with.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The `galley` binary.
    pub galley: PathBuf,
    /// Limits to lift.
    pub limits: Vec<&'static str>,
    /// Where peers are installed.
    pub peers: PathBuf,
}

/// A running server.
pub struct Target {
    /// Which.
    pub kind: Kind,
    process: Child,
    folder: PathBuf,
    /// Where it listens.
    pub address: SocketAddr,
    /// Sent with every request.
    pub headers: Vec<(&'static str, String)>,
    setting: Setting,
}

/// A document on a server.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its name there.
    pub id: String,
    /// Where its socket is opened.
    pub path: String,
    /// What is spoken there.
    pub dialect: Dialect,
}

impl Target {
    /// Starts it on a fresh folder and waits until it listens.
    pub fn start(kind: Kind, setting: &Setting) -> Result<Target, Error> {
        let folder = std::env::temp_dir().join(format!("galley-load-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&folder)?;
        let (process, address) = launch(kind, setting, &folder)?;
        let mut target = Target { kind, process, folder, address, headers: Vec::new(), setting: setting.clone() };
        if kind == Kind::Galley {
            target.sign_up()?;
        }
        Ok(target)
    }

    /// Ends it as its users would, and starts it again on the same folder.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.stop()?;
        (self.process, self.address) = launch(self.kind, &self.setting, &self.folder)?;
        if self.kind == Kind::Galley {
            self.sign_in("/api/login")?;
        }
        Ok(())
    }

    fn stop(&mut self) -> Result<(), Error> {
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status()?;
        let until = Instant::now() + STOP;
        while self.process.try_wait()?.is_none() {
            if Instant::now() > until {
                return Err(format!("{} did not end when it was asked to", self.kind.name()).into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// What it has used so far.
    pub fn usage(&self) -> Result<Usage, Error> {
        Usage::of(self.process.id()).ok_or_else(|| format!("{} ended during the run", self.kind.name()).into())
    }

    /// What it has in memory.
    pub fn memory(&self) -> Result<Memory, Error> {
        Memory::of(self.process.id()).ok_or_else(|| format!("{} ended during the run", self.kind.name()).into())
    }

    /// What its folder takes on the disk.
    pub fn disk_bytes(&self) -> u64 {
        disk_bytes(&self.folder)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A new document; a text is for Galley only, peers are given theirs by a socket.
    pub fn document(&self, text: &str) -> Result<Place, Error> {
        let id = match self.kind {
            Kind::YSweet => {
                let id = uuid::Uuid::now_v7().to_string();
                self.post("/doc/new", json!({"docId": id}))?;
                id
            }
            Kind::Relay | Kind::YWebsocket | Kind::Hocuspocus => uuid::Uuid::now_v7().to_string(),
            Kind::Galley => {
                let made: Value = self.post("/api/documents", json!({"text": text}))?.body_mut().read_json()?;
                made["id"].as_str().ok_or("the server made no document")?.to_owned()
            }
        };
        Ok(self.place(id))
    }

    fn place(&self, id: String) -> Place {
        let (path, dialect) = match self.kind {
            Kind::Relay => (format!("/sync/{id}"), Dialect::Bare),
            Kind::Galley => (format!("/sync/{id}"), Dialect::Galley),
            Kind::YSweet => (format!("/d/{id}/ws/{id}"), Dialect::Yjs),
            Kind::YWebsocket => (format!("/{id}"), Dialect::Yjs),
            Kind::Hocuspocus => ("/".to_owned(), Dialect::Hocuspocus(id.clone())),
        };
        Place { path, dialect, id }
    }

    /// Sent with an upgrade.
    pub fn upgrade_headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.headers.clone();
        if self.kind == Kind::Galley {
            headers.push(("Sec-WebSocket-Protocol", "galley.v1".into()));
        }
        headers
    }

    /// A page by HTTP.
    pub fn get(&self, path: &str) -> Result<ureq::http::Response<ureq::Body>, Error> {
        let mut request = ureq::get(&format!("{}{path}", self.site()));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        Ok(request.call()?)
    }

    fn post(&self, path: &str, body: Value) -> Result<ureq::http::Response<ureq::Body>, Error> {
        let mut request = ureq::post(&format!("{}{path}", self.site())).header("X-Galley", "1");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        Ok(request.send_json(body)?)
    }

    fn site(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    fn sign_up(&mut self) -> Result<(), Error> {
        self.sign_in("/api/signup")
    }

    fn sign_in(&mut self, path: &str) -> Result<(), Error> {
        self.headers = vec![("Origin", self.site())];
        let answer = self.post(path, json!({"name": "load", "password": "only for this run 1"}))?;
        let set_cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = set_cookie.split(';').next().unwrap_or_default().to_owned();
        self.headers.push(("Cookie", cookie));
        Ok(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
        if self.folder.starts_with(std::env::temp_dir()) {
            std::fs::remove_dir_all(&self.folder).ok();
        }
    }
}

fn launch(kind: Kind, setting: &Setting, folder: &Path) -> Result<(Child, SocketAddr), Error> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let listen = address.to_string();
    let data = folder.join("data");
    let mut command = match kind {
        Kind::Relay => {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["relay", "--listen", &listen]);
            command
        }
        Kind::Galley => {
            let mut command = Command::new(&setting.galley);
            command.args(["serve", "--listen", &listen, "--signup", "open", "--log", "warn", "--data"]);
            command.arg(data).args(setting.limits.iter().flat_map(|limit| ["--limit", limit]));
            command
        }
        peer => {
            std::fs::create_dir_all(&data)?;
            peers::command(peer, &setting.peers, address, &data)?
        }
    };
    let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let output = BufReader::new(process.stdout.take().ok_or("no standard output")?);
    // A full pipe would stop it.
    std::thread::spawn(move || output.lines().map_while(Result::ok).for_each(drop));
    let until = Instant::now() + START;
    while std::net::TcpStream::connect(address).is_err() {
        if Instant::now() > until || process.try_wait()?.is_some() {
            process.kill().ok();
            process.wait().ok();
            return Err(format!("{} did not start", kind.name()).into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok((process, address))
}
