//! The ring as it is remembered: every key parsed once, found by what is asked for.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{DecodingKey, Header, Validation, decode, decode_header};
use serde::Serialize;
use serde_json::Value;

use super::material::{KeyPair, jws};
use super::model::{Algorithm, Key, KeyState, Purpose};
use crate::kernel::error::{Error, Result};
use crate::kernel::id::KeyId;
use crate::platform::seal::{Cell, Sealer};

/// Where the private half of the key `id` is sealed.
pub(super) fn cell(id: &KeyId) -> Cell<'_> {
    Cell {
        table: "signing_keys",
        column: "sealed_private_key",
        row: id.as_str(),
    }
}

/// Unseals and parses a private half.
pub(super) fn open_private(key: &Key, sealer: &Sealer) -> Result<KeyPair> {
    let sealed = key
        .sealed_private_key
        .as_deref()
        .ok_or_else(|| Error::internal("the private half of this key is destroyed"))?;
    KeyPair::from_pkcs8(key.info.algorithm, &sealer.open(cell(&key.info.id), sealed)?)
}

/// All keys at one moment.
pub(super) struct Ring {
    /// Newest first.
    keys: Vec<Key>,
    signing: HashMap<(Purpose, Algorithm), Signing>,
    verifying: HashMap<String, Verifying>,
    /// A JWK set for every set of purposes: a purpose is a bit of the index.
    documents: Vec<Arc<[u8]>>,
}

struct Signing {
    id: KeyId,
    pair: KeyPair,
}

struct Verifying {
    purpose: Purpose,
    key: DecodingKey,
    validation: Validation,
}

impl Ring {
    /// Parses what is needed of `keys` (newest first). Only active private halves are opened.
    pub(super) fn new(keys: Vec<Key>, sealer: &Sealer) -> Result<Self> {
        let mut signing = HashMap::new();
        let mut verifying = HashMap::new();
        let mut published = Vec::new();
        for key in &keys {
            let info = &key.info;
            // whoever has a revoked key can sign anything with it, and date it back
            if info.state == KeyState::Revoked {
                continue;
            }
            let jwk: Jwk = serde_json::from_str(&key.public_jwk).map_err(Error::internal)?;
            let verifies = Verifying {
                purpose: info.purpose,
                key: DecodingKey::from_jwk(&jwk).map_err(Error::internal)?,
                validation: signature_alone(info.algorithm),
            };
            verifying.insert(info.id.to_string(), verifies);
            if info.state == KeyState::Active {
                let pair = open_private(key, sealer)?;
                let id = info.id.clone();
                signing.insert((info.purpose, info.algorithm), Signing { id, pair });
            }
            if info.state != KeyState::Gone {
                published.push((info, jwk));
            }
        }
        // for readers that don't look at `kid`, the key that signs comes first
        published.sort_by_key(|(info, _)| {
            (
                info.purpose,
                info.algorithm,
                info.state != KeyState::Active,
                info.id.as_str(),
            )
        });
        let documents = (0..1usize << Purpose::ALL.len())
            .map(|purposes| {
                let of_these = published.iter().filter(|(info, _)| purposes & bit(info.purpose) != 0);
                let set = JwkSet {
                    keys: of_these.map(|(_, jwk)| jwk.clone()).collect(),
                };
                serde_json::to_vec(&set).map(Arc::from).map_err(Error::internal)
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            keys,
            signing,
            verifying,
            documents,
        })
    }

    /// Newest first.
    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The key of that purpose and algorithm in `state`, of which the states `next` and `active` have one at most.
    pub(super) fn find(&self, purpose: Purpose, algorithm: Algorithm, state: KeyState) -> Option<&Key> {
        self.keys.iter().find(|key| {
            let info = &key.info;
            (info.purpose, info.algorithm, info.state) == (purpose, algorithm, state)
        })
    }

    /// A JWS in compact form (RFC 7515 section 7.1).
    pub(super) fn sign(
        &self,
        purpose: Purpose,
        algorithm: Algorithm,
        typ: Option<&str>,
        claims: &impl Serialize,
    ) -> Result<String> {
        let signing = self
            .signing
            .get(&(purpose, algorithm))
            .ok_or_else(|| Error::internal(format!("there is no active {purpose} key for {algorithm}")))?;
        let mut header = Header::new(jws(algorithm));
        header.typ = typ.map(str::to_owned);
        header.kid = Some(signing.id.to_string());
        let message = format!("{}.{}", part(&header)?, part(claims)?);
        let signature = signing.pair.sign(message.as_bytes())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The claims of `token` when a key of that purpose signed it. Of the message only `kid` is believed, and only to look up
    /// the key, which brings its own algorithm (RFC 8725 section 3.1).
    pub(super) fn verify(&self, purpose: Purpose, token: &str) -> Option<Value> {
        let kid = decode_header(token).ok()?.kid?;
        let verifying = self.verifying.get(&kid).filter(|key| key.purpose == purpose)?;
        decode(token, &verifying.key, &verifying.validation)
            .ok()
            .map(|token| token.claims)
    }

    /// The published keys of `purposes` as a JWK set (RFC 7517 section 5).
    pub(super) fn document(&self, purposes: &[Purpose]) -> Arc<[u8]> {
        let index = purposes.iter().fold(0, |index, &purpose| index | bit(purpose));
        // in range: there is a document for every set of purposes
        Arc::clone(&self.documents[index])
    }
}

fn part(value: &impl Serialize) -> Result<String> {
    serde_json::to_vec(value)
        .map(|json| URL_SAFE_NO_PAD.encode(json))
        .map_err(Error::internal)
}

const fn bit(purpose: Purpose) -> usize {
    1 << purpose as usize
}

/// The one algorithm and the signature are checked; what the claims mean is the caller's to judge.
fn signature_alone(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(jws(algorithm));
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}
