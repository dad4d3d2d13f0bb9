//! TO15: Yjs in Node, yrs and the room's core in one schedule: identical text and state vectors everywhere in the end.
//!
//! The schedules are those of `converge`, rough ones, but half of the people sit at a Y.Doc of Yjs 13.6, as every browser
//! does. All they write goes through the room's gate. Next: `node.rs`.

use std::cell::RefCell;
use std::rc::Rc;

use room::sim::{Editor, Weather, history};

use crate::node::{Node, Yjs, missing};
use crate::rng::Rng;
use crate::run::{Run, Skipped, Tally};
use crate::schedules::{self, Work};

pub fn run(run: &mut Run, tally: &mut Tally) -> Result<(), Skipped> {
    if let Some(why) = missing() {
        return Err(Skipped(why));
    }
    schedules::every(run, tally, worker);
    Ok(())
}

fn worker() -> Result<Work, String> {
    let node = Rc::new(RefCell::new(Node::start()?));
    Ok(Box::new(move |seed| {
        node.borrow_mut().clear();
        let mut rng = Rng::new(seed);
        let (mut yjs, mut yrs) = (0, 0);
        history(seed, Weather::Rough, &mut |client| {
            // Of the first two people each has one, so that no schedule is without either.
            let at_yjs = if yjs + yrs == 1 { yrs == 1 } else { rng.chance(50) };
            *(if at_yjs { &mut yjs } else { &mut yrs }) += 1;
            at_yjs.then(|| Box::new(Yjs::new(node.clone(), client)) as Box<dyn Editor>)
        })
    }))
}
