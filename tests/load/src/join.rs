//! LO7, LO8: newcomers into a busy room with a long text, and a day at the office: everything at a moderate rate at once.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, sleep_until};

use crate::Error;
use crate::figures::{Figures, name};
use crate::meeting::{Group, Meeting};
use crate::tab::Tab;
use crate::target::{Kind, Place, Setting, Target};
use crate::workload::Size;

/// The text of the busy room.
const TEXT_BYTES: usize = 100 * 1024;
/// Between two who come.
const GAP: Duration = Duration::from_millis(100);

/// One room that people write in while others come.
pub async fn busy_room(kind: Kind, setting: &Setting, size: Size) -> Result<Figures, Error> {
    let Size { documents, clients, writers, rate, seconds } = size;
    run(kind, setting, &[Group { documents, clients, writers, rate }], seconds).await
}

/// A meeting, small rooms with one writer each, and sockets that say nothing.
pub async fn office(kind: Kind, setting: &Setting, size: Size) -> Result<Figures, Error> {
    let Size { documents, clients, writers, rate, seconds } = size;
    let meeting = Group { documents: 1, clients, writers, rate };
    let small = Group { documents, clients: 4, writers: 1, rate: rate / 2.0 };
    let quiet = Group { documents: documents.div_ceil(2), clients: 20, writers: 0, rate: 0.0 };
    run(kind, setting, &[meeting, small, quiet], seconds).await
}

async fn run(kind: Kind, setting: &Setting, groups: &[Group], seconds: f64) -> Result<Figures, Error> {
    let target = Target::start(kind, setting)?;
    let line = "A line of a long text that somebody wrote before the others came.\n";
    let text: String = line.chars().cycle().take(TEXT_BYTES).collect();
    let meeting = Meeting::begin(&target, groups, seconds, &text).await?;
    let (first, until) = (meeting.places()[0].clone(), meeting.ends());
    let mut came = newcomers(&target, &first, until).await?;
    let minutes = meeting.end(&target).await?;
    minutes.check()?;
    let mut figures = Figures::default();
    if kind.keeps() {
        figures.quantiles(name::JOIN_P50, name::JOIN_P99, &mut came.took);
        figures.add("B/newcomer", came.bytes as f64 / came.took.len().max(1) as f64);
        if let Some(short) = came.shortest.filter(|short| *short < TEXT_BYTES) {
            return Err(format!("a newcomer was told {short} bytes of {TEXT_BYTES}").into());
        }
    }
    figures.add("server CPU %", 100.0 * minutes.cpu.as_secs_f64() / seconds);
    minutes.figures(&target, &mut figures)?;
    Ok(figures)
}

#[derive(Default)]
struct Came {
    took: Vec<Duration>,
    bytes: u64,
    shortest: Option<usize>,
}

/// Somebody new every little while: until the whole text is here.
async fn newcomers(target: &Target, place: &Rc<Place>, until: Instant) -> Result<Came, Error> {
    let mut came = Came::default();
    if !target.kind.keeps() {
        sleep_until(until.into()).await;
        return Ok(came);
    }
    while Instant::now() < until {
        let begun = Instant::now();
        let (tab, state) = Tab::join(target, place).await?;
        came.took.push(begun.elapsed());
        came.bytes += tab.hand.line.received.get();
        came.shortest = Some(came.shortest.unwrap_or(usize::MAX).min(state.len()));
        drop(tab);
        sleep(GAP).await;
    }
    Ok(came)
}
