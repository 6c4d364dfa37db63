//! Owns the words every other room speaks: time, randomness, typed ids, secrets, hashes, URLs, errors and the shape of an
//! event. Does not own any I/O: no files, no sockets, no database, no web framework. Entered by everyone.

pub mod clock;
pub mod digest;
pub mod error;
pub mod event;
pub mod id;
pub mod named;
pub mod rng;
pub mod secret;
pub mod token;
pub mod web_url;
