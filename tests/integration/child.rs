//! A server in a process of its own, so that it can be killed.
//!
//! The test binary starts itself again: the "test" below is the child's main when the variable is set, and passes at
//! once otherwise.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use galley::App;
use galley::config::Config;

use crate::support::{PASSWORD, Person};

const DATA: &str = "GALLEY_TEST_CHILD_DATA";
const READY: &str = "child listening on ";

/// A running child.
pub struct ChildServer {
    process: Child,
    /// Where it listens.
    pub url: String,
}

impl ChildServer {
    /// On a folder; returns when it listens.
    pub fn start(data: &Path) -> ChildServer {
        let mut process = Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", "child::serve_when_asked", "--nocapture", "--test-threads=1"])
            .env(DATA, data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("a child");
        let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let url = lines
            .find_map(|line| line.split_once(READY).map(|(_, url)| url.trim().to_owned()))
            .expect("the child listens");
        // A closed pipe would fail the child's own report at the end.
        std::thread::spawn(move || lines.for_each(drop));
        ChildServer { process, url }
    }

    /// A person with a name in this child; signs up, or in if the name exists.
    pub fn person(&self, name: &str) -> Person {
        let mut person = Person { url: self.url.clone(), cookie: String::new() };
        let body = serde_json::json!({"name": name, "password": PASSWORD});
        let answer = match person.send("POST", "/api/login", Some(body.clone())) {
            answer if answer.status == 200 => answer,
            _ => person.send("POST", "/api/signup", Some(body)),
        };
        person.take_cookie(answer);
        person
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.process.kill().expect("alive until now");
        self.process.wait().expect("gone");
    }

    /// SIGTERM, and how it ended.
    pub fn terminate(mut self) -> bool {
        let pid = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        self.process.wait().expect("gone").success()
    }
}

impl Drop for ChildServer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[test]
fn serve_when_asked() {
    let Some(data) = std::env::var_os(DATA) else { return };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut config = Config::for_tests(Path::new(&data));
        for limit in ["updates_per_second=100000", "updates_burst=100000", "wishes_per_minute=1000000"] {
            config.limits.set(limit).expect("a limit");
        }
        let app = App::build(config).await.expect("the child starts");
        // Whoever reads the line below may stop it at once.
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).expect("signals");
        println!("{READY}{}", app.url());
        app.run_until(async move {
            terminate.recv().await;
        })
        .await
        .expect("a clean stop");
    });
}
