//! Many clients at once, each of which remembers what it was told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder};
use vestibule::kernel::rng::Rng;

use super::journal::{Family, Journal};
use super::setting::{Setting, begin_sign_in};
use crate::support::{Browser, Page, RelyingParty, answer, redemption, value};

/// How many connections are busy at a time.
const WORKERS: usize = 12;
/// A family is refreshed less often than this before the next begins.
const REFRESHES: u32 = 6;

/// What every family asks for.
pub const OFFLINE: &[(&str, &str)] = &[("scope", "openid offline_access")];

/// Somebody who is signed in, and the application they use.
struct Worker {
    rp: RelyingParty,
    browser: Browser,
    url: String,
    address: String,
    journal: Journal,
    acknowledged: Arc<AtomicUsize>,
    rng: Rng,
}

/// Why a worker ends: the server is gone, or says that it can't answer.
pub struct Gone;

/// Works until `end`, which comes when `writes` were acknowledged, makes the server answer nobody; what everybody remembers.
pub async fn work_until(setting: &mut Setting, writes: usize, rng: &Rng, end: impl FnOnce(&mut Setting)) -> Journal {
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let mut workers = Vec::new();
    for number in 0..WORKERS {
        let (browser, address) = setting.signed_in(number).await;
        workers.push(Worker {
            rp: setting.rp(),
            browser,
            url: setting.server.url.clone(),
            address,
            journal: Journal::default(),
            acknowledged: Arc::clone(&acknowledged),
            rng: Rng::seeded(u64::from(rng.below(u32::MAX))),
        });
    }
    let workers: Vec<_> = workers.into_iter().map(|worker| tokio::spawn(worker.work())).collect();
    while acknowledged.load(Ordering::SeqCst) < writes && !workers.iter().any(|worker| worker.is_finished()) {
        // the workers run on other threads; this one watches as closely as it can
        tokio::task::yield_now().await;
    }
    let reached = acknowledged.load(Ordering::SeqCst);
    end(setting);
    let mut journal = Journal::default();
    for worker in join_all(workers).await {
        journal.add(worker.expect("no worker saw a wrong answer"));
    }
    assert!(reached >= writes, "the server failed before: {}", setting.server.log());
    journal
}

impl Worker {
    async fn work(mut self) -> Journal {
        while self.step().await.is_ok() {}
        self.journal
    }

    fn acknowledge(&mut self) {
        self.journal.acknowledged += 1;
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }

    /// A sign-in on another device, or a family from its code to its last refresh.
    async fn step(&mut self) -> Result<(), Gone> {
        if self.rng.below(8) == 0 {
            return self.sign_in().await;
        }
        let request = self.browser.request(Method::GET, &self.rp.authorize(OFFLINE));
        let page = send(&mut self.browser, request).await?;
        let location = page.location().unwrap_or_else(|| panic!("no code: {page:?}"));
        let answer = answer(location);
        if matches!(
            value(&answer, "error").as_deref(),
            Some("temporarily_unavailable" | "server_error")
        ) {
            return Err(Gone);
        }
        let code = value(&answer, "code").unwrap_or_else(|| panic!("no code: {location}"));
        self.acknowledge();
        self.journal.families.push(Family::issued(code.clone()));
        let redeemed = self.ask(&redemption(&code)).await?;
        self.remember(&redeemed);
        for _ in 0..self.rng.below(REFRESHES) {
            let newest = self.family().refresh_tokens.last().expect("one was given").clone();
            let fields = [("grant_type", "refresh_token"), ("refresh_token", newest.as_str())];
            let refreshed = self.ask(&fields).await?;
            self.remember(&refreshed);
        }
        Ok(())
    }

    fn family(&mut self) -> &mut Family {
        self.journal.families.last_mut().expect("one has begun")
    }

    fn remember(&mut self, tokens: &serde_json::Value) {
        let text = |name: &str| {
            let token = tokens[name].as_str();
            token.unwrap_or_else(|| panic!("no {name}: {tokens}")).to_owned()
        };
        let family = self.family();
        family.access_token = text("access_token");
        family.refresh_tokens.push(text("refresh_token"));
        self.acknowledge();
    }

    /// Asks the token endpoint about the newest family.
    async fn ask(&mut self, fields: &[(&str, &str)]) -> Result<serde_json::Value, Gone> {
        self.family().is_unsure = true;
        let request = self.rp.token_request(&self.browser, fields);
        let page = send(&mut self.browser, request).await?;
        assert_eq!(page.status, 200, "{}", page.body);
        self.family().is_unsure = false;
        Ok(page.json())
    }

    async fn sign_in(&mut self) -> Result<(), Gone> {
        // each from an address of its own, or the limits would be what is tested
        let ip = format!("198.18.{}.{}", self.rng.below(250), self.rng.below(250));
        let mut browser = Browser::new(&self.url);
        let done = begin_sign_in(&mut browser, &self.address, &ip).await?;
        assert_eq!(done.location(), Some("/account"), "{}", done.body);
        let device = browser.cookies.pop_first().expect("the device cookie");
        self.journal.signed_in.push(device);
        self.acknowledge();
        Ok(())
    }
}

/// Sends a request to a server that may be gone, or that may lack what it needs.
pub async fn send(browser: &mut Browser, request: RequestBuilder) -> Result<Page, Gone> {
    match browser.try_send(request).await {
        Ok(page) if !page.status.is_server_error() => Ok(page),
        _ => Err(Gone),
    }
}
