//! One integration binary: a real server on port 0, real sockets, real Y.Docs.
//!
//! | file | shows |
//! |---|---|
//! | `sync.rs` | people write together, in both dialects |
//! | `doors.rs` | who gets in, as what, and what a view link can do |
//! | `matrix.rs` | everybody x everything: what the table of permissions says is what happens |
//! | `revocation.rs` | ten ways to lose access, fifty sockets each |
//! | `forgery.rs` | other sites' requests, other people's ids |
//! | `secrets.rs` | nothing stored opens anything; guessing is slow |
//! | `headers.rs` | what every answer wears |
//! | `sharing.rs` | members, links with conditions, requests, owners, deleting |
//! | `people.rs` | invitations, passwords, sessions, tokens, administrators |
//! | `admin.rs` | commands of administration, with a running server and a stopped one |
//! | `notes.rs` | threads in the margin: by whom, where, and who hears of them |
//! | `anchors.rs` | notes through thousands of histories of the recorded documents |
//! | `history.rs` | versions: kept, seen by whom, brought back; who wrote what |
//! | `backup.rs` | verify, backup, restore, doctor: nothing lost, damage named |
//! | `archive.rs` | documents leave as files and arrive as what they were; what nobody honest sends |
//! | `authorship.rs` | whose every character of a recorded session is |
//! | `events.rs` | who is in, as it happens |
//! | `fixtures.rs` | folders and backups of earlier formats open, newer ones are refused |
//! | `files.rs` | pictures and files: kept, shown, counted, collected |
//! | `housekeeping.rs` | what goes by itself: when it is due, after any stop, and nothing else is looked at |
//! | `hostile.rs` | frames and bytes nobody honest sends |
//! | `durability.rs` | `kill -9`, SIGTERM, restart: every acked edit is there |
//! | `trouble.rs` | full, failing, locked and foreign data folders |
//! | `pages.rs` | pages, headers, bad input, the CSRF grid |
//! | `frames.rs` | RFC 6455 by hand, over bare TCP |
//! | `sockets.rs` | what a socket and its connection may hold without saying or taking anything |
//! | `requests.rs` | one request is never two, and no spelling of a target opens more |
//! | `limits.rs` | every limit is counted and reached by a test |

mod admin;
mod anchors;
mod archive;
mod authorship;
mod backup;
mod child;
mod damage;
mod doors;
mod durability;
mod events;
mod files;
mod fixtures;
mod forgery;
mod frames;
mod headers;
mod history;
mod hostile;
mod housekeeping;
mod limits;
mod matrix;
mod notes;
mod pages;
mod people;
mod requests;
mod revocation;
mod secrets;
mod sharing;
mod sockets;
mod support;
mod sync;
mod trouble;
