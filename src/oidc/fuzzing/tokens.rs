//! What must hold for anything that is shown as a token that only we can read.

use std::sync::LazyLock;

use serde_json::Value;

use crate::kernel::rng::Rng;
use crate::kernel::secret::SecretKey;
use crate::oidc::access_token::fuzzing::read;
use crate::oidc::refresh_token::RefreshToken;
use crate::oidc::sealed_token::TokenSealer;
use crate::platform::seal::Sealer;

const ISSUER: &str = "https://id.example";

/// Tokens of two kinds, and one of the first that was handed out.
struct Sealers {
    refresh: TokenSealer,
    access: TokenSealer,
    token: String,
}

static SEALERS: LazyLock<Sealers> = LazyLock::new(|| {
    let sealer = Sealer::new(SecretKey::new([1; 32]));
    let of = |purpose, prefix| TokenSealer::new(&sealer, purpose, prefix).expect("a cipher");
    let refresh = of("refresh tokens", "ort_");
    let (_, token) = refresh.seal(&"said", &Rng::seeded(1)).expect("seals");
    Sealers {
        access: of("access tokens", "oat_"),
        refresh,
        token,
    }
});

/// A token as it is shown.
pub(super) fn sealed_token(data: &[u8]) {
    let Sealers { refresh, access, token } = &*SEALERS;
    if let Ok(text) = std::str::from_utf8(data) {
        let is_ours = text == token;
        assert_eq!(refresh.open::<Value>(text).is_some(), is_ours, "nobody sealed {text:?}");
        assert!(access.open::<Value>(text).is_none(), "nobody sealed {text:?}");
    }
    // pairs of place and byte, which a thief changes in a token
    let mut altered = token.clone().into_bytes();
    for pair in data.chunks_exact(2) {
        let place = usize::from(pair[0]) % altered.len();
        altered[place] = pair[1];
    }
    if let Ok(altered) = std::str::from_utf8(&altered) {
        assert_eq!(
            refresh.open::<Value>(altered).is_some(),
            altered == token,
            "{altered:?}"
        );
        assert!(access.open::<Value>(altered).is_none(), "{altered:?}");
    }
}

/// What a token says, should somebody ever seal it.
pub(super) fn token_content(data: &[u8]) {
    let Ok(said) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    let (_, token) = SEALERS.refresh.seal(&said, &Rng::seeded(2)).expect("seals");
    if let Some((_, token)) = SEALERS.refresh.open::<RefreshToken>(&token) {
        let written = serde_json::to_value(&token).expect("JSON");
        assert_eq!(serde_json::from_value::<RefreshToken>(written).ok(), Some(token));
        let [sealed, signed] = read(&said, ISSUER);
        assert!(
            sealed.is_none() && signed.is_none(),
            "one kind is never another: {said}"
        );
    }
    for written in read(&said, ISSUER).into_iter().flatten() {
        let [again, _] = read(&written, ISSUER);
        assert_eq!(again.as_ref(), Some(&written), "it is read as it is written");
    }
}
