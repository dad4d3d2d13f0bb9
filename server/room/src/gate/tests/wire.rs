//! Updates written by hand.

use crate::gate::lib0::put_varuint;

pub(crate) fn varuint(value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    put_varuint(&mut out, value);
    out
}

pub(crate) fn chunk(bytes: &[u8]) -> Vec<u8> {
    [varuint(bytes.len() as u64), bytes.to_vec()].concat()
}

/// One client's blocks from a clock on.
pub(crate) fn section(client: u64, clock: u64, blocks: &[Vec<u8>]) -> Vec<u8> {
    [varuint(blocks.len() as u64), varuint(client), varuint(clock), blocks.concat()].concat()
}

/// An update of these sections that deletes `(client, clock, len)`.
pub(crate) fn update(sections: &[Vec<u8>], deletes: &[(u64, u64, u64)]) -> Vec<u8> {
    let mut out = [varuint(sections.len() as u64), sections.concat(), varuint(deletes.len() as u64)].concat();
    for (client, clock, len) in deletes {
        out.extend([varuint(*client), varuint(1), varuint(*clock), varuint(*len)].concat());
    }
    out
}

/// A string as the first block of a root.
pub(crate) fn first(root: &str, string: &str) -> Vec<u8> {
    [vec![4, 1], chunk(root.as_bytes()), chunk(string.as_bytes())].concat()
}

/// A string after a unit.
pub(crate) fn after(client: u64, clock: u64, string: &str) -> Vec<u8> {
    [vec![0x84], varuint(client), varuint(clock), chunk(string.as_bytes())].concat()
}

/// A string before a unit.
pub(crate) fn before(client: u64, clock: u64, string: &str) -> Vec<u8> {
    [vec![0x44], varuint(client), varuint(clock), chunk(string.as_bytes())].concat()
}

/// Deleted units after a unit.
pub(crate) fn deleted(client: u64, clock: u64, len: u64) -> Vec<u8> {
    [vec![0x81], varuint(client), varuint(clock), varuint(len)].concat()
}

pub(crate) fn gc(len: u64) -> Vec<u8> {
    [vec![0], varuint(len)].concat()
}

pub(crate) fn skip(len: u64) -> Vec<u8> {
    [vec![10], varuint(len)].concat()
}
