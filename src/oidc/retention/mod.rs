//! Owns the removal of the provider's rows that are over. Does not own how long they are kept. Entered by `app`.

mod store;

pub use store::{purge_application_secrets, purge_grants, purge_revoked_tokens, purge_used_assertions};
