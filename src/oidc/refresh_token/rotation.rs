//! The rotation of refresh tokens (RFC 9700 section 4.14.2), as pure rules.
//!
//! The tokens of a grant form generations. The first use of a token rotates its whole generation and begins the next. A client
//! whose requests race, or that lost a response, may use a rotated token once more within the grace: it gets a sibling in the
//! newest generation. A use after the grace means that two parties hold the family; nobody can tell which is the thief, so all of it
//! ends. Because siblings rotate together, a thief who used the grace is found out by the next rotation but one.

use std::time::Duration;

use crate::kernel::clock::Timestamp;

/// Where the tokens of a grant are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::oidc) struct Family {
    /// The generation that is not rotated yet.
    pub(in crate::oidc) newest: i32,
    /// When those before it were.
    pub(in crate::oidc) rotations: Rotations,
    /// The latest moment at which a token of the grant can be used.
    pub(in crate::oidc) until: Timestamp,
}

/// What a token of a family is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::oidc) enum Fate {
    /// It is of the newest generation, which it rotates.
    Rotates,
    /// A sibling in the newest generation.
    Grace,
    /// The end of the family.
    Replay,
    /// It is of a generation that never was, or that is gone since the database was restored.
    Unknown,
}

impl Family {
    /// Judges the use of a token of `generation`.
    pub(in crate::oidc) fn judge(&self, generation: i32, now: Timestamp, grace: Duration) -> Fate {
        let age = match self.newest.checked_sub(generation) {
            Some(0) => return Fate::Rotates,
            Some(age) if age > 0 && generation >= 0 => age,
            _ => return Fate::Unknown,
        };
        match self.rotations.before(age) {
            // strictly earlier, and never without grace: a racer's clock may have been read before the rotation's
            Some(rotated_at) if !grace.is_zero() && now < rotated_at + grace => Fate::Grace,
            // a rotation that is forgotten was followed by as many as are remembered: no race explains that
            _ => Fate::Replay,
        }
    }
}

/// When the last generations of a family were rotated, the latest first, as text: each is milliseconds in 16 digits, so that the
/// database puts one before the others without reading them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::oidc) struct Rotations(String);

impl Rotations {
    const DIGITS: usize = 16;
    /// The length of what is remembered: eight rotations.
    pub(in crate::oidc) const LENGTH: i32 = 128;

    /// What was stored.
    pub(in crate::oidc) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// One rotation, as it is put before the others.
    pub(in crate::oidc) fn entry(at: Timestamp) -> String {
        format!("{:016}", at.millis().max(0))
    }

