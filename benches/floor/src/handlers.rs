//! The operations.

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, ContentType, LOCATION};
use actix_web::web::{Bytes, Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::sign::{Kind, Signer};
use crate::store::{Hash, Store};

/// What the handlers work with.
pub struct Floor {
    pub metadata: Bytes,
    pub jwks: Bytes,
    pub signer: Signer,
    pub store: Store,
}

#[derive(Deserialize)]
pub struct Question {
    client_id: String,
    redirect_uri: String,
    state: String,
}

#[derive(Deserialize)]
pub struct TokenForm {
    grant_type: String,
    code: Option<String>,
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
pub struct IntrospectionForm {
    token: String,
}

#[derive(Deserialize)]
pub struct PasswordForm {
    password: String,
}

#[derive(Serialize, Deserialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
    jti: &'a str,
    scope: &'a str,
}

#[derive(Serialize)]
struct Answer<'a> {
    access_token: &'a str,
    token_type: &'a str,
    expires_in: u32,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
}

pub async fn metadata(floor: Data<Floor>) -> HttpResponse {
    document(&floor.metadata)
}

pub async fn jwks(floor: Data<Floor>) -> HttpResponse {
    document(&floor.jwks)
}

fn document(json: &Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .content_type(ContentType::json())
        .body(json.clone())
}

pub async fn authorize(floor: Data<Floor>, question: Query<Question>) -> HttpResponse {
    let Question {
        client_id,
        redirect_uri,
        state,
    } = question.into_inner();
    let (Some(id), Some(code)) = (random(&floor), random(&floor)) else {
        return HttpResponse::InternalServerError().finish();
    };
    if !floor.store.insert(id, client_id, hash(&code)).await {
        return HttpResponse::InternalServerError().finish();
    }
    HttpResponse::SeeOther()
        .insert_header((LOCATION, format!("{redirect_uri}?code={code}&state={state}")))
        .finish()
}

pub async fn token(floor: Data<Floor>, req: HttpRequest, form: Form<TokenForm>) -> HttpResponse {
    let Some(client) = client(&req) else {
        return HttpResponse::Unauthorized().finish();
    };
    let kind = match client.as_str() {
        "es256" => Kind::Es256,
        "rs256" => Kind::Rs256,
        _ => Kind::Opaque,
    };
    let answer = match form.grant_type.as_str() {
        "client_credentials" => machine_tokens(&floor, kind, &client),
        _ => match form.code.as_ref().or(form.refresh_token.as_ref()) {
            Some(old) => people_tokens(&floor, kind, &client, old).await,
            None => None,
        },
    };
    answer.unwrap_or_else(|| HttpResponse::BadRequest().finish())
}

fn machine_tokens(floor: &Floor, kind: Kind, client: &str) -> Option<HttpResponse> {
    let access_token = access_token(floor, kind, client, client)?;
    Some(answer(&Answer {
        access_token: &access_token,
        token_type: "Bearer",
        expires_in: 3600,
        scope: "reports",
        refresh_token: None,
        id_token: None,
    }))
}

async fn people_tokens(floor: &Floor, kind: Kind, client: &str, old: &str) -> Option<HttpResponse> {
    let refresh_token = random(floor)?;
    if !floor.store.replace(hash(old), hash(&refresh_token)).await {
        return None;
    }
    let access_token = access_token(floor, Kind::Opaque, "somebody", client)?;
    let id_token = self::access_token(floor, kind, "somebody", client)?;
    Some(answer(&Answer {
        access_token: &access_token,
        token_type: "Bearer",
        expires_in: 3600,
        scope: "openid email",
        refresh_token: Some(&refresh_token),
        id_token: Some(&id_token),
    }))
}

fn access_token(floor: &Floor, kind: Kind, sub: &str, aud: &str) -> Option<String> {
    let claims = Claims {
        iss: "http://localhost:4812",
        sub,
        aud,
        iat: 1_800_000_000,
        exp: 1_800_003_600,
        jti: &random(floor)?,
        scope: "openid email",
    };
    floor.signer.token(kind, &serde_json::to_vec(&claims).ok()?).ok()
}

pub async fn introspect(floor: Data<Floor>, req: HttpRequest, form: Form<IntrospectionForm>) -> HttpResponse {
    if client(&req).is_none() {
        return HttpResponse::Unauthorized().finish();
    }
    match floor.signer.open(&form.token) {
        Some(claims) => match serde_json::from_slice::<Claims<'_>>(&claims) {
            Ok(claims) => answer(
                &json!({ "active": true, "sub": claims.sub, "aud": claims.aud, "exp": claims.exp,
                "iat": claims.iat, "scope": claims.scope, "iss": claims.iss, "jti": claims.jti }),
            ),
            Err(_) => HttpResponse::InternalServerError().finish(),
        },
        None => answer(&json!({ "active": false })),
    }
}

pub async fn userinfo(floor: Data<Floor>, req: HttpRequest) -> HttpResponse {
    let header = req.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let claims = header
        .and_then(|value| value.strip_prefix("Bearer "))
        .and_then(|token| floor.signer.open(token));
    match claims
        .as_deref()
        .and_then(|claims| serde_json::from_slice::<Claims<'_>>(claims).ok())
    {
        Some(claims) => answer(&json!({ "sub": claims.sub, "email": "ada@example.com", "email_verified": true })),
        None => HttpResponse::Unauthorized().finish(),
    }
}

/// One hash with the daemon's default cost, on a thread that may block.
pub async fn sign_in(form: Form<PasswordForm>) -> HttpResponse {
    let hashed = actix_web::rt::task::spawn_blocking(move || {
        let params = Params::new(19 * 1024, 2, 1, None).ok()?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2
            .hash_password_into(form.password.as_bytes(), b"sixteen bytes ..", &mut [0; 32])
            .ok()
    })
    .await;
    match hashed {
        Ok(Some(())) => HttpResponse::NoContent().finish(),
        _ => HttpResponse::InternalServerError().finish(),
    }
}

/// The client that proves itself by its secret (RFC 6749 section 2.3.1).
fn client(req: &HttpRequest) -> Option<String> {
    let header = req.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    verify_slices_are_equal(&hash(secret), &hash("a-secret-of-the-floor")).ok()?;
    Some(id.to_owned())
}

fn answer(body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body)
}

fn random(floor: &Floor) -> Option<String> {
    floor
        .signer
        .bytes::<32>()
        .ok()
        .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

fn hash(text: &str) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    hash
}
