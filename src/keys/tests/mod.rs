//! The ring on a real database: every step of a key's life, races, and what must never be accepted or seen.

mod life;
mod revoke;
mod schedule;
mod trust;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::model::Key;
use super::{Algorithm, KeyInfo, KeyRing, KeyState, Purpose, store};
use crate::kernel::clock::{Clock, ManualClock, Timestamp};
use crate::kernel::id::KeyId;
use crate::kernel::rng::Rng;
use crate::kernel::secret::SecretKey;
use crate::kernel::web_url::WebOrigin;
use crate::platform::cx::{Cx, Parts};
use crate::platform::db::{Backend, Db, DbOptions, testing};
use crate::platform::fetch::Fetch;
use crate::platform::instance::{Instance, Names};
use crate::platform::jobs::Wake;
use crate::platform::mail::{Inbox, Transport};
use crate::platform::seal::Sealer;

const ID_TOKEN: Purpose = Purpose::IdToken;

/// A database that several nodes share, and the time.
struct House {
    folder: TempDir,
    backend: Backend,
    clock: ManualClock,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            backend: testing::backend(folder.path()).await,
            folder,
            clock: ManualClock::new(Timestamp::from_secs(1_700_000_000)),
        }
    }

    /// A process of its own: its own connections, its own randomness.
    async fn node(&self, number: u64) -> Cx {
        self.node_with_master_key(number, [1; 32]).await
    }

    async fn node_with_master_key(&self, number: u64, master_key: [u8; 32]) -> Cx {
        let sealer = Sealer::new(SecretKey::new(master_key));
        let options = DbOptions {
            backend: self.backend.clone(),
            connections: 2,
        };
        let db = Db::open(&options, sealer.clone(), Arc::new(self.clock.clone()))
            .await
            .expect("opens");
        db.migrate().await.expect("migrates");
        let names = Names {
            public_url: "http://localhost:4000".parse::<WebOrigin>().expect("an origin"),
            frontend_host: "clerk.localhost:4000".to_owned(),
        };
        let seed = include_str!("../../../config/instance.toml");
        let instance = Instance::open(db.clone(), names, false, seed, self.clock.now())
            .await
            .expect("opens");
        Cx::new(Parts {
            clock: Arc::new(self.clock.clone()),
            rng: Rng::seeded(number),
            db,
            sealer,
            instance,
            mail: Transport::Inbox(Inbox::default()),
            wake: Wake::default(),
            fetch: Fetch::new(Vec::new()).expect("a client"),
        })
    }

    async fn ring(&self, number: u64) -> (KeyRing, Cx) {
        let cx = self.node(number).await;
        (KeyRing::open(cx.clone()).await.expect("opens"), cx)
    }
}

async fn rows(cx: &Cx) -> Vec<Key> {
    store::load(cx.db.reader()).await.expect("reads")
}

fn of(ring: &KeyRing, algorithm: Algorithm, state: KeyState) -> Vec<KeyInfo> {
    ring.list()
        .into_iter()
        .filter(|key| (key.purpose, key.algorithm, key.state) == (ID_TOKEN, algorithm, state))
        .collect()
}

fn only(ring: &KeyRing, algorithm: Algorithm, state: KeyState) -> KeyInfo {
    let mut found = of(ring, algorithm, state);
    assert_eq!(found.len(), 1, "{algorithm} {state}");
    found.remove(0)
}

fn published(ring: &KeyRing) -> Vec<Value> {
    let mut set: Value = serde_json::from_slice(&ring.jwks(&[ID_TOKEN])).expect("JSON");
    assert_eq!(set.as_object().expect("an object").len(), 1);
    serde_json::from_value(set["keys"].take()).expect("a list")
}

fn is_published(ring: &KeyRing, id: &KeyId) -> bool {
    published(ring).iter().any(|jwk| jwk["kid"] == id.as_str())
}

fn sign(ring: &KeyRing, algorithm: Algorithm) -> String {
    ring.sign(ID_TOKEN, algorithm, Some("JWT"), &json!({ "sub": "user_1" }))
        .expect("signs")
}

fn header(token: &str) -> Value {
    let part = token.split('.').next().expect("a header");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}
