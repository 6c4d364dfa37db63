//! `/api/v1/oauth_applications`.

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::fields::changes;
use super::object::{ApplicationObject, Deleted, List, Surroundings};
use super::path::id;
use crate::access::Caller;
use crate::kernel::error::Error;
use crate::kernel::id::ApplicationId;
use crate::kernel::token::PlainToken;
use crate::oidc::application::{Application, ApplicationFilter, ApplicationOrder, Registration, ScopeTokens};
use crate::oidc::provider::Provider;
use crate::platform::http::{ApiError, JsonFields, Params, Slice};

/// What an application may ask for that was registered without a word on it.
const DEFAULT_SCOPES: &str = "profile email";

pub(super) async fn list(
    req: HttpRequest,
    provider: Data<Provider>,
    around: Data<Surroundings>,
) -> Result<HttpResponse, ApiError> {
    let mut params = Params::of(&req)?;
    let slice = Slice::take(&mut params)?;
    let filter = filter(&mut params)?;
    let found = provider.applications.search(&filter, slice.offset, slice.limit).await?;
    let shown = found.applications.iter();
    Ok(HttpResponse::Ok().json(List {
        data: shown.map(|one| ApplicationObject::new(one, &around)).collect(),
        total_count: found.total,
    }))
}

fn filter(params: &mut Params) -> Result<ApplicationFilter, ApiError> {
    let query = params.take("name_query");
    let Some(order) = params.take("order_by") else {
        return Ok(ApplicationFilter {
            query,
            order: ApplicationOrder::CreatedAt,
            descending: true,
        });
    };
    let (descending, name) = match order.split_at_checked(1) {
        Some(("-", name)) => (true, name),
        // a plus that nobody encoded arrives as a blank
        Some(("+" | " ", name)) => (false, name),
        _ => (false, order.as_str()),
    };
    let order = name.parse().map_err(|_| {
        let names = ApplicationOrder::NAMES.join(" or ");
        let public = format!("order_by must be {names}, with + or - before it");
        ApiError::param("form_param_value_invalid", "order_by", public)
    })?;
    Ok(ApplicationFilter {
        query,
        order,
        descending,
    })
}

pub(super) async fn create(
    caller: Caller,
    provider: Data<Provider>,
    around: Data<Surroundings>,
    body: JsonFields,
) -> Result<HttpResponse, ApiError> {
    let mut changes = changes(body, false)?;
    let name = changes.name.take().ok_or_else(|| ApiError::missing("name"))?;
    let scopes = match changes.scopes.take() {
        Some(scopes) => scopes,
        None => ScopeTokens::parse(DEFAULT_SCOPES).map_err(Error::internal)?,
    };
    let registration = changes.apply(Registration {
        scopes,
        ..Registration::new(name, Vec::new())
    });
    let created = provider.applications.create(registration, caller.0).await;
    let created = created.map_err(ApiError::refused)?;
    let secret = created.client_secret.as_ref().map_or("", PlainToken::expose);
    Ok(HttpResponse::Ok().json(ApplicationObject::new(&created.application, &around).with_secret(secret)))
}

pub(super) async fn read(
    req: HttpRequest,
    provider: Data<Provider>,
    around: Data<Surroundings>,
) -> Result<HttpResponse, ApiError> {
    let application = existing(&provider, &id(&req)?).await?;
    Ok(HttpResponse::Ok().json(ApplicationObject::new(&application, &around)))
}

pub(super) async fn update(
    req: HttpRequest,
    caller: Caller,
    provider: Data<Provider>,
    around: Data<Surroundings>,
    body: JsonFields,
) -> Result<HttpResponse, ApiError> {
    let id: ApplicationId = id(&req)?;
    let is_public = existing(&provider, &id).await?.is_public();
    let changes = changes(body, is_public)?;
    let changed = provider.applications.update(&id, changes, caller.0).await;
    let changed = changed.map_err(ApiError::refused)?;
    let mut shown = ApplicationObject::new(&changed.application, &around);
    // it was public before, and nobody could know the secret otherwise
    if let Some(secret) = &changed.client_secret {
        shown = shown.with_secret(secret.expose());
    }
    Ok(HttpResponse::Ok().json(shown))
}

pub(super) async fn remove(
    req: HttpRequest,
    caller: Caller,
    provider: Data<Provider>,
) -> Result<HttpResponse, ApiError> {
    let id: ApplicationId = id(&req)?;
    provider.applications.delete(&id, caller.0).await?;
    Ok(HttpResponse::Ok().json(Deleted::new("oauth_application", id.as_str())))
}

/// The secrets before end at once, or after `overlap_seconds`.
pub(super) async fn rotate_secret(
    req: HttpRequest,
    caller: Caller,
    provider: Data<Provider>,
    around: Data<Surroundings>,
    mut body: JsonFields,
) -> Result<HttpResponse, ApiError> {
    let id: ApplicationId = id(&req)?;
    let overlap = Duration::from_secs(body.number("overlap_seconds")?.unwrap_or(0));
    body.finish()?;
    let new = provider.applications.rotate_secret(&id, overlap, caller.0).await;
    let new = new.map_err(ApiError::refused)?;
    let shown = ApplicationObject::new(&new.application, &around).with_secret(new.client_secret.expose());
    Ok(HttpResponse::Ok().json(shown))
}

/// The application as it is now.
async fn existing(provider: &Provider, id: &ApplicationId) -> Result<Application, ApiError> {
    let found = provider.applications.get(id).await?;
    found.ok_or_else(|| Error::not_found().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_first_unless_told() {
        let order = |query: &str| {
            let filter = filter(&mut Params::from_query(query).expect("parameters"));
            filter.map(|filter| (filter.order, filter.descending)).ok()
        };
        use ApplicationOrder::{CreatedAt, Name};
        assert_eq!(order(""), Some((CreatedAt, true)));
        assert_eq!(order("order_by=created_at"), Some((CreatedAt, false)));
        assert_eq!(order("order_by=%2Bcreated_at"), Some((CreatedAt, false)));
        assert_eq!(order("order_by=+name"), Some((Name, false)));
        assert_eq!(order("order_by=-name"), Some((Name, true)));
        for bad in [
            "order_by=-",
            "order_by=client_id",
            "order_by=--name",
            "order_by=%C3%A9name",
        ] {
            assert_eq!(order(bad), None, "{bad}");
        }
    }
}
