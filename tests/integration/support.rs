//! What every test needs: a real server on port 0, people with cookies, and peers with a real Y.Doc.
//!
//! Nothing here sleeps to wait for something: peers wait for messages until a condition holds, with one generous
//! deadline that only a failure ever reaches.

use std::collections::BTreeMap;
use std::net::TcpStream as StdStream;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use galley::App;
use galley::config::Config;
use serde_json::{Value, json};
use storage::Storage;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// Longer than anything takes; reached only when something is wrong.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// Good enough for every account in the tests.
pub const PASSWORD: &str = "a fine long passphrase";

/// A server in this process, in a thread of its own.
pub struct Server {
    /// `http://localhost:<port>`.
    pub url: String,
    /// The port.
    pub port: u16,
    /// Where the first account is created, if that takes a secret.
    pub setup_url: Option<String>,
    /// What its handlers see.
    pub state: Arc<galley::State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), String>>>,
}

impl Server {
    /// On a folder.
    pub fn on(data: &Path) -> Server {
        Server::with(Config::for_tests(data), None)
    }

    /// With a configuration, and a storage other than the folder's if given.
    pub fn with(config: Config, storage: Option<Storage>) -> Server {
        let (started, address) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            actix_rt(async move {
                let app = match storage {
                    Some(storage) => App::with_storage(config, storage).await,
                    None => App::build(config).await,
                };
                let app = app.map_err(|error| error.to_string())?;
                let setup_url = app.state().accounts.setup_url();
                started
                    .send((app.url(), app.port(), setup_url, app.state().into_inner()))
                    .expect("the test waits for the address");
                app.run_until(async move { drop(stopped.await) }).await.map_err(|error| error.to_string())
            })
        });
        match address.recv() {
            Ok((url, port, setup_url, state)) => {
                Server { url, port, setup_url, state, stop: Some(stop), thread: Some(thread) }
            }
            Err(_) => panic!("the server did not start: {:?}", thread.join()),
        }
    }

    /// Stops as SIGTERM does and waits for the end.
    pub fn stop(mut self) -> Result<(), String> {
        drop(self.stop.take());
        self.thread.take().expect("stopped once").join().expect("no panic")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn actix_rt<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
}

/// A folder that goes with the test.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A server on its own folder.
pub fn fresh() -> (Server, TempDir) {
    let data = folder();
    (Server::on(data.path()), data)
}

/// An answer: status, headers by need, JSON or text.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The `Set-Cookie` header's `name=value`.
    pub cookie: Option<String>,
    /// The body as text.
    pub body: String,
    /// The body.
    pub bytes: Vec<u8>,
    /// Every header by its lower-case name; the last of several.
    pub headers: BTreeMap<String, String>,
    /// The whole `Set-Cookie` header.
    pub set_cookie: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// Fails the test unless the status is 2xx.
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        if self.body.is_empty() { Value::Null } else { self.json() }
    }
}

/// Somebody with a browser: a cookie and an origin.
#[derive(Clone)]
pub struct Person {
    /// The site.
    pub url: String,
    /// `name=value`, empty for nobody.
    pub cookie: String,
}

impl Person {
    /// Nobody yet.
    pub fn stranger(server: &Server) -> Person {
        Person { url: server.url.clone(), cookie: String::new() }
    }

    /// A new account.
    pub fn sign_up(server: &Server, name: &str) -> Person {
        let mut person = Person::stranger(server);
        person.take_cookie(person.send("POST", "/api/signup", Some(json!({"name": name, "password": PASSWORD}))));
        person
    }

    /// Somebody who was given a link.
    pub fn by_link(server: &Server, link: &Value) -> Person {
        let mut person = Person::stranger(server);
        let url = link["url"].as_str().expect("a link has a URL");
        let (address, secret) = url.split_once('#').expect("the secret is in the fragment");
        let id = address.rsplit('/').next().expect("the link's id ends the path");
        let answer = person.send("POST", &format!("/api/links/{id}/redeem"), Some(json!({"secret": secret})));
        person.take_cookie(answer);
        person
    }

