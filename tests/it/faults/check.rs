//! What must be true after the server came back, by the journal of its clients.

use futures_util::StreamExt;
use reqwest::{Method, StatusCode};
use vestibule::kernel::rng::Rng;

use super::journal::{Family, Journal};
use super::setting::Setting;
use crate::support::{Browser, Page, RelyingParty};

/// How many families are looked at side by side.
const WIDTH: usize = 12;
/// One family in so many is left as it is, to be looked at again after the next fault.
const KEPT: usize = 20;

/// Checks all of it; gives what was left unused, for the next time.
pub async fn check(setting: &Setting, journal: Journal, rng: &Rng) -> Journal {
    let mut kept = Journal::default();
    for (number, device) in journal.signed_in.into_iter().enumerate() {
        let mut browser = setting.server.browser();
        browser.cookies.extend([device.clone()]);
        let account = browser.get("/account").await;
        assert_eq!(account.status, StatusCode::OK, "an acknowledged sign-in is lost");
        if number % KEPT == 0 {
            kept.signed_in.push(device);
        }
    }
    let draws: Vec<u32> = journal.families.iter().map(|_| rng.below(u32::MAX)).collect();
    let checks = journal
        .families
        .into_iter()
        .zip(draws)
        .enumerate()
        .map(|(number, (family, draw))| {
            let checker = Checker {
                rp: setting.rp(),
                browser: setting.server.browser(),
                family,
            };
            async move {
                match number % KEPT {
                    0 => checker.still_good().await,
                    _ => checker.used_up(draw as usize).await,
                }
            }
        });
    let mut checks = futures_util::stream::iter(checks).buffer_unordered(WIDTH);
    while let Some(family) = checks.next().await {
        kept.families.extend(family);
    }
    kept
}

struct Checker {
    rp: RelyingParty,
    browser: Browser,
    family: Family,
}

impl Checker {
    /// The family goes on as if nothing had happened.
    async fn still_good(mut self) -> Option<Family> {
        if self.family.is_unsure || self.family.refresh_tokens.is_empty() {
            return self.used_up(0).await;
        }
        self.access_token_works().await;
        let newest = self.family.refresh_tokens.last().expect("one was given").clone();
        let page = self.rp.refresh(&mut self.browser, &newest).await;
        assert_eq!(
            page.status,
            StatusCode::OK,
            "an acknowledged token is lost: {}",
            page.body
        );
        let tokens = page.json();
        let text = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        self.family.access_token = text("access_token");
        self.family.refresh_tokens.push(text("refresh_token"));
        Some(self.family)
    }

    /// Nothing of the family works twice, and all of it ends when something is tried twice.
    async fn used_up(mut self, draw: usize) -> Option<Family> {
        let Some(newest) = self.family.refresh_tokens.last().cloned() else {
            self.code_works_once().await;
            return None;
        };
        if !self.family.is_unsure {
            self.access_token_works().await;
        }
        let page = self.rp.refresh(&mut self.browser, &newest).await;
        // a refresh that got no answer may have happened, and then this is a second use
        assert!(
            self.family.is_unsure || page.status == StatusCode::OK,
            "an acknowledged token is lost: {}",
            page.body
        );
        if page.status != StatusCode::OK {
            refused(&page);
            return None;
        }
        let next = page.json()["refresh_token"].as_str().expect("a token").to_owned();
        let rotated = &self.family.refresh_tokens[draw % self.family.refresh_tokens.len()];
        refused(&self.rp.refresh(&mut self.browser, rotated).await);
        refused(&self.rp.redeem(&mut self.browser, &self.family.code).await);
        refused(&self.rp.refresh(&mut self.browser, &next).await);
        let ended = self.rp.userinfo(&mut self.browser, &self.family.access_token).await;
        assert_eq!(ended.status, StatusCode::UNAUTHORIZED, "reuse ends the whole family");
        None
    }

    async fn access_token_works(&mut self) {
        let page = self.rp.userinfo(&mut self.browser, &self.family.access_token).await;
        assert_eq!(
            page.status,
            StatusCode::OK,
            "an acknowledged token is lost: {}",
            page.body
        );
    }

    /// A code that was issued is good for one redemption, whether or not that was tried already.
    async fn code_works_once(&mut self) {
        let first = self.rp.redeem(&mut self.browser, &self.family.code).await;
        assert!(
            self.family.is_unsure || first.status == StatusCode::OK,
            "an acknowledged code is lost: {}",
            first.body
        );
        refused(&self.rp.redeem(&mut self.browser, &self.family.code).await);
    }
}

fn refused(page: &Page) {
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "worked twice: {}", page.body);
    assert_eq!(page.json()["error"], "invalid_grant");
}

/// Asks who the server is, so that a test can wait for the end of an outage.
pub async fn answers(browser: &Browser, path: &str) -> Option<StatusCode> {
    let answer = browser.request(Method::GET, path).send().await.ok()?;
    Some(answer.status())
}
