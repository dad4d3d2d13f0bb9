//! How many sockets are open and how fast new ones come, and for whom.
//!
//! Invariant: a pass is counted while it lives and no longer; who comes back too often uses up nothing that others need.
//! Next: `ws.rs`, which takes one before it upgrades.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use room::Author;
use uuid::Uuid;

use super::frames::Unfinished;
use super::pace::{Pace, Verdict};
use crate::guard;
use crate::limits::Limits;

/// Seconds of its rate that a document may take at once: two full messages and more.
const DOCUMENT_BURST: u32 = 4;
/// People and addresses remembered for how fast they come, each; beyond it all wait until some are forgotten.
const COMERS_MAX: usize = 100_000;

/// All sockets of this process; clones share the counts.
#[derive(Clone)]
pub struct Sockets(Arc<Shared>);

struct Shared {
    upgrades: DefaultDirectRateLimiter,
    by_person: Comers<Author>,
    by_address: Comers<IpAddr>,
    unfinished: Unfinished,
    per_person_max: usize,
    per_address_max: usize,
    document_bytes_per_second: u32,
    opened: Instant,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    people: HashMap<Author, usize>,
    addresses: HashMap<IpAddr, usize>,
    documents: HashMap<Uuid, Weak<Mutex<Pace>>>,
}

/// One socket's place; give it back by dropping it.
pub struct Pass {
    sockets: Sockets,
    author: Author,
    address: IpAddr,
    document: Uuid,
    /// How fast everybody together writes to the document.
    pace: Arc<Mutex<Pace>>,
}

impl Sockets {
    /// None open.
    pub fn new(limits: &Limits) -> Sockets {
        let quota = |rate| Quota::per_second(at_least_one(rate));
        Sockets(Arc::new(Shared {
            upgrades: RateLimiter::direct(quota(limits.upgrades_per_second)),
            by_person: Comers::new(quota(limits.person_upgrades_per_second), limits.connections_per_person),
            by_address: Comers::new(quota(limits.address_upgrades_per_second), limits.connections_per_address),
            unfinished: Unfinished::new(limits.unfinished_bytes),
            per_person_max: limits.connections_per_person,
            per_address_max: limits.connections_per_address,
            document_bytes_per_second: limits.document_bytes_per_second,
            opened: Instant::now(),
            counts: Mutex::default(),
        }))
    }

    /// Whether the server takes another upgrade of this person, or of this address for who is nobody; else the name of
    /// the limit that is reached. Their own is asked first, so that nothing of everybody's is spent on who is put off.
    pub fn may_upgrade(&self, author: Option<Author>, address: IpAddr) -> Result<(), &'static str> {
        let (own, limit) = match author {
            Some(author) => (self.0.by_person.takes(author), "person_upgrades_per_second"),
            None => (self.0.by_address.takes(guard::network(address)), "address_upgrades_per_second"),
        };
        if !own {
            return Err(limit);
        }
        self.0.upgrades.check().map_err(|_| "upgrades_per_second")
    }

    /// The shared count of incomplete bytes.
    pub fn unfinished(&self) -> Unfinished {
        self.0.unfinished.clone()
    }

    /// A place for one more socket, or the name of the limit that is reached.
    pub fn admit(&self, author: Author, address: IpAddr, document: Uuid) -> Result<Pass, &'static str> {
        let address = guard::network(address);
        let mut counts = self.counts();
        if counts.people.get(&author).copied().unwrap_or(0) >= self.0.per_person_max {
            return Err("connections_per_person");
        }
        if counts.addresses.get(&address).copied().unwrap_or(0) >= self.0.per_address_max {
            return Err("connections_per_address");
        }
        *counts.people.entry(author).or_default() += 1;
        *counts.addresses.entry(address).or_default() += 1;
        let known = counts.documents.get(&document).and_then(Weak::upgrade);
        let pace = known.unwrap_or_else(|| {
            let rate = self.0.document_bytes_per_second;
            Arc::new(Mutex::new(Pace::new(rate, rate.saturating_mul(DOCUMENT_BURST), Duration::MAX)))
        });
        counts.documents.insert(document, Arc::downgrade(&pace));
        Ok(Pass { sockets: self.clone(), author, address, document, pace })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// How long a message must wait because the document is written to too fast.
    pub fn wait(&self, bytes: usize) -> Option<Duration> {
        let now = self.sockets.0.opened.elapsed();
        let verdict = self.pace.lock().unwrap_or_else(PoisonError::into_inner).take(now, bytes);
        if let Verdict::Wait(wait) = verdict { Some(wait) } else { None }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut counts = self.sockets.counts();
        if Arc::strong_count(&self.pace) == 1 {
            counts.documents.remove(&self.document);
        }
        release(&mut counts.people, &self.author);
        release(&mut counts.addresses, &self.address);
    }
}

