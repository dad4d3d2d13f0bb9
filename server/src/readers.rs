//! The pure readers of what comes from outside, for tests that feed them anything (`tests/hostile`).
//!
//! Why: most of them are private, since only their own callers may use them; whoever looks for bytes they cannot bear must
//! reach them all the same. Invariant: nothing here decides anything, and nothing that ships uses it.
//! Next: `tests/spec/fuzz.md`.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use room::Author;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::config::Config;
use crate::sessions::SessionHash;
use crate::{guard, http, names, sessions, words};

pub use crate::archive::{address, manifest, names as archive_names, plan, unzip};
pub use crate::files::{mentioned, name as file_names};
pub use crate::key::{Key, hex, unhex};
pub use crate::revisions::packed as version_blobs;
pub use crate::ws::frames::{FrameGuard, Takes, Unfinished, Violation};
pub use crate::ws::packed::{pack, unpack};

/// A key of this much entropy and no secrecy.
pub fn key(byte: u8) -> Key {
    Key::of([byte; 32])
}

/// A ticket for the session whose hash is this byte 32 times.
pub fn ticket(key: &Key, session: u8, document: Uuid, expires_ms: u64) -> String {
    key.ticket(&SessionHash([session; 32]), document, expires_ms)
}

/// The session a ticket opens, as its hash.
pub fn open_ticket(key: &Key, ticket: &str, document: Uuid, now: u64) -> Option<[u8; 32]> {
    key.open_ticket(ticket, document, now).map(|session| session.0)
}

/// The id in a one-time word, if this key made it.
pub fn invitation(key: &Key, word: &str) -> Option<Uuid> {
    words::genuine(key, words::INVITE, word)
}

/// An account's name, a name people see, account names in a note.
pub fn people(typed: &str) -> (Option<String>, Option<String>, Vec<String>) {
    (names::account(typed).ok(), names::display(typed).ok(), crate::mentions::named(typed))
}

/// What a name or a colour is made of for anybody.
pub fn guest(author: Uuid) -> (String, u8) {
    (names::friendly(Author(author)), names::peer(Author(author)))
}

/// A kind of record by name, and whether bytes are one.
type Kind = (&'static str, fn(&[u8]) -> bool);

/// Reads a stored record as each kind there is; which of them it is.
pub fn record(bytes: &[u8]) -> Vec<&'static str> {
    fn is<T: DeserializeOwned>(bytes: &[u8]) -> bool {
        crate::records::parse::<T>("fuzz", bytes).is_ok()
    }
    let kinds: [Kind; 8] = [
        ("account", is::<crate::accounts::Account>),
        ("document", is::<crate::documents::Document>),
        ("file", is::<crate::files::File>),
        ("invite", is::<words::Invite>),
        ("link", is::<crate::links::Link>),
        ("member", is::<crate::members::Member>),
        ("request", is::<crate::members::Request>),
        ("seen", is::<crate::revisions::seen::Seen>),
    ];
    let version = crate::revisions::record::parse(Uuid::nil(), Uuid::nil(), bytes).map(|_| "version").ok();
    kinds.into_iter().filter(|(_, is)| is(bytes)).map(|(name, _)| name).chain(version).collect()
}

/// What a request's head says about who sent it.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    /// The client's address, with one trusted proxy and without any.
    pub addresses: [IpAddr; 2],
    /// What counts as one address.
    pub network: IpAddr,
    /// Whether somebody passed it on.
    pub is_forwarded: bool,
    /// Whether its client knows the tag.
    pub is_known: bool,
    /// Whether it shows something that may be a token.
    pub bearer: bool,
}

/// Reads a head; `None` if no request can have these headers.
pub fn head(peer: SocketAddr, proxy: IpAddr, tag: &str, headers: &[(&str, &[u8])]) -> Option<Head> {
    let mut request = TestRequest::get().uri("/").peer_addr(peer);
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request = request.append_header((name, HeaderValue::from_bytes(value).ok()?));
    }
    let request = request.to_http_request();
    let direct = Config::for_tests("");
    let proxied = Config { trusted_proxies: vec![proxy.into()], ..Config::for_tests("") };
    let addresses = [&proxied, &direct].map(|config| guard::client_address(&request, config));
    Some(Head {
        addresses,
        network: guard::network(addresses[0]),
        is_forwarded: guard::is_forwarded(&request),
        is_known: http::is_known(&request, tag),
        bearer: sessions::bearer(&request).is_ok_and(|token| token.is_some()),
    })
}
