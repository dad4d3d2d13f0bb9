//! LO1, LO2, LO3: one busy document, one document at a thousand edits a second, and many small ones.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::Error;
use crate::figures::{Figures, name};
use crate::measure::quantile;
use crate::meeting::{Group, Meeting};
use crate::tab::Tab;
use crate::target::{Kind, Setting, Target};
use crate::typing::{Marker, markers};
use crate::workload::Size;

/// What processor time is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Each arrival at somebody else's.
    Delivery,
    /// Each edit.
    Edit,
}

/// Between two probes of the disk.
const PROBE_GAP: Duration = Duration::from_millis(50);
/// What a probe writes.
const PROBE_BYTES: usize = 4096;

/// People write at a fixed rate; everybody hears them.
pub async fn run(kind: Kind, setting: &Setting, size: Size, per: Per) -> Result<Figures, Error> {
    let target = Target::start(kind, setting)?;
    let Size { documents, clients, writers, rate, seconds } = size;
    let probe = Probe::begin(target.folder())?;
    let group = Group { documents, clients, writers, rate };
    let meeting = Meeting::begin(&target, &[group], seconds, "").await?;
    let places = meeting.places().to_vec();
    let minutes = meeting.end(&target).await?;
    let mut probe = probe.end();
    minutes.check()?;
    let mut figures = Figures::default();
    match per {
        Per::Delivery => figures.add(name::CPU_DELIVERY, minutes.cpu_us(minutes.delivered)),
        Per::Edit => figures.add(name::CPU_EDIT, minutes.cpu_us(minutes.edits)),
    }
    if kind.keeps() {
        let mut found = 0;
        for place in &places {
            found += whole(&target, place).await?;
        }
        if found != minutes.edits {
            return Err(format!("newcomers see {found} of {} edits", minutes.edits).into());
        }
    }
    minutes.figures(&target, &mut figures)?;
    if kind == Kind::Galley {
        figures.ms(name::SYNC, quantile(&mut probe, 0.5));
    }
    Ok(figures)
}

/// How many different edits a newcomer sees.
async fn whole(target: &Target, place: &std::rc::Rc<crate::target::Place>) -> Result<usize, Error> {
    let (_, state) = Tab::join(target, place).await?;
    let mut seen = std::collections::HashSet::<Marker>::new();
    markers(crate::trace::text(&[&state])?.as_bytes(), |marker| {
        seen.insert(marker);
    });
    Ok(seen.len())
}

/// What a sync of a small write takes on the same disk at the same time.
struct Probe {
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<Vec<Duration>>,
}

impl Probe {
    fn begin(folder: &Path) -> Result<Probe, Error> {
        let mut file = File::create(folder.join("probe"))?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut took = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let synced = file
                    .seek(SeekFrom::Start(0))
                    .and_then(|_| file.write_all(&[7; PROBE_BYTES]))
                    .and_then(|()| file.sync_data());
                if synced.is_ok() {
                    took.push(begun.elapsed());
                }
                std::thread::sleep(PROBE_GAP);
            }
            took
        });
        Ok(Probe { stop, thread })
    }

    fn end(self) -> Vec<Duration> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}
