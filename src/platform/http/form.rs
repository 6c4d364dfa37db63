//! The body of a posted form.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::body;
use super::params::Params;
use crate::kernel::error::{Error, Result};

/// The parameters of a body in `application/x-www-form-urlencoded`.
///
/// A handler takes `Result<Form, Error>`, so that its surface can word the refusal.
#[derive(Debug)]
pub struct Form(pub Params);

impl Form {
    async fn read(req: HttpRequest, payload: Payload) -> Result<Self> {
        if !req
            .content_type()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        {
            return Err(Error::bad_input(
                "unsupported_media_type",
                "the request's body must be application/x-www-form-urlencoded",
            ));
        }
        let body = body::read(&req, payload).await?;
        Params::from_body(&body).map(Self)
    }
}

impl FromRequest for Form {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Box::pin(Self::read(req.clone(), payload.take()))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse, ResponseError, web};

    use super::*;

    async fn handler(form: Result<Form, Error>) -> HttpResponse {
        match form.and_then(|Form(mut params)| params.require("name")) {
            Ok(name) => HttpResponse::Ok().body(name),
            Err(error) => HttpResponse::build(error.status_code()).body(error.code()),
        }
    }

    async fn post(content_type: &str, body: &'static str) -> (StatusCode, String) {
        let app = init_service(App::new().route("/", web::post().to(handler))).await;
        let request = TestRequest::post()
            .uri("/")
            .insert_header(("content-type", content_type))
            .set_payload(body);
        let response = call_service(&app, request.to_request()).await;
        let status = response.status();
        let body = actix_web::test::read_body(response).await;
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[actix_web::test]
    async fn the_handler_words_the_refusal() {
        let form = "application/x-www-form-urlencoded; charset=UTF-8";
        assert_eq!(post(form, "name=Ann+Lee").await, (StatusCode::OK, "Ann Lee".into()));
        assert_eq!(
            post(form, "name=a&name=b").await,
            (StatusCode::BAD_REQUEST, "invalid_request".into())
        );
        for other in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
            let (status, code) = post(other, "name=a").await;
            assert_eq!(
                (status, code.as_str()),
                (StatusCode::BAD_REQUEST, "unsupported_media_type"),
                "{other}"
            );
        }
    }
}
