//! Any bytes as the body of an awareness message; what is returned keeps to the limits.

#![no_main]

use libfuzzer_sys::fuzz_target;
use room::Limits;
use room::gate::{Inbound, messages};

fuzz_target!(|bytes: &[u8]| {
    let mut frame = vec![1];
    let mut len = bytes.len();
    while len >= 0x80 {
        frame.push(len as u8 | 0x80);
        len >>= 7;
    }
    frame.push(len as u8);
    frame.extend_from_slice(bytes);
    if let Ok(messages) = messages(&frame, &Limits::default()) {
        for message in messages {
            let Inbound::Awareness(entries) = message else { panic!("it was an awareness message") };
            assert!(entries.len() <= 64);
        }
    }
});
