//! `vestibule instance`.

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

use super::failure::Failure;
use super::invocation::Invocation;
use super::output::Output;
use crate::app::App;
use crate::platform::instance::{InstanceSettings, Names};

#[derive(Subcommand)]
pub(super) enum InstanceCommand {
    /// Show the settings of the instance and its fixed names
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change one setting; a running server follows within a second
    Set {
        /// The setting, such as `branding.name`
        name: String,
        /// Its value
        value: String,
    },
}

#[derive(Serialize)]
struct Printed<'a> {
    names: &'a Names,
    settings: &'a InstanceSettings,
}

impl InstanceCommand {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        invocation
            .with_app(async |app, out| match self {
                Self::Show { json } => show(app, json, out),
                Self::Set { name, value } => set(app, &name, &value, out).await,
            })
            .await
    }
}

fn show(app: &App, json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    let (names, settings) = (app.cx.instance.names(), &*app.cx.instance.settings());
    if json {
        return out.json(&Printed { names, settings });
    }
    let fixed = |name: &str, value: &str| [name.to_owned(), value.to_owned(), "fixed at the first start".to_owned()];
    let mut rows = vec![
        fixed("public_url", names.public_url.as_str()),
        fixed("frontend_host", &names.frontend_host),
    ];
    let settings = serde_json::to_value(settings)?;
    rows.extend(flat(&settings).map(|(name, value)| [name, value, String::new()]));
    out.table(["name", "value", ""], &rows)
}

async fn set(app: &App, name: &str, value: &str, out: &mut Output<'_>) -> Result<(), Failure> {
    let instance = &app.cx.instance;
    instance.set(name, value, app.cx.now()).await?;
    let settings = serde_json::to_value(&*instance.settings())?;
    let value = flat(&settings).find(|(known, _)| known == name);
    out.line(format_args!(
        "{name} is {} from now on.",
        value.map_or(String::new(), |(_, value)| value)
    ))
}

/// The settings by their dotted names.
fn flat(settings: &Value) -> impl Iterator<Item = (String, String)> {
    let sections = settings.as_object().into_iter().flatten();
    sections.flat_map(|(section, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        keys.map(move |(key, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (format!("{section}.{key}"), text)
        })
    })
}
