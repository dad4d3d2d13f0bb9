//! LO5: what documents cost that nobody has open, and one that somebody has.
//!
//! Memory is looked at after a restart, so that nothing counts that making them left behind. A document is opened by one
//! socket and then by a second one; the second costs a socket, the first a document as well.

use std::rc::Rc;
use std::time::Duration;

use tokio::task::spawn_local;
use tokio::time::sleep;

use crate::Error;
use crate::figures::{Figures, name};
use crate::measure::Memory;
use crate::tab::Tab;
use crate::target::{Kind, Place, Setting, Target};
use crate::workload::Size;

/// Text of a document that is opened.
const OPEN_BYTES: usize = 5 * 1024;
/// Documents that are made at the same time.
const MAKERS: usize = 32;
/// After a start and after the last socket has opened.
const CALM: Duration = Duration::from_secs(1);

/// `size.documents` cold ones, `size.clients` open ones.
pub async fn run(kind: Kind, setting: &Setting, size: Size) -> Result<Figures, Error> {
    let mut target = Target::start(kind, setting)?;
    let line = "A line of a document that is opened and looked at, and not written in.\n";
    let text: String = line.chars().cycle().take(OPEN_BYTES).collect();
    let places = (0..size.clients).map(|_| Ok(Rc::new(target.document(&text)?))).collect::<Result<Vec<_>, Error>>()?;
    let few = restarted(&mut target).await?;
    make(&target, size.documents)?;
    let made = target.memory()?;
    let many = restarted(&mut target).await?;
    let mut figures = Figures::default();
    let grown = |full: Memory, empty: Memory| full.pss.saturating_sub(empty.pss) as f64;
    figures.add(name::COLD, grown(many, few) / 1e6);
    figures.add("after making them MB", grown(made, few) / 1e6);
    let first = opened(&target, &places).await?;
    let second = opened(&target, &places).await?;
    let each = 1024.0 * size.clients as f64;
    let socket = grown(second, first) / each;
    figures.add(name::KIB_DOCUMENT, (grown(first, many) / each - socket).max(0.0));
    figures.add("KiB/second socket", socket);
    Ok(figures)
}

/// Several at a time, so that they share the disk's syncs.
fn make(target: &Target, documents: usize) -> Result<(), Error> {
    let share = |maker: usize| {
        (maker..documents).step_by(MAKERS).try_for_each(|_| {
            target.document("A document that nobody opens.\n").map(drop).map_err(|error| error.to_string())
        })
    };
    std::thread::scope(|scope| {
        let makers: Vec<_> = (0..MAKERS).map(|maker| scope.spawn(move || share(maker))).collect();
        makers.into_iter().try_for_each(|maker| maker.join().unwrap_or_else(|_| Err("a maker ended early".into())))
    })?;
    Ok(())
}

async fn restarted(target: &mut Target) -> Result<Memory, Error> {
    target.restart()?;
    sleep(CALM).await;
    target.memory()
}

/// One more socket on each; what the server then has in memory.
async fn opened(target: &Target, places: &[Rc<Place>]) -> Result<Memory, Error> {
    for place in places {
        let (mut tab, _) = Tab::join(target, place).await?;
        spawn_local(async move { while tab.hear(|_| {}).await {} });
    }
    sleep(CALM).await;
    target.memory()
}
