//! `/sign-up`: a new account.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{CONTINUE, seconds};
use crate::identity::{PASSWORD_RULES, PersonName};
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::secret::SecretString;
use crate::kernel::web_url::with_query;
use crate::platform::http::{Form, Params};
use crate::portal::answer::{Page, SIGN_UP_CLOSED, fault, redirect};
use crate::portal::pages::{self, FieldError, SignUpErrors};
use crate::portal::{Portal, Visitor};
use crate::sign_in::{SignUpForm, SignUpOutcome, SignUpProblem};

pub(in crate::portal) async fn show(req: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    shown(&req, &portal).await.unwrap_or_else(|error| fault(&req, &error))
}

async fn shown(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse> {
    if !portal.sign_up.is_open() {
        return Err(closed());
    }
    let mut query = Params::of(req)?;
    let mut visitor = Visitor::of(portal, req).await?;
    let handle = query.take(CONTINUE);
    if visitor.session().is_some() && handle.is_none() {
        return Ok(redirect("/account").finish());
    }
    page(
        req,
        portal,
        &mut visitor,
        handle.as_deref(),
        None,
        SignUpErrors::default(),
        None,
    )
    .await
}

pub(in crate::portal) async fn submit(req: HttpRequest, portal: Data<Portal>, form: Result<Form>) -> HttpResponse {
    submitted(&req, &portal, form)
        .await
        .unwrap_or_else(|error| fault(&req, &error))
}

async fn submitted(req: &HttpRequest, portal: &Portal, form: Result<Form>) -> Result<HttpResponse> {
    let Form(mut form) = form?;
    let mut visitor = Visitor::of(portal, req).await?;
    visitor.admit(portal, req, &mut form)?;
    let handle = form.take(CONTINUE);
    let typed = SignUpForm {
        first_name: form.take("first_name"),
        last_name: form.take("last_name"),
        email: form.take("email").unwrap_or_default(),
        password: form
            .secret("password")
            .unwrap_or_else(|| SecretString::new(String::new())),
    };
    // the mail speaks the language of the page
    visitor.continuation(portal, req, handle.as_deref()).await?;
    let caller = visitor.caller(req);
    match portal.sign_up.start(&caller, &typed, handle.clone()).await? {
        SignUpOutcome::Started(id) => {
            let next = with_query("/sign-up/verify", [("attempt", id.as_str())]);
            Ok(redirect(&next).finish())
        }
        SignUpOutcome::Invalid(problems) => {
            let errors = errors(&problems, &typed);
            page(req, portal, &mut visitor, handle.as_deref(), Some(&typed), errors, None).await
        }
        SignUpOutcome::Limited(wait) => {
            let wait = seconds(wait);
            let errors = SignUpErrors {
                email: Some(FieldError::TooManyAttempts(wait)),
                ..SignUpErrors::default()
            };
            page(
                req,
                portal,
                &mut visitor,
                handle.as_deref(),
                Some(&typed),
                errors,
                Some(wait),
            )
            .await
        }
        SignUpOutcome::Closed => Err(closed()),
    }
}

fn closed() -> Error {
    Error::new(
        ErrorKind::Forbidden,
        SIGN_UP_CLOSED,
        "new accounts are not being made here",
    )
}

fn errors(problems: &[SignUpProblem], typed: &SignUpForm) -> SignUpErrors {
    let name_limit = u32::try_from(PersonName::MAX_LENGTH).unwrap_or(u32::MAX);
    let bound = |bound: &usize| u32::try_from(*bound).unwrap_or(u32::MAX);
    let name = |typed: Option<&str>| {
        if typed.is_some_and(|name| name.trim().chars().count() > PersonName::MAX_LENGTH) {
            FieldError::NameTooLong(name_limit)
        } else {
            FieldError::NameInvalid
        }
    };
    let mut errors = SignUpErrors::default();
    for problem in problems {
        match problem {
            SignUpProblem::FirstName => errors.first_name = Some(name(typed.first_name.as_deref())),
            SignUpProblem::LastName => errors.last_name = Some(name(typed.last_name.as_deref())),
            SignUpProblem::Email if typed.email.trim().is_empty() => errors.email = Some(FieldError::EmailMissing),
            SignUpProblem::Email => errors.email = Some(FieldError::EmailInvalid),
            SignUpProblem::PasswordTooShort if typed.password.is_empty() => {
                errors.password = Some(FieldError::PasswordMissing);
            }
            SignUpProblem::PasswordTooShort => {
                errors.password = Some(FieldError::PasswordTooShort(bound(PASSWORD_RULES.start())));
            }
            SignUpProblem::PasswordTooLong => {
                errors.password = Some(FieldError::PasswordTooLong(bound(PASSWORD_RULES.end())));
            }
            SignUpProblem::PasswordCharacters => errors.password = Some(FieldError::PasswordInvalid),
        }
    }
    errors
}

async fn page(
    req: &HttpRequest,
    portal: &Portal,
    visitor: &mut Visitor,
    handle: Option<&str>,
    typed: Option<&SignUpForm>,
    errors: SignUpErrors,
    too_many: Option<u32>,
) -> Result<HttpResponse> {
    let waiting = visitor.continuation(portal, req, handle).await?;
    let hint = waiting
        .as_ref()
        .and_then(|waiting| waiting.intent.login_hint.as_deref());
    let frame = visitor.frame(portal, req);
    let page = pages::SignUp {
        f: &frame,
        continuation: handle.filter(|_| waiting.is_some()),
        app_name: waiting.as_ref().and_then(|waiting| waiting.intent.app_name.as_deref()),
        first_name: typed.and_then(|typed| typed.first_name.as_deref()).unwrap_or_default(),
        last_name: typed.and_then(|typed| typed.last_name.as_deref()).unwrap_or_default(),
        email: typed.map(|typed| typed.email.as_str()).or(hint).unwrap_or_default(),
        password_min: u32::try_from(*PASSWORD_RULES.start()).unwrap_or(u32::MAX),
        errors,
    };
    let answer = Page::new(portal, visitor).in_flow(waiting.is_some());
    let answer = match (typed, too_many) {
        (_, Some(wait)) => answer.too_many(wait.into()),
        (Some(_), None) => answer.refused(),
        (None, None) => answer,
    };
    Ok(answer.render(req, &page))
}
