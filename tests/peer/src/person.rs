//! Somebody with a browser: a cookie, an origin, and the API as the page's own script uses it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{DEADLINE, PASSWORD};

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
    pub fn stranger(site: &impl AsRef<str>) -> Person {
        Person { url: site.as_ref().to_owned(), cookie: String::new() }
    }

    /// A new account.
    pub fn sign_up(site: &impl AsRef<str>, name: &str) -> Person {
        let mut person = Person::stranger(site);
        person.take_cookie(person.send("POST", "/api/signup", Some(json!({"name": name, "password": PASSWORD}))));
        person
    }

    /// Somebody who was given a link.
    pub fn by_link(site: &impl AsRef<str>, link: &Value) -> Person {
        let mut person = Person::stranger(site);
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
