//! The Backend API over HTTP: its manners, and each resource. Every answer is held to the published description.

mod applications;
mod grants;
mod list;
mod manners;
mod schema;
mod tokens;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use vestibule::access::CreatedSecretKey;
use vestibule::kernel::event::Actor;

use crate::support::{Browser, Page, TestServer};
use schema::assert_is;

pub const APPLICATIONS: &str = "/api/v1/oauth_applications";
const VERIFY: &str = "/api/v1/oauth_applications/access_tokens/verify";
const GRANTS: &str = "/api/v1/oauth_grants";

/// A server of the operator's, with its key.
struct Api {
    server: TestServer,
    key: CreatedSecretKey,
    client: Browser,
}

/// What was answered.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    body: Value,
}

impl Api {
    async fn start() -> Self {
        Self::of(TestServer::start().await).await
    }

    async fn of(server: TestServer) -> Self {
        let key = server.app.secret_keys.create("Tests", Actor::Operator).await;
        Self {
            key: key.expect("made"),
            client: server.browser(),
            server,
        }
    }

    /// A request with the key, not yet sent.
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let key = self.key.plain.expose();
        self.client
            .request(method, path)
            .header("authorization", format!("Bearer {key}"))
    }

    async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        answer(self.request(method, path).json(body)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, body).await
    }

    async fn delete(&self, path: &str) -> Answer {
        answer(self.request(Method::DELETE, path)).await
    }

    /// An application that signs people in, as it was shown when it was made.
    async fn create(&self, name: &str) -> Value {
        let body = json!({ "name": name, "redirect_uris": ["https://app.example/cb"], "scopes": "profile email" });
        let made = self.post(APPLICATIONS, &body).await;
        assert_eq!(made.status, StatusCode::OK, "{made:?}");
        made.body
    }
}

/// Sends a request, and holds the answer to what is true of all of them.
async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("answers");
    let (status, headers) = (response.status(), response.headers().clone());
    let page = Page {
        status,
        headers,
        body: response.text().await.expect("a body"),
    };
    assert_eq!(page.header("set-cookie"), None);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    if status == StatusCode::NO_CONTENT {
        assert_eq!(page.body, "");
        return Answer {
            status,
            body: Value::Null,
        };
    }
    // clients read the body as JSON only where it says exactly this
    assert_eq!(page.header("content-type"), Some("application/json"), "{}", page.body);
    let body = page.json();
    if !status.is_success() {
        assert_is("ClerkErrors", &body);
        assert_eq!(body["clerk_trace_id"].as_str(), page.header("x-request-id"));
        assert_eq!(
            page.header("www-authenticate").is_some(),
            status == StatusCode::UNAUTHORIZED,
            "{body}"
        );
    }
    Answer { status, body }
}

impl Answer {
    fn code(&self) -> &str {
        self.body["errors"][0]["code"].as_str().expect("an error")
    }

    fn param(&self) -> Option<&str> {
        self.body["errors"][0]["meta"]["param_name"].as_str()
    }

    #[track_caller]
    fn refused(&self, status: u16, code: &str) {
        assert!(!self.status.is_success(), "{self:?}");
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{self:?}");
    }

    #[track_caller]
    fn refused_for(&self, param: &str, code: &str) {
        self.refused(422, code);
        assert_eq!(self.param(), Some(param), "{self:?}");
    }

    #[track_caller]
    fn good(self, schema: &str) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        assert_is(schema, &self.body);
        self.body
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
