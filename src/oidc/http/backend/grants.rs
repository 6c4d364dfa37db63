//! `/api/v1/oauth_grants`: what people let applications do, and ending it.

use std::str::FromStr;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::object::{Deleted, GRANT, GrantObject, List};
use super::path::id;
use crate::access::Caller;
use crate::kernel::id::{BadId, GrantId};
use crate::oidc::grant::GrantFilter;
use crate::oidc::provider::Provider;
use crate::platform::http::{ApiError, Params, Slice};

pub(super) async fn list(req: HttpRequest, provider: Data<Provider>) -> Result<HttpResponse, ApiError> {
    let mut params = Params::of(&req)?;
    let slice = Slice::take(&mut params)?;
    let filter = GrantFilter {
        user: given(&mut params, "user_id")?,
        application: given(&mut params, "oauth_application_id")?,
    };
    let page = provider.list_grants(&filter, slice.offset, slice.limit).await?;
    Ok(HttpResponse::Ok().json(List {
        data: page.grants.iter().map(GrantObject::from).collect(),
        total_count: page.total,
    }))
}

fn given<T: FromStr<Err = BadId>>(params: &mut Params, name: &'static str) -> Result<Option<T>, ApiError> {
    let Some(text) = params.take(name) else {
        return Ok(None);
    };
    text.parse()
        .map(Some)
        .map_err(|why| ApiError::param("form_param_format_invalid", name, format!("{name} is {why}")))
}

pub(super) async fn revoke(
    req: HttpRequest,
    caller: Caller,
    provider: Data<Provider>,
) -> Result<HttpResponse, ApiError> {
    let id: GrantId = id(&req)?;
    provider.revoke_grant(&id, caller.0).await?;
    Ok(HttpResponse::Ok().json(Deleted::new(GRANT, id.as_str())))
}
