//! The development inbox: the last mails, in memory, for `/dev/inbox`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::model::Mail;
use crate::kernel::clock::Timestamp;
use crate::kernel::id::MailId;

/// How many mails are kept.
const CAPACITY: usize = 100;

/// A mail that arrived.
#[derive(Clone)]
pub struct Received {
    /// The id it had in the queue.
    pub id: MailId,
    /// When it arrived.
    pub sent_at: Timestamp,
    /// The mail.
    pub mail: Mail,
}

/// The mails of a development instance; clones show the same ones.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Mutex<VecDeque<Received>>>);

impl Inbox {
    pub(super) fn put(&self, received: Received) {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.push_front(received);
        mails.truncate(CAPACITY);
    }

    /// All mails, newest first.
    pub fn list(&self) -> Vec<Received> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}
