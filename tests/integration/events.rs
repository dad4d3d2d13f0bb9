//! `/api/events`: who is in which of one's documents, as it happens.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::{Person, Server, fresh, tcp};
use peer::Peer;

/// An open event stream.
pub struct Stream(BufReader<TcpStream>);

impl Stream {
    pub fn open(server: &Server, person: &Person) -> Stream {
        Stream::of(server, person, "/api/events")
    }

    fn of(server: &Server, person: &Person, path: &str) -> Stream {
        let mut stream = tcp(server);
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: localhost:{}\r\ncookie: {}\r\n\r\n", server.port, person.cookie);
        stream.write_all(head.as_bytes()).expect("a request");
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            assert_ne!(reader.read_line(&mut line).expect("a head"), 0, "no answer");
        }
        Stream(reader)
    }

    /// The data of the next event of this name; `None` at the end of the stream.
    fn next(&mut self, name: &str) -> Option<Value> {
        let mut current = String::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).ok()? == 0 || line.trim() == "0" {
                return None;
            }
            if let Some(event) = line.strip_prefix("event: ") {
                current = event.trim().to_owned();
            }
            if let Some(data) = line.strip_prefix("data: ").filter(|_| current == name) {
                return Some(serde_json::from_str(data).expect("JSON"));
            }
        }
    }

    /// Reads events of this name until one is as wanted.
    pub fn until(&mut self, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.next(name).expect("the stream goes on");
            if wanted(&event) {
                return event;
            }
        }
    }
}

fn people(event: &Value) -> Vec<&str> {
    event["people"].as_array().expect("people").iter().filter_map(|person| person["display"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ac29_lists_hear_who_is_in_and_only_of_documents_they_show() {
    let (server, _data) = fresh();
    let (ada, bob) = (Person::sign_up(&server, "ada"), Person::sign_up(&server, "bob"));
    let (hers, his) = (ada.document("# Hers"), bob.document("# His"));
    let mut stream = Stream::open(&server, &ada);
    let elsewhere = Peer::join(&bob, &his).await;
    let inside = Peer::join(&ada, &hers).await;
    let first = stream.next("presence").expect("somebody");
    assert_eq!((first["document"].as_str(), people(&first)), (Some(hers.as_str()), vec!["ada"]), "nothing of his");
    drop(inside);
    stream.until("presence", |event| people(event).is_empty());
    bob.send("POST", &format!("/api/documents/{his}/members"), Some(json!({"name": "ada", "role": "view"}))).ok();
    stream.next("documents").expect("the list changed");
    let shared = stream.until("presence", |event| event["document"] == his.as_str());
    assert_eq!(people(&shared), ["bob"]);
    drop(elsewhere);
}

/// The list that a page was written with is asked for again only when it is another one by then.
#[tokio::test(flavor = "multi_thread")]
async fn ac29_a_stream_says_first_which_list_it_goes_on_from() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("# One");
    let listed = || ada.send("GET", "/api/documents", None).ok()["mark"].clone();
    let said = || Stream::of(&server, &ada, "/api/events?list").next("list").expect("a list")["mark"].clone();
    let carried = |mark: &Value| ada.send("GET", "/", None).body.contains(&format!("\"mark\":{mark}"));
    // What the server still writes down of a document changes its list a moment later.
    let settled = |is: &dyn Fn(&Value) -> bool| {
        (0..500)
            .map(|_| listed())
            .find(|mark| is(mark) && said() == *mark && carried(mark))
            .expect("list, stream and page agree")
    };
    let first = settled(&|_| true);
    assert_eq!(listed(), first, "nobody changed it");
    ada.send("PATCH", &format!("/api/documents/{document}"), Some(json!({"title": "Other"}))).ok();
    settled(&|mark| *mark != first);
}

#[tokio::test(flavor = "multi_thread")]
async fn ac29_a_stream_ends_with_its_session() {
    let (server, _data) = fresh();
    let ada = Person::sign_up(&server, "ada");
    let document = ada.document("text");
    let mut stream = Stream::open(&server, &ada);
    let inside = Peer::join(&ada, &document).await;
    stream.next("presence").expect("somebody");
    drop(inside);
    ada.send("POST", "/api/logout", Some(json!({}))).ok();
    while stream.next("presence").is_some() {}
    assert_eq!(ada.send("GET", "/api/events", None).status, 401);
}
