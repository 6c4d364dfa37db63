//! Randomness as a value that is passed in, so that a test can set the seed.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::rand::SecureRandom;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A source of unpredictable bytes; clones share the source.
#[derive(Clone)]
pub struct Rng(Arc<dyn Source>);

trait Source: Send + Sync {
    fn fill(&self, out: &mut [u8]);
}

impl Rng {
    /// The operating system's generator by way of aws-lc.
    pub fn system() -> Self {
        Self(Arc::new(SystemSource(aws_lc_rs::rand::SystemRandom::new())))
    }

    /// A reproducible sequence for tests. Never for production: who knows the seed knows every secret.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(SeededSource(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))))
    }

    /// `N` fresh random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.0.fill(&mut out);
        out
    }

    /// A number drawn evenly from `0..bound` (rejection sampling, so that no value is favoured). `bound` of 0 gives 0.
    pub fn below(&self, bound: u32) -> u32 {
        if bound < 2 {
            return 0;
        }
        let limit = u32::MAX - u32::MAX % bound;
        loop {
            let drawn = u32::from_be_bytes(self.bytes());
            if drawn < limit {
                return drawn % bound;
            }
        }
    }
}

impl fmt::Debug for Rng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rng")
    }
}

struct SystemSource(aws_lc_rs::rand::SystemRandom);

impl Source for SystemSource {
    #[expect(
        clippy::panic,
        reason = "a machine without randomness must stop, not go on with a guessable secret"
    )]
    fn fill(&self, out: &mut [u8]) {
        if self.0.fill(out).is_err() {
            panic!("the operating system gives no randomness");
        }
    }
}

struct SeededSource(Mutex<ChaCha20Rng>);

impl Source for SeededSource {
    fn fill(&self, out: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_the_system_does_not_repeat() {
        assert_eq!(Rng::seeded(7).bytes::<32>(), Rng::seeded(7).bytes::<32>());
        assert_ne!(Rng::seeded(7).bytes::<32>(), Rng::seeded(8).bytes::<32>());
        let system = Rng::system();
        assert_ne!(system.bytes::<32>(), system.bytes::<32>());
    }

    #[test]
    fn numbers_stay_below_their_bound_and_reach_every_value() {
        let rng = Rng::seeded(1);
        let mut seen = [false; 10];
        for _ in 0..500 {
            seen[rng.below(10) as usize] = true;
        }
        assert!(seen.iter().all(|s| *s));
        assert_eq!(rng.below(0), 0);
    }
}
