//! Owns outgoing mail: the sealed queue, its delivery by SMTP or, in development, to an inbox in memory, and the texts of
//! each message. Does not own when a mail is sent. Entered by services (to enqueue, in their transaction) and by `app.rs`.

mod inbox;
mod job;
mod model;
mod store;
mod templates;
mod transport;

pub use inbox::{Inbox, Received};
pub use job::Deliver;
pub use model::{Mail, Outgoing};
pub use store::{enqueue, purge};
pub use templates::{AddressTaken, Rendered, TestMail, VerificationCode};
pub use transport::{BadTransport, Transport};
