//! Owns every outgoing HTTP request: no private addresses unless they are ours by configuration, no redirects, no proxies, and
//! limits of size and time. Does not own what an answer means. Entered by whoever talks to another server; no other room builds an
//! HTTP client.

mod address;
mod client;
mod resolver;

pub use client::{Fetch, Fetched};