/// How fast each of them comes.
struct Comers<K: Hash + Eq + Clone>(RateLimiter<K, HashMapStateStore<K>, DefaultClock>);

impl<K: Hash + Eq + Clone> Comers<K> {
    /// As many at once as may be open.
    fn new(quota: Quota, open: usize) -> Comers<K> {
        let burst = at_least_one(u32::try_from(open).unwrap_or(u32::MAX));
        Comers(RateLimiter::hashmap(quota.allow_burst(burst)))
    }

    fn takes(&self, key: K) -> bool {
        if self.0.len() >= COMERS_MAX {
            self.0.retain_recent();
        }
        self.0.len() < COMERS_MAX && self.0.check_key(&key).is_ok()
    }
}

fn at_least_one(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

fn release<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sk44_a_document_has_one_pace_for_all_who_write_to_it() {
        let sockets = Sockets::new(&Limits { document_bytes_per_second: 1_000, ..Limits::default() });
        let pass = |n, document| {
            let address = IpAddr::from([10, 0, 0, n]);
            sockets.admit(Author(Uuid::from_u128(n.into())), address, Uuid::from_u128(document))
        };
        let [Ok(one), Ok(other), Ok(elsewhere)] = [pass(1, 7), pass(2, 7), pass(3, 8)] else { panic!("there is room") };
        assert_eq!(one.wait(4_000), None);
        assert!(other.wait(1_000_000).is_some_and(|wait| wait > Duration::from_secs(900)));
        assert_eq!(elsewhere.wait(4_000), None);
        drop((one, other, elsewhere));
        assert_eq!(sockets.counts().documents.len(), 0);
    }

    #[test]
    fn sk37_who_comes_back_too_often_uses_up_nothing_of_the_others() {
        let limits = Limits {
            connections_per_person: 2,
            connections_per_address: 3,
            upgrades_per_second: 6,
            ..Limits::default()
        };
        let sockets = Sockets::new(&limits);
        let address = |n| IpAddr::from([10, 0, 0, n]);
        let many = |author: Option<u128>, n| {
            (0..50)
                .filter(|_| sockets.may_upgrade(author.map(|id| Author(Uuid::from_u128(id))), address(n)).is_ok())
                .count()
        };
        assert_eq!((many(Some(1), 1), many(Some(1), 2)), (2, 0), "wherever a person comes from");
        assert_eq!((many(None, 1), many(None, 1)), (3, 0), "nobody, by where they come from");
        assert_eq!(
            sockets.may_upgrade(Some(Author(Uuid::from_u128(1))), address(1)),
            Err("person_upgrades_per_second")
        );
        assert_eq!(sockets.may_upgrade(None, address(1)), Err("address_upgrades_per_second"));
        assert_eq!(many(Some(2), 1), 1, "the last of everybody's six");
        assert_eq!(sockets.may_upgrade(None, address(3)), Err("upgrades_per_second"));
    }

    #[test]
    fn sk6_passes_are_counted_and_given_back() {
        let sockets =
            Sockets::new(&Limits { connections_per_person: 1, connections_per_address: 2, ..Limits::default() });
        let author = |n| Author(Uuid::from_u128(n));
        let at = |text: &str| text.parse::<IpAddr>().expect("an address");
        let first = sockets.admit(author(1), at("2001:db8::1"), Uuid::nil());
        assert!(first.is_ok());
        assert_eq!(sockets.admit(author(1), at("10.0.0.1"), Uuid::nil()).err(), Some("connections_per_person"));
        let _second = sockets.admit(author(2), at("2001:db8::ffff"), Uuid::nil());
        assert_eq!(sockets.admit(author(3), at("2001:db8::2"), Uuid::nil()).err(), Some("connections_per_address"));
        drop(first);
        assert!(sockets.admit(author(1), at("2001:db8::2"), Uuid::nil()).is_ok());
    }
}
