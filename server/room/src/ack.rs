//! What "saved" means on one socket.
//!
//! Writes (Step2 and Update on channel 0) are counted from 1. Ack n says that each of the first n is *settled*: durable,
//! or refused with a Nack. Invariant: the number never goes back, never exceeds what was received, and never covers a
//! write that a power cut could still take.

use std::collections::VecDeque;

use crate::Ticket;

/// Gaps in a row after which a connection is told that something is missing.
const GAPS_MAX: u32 = 3;

/// The writes of one socket that are not settled, and how many there were.
#[derive(Debug, Default)]
pub struct Acks {
    received: u64,
    settled: u64,
    waiting: VecDeque<Waiting>,
    gaps: u32,
    told: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Waiting {
    /// In the batch that is being gathered: it gets that batch's ticket.
    Batch,
    /// For this append.
    Ticket(Ticket),
    /// For the next Step2, whatever becomes of it.
    Step2,
    /// For nothing any more.
    Settled,
}

impl Acks {
    /// A write has arrived; its number.
    pub fn receive(&mut self) -> u64 {
        self.received += 1;
        self.received
    }

    /// The write just received is part of the current batch, or repeats what an earlier append holds.
    pub fn in_batch(&mut self, step2: bool) {
        if step2 {
            self.fill(Waiting::Batch);
        }
        self.gaps = 0;
        self.waiting.push_back(Waiting::Batch);
    }

    /// The write just received rests on blocks we do not have. `false` on the third in a row: it is to be refused.
    pub fn gap(&mut self) -> bool {
        self.gaps += 1;
        let patient = self.gaps < GAPS_MAX;
        if patient {
            self.waiting.push_back(Waiting::Step2);
        } else {
            self.refused(true);
        }
        patient
    }

    /// The write just received was refused. A refused Step2 also settles the gaps that waited for it.
    pub fn refused(&mut self, step2: bool) {
        if step2 {
            self.fill(Waiting::Settled);
            self.gaps = 0;
        }
        self.waiting.push_back(Waiting::Settled);
    }

    /// The batch is complete: its writes wait for this append, or for nothing if there never was one.
    pub fn flushed(&mut self, last: Option<Ticket>) {
        let settled = last.map_or(Waiting::Settled, Waiting::Ticket);
        for waiting in &mut self.waiting {
            if *waiting == Waiting::Batch {
                *waiting = settled;
            }
        }
    }

    /// Everything up to this append is durable. `Some(n)` when there is something new to tell.
    pub fn advance(&mut self, durable: Ticket) -> Option<u64> {
        while let Some(first) = self.waiting.front() {
            match first {
                Waiting::Settled => {}
                Waiting::Ticket(ticket) if *ticket <= durable => {}
                _ => break,
            }
            self.waiting.pop_front();
            self.settled += 1;
        }
        (self.settled > self.told).then(|| {
            self.told = self.settled;
            self.settled
        })
    }

    /// Nothing will become durable any more: every open write, by number, is to be refused.
    pub fn fail(&mut self) -> Vec<u64> {
        let first = self.settled + 1;
        let open = |(_, waiting): &(u64, &mut Waiting)| **waiting != Waiting::Settled;
        let failed = (first..).zip(&mut self.waiting).filter(open);
        failed
            .map(|(number, waiting)| {
                *waiting = Waiting::Settled;
                number
            })
            .collect()
    }

    fn fill(&mut self, with: Waiting) {
        for waiting in &mut self.waiting {
            if *waiting == Waiting::Step2 {
                *waiting = with;
            }
        }
    }
}
