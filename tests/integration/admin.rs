//! `galley user`, `galley doc`, `galley metrics`: as real processes, beside a running server and on a stopped one.
//!
//! As in `child.rs` the test binary starts itself again: the "test" at the end is the command's main.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use galley::command::{self, upkeep};
use galley::config::{Cli, Command as Typed, Config, Errand};
use galley::limits::Limits;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::child::ChildServer;
use crate::support::{DEADLINE, Person, Server, folder, fresh};
use peer::Peer;

const ARGUMENTS: &str = "GALLEY_TEST_COMMAND";
const BEGIN: &str = "the command begins";

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn done(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        self.out
    }

    fn json(self) -> Value {
        serde_json::from_str(&self.done()).expect("JSON")
    }

    pub fn refused(self, part: &str) {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{self:?}");
        assert!(self.err.starts_with("galley: ") && self.err.contains(part), "{self:?}");
    }
}

pub fn galley(data: &Path, line: &str) -> Ended {
    let ended = run(data, line);
    let out = String::from_utf8(ended.stdout).expect("text");
    let out = out.split_once(BEGIN).expect("the command ran").1.trim_start_matches('\n').to_owned();
    let err = String::from_utf8(ended.stderr).expect("text");
    Ended { code: ended.status.code().expect("no signal"), out, err }
}

/// What it writes to standard output.
pub fn galley_bytes(data: &Path, line: &str) -> Vec<u8> {
    let out = run(data, line).stdout;
    let begin = out.windows(BEGIN.len()).position(|at| at == BEGIN.as_bytes()).expect("the command ran");
    out[begin + BEGIN.len() + 1..].to_vec()
}

fn run(data: &Path, line: &str) -> std::process::Output {
    Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "admin::command_when_asked", "--nocapture", "--test-threads=1"])
        .env(ARGUMENTS, line)
        .env("GALLEY_DATA", data)
        .stdin(Stdio::null())
        .output()
        .expect("a command")
}

/// Every command once; what it answered, in the order of the lines.
fn every_command(data: &Path, document: &str) -> Vec<Value> {
    let lines = [
        "user list --json".to_owned(),
        "user invite --label Eve --json".into(),
        "user reset-password bob --json".into(),
        "user suspend bob --json".into(),
        "user list --json".into(),
        "user unsuspend bob --json".into(),
        "doc list --json".into(),
        "doc list --owner bob --json".into(),
        format!("doc transfer {document} --to bob --json"),
        "doc list --owner bob --json".into(),
        format!("doc transfer {document} --to ada --json"),
    ];
    lines.iter().map(|line| galley(data, line).json()).collect()
}

/// Without what differs from one time to the next: words, ids of invitations, and when.
fn timeless(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = timeless(item.take())),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                *field = match name.as_str() {
                    "url" => field.as_str().and_then(|url| url.split_once('/')).map(|(scheme, _)| scheme).into(),
                    "expires_ms" => Value::Null,
                    // The room touches its document's record on a tick of its own, between two listings.
                    "created_ms" | "updated_ms" | "suspended_ms" if field.is_number() => json!("then"),
                    _ => timeless(field.take()),
                };
            }
            if fields.contains_key("label") {
                fields.remove("id");
            }
        }
        _ => {}
    }
    value
}

/// Ada, an administrator, with a document; Bob, without.
fn two_people(server: &ChildServer) -> String {
    let ada = server.person("ada");
    server.person("bob");
    ada.document("# A secret title")
}

#[test]
fn ac30_every_command_does_the_same_with_a_server_and_without() {
    let data = folder();
    let server = ChildServer::start(data.path());
    let document = two_people(&server);
    let running = every_command(data.path(), &document);
    assert!(running[1]["url"].as_str().is_some_and(|url| url.starts_with(&server.url)), "{:?}", running[1]);
    assert!(server.terminate());
    let stopped = every_command(data.path(), &document);
    assert!(stopped[1]["url"].as_str().is_some_and(|url| url.starts_with("http://localhost:8080/#invite=")));
    let names = |users: &Value| users.as_array().map(|users| users.iter().map(|user| user["name"].clone()).collect());
    assert_eq!(names(&running[0]), Some(vec![json!("ada"), json!("bob")]));
    assert!(running[4][1]["suspended_ms"].is_number() && running[5]["suspended_ms"].is_null());
    assert_eq!((running[6].as_array().map(Vec::len), running[7].as_array().map(Vec::len)), (Some(1), Some(0)));
    assert_eq!((&running[8]["owner"]["name"], &running[9][0]["id"]), (&json!("bob"), &json!(document)));
    assert!(!format!("{running:?}{stopped:?}").contains("secret title"));
    for (running, stopped) in running.into_iter().zip(stopped) {
        assert_eq!(timeless(running), timeless(stopped));
    }
}

