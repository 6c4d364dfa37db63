//! What a command is run with: the process around it, or a test.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::sync::Arc;

use crate::kernel::clock::Clock;
use crate::kernel::rng::Rng;

/// Resolves when a server is told to stop.
pub type Stop = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// The surroundings of a command.
pub struct Host<'a> {
    /// The environment variables.
    pub variables: Vec<(OsString, OsString)>,
    /// Where a password may come from.
    pub input: &'a mut dyn Read,
    /// Where results go.
    pub out: &'a mut dyn Write,
    /// Where complaints go.
    pub err: &'a mut dyn Write,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids, tokens and keys.
    pub rng: Rng,
    /// The wish that a server stop; never looked at by other commands.
    pub stop: Stop,
}
