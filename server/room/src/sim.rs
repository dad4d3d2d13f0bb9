//! Thousands of random histories in virtual time, each from one seed.
//!
//! People with slow, lossy sockets write, leave, come back and lose their right to write; the store is slow and loses
//! what it has not written down. In the end everybody has the same text, and whatever was called saved is saved.
//! `SIM_SEED=n` repeats one history, `SIM_SEEDS` and `SIM_FROM` choose how many and where to begin, `SIM_ROUGH=1` makes
//! them rough. With the feature `testing` other crates run histories, too, and may bring their own editors.
//! Next: `sim/world.rs` for what can happen, `sim/client.rs` for what clients do.

pub(crate) mod client;
mod editor;
pub(crate) mod heard;
pub mod rng;
mod rough;
pub(crate) mod store;
#[cfg(test)]
mod tests;
mod world;

use crate::{Policy, Role};

use client::{Desk, Habit};
pub use editor::Editor;
use editor::Yrs;
use store::Honesty;
use world::{Checked, World};

/// As the server has it.
pub(crate) const POLICY: Policy = Policy { read: Role::View, write: Role::Edit, present: Role::View };

/// Rounds of delivering everything after which nothing may be on its way any more.
const ROUNDS: usize = 60;

/// How much goes wrong in a history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weather {
    /// Two to five people, 40 to 300 things that happen, faults now and then.
    Fair,
    /// Two to six people and 200 things, of which 5 % end the server and 2 % change a role; partitions, stretches of up to
    /// 500 edits without a connection, frames lost, repeated and out of order.
    Rough,
}

/// One history from a seed, its people at yrs or at what `desk` gives for a client id; how many saved writes were looked
/// for at its end, or what was wrong.
pub fn history(
    seed: u64,
    weather: Weather,
    desk: &mut dyn FnMut(u64) -> Option<Box<dyn Editor>>,
) -> Result<usize, String> {
    let mut desk = |client| desk(client).unwrap_or_else(|| Box::new(Yrs::new(client)));
    ended(seed, Honesty::Honest, weather, &mut desk)
}

fn ended(seed: u64, honesty: Honesty, weather: Weather, desk: Desk) -> Result<usize, String> {
    let mut world = World::new(seed, honesty, weather, desk);
    match weather {
        Weather::Fair => (0..40 + world.rng.below(260)).try_for_each(|_| world.step())?,
        Weather::Rough => (0..200).try_for_each(|_| world.rough_step())?,
    }
    heal(&mut world)?;
    all_agree(&world)?;
    readers_changed_nothing(&world)?;
    let saved = world.promises_kept()?;
    world.evict()?;
    Ok(saved)
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
        if anew || world.clients[who].lost {
            world.leave(who)?;
        }
        match &mut world.clients[who].link {
            None => world.join(who)?,
            Some(link) => (link.reads, link.sends) = (true, true),
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
        let because = |what: &str| {
            let (theirs, lost) = (client.vector(), client.lost);
            let who = format!("client {who} ({:?}, {:?}, lost: {lost})", client.habit, client.dialect);
            Err(format!("{who}: {what}; it has {theirs:?}, the room {vector:?}"))
        };
        match () {
            () if !follows => {}
            () if client.is_waiting() => return because("waits for updates that never came"),
            () if client.vector() != vector => return because("has other blocks than the room"),
            () if client.content() != text => {
                return because(&format!("has another text than the room, {:?} and not {text:?}", client.content()));
            }
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
        if reader && vector.contains_client(&yrs::ClientID::new(client.editor.client())) {
            return Err("the room has blocks of somebody who may only read".into());
        }
    }
    Ok(())
}
