//! Requests somebody else had a browser send, and requests that name two things of which only one is their sender's.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use serde_json::{Value, json};

use crate::support::{Person, Server, fresh, tcp};

#[tokio::test(flavor = "multi_thread")]
async fn ac33_a_socket_opens_only_for_exactly_one_origin_and_ours() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("a secret sentence");
    let (port, other) = (server.port, server.port ^ 1);
    let ours = format!("http://localhost:{port}");
    let grids: [Vec<String>; 11] = [
        vec![],
        vec!["null".into()],
        vec!["https://evil.example".into()],
        vec![format!("http://localhost.evil.example:{port}")],
        vec![format!("http://sub.localhost:{port}")],
        vec![format!("http://localhost:{other}")],
        vec![format!("https://localhost:{port}")],
        vec![format!("http://LOCALHOST:{port}")],
        vec![format!("http://localhost.:{port}")],
        vec![ours.clone(), "https://evil.example".into()],
        vec!["https://evil.example".into(), ours.clone()],
    ];
    for origins in grids {
        let answer = raw_upgrade(&server, &ada, &document, &origins);
        assert!(answer.starts_with("HTTP/1.1 403"), "{origins:?}: {answer}");
        assert!(!answer.contains("secret sentence"));
    }
    assert!(raw_upgrade(&server, &ada, &document, &[ours]).starts_with("HTTP/1.1 101"));
}

