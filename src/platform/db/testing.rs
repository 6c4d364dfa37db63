//! A database for each test that stands beside the code.

use std::path::Path;

use sea_orm::{ConnectionTrait, Database};
use url::Url;

use super::connect::Backend;
use crate::kernel::rng::Rng;
use crate::kernel::secret::SecretString;
use crate::kernel::token::PlainToken;

/// Where a test's database is: on the server that `VESTIBULE_TEST_POSTGRES_URL` names, else in `folder`.
pub(crate) async fn backend(folder: &Path) -> Backend {
    let Ok(server) = std::env::var("VESTIBULE_TEST_POSTGRES_URL") else {
        return Backend::Sqlite(folder.join("vestibule.db"));
    };
    let name = PlainToken::draw("", &Rng::system()).expose()[..20].to_lowercase();
    let admin = Database::connect(&server).await.expect("connects");
    let create = format!("CREATE DATABASE vt_{name}");
    admin.execute_unprepared(&create).await.expect("creates a database");
    admin.close().await.expect("closes");
    let mut url = Url::parse(&server).expect("a URL");
    url.set_path(&format!("vt_{name}"));
    Backend::Postgres(SecretString::new(url.into()))
}
