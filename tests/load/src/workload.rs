//! Every workload, what it measures, and how large it is.

use std::path::Path;

use crate::Error;
use crate::figures::Figures;
use crate::rooms::Per;
use crate::target::{Kind, Setting};
use crate::trace::Trace;
use crate::{documents, idle, join, open, rooms, storm, trace};

/// A row of the table of workloads.
pub struct Workload {
    /// As typed.
    pub name: &'static str,
    /// What it is, for the table.
    pub what: &'static str,
    /// Its size in a real run.
    pub full: Size,
    /// Its size in the run that is part of the tests.
    pub small: Size,
    /// What is done.
    pub does: Does,
}

/// How large; what a workload has no use for stays zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Documents.
    pub documents: usize,
    /// Sockets, on each document where there are several.
    pub clients: usize,
    /// How many of those write.
    pub writers: usize,
    /// Edits a second of each writer.
    pub rate: f64,
    /// How long.
    pub seconds: f64,
}

/// What a workload does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Rooms with writers.
    Rooms(Per),
    /// Sockets at rest.
    Idle,
    /// Documents at rest, and opened ones.
    Documents,
    /// A recorded day at full speed.
    Trace,
    /// A long history opened.
    Open,
    /// Everybody at once.
    Storm,
    /// Newcomers into a busy room.
    Join,
    /// Everything at a moderate rate.
    Mixed,
}

/// Which targets a workload is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// In every pair.
    Always,
    /// In the first pair only: it takes long and is not judged.
    Once,
    /// Not at all: it cannot, or there is nothing to compare.
    Never,
}

const fn size(documents: usize, clients: usize, writers: usize, rate: f64, seconds: f64) -> Size {
    Size { documents, clients, writers, rate, seconds }
}

/// In the order they run.
pub const WORKLOADS: &[Workload] = &[
    Workload {
        name: "fanout",
        what: "one document, 100 sockets, 10 write 5 edits a second",
        full: size(1, 100, 10, 5.0, 8.0),
        small: size(1, 12, 3, 5.0, 1.0),
        does: Does::Rooms(Per::Delivery),
    },
    Workload {
        name: "busy",
        what: "one document, 100 sockets, 20 write 50 edits a second: 1,000 a second",
        full: size(1, 100, 20, 50.0, 8.0),
        small: size(1, 8, 4, 25.0, 1.0),
        does: Does::Rooms(Per::Delivery),
    },
    Workload {
        name: "many",
        what: "100 documents, 4 sockets each, 2 write 3 edits a second",
        full: size(100, 4, 2, 3.0, 8.0),
        small: size(5, 4, 2, 3.0, 1.0),
        does: Does::Rooms(Per::Edit),
    },
    Workload {
        name: "trace",
        what: "a recorded day of typing as single updates at full speed, one socket following",
        full: size(1, 2, 1, f64::INFINITY, f64::INFINITY),
        small: size(1, 2, 1, f64::INFINITY, 0.0),
        does: Does::Trace,
    },
    Workload {
        name: "idle",
        what: "10,000 sockets on 100 documents that say nothing",
        full: size(100, 100, 0, 0.0, 20.0),
        small: size(2, 20, 0, 0.0, 0.5),
        does: Does::Idle,
    },
    Workload {
        name: "documents",
        what: "10,000 documents that nobody has open, 500 of 5 KB that somebody has",
        full: size(10_000, 500, 0, 0.0, 0.0),
        small: size(40, 5, 0, 0.0, 0.0),
        does: Does::Documents,
    },
    Workload {
        name: "open",
        what: "a long recorded history opened after a restart and again: page by HTTP, first sync",
        full: size(1, 1, 1, 0.0, 0.0),
        small: size(1, 1, 1, 0.0, 0.0),
        does: Does::Open,
    },
    Workload {
        name: "storm",
        what: "2,000 sockets at once on 40 documents, each with an edit, through the door as it is",
        full: size(40, 50, 50, 0.0, 0.0),
        small: size(4, 10, 10, 0.0, 0.0),
        does: Does::Storm,
    },
    Workload {
        name: "join",
        what: "newcomers every 100 ms into a room of 100 KB with 100 sockets, 10 writing 5 edits a second",
        full: size(1, 100, 10, 5.0, 5.0),
        small: size(1, 8, 2, 5.0, 1.0),
        does: Does::Join,
    },
    Workload {
        name: "mixed",
        what: "a meeting of 40 with newcomers, 20 rooms of 4 with a writer each, 200 silent sockets",
        full: size(20, 40, 5, 4.0, 8.0),
        small: size(2, 8, 2, 4.0, 1.0),
        does: Does::Mixed,
    },
];

/// Keystrokes of a trace in the run that is part of the tests.
const SMALL_TRACE: usize = 2_000;

/// What is read and prepared once for all runs.
pub struct Prepared {
    /// What servers are started with.
    pub setting: Setting,
    /// The recorded day.
    trace: Option<Trace>,
    /// The long history.
    history: Option<Trace>,
}

impl Prepared {
    /// For these workloads; `paper` is the long history, if it is here.
    pub fn for_all(
        workloads: &[&Workload],
        setting: Setting,
        paper: Option<&Path>,
        small: bool,
    ) -> Result<Prepared, Error> {
        let needs = |does| workloads.iter().any(|workload| workload.does == does);
        let most = if small { SMALL_TRACE } else { usize::MAX };
        let blog = Trace::named("seph-blog1");
        let trace = needs(Does::Trace).then(|| Trace::read(&blog, most)).transpose()?;
        let history = needs(Does::Open).then(|| Trace::read(paper.unwrap_or(&blog), most)).transpose()?;
        Ok(Prepared { setting, trace, history })
    }
}

impl Workload {
    /// Whether and how often a target takes part.
    pub fn takes(&self, kind: Kind) -> Takes {
        match (self.does, kind) {
            // Only what keeps documents has some to open; only Galley makes them by HTTP, and has pages.
            (Does::Documents, kind) if kind != Kind::Galley => Takes::Never,
            (Does::Open, Kind::Relay) => Takes::Never,
            (Does::Open | Does::Idle, kind) if kind.is_peer() => Takes::Once,
            (Does::Trace, Kind::YSweet | Kind::Hocuspocus) => Takes::Once,
            _ => Takes::Always,
        }
    }

    /// One run against one target.
    pub async fn run(&self, kind: Kind, size: Size, prepared: &Prepared) -> Result<Figures, Error> {
        let setting = &prepared.setting;
        match self.does {
            Does::Rooms(per) => rooms::run(kind, setting, size, per).await,
            Does::Idle => idle::run(kind, setting, size).await,
            Does::Documents => documents::run(kind, setting, size).await,
            Does::Trace => trace::run(kind, setting, prepared.trace.as_ref().ok_or("no trace was read")?).await,
            Does::Open => open::run(kind, setting, prepared.history.as_ref().ok_or("no trace was read")?).await,
            Does::Storm => storm::run(kind, setting, size).await,
            Does::Join => join::busy_room(kind, setting, size).await,
            Does::Mixed => join::office(kind, setting, size).await,
        }
    }
}
