//! The command line.

use std::env;
use std::path::PathBuf;

use crate::Failure;

const USAGE: &str =
    "usage: load --vestibule FILE --floor FILE [--peer NODE FOLDER] [--only TEXT] [--data FOLDER] [--write FILE]";

/// What is measured.
pub struct Options {
    /// The daemon.
    pub vestibule: PathBuf,
    /// The floor.
    pub floor: PathBuf,
    /// Node.js, and the folder of the peer.
    pub peer: Option<(PathBuf, PathBuf)>,
    /// Where the databases are made: the disk that is measured.
    pub data: PathBuf,
    /// The page that the table is put into.
    pub write: Option<PathBuf>,
    only: Option<String>,
}

impl Options {
    /// From the arguments.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let (mut vestibule, mut floor, mut peer, mut write, mut only) = (None, None, None, None, None);
        let mut data = env::temp_dir();
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| Failure::new(USAGE));
            match name.as_str() {
                "--vestibule" => vestibule = Some(value()?.into()),
                "--floor" => floor = Some(value()?.into()),
                "--peer" => peer = Some((value()?.into(), value()?.into())),
                "--only" => only = Some(value()?),
                "--write" => write = Some(value()?.into()),
                "--data" => data = value()?.into(),
                _ => return Err(Failure::new(USAGE)),
            }
        }
        let missing = || Failure::new(USAGE);
        Ok(Self {
            vestibule: vestibule.ok_or_else(missing)?,
            floor: floor.ok_or_else(missing)?,
            peer,
            data,
            write,
            only,
        })
    }

    /// Whether the row of this name is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }
}
