//! What must hold whatever the bytes: one plain function for each way in, which panics where a promise is broken.
//!
//! Why: a fuzzer's target and the test that replays what it found must be the same code, or a finding that was mended
//! may come back unseen. [`targets`] names them all; `tests/fuzz` runs each under libFuzzer (`cargo xtask fuzz`), and
//! `tests/replay.rs` runs each over its corpus and its crashers as an ordinary test. Invariant: a target looks at nothing but
//! its bytes, so that an input that fails once fails always. The rules are FZ1... in `tests/spec/fuzz.md`.
//! Next: `document.rs`, then any target.

#[cfg(feature = "server")]
mod archive;
#[cfg(feature = "server")]
mod backup;
mod children;
mod document;
#[cfg(feature = "server")]
mod files;
mod frames;
mod gate;
#[cfg(feature = "server")]
mod headers;
mod html;
mod live;
#[cfg(feature = "server")]
mod records;
mod render;
#[cfg(feature = "server")]
mod sockets;
mod tape;
#[cfg(feature = "server")]
mod tokens;
mod yjs;

/// One way in.
pub struct Target {
    /// As typed; also the name of its folder of inputs.
    pub name: &'static str,
    check: fn(&[u8]),
    bytes_max: usize,
    /// What an input may take of a processor under the sanitizer, which makes everything several times slower.
    pub processor_ms: u64,
}

/// For every target that gives no reason for more.
const PROCESSOR_MS: u64 = 1_000;

impl Target {
    /// Panics where a promise is broken. What is longer than is worth trying is cut.
    pub fn check(&self, bytes: &[u8]) {
        (self.check)(&bytes[..bytes.len().min(self.bytes_max)]);
    }
}

/// Ways in that need no server.
const CORE: &[Target] = &[
    target("gate", gate::total, 4_096),
    target("gate_apply", gate::apply, 4_096),
    target("gate_yjs", yjs::agree, 2_048),
    target("honest_writers", yjs::honest, 256),
    target("structured_update", yjs::structured, 1_024),
    target("woven_update", yjs::woven, 1_024),
    target("sync_message", frames::message, 4_096),
    target("awareness", frames::awareness, 4_096),
    target("live_room", live::room, 2_048),
    target("renderer", render::sanitised, 4_096),
    target("render_wasm", render::in_wasm, 4_096),
    target("splice", render::spliced, 2_048),
    target("math", render::math, 2_048),
    target("front_matter", render::front_matter, 2_048),
];

/// Ways into the server.
#[cfg(feature = "server")]
const SERVER: &[Target] = &[
    target("frame_guard", sockets::guard, 4_096),
    target("packed", sockets::packed, 4_096),
    target("stored_record", records::stored, 4_096),
    target("version_blob", records::version, 4_096),
    target("archive_import", archive::import, 16_384),
    target("backup", backup::archive, 16_384),
    target("picture", files::picture, 16_384),
    target("file_name", files::names, 1_024),
    target("token", tokens::all, 512),
    target("request_head", headers::request, 2_048),
];
#[cfg(not(feature = "server"))]
const SERVER: &[Target] = &[];

/// Every way in.
pub fn targets() -> impl Iterator<Item = &'static Target> {
    CORE.iter().chain(SERVER)
}

const fn target(name: &'static str, check: fn(&[u8]), bytes_max: usize) -> Target {
    Target { name, check, bytes_max, processor_ms: PROCESSOR_MS }
}

/// The target of that name; `None`: there is none.
pub fn named(name: &str) -> Option<&'static Target> {
    targets().find(|target| target.name == name)
}
