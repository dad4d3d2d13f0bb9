//! The only code that reads client bytes before yrs does.
//!
//! yrs 0.28 can be hung, crashed and bloated by bytes any client may send, and a document poisoned once stays
//! poisoned. So every envelope, state vector, update and awareness message is parsed here first, and yrs is handed
//! only what [`Checked`] carries: plain-text updates that are causally complete over what the room holds.
//! Invariants: no recursion, no allocation sized by a declared count, no panic; applying a `Checked` to the
//! document its [`Known`] describes never leaves pending structs, and whoever applies it, in whatever order, reads the same
//! text. It does not bound how long yrs takes over them. The rules are GT1 to GT23 in `tests/spec/protocol.md`. Next: `gate/update.rs`.

mod any;
mod awareness;
mod block;
mod deletes;
mod envelope;
mod lib0;
mod lineage;
mod resolve;
mod section;
mod update;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;

pub use envelope::{channel, messages};
pub use lineage::Lineage;
pub use update::{notes_update, update};

/// One message of a frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Inbound<'a> {
    /// "This is what I have": client id to the clock after its last block.
    Step1(HashMap<u64, u32>),
    /// The answer to our Step1; give the bytes to [`update`] with [`Arrival::Step2`].
    Step2(&'a [u8]),
    /// A live edit; give the bytes to [`update`] with [`Arrival::Update`].
    Update(&'a [u8]),
    /// Cursors.
    Awareness(Vec<AwarenessEntry>),
    /// "Tell me everybody's cursor."
    QueryAwareness,
    /// A top-level type this server does not know. Nothing after it in the frame is read: its length is unknown.
    Ignored,
}

/// What one client id says about itself.
#[derive(Clone, Debug, PartialEq)]
pub struct AwarenessEntry {
    /// The Yjs client id.
    pub client: u64,
    /// Newer wins.
    pub clock: u32,
    /// `None`: it left.
    pub state: Option<serde_json::Value>,
}

/// A frame that no honest client sends; the connection is closed (4400).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is not valid: {0}")]
pub struct Malformed(pub(crate) &'static str);

/// How an update came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A live edit: all of it is admissible or none.
    Update,
    /// Everything a client has and we may not: its largest admissible part is taken.
    Step2,
    /// From our own store: no author rule and no limits, but all of it must be admissible.
    Stored,
}

/// Whose a Yjs client id is, seen from the connection that sent the update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The sender's.
    Own,
    /// Nobody's yet.
    Unbound,
    /// Somebody else's whose blocks the server may have lost: a Step2 may bring them back.
    Recovering,
    /// Somebody else's.
    Foreign,
}

/// What the gate must know of the document, without its content.
pub trait Known {
    /// The clock after the last block of `client`; 0 if there is none. The document never has holes.
    fn head(&self, client: u64) -> u32;
    /// Whose `client` is. Not asked for [`Arrival::Stored`].
    fn standing(&self, client: u64) -> Standing;
    /// The origins of everything in it: what [`Lineage::grow`] was told of.
    fn lineage(&self) -> &Lineage;
    /// How many client ids have a block.
    fn clients(&self) -> usize;
    /// Length of the text in UTF-8 bytes.
    fn text_bytes(&self) -> usize;
    /// Whether all of `from..to` of `client` is certainly deleted already. "No" costs only time.
    fn deleted(&self, _client: u64, _from: u32, _to: u32) -> bool {
        false
    }
}

/// What became of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It adds nothing and deletes nothing.
    NoOp,
    /// It rests on blocks that are not here (or not the sender's to bring): answer with our Step1.
    Gap,
    /// Never; tell the sender.
    Refuse(Refusal),
    /// Apply it.
    Accept(Checked),
}

/// Why an update is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A limit with a name would be passed.
    #[error("it would exceed the limit {0}")]
    TooLarge(&'static str),
    /// No honest editor of plain text writes this.
    #[error("it is not a valid update of a plain text: {0}")]
    Invalid(&'static str),
}

impl Refusal {
    /// The Nack code on the wire.
    pub fn code(&self) -> u8 {
        match self {
            Refusal::TooLarge(_) => 2,
            Refusal::Invalid(_) => 3,
        }
    }
}

/// Proof that an update passed the gate; only the gate makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct Checked {
    bytes: Bytes,
    fresh: Vec<(u64, u32, u32)>,
    starts: Vec<lineage::Start>,
    unbound: Vec<u64>,
    recovering: Vec<u64>,
    withheld: bool,
}

impl Checked {
    /// The update (v1) without what is known or inadmissible.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The clock ranges it adds: (client, from, to). Empty if it only deletes.
    pub fn fresh(&self) -> &[(u64, u32, u32)] {
        &self.fresh
    }

    /// The clients in `fresh` that nobody owned: bind them to the sender.
    pub fn unbound(&self) -> &[u64] {
        &self.unbound
    }

    /// The clients in `fresh` that somebody else owns and the sender only relayed.
    pub fn recovering(&self) -> &[u64] {
        &self.recovering
    }

    /// Part of a Step2 was left out: treat the rest as a [`Verdict::Gap`]. (A Step2 of which nothing is admissible
    /// but something was left out is a Gap itself.)
    pub fn withheld(&self) -> bool {
        self.withheld
    }
}

/// Without the text: this may end up in a log.
impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, clients) = (self.bytes.len(), self.fresh.len());
        write!(f, "Checked {{ {bytes} bytes, {clients} clients, withheld: {} }}", self.withheld)
    }
}
