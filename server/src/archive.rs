//! Documents leaving and arriving as files: one page, one zip, everything one owns; and back.
//!
//! | file | decides |
//! |---|---|
//! | `archive/page.rs` | a document as one HTML file |
//! | `archive/names.rs`, `archive/address.rs` | what files are called, and how texts name them |
//! | `archive/leave.rs`, `pack.rs`, `stream.rs` | documents into a zip that is sent as it is written |
//! | `archive/unzip.rs` | reading a zip nobody vouches for |
//! | `archive/plan.rs`, `arrive.rs` | what its entries are to each other; making documents of them |
//! | `archive/notes.rs`, `manifest.rs` | what an export says of itself |
//! | `archive/spool.rs` | what somebody sends, on its way |
//!
//! Invariant: nothing of an archive ever becomes a path on this server's disk, and nothing that arrives is written by
//! another door than what is typed: documents by `documents::create`, text and notes by commands, files by `files::keep`.
//! Next: `http/archive.rs`, the routes.

pub mod address;
pub mod arrive;
pub mod leave;
pub mod manifest;
pub mod names;
pub mod notes;
pub mod pack;
pub mod page;
pub mod plan;
mod refused;
pub mod spool;
mod stream;
pub mod unzip;

pub use refused::Refused;
