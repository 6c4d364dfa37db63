//! What must hold for any key set that an application names.

use serde_json::Value;

use super::client_keys::{AssertionAlgorithm, ClientKeys, Verdict};

/// A JWK set: nothing that is not a signature verifies by it, and it has no key that is not public.
pub(in crate::oidc) fn client_keys(data: &[u8]) {
    let keys = match ClientKeys::parse(data) {
        Ok(keys) => keys,
        Err(why) => return assert!(!why.is_empty() && why.is_ascii()),
    };
    let set: Value = serde_json::from_slice(data).expect("it was read");
    let all = set["keys"].as_array().expect("it was read");
    for secret in ["d", "k", "p"] {
        assert!(
            all.iter().all(|key| key.get(secret).is_none()),
            "a private key was taken"
        );
    }
    for &algorithm in AssertionAlgorithm::ALL {
        for kid in [None, Some(""), Some("one")] {
            for length in [0, 64, 256, 512] {
                for byte in [0, 1, 0xff] {
                    let verdict = keys.verify(kid, algorithm, b"header.claims", &vec![byte; length]);
                    assert_ne!(verdict, Verdict::Verified, "{algorithm} {kid:?} {length} times {byte}");
                }
            }
        }
    }
}
