//! The addresses of the pages.

use actix_web::web::{Data, ServiceConfig, get, post, resource};

use super::handlers::{
    account, applications, asset, choose, consent, dev_inbox, home, logout, sign_in, sign_out, sign_up, verify,
};
use super::state::Portal;

/// Registers every page; the development inbox only where there is one.
pub fn routes(config: &mut ServiceConfig, portal: Portal) {
    let has_inbox = portal.inbox.is_some();
    config
        .app_data(Data::new(portal))
        .service(resource("/").route(get().to(home::show)))
        .service(resource("/assets/{asset:.*}").route(get().to(asset::show)))
        .service(resource("/favicon.ico").route(get().to(asset::favicon)))
        .service(
            resource("/sign-in")
                .route(get().to(sign_in::show))
                .route(post().to(sign_in::submit)),
        )
        .service(
            resource("/sign-in/password")
                .route(get().to(sign_in::show_password))
                .route(post().to(sign_in::submit_password)),
        )
        .service(
            resource("/sign-up")
                .route(get().to(sign_up::show))
                .route(post().to(sign_up::submit)),
        )
        .service(
            resource("/sign-up/verify")
                .route(get().to(verify::show))
                .route(post().to(verify::submit)),
        )
        .service(resource("/sign-up/verify/resend").route(post().to(verify::resend)))
        .service(
            resource("/choose-account")
                .route(get().to(choose::show))
                .route(post().to(choose::submit)),
        )
        .service(
            resource("/consent")
                .route(get().to(consent::show))
                .route(post().to(consent::submit)),
        )
        .service(
            resource("/account")
                .route(get().to(account::show))
                .route(post().to(account::submit)),
        )
        .service(
            resource("/account/applications")
                .route(get().to(applications::show))
                .route(post().to(applications::submit)),
        )
        .service(resource("/sign-out").route(post().to(sign_out::submit)))
        .service(resource("/signed-out").route(get().to(sign_out::show)))
        .service(
            resource("/oauth/logout/confirm")
                .route(get().to(logout::show))
                .route(post().to(logout::submit)),
        );
    if has_inbox {
        config
            .service(resource("/dev/inbox").route(get().to(dev_inbox::list)))
            .service(resource("/dev/inbox.json").route(get().to(dev_inbox::json)))
            .service(resource("/dev/inbox/{id}").route(get().to(dev_inbox::show)));
    }
}
