//! What every test needs: a real server on port 0, people with cookies, and peers with a real Y.Doc.
//!
//! Nothing here sleeps to wait for something: peers wait for messages until a condition holds, with one generous
//! deadline that only a failure ever reaches.

use std::net::TcpStream as StdStream;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use galley::App;
use galley::config::Config;
use storage::Storage;
use tempfile::TempDir;
use tokio::sync::oneshot;

pub use peer::{Answer, DEADLINE, PASSWORD, Person};

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

impl AsRef<str> for Server {
    fn as_ref(&self) -> &str {
        &self.url
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
    let mut config = Config::for_tests(data.path());
    // One person goes in and out faster here than people do.
    config.limits.person_upgrades_per_second = 1_000_000;
    (Server::with(config, None), data)
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
    /// A server of its own, which is asked as often as a test has to, and a document with this text.
    pub fn with(text: &str) -> Desk {
        let data = folder();
        let mut config = Config::for_tests(data.path());
        config.limits.wishes_per_minute = 1_000_000;
        let server = Server::with(config, None);
        let owner = Person::sign_up(&server, "maren");
        let document = owner.document(text);
        Desk { server, data, owner, document }
    }

    /// Somebody with a link of this role.
    pub fn guest(&self, role: &str) -> Person {
        Person::by_link(&self.server, &self.owner.link(&self.document, role))
    }
}
