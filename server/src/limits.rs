//! Every limit by name, in one table.
//!
//! Invariant: a number that bounds a queue, a size, a rate or a wait stands here (or in `room::Limits`, whose fields
//! appear in the same table) and can be changed with `--limit name=value`. Reaching one is counted in the metric
//! `galley_limit_reached_total{limit=...}`.

use std::time::Duration;

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:expr;)+) => {
        /// What the server allows. Sizes in bytes, rates per second or minute as named, waits as durations.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Limits {
            /// What a room allows.
            pub room: room::Limits,
            $($(#[doc = $doc])+ pub $name: $type,)+
        }

        impl Default for Limits {
            fn default() -> Limits {
                Limits { room: room::Limits::default(), $($name: $default,)+ }
            }
        }

        impl Limits {
            /// Sets one from `name=value`; waits are in seconds. The error is a sentence.
            pub fn set(&mut self, assignment: &str) -> Result<(), String> {
                let (name, value) = assignment
                    .split_once('=')
                    .ok_or_else(|| format!("--limit {assignment}: write it as name=value"))?;
                let number = || value.parse::<u64>().map_err(|_| format!("--limit {name}: {value} is not a whole number"));
                match name {
                    $(stringify!($name) => self.$name = <$type as Limit>::from_number(number()?),)+
                    "message_bytes" => self.room.message_bytes = Limit::from_number(number()?),
                    "text_bytes" => self.room.text_bytes = Limit::from_number(number()?),
                    "client_ids" => self.room.client_ids = Limit::from_number(number()?),
                    "awareness_bytes" => self.room.awareness_bytes = Limit::from_number(number()?),
                    "awareness_per_second" => self.room.awareness_per_second = Limit::from_number(number()?),
                    "outbox_bytes" => self.room.outbox_bytes = Limit::from_number(number()?),
                    "lag" => self.room.lag = number()?.saturating_mul(1_000),
                    "compact_entries" => self.room.compact_entries = Limit::from_number(number()?),
                    _ => return Err(format!("--limit {name}: there is no such limit; there are {}", Limits::NAMES.join(", "))),
                }
                Ok(())
            }

            /// Every name `set` knows.
            pub const NAMES: &'static [&'static str] = &[
                "message_bytes", "text_bytes", "client_ids", "awareness_bytes", "awareness_per_second", "outbox_bytes",
                "lag", "compact_entries", $(stringify!($name),)+
            ];
        }
    };
}

