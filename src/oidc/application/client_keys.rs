//! The public keys of an application, which its assertions are checked by.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::kernel::named::named;

/// More than anybody needs at once, and few enough to try them all.
const MOST: usize = 20;
/// The members of a private or symmetric key (RFC 7518 sections 6.2.2, 6.3.2 and 6.4, RFC 8037 section 2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

named! {
    /// How an assertion may be signed, by its JWS name. Symmetric ones and `none` are not among them.
    AssertionAlgorithm {
        /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3).
        Rs256 = "RS256",
        /// RSASSA-PSS with SHA-256 (RFC 7518 section 3.5).
        Ps256 = "PS256",
        /// ECDSA on P-256 with SHA-256 (RFC 7518 section 3.4).
        Es256 = "ES256",
        /// Ed25519 by the name it had first (RFC 8037 section 3.1).
        EdDsa = "EdDSA",
        /// Ed25519 by its own name (RFC 9864 section 2.2).
        Ed25519 = "Ed25519",
    }
}

impl AssertionAlgorithm {
    /// Whether the two are names of one algorithm.
    fn is_same_as(self, other: Self) -> bool {
        let is_ed25519 = |one| matches!(one, Self::EdDsa | Self::Ed25519);
        self == other || is_ed25519(self) && is_ed25519(other)
    }
}

/// A JWK set (RFC 7517 section 5), as far as assertions can be checked by it.
#[derive(Debug)]
pub struct ClientKeys(Vec<ClientKey>);

#[derive(Debug)]
struct ClientKey {
    kid: Option<String>,
    /// Where the key is for one algorithm alone.
    algorithm: Option<AssertionAlgorithm>,
    public: PublicKey,
}

#[derive(Debug)]
enum PublicKey {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// The uncompressed point (SEC 1 section 2.3.3).
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// What became of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One of the keys made it.
    Verified,
    /// No key of that name and kind made it.
    Wrong,
    /// There is no key of that name and kind.
    NoSuchKey,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Map<String, Value>>,
}

impl ClientKeys {
    /// Reads a JWK set. Keys that can't be used here are left out (RFC 7517 section 5).
    ///
    /// # Errors
    /// Why not: it is malformed, has a private key, more than 20 keys, or none that an assertion can be checked by.
    pub fn parse(json: &[u8]) -> Result<Self, &'static str> {
        // all of it is UTF-8, also what is ignored (RFC 8259 section 8.1), which the parser of bytes does not look at
        let text = std::str::from_utf8(json).map_err(|_| "is not UTF-8")?;
        let set: Set = serde_json::from_str(text).map_err(|_| "is not a JWK set: an object with an array of keys")?;
        if set.keys.len() > MOST {
            return Err("has more than 20 keys");
        }
        if set
            .keys
            .iter()
            .any(|jwk| PRIVATE.iter().any(|member| jwk.contains_key(*member)))
        {
            return Err("has a private or symmetric key: that key is known to others now, make another one");
        }
        let keys: Vec<_> = set.keys.iter().filter_map(ClientKey::read).collect();
        if keys.is_empty() {
            return Err("has no key for RS256, PS256, ES256 or Ed25519");
        }
        Ok(Self(keys))
    }

    /// Judges a signature by the keys of that name (each, where none is given) and that kind: two keys of one name are told apart by
    /// their algorithm.
    pub fn verify(
        &self,
        kid: Option<&str>,
        algorithm: AssertionAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Verdict {
        let mut verdict = Verdict::NoSuchKey;
        for key in &self.0 {
            if !key.is_for(kid, algorithm) {
                continue;
            }
            if key.public.verifies(algorithm, message, signature) {
                return Verdict::Verified;
            }
            verdict = Verdict::Wrong;
        }
        verdict
    }
}

