//! LO10: a long history is opened: the readable page by HTTP and the first sync, after a restart and again.
//!
//! Galley gets the history as it was typed, edit by edit; peers get what it comes to as one update, which is easier for them.
//! Invariant: a sync counts from the first byte of the upgrade to the whole text; what came is compared with what was typed.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use crate::Error;
use crate::dialect::Heard;
use crate::figures::{Figures, name};
use crate::measure::quantile;
use crate::tab::{DEADLINE, Tab};
use crate::target::{Kind, Place, Setting, Target};
use crate::trace::{self, Trace};

/// Restarts of one run.
const RESTARTS: usize = 3;
/// Looks at what is open already.
const LOOKS: usize = 5;
/// Peers store a little later: Hocuspocus after two seconds of silence, y-sweet every ten.
const STORED: Duration = Duration::from_secs(12);

/// Seeds, and opens over and over.
pub async fn run(kind: Kind, setting: &Setting, history: &Trace) -> Result<Figures, Error> {
    let mut target = Target::start(kind, setting)?;
    let place = Rc::new(target.document("")?);
    let whole = merged(&history.updates)?;
    seed(&target, &place, history, &whole).await?;
    let (mut pages, mut again, mut cold, mut warm, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..RESTARTS {
        if kind == Kind::Galley {
            target.restart()?;
            pages.push(page(&target, &place)?);
            for _ in 0..LOOKS {
                again.push(page(&target, &place)?);
            }
        }
        target.restart()?;
        let (took, received, first) = synced(&target, &place, history).await?;
        cold.push(took);
        bytes = received;
        for _ in 0..LOOKS {
            warm.push(synced(&target, &place, history).await?.0);
        }
        drop(first);
    }
    let mut figures = Figures::default();
    if kind == Kind::Galley {
        figures.ms(name::PAGE, quantile(&mut pages, 0.5));
        figures.ms("page again ms", quantile(&mut again, 0.5));
    }
    figures.ms("synced ms", quantile(&mut cold, 0.5));
    figures.ms("synced again ms", quantile(&mut warm, 0.5));
    figures.add("KB to a newcomer", bytes as f64 / 1e3);
    figures.add(name::OF_V1, bytes as f64 / whole.len() as f64);
    figures.add("disk of v1 state", target.disk_bytes() as f64 / whole.len() as f64);
    figures.add(name::PSS, target.memory()?.pss as f64 / 1e6);
    Ok(figures)
}

/// The state as Yjs encodes it, version 1.
fn merged(updates: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
    let doc = peer::new_doc();
    let mut transaction = doc.transact_mut();
    for update in updates {
        transaction.apply_update(Update::decode_v1(update)?)?;
    }
    // Neighbours become one block, and what was deleted goes, only at the end of a transaction.
    drop(transaction);
    Ok(doc.transact().encode_diff_v1(&StateVector::default()))
}

async fn seed(target: &Target, place: &Rc<Place>, history: &Trace, whole: &[u8]) -> Result<(), Error> {
    let (mut tab, _) = Tab::join(target, place).await?;
    if target.kind == Kind::Galley {
        return trace::type_all(&mut tab, &history.updates).await;
    }
    tab.hand.write(whole).await.ok_or("the socket ended")?;
    sleep(STORED).await;
    Ok(())
}

/// The readable page, from the request to its last byte, on a connection of its own.
fn page(target: &Target, place: &Place) -> Result<Duration, Error> {
    let begun = Instant::now();
    let page = target.get(&format!("/d/{}", place.id))?.body_mut().with_config().limit(64 << 20).read_to_string()?;
    let took = begun.elapsed();
    if page.len() < 1_000 { Err("the page is empty".into()) } else { Ok(took) }
}

/// Somebody new, until the whole text is here: how long, how many bytes, and their tab.
async fn synced(target: &Target, place: &Rc<Place>, history: &Trace) -> Result<(Duration, u64, Tab), Error> {
    let begun = Instant::now();
    let mut tab = Tab::open(target, place).await?;
    let (mut states, mut here) = (Vec::new(), false);
    let waiting = async {
        while !here {
            let open = tab.hear(|heard| {
                if let Heard::Step2(update) | Heard::Update(update) = heard {
                    here |= trace::is_last(update);
                    states.push(update.to_vec());
                }
            });
            if !open.await {
                break;
            }
        }
    };
    timeout(DEADLINE, waiting).await.map_err(|_| "the text never came")?;
    let took = begun.elapsed();
    let states: Vec<&[u8]> = states.iter().map(Vec::as_slice).collect();
    if trace::text(&states)? != history.text {
        return Err("a newcomer has not the text that was typed".into());
    }
    let received = tab.hand.line.received.get();
    Ok((took, received, tab))
}
