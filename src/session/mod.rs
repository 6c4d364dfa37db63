//! Owns devices, the sessions on them and the evidence each session rests on. Does not own how evidence is gathered
//! (`sign_in`), nor the tokens of relying parties (`oidc`). Entered by `sign_in` (to establish), by `oidc` and the pages (to
//! read and to end).

mod facts;
mod memory;
mod model;
mod service;
mod store;

pub use facts::{SessionCreated, SessionEnded};
pub use model::{NewSession, OnDevice, Proof, Session, Strategy};
pub use service::Sessions;
pub use store::{
    end, ensure_device, establish, has_signed_in_before, live_of, purge_devices, purge_sessions, rotate_secret,
};