limits! {
    /// All input of all sockets that is not yet a complete message; beyond it the newest sockets are closed.
    unfinished_bytes: usize = 64 * 1024 * 1024;
    /// Writes a second on one socket; above it the socket is read more slowly.
    updates_per_second: u32 = 60;
    /// Writes a socket may send at once.
    updates_burst: u32 = 240;
    /// How long a socket may stay above its rate before it is closed.
    flood: Duration = Duration::from_secs(30);
    /// Sockets of one account or guest.
    connections_per_person: usize = 20;
    /// Event streams of one account or guest.
    streams_per_person: usize = 20;
    /// Sockets from one address (IPv6: one /64).
    connections_per_address: usize = 200;
    /// Sockets on one document.
    connections_per_document: usize = 1_000;
    /// Upgrades the server accepts a second; beyond it 503 with Retry-After.
    upgrades_per_second: u32 = 200;
    /// Failed sign-ins and redeems a minute, for one address and for one account.
    failures_per_minute: u32 = 10;
    /// Changes of notes a minute for one person, and looks at all of a document's, which cost a copy of it.
    wishes_per_minute: u32 = 240;
    /// Exports of everything somebody owns, for one person.
    exports_per_person: usize = 1;
    /// Single documents on their way to one person as zips.
    zips_per_person: usize = 4;
    /// How long somebody who downloads an export may take for one piece of it.
    export_wait: Duration = Duration::from_secs(60);
    /// What somebody sends to be imported.
    import_bytes: usize = 256 * 1024 * 1024;
    /// All that comes out of an archive that is imported.
    import_inflated_bytes: usize = 2 * 1024 * 1024 * 1024;
    /// Entries of an archive that is imported.
    import_files: usize = 20_000;
    /// Documents of one import.
    import_documents: usize = 2_000;
    /// What was left out of an import, as far as it is listed.
    import_skipped: usize = 1_000;
    /// Imports of one person.
    imports_per_person: usize = 1;
    /// A document as one page, with the pictures in it.
    page_bytes: usize = 64 * 1024 * 1024;
    /// Free space below which administrators are warned; 0: never.
    disk_warn_bytes: u64 = 1024 * 1024 * 1024;
    /// Free space below which nothing is written, until there is a quarter more; 0: never.
    disk_readonly_bytes: u64 = 256 * 1024 * 1024;
    /// Free space with which a store that had filled its disk is opened again.
    disk_reopen_bytes: u64 = 16 * 1024 * 1024;
    /// A JSON body, except a document's text.
    json_bytes: usize = 64 * 1024;
    /// One picture or file.
    file_bytes: usize = 10 * 1024 * 1024;
    /// Pictures and files of all documents of one owner.
    files_bytes_per_owner: usize = 1024 * 1024 * 1024;
    /// Pictures and files of one document.
    files_per_document: usize = 2_000;
    /// Uploads a minute of one account or guest.
    uploads_per_minute: u32 = 60;
    /// Uploads of one account or guest at once.
    uploads_per_person: usize = 6;
    /// Uploads of everybody at once; each holds a body in memory.
    uploads: usize = 32;
    /// Pictures decoded at once; each may take a few hundred megabytes.
    picture_decodes: usize = 1;
    /// Width times height of a picture.
    picture_pixels: usize = 40_000_000;
    /// The longer side of a picture.
    picture_side: u32 = 16_384;
    /// Pictures in one animation.
    picture_frames: usize = 1_000;
    /// Width times height of an animation, times its pictures.
    picture_frame_pixels: usize = 200_000_000;
    /// A file that nothing mentions any more is removed after this.
    file_unused: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    /// Documents whose files one sweep looks at.
    collect_documents: usize = 200;
    /// Between two pings.
    ping: Duration = Duration::from_secs(20);
    /// A socket silent for this long is dead.
    dead: Duration = Duration::from_secs(45);
    /// From the upgrade to the first message.
    first_message: Duration = Duration::from_secs(10);
    /// Messages waiting for one room.
    inbox: usize = 1_024;
    /// Messages a room takes in one batch.
    batch: usize = 256;
    /// A room without connections is closed after this.
    idle: Duration = Duration::from_secs(30);
    /// From the signal to the end of the process.
    stop: Duration = Duration::from_secs(10);
    /// Between two automatic revisions while editing lasts.
    revision: Duration = Duration::from_secs(300);
    /// Between two looks into the trash for what has been there long enough.
    sweep: Duration = Duration::from_secs(60 * 60);
    /// One line on the administration socket.
    order_bytes: usize = 64 * 1024;
    /// How long a peer on the administration socket may take to ask, and again to read the answer.
    order_wait: Duration = Duration::from_secs(10);
    /// Peers on the administration socket at once.
    orders: usize = 8;
    /// Between two versions that are taken because a reader leaves in the middle of a stretch of editing.
    revision_reader: Duration = Duration::from_secs(60);
    /// Named versions of one document; they are never thinned out.
    versions_named: usize = 1_000;
    /// A version's name, in characters.
    version_name_chars: usize = 100;
    /// After this long without an edit a stretch of editing is over and gets its revision.
    revision_pause: Duration = Duration::from_secs(60);
}

/// A type a limit may have.
trait Limit {
    fn from_number(number: u64) -> Self;
}

impl Limit for usize {
    fn from_number(number: u64) -> usize {
        usize::try_from(number).unwrap_or(usize::MAX)
    }
}

impl Limit for u64 {
    fn from_number(number: u64) -> u64 {
        number
    }
}

impl Limit for u32 {
    fn from_number(number: u64) -> u32 {
        u32::try_from(number).unwrap_or(u32::MAX)
    }
}

impl Limit for Duration {
    fn from_number(number: u64) -> Duration {
        Duration::from_secs(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_can_be_set() {
        for name in Limits::NAMES {
            let mut limits = Limits::default();
            assert_eq!(limits.set(&format!("{name}=7")), Ok(()), "{name}");
            assert_ne!(limits, Limits::default(), "{name}");
        }
    }

    #[test]
    fn bad_assignments_say_what_is_wrong() {
        let mut limits = Limits::default();
        assert!(limits.set("text_bytes").is_err_and(|why| why.contains("name=value")));
        assert!(limits.set("text_bytes=many").is_err_and(|why| why.contains("whole number")));
        assert!(limits.set("colour=1").is_err_and(|why| why.contains("no such limit")));
        assert_eq!(limits, Limits::default());
    }
}
