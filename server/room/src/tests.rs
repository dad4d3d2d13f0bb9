//! Proof of the rules in `tests/spec/protocol.md`.
