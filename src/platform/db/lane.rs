//! Group commit: SQLite lets one transaction write at a time and syncs its log at each commit, so the commands that wait for
//! each other share one transaction.
//!
//! A command waits for the lane, begins the transaction or joins the one that is open, runs, and passes the lane on to the next
//! that waits; the last (nobody waits, or the group is large enough) commits for all. Nobody is acknowledged before the commit
//! returned, not even with a refusal, for it may rest on what another of the group has written.
//!
//! - Each but the first runs in a savepoint, so a failure undoes only itself. The first that fails rolls back before anybody joined.
//! - Where a statement of the group itself fails, or SQLite has ended the transaction by itself (a full disk), nobody is
//!   acknowledged: all are undone and run again, each in a transaction of its own.
//! - Futures are dropped where they stand when a client hangs up. Beginning, joining, undoing and committing go on without them
//!   ([`Unstoppable`]); a command that is dropped while it runs undoes itself; one that is dropped while it waits sees to it that
//!   an open group is committed.
//! - While another process holds SQLite's lock, nobody gets on: who finds too many waiting, or has waited for too long, is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, TransactionSession, TransactionTrait};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::connect::Inner;
use super::error::RETRY_AFTER;
use super::tx::{Forgotten, Tx};
use super::unstoppable::Unstoppable;
use super::write::{self, PATIENCE, options};
use crate::kernel::error::{Error, Result};

/// The most commands of a group: the first waits for all others.
const LARGEST: usize = 64;
/// The most commands that wait: more than a second's work.
const MOST_WAITING: usize = 1024;

/// The one way to SQLite's writer.
#[derive(Debug, Default)]
pub(super) struct Lane {
    slot: Arc<Mutex<Option<Group>>>,
    /// Commands that wait for the slot. Whoever gives it up with an open group in it has seen somebody wait.
    waiting: AtomicUsize,
    /// Whether somebody waits to commit for a group that may have been left open.
    is_swept: AtomicBool,
}

/// An open transaction and those who wait for its commit.
#[derive(Debug)]
struct Group {
    transaction: Arc<DatabaseTransaction>,
    /// Commands that ran in it.
    members: usize,
    has_savepoint: bool,
    forgotten: Vec<Forgotten>,
    outcome: watch::Sender<Option<Outcome>>,
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Committed,
    Undone,
}

/// How one run of a command ended.
pub(super) enum Run<T> {
    Over(Result<T>),
    /// Its group was undone: it has to run again, alone.
    Undone,
}

type Slot = OwnedMutexGuard<Option<Group>>;

impl Lane {
    /// Waits until nothing is under way.
    pub(super) async fn idle(&self) -> OwnedLane {
        OwnedLane(Arc::clone(&self.slot).lock_owned().await)
    }

    fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }
}

/// The lane, held so that nobody writes.
pub(super) struct OwnedLane(#[expect(dead_code, reason = "held, not read")] Slot);

/// Runs `command` once in a shared transaction, or `alone` in one of its own.
pub(super) async fn run<T, Fut>(db: &Arc<Inner>, lane: &Arc<Lane>, command: &impl Fn(Tx) -> Fut, alone: bool) -> Run<T>
where
    Fut: Future<Output = Result<T>>,
{
    let slot = match wait(db, lane).await {
        Ok(slot) => slot,
        Err(error) => return Run::Over(Err(error)),
    };
    let entering = enter(Arc::clone(db), Arc::clone(lane), slot, alone);
    let turn = match Unstoppable::new(db.runtime.clone(), entering).await {
        Ok(turn) => turn,
        Err(error) => return Run::Over(Err(error)),
    };
    let outcome = command(turn.tx.clone()).await;
    turn.end(outcome, alone).await
}

/// Waits for the slot.
///
/// # Errors
/// `Busy` where too many wait already, or the slot is not free in time.
async fn wait(db: &Arc<Inner>, lane: &Arc<Lane>) -> Result<Slot> {
    let mut waiting = Waiting::new(db, lane)?;
    let slot = Arc::clone(&lane.slot).lock_owned();
    let slot = tokio::time::timeout(PATIENCE, slot)
        .await
        .map_err(|_| Error::busy(RETRY_AFTER, "no command has come to its end for too long"))?;
    waiting.is_served = true;
    Ok(slot)
}

struct Waiting<'a> {
    db: &'a Arc<Inner>,
    lane: &'a Arc<Lane>,
    is_served: bool,
}

