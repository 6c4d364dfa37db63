//! The operations, the same for every provider.

use crate::Failure;
use crate::browser::Stop;
use crate::http::Request;
use crate::measure::{Load, Operation};
use crate::provider::{Client, DISCOVERY, Provider, code, redemption, tokens};

/// A row of the table.
pub struct Scenario {
    /// What is measured.
    pub name: &'static str,
    /// How much.
    pub load: Load,
    /// The most processor microseconds of ours that are allowed, and those that are aimed at.
    pub target: Target,
    /// How many a second ours must do at least, where that is aimed at too.
    pub least_rate: Option<f64>,
    /// What it takes beforehand, and then an operation for each worker.
    pub prepare: Prepare,
}

/// What ours may cost, in microseconds.
#[derive(Clone, Copy)]
pub enum Target {
    /// At most this many.
    Cpu(f64),
    /// At most this many times the floor of the same run.
    OfFloor(f64),
}

/// Prepares a scenario on a provider. The outer function runs once, the inner one for each worker.
pub type Prepare = fn(&mut Provider, usize) -> Result<Vec<Operation>, Failure>;

const fn load(workers: usize, operations: usize) -> Load {
    Load { workers, operations }
}

/// Every scenario but the password's, which only ours and the floor have.
pub fn all() -> Vec<Scenario> {
    let row = |name, load, target, prepare| Scenario {
        name,
        load,
        target: Target::Cpu(target),
        least_rate: None,
        prepare,
    };
    vec![
        row("discovery", load(8, 40_000), 18.0, |provider, workers| {
            read(provider, DISCOVERY, workers)
        }),
        row("JWKS", load(8, 40_000), 18.0, |provider, workers| {
            let jwks = provider.paths.jwks.clone();
            read(provider, &jwks, workers)
        }),
        row(
            "client_credentials, opaque",
            load(8, 16_000),
            60.0,
            |provider, workers| {
                let client = provider.clients.machine_opaque.clone()?;
                client_credentials(provider, &client, workers)
            },
        ),
        row(
            "client_credentials, JWT ES256",
            load(8, 16_000),
            60.0,
            |provider, workers| {
                let client = provider.clients.machine_es256.clone()?;
                client_credentials(provider, &client, workers)
            },
        ),
        row(
            "client_credentials, JWT RS256",
            load(8, 6_000),
            300.0,
            |provider, workers| {
                let client = provider.clients.machine_rs256.clone()?;
                client_credentials(provider, &client, workers)
            },
        ),
        row("introspection", load(8, 16_000), 55.0, introspection),
        row("userinfo", load(8, 16_000), 55.0, userinfo),
        row(
            "refresh with rotation, ES256, 8 workers",
            load(8, 4_000),
            400.0,
            refresh_es256,
        ),
        Scenario {
            least_rate: Some(3_000.0),
            ..row(
                "refresh with rotation, ES256, 64 workers",
                load(64, 6_400),
                250.0,
                refresh_es256,
            )
        },
        row(
            "refresh with rotation, RS256, 8 workers",
            load(8, 4_000),
            620.0,
            refresh_rs256,
        ),
        row(
            "refresh with rotation, RS256, 64 workers",
            load(64, 6_400),
            480.0,
            refresh_rs256,
        ),
        row("code + PKCE round trip, ES256", load(8, 2_400), 400.0, round_trip),
    ]
}

fn each(workers: usize, mut make: impl FnMut() -> Result<Operation, Failure>) -> Result<Vec<Operation>, Failure> {
    (0..workers).map(|_| make()).collect()
}

fn read(_: &Provider, path: &str, workers: usize) -> Result<Vec<Operation>, Failure> {
    each(workers, || {
        let request = Request::get(path);
        Ok(Box::new(move |connection| {
            connection.send(&request)?.expect(200).map(drop)
        }))
    })
}

fn client_credentials(provider: &Provider, client: &Client, workers: usize) -> Result<Vec<Operation>, Failure> {
    let form = [("grant_type", "client_credentials"), ("scope", "reports")];
    each(workers, || {
        let request = Request::post(&provider.paths.token, &form).with("authorization", &client.basic);
        Ok(Box::new(move |connection| tokens(connection, &request).map(drop)))
    })
}

