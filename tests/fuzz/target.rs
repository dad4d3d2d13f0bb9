//! One program for each target of `tests/hostile`: this file is compiled once for each name in the manifest.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    const NAME: &str = env!("CARGO_BIN_NAME");
    let target = hostile::named(NAME).expect("the manifest names only targets there are");
    target.check(bytes);
});
