//! The delete set of an update: which units are gone.

use super::lib0::{Reader, clock_end, put_varuint};
use super::{Malformed, Refusal};

/// Half-open clock ranges by client, ascending and apart, each client once.
#[derive(Debug, Default)]
pub(super) struct Deletes {
    clients: Vec<(u64, Vec<(u32, u32)>)>,
}

impl Deletes {
    pub(super) fn read(reader: &mut Reader, clients_max: usize) -> Result<Deletes, Refusal> {
        let mut clients = Vec::new();
        for _ in 0..reader.count(2)? {
            let client = reader.varuint()?;
            let ranges = ranges(reader)?;
            if !ranges.is_empty() {
                clients.push((client, ranges));
            }
            if clients.len() > clients_max {
                return Err(Refusal::TooLarge("client_ids"));
            }
        }
        clients.sort_by_key(|(client, _)| std::cmp::Reverse(*client));
        match clients.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            true => Err(Refusal::Invalid("its delete set names a client twice")),
            false => Ok(Deletes { clients }),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.clients.is_empty()
    }

    /// Cuts off what lies beyond `reach(client)`; true if anything did.
    pub(super) fn clip(&mut self, reach: impl Fn(u64) -> u32) -> bool {
        let mut cut = false;
        for (client, ranges) in &mut self.clients {
            let reach = reach(*client);
            ranges.retain_mut(|(from, to)| {
                cut |= *to > reach;
                *to = reach.min(*to);
                from < to
            });
        }
        self.clients.retain(|(_, ranges)| !ranges.is_empty());
        cut
    }

    /// Drops the ranges of which `known(client, from, to)`.
    pub(super) fn forget(&mut self, known: impl Fn(u64, u32, u32) -> bool) {
        for (client, ranges) in &mut self.clients {
            ranges.retain(|(from, to)| !known(*client, *from, *to));
        }
        self.clients.retain(|(_, ranges)| !ranges.is_empty());
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        put_varuint(out, self.clients.len() as u64);
        for (client, ranges) in &self.clients {
            put_varuint(out, *client);
            put_varuint(out, ranges.len() as u64);
            for (from, to) in ranges {
                put_varuint(out, (*from).into());
                put_varuint(out, (to - from).into());
            }
        }
    }
}

fn ranges(reader: &mut Reader) -> Result<Vec<(u32, u32)>, Malformed> {
    let mut ranges = Vec::new();
    for _ in 0..reader.count(2)? {
        let from = reader.clock()?;
        let to = clock_end(from, reader.clock()?)?;
        if from < to {
            ranges.push((from, to));
        }
    }
    ranges.sort_unstable();
    ranges.dedup_by(|next, last| {
        let touches = next.0 <= last.1;
        if touches {
            last.1 = last.1.max(next.1);
        }
        touches
    });
    Ok(ranges)
}
