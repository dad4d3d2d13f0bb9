//! Proof of GT1 to GT23 in `tests/spec/protocol.md`. Every random test prints the seed that repeats it.

mod envelope;
mod honest;
mod hostile;
mod joined;
mod notes;
mod places;
mod rules;
mod seeds;
mod server;
mod wire;

pub(crate) use crate::sim::rng::Rng;

/// Bytes from hex.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter_map(|digit| char::from(digit).to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
