//! Numbers from a seed: the same seed, the same case.

/// The simulator's numbers, in the ranges torture needs.
pub struct Rng(room::sim::rng::Rng);

impl Rng {
    /// From a seed.
    pub fn new(seed: u64) -> Rng {
        Rng(room::sim::rng::Rng::new(seed))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0.number()
    }

    /// Less than `bound`, which is not zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// A seed nobody chose; short enough to be typed.
pub fn fresh() -> u64 {
    (uuid::Uuid::new_v4().as_u128() % 1_000_000_000) as u64
}
