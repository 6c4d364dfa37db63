//! The master key of a development instance.

use std::io::{self, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::open::OpenError;
use crate::kernel::rng::Rng;
use crate::kernel::secret::{SecretKey, SecretString};
use crate::platform::settings::sections::parse_master_key;

const FILE: &str = "master.key";

/// Reads the key that a development instance keeps beside its data, or makes it at the first start, readable by its owner
/// alone.
pub(super) fn development(data_dir: &Path, rng: &Rng) -> Result<SecretKey, OpenError> {
    let path = data_dir.join(FILE);
    let failed = |source: io::Error| OpenError::File {
        path: path.clone(),
        source,
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let text = SecretString::new(text.trim().to_owned());
            parse_master_key(&text).map_err(|_| OpenError::MasterKey { path })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let bytes = rng.bytes::<32>();
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&path).map_err(failed)?;
            writeln!(file, "{}", STANDARD.encode(bytes)).map_err(failed)?;
            file.sync_all().map_err(failed)?;
            Ok(SecretKey::new(bytes))
        }
        Err(error) => Err(failed(error)),
    }
}
