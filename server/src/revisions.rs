//! Versions: texts as they were, when one is due, which are kept, and how far each reader has read.
//!
//! A version is the record `rev/{document}/{id}` and a blob: the text, compressed by itself or as the difference from an
//! earlier whole one (its keyframe). It is taken at the end of a stretch of editing, at most every few minutes while the
//! stretch lasts, before a restore, and when a reader leaves in the middle of one. Invariant: a blob is durable before
//! the record that names it, and goes only when no record rests on it, so every prefix of the writes is valid; changes
//! of one document's versions come one after the other. Next: `revisions/store.rs`, which keeps them;
//! `revisions/record.rs` and `revisions/packed.rs` for the format, `revisions/thinning.rs` and `revisions/pace.rs`
//! for the times, `revisions/seen.rs` for readers; `rooms/task.rs`, which asks.

mod pace;
pub mod packed;
pub mod record;
mod refused;
pub mod seen;
mod store;
#[cfg(test)]
mod tests;
mod thinning;

pub use pace::Pace;
pub(crate) use record::parse;
pub use record::{Name, Version};
pub use refused::Refused;
pub(crate) use seen::Seen;
pub use seen::{Place, last_seen, place, readers, see};
pub use store::{Thinned, Versions};