impl<'a> Waiting<'a> {
    fn new(db: &'a Arc<Inner>, lane: &'a Arc<Lane>) -> Result<Self> {
        let one_more = |waiting| (waiting < MOST_WAITING).then_some(waiting + 1);
        lane.waiting
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more)
            .map_err(|_| Error::busy(RETRY_AFTER, "too many commands wait"))?;
        Ok(Self {
            db,
            lane,
            is_served: false,
        })
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.lane.waiting.fetch_sub(1, Ordering::SeqCst);
        // a group may have been left open for this one alone; one who waits to look is enough
        if !self.is_served && !self.lane.is_swept.swap(true, Ordering::SeqCst) {
            let (db, lane) = (Arc::clone(self.db), Arc::clone(self.lane));
            self.db.runtime.spawn(async move {
                let slot = Arc::clone(&lane.slot).lock_owned().await;
                // before it looks whether anybody waits: who goes away from here on asks for another look
                lane.is_swept.store(false, Ordering::SeqCst);
                pass_on(&db, &lane, slot).await;
            });
        }
    }
}

/// Begins the transaction, or joins the open one.
async fn enter(db: Arc<Inner>, lane: Arc<Lane>, mut slot: Slot, alone: bool) -> Result<Turn> {
    if alone && let Some(group) = slot.take() {
        // its members are told; how it ended is nothing to this one
        let _ = commit(&db, group).await;
    }
    if let Some(group) = slot.as_mut() {
        match group.savepoint().await {
            Ok(()) => return Ok(Turn::new(db, lane, slot, false)),
            Err(cause) => {
                tracing::error!(%cause, "a group of commands was undone");
                undo(slot.take()).await;
            }
        }
    }
    let transaction = Arc::new(db.writer.begin_with_options(options(&db.writer)).await?);
    *slot = Some(Group {
        transaction,
        members: 0,
        has_savepoint: false,
        forgotten: Vec::new(),
        outcome: watch::Sender::new(None),
    });
    Ok(Turn::new(db, lane, slot, true))
}

/// A command that has the lane. Dropped before its end, it undoes itself.
struct Turn {
    tx: Tx,
    is_first: bool,
    lane: Arc<Lane>,
    slot: Option<Slot>,
}

impl Turn {
    fn new(db: Arc<Inner>, lane: Arc<Lane>, slot: Slot, is_first: bool) -> Self {
        let transaction = slot.as_ref().map(|group| Arc::clone(&group.transaction));
        Self {
            tx: Tx::new(transaction, db),
            is_first,
            lane,
            slot: Some(slot),
        }
    }

    /// Ends the command: commits for the group when it is the last, undoes what the command did when it failed, and waits until
    /// the group is committed.
    async fn end<T>(mut self, outcome: Result<T>, alone: bool) -> Run<T> {
        let Some(slot) = self.slot.take() else {
            return Run::Undone;
        };
        let db = Arc::clone(&self.tx.db);
        let ended = self.tx.end();
        let outcome = outcome.and_then(|value| ended.map(|forgotten| (value, forgotten)));
        let (outcome, forgotten) = match outcome {
            Ok((value, forgotten)) => (Ok(value), Some(forgotten)),
            Err(error) => (Err(error), None),
        };
        let closing = Closing {
            is_first: self.is_first,
            is_dead: self.tx.is_dead(),
            alone,
            forgotten,
        };
        let Some(told) = slot.as_ref().map(|group| group.outcome.subscribe()) else {
            return Run::Undone;
        };
        let is_first = self.is_first;
        let failed = closing.close(&db, &self.lane, slot).await;
        match (failed, outcome) {
            (Some(cause), _) => Run::Over(Err(cause)),
            // nobody had joined, so nothing is waited for
            (None, Err(error)) if is_first => Run::Over(Err(error)),
            (None, outcome) => await_outcome(told, outcome).await,
        }
    }
}

