//! Thousands of random histories in virtual time, each from one seed.
//!
//! People with slow, lossy sockets write, leave, come back and lose their right to write; the store is slow and loses
//! what it has not written down. In the end everybody has the same text, and whatever was called saved is saved.
//! `SIM_SEED=n` repeats one history, `SIM_SEEDS` and `SIM_FROM` choose how many and where to begin.
//! Next: `sim/world.rs` for what can happen, `sim/client.rs` for what clients do.

pub mod client;
pub mod heard;
pub mod rng;
pub mod store;
mod world;

use crate::{Policy, Role};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use client::Habit;
use store::Honesty;
use world::{Checked, World};

/// As the server has it.
pub const POLICY: Policy = Policy { read: Role::View, write: Role::Edit, present: Role::View };

const SEEDS: u64 = 5_000;
/// Rounds of delivering everything after which nothing may be on its way any more.
const ROUNDS: usize = 60;

#[test]
fn every_history_ends_well() {
    if let Some(seed) = variable("SIM_SEED") {
        history(seed, Honesty::Honest).unwrap_or_else(|why| panic!("SEED={seed}: {why}"));
        return;
    }
    let from = variable("SIM_FROM").unwrap_or(0);
    let until = from + variable("SIM_SEEDS").unwrap_or(SEEDS);
    let (next, failed) = (AtomicU64::new(from), AtomicBool::new(false));
    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= until {
                return;
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| history(seed, Honesty::Honest)));
            if let Err(why) = outcome.unwrap_or_else(|_| Err("it panicked".into())) {
                failed.store(true, Ordering::Relaxed);
                println!("SEED={seed}: {why}");
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    assert!(!failed.into_inner(), "a history ended badly; SIM_SEED=n repeats it");
}

/// A store that calls things saved that are not must not get past these checks.
#[test]
fn a_lying_store_is_caught() {
    assert!((0..300).any(|seed| history(seed, Honesty::Liar).is_err()), "nobody noticed");
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}

fn history(seed: u64, honesty: Honesty) -> Checked {
    let mut world = World::new(seed, honesty);
    for _ in 0..40 + world.rng.below(260) {
        world.step()?;
    }
    heal(&mut world)?;
    all_agree(&world)?;
    readers_changed_nothing(&world)?;
    world.promises_kept()?;
    world.evict()
}

/// Everybody may come back, and everything arrives.
fn heal(world: &mut World) -> Checked {
    if world.failed {
        world.crash()?;
    }
    let anew = world.rng.chance(50);
    for who in 0..world.clients.len() {
        if world.clients[who].habit == Habit::Changes {
            world.set_role(who, Role::Edit)?;
        }
        if anew {
            world.leave(who)?;
        }
        match &mut world.clients[who].link {
            None => world.join(who)?,
            Some(link) => link.reads = true,
        }
    }
    for _ in 0..ROUNDS {
        if round(world)? {
            return Ok(());
        }
    }
    Err("it never comes to rest".into())
}

/// Delivers what is on its way; whether nothing was.
fn round(world: &mut World) -> Result<bool, String> {
    let mut quiet = world.store.is_idle() && world.clients.iter().all(client::Client::is_quiet);
    for who in 0..world.clients.len() {
        if world.clients[who].link.is_none() {
            world.join(who)?;
        }
        while !world.clients[who].is_quiet() {
            world.send(who)?;
            world.receive(who)?;
        }
    }
    world.flush()?;
    while !world.store.is_idle() {
        world.commit()?;
    }
    quiet &= world.clients.iter().all(client::Client::is_quiet);
    world.pass(3_000)?;
    Ok(quiet && world.clients.iter().all(client::Client::is_quiet))
}

fn all_agree(world: &World) -> Checked {
    let (text, vector) = world.state();
    for (who, client) in world.clients.iter().enumerate() {
        let follows = match client.habit {
            Habit::Edits | Habit::Changes => true,
            // They may hold what the server lost, and may not bring it back.
            Habit::Reads => world.crashed.is_none(),
            Habit::Insists => false,
        };
        let because = |what: &str| Err(format!("client {who} ({:?}, {:?}): {what}", client.habit, client.dialect));
        match () {
            () if !follows => {}
            () if client.is_waiting() => return because("waits for updates that never came"),
            () if client.vector() != vector => return because("has other blocks than the room"),
            () if client.content() != text => return because("has another text than the room"),
            () if !client.is_settled() => return because("was never told what became of a write"),
            () => {}
        }
    }
    Ok(())
}

fn readers_changed_nothing(world: &World) -> Checked {
    let (_, vector) = world.state();
    for client in &world.clients {
        let reader = matches!(client.habit, Habit::Reads | Habit::Insists);
        if reader && vector.contains_client(&client.doc.client_id()) {
            return Err("the room has blocks of somebody who may only read".into());
        }
    }
    Ok(())
}
