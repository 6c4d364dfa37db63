//! What is accepted, what is published, and what nobody may see.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA512, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{House, ID_TOKEN, header, is_published, only, published, rows, sign};
use crate::kernel::clock::Clock;
use crate::kernel::event::Actor;
use crate::kernel::id::KeyId;
use crate::kernel::rng::Rng;
use crate::keys::material::KeyPair;
use crate::keys::model::Key;
use crate::keys::ring::{cell, open_private};
use crate::keys::{Algorithm, KeyRing, KeyState, Purpose};
use crate::platform::seal::OpenError;

#[tokio::test]
async fn what_is_signed_names_its_key_and_is_verified() {
    let house = House::new().await;
    let (ring, _) = house.ring(1).await;
    for &algorithm in Algorithm::ALL {
        let kid = only(&ring, algorithm, KeyState::Active).id;
        let token = sign(&ring, algorithm);
        assert_eq!(
            header(&token),
            json!({ "alg": algorithm.as_str(), "kid": kid.as_str(), "typ": "JWT" })
        );
        // the claims are not judged: this one has neither an expiry nor an audience
        assert_eq!(ring.verify(ID_TOKEN, &token), Some(json!({ "sub": "user_1" })));
        let expired = json!({ "exp": 1, "nbf": 9_999_999_999i64, "aud": ["x"] });
        let token = ring.sign(ID_TOKEN, algorithm, None, &expired).expect("signs");
        assert_eq!(header(&token).get("typ"), None);
        assert_eq!(ring.verify(ID_TOKEN, &token), Some(expired));
    }
}

#[tokio::test]
async fn what_is_signed_for_one_purpose_is_refused_for_every_other_and_published_apart() {
    let house = House::new().await;
    let (ring, _) = house.ring(1).await;
    let kids = |purpose| -> BTreeSet<String> {
        let set: Value = serde_json::from_slice(&ring.jwks(&[purpose])).expect("JSON");
        let keys = set["keys"].as_array().expect("a list");
        keys.iter().map(|jwk| jwk["kid"].to_string()).collect()
    };
    for &purpose in Purpose::ALL {
        assert_eq!(kids(purpose).len(), 2 * Algorithm::ALL.len());
        for &algorithm in Algorithm::ALL {
            let token = ring
                .sign(purpose, algorithm, None, &json!({ "sub": "user_1" }))
                .expect("signs");
            for &other in Purpose::ALL {
                assert_eq!(
                    ring.verify(other, &token).is_some(),
                    other == purpose,
                    "{purpose} as {other}"
                );
                assert!(other == purpose || kids(other).is_disjoint(&kids(purpose)));
            }
        }
    }
}

#[tokio::test]
async fn private_halves_are_sealed_at_rest() {
    let house = House::new().await;
    if !matches!(house.backend, super::Backend::Sqlite(_)) {
        // PostgreSQL's files are its server's; what is written to either is the same
        return;
    }
    let (_, cx) = house.ring(1).await;
    let keys = rows(&cx).await;
    cx.db.close().await.expect("closes");
    let stored = contents(house.folder.path());
    let opened: Vec<_> = keys
        .iter()
        .map(|key| {
            let sealed = key.sealed_private_key.as_deref().expect("has a private half");
            assert!(shares_a_part(&stored, &[sealed]), "the search finds what is there");
            cx.sealer.open(cell(&key.info.id), sealed).expect("opens")
        })
        .collect();
    let plain: Vec<&[u8]> = opened.iter().map(|key| key.as_slice()).collect();
    assert!(!shares_a_part(&stored, &plain));
}

#[tokio::test]
async fn under_another_master_key_the_ring_does_not_open_and_nothing_is_made() {
    let house = House::new().await;
    let (ring, cx) = house.ring(1).await;
    let next = &only(&ring, Algorithm::EdDsa, KeyState::Next).id;
    cx.db
        .write(|tx| async move {
            use ::entity::signing_key::Entity;
            Entity::delete_by_id(next.as_str()).exec(&tx).await?;
            Ok(())
        })
        .await
        .expect("writes");
    let before = rows(&cx).await.len();
    let other = house.node_with_master_key(2, [2; 32]).await;
    let refused = KeyRing::open(other).await.err().expect("another master key");
    let cause = refused.cause().and_then(|cause| cause.downcast_ref::<OpenError>());
    assert_eq!(cause, Some(&OpenError::OtherKey));
    assert_eq!(rows(&cx).await.len(), before);
}

