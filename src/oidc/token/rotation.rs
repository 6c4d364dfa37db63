//! The rotation of refresh tokens (RFC 9700 section 4.14.2), as pure rules.
//!
//! The tokens of a grant form generations. The first use of a token rotates its whole generation and begins the next. A client
//! whose requests race, or that lost a response, may use a rotated token once more within the grace: it gets a sibling in the
//! newest generation. A use after the grace means that two parties hold the family; nobody can tell which is the thief, so all of it
//! ends. Because siblings rotate together, a thief who used the grace is found out by the next rotation but one.

use std::time::Duration;

use crate::kernel::clock::Timestamp;

/// What a rotated token is still good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// A sibling.
    Grace,
    /// The end of the family.
    Replay,
}

/// Judges a token that is used again, after it was rotated.
pub(super) fn judge(rotated_at: Timestamp, now: Timestamp, grace: Duration) -> Again {
    // strictly earlier, and never without grace: a racer's clock may have been read before the rotation's
    if !grace.is_zero() && now < rotated_at + grace {
        Again::Grace
    } else {
        Again::Replay
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GRACE: Duration = Duration::from_secs(10);

    /// The statements of the store on one family, in memory.
    struct Family {
        tokens: Vec<(i32, Option<Timestamp>)>,
        revoked: bool,
    }

    impl Family {
        fn new() -> Self {
            Self {
                tokens: vec![(0, None)],
                revoked: false,
            }
        }

        /// Uses a token; gives the new one's index.
        fn present(&mut self, index: usize, now: Timestamp) -> Option<usize> {
            if self.revoked {
                return None;
            }
            let (generation, rotated_at) = self.tokens[index];
            let newest = self.tokens.iter().map(|(generation, _)| *generation).max().unwrap_or(0);
            let generation = match rotated_at {
                None => {
                    for token in &mut self.tokens {
                        if token.0 == generation && token.1.is_none() {
                            token.1 = Some(now);
                        }
                    }
                    generation + 1
                }
                Some(at) if judge(at, now, GRACE) == Again::Grace => newest,
                Some(_) => {
                    self.revoked = true;
                    return None;
                }
            };
            self.tokens.push((generation, None));
            Some(self.tokens.len() - 1)
        }
    }

    #[test]
    fn the_grace_ends_to_the_millisecond() {
        let at = Timestamp::from_secs(100);
        assert_eq!(judge(at, at, GRACE), Again::Grace);
        assert_eq!(judge(at, Timestamp::from_millis(109_999), GRACE), Again::Grace);
        assert_eq!(judge(at, Timestamp::from_secs(110), GRACE), Again::Replay);
        assert_eq!(judge(at, at, Duration::ZERO), Again::Replay, "no grace is none");
        let before = Timestamp::from_millis(99_999);
        assert_eq!(judge(at, before, Duration::ZERO), Again::Replay);
    }

    #[test]
    fn a_thief_within_the_grace_is_found_out_by_a_later_rotation() {
        let mut family = Family::new();
        let at = Timestamp::from_secs;
        let owner = family.present(0, at(100)).expect("rotates");
        let thief = family.present(0, at(105)).expect("a sibling");
        family.present(owner, at(200)).expect("rotates both siblings");
        assert_eq!(family.present(thief, at(300)), None);
        assert!(family.revoked);
    }

    proptest! {
        /// Uses in any order at any times: what is unrotated is the newest generation alone, so two branches can't live side by
        /// side for longer than the grace.
        #[test]
        fn only_the_newest_generation_is_unrotated(uses in prop::collection::vec((any::<prop::sample::Index>(), 0u64..15_000), 1..60)) {
            let mut family = Family::new();
            let mut now = Timestamp::from_secs(1000);
            for (index, wait) in uses {
                now = now + Duration::from_millis(wait);
                let index = index.index(family.tokens.len());
                let before = family.tokens[index];
                let got = family.present(index, now);
                match before.1 {
                    Some(at) if now >= at + GRACE => prop_assert!(got.is_none() && family.revoked),
                    _ => prop_assert_eq!(got.is_some(), !family.revoked),
                }
                let newest = family.tokens.iter().map(|(generation, _)| *generation).max();
                for (generation, rotated_at) in &family.tokens {
                    prop_assert_eq!(rotated_at.is_none(), Some(*generation) == newest);
                }
            }
        }
    }
}
