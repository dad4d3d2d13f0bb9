//! Integration tests: one binary, a real server on port 0.
