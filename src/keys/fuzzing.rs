//! What must hold for any text that is shown as a token of ours.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::material::KeyPair;
use super::model::{Algorithm, Key, KeyInfo, KeyState, Purpose};
use super::ring::{Ring, cell, open_private};
use crate::kernel::clock::Timestamp;
use crate::kernel::id::KeyId;
use crate::kernel::rng::Rng;
use crate::kernel::secret::SecretKey;
use crate::platform::http::FuzzTarget;
use crate::platform::seal::Sealer;

/// What is fuzzed.
pub const TARGETS: [FuzzTarget; 1] = [("signed_token", signed_token)];

/// A ring with one key for each purpose.
struct Keys {
    ring: Ring,
    /// That of ID tokens.
    id: KeyId,
    pair: KeyPair,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let (rng, sealer) = (Rng::seeded(1), Sealer::new(SecretKey::new([1; 32])));
    let keys: Vec<Key> = Purpose::ALL
        .iter()
        .map(|&purpose| {
            let id = KeyId::draw(Timestamp::from_secs(1), &rng);
            let pair = KeyPair::generate(Algorithm::EdDsa).expect("a key");
            let plain = pair.to_pkcs8().expect("is written");
            Key {
                sealed_private_key: Some(sealer.seal(cell(&id), &plain, rng.bytes()).expect("seals")),
                public_jwk: serde_json::to_string(&pair.public_jwk(&id).expect("a public half")).expect("JSON"),
                info: KeyInfo {
                    id,
                    purpose,
                    algorithm: Algorithm::EdDsa,
                    state: KeyState::Active,
                    created_at: Timestamp::from_secs(1),
                    activated_at: Some(Timestamp::from_secs(1)),
                    retired_at: None,
                    gone_at: None,
                },
            }
        })
        .collect();
    let own = keys.iter().find(|key| key.info.purpose == Purpose::IdToken);
    let own = own.expect("each purpose has one");
    let (id, pair) = (own.info.id.clone(), open_private(own, &sealer).expect("opens"));
    let ring = Ring::new(keys, &sealer).expect("a ring");
    Keys { ring, id, pair }
});

/// A header in the first line, where `$` stands for the name of our key, and claims after it: signed by us, by nobody, and as they are.
fn signed_token(data: &[u8]) {
    let Keys { ring, id, pair } = &*KEYS;
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (header, claims) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    let header = String::from_utf8_lossy(header).replace('$', id.as_str());
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(&header), URL_SAFE_NO_PAD.encode(claims));
    let signature = pair.sign(message.as_bytes()).expect("signs");
    let signed = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
    if let Some(read) = ring.verify(Purpose::IdToken, &signed) {
        let header: Value = serde_json::from_str(&header).expect("a header");
        assert_eq!(header["kid"], id.as_str(), "another key");
        assert_eq!(
            header["alg"], "EdDSA",
            "the key brings its own algorithm (RFC 8725 section 3.1)"
        );
        let claims: Value = serde_json::from_slice(claims).expect("claims");
        assert_eq!(read, claims, "not what was signed");
    }
    assert!(
        ring.verify(Purpose::AccessToken, &signed).is_none(),
        "a key has one purpose"
    );
    let as_it_is = String::from_utf8_lossy(data).replace('$', id.as_str());
    for purpose in [Purpose::IdToken, Purpose::AccessToken] {
        for unsigned in [&message, &format!("{message}."), &format!("{message}.AAAA"), &as_it_is] {
            assert!(ring.verify(purpose, unsigned).is_none(), "nobody signed {unsigned:?}");
        }
    }
}
