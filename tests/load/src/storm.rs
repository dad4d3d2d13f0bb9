//! LO9: everybody comes at once, each with an edit, through the door as it is.
//!
//! Whoever is put off comes again when the server said, and a little later; whoever is answered wrongly counts, and comes again.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::{JoinSet, spawn_local};
use tokio::time::{sleep, timeout};

use crate::Error;
use crate::dialect::{Dialect, Heard};
use crate::figures::{Figures, name};
use crate::measure::quantile;
use crate::tab::Tab;
use crate::target::{Kind, LIFTED, Place, Setting, Target};
use crate::typing::Typing;
use crate::wire::Refused;
use crate::workload::Size;

/// After this nobody is waited for any more.
const PATIENCE: Duration = Duration::from_secs(60);
/// Before an attempt after an answer that named no time.
const AGAIN: Duration = Duration::from_secs(1);
/// Those who were put off do not all come at the same moment.
const SPREAD: Duration = Duration::from_millis(1_000);

#[derive(Default)]
struct Door {
    put_off: Cell<usize>,
    wrong: Cell<usize>,
}

/// `size.clients` on each of `size.documents`.
pub async fn run(kind: Kind, setting: &Setting, size: Size) -> Result<Figures, Error> {
    let setting = Setting { limits: LIFTED.to_vec(), ..setting.clone() };
    let target = Rc::new(Target::start(kind, &setting)?);
    let places = (0..size.documents).map(|_| Ok(Rc::new(target.document("")?))).collect::<Result<Vec<_>, Error>>()?;
    let (before, begun, door) = (target.usage()?, Instant::now(), Rc::new(Door::default()));
    let mut coming = JoinSet::new();
    let people = size.documents * size.clients;
    for number in 0..people {
        let (target, place, door) = (target.clone(), places[number % places.len()].clone(), door.clone());
        coming.spawn_local(async move { come(&target, &place, &door, number).await.map(|()| begun.elapsed()) });
    }
    let mut took = Vec::new();
    let all = async {
        while let Some(came) = coming.join_next().await {
            took.push(came.map_err(|error| error.to_string())??);
        }
        Ok::<(), String>(())
    };
    let waited = timeout(PATIENCE, all).await;
    waited.map_err(|_| format!("{} of {people} were in after {} s", took.len(), PATIENCE.as_secs()))??;
    let mut figures = Figures::default();
    figures.add(name::LAST_IN, quantile(&mut took, 1.0).as_secs_f64());
    figures.add("half in s", quantile(&mut took, 0.5).as_secs_f64());
    figures.add("put off", door.put_off.get() as f64);
    figures.add("answered wrongly", door.wrong.get() as f64);
    figures.add("server CPU s", target.usage()?.since(before).as_secs_f64());
    figures.add(name::PSS, target.memory()?.pss as f64 / 1e6);
    Ok(figures)
}

/// Until in sync with an edit of one's own sent, and saved where that is said; the socket stays open.
async fn come(target: &Target, place: &Rc<Place>, door: &Door, number: usize) -> Result<(), String> {
    let mut tab = loop {
        let wait = match Tab::open(target, place).await {
            Ok(tab) => break tab,
            Err(Refused::Answered { status: 503, again }) => {
                door.put_off.set(door.put_off.get() + 1);
                again.unwrap_or(AGAIN)
            }
            Err(_) => {
                door.wrong.set(door.wrong.get() + 1);
                AGAIN
            }
        };
        // Spread by number: the same in every run.
        sleep(wait + SPREAD * (number as u32 % 97) / 97).await;
    };
    tab.state().await.map_err(|error| error.to_string())?;
    let (edit, _) = Typing::new(number).edit();
    tab.hand.write(&edit).await.ok_or("the socket ended before the edit was sent")?;
    let mut acked = 0;
    while place.dialect == Dialect::Galley && acked < tab.hand.writes.borrow().len() {
        let open = tab.hear(|heard| {
            if let Heard::Ack(upto) = heard {
                acked = usize::try_from(upto).unwrap_or(usize::MAX);
            }
        });
        if !open.await {
            return Err("the socket ended before the edit was saved".into());
        }
    }
    spawn_local(async move { while tab.hear(|_| {}).await {} });
    Ok(())
}
