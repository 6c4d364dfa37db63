//! Key pairs: made and signed with by aws-lc, kept as PKCS#8, published as JWK.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm as Jws, DecodingKey};
use zeroize::Zeroizing;

use super::model::Algorithm;
use crate::kernel::error::{Error, Result};
use crate::kernel::id::KeyId;

/// The algorithm as `jsonwebtoken` calls it.
pub(super) fn jws(algorithm: Algorithm) -> Jws {
    match algorithm {
        Algorithm::Rs256 => Jws::RS256,
        Algorithm::Es256 => Jws::ES256,
        Algorithm::EdDsa => Jws::EdDSA,
    }
}

/// A key pair, parsed. Signing goes straight to it: `jsonwebtoken` would parse and check the private key at every signature,
/// which takes several times as long as an RSA signature itself.
pub(super) enum KeyPair {
    Rs256(RsaKeyPair),
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl KeyPair {
    /// Makes a key pair. An RSA key takes up to some tenths of a second of one core.
    pub(super) fn generate(algorithm: Algorithm) -> Result<Self> {
        let made = match algorithm {
            // the public exponent is 65537
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Self::Rs256),
            Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self::Es256),
            Algorithm::EdDsa => Ed25519KeyPair::generate().map(Self::EdDsa),
        };
        made.map_err(Error::internal)
    }

    /// Reads a key pair.
    pub(super) fn from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Result<Self> {
        let read = match algorithm {
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(der).map(Self::Rs256),
            Algorithm::Es256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Self::Es256),
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(der).map(Self::EdDsa),
        };
        read.map_err(Error::internal)
    }

    /// The private half, as PKCS#8 version 1 (RFC 5208).
    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>> {
        let der = match self {
            Self::Rs256(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map(|der| der.as_ref().to_vec()),
            Self::Es256(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Self::EdDsa(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
        };
        der.map(Zeroizing::new).map_err(Error::internal)
    }

    /// The public half as a JWK (RFC 7517), whose type has no room for a private member.
    pub(super) fn public_jwk(&self, id: &KeyId) -> Result<Jwk> {
        let (algorithm, public) = match self {
            Self::Rs256(pair) => {
                let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                (Jws::RS256, DecodingKey::from_rsa_raw_components(&n, &e))
            }
            Self::Es256(pair) => (Jws::ES256, DecodingKey::from_ec_der(pair.public_key().as_ref())),
            Self::EdDsa(pair) => (Jws::EdDSA, DecodingKey::from_ed_der(pair.public_key().as_ref())),
        };
        let mut jwk = Jwk::from_decoding_key(&public, Some(algorithm)).map_err(Error::internal)?;
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_id = Some(id.to_string());
        Ok(jwk)
    }

    /// The signature of `message`, as a JWS has it (RFC 7518 section 3, RFC 8037 section 3.1).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map_err(Error::internal)?;
                Ok(signature)
            }
            Self::Es256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).map_err(Error::internal)?;
                Ok(signature.as_ref().to_vec())
            }
            Self::EdDsa(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;
    use crate::kernel::clock::Timestamp;
    use crate::kernel::rng::Rng;

    fn published(algorithm: Algorithm) -> Value {
        let id = KeyId::draw(Timestamp::from_secs(1_700_000_000), &Rng::seeded(1));
        let made = KeyPair::generate(algorithm).expect("is made");
        let read = KeyPair::from_pkcs8(algorithm, &made.to_pkcs8().expect("is written")).expect("is read back");
        let jwk = made.public_jwk(&id).expect("has a public half");
        assert_eq!(read.public_jwk(&id).expect("has a public half"), jwk);
        let jwk = serde_json::to_value(jwk).expect("serialises");
        assert_eq!(jwk["kid"], id.as_str());
        assert_eq!(jwk["use"], "sig");
        assert_eq!(jwk["alg"], algorithm.as_str());
        jwk
    }

    fn members(jwk: &Value) -> Vec<&str> {
        let mut names: Vec<&str> = jwk.as_object().expect("an object").keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    fn octets(value: &Value) -> usize {
        let text = value.as_str().expect("a string");
        URL_SAFE_NO_PAD.decode(text).expect("base64url").len()
    }

    #[test]
    fn an_rsa_key_has_2048_bits_and_the_exponent_65537() {
        let jwk = published(Algorithm::Rs256);
        assert_eq!(members(&jwk), ["alg", "e", "kid", "kty", "n", "use"]);
        assert_eq!((&jwk["kty"], &jwk["e"]), (&json!("RSA"), &json!("AQAB")));
        assert_eq!(octets(&jwk["n"]), 256);
    }

    #[test]
    fn an_elliptic_curve_key_is_on_p_256() {
        let jwk = published(Algorithm::Es256);
        assert_eq!(members(&jwk), ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        assert_eq!((&jwk["kty"], &jwk["crv"]), (&json!("EC"), &json!("P-256")));
        // RFC 7518 section 6.2.1.2: the full size of a coordinate, leading zeros included
        assert_eq!((octets(&jwk["x"]), octets(&jwk["y"])), (32, 32));
    }

    #[test]
    fn an_edwards_key_is_on_ed25519() {
        let jwk = published(Algorithm::EdDsa);
        assert_eq!(members(&jwk), ["alg", "crv", "kid", "kty", "use", "x"]);
        assert_eq!((&jwk["kty"], &jwk["crv"]), (&json!("OKP"), &json!("Ed25519")));
        assert_eq!(octets(&jwk["x"]), 32);
    }
}