    /// The same person after this answer's cookie.
    pub fn take_cookie(&mut self, answer: Answer) {
        assert!((200..300).contains(&answer.status), "{answer:?}");
        self.cookie = answer.cookie.expect("a cookie");
    }

    /// A new document; its id.
    pub fn document(&self, text: &str) -> String {
        let answer = self.send("POST", "/api/documents", Some(json!({"text": text}))).ok();
        answer["id"].as_str().expect("an id").to_owned()
    }

    /// A new link.
    pub fn link(&self, document: &str, role: &str) -> Value {
        self.send("POST", &format!("/api/documents/{document}/links"), Some(json!({"role": role}))).ok()
    }

    /// The text by HTTP.
    pub fn text(&self, document: &str) -> String {
        let answer = self.send("GET", &format!("/api/documents/{document}/text"), None);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// As the page's own script sends.
    pub fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.send_text(method, path, body.map(|body| body.to_string()).as_deref())
    }

    /// The same with a body that need not be JSON.
    pub fn send_text(&self, method: &str, path: &str, body: Option<&str>) -> Answer {
        let mut headers = vec![("origin", self.url.as_str()), ("x-galley", "1")];
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        self.send_raw(method, path, &headers, body.unwrap_or_default())
    }

    /// With exactly these headers, and the cookie unless one is among them.
    pub fn send_raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.send_bytes(method, path, headers, body.as_bytes())
    }

    /// Uploads a file as the page does; its name percent-encoded.
    pub fn upload(&self, document: &str, name: &str, bytes: &[u8]) -> Answer {
        let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let headers = [("origin", self.url.as_str()), ("x-galley", "1"), ("content-type", "application/octet-stream")];
        self.send_bytes("POST", &format!("/api/documents/{document}/files?name={name}"), &headers, bytes)
    }

    /// The same, to a server that may be killed meanwhile.
    pub fn try_upload(&self, document: &str, name: &str, bytes: &[u8]) -> Option<Answer> {
        std::panic::catch_unwind(|| self.upload(document, name, bytes)).ok()
    }

    /// The same with a body of any bytes.
    pub fn send_bytes(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookie.is_empty() && headers.iter().all(|(name, _)| *name != "cookie") {
            request = request.header("cookie", &self.cookie);
        }
        answer(request.body(body.to_vec()).expect("a valid request"))
    }
}

fn answer(request: ureq::http::Request<Vec<u8>>) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .allow_non_standard_methods(true)
        .timeout_global(Some(DEADLINE))
        .build()
        .into();
    let mut response = agent.run(request).expect("an answer");
    let cookie = response
        .headers()
        .get("set-cookie")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(str::to_owned);
    let headers: BTreeMap<String, String> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let set_cookie = headers.get("set-cookie").cloned().unwrap_or_default();
    let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap_or_default();
    Answer {
        status: response.status().as_u16(),
        headers,
        set_cookie,
        cookie,
        body: String::from_utf8_lossy(&bytes).into_owned(),
        bytes,
    }
}

/// A bare TCP connection to the server.
pub fn tcp(server: &Server) -> StdStream {
    let stream = StdStream::connect(("127.0.0.1", server.port)).expect("a connection");
    stream.set_read_timeout(Some(DEADLINE)).expect("a timeout");
    stream
}

/// An owner with a document.
pub struct Desk {
    pub server: Server,
    /// What the server keeps; gone with the desk.
    pub data: TempDir,
    pub owner: Person,
    pub document: String,
}

impl Desk {
    /// A server of its own, and a document with this text.
    pub fn with(text: &str) -> Desk {
        let (server, data) = fresh();
        let owner = Person::sign_up(&server, "maren");
        let document = owner.document(text);
        Desk { server, data, owner, document }
    }

    /// Somebody with a link of this role.
    pub fn guest(&self, role: &str) -> Person {
        Person::by_link(&self.server, &self.owner.link(&self.document, role))
    }
}
