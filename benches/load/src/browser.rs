//! What a browser adds to a connection: cookies, redirects, forms.

use crate::Failure;
use crate::http::{Answer, Connection, Request};

/// More redirects than any provider needs.
const HOPS: usize = 12;

/// A browser with one tab. It sends every cookie everywhere: it only ever talks to one server.
#[derive(Clone, Default)]
pub struct Browser {
    cookies: Vec<(String, String)>,
    /// The address a proxy in front of the server would name.
    pub forwarded_for: Option<String>,
}

impl Browser {
    /// The value of the `Cookie` header.
    pub fn cookies(&self) -> String {
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Sends a request with the cookies, and keeps those of the answer.
    pub fn send(&mut self, connection: &mut Connection, mut request: Request) -> Result<Answer, Failure> {
        if !self.cookies.is_empty() {
            request = request.with("cookie", &self.cookies());
        }
        if let Some(address) = &self.forwarded_for {
            request = request.with("x-forwarded-for", address);
        }
        let answer = connection.send(&request)?;
        for cookie in answer.header("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            self.cookies.retain(|(kept, _)| kept != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(answer)
    }

    /// Opens `url` and goes where it is sent, until that is elsewhere than the server or a page; answers with the last redirect's
    /// target or the page.
    pub fn follow(&mut self, connection: &mut Connection, origin: &str, url: &str) -> Result<Stop, Failure> {
        let mut next = url.to_owned();
        for _ in 0..HOPS {
            let path = next.strip_prefix(origin).unwrap_or(&next).to_owned();
            if !path.starts_with('/') {
                return Ok(Stop::Elsewhere(next));
            }
            let answer = self.send(connection, Request::get(&path))?;
            if answer.status == 200 {
                return Ok(Stop::Page(answer));
            }
            answer.location()?.clone_into(&mut next);
        }
        Err(Failure::new(format!("{url} redirects without end")))
    }
}

/// Where a browser came to rest.
pub enum Stop {
    /// At another server's address.
    Elsewhere(String),
    /// On a page.
    Page(Answer),
}

impl Stop {
    /// The address elsewhere.
    pub fn elsewhere(self) -> Result<String, Failure> {
        match self {
            Self::Elsewhere(url) => Ok(url),
            Self::Page(page) => Err(Failure::new(format!("a page instead of a redirect: {}", page.body))),
        }
    }
}

/// The hidden fields of a page's forms.
pub fn hidden(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        let (value, _) = rest.split_once('"')?;
        Some(value.replace("&#38;", "&").replace("&amp;", "&"))
    };
    page.split("<input type=\"hidden\"")
        .skip(1)
        .filter_map(|rest| {
            let tag = rest.split('>').next()?;
            attribute(tag, "name").zip(attribute(tag, "value"))
        })
        .collect()
}
