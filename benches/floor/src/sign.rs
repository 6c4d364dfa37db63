//! What a token costs: a signature, or a seal.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The keys, parsed once.
pub struct Signer {
    es256: EcdsaKeyPair,
    rs256: RsaKeyPair,
    seal: LessSafeKey,
    random: SystemRandom,
}

/// What a client's tokens are.
#[derive(Clone, Copy)]
pub enum Kind {
    Opaque,
    Es256,
    Rs256,
}

impl Signer {
    /// Fresh keys.
    pub fn new() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let random = SystemRandom::new();
        let es256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        let rs256 = RsaKeyPair::generate(KeySize::Rsa2048)?;
        // a key that was stored is parsed again, as every provider's is
        let rs256 = RsaKeyPair::from_pkcs8(rs256.as_der()?.as_ref())?;
        let seal = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32])?);
        Ok(Self {
            es256,
            rs256,
            seal,
            random,
        })
    }

    /// `claims` as a JWT, or sealed.
    pub fn token(&self, kind: Kind, claims: &[u8]) -> Result<String, Unspecified> {
        let header = match kind {
            Kind::Opaque => return self.seal(claims),
            Kind::Es256 => r#"{"alg":"ES256","kid":"the-floor","typ":"JWT"}"#,
            Kind::Rs256 => r#"{"alg":"RS256","kid":"the-floor","typ":"JWT"}"#,
        };
        let mut token = String::with_capacity(1024);
        URL_SAFE_NO_PAD.encode_string(header, &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = match kind {
            Kind::Rs256 => {
                let mut signature = vec![0; self.rs256.public_modulus_len()];
                self.rs256
                    .sign(&RSA_PKCS1_SHA256, &self.random, token.as_bytes(), &mut signature)?;
                signature
            }
            _ => self.es256.sign(&self.random, token.as_bytes())?.as_ref().to_vec(),
        };
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn seal(&self, claims: &[u8]) -> Result<String, Unspecified> {
        let nonce: [u8; 12] = self.bytes()?;
        let mut sealed = claims.to_vec();
        self.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)?;
        sealed.splice(0..0, nonce);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What an opaque token holds.
    pub fn open(&self, token: &str) -> Option<Vec<u8>> {
        let mut sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (nonce, sealed) = sealed.split_at_mut_checked(12)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.seal.open_in_place(nonce, Aad::empty(), sealed).ok()?;
        Some(opened.to_vec())
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], Unspecified> {
        let mut bytes = [0; N];
        aws_lc_rs::rand::SecureRandom::fill(&self.random, &mut bytes)?;
        Ok(bytes)
    }
}
