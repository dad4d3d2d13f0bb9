//! Every limit by name, in one table.
//!
//! Invariant: a number that bounds a queue, a size, a rate or a wait stands here (or in `room::Limits`, whose fields
//! appear in the same table) and can be changed with `--limit name=value` (waits in seconds). Reaching one is counted in the metric
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
                let wrong = |why: &str| format!("--limit {name}: {value} is not {why}");
                match name {
                    $(stringify!($name) => self.$name = Limit::read(value).map_err(wrong)?,)+
                    "message_bytes" => self.room.message_bytes = Limit::read(value).map_err(wrong)?,
                    "text_bytes" => self.room.text_bytes = Limit::read(value).map_err(wrong)?,
                    "client_ids" => self.room.client_ids = Limit::read(value).map_err(wrong)?,
                    "awareness_bytes" => self.room.awareness_bytes = Limit::read(value).map_err(wrong)?,
                    "awareness_per_second" => self.room.awareness_per_second = Limit::read(value).map_err(wrong)?,
                    "outbox_bytes" => self.room.outbox_bytes = Limit::read(value).map_err(wrong)?,
                    "compact_entries" => self.room.compact_entries = Limit::read(value).map_err(wrong)?,
                    "lag" => self.room.lag = millis(value).map_err(wrong)?,
                    "keepalive" => self.room.keepalive = millis(value).map_err(wrong)?,
                    "caret" => self.room.caret = millis(value).map_err(wrong)?,
                    "recovering" => self.room.recovering = millis(value).map_err(wrong)?,
                    _ => return Err(format!("--limit {name}: there is no such limit; there are {}", Limits::NAMES.join(", "))),
                }
                Ok(())
            }

            /// Every name `set` knows.
            pub const NAMES: &'static [&'static str] = &[
                "message_bytes", "text_bytes", "client_ids", "awareness_bytes", "awareness_per_second", "outbox_bytes",
                "compact_entries", "lag", "keepalive", "caret", "recovering", $(stringify!($name),)+
            ];

            /// Every limit with what it is now and what it bounds, a line each.
            pub fn table(&self) -> String {
                let room = &self.room;
                let of_room = [
                    ("message_bytes", room.message_bytes.shown(), "One message on a socket, one frame of it, and what it unpacks to."),
                    ("text_bytes", room.text_bytes.shown(), "The text of a document."),
                    ("client_ids", room.client_ids.shown(), "Yjs client ids in one document, and in one Step2."),
                    ("awareness_bytes", room.awareness_bytes.shown(), "What one client says of where it is."),
                    ("awareness_per_second", room.awareness_per_second.shown(), "How often one connection is heard on that; of more, the newest counts."),
                    ("outbox_bytes", room.outbox_bytes.shown(), "Bytes on their way to one connection before it counts as lagging."),
                    ("compact_entries", room.compact_entries.shown(), "Entries in a document's log before it is compacted."),
                    ("lag", Duration::from_millis(room.lag).shown(), "A connection that lags this long is closed."),
                    ("keepalive", Duration::from_millis(room.keepalive).shown(), "Something is sent to every connection at least this often."),
                    ("caret", Duration::from_millis(room.caret).shown(), "A caret nobody renewed for this long is taken away."),
                    ("recovering", Duration::from_millis(room.recovering).shown(), "How long ids stay open to their blocks' return after an unclean stop."),
                ];
                let ours = [$((stringify!($name), self.$name.shown(), concat!($($doc,)+)),)+];
                let rows = of_room.into_iter().chain(ours);
                rows.map(|(name, value, what)| format!("  {:<34} {}\n", format!("{name}={value}"), what.trim())).collect()
            }
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
    /// The same of one account or guest, which may come with as many at once as it may have open.
    person_upgrades_per_second: u32 = 2;
    /// The same of one address (IPv6: one /64) for all there who are nobody, as many at once as it may have open.
    address_upgrades_per_second: u32 = 20;
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
    /// Crashes of one document's room within `crash_window` after which it is set aside.
    crashes_per_document: usize = 3;
    /// How long a crash counts.
    crash_window: Duration = Duration::from_secs(600);
    /// Frames that crashed a room, kept in `aside/frames`.
    aside_files: usize = 64;
    /// Processor time a second, in milliseconds, that one person's edits of a document may cost.
    apply_ms_per_second: u32 = 250;
    /// The same at once.
    apply_ms_burst: u32 = 5_000;
    /// What they may owe; until it is paid they are read no further, and above it the connection is closed.
    apply_ms_debt: u32 = 5_000;
    /// A batch of edits that costs this much is counted as slow.
    slow_batch_ms: u32 = 1_000;
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
    /// Whoever has said nothing for so long is asked by a ping of its own; a sign of life of a room, which asks too, comes earlier.
    ping: Duration = Duration::from_secs(25);
    /// A socket silent for this long is dead.
    dead: Duration = Duration::from_secs(45);
    /// The head of a request.
    request_head: Duration = Duration::from_secs(5);
    /// From the end of an answer to the next request on one connection.
    keep_alive: Duration = Duration::from_secs(75);
    /// How long requests that are being answered get when the server stops.
    stop_requests: Duration = Duration::from_secs(5);
    /// How long a peer may take nothing of what is sent to it.
    stalled: Duration = Duration::from_secs(30);
    /// From our last word on a connection to its end, whatever the peer does.
    goodbye: Duration = Duration::from_millis(250);
    /// How long what a refused client still sends is thrown away, so that it gets to read why.
    unread: Duration = Duration::from_secs(2);
    /// A body, or one message on a socket, gets this long, and longer at the rates below.
    patience: Duration = Duration::from_secs(10);
    /// How fast a body must come over all, measured by the most its address takes.
    body_bytes_per_second: usize = 50_000;
    /// How fast a body or a message must come at any moment after the first wait.
    slowest_bytes_per_second: usize = 1_000;
    /// Fragments one message may come in: honest clients send one, proxies a few.
    fragments: u32 = 4_096;
    /// Pings and pongs a second on one socket.
    pings_per_second: u32 = 10;
    /// Pings and pongs a socket may send at once.
    pings_burst: u32 = 30;
    /// Bytes of messages a second on one socket; above it the socket is read more slowly.
    bytes_per_second: u32 = 512 * 1024;
    /// Bytes of messages a socket may send at once.
    bytes_burst: u32 = 8 * 1024 * 1024;
    /// Bytes of messages a second for one document; above it its sockets are read more slowly.
    document_bytes_per_second: u32 = 5 * 1024 * 1024;
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
    /// Between two looks at the documents of which something is due.
    sweep: Duration = Duration::from_secs(60 * 60);
    /// One line on the administration socket.
    order_bytes: usize = 64 * 1024;
    /// How long a peer on the administration socket may take to ask, and again to read the answer.
    order_wait: Duration = Duration::from_secs(10);
    /// How long whoever takes a backup may leave a piece of it lying.
    backup_wait: Duration = Duration::from_secs(60);
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
trait Limit: Sized {
    /// From what somebody typed; the error ends a sentence.
    fn read(typed: &str) -> Result<Self, &'static str>;
    /// As one would type it.
    fn shown(&self) -> String;
}