async fn await_outcome<T>(mut told: watch::Receiver<Option<Outcome>>, outcome: Result<T>) -> Run<T> {
    match told.wait_for(Option::is_some).await.as_deref() {
        Ok(Some(Outcome::Committed)) => Run::Over(outcome),
        Ok(_) => Run::Undone,
        // the runtime ends: whether it was committed nobody will know
        Err(_) => Run::Over(Err(Error::internal("the commit was cut off"))),
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(slot) = self.slot.take() else {
            return;
        };
        // what it forgot was not changed
        let _ = self.tx.end();
        let closing = Closing {
            is_first: self.is_first,
            is_dead: self.tx.is_dead(),
            alone: false,
            forgotten: None,
        };
        let (db, lane) = (Arc::clone(&self.tx.db), Arc::clone(&self.lane));
        self.tx.db.runtime.spawn(async move {
            closing.close(&db, &lane, slot).await;
        });
    }
}

/// What is left to do for a command that has run.
struct Closing {
    is_first: bool,
    /// Whether SQLite has ended the transaction by itself.
    is_dead: bool,
    alone: bool,
    /// The keys it forgets, where it has succeeded.
    forgotten: Option<Vec<Forgotten>>,
}

impl Closing {
    /// Gives the cause where this command's own transaction, which it shared with nobody, could not be committed.
    async fn close(self, db: &Arc<Inner>, lane: &Arc<Lane>, mut slot: Slot) -> Option<Error> {
        let group = slot.as_mut()?;
        let is_last = self.alone || group.members + 1 >= LARGEST || !lane.is_wanted();
        match self.forgotten {
            Some(forgotten) if !self.is_dead => {
                group.members += 1;
                group.forgotten.extend(forgotten);
                if !is_last {
                    return None;
                }
                let db = Arc::clone(db);
                Unstoppable::new(db.runtime.clone(), async move {
                    let group = slot.take()?;
                    let is_own = group.members == 1;
                    // the slot is free once the commit has returned
                    let failed = commit(&db, group).await.err();
                    drop(slot);
                    failed.filter(|_| is_own)
                })
                .await
            }
            forgotten => {
                let (db, lane) = (Arc::clone(db), Arc::clone(lane));
                let (is_first, is_dead) = (self.is_first, self.is_dead);
                Unstoppable::new(db.runtime.clone(), async move {
                    if is_first || is_dead || !slot.as_ref()?.undo_command().await {
                        undo(slot.take()).await;
                    }
                    pass_on(&db, &lane, slot).await;
                    // a success that SQLite has undone is none
                    forgotten
                        .filter(|_| is_first)
                        .map(|_| Error::internal("SQLite undid the transaction"))
                })
                .await
            }
        }
    }
}

/// Gives the lane to the next, after committing for the group where there is no next.
async fn pass_on(db: &Arc<Inner>, lane: &Arc<Lane>, mut slot: Slot) {
    if !lane.is_wanted()
        && let Some(group) = slot.take()
    {
        // its members are told
        let _ = commit(db, group).await;
    }
}

impl Group {
    /// Opens the savepoint of the next command, whose predecessor can't fail any more.
    async fn savepoint(&mut self) -> Result<(), DbErr> {
        let sql = if self.has_savepoint {
            "RELEASE command; SAVEPOINT command"
        } else {
            "SAVEPOINT command"
        };
        self.has_savepoint = true;
        self.transaction.execute_unprepared(sql).await.map(drop)
    }

    /// Undoes the last command; false when that did not work.
    async fn undo_command(&self) -> bool {
        let undone = self.transaction.execute_unprepared("ROLLBACK TO command").await;
        undone.is_ok()
    }
}

/// Commits and tells the members.
async fn commit(db: &Arc<Inner>, group: Group) -> Result<()> {
    let Group {
        transaction,
        forgotten,
        outcome,
        ..
    } = group;
    let committed = write::commit(db, transaction, forgotten).await;
    let told = match &committed {
        Ok(()) => Outcome::Committed,
        Err(error) => {
            tracing::error!(cause = ?error.cause(), "a group of commands could not be committed");
            Outcome::Undone
        }
    };
    outcome.send_replace(Some(told));
    committed
}

/// Rolls everything back and tells the members. Where SQLite has done so before, the driver takes the connection for one within a
/// transaction, and the pool closes it.
async fn undo(group: Option<Group>) {
    let Some(group) = group else { return };
    if let Some(transaction) = Arc::into_inner(group.transaction)
        && let Err(cause) = TransactionSession::rollback(transaction).await
    {
        tracing::debug!(%cause, "rollback failed");
    }
    group.outcome.send_replace(Some(Outcome::Undone));
}
