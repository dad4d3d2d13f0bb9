//! Rough weather: what the figures of the research ask of a schedule, in its shares.

use super::client::Habit;
use super::world::{Checked, World};
use crate::Event;

/// Edits somebody makes without a connection, at most; most stretches are short.
const AWAY: [usize; 6] = [5, 5, 20, 20, 100, 500];

impl World {
    /// One thing happens: 5 % end the server, 2 % change a role.
    pub fn rough_step(&mut self) -> Checked {
        self.now += self.rng.number() % 40;
        let who = self.rng.below(self.clients.len());
        match self.rng.below(1_000) {
            0..270 => self.clients[who].edit(&mut self.rng),
            270..440 => self.some(who, World::send)?,
            440..580 => self.some(who, World::receive)?,
            580..650 => (0..1 + self.rng.below(6)).try_for_each(|_| self.commit())?,
            650..710 => self.flush()?,
            710..720 => self.leave(who)?,
            720..750 if self.clients[who].link.is_none() => self.join(who)?,
            720..750 => {}
            750..770 => self.pause(who),
            770..800 => self.partition(),
            800..820 => self.change_a_role()?,
            820..880 => self.clients[who].disturb(&mut self.rng),
            880..895 => self.clients[who].answer(),
            895..910 => self.command()?,
            910..915 => self.tell(Event::Idle)?,
            915..935 => {
                let time = self.rng.number() % 20_000;
                self.pass(time)?;
            }
            935..950 => self.away(who)?,
            950..970 => {
                self.crash()?;
                self.come_back()?;
            }
            970..990 => {
                self.restart()?;
                self.come_back()?;
            }
            _ => self.fail_store()?,
        }
        Ok(())
    }

    /// Nothing passes between some of them and the server, in both directions; or everything does again.
    fn partition(&mut self) {
        let (some, open) = (self.rng.number(), self.rng.chance(50));
        for (who, client) in self.clients.iter_mut().enumerate() {
            if let Some(link) = client.link.as_mut().filter(|_| open || some >> who & 1 == 1) {
                (link.reads, link.sends) = (open, open);
            }
        }
    }

    fn change_a_role(&mut self) -> Checked {
        let changing: Vec<usize> =
            (0..self.clients.len()).filter(|who| self.clients[*who].habit == Habit::Changes).collect();
        let who = *self.rng.pick(&changing);
        self.change_role(who)
    }

    /// A stretch of work without a connection.
    fn away(&mut self, who: usize) -> Checked {
        self.leave(who)?;
        let most = *self.rng.pick(&AWAY);
        for _ in 0..1 + self.rng.below(most) {
            self.clients[who].edit(&mut self.rng);
        }
        Ok(())
    }

    /// Most find the server again at once.
    fn come_back(&mut self) -> Checked {
        for who in 0..self.clients.len() {
            if self.rng.chance(80) {
                self.join(who)?;
            }
        }
        Ok(())
    }

    fn restart(&mut self) -> Checked {
        if self.failed { self.crash() } else { self.evict() }
    }
}
