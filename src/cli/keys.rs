//! `vestibule keys`.

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::failure::Failure;
use super::invocation::Invocation;
use super::output::{Output, moment};
use crate::app::App;
use crate::kernel::error::ErrorKind;
use crate::kernel::event::Actor;
use crate::kernel::id::KeyId;
use crate::keys::{Algorithm, KeyInfo, Purpose};

#[derive(Subcommand)]
pub(super) enum Keys {
    /// List all signing keys, newest first
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Sign with the next key from now on, and make another next key
    ///
    /// Every kind of key, or those of one purpose or algorithm. The next key must have been published for 24 hours, so that
    /// applications that remember the key set know it. A running server follows within a second.
    Rotate {
        /// What the keys sign; whatever it is without this
        #[arg(long, value_parser = purpose())]
        purpose: Option<Purpose>,
        /// How they sign; however it is without this
        #[arg(long, value_parser = algorithm())]
        algorithm: Option<Algorithm>,
        /// Do not wait for the 24 hours, at the price that relying parties may not know the new key yet
        #[arg(long)]
        now: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a key out that may be in other hands
    ///
    /// It is no longer published, nothing that it signed is believed any more, and its private half is destroyed. Where it was the
    /// active one, the next key signs at once. A running server follows within a second; applications follow when they next fetch
    /// the key set.
    Revoke {
        /// The key, as `vestibule keys list` names it; the `kid` of what it signed
        kid: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn purpose() -> impl TypedValueParser<Value = Purpose> {
    PossibleValuesParser::new(Purpose::NAMES).try_map(|name| name.parse())
}

/// Reads the name of an algorithm.
pub(super) fn algorithm() -> impl TypedValueParser<Value = Algorithm> {
    PossibleValuesParser::new(Algorithm::NAMES).try_map(|name| name.parse())
}

impl Keys {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        invocation
            .with_app(async |app, out| match self {
                Self::List { json } => list(&app.keys.list(), json, out),
                Self::Rotate {
                    purpose,
                    algorithm,
                    now,
                    json,
                } => rotate(app, &kinds(purpose, algorithm), now, json, out).await,
                Self::Revoke { kid, json } => revoke(app, KeyId::from_stored(kid), json, out).await,
            })
            .await
    }
}

/// The kinds of keys that are meant; without a word on it, all of them.
fn kinds(purpose: Option<Purpose>, algorithm: Option<Algorithm>) -> Vec<(Purpose, Algorithm)> {
    let purposes = Purpose::ALL
        .iter()
        .filter(|one| purpose.is_none_or(|only| only == **one));
    purposes
        .flat_map(|&purpose| {
            let algorithms = Algorithm::ALL.iter().copied();
            algorithms
                .filter(move |one| algorithm.is_none_or(|only| only == *one))
                .map(move |algorithm| (purpose, algorithm))
        })
        .collect()
}

fn list(keys: &[KeyInfo], json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    if json {
        return out.json(&keys);
    }
    let rows: Vec<_> = keys
        .iter()
        .map(|key| {
            [
                key.id.to_string(),
                key.purpose.to_string(),
                key.algorithm.to_string(),
                key.state.to_string(),
                key.created_at.rfc3339(),
                moment(key.activated_at),
                moment(key.retired_at),
            ]
        })
        .collect();
    let head = ["id", "purpose", "algorithm", "state", "created", "activated", "retired"];
    out.table(head, &rows)
}

async fn rotate(
    app: &App,
    kinds: &[(Purpose, Algorithm)],
    at_once: bool,
    json: bool,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let rotations = app.keys.rotate_all(kinds, at_once, Actor::Operator).await?;
    if json {
        return out.json(&rotations);
    }
    for rotation in &rotations {
        out.line(format_args!(
            "{}, {}: {} signs from now on.",
            rotation.purpose, rotation.algorithm, rotation.active
        ))?;
        out.line(format_args!(
            "  {} is retiring: no longer used, still published.",
            rotation.retiring
        ))?;
        let next = app.keys.list().into_iter().find(|key| key.id == rotation.next);
        let promotable = moment(next.map(|key| key.promotable_at()));
        out.line(format_args!(
            "  {} is next, and may sign from {promotable} on.",
            rotation.next
        ))?;
    }
    Ok(())
}

async fn revoke(app: &App, kid: KeyId, json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    let revocation = app
        .keys
        .revoke(&kid, Actor::Operator)
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::new(format!(
                "there is no key {kid}: `vestibule keys list` prints those there are"
            )),
            _ => error.into(),
        })?;
    if json {
        return out.json(&revocation);
    }
    out.line(format_args!(
        "{kid} is revoked: not published, and what it signed is believed no more."
    ))?;
    if let Some(active) = revocation.active {
        out.line(format_args!("{active} signs from now on."))?;
    }
    if let Some(next) = revocation.next {
        out.line(format_args!("{next} is next."))?;
    }
    Ok(())
}
