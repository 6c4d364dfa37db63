//! The addresses of the Backend API.

use actix_web::web::{Data, ServiceConfig, delete, get, patch, post, resource};

use super::object::Surroundings;
use super::{applications, grants, tokens};
use crate::access::backend;
use crate::oidc::provider::Provider;

/// Registers every address; none answers without a secret key.
pub fn backend_routes(config: &mut ServiceConfig, provider: Provider) {
    let verify = |path| resource(path).route(backend(post().to(tokens::verify)));
    config
        .app_data(Data::new(Surroundings::of(provider.issuer())))
        .app_data(Data::new(provider))
        .service(
            resource("/api/v1/oauth_applications")
                .route(backend(get().to(applications::list)))
                .route(backend(post().to(applications::create))),
        )
        .service(verify("/api/v1/oauth_applications/access_tokens/verify"))
        // where clients look that leave the version out for tokens
        .service(verify("/api/oauth_applications/access_tokens/verify"))
        .service(
            resource("/api/v1/oauth_applications/{id}")
                .route(backend(get().to(applications::read)))
                .route(backend(patch().to(applications::update)))
                .route(backend(delete().to(applications::remove))),
        )
        .service(
            resource("/api/v1/oauth_applications/{id}/rotate_secret")
                .route(backend(post().to(applications::rotate_secret))),
        )
        .service(resource("/api/v1/oauth_applications/{id}/revoke_token").route(backend(post().to(tokens::revoke))))
        .service(resource("/api/v1/oauth_grants").route(backend(get().to(grants::list))))
        .service(resource("/api/v1/oauth_grants/{id}").route(backend(delete().to(grants::revoke))));
}
