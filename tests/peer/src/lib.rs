//! People and peers, for whoever drives a real server: the integration tests and the torture runs.
//!
//! [`Person`] speaks HTTP as the page's script does; [`Peer`] is a tab with a real Y.Doc behind a real socket. Invariant: only
//! the public protocol is spoken, and nothing here knows the server's code, so it can sit in front of any process.

use std::time::Duration;

mod commit;
mod peer;
mod person;
mod typist;

pub use commit::commit;
pub use peer::{Heard, Peer, connect, connect_with, message, new_doc, tag};
pub use person::{Answer, Person};
pub use typist::Typist;
pub use yrs::Doc;

/// Longer than anything takes; reached only when something is wrong.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// Good enough for every account in the tests.
pub const PASSWORD: &str = "a fine long passphrase";
