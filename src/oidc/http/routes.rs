//! The addresses of the endpoints.

use actix_web::http::Method;
use actix_web::web::{Data, ServiceConfig, get, method, post, resource};

use super::endpoint::Endpoint;
use super::{authorize, cors, documents, introspect, logout, revoke, token, userinfo};
use crate::oidc::paths::{
    AUTHORIZE, AUTHORIZE_RESUME, INTROSPECT, JWKS, LOGOUT, LOGOUT_RESUME, OAUTH_AUTHORIZATION_SERVER,
    OPENID_CONFIGURATION, REVOKE, TOKEN, TOKEN_INFO, TOKEN_REVOKE, USERINFO,
};
use crate::oidc::provider::Provider;

/// Registers every endpoint.
pub fn routes(config: &mut ServiceConfig, provider: Provider) {
    let preflight = || method(Method::OPTIONS).to(cors::preflight);
    let metadata = |path| resource(path).route(get().to(documents::metadata)).route(preflight());
    let introspect = |path| resource(path).route(post().to(introspect::tell));
    let revoke = |path| resource(path).route(post().to(revoke::revoke)).route(preflight());
    config
        .app_data(Data::new(Endpoint::new(provider)))
        .service(metadata(OPENID_CONFIGURATION))
        .service(metadata(OAUTH_AUTHORIZATION_SERVER))
        .service(resource(JWKS).route(get().to(documents::jwks)).route(preflight()))
        .service(
            resource(AUTHORIZE)
                .route(get().to(authorize::ask))
                .route(post().to(authorize::ask_by_post)),
        )
        .service(resource(AUTHORIZE_RESUME).route(get().to(authorize::resume)))
        .service(resource(TOKEN).route(post().to(token::exchange)).route(preflight()))
        .service(introspect(INTROSPECT))
        .service(introspect(TOKEN_INFO))
        .service(revoke(REVOKE))
        .service(revoke(TOKEN_REVOKE))
        .service(
            resource(USERINFO)
                .route(get().to(userinfo::read))
                .route(post().to(userinfo::read))
                .route(preflight()),
        )
        .service(
            resource(LOGOUT)
                .route(get().to(logout::ask))
                .route(post().to(logout::ask_by_post)),
        )
        .service(resource(LOGOUT_RESUME).route(get().to(logout::resume)));
}
