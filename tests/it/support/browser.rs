//! A browser without a window: cookies, forms, no redirects followed unless asked.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, StatusCode};

/// Cookies of one host, and where it is.
pub struct Browser {
    client: Client,
    base: String,
    pub cookies: BTreeMap<String, String>,
}

/// A response that was read to its end.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Browser {
    #[expect(clippy::disallowed_methods, reason = "tests speak to the server as strangers do")]
    pub fn new(base: &str) -> Self {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // development certificates are signed by nobody
            .tls_danger_accept_invalid_certs(true)
            .tls_info(true)
            .build()
            .expect("a client");
        Self {
            client,
            base: base.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// The absolute form of a path of the server.
    pub fn url(&self, target: &str) -> String {
        if target.starts_with('/') {
            format!("{}{target}", self.base)
        } else {
            target.to_owned()
        }
    }

    /// A request with the cookies.
    pub fn request(&self, method: Method, target: &str) -> RequestBuilder {
        let jar: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = self.client.request(method, self.url(target));
        if jar.is_empty() {
            request
        } else {
            request.header(COOKIE, jar.join("; "))
        }
    }

    /// Sends a request and keeps the cookies of the answer.
    pub async fn send(&mut self, request: RequestBuilder) -> Page {
        self.try_send(request).await.expect("the server answers")
    }

    /// The same of a server that may be gone.
    pub async fn try_send(&mut self, request: RequestBuilder) -> reqwest::Result<Page> {
        let response = request.send().await?;
        let page = Page {
            status: response.status(),
            headers: response.headers().clone(),
            body: String::new(),
        };
        let body = response.text().await?;
        // an answer counts when it is there to its end, and with it its cookies
        self.keep(&page.headers);
        Ok(Page { body, ..page })
    }

    /// GET.
    pub async fn get(&mut self, target: &str) -> Page {
        let request = self.request(Method::GET, target);
        self.send(request).await
    }

    /// GET, and on through redirects as long as they stay on the server; the last answer and where it was.
    pub async fn follow(&mut self, target: &str) -> (String, Page) {
        let mut target = self.url(target);
        for _ in 0..10 {
            let page = self.get(&target).await;
            match page.location() {
                Some(next) if next.starts_with('/') => target = self.url(next),
                Some(next) if next.starts_with(&self.base) => target = next.to_owned(),
                _ => return (target, page),
            }
        }
        panic!("too many redirects, the last to {target}");
    }

    /// POSTs a form as a page of ours would: with the right Origin.
    pub async fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.form(target, fields);
        self.send(request).await
    }

    /// The same, not yet sent.
    pub fn form(&self, target: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        self.request(Method::POST, target)
            .header(ORIGIN, &self.base)
            .form(fields)
    }

    /// Opens a page and submits its form with its hidden fields and these.
    pub async fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Page {
        let shown = self.get(page).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.body);
        self.submit_shown(&shown, action, fields).await
    }

    /// Submits the form of a page that is open.
    pub async fn submit_shown(&mut self, shown: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let hidden = shown.hidden();
        let mut all: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        all.extend_from_slice(fields);
        self.post(action, &all).await
    }

    fn keep(&mut self, headers: &reqwest::header::HeaderMap) {
        for header in headers.get_all(SET_COOKIE) {
            let text = header.to_str().expect("ASCII");
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').expect("a cookie");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Page {
    /// Where a browser goes by itself: to the Location of a redirect, or at once by Refresh.
    pub fn location(&self) -> Option<&str> {
        let refresh = || self.header("refresh").and_then(|value| value.strip_prefix("0; url="));
        self.header("location").or_else(refresh)
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII"))
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The hidden fields of the first form that posts, by name.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let form = self
            .body
            .split("<form")
            .nth(1)
            .map_or("", |rest| rest.split("</form>").next().unwrap_or(rest));
        form.split("<input")
            .skip(1)
            .filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag))
            .filter(|tag| tag.contains("type=\"hidden\""))
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
            .collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(
        value
            .replace("&#x2F;", "/")
            .replace("&#38;", "&")
            .replace("&amp;", "&")
            .replace("&quot;", "\"")
            .replace("&#34;", "\""),
    )
}
