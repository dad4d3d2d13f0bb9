//! Any bytes as a frame, wrapped for a channel or not.

#![no_main]

use libfuzzer_sys::fuzz_target;
use room::Limits;
use room::gate::{channel, messages};

fuzz_target!(|bytes: &[u8]| {
    if let Ok((_, inner)) = channel(bytes) {
        let _ = messages(inner, &Limits::default());
    }
});
