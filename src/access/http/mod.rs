//! The door of the Backend API: nobody is let in without a secret key.

mod backend;

pub use backend::{Caller, backend};