impl ClientKey {
    fn read(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let signs = text("use").is_none_or(|usage| usage == "sig");
        let verifies = jwk.get("key_ops").is_none_or(|operations| {
            let mut all = operations.as_array().into_iter().flatten();
            all.any(|operation| operation == "verify")
        });
        let algorithm = match text("alg") {
            Some(name) => Some(name.parse().ok()?),
            None => None,
        };
        let octets = |name: &str| text(name).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let public = match (text("kty")?, text("crv")) {
            ("RSA", _) => PublicKey::rsa(octets("n")?, octets("e")?)?,
            ("EC", Some("P-256")) => PublicKey::p256(&octets("x")?, &octets("y")?)?,
            ("OKP", Some("Ed25519")) => PublicKey::Ed25519(octets("x").filter(|x| x.len() == 32)?),
            _ => return None,
        };
        let key = Self {
            kid: text("kid").map(str::to_owned),
            algorithm,
            public,
        };
        (signs && verifies).then_some(key)
    }

    fn is_for(&self, kid: Option<&str>, algorithm: AssertionAlgorithm) -> bool {
        let is_named = kid.is_none_or(|kid| self.kid.as_deref() == Some(kid));
        let is_allowed = self.algorithm.is_none_or(|only| only.is_same_as(algorithm));
        is_named && is_allowed && self.public.is_for(algorithm)
    }
}

impl PublicKey {
    /// Of 2048 to 8192 bits.
    fn rsa(n: Vec<u8>, e: Vec<u8>) -> Option<Self> {
        let fits = (256..=1024).contains(&n.len()) && (1..=8).contains(&e.len());
        fits.then_some(Self::Rsa { n, e })
    }

    fn p256(x: &[u8], y: &[u8]) -> Option<Self> {
        (x.len() == 32 && y.len() == 32).then(|| Self::P256([&[4][..], x, y].concat()))
    }

    fn is_for(&self, algorithm: AssertionAlgorithm) -> bool {
        use AssertionAlgorithm::{Ed25519, EdDsa, Es256, Ps256, Rs256};
        matches!(
            (self, algorithm),
            (Self::Rsa { .. }, Rs256 | Ps256) | (Self::P256(_), Es256) | (Self::Ed25519(_), EdDsa | Ed25519)
        )
    }