/// An access token of somebody who is signed in.
fn access_token(provider: &mut Provider) -> Result<(Client, String), Failure> {
    let client = provider.clients.people_es256.clone();
    let code = provider.grant(&client)?;
    let tokens = tokens(
        &mut provider.process.connect()?,
        &redemption(&provider.paths.token, &client, &code),
    )?;
    Ok((client, tokens.access))
}

fn introspection(provider: &mut Provider, workers: usize) -> Result<Vec<Operation>, Failure> {
    let (client, access) = access_token(provider)?;
    let path = provider.paths.introspect.clone()?;
    let form = [("token", access.as_str()), ("token_type_hint", "access_token")];
    each(workers, || {
        let request = Request::post(&path, &form).with("authorization", &client.basic);
        Ok(Box::new(move |connection| {
            let answer = connection.send(&request)?.expect(200)?;
            let is_active = answer.body.contains("\"active\":true");
            is_active.then_some(()).ok_or_else(|| Failure::new(answer.body))
        }))
    })
}

fn userinfo(provider: &mut Provider, workers: usize) -> Result<Vec<Operation>, Failure> {
    let (_, access) = access_token(provider)?;
    each(workers, || {
        let request = Request::get(&provider.paths.userinfo).with("authorization", &format!("Bearer {access}"));
        Ok(Box::new(move |connection| {
            let answer = connection.send(&request)?.expect(200)?;
            let is_full = answer.body.contains("\"email\"");
            is_full.then_some(()).ok_or_else(|| Failure::new(answer.body))
        }))
    })
}

fn refresh_es256(provider: &mut Provider, workers: usize) -> Result<Vec<Operation>, Failure> {
    let client = provider.clients.people_es256.clone();
    refresh(provider, &client, workers)
}

fn refresh_rs256(provider: &mut Provider, workers: usize) -> Result<Vec<Operation>, Failure> {
    let client = provider.clients.people_rs256.clone();
    refresh(provider, &client, workers)
}

/// Each worker has a grant of its own, and sends the refresh token that the last answer gave it.
fn refresh(provider: &mut Provider, client: &Client, workers: usize) -> Result<Vec<Operation>, Failure> {
    each(workers, || {
        let code = provider.grant(client)?;
        let first = tokens(
            &mut provider.process.connect()?,
            &redemption(&provider.paths.token, client, &code),
        )?;
        let none = || Failure::new("no refresh token");
        let mut token = first.refresh.ok_or_else(none)?;
        let (path, basic) = (provider.paths.token.clone(), client.basic.clone());
        Ok(Box::new(move |connection| {
            let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
            let request = Request::post(&path, &form).with("authorization", &basic);
            let next = tokens(connection, &request)?.refresh.ok_or_else(none)?;
            if next == token {
                return Err(Failure::new("the refresh token was not rotated"));
            }
            token = next;
            Ok(())
        }))
    })
}

/// Two requests: the browser asks for a code and gets it at once, the client redeems it.
fn round_trip(provider: &mut Provider, workers: usize) -> Result<Vec<Operation>, Failure> {
    let client = provider.clients.people_es256.clone();
    provider.grant(&client)?;
    let url = provider.authorization_url(&client, false);
    // the first request may still lead through the provider's own pages; those of the workers must not
    let (origin, mut connection) = (provider.process.origin(), provider.process.connect()?);
    if let Stop::Page(page) = provider.browser.follow(&mut connection, &origin, &url)? {
        return Err(Failure::new(format!("signed in, and still a page: {}", page.body)));
    }
    let provider = &*provider;
    each(workers, || {
        let ask = Request::get(&url).with("cookie", &provider.browser.cookies());
        let token = provider.paths.token.clone();
        let client = client.clone();
        Ok(Box::new(move |connection| {
            let answer = connection.send(&ask)?;
            let code = code(answer.location()?)?;
            tokens(connection, &redemption(&token, &client, &code)).map(drop)
        }))
    })
}