fn contents(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).expect("lists");
    files
        .flat_map(|file| std::fs::read(file.expect("a file").path()).expect("reads"))
        .collect()
}

/// Whether 16 bytes in a row, wherever they begin, are the same.
fn shares_a_part(stored: &[u8], secrets: &[&[u8]]) -> bool {
    let parts: HashSet<&[u8]> = secrets.iter().flat_map(|secret| secret.windows(16)).collect();
    stored.windows(16).any(|part| parts.contains(part))
}

#[tokio::test]
async fn the_published_set_is_in_a_stable_order_and_has_no_private_member() {
    let house = House::new().await;
    let (ring, _) = house.ring(1).await;
    ring.rotate(ID_TOKEN, Algorithm::Es256, true, Actor::Operator)
        .await
        .expect("rotates");
    let keys = published(&ring);
    assert_eq!(keys.len(), 7);
    let ids: BTreeSet<&str> = keys.iter().filter_map(|jwk| jwk["kid"].as_str()).collect();
    assert_eq!(ids.len(), keys.len(), "every kid is unique");
    for jwk in &keys {
        let members: BTreeSet<&str> = jwk.as_object().expect("an object").keys().map(String::as_str).collect();
        let kind: &[&str] = match jwk["kty"].as_str() {
            Some("RSA") => &["n", "e"],
            Some("EC") => &["crv", "x", "y"],
            Some("OKP") => &["crv", "x"],
            other => panic!("an unexpected type of key: {other:?}"),
        };
        assert_eq!(
            members,
            ["alg", "kid", "kty", "use"].iter().chain(kind).copied().collect()
        );
    }
    let order: Vec<&str> = keys.iter().filter_map(|jwk| jwk["alg"].as_str()).collect();
    assert_eq!(order, ["RS256", "RS256", "ES256", "ES256", "ES256", "EdDSA", "EdDSA"]);
    for (first, algorithm) in [(0, Algorithm::Rs256), (2, Algorithm::Es256), (5, Algorithm::EdDsa)] {
        assert_eq!(keys[first]["kid"], only(&ring, algorithm, KeyState::Active).id.as_str());
    }
    assert_eq!(&*ring.jwks(&[]), br#"{"keys":[]}"#);
}

#[tokio::test]
async fn the_algorithm_and_the_key_are_never_taken_from_the_message() {
    let house = House::new().await;
    let (ring, cx) = house.ring(1).await;
    let claims = json!({ "sub": "user_1" });
    let accepted = |token: &str| ring.verify(ID_TOKEN, token).is_some();
    let forge = |header: Value, signature: &dyn Fn(&[u8]) -> Vec<u8>| {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = signature(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    let keys = rows(&cx).await;
    let active = |algorithm| {
        let wanted = |key: &&Key| {
            let info = &key.info;
            (info.purpose, info.algorithm, info.state) == (ID_TOKEN, algorithm, KeyState::Active)
        };
        let key = keys.iter().find(wanted).expect("is there");
        (
            key.info.id.as_str(),
            open_private(key, &cx.sealer).expect("opens"),
            &key.public_jwk,
        )
    };
    let (rsa_id, rsa, rsa_jwk) = active(Algorithm::Rs256);
    let (ec_id, ec, _) = active(Algorithm::Es256);
    let rs256 = |message: &[u8]| rsa.sign(message).expect("signs");
    let es256 = |message: &[u8]| ec.sign(message).expect("signs");
    assert!(
        accepted(&forge(json!({ "alg": "RS256", "kid": rsa_id }), &rs256)),
        "the forge works"
    );

    // alg none, signed by nobody or rightly signed
    for none in ["none", "None", "NONE", ""] {
        let header = json!({ "alg": none, "kid": rsa_id });
        assert!(!accepted(&forge(header.clone(), &|_| Vec::new())), "{none}");
        assert!(!accepted(&forge(header, &rs256)), "{none}");
    }
    // the public key as the secret of an HMAC, in each shape an attacker may guess
    let jwk: Value = serde_json::from_str(rsa_jwk).expect("JSON");
    let modulus = jwk["n"].as_str().expect("a modulus");
    for secret in [
        rsa_jwk.as_bytes().to_vec(),
        modulus.as_bytes().to_vec(),
        URL_SAFE_NO_PAD.decode(modulus).expect("base64url"),
    ] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let hs256 = |message: &[u8]| hmac::sign(&key, message).as_ref().to_vec();
        assert!(!accepted(&forge(json!({ "alg": "HS256", "kid": rsa_id }), &hs256)));
        assert!(!accepted(&forge(json!({ "alg": "RS256", "kid": rsa_id }), &hs256)));
    }
    // the right key by another algorithm, and one key's name over another's signature
    let pair = RsaKeyPair::from_pkcs8(&rsa.to_pkcs8().expect("is written")).expect("is read back");
    let rs512 = |message: &[u8]| {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA512, &SystemRandom::new(), message, &mut signature)
            .expect("signs");
        signature
    };
    assert!(!accepted(&forge(json!({ "alg": "RS512", "kid": rsa_id }), &rs512)));
    assert!(!accepted(&forge(json!({ "alg": "RS256", "kid": ec_id }), &rs256)));
    assert!(!accepted(&forge(json!({ "alg": "RS256", "kid": ec_id }), &es256)));
    assert!(!accepted(&forge(json!({ "alg": "ES256", "kid": ec_id }), &rs256)));
    assert!(!accepted(&forge(json!({ "alg": "ES256", "kid": rsa_id }), &es256)));
    // a key that comes with the message, an unknown name, no name
    let stranger = KeyPair::generate(Algorithm::Rs256).expect("is made");
    let theirs = |message: &[u8]| stranger.sign(message).expect("signs");
    let their_id = KeyId::draw(house.clock.now(), &Rng::seeded(99));
    let brought = stranger.public_jwk(&their_id).expect("has a public half");
    for kid in [json!(rsa_id), json!(their_id), Value::Null] {
        assert!(!accepted(&forge(
            json!({ "alg": "RS256", "kid": kid, "jwk": brought }),
            &theirs
        )));
    }
    assert!(!accepted(&forge(json!({ "alg": "RS256" }), &rs256)));
    // altered claims, and no token at all
    let genuine = sign(&ring, Algorithm::Rs256);
    let mut parts: Vec<&str> = genuine.split('.').collect();
    let altered = URL_SAFE_NO_PAD.encode(r#"{"sub":"user_2"}"#);
    parts[1] = &altered;
    assert!(!accepted(&parts.join(".")));
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        &format!("{genuine}.x"),
        &genuine[..genuine.len() - 4],
    ] {
        assert!(!accepted(text), "{text}");
    }
}

#[tokio::test]
async fn keys_of_a_later_version_are_left_alone() {
    let house = House::new().await;
    let (ring, cx) = house.ring(1).await;
    let token = sign(&ring, Algorithm::EdDsa);
    let signer = &only(&ring, Algorithm::EdDsa, KeyState::Active).id;
    cx.db
        .write(|tx| async move {
            use ::entity::signing_key::{Column, Entity};
            Entity::update_many()
                .col_expr(Column::Purpose, Expr::val("of_the_future"))
                .filter(Column::Id.eq(signer.as_str()))
                .exec(&tx)
                .await?;
            Ok(())
        })
        .await
        .expect("writes");
    let ring = KeyRing::open(cx)
        .await
        .expect("opens, and makes the key that is missing");
    assert!(ring.list().iter().all(|key| key.id != *signer));
    assert!(!is_published(&ring, signer));
    assert_eq!(ring.verify(ID_TOKEN, &token), None, "another purpose's key signed it");
    assert!(ring.verify(ID_TOKEN, &sign(&ring, Algorithm::EdDsa)).is_some());
}
