//! The HTTP client that talks to the provider: `reqwest`, fitted to the interface `openidconnect` expects.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// Far above any real discovery document, key set or token response, in bytes.
const MAX_BODY: usize = 512 * 1024;

/// A request to the provider that brought no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("the request could not be completed")]
    Transport(#[from] reqwest::Error),
    #[error("the answer is larger than {MAX_BODY} bytes")]
    TooLarge,
}

/// Sends requests with a time limit and a size limit, and follows no redirects: a redirect would carry client secret and
/// tokens to wherever it points.
pub struct HttpClient(reqwest::Client);

impl HttpClient {
    /// `direct` leaves the proxy settings of the environment aside, which never apply to a provider on this machine.
    #[expect(
        clippy::disallowed_methods,
        reason = "an application of its own, this is where its one client is made"
    )]
    pub fn new(direct: bool) -> Result<Self, HttpError> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
        if direct {
            builder = builder.no_proxy();
        }
        Ok(Self(builder.build()?))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = HttpResponse::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{App, HttpResponse as Answer, HttpServer, web};

    use super::*;

    /// A server of our own on a free port: its base URL.
    fn serve() -> String {
        let server = HttpServer::new(|| {
            App::new()
                .route(
                    "/away",
                    web::get().to(|| async { Answer::Found().append_header(("location", "/small")).finish() }),
                )
                .route("/small", web::get().to(|| async { Answer::Ok().body("small") }))
                .route(
                    "/large",
                    web::get().to(|| async { Answer::Ok().body(vec![b' '; MAX_BODY + 1]) }),
                )
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        actix_web::rt::spawn(server.run());
        url
    }

    async fn get(url: String) -> Result<HttpResponse, HttpError> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut request = HttpRequest::new(Vec::new());
        *request.uri_mut() = url.parse().unwrap();
        HttpClient::new(true).unwrap().call(request).await
    }

    #[actix_web::test]
    async fn redirects_are_handed_back() {
        let response = get(format!("{}/away", serve())).await.unwrap();
        assert_eq!(response.status(), 302);
    }

    #[actix_web::test]
    async fn large_answers_are_refused() {
        let url = serve();
        assert_eq!(get(format!("{url}/small")).await.unwrap().body(), b"small");
        assert!(matches!(get(format!("{url}/large")).await, Err(HttpError::TooLarge)));
    }
}