/// Everything the server says to an upgrade with these origins, up to the end of the head or of the connection.
fn raw_upgrade(server: &Server, person: &Person, document: &str, origins: &[String]) -> String {
    let mut stream = tcp(server);
    let origins: String = origins.iter().map(|origin| format!("Origin: {origin}\r\n")).collect();
    write!(
        stream,
        "GET /sync/{document} HTTP/1.1\r\nHost: localhost:{}\r\n{origins}Cookie: {}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.port, person.cookie
    )
    .expect("sent");
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        answer.push(byte[0]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Every route that changes something, from the route table itself.
fn mutating() -> BTreeSet<(String, String)> {
    let table = include_str!("../../server/src/http.rs");
    let mut found = BTreeSet::new();
    for entry in table.split("at(\"").skip(1) {
        let Some((path, rest)) = entry.split_once('"') else { continue };
        let until = rest.find(".service(").unwrap_or(rest.len());
        for method in ["post", "patch", "delete"] {
            if rest[..until].contains(&format!("route({method}(")) {
                found.insert((method.to_uppercase(), path.to_owned()));
            }
        }
    }
    found
}

/// Two people, each with everything a route can name.
struct Estate {
    person: Person,
    ids: BTreeMap<&'static str, String>,
}

impl Estate {
    fn new(server: &Server, name: &str) -> Estate {
        let person = Person::sign_up(server, name);
        let document = person.document(&format!("# Of {name}"));
        let made = |path: &str, body: Value| person.send("POST", path, Some(body)).ok();
        let link = made(&format!("/api/documents/{document}/links"), json!({"role": "view"}));
        let friend = format!("{name}-friend");
        Person::sign_up(server, &friend);
        let member = made(&format!("/api/documents/{document}/members"), json!({"name": friend, "role": "view"}));
        let guest = Person::by_link(server, &link);
        guest.send("POST", &format!("/api/documents/{document}/requests"), Some(json!({"role": "edit"}))).ok();
        let version = made(&format!("/api/documents/{document}/versions"), json!({"name": "first"}));
        let file = person.upload(&document, "minutes.txt", format!("What {name} said.").as_bytes()).ok();
        let token = made("/api/tokens", json!({"label": "x", "scope": "read"}));
        let sessions = person.send("GET", "/api/me/sessions", None).ok();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let guest = guest.send("GET", "/api/me", None).ok();
        let ids = BTreeMap::from([
            ("{id}", document),
            ("{link}", text(&link["id"])),
            ("{member}", text(&member["author"])),
            ("{asking}", text(&guest["author"])),
            ("{version}", text(&version["id"])),
            ("{name}", text(&file["name"])),
            ("{token}", text(&token["id"])),
            ("{session}", text(&sessions["sessions"][0]["id"])),
        ]);
        Estate { person, ids }
    }

    /// Everything a stranger's request must not have changed.
    fn print(&self) -> Vec<String> {
        let id = &self.ids["{id}"];
        let parts = ["/text", "/members", "/links", "/requests", "/versions", "/files"];
        let documents = parts.map(|rest| format!("/api/documents/{id}{rest}"));
        let own = ["/api/me/sessions", "/api/tokens", "/api/me"].map(str::to_owned);
        documents.iter().chain(&own).map(|path| self.person.send("GET", path, None).body).collect()
    }

    fn fill(&self, path: &str) -> String {
        let mut path = match path {
            path if path.contains("/members/") => path.replace("{author}", "{member}"),
            path => path.replace("{author}", "{asking}"),
        };
        for (name, id) in &self.ids {
            path = path.replace(name, id);
        }
        path.replace("{passkey}", &self.ids["{id}"])
            .replace("{invite}", &self.ids["{id}"])
            .replace("{document}", &self.ids["{id}"])
    }
}

#[test]
fn ac34_no_route_takes_what_another_site_had_a_browser_send() {
    let (server, _data) = fresh();
    let ada = Estate::new(&server, "ada");
    let before = ada.print();
    let ours = ada.person.url.clone();
    let form = "application/x-www-form-urlencoded";
    let bytes = "application/octet-stream";
    let grid: [Vec<(&str, &str)>; 12] = [
        vec![("origin", "https://evil.example"), ("x-galley", "1"), ("content-type", bytes)],
        vec![("origin", &ours), ("content-type", bytes)],
        vec![("origin", "https://evil.example"), ("content-type", form)],
        vec![("origin", &ours), ("x-galley", "1"), ("content-type", "text/plain")],
        vec![("origin", &ours), ("x-galley", "1"), ("content-type", "multipart/form-data; boundary=x")],
        vec![("x-galley", "1"), ("content-type", "application/json")],
        vec![("origin", "https://evil.example"), ("x-galley", "1"), ("content-type", "application/json")],
        vec![("origin", "null"), ("x-galley", "1"), ("content-type", "application/json")],
        vec![("sec-fetch-site", "cross-site"), ("content-type", "application/json")],
        vec![
            ("origin", &ours),
            ("x-galley", "1"),
            ("content-type", "application/json"),
            ("sec-fetch-site", "cross-site"),
        ],
        vec![
            ("origin", &ours),
            ("x-galley", "1"),
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-site"),
        ],
        vec![("origin", &ours), ("content-type", "application/json")],
    ];
    let routes = mutating();
    let mut cells = 0;
    for (method, path) in &routes {
        for headers in &grid {
            // A DELETE has no body whose kind could be wrong.
            let body = if method == "DELETE" { "" } else { "{}" };
            let fetched = headers.iter().any(|(name, _)| *name == "sec-fetch-site");
            let own = headers.contains(&("x-galley", "1")) && headers.contains(&("origin", &ours));
            if method == "DELETE" && own && !fetched {
                continue;
            }
            let answer = ada.person.send_raw(method, &ada.fill(path), headers, body);
            assert!(matches!(answer.status, 403 | 415), "{method} {path} {headers:?}: {answer:?}");
            cells += 1;
        }
    }
    assert_eq!(ada.print(), before);
    println!("{cells} forged requests to {} routes", routes.len());
    assert!(cells > 200, "{cells}");
}

#[test]
fn ac35_of_two_ids_both_must_be_ones_own() {
    let (server, _data) = fresh();
    let (ada, eve) = (Estate::new(&server, "ada"), Estate::new(&server, "eve"));
    let before = (ada.print(), eve.print());
    let mut cells = 0;
    let children = ["{link}", "{member}", "{asking}", "{token}", "{session}", "{version}", "{name}"];
    let bodies = [json!({"role": "edit"}), json!({"label": "mine"}), json!({})];
    for (method, path) in mutating().into_iter().filter(|(_, path)| path.matches('{').count() > 0) {
        for own_document in [true, false] {
            // Eve's document with Ada's child, or Ada's document with Eve's child.
            let (document, child) = if own_document { (&eve, &ada) } else { (&ada, &eve) };
            let one_id = path.matches('{').count() == 1;
            if one_id && path.contains("{id}") && own_document || path.contains("/redeem") {
                continue;
            }
            if one_id && !path.contains("{id}") && !own_document {
                continue;
            }
            let mut filled = path.replace("{id}", &document.ids["{id}"]);
            filled = match &filled {
                path if path.contains("/members/") => path.replace("{author}", &child.ids["{member}"]),
                path => path.replace("{author}", &child.ids["{asking}"]),
            };
            for name in children {
                filled = filled.replace(name, &child.ids[name]);
            }
            let filled = child.fill(&filled);
            for body in &bodies {
                let answer = match filled.strip_suffix("/files") {
                    Some(_) => eve.person.upload(&document.ids["{id}"], "x.txt", b"not hers"),
                    None => eve.person.send(&method, &filled, (method != "DELETE").then(|| body.clone())),
                };
                assert!(matches!(answer.status, 400 | 403 | 404), "{method} {filled}: {answer:?}");
                cells += 1;
            }
        }
    }
    assert_eq!((ada.print(), eve.print()), before, "nothing changed on either side");
    println!("{cells} requests with somebody else's ids");
    assert!(cells > 60, "{cells}");
}