    fn verifies(&self, algorithm: AssertionAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        let verified = match self {
            Self::Rsa { n, e } => {
                let scheme = match algorithm {
                    AssertionAlgorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
                    _ => &RSA_PKCS1_2048_8192_SHA256,
                };
                RsaPublicKeyComponents { n, e }.verify(scheme, message, signature)
            }
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature),
            Self::Ed25519(point) => UnparsedPublicKey::new(&ED25519, point).verify(message, signature),
        };
        verified.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::{KeySize, PublicKeyComponents};
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaKeyPair,
    };
    use serde_json::json;

    use super::*;

    const MESSAGE: &[u8] = b"header.claims";

    fn encode(bytes: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn ec(kid: &str) -> (EcdsaKeyPair, Value) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let point = pair.public_key().as_ref().to_vec();
        let jwk =
            json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": encode(&point[1..33]), "y": encode(&point[33..]) });
        (pair, jwk)
    }

    fn set(keys: &[Value]) -> ClientKeys {
        ClientKeys::parse(json!({ "keys": keys }).to_string().as_bytes()).expect("a set")
    }

    #[test]
    fn each_algorithm_is_verified_by_a_key_of_its_kind_alone() {
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(rsa.public_key());
        let edwards = Ed25519KeyPair::generate().expect("a key");
        let (curve, curve_jwk) = ec("one");
        let keys = set(&[
            json!({ "kty": "RSA", "kid": "one", "n": encode(&n), "e": encode(&e) }),
            curve_jwk,
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "one", "x": encode(edwards.public_key().as_ref()) }),
        ]);
        let rng = SystemRandom::new();
        let (mut pkcs1, mut pss) = (vec![0; 256], vec![0; 256]);
        rsa.sign(&RSA_PKCS1_SHA256, &rng, MESSAGE, &mut pkcs1).expect("signs");
        rsa.sign(&RSA_PSS_SHA256, &rng, MESSAGE, &mut pss).expect("signs");
        let signatures = [
            (AssertionAlgorithm::Rs256, pkcs1),
            (AssertionAlgorithm::Ps256, pss),
            (
                AssertionAlgorithm::Es256,
                curve.sign(&rng, MESSAGE).expect("signs").as_ref().to_vec(),
            ),
            (AssertionAlgorithm::EdDsa, edwards.sign(MESSAGE).as_ref().to_vec()),
        ];
        for (made_by, signature) in &signatures {
            for &told in AssertionAlgorithm::ALL {
                let expected = if told.is_same_as(*made_by) {
                    Verdict::Verified
                } else {
                    Verdict::Wrong
                };
                assert_eq!(
                    keys.verify(Some("one"), told, MESSAGE, signature),
                    expected,
                    "{made_by} as {told}"
                );
            }
            assert_eq!(keys.verify(None, *made_by, MESSAGE, signature), Verdict::Verified);
            assert_eq!(
                keys.verify(Some("two"), *made_by, MESSAGE, signature),
                Verdict::NoSuchKey
            );
            assert_eq!(keys.verify(None, *made_by, b"another", signature), Verdict::Wrong);
        }
    }

    #[test]
    fn two_keys_of_one_name_are_both_tried() {
        let ((_, first), (second, second_jwk)) = (ec("same"), ec("same"));
        let keys = set(&[first, second_jwk]);
        let signature = second.sign(&SystemRandom::new(), MESSAGE).expect("signs");
        let verdict = keys.verify(Some("same"), AssertionAlgorithm::Es256, MESSAGE, signature.as_ref());
        assert_eq!(verdict, Verdict::Verified);
    }

    #[test]
    fn a_key_is_used_for_what_it_says_it_is_for() {
        let (pair, jwk) = ec("one");
        let signature = pair.sign(&SystemRandom::new(), MESSAGE).expect("signs");
        let verdict = |member: &str, value: Value| {
            let mut jwk = jwk.clone();
            jwk[member] = value;
            let (_, other) = ec("other");
            set(&[jwk, other]).verify(Some("one"), AssertionAlgorithm::Es256, MESSAGE, signature.as_ref())
        };
        assert_eq!(verdict("alg", json!("ES256")), Verdict::Verified);
        assert_eq!(verdict("key_ops", json!(["verify"])), Verdict::Verified);
        assert_eq!(verdict("use", json!("enc")), Verdict::NoSuchKey);
        assert_eq!(verdict("key_ops", json!(["encrypt"])), Verdict::NoSuchKey);
        assert_eq!(verdict("alg", json!("ES384")), Verdict::NoSuchKey);
    }

    #[test]
    fn the_two_names_of_ed25519_are_one_algorithm() {
        let pair = Ed25519KeyPair::generate().expect("a key");
        let x = encode(pair.public_key().as_ref());
        let signature = pair.sign(MESSAGE);
        for named in ["EdDSA", "Ed25519"] {
            let keys = set(&[json!({ "kty": "OKP", "crv": "Ed25519", "alg": named, "x": x })]);
            for told in [AssertionAlgorithm::EdDsa, AssertionAlgorithm::Ed25519] {
                assert_eq!(
                    keys.verify(None, told, MESSAGE, signature.as_ref()),
                    Verdict::Verified,
                    "{named}, {told}"
                );
            }
        }
    }

    #[test]
    fn private_keys_and_sets_of_no_use_are_refused() {
        let parse = |json: Value| ClientKeys::parse(json.to_string().as_bytes()).map(drop);
        let (_, mut jwk) = ec("one");
        assert!(parse(json!({ "keys": [jwk] })).is_ok());
        assert!(parse(json!({ "keys": [] })).is_err());
        assert!(parse(json!([jwk])).is_err());
        assert!(parse(json!({ "keys": vec![jwk.clone(); 21] })).is_err());
        assert!(parse(json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }] })).is_err());
        let weak = encode(&[255; 128]);
        assert!(parse(json!({ "keys": [{ "kty": "RSA", "n": weak, "e": "AQAB" }] })).is_err());
        jwk["d"] = json!("AA");
        assert!(
            parse(json!({ "keys": [jwk] }))
                .expect_err("is private")
                .contains("private")
        );
        assert!(
            parse(json!({ "keys": [{ "kty": "oct", "k": "AA" }] }))
                .expect_err("is shared")
                .contains("symmetric")
        );
        assert!(ClientKeys::parse(b"").is_err());
    }
}
