//! Integration tests live in `integration/`; rules in `spec/`.
