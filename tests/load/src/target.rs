//! What is put under load: Galley or the bare relay, each a process of its own on loopback.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Error;

/// Limits that a load run lifts, printed with its results.
pub const OVERRIDES: [&str; 7] = [
    "updates_per_second=1000000",
    "connections_per_person=100000",
    "connections_per_address=100000",
    "connections_per_document=100000",
    "upgrades_per_second=100000",
    "bytes_per_second=1000000000",
    "document_bytes_per_second=1000000000",
];

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The bare relay.
    Relay,
    /// Galley.
    Galley,
}

/// A running server and a room in it.
pub struct Target {
    process: Child,
    data: Option<PathBuf>,
    /// `ws://...` of the room.
    pub url: String,
    /// Sent with every upgrade.
    pub headers: Vec<(&'static str, String)>,
    /// Offered at every upgrade.
    pub subprotocol: Option<&'static str>,
}

impl Target {
    /// Starts it and waits until it listens.
    pub fn start(kind: Kind) -> Result<Target, Error> {
        match kind {
            Kind::Relay => Target::relay(),
            Kind::Galley => Target::galley(),
        }
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    fn relay() -> Result<Target, Error> {
        let (process, address) = spawn(Command::new(std::env::current_exe()?).arg("relay"))?;
        let url = format!("{}/sync/load", address.replacen("http", "ws", 1));
        Ok(Target { process, data: None, url, headers: Vec::new(), subprotocol: None })
    }

    fn galley() -> Result<Target, Error> {
        let binary = std::env::current_exe()?.with_file_name("galley");
        if !binary.exists() {
            return Err(
                format!("{} is missing: run this by `cargo xtask load`, which builds it", binary.display()).into()
            );
        }
        let data = std::env::temp_dir().join(format!("galley-load-{}", uuid::Uuid::now_v7()));
        let mut command = Command::new(binary);
        command.args(["serve", "--listen", "127.0.0.1:0", "--signup", "open", "--log", "warn", "--data"]).arg(&data);
        for limit in OVERRIDES {
            command.args(["--limit", limit]);
        }
        let (process, address) = spawn(&mut command)?;
        let mut target =
            Target { process, data: Some(data), url: String::new(), headers: Vec::new(), subprotocol: None };
        target.sign_up(&address)?;
        Ok(target)
    }

    /// An account and a document, by the public API.
    fn sign_up(&mut self, address: &str) -> Result<(), Error> {
        let post = |path: &str, cookie: &str, body: serde_json::Value| {
            ureq::post(&format!("{address}{path}"))
                .header("Origin", address)
                .header("X-Galley", "1")
                .header("Cookie", cookie)
                .send_json(body)
        };
        let mut answer =
            post("/api/signup", "", serde_json::json!({"name": "load", "password": "only for this run 1"}))?;
        let set_cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = set_cookie.split(';').next().unwrap_or_default().to_owned();
        drop(answer.body_mut().read_to_string());
        let document: serde_json::Value =
            post("/api/documents", &cookie, serde_json::json!({}))?.body_mut().read_json()?;
        let id = document["id"].as_str().ok_or("the server made no document")?;
        self.url = format!("{}/sync/{id}", address.replacen("http", "ws", 1));
        self.headers = vec![("Cookie", cookie), ("Origin", address.to_owned())];
        self.subprotocol = Some("galley.v1");
        Ok(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
        if let Some(data) = self.data.as_deref().filter(|data: &&Path| data.starts_with(std::env::temp_dir())) {
            std::fs::remove_dir_all(data).ok();
        }
    }
}

/// Starts a server and reads the address from its first line.
fn spawn(command: &mut Command) -> Result<(Child, String), Error> {
    let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let output = process.stdout.take().ok_or("no output")?;
    let mut first = String::new();
    BufReader::new(output).read_line(&mut first)?;
    let Some(address) = first.trim().strip_prefix("listening on ") else {
        process.kill().ok();
        return Err(format!("the server did not start: {first}").into());
    };
    Ok((process, address.to_owned()))
}
