//! What people see when something did not work: what happened, what to do, and the way back.

use std::error::Error;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::oidc::OidcError;
use crate::pages;

/// A request that ends on an error page.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("there is no such page")]
    NotFound,
    #[error("the form was not sent from one of our pages")]
    ForeignForm,
    #[error("the address the provider sent the browser to is malformed")]
    MalformedAnswer,
    /// No pending sign-in has this `state` and belongs to this browser.
    #[error("no sign-in with this state was started in this browser")]
    UnknownSignIn,
    #[error(transparent)]
    Oidc(#[from] OidcError),
    #[error("the task of a request ended early")]
    Interrupted,
}

impl Failure {
    fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "Page not found",
            Self::ForeignForm => "Request refused",
            Self::UnknownSignIn => "This sign-in is no longer valid",
            Self::Oidc(error) if error.is_unreachable() => "The provider cannot be reached",
            Self::Oidc(OidcError::Discovery(_) | OidcError::Configuration(_)) => "The provider is not ready",
            Self::Oidc(OidcError::SignInEnded | OidcError::NoRefreshToken) => "The provider has ended this sign-in",
            Self::Oidc(OidcError::Refused { .. }) => "You were not signed in",
            Self::MalformedAnswer | Self::Oidc(_) => "The provider's answer cannot be used",
            Self::Interrupted => "Something went wrong",
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::NotFound => "The address may be mistyped.",
            Self::ForeignForm => "Go back to the start and use the button there.",
            Self::UnknownSignIn => "It took too long, was already used, or began in another browser. Sign in again.",
            Self::Oidc(error) if error.is_unreachable() => "Check that it is running, then try again.",
            Self::Oidc(OidcError::Discovery(_) | OidcError::Configuration(_)) => {
                "Check that ISSUER is exactly the issuer the provider calls itself, then try again."
            }
            Self::Oidc(OidcError::SignInEnded | OidcError::NoRefreshToken) => "Sign in again to go on.",
            Self::Oidc(OidcError::Refused { .. }) => "You can try again, or leave it at that.",
            Self::MalformedAnswer | Self::Oidc(_) => {
                "Try again; if that does not help, the details below say what to look at."
            }
            Self::Interrupted => "Try again.",
        }
    }

    /// This error and what caused it, outermost first. An example shows its causes; an application for customers would only
    /// log them.
    fn causes(&self) -> Vec<String> {
        let outermost: &dyn Error = self;
        std::iter::successors(Some(outermost), |&error| error.source())
            .map(ToString::to_string)
            .collect()
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::ForeignForm => StatusCode::FORBIDDEN,
            // What arrives through the browser is the request's fault, what arrives directly is the provider's.
            Self::MalformedAnswer | Self::UnknownSignIn => StatusCode::BAD_REQUEST,
            Self::Oidc(OidcError::WrongIssuer | OidcError::Refused { .. } | OidcError::NoCode) => {
                StatusCode::BAD_REQUEST
            }
            Self::Oidc(OidcError::SignInEnded | OidcError::NoRefreshToken) => StatusCode::CONFLICT,
            Self::Oidc(_) => StatusCode::BAD_GATEWAY,
            Self::Interrupted => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let causes = self.causes();
        // As a field, since fields are escaped: some of the text comes from outside.
        tracing::warn!(?causes, "request failed");
        pages::failure(self.status_code(), self.title(), self.advice(), &causes)
    }
}
