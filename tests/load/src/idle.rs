//! LO4: sockets that were opened, said what a tab says at first, and say nothing more.
//!
//! Pings are answered as a browser answers them, and belong to what idling costs.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::task::spawn_local;
use tokio::time::sleep;

use crate::Error;
use crate::figures::{Figures, name, ours};
use crate::measure::Usage;
use crate::tab::Tab;
use crate::target::{Kind, Place, Setting, Target};
use crate::workload::Size;

/// Sockets that are opened at the same time.
const OPENING: usize = 64;
/// After the last one has opened.
const CALM: Duration = Duration::from_secs(1);

/// Memory and processor time of sockets at rest.
pub async fn run(kind: Kind, setting: &Setting, size: Size) -> Result<Figures, Error> {
    let target = Target::start(kind, setting)?;
    let places =
        (0..size.documents).map(|_| Ok(Rc::new(target.document("idle")?))).collect::<Result<Vec<_>, Error>>()?;
    let empty = target.memory()?;
    let begun = Instant::now();
    let ended = Rc::new(Cell::new(0));
    let sockets = size.documents * size.clients;
    let mut opening = FuturesUnordered::new();
    for number in 0..sockets {
        if opening.len() == OPENING {
            opening.next().await.unwrap_or(Ok(()))?;
        }
        opening.push(sit(&target, &places[number % places.len()], ended.clone()));
    }
    while let Some(opened) = opening.next().await {
        opened?;
    }
    let opened = begun.elapsed();
    sleep(CALM).await;
    let full = target.memory()?;
    let (before, before_ours, begun) = (target.usage()?, Usage::alone().unwrap_or_default(), Instant::now());
    sleep(Duration::from_secs_f64(size.seconds)).await;
    let wall = begun.elapsed();
    let busy = target.usage()?.since(before);
    if ended.get() > 0 {
        return Err(format!("{} of {sockets} sockets were closed", ended.get()).into());
    }
    let each = |full: u64, empty: u64| full.saturating_sub(empty) as f64 / 1024.0 / sockets as f64;
    let mut figures = Figures::default();
    figures.add(name::KIB_SOCKET, each(full.pss, empty.pss));
    figures.add("private KiB/socket", each(full.uss, empty.uss));
    figures.add(name::IDLE_CPU, 100.0 * busy.as_secs_f64() / wall.as_secs_f64());
    figures.add("opened in s", opened.as_secs_f64());
    figures.add(name::OURS, ours(before_ours, wall));
    Ok(figures)
}

/// Opens a socket that stays.
async fn sit(target: &Target, place: &Rc<Place>, ended: Rc<Cell<usize>>) -> Result<(), Error> {
    let (mut tab, _) = Tab::join(target, place).await?;
    spawn_local(async move {
        while tab.hear(|_| {}).await {}
        ended.set(ended.get() + 1);
    });
    Ok(())
}