#[test]
fn ac30_what_a_command_did_is_there_for_the_next_server() {
    let data = folder();
    let server = ChildServer::start(data.path());
    let document = two_people(&server);
    assert!(server.terminate());
    let invite = galley(data.path(), "user invite --public-url http://localhost:1 --json").json();
    let reset = galley(data.path(), "user reset-password ada --json").json();
    galley(data.path(), &format!("doc transfer {document} --to bob")).done();
    galley(data.path(), "user unsuspend bob").done();
    let server = ChildServer::start(data.path());
    let bob = server.person("bob");
    assert_eq!(bob.send("GET", &format!("/api/documents/{document}"), None).ok()["role"], "own");
    let word = |made: &Value, kind: &str| {
        made["url"].as_str().and_then(|url| url.split_once(&format!("/#{kind}="))).expect("a word").1.to_owned()
    };
    let invites = server.person("ada").send("GET", "/api/admin/invites", None).ok();
    assert_eq!(word(&invites["invites"][0], "invite"), word(&invite, "invite"), "made under the same key");
    let chosen = json!({"reset": word(&reset, "reset"), "password": "a wholly new passphrase"});
    Person { url: server.url.clone(), cookie: String::new() }.send("POST", "/api/reset", Some(chosen)).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn ac30_suspending_by_command_closes_open_sockets() {
    let (server, data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let bob = Person::sign_up(&server, "bob");
    let document = bob.document("text");
    let mut theirs = Peer::join(&bob, &document).await;
    let mut hers = Peer::join(&ada, &ada.document("hers")).await;
    assert_eq!(galley(data.path(), "user suspend bob").done().split(" since ").next(), Some("bob is suspended"));
    let done = Instant::now();
    assert_eq!(theirs.until_closed().await, Some(4401));
    assert!(done.elapsed() < Duration::from_secs(1), "{:?}", done.elapsed());
    assert_eq!(bob.send("GET", "/api/documents", None).status, 401);
    hers.append("!").await;
    hers.saved().await;
}

#[test]
fn ac30_the_socket_is_its_owners_alone_and_goes_with_the_server() {
    let data = folder();
    let path = data.path().join("admin.sock");
    let server = ChildServer::start(data.path());
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert!(!data.path().join(".admin").exists());
    server.kill();
    assert!(path.exists(), "left behind");
    let server = ChildServer::start(data.path());
    assert!(std::fs::metadata(&path).expect("there").file_type().is_socket());
    assert_eq!(mode(&path), 0o600);
    galley(data.path(), "user list").done();
    assert!(server.terminate());
    assert!(!path.exists());
}

#[test]
fn ac30_a_socket_without_a_server_is_nobody() {
    let data = folder();
    let server = ChildServer::start(data.path());
    server.person("ada");
    server.kill();
    assert!(galley(data.path(), "user list").done().contains("ada"));
}

#[test]
fn ac30_people_read_columns_and_sentences() {
    let (server, data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    Person::sign_up(&server, "bartholomew");
    let document = ada.document("# A secret title");
    let users = galley(data.path(), "user list").done();
    let lines: Vec<&str> = users.lines().collect();
    assert!(lines[0].starts_with("NAME         SHOWN AS     SINCE       DOCUMENTS  STATE"), "{users}");
    assert!(lines[1].starts_with("ada          ada          20"), "{users}");
    assert!(lines[1].ends_with("1          an administrator") && lines[2].ends_with("0          active"), "{users}");
    let invite = galley(data.path(), "user invite --label Eve").done();
    assert!(invite.starts_with(&format!("{}/#invite=", server.url)) && invite.contains("\nIt works once, until 20"));
    let documents = galley(data.path(), "doc list").done();
    assert!(documents.contains(&document) && !documents.contains("secret"), "{documents}");
    let given = galley(data.path(), &format!("doc transfer {document} --to bartholomew")).done();
    assert_eq!(given, format!("{document} is bartholomew's now.\n"));
}

#[test]
fn ac30_what_is_refused_says_why() {
    let data = folder();
    let server = ChildServer::start(data.path());
    let document = two_people(&server);
    let refusals = || {
        galley(data.path(), "user suspend nobody").refused("Nobody here has this account name");
        galley(data.path(), "user suspend ada").refused("needs somebody who administers");
        galley(data.path(), "user reset-password nobody").refused("account name");
        galley(data.path(), "doc list --owner nobody").refused("account name");
        galley(data.path(), &format!("doc transfer {document} --to nobody")).refused("account name");
        galley(data.path(), "doc transfer 0198c0de-0000-7000-8000-000000000000 --to bob").refused("There is nothing");
    };
    refusals();
    assert!(server.terminate());
    refusals();
    let elsewhere = folder();
    galley(elsewhere.path(), "user list").refused("no server has run in");
    assert_eq!(std::fs::read_dir(elsewhere.path()).expect("a folder").count(), 0, "nothing was made there");
    for wrong in
        ["user", "user rename bob", "doc transfer nonsense --to bob", "doc transfer", "user list --public-url x"]
    {
        let ended = galley(data.path(), wrong);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{wrong}");
        assert!(!ended.err.is_empty());
    }
}

#[test]
fn ac30_a_server_that_does_not_answer_is_not_passed_by() {
    let (_server, data) = fresh();
    let path = data.path().join("admin.sock");
    std::fs::remove_file(&path).expect("there");
    galley(data.path(), "user list").refused("does not answer on its socket");
    // One that takes the order and hangs up.
    let listener = UnixListener::bind(&path).expect("bound");
    let heard = std::thread::spawn(move || {
        let (peer, _) = listener.accept().expect("a command");
        let mut line = String::new();
        BufReader::new(peer).read_line(&mut line).expect("an order");
        line
    });
    galley(data.path(), "user list").refused("does not answer on its socket");
    assert_eq!(heard.join().expect("heard"), "{\"order\":\"users\"}\n");
}

#[test]
fn ac30_a_running_server_counts() {
    let data = folder();
    let server = ChildServer::start(data.path());
    server.person("ada");
    let text = galley(data.path(), "metrics").done();
    assert!(text.contains("galley_appends_total") && text.ends_with("# EOF\n"), "{text}");
    assert!(server.terminate());
    galley(data.path(), "metrics").refused("No server is running");
}

fn with_limits(lines: &[&str]) -> (Server, TempDir) {
    let data = folder();
    let mut limits = Limits::default();
    lines.iter().for_each(|line| limits.set(line).expect("a limit"));
    (Server::with(Config { limits, ..Config::for_tests(data.path()) }, None), data)
}

fn dial(data: &TempDir) -> UnixStream {
    let peer = UnixStream::connect(data.path().join("admin.sock")).expect("a server listens");
    peer.set_read_timeout(Some(DEADLINE)).expect("a timeout");
    peer
}

/// What it answers; hanging up on unread input is an end too.
fn answer(mut peer: &UnixStream) -> String {
    let mut text = Vec::new();
    if let Err(error) = peer.read_to_end(&mut text) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "the server hangs up");
    }
    String::from_utf8(text).expect("text")
}

#[test]
fn ac30_garbage_and_long_lines_hurt_nobody() {
    let (_server, data) = with_limits(&[]);
    let garbage: [&[u8]; 6] =
        [b"\n", b"hello\n", b"\xff\xfe\0\n", b"{}\n", b"{\"order\":\"erase\"}\n", b"[[[[[[[[[[[[[[[[[[[[[[\n"];
    for bytes in garbage {
        let mut peer = dial(&data);
        peer.write_all(bytes).expect("taken");
        assert!(answer(&peer).contains("refused"), "{bytes:?}");
    }
    let mut long = dial(&data);
    // The server hangs up before all of it is written.
    let _ = long.write_all(&vec![b' '; 1 << 20]);
    assert!(answer(&long).contains("65536 bytes"));
    let silent = dial(&data);
    silent.shutdown(std::net::Shutdown::Write).expect("half closed");
    assert_eq!(answer(&silent), "");
    drop(dial(&data));
    galley(data.path(), "user list").done();
}

#[test]
fn ac30_who_says_nothing_is_dropped_and_makes_room() {
    let (_server, data) = with_limits(&["order_wait=1", "orders=2"]);
    let silent = [dial(&data), dial(&data)];
    assert!(answer(&dial(&data)).contains("busy"));
    assert_eq!(silent.map(|peer| answer(&peer)), ["", ""]);
    galley(data.path(), "user list").done();
}

#[test]
fn ac30_silent_peers_do_not_delay_the_end() {
    let (server, data) = with_limits(&["order_wait=1000"]);
    let silent = dial(&data);
    server.stop().expect("a clean stop");
    assert_eq!(answer(&silent), "");
}

#[test]
fn ac30_a_path_too_long_for_a_socket_leaves_a_server_without() {
    let data = folder();
    let deep = data.path().join("x".repeat(100));
    let server = Server::on(&deep);
    assert_eq!(Person::stranger(&server).send("GET", "/healthz", None).status, 200);
    galley(&deep, "user list").refused("does not answer on its socket");
    assert!(!deep.join(".admin").exists());
}

#[test]
fn command_when_asked() {
    let Ok(line) = std::env::var(ARGUMENTS) else { return };
    println!("{BEGIN}");
    let errand = match Cli::parse_from(std::iter::once("galley").chain(line.split(' '))).command {
        Typed::User(typed) => Errand::try_from(typed),
        Typed::Doc(typed) => Errand::try_from(typed),
        Typed::Metrics(typed) => Errand::try_from(typed),
        Typed::Backup(typed) => leave(upkeep::backup(&typed.try_into().expect("a data folder"))),
        Typed::Doctor(typed) => leave(upkeep::doctor(&typed.try_into().expect("a data folder"))),
        Typed::Restore(typed) => leave(upkeep::restore(&typed.try_into().expect("a data folder"))),
        Typed::Verify(typed) => leave(upkeep::verify(&typed.try_into().expect("a data folder"))),
        Typed::Serve(_) => panic!("not an errand"),
    };
    let ended = command::run(&errand.expect("a data folder"));
    std::process::exit(ended.map_or_else(
        |error| {
            eprintln!("galley: {error}");
            1
        },
        |()| 0,
    ));
}

fn leave(ended: upkeep::Ended) -> ! {
    std::process::exit(ended.code().into())
}