fn whole(typed: &str) -> Result<u64, &'static str> {
    typed.parse().map_err(|_| "a whole number")
}

fn millis(typed: &str) -> Result<room::Millis, &'static str> {
    Duration::read(typed).map(|wait| room::Millis::try_from(wait.as_millis()).unwrap_or(room::Millis::MAX))
}

impl Limit for usize {
    fn read(typed: &str) -> Result<usize, &'static str> {
        whole(typed).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Limit for u64 {
    fn read(typed: &str) -> Result<u64, &'static str> {
        whole(typed)
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Limit for u32 {
    fn read(typed: &str) -> Result<u32, &'static str> {
        whole(typed).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Limit for Duration {
    /// Seconds, such as 30 or 0.25.
    fn read(typed: &str) -> Result<Duration, &'static str> {
        let seconds: f64 = typed.parse().map_err(|_| "a number of seconds")?;
        Duration::try_from_secs_f64(seconds).map_err(|_| "a number of seconds")
    }

    fn shown(&self) -> String {
        format!("{}", self.as_secs_f64())
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
    fn the_table_names_every_limit_once_with_its_default() {
        let table = Limits::default().table();
        let named: Vec<_> =
            table.lines().filter_map(|line| line.trim().split_once('=').map(|(name, _)| name)).collect();
        assert_eq!(named, Limits::NAMES);
        assert!(table.contains("goodbye=0.25 ") && table.contains("message_bytes=8388608 "), "{table}");
    }

    #[test]
    fn bad_assignments_say_what_is_wrong() {
        let mut limits = Limits::default();
        assert!(limits.set("text_bytes").is_err_and(|why| why.contains("name=value")));
        assert!(limits.set("text_bytes=many").is_err_and(|why| why.contains("whole number")));
        assert!(limits.set("goodbye=soon").is_err_and(|why| why.contains("seconds")));
        assert!(limits.set("goodbye=-1").is_err_and(|why| why.contains("seconds")));
        assert!(limits.set("colour=1").is_err_and(|why| why.contains("no such limit")));
        assert_eq!(limits, Limits::default());
    }
}
