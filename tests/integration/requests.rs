//! Requests by hand, byte for byte: one of them is never two, and the way a target is written opens nothing.

use std::io::{Read, Write};
use std::net::Shutdown;

use galley::config::Config;
use serde_json::json;

use crate::sockets::Stand;
use crate::support::{Person, Server, folder, tcp};

/// Everything that comes back, with our side closed behind the bytes.
fn answers(server: &Server, bytes: &[u8]) -> String {
    let mut stream = tcp(server);
    // Who refuses early may hang up before all of it is sent.
    stream.write_all(bytes).ok();
    stream.shutdown(Shutdown::Write).ok();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok();
    String::from_utf8_lossy(&answer).into_owned()
}

fn statuses(answer: &str) -> Vec<u16> {
    let starts = answer.split("HTTP/1.").skip(1);
    starts.filter_map(|rest| rest.split(' ').nth(1)?.parse().ok()).collect()
}

/// What hides in the others: it would be answered with 404.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n";
const HIDDEN_BYTES: usize = HIDDEN.len();

type Cases = Vec<(&'static str, String)>;

/// Bodies whose length two servers in a row may read differently.
fn lengths() -> Cases {
    let post = "POST /api/login HTTP/1.1\r\nHost: localhost\r\n";
    let chunks = format!("0\r\n\r\n{HIDDEN}");
    vec![
        ("content-length twice", format!("{post}Content-Length: 0\r\nContent-Length: {HIDDEN_BYTES}\r\n\r\n{HIDDEN}")),
        ("content-length twice the same", format!("{post}Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd")),
        ("content-length in a list", format!("{post}Content-Length: 0, {HIDDEN_BYTES}\r\n\r\n{HIDDEN}")),
        ("content-length with a plus", format!("{post}Content-Length: +{HIDDEN_BYTES}\r\n\r\n{HIDDEN}")),
        ("content-length below zero", format!("{post}Content-Length: -1\r\n\r\n{HIDDEN}")),
        ("content-length in hex", format!("{post}Content-Length: 0x10\r\n\r\n{HIDDEN}")),
        ("content-length beyond 64 bits", format!("{post}Content-Length: 99999999999999999999\r\n\r\n{HIDDEN}")),
        ("content-length of nothing", format!("{post}Content-Length: \r\n\r\n{HIDDEN}")),
        ("content-length with letters", format!("{post}Content-Length: {HIDDEN_BYTES}x\r\n\r\n{HIDDEN}")),
        ("CL.TE", format!("{post}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG{HIDDEN}")),
        ("TE.CL", format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{chunks}")),
        ("TE twice", format!("{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{chunks}")),
        ("TE in a list", format!("{post}Transfer-Encoding: identity, chunked\r\n\r\n{chunks}")),
        ("TE that is not last", format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n{chunks}")),
        ("TE unknown", format!("{post}Transfer-Encoding: xchunked\r\n\r\n{chunks}")),
        ("TE in quotes", format!("{post}Transfer-Encoding: \"chunked\"\r\n\r\n{chunks}")),
        ("TE behind a tab", format!("{post}Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n\r\n{chunks}")),
        ("TE before its colon", format!("{post}Transfer-Encoding : chunked\r\n\r\n{chunks}")),
        ("TE with a vertical tab", format!("{post}Transfer-Encoding: \x0bchunked\r\n\r\n{chunks}")),
        ("TE folded", format!("{post}Transfer-Encoding:\r\n chunked\r\n\r\n{chunks}")),
        ("TE of HTTP/1.0", format!("POST /api/login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}")),
    ]
}

/// Pieces of bodies, and bodies of requests that have none.
fn pieces() -> Cases {
    let post = "POST /api/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n";
    vec![
        ("chunk size with a plus", format!("{post}\r\n+0\r\n\r\n{HIDDEN}")),
        ("chunk size in 0x", format!("{post}\r\n0x0\r\n\r\n{HIDDEN}")),
        ("chunk size beyond 64 bits", format!("{post}\r\n{}0\r\n\r\n{HIDDEN}", "f".repeat(20))),
        ("chunk below zero", format!("{post}\r\n-1\r\n\r\n{HIDDEN}")),
        ("chunk shorter than said", format!("{post}\r\n4\r\nab\r\n0\r\n\r\n{HIDDEN}")),
        ("chunk longer than said", format!("{post}\r\n2\r\nabcdef\r\n0\r\n\r\n{HIDDEN}")),
        ("chunk with a bare LF in its extension", format!("{post}\r\n2;\nxx\r\n0\r\n\r\n{HIDDEN}")),
        ("chunks with bare LF", format!("{post}Transfer-Encoding: chunked\n\n0\n\n{HIDDEN}")),
    ]
}

/// Heads that two servers in a row may read differently.
fn heads() -> Cases {
    let get = "GET /healthz HTTP/1.1\r\n";
    vec![
        ("host missing", format!("{get}\r\n")),
        ("host twice", format!("{get}Host: localhost\r\nHost: evil.example\r\n\r\n")),
        ("host with a comma", format!("{get}Host: localhost, evil.example\r\n\r\n")),
        ("header folded", format!("{get}Host: localhost\r\nX-A: b\r\n {HIDDEN}")),
        ("header without a colon", format!("{get}Host: localhost\r\nGET /hidden HTTP/1.1\r\n\r\n")),
        ("header before its colon", format!("{get}Host : localhost\r\n\r\n")),
        ("header with NUL", format!("{get}Host: localhost\r\nX-A: b\0c\r\n\r\n")),
        ("header with a bare CR", format!("{get}Host: localhost\r\nX-A: b\rGET /hidden HTTP/1.1\r\n\r\n")),
        ("lines with a bare LF", "GET /healthz HTTP/1.1\nHost: localhost\n\n".into()),
        ("space before the first header", format!("{get} Host: localhost\r\n\r\n")),
        ("version 1.2", "GET /healthz HTTP/1.2\r\nHost: localhost\r\n\r\n".into()),
        ("version 2.0", "GET /healthz HTTP/2.0\r\nHost: localhost\r\n\r\n".into()),
        ("no version", "GET /healthz\r\n\r\n".into()),
        ("two spaces", "GET  /healthz  HTTP/1.1\r\nHost: localhost\r\n\r\n".into()),
        ("target with a tab", "GET /healthz\tHTTP/1.1\r\nHost: localhost\r\n\r\n".into()),
        ("target of nothing", "GET  HTTP/1.1\r\nHost: localhost\r\n\r\n".into()),
        ("body of a GET", format!("{get}Host: localhost\r\nContent-Length: {HIDDEN_BYTES}\r\n\r\n{HIDDEN}")),
        (
            "body of a HEAD",
            format!("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: {HIDDEN_BYTES}\r\n\r\n{HIDDEN}"),
        ),
        ("authority form", format!("CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n{HIDDEN}")),
        ("heads without end", format!("{get}Host: localhost\r\nX-A: {}\r\n\r\n", "a".repeat(200_000))),
        ("headers without number", format!("{get}Host: localhost\r\n{}\r\n", "X-A: b\r\n".repeat(200))),
    ]
}

#[test]
fn sk38_no_request_is_read_as_two() {
    let data = folder();
    let server = Server::with(Config::for_tests(data.path()), None);
    let control = answers(&server, format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n{HIDDEN}").as_bytes());
    assert_eq!(statuses(&control).len(), 2, "two requests are two: {control}");
    let cases = [lengths(), pieces(), heads()].concat();
    for (name, bytes) in &cases {
        let answer = answers(&server, bytes.as_bytes());
        let found = statuses(&answer);
        assert!(found.len() <= 1, "{name}: {found:?}");
        assert!(found.iter().all(|status| *status < 500), "{name}: {found:?}");
    }
    println!("{} requests, each answered once or not at all", cases.len());
    assert!(cases.len() >= 40);
}

#[test]
fn sk38_an_upgrade_is_a_websocket_of_version_13_or_nothing() {
    let stand = Stand::with(&[]);
    let Stand { server, ada, document, .. } = &stand;
    let host = server.url.trim_start_matches("http://");
    let head = |version: &str, change: &dyn Fn(&str) -> String| {
        let lines = [
            format!("Host: {host}"),
            format!("Origin: {}", server.url),
            format!("Cookie: {}", ada.cookie),
            "Connection: Upgrade".into(),
            "Upgrade: websocket".into(),
            "Sec-WebSocket-Version: 13".into(),
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==".into(),
        ];
        let lines: String =
            lines.iter().map(|line| change(line)).filter(|line| !line.is_empty()).map(|line| line + "\r\n").collect();
        format!("GET /sync/{document} {version}\r\n{lines}\r\n")
    };
    let swapped = |from: &'static str, to: &'static str| head("HTTP/1.1", &move |line| line.replace(from, to));
    let without = |name: &'static str| {
        head("HTTP/1.1", &move |line| if line.starts_with(name) { String::new() } else { line.to_owned() })
    };
    let cases = [
        ("version 8", swapped("Version: 13", "Version: 8")),
        ("version twice", swapped("Version: 13", "Version: 13, 8")),
        ("no version", without("Sec-WebSocket-Version")),
        ("no key", without("Sec-WebSocket-Key")),
        ("no Upgrade", without("Upgrade")),
        ("no Connection", without("Connection")),
        ("another protocol", swapped("Upgrade: websocket", "Upgrade: h2c")),
        ("a POST", head("HTTP/1.1", &str::to_owned).replacen("GET", "POST", 1)),
    ];
    for (name, bytes) in cases {
        let found = statuses(&answers(server, bytes.as_bytes()));
        assert!(found.len() == 1 && (400..500).contains(&found[0]), "{name}: {found:?}");
    }
    let honest = answers(server, head("HTTP/1.1", &str::to_owned).as_bytes());
    assert!(honest.starts_with("HTTP/1.1 101") && !honest.contains("subprotocol"), "{honest}");
    let foreign = head("HTTP/1.1", &str::to_owned)
        .replace("Connection: Upgrade", "Connection: Upgrade\r\nSec-WebSocket-Protocol: graphql-ws");
    let foreign = answers(server, foreign.as_bytes()).to_lowercase();
    assert!(foreign.starts_with("http/1.1 101") && !foreign.contains("sec-websocket-protocol"), "{foreign}");
    // What follows an upgrade is frames, and nothing else.
    let pipelined = answers(server, [head("HTTP/1.1", &str::to_owned), HIDDEN.to_owned()].concat().as_bytes());
    assert_eq!(statuses(&pipelined), [101], "{pipelined}");
    assert_eq!(ada.text(document), "alive");
}

/// Ways of writing a path that a checker and a router may read differently.
fn spellings(path: &str, url: &str) -> Vec<String> {
    let (start, last) = path.rsplit_once('/').expect("a path");
    vec![
        format!("/{path}"),
        format!("//evil.example{path}"),
        format!("{path}/"),
        format!("{path}//"),
        format!("{path}/."),
        format!("{path}/x/.."),
        format!("/x/..{path}"),
        format!("/.{path}"),
        format!("{path};x"),
        format!("{path};x=1"),
        format!("{start};x/{last}"),
        format!("{path}%00"),
        format!("{path}%20"),
        format!("{path}%2f"),
        format!("{start}%2f{last}"),
        format!("{start}%2F{last}"),
        format!("{start}%5c{last}"),
        format!("{start}\\{last}"),
        format!("{path}%23x"),
        format!("{path}#x"),
        format!("/healthz#/..{path}"),
        format!("{path}?x=#y"),
        format!("{path}%3fx"),
        path.to_uppercase(),
        format!("{start}/%{:02x}{}", last.as_bytes()[0], &last[1..]),
        format!("{url}{path}"),
        format!("http://evil.example{path}"),
        format!("http://localhost:1@evil.example{path}"),
        format!("*{path}"),
    ]
}

#[test]
fn sk46_however_a_target_is_written_it_opens_no_more_than_the_plain_one() {
    let stand = Stand::with(&[]);
    let Stand { server, ada, document, .. } = &stand;
    let host = server.url.trim_start_matches("http://");
    let eve = Person::sign_up(server, "eve");
    let targets = [
        format!("/api/documents/{document}/text"),
        format!("/api/documents/{document}"),
        format!("/d/{document}"),
        "/api/admin/users".to_owned(),
        "/api/me/sessions".to_owned(),
        "/metrics".to_owned(),
    ];
    let ask = |method: &str, target: &str, person: &Person| {
        let cookie = if person.cookie.is_empty() { String::new() } else { format!("Cookie: {}\r\n", person.cookie) };
        answers(server, format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n{cookie}\r\n").as_bytes())
    };
    let mut asked = 0;
    for target in &targets {
        for person in [&Person::stranger(server), &eve] {
            let plain = statuses(&ask("GET", target, person))[0];
            for spelling in spellings(target, &server.url) {
                let answer = ask("GET", &spelling, person);
                let found = statuses(&answer);
                assert!(found.len() <= 1, "{spelling}: {found:?}");
                let opened = found.first().is_some_and(|status| (200..300).contains(status));
                let own = spelling.starts_with("/healthz") && answer.ends_with("ok\n");
                assert!(
                    !opened || own || (200..300).contains(&plain),
                    "{spelling} opens what {target} does not: {answer}"
                );
                assert!(!answer.contains("alive"), "{spelling}: {answer}");
                asked += 1;
            }
        }
    }
    // Nor does it change anything: these are sent as the owner, from another site.
    let path = format!("/api/documents/{document}");
    for spelling in spellings(&path, &server.url) {
        let head = format!(
            "DELETE {spelling} HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nOrigin: https://evil.example\r\nX-Galley: 1\r\n\r\n",
            ada.cookie
        );
        let found = statuses(&answers(server, head.as_bytes()));
        assert!(found.iter().all(|status| (400..500).contains(status)), "{spelling}: {found:?}");
        asked += 1;
    }
    assert_eq!(ada.text(document), "alive");
    println!("{asked} targets");
}

#[test]
fn ac37_an_account_is_guessed_at_ten_times_a_minute_from_all_addresses_together() {
    let data = folder();
    let mut config = Config::for_tests(data.path());
    config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let server = Server::with(config, None);
    let ada = Person::sign_up(&server, "ada");
    let names = ["ada", "ADA", " ada ", "Ada"];
    let guess = |address: &str, name: &str| {
        let headers = [
            ("origin", ada.url.as_str()),
            ("x-galley", "1"),
            ("content-type", "application/json"),
            ("x-forwarded-for", address),
        ];
        let typed = json!({"name": name, "password": "wrong wrong wrong"}).to_string();
        ada.send_raw("POST", "/api/login", &headers, &typed).status
    };
    // A busy machine may take more than one minute for it.
    let begun = std::time::Instant::now();
    let ten = |compared: usize| {
        let minutes = begun.elapsed().as_secs() / 60 + 1;
        (10..=10 * minutes).contains(&(compared as u64))
    };
    let compared = (0..60).filter(|n| guess(&format!("203.0.113.{n}"), names[n % names.len()]) == 401).count();
    assert!(ten(compared), "{compared}, whatever the address and however the name is written");
    let network = (0..30).filter(|n| guess(&format!("2001:db8:1:2::{n:x}"), &format!("nobody-{n}")) == 401).count();
    assert!(ten(network), "{network}: one /64 is one address");
    // Of a chain of hops only the last that is not a proxy of ours counts; what stands before it anybody can write.
    let chained =
        (0..30).filter(|n| guess(&format!("198.51.100.{n}, 192.0.2.7"), &format!("other-{n}")) == 401).count();
    assert!(ten(chained), "{chained}");
}