    /// When the generation was rotated that was the newest `age` rotations ago; `None` when it is not remembered.
    fn before(&self, age: i32) -> Option<Timestamp> {
        let index = usize::try_from(age).ok()?.checked_sub(1)?;
        let start = index.checked_mul(Self::DIGITS)?;
        let entry = self.0.get(start..start + Self::DIGITS)?;
        entry.parse().ok().map(Timestamp::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GRACE: Duration = Duration::from_secs(10);

    /// The statements of the store on one family, in memory.
    struct Grant {
        family: Family,
        /// The generations of all tokens that were issued.
        tokens: Vec<i32>,
        revoked: bool,
    }

    impl Grant {
        fn new() -> Self {
            let family = Family {
                newest: 0,
                rotations: Rotations(String::new()),
                until: Timestamp::from_secs(0),
            };
            Self {
                family,
                tokens: vec![0],
                revoked: false,
            }
        }

        /// Uses a token; gives the new one's index.
        fn present(&mut self, index: usize, now: Timestamp) -> Option<usize> {
            if self.revoked {
                return None;
            }
            match self.family.judge(self.tokens[index], now, GRACE) {
                Fate::Rotates => {
                    self.family.newest += 1;
                    self.family.rotations.0.insert_str(0, &Rotations::entry(now));
                    self.family.rotations.0.truncate(128);
                }
                Fate::Grace => {}
                Fate::Replay | Fate::Unknown => {
                    self.revoked = true;
                    return None;
                }
            }
            self.tokens.push(self.family.newest);
            Some(self.tokens.len() - 1)
        }
    }

    fn once_rotated_at(at: Timestamp) -> Family {
        Family {
            newest: 1,
            rotations: Rotations(Rotations::entry(at)),
            until: at,
        }
    }

    #[test]
    fn the_grace_ends_to_the_millisecond() {
        let at = Timestamp::from_secs(100);
        let judge = |now, grace| once_rotated_at(at).judge(0, now, grace);
        assert_eq!(judge(at, GRACE), Fate::Grace);
        assert_eq!(judge(Timestamp::from_millis(109_999), GRACE), Fate::Grace);
        assert_eq!(judge(Timestamp::from_secs(110), GRACE), Fate::Replay);
        assert_eq!(judge(at, Duration::ZERO), Fate::Replay, "no grace is none");
        let before = Timestamp::from_millis(99_999);
        assert_eq!(judge(before, Duration::ZERO), Fate::Replay);
    }

    #[test]
    fn a_generation_that_never_was_is_unknown() {
        let (at, family) = (Timestamp::from_secs(100), once_rotated_at(Timestamp::from_secs(100)));
        assert_eq!(family.judge(1, at, GRACE), Fate::Rotates);
        for generation in [2, -1, i32::MAX, i32::MIN] {
            assert_eq!(family.judge(generation, at, GRACE), Fate::Unknown, "{generation}");
        }
    }

    #[test]
    fn a_thief_within_the_grace_is_found_out_by_a_later_rotation() {
        let mut grant = Grant::new();
        let at = Timestamp::from_secs;
        let owner = grant.present(0, at(100)).expect("rotates");
        let thief = grant.present(0, at(105)).expect("a sibling");
        grant.present(owner, at(200)).expect("rotates both siblings");
        assert_eq!(grant.present(thief, at(300)), None);
        assert!(grant.revoked);
    }

    #[test]
    fn a_token_that_more_rotations_followed_than_are_remembered_is_a_replay() {
        let mut grant = Grant::new();
        let now = Timestamp::from_secs(100);
        let mut newest = 0;
        for _ in 0..8 {
            newest = grant.present(newest, now).expect("rotates");
        }
        grant.present(0, now).expect("the eighth before is remembered");
        grant.present(newest, now).expect("rotates");
        assert_eq!(grant.present(0, now), None);
    }

    proptest! {
        /// Uses in any order at any times: what is used before its rotation or within the grace after it gives a token of the newest
        /// generation, anything else ends the family, so two branches can't live side by side for longer than the grace.
        #[test]
        fn only_the_newest_generation_gives_another(uses in prop::collection::vec((any::<prop::sample::Index>(), 0u64..15_000), 1..60)) {
            let mut grant = Grant::new();
            let mut now = Timestamp::from_secs(1000);
            let mut rotated: Vec<Timestamp> = Vec::new();
            for (index, wait) in uses {
                now = now + Duration::from_millis(wait);
                let index = index.index(grant.tokens.len());
                let generation = usize::try_from(grant.tokens[index]).expect("not negative");
                let (was_over, rotations) = (grant.revoked, rotated.len());
                let got = grant.present(index, now);
                let is_good = match rotated.get(generation) {
                    None => true,
                    Some(at) => now < *at + GRACE && rotations - generation <= 8,
                };
                prop_assert_eq!(got.is_some(), is_good && !was_over);
                prop_assert_eq!(grant.revoked, was_over || !is_good);
                if got.is_some() && generation == rotations {
                    rotated.push(now);
                }
                if let Some(new) = got {
                    prop_assert_eq!(usize::try_from(grant.tokens[new]).ok(), Some(rotated.len()));
                }
            }
        }
    }
}
