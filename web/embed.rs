//! Embedded front end.
