//! How far the log of invalidations was read.
//!
//! SQLite commits in the order of ids. PostgreSQL does not: an id that is missing below those that were read belongs to a
//! transaction that is under way or was rolled back, and is looked for until no transaction can be that old.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::kernel::clock::Timestamp;

/// How long a missing id is looked for: longer than the database lets a transaction stand still.
const LOOK_FOR: Duration = Duration::from_secs(30);
/// How long a position is good for without a reading; well below the time after which rows are purged.
const GOOD_FOR: Duration = Duration::from_secs(300);
/// How many missing ids in a row are looked for: more than commands can be committing at one moment.
pub(super) const WIDEST_GAP: i64 = 1000;

/// A position in the log.
#[derive(Debug)]
pub(super) struct Position {
    /// The newest id that was read.
    high: i64,
    /// Missing ids below it, and since when they are missed.
    missing: BTreeMap<i64, Timestamp>,
    read_at: Timestamp,
}

impl Position {
    /// At the end of a log whose last ids are `newest`, in rising order.
    pub(super) fn at_end(newest: &[i64], now: Timestamp) -> Self {
        let mut position = Self {
            // what is missing below the first may be committing as well
            high: newest.last().map_or(0, |last| (last - WIDEST_GAP).max(0)),
            missing: BTreeMap::new(),
            read_at: now,
        };
        for id in newest {
            position.pass(*id, now);
        }
        position
    }

    /// The newest id that was read.
    pub(super) fn high(&self) -> i64 {
        self.high
    }

    /// The ids that are looked for.
    pub(super) fn missing(&self) -> Vec<i64> {
        self.missing.keys().copied().collect()
    }

    /// Takes note of a row: the next above `high`, or one that was missed.
    pub(super) fn pass(&mut self, id: i64, now: Timestamp) {
        if id <= self.high {
            self.missing.remove(&id);
            return;
        }
        let first = (self.high + 1).max(id - WIDEST_GAP);
        self.missing.extend((first..id).map(|missing| (missing, now)));
        self.high = id;
    }

    /// Takes note that everything was read that there is.
    pub(super) fn finish(&mut self, now: Timestamp) {
        self.missing.retain(|_, since| distance(now, *since) <= LOOK_FOR);
        self.read_at = now;
    }

    /// Whether rows may have been purged since the last reading, unread.
    pub(super) fn is_lost(&self, now: Timestamp) -> bool {
        distance(now, self.read_at) > GOOD_FOR
    }
}

/// In either direction: a clock may be set back.
fn distance(a: Timestamp, b: Timestamp) -> Duration {
    a.since(b).max(b.since(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_secs(1000);

    #[test]
    fn an_id_that_commits_late_is_looked_for_until_it_comes_or_is_too_old() {
        let mut position = Position::at_end(&[5, 7], AT);
        assert_eq!((position.high(), position.missing()), (7, vec![1, 2, 3, 4, 6]));
        position.pass(10, AT + Duration::from_secs(10));
        assert_eq!((position.high(), position.missing()), (10, vec![1, 2, 3, 4, 6, 8, 9]));
        position.pass(8, AT);
        position.pass(4, AT);
        assert_eq!(position.missing(), [1, 2, 3, 6, 9]);
        position.finish(AT + Duration::from_secs(31));
        assert_eq!(position.missing(), [9], "6 is missed for too long");
        let long: Vec<i64> = (1..=WIDEST_GAP).map(|id| 5000 + id).collect();
        assert!(
            Position::at_end(&long, AT).missing().is_empty(),
            "older than any transaction"
        );
    }

    #[test]
    fn a_wide_gap_is_looked_into_only_so_far() {
        let mut position = Position::at_end(&[], AT);
        position.pass(1_000_000, AT);
        assert_eq!(position.missing().len(), 1000);
    }

    #[test]
    fn a_position_is_lost_when_rows_may_have_been_purged_unread() {
        let mut position = Position::at_end(&[1], AT);
        assert!(!position.is_lost(AT + Duration::from_secs(300)));
        assert!(position.is_lost(AT + Duration::from_secs(301)));
        assert!(
            position.is_lost(AT - Duration::from_secs(301)),
            "the clock was set back"
        );
        position.finish(AT + Duration::from_secs(301));
        assert!(!position.is_lost(AT + Duration::from_secs(301)));
    }
}
