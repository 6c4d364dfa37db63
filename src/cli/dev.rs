//! `vestibule dev`.

mod example;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use tokio::sync::oneshot;
use tokio::task::JoinError;

use super::failure::Failure;
use super::invocation::Invocation;
use super::output::{Output, fact};
use super::serve::told;
use crate::app::settings::Settings;
use crate::app::{self, App, ServeError, Server};
use crate::kernel::web_url::WebOrigin;
use crate::platform::fetch::Fetch;
use example::Example;

/// Between two looks whether everything answers.
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Args)]
pub(super) struct Dev {
    /// The program of the example application, to be registered and run beside the server
    #[arg(long, value_name = "PATH")]
    example: Option<PathBuf>,
    /// The port that the example application listens on
    #[arg(long, value_name = "PORT", hide = true, default_value_t = 4001, value_parser = clap::value_parser!(u16).range(1..))]
    example_port: u16,
}

impl Dev {
    pub(super) async fn run(self, invocation: &mut Invocation<'_>) -> Result<(), Failure> {
        let loaded = invocation.server_settings()?;
        if loaded.environment.is_production() {
            return Err(Failure::Usage(
                "`vestibule dev` is for development: `vestibule serve` runs production".to_owned(),
            ));
        }
        let settings = &loaded.settings;
        let app = app::open(settings, loaded.environment, invocation.options()).await?;
        let server = Server::bind(app.clone(), settings)?;
        let mut example = match &self.example {
            Some(program) => {
                example::register(&app.applications, self.example_port).await?;
                Some(Example::start(
                    program,
                    self.example_port,
                    app.cx.public_url(),
                    invocation.variable_names(),
                )?)
            }
            None => None,
        };
        let mut waits_for = example.iter().map(Example::origin).collect::<Vec<_>>();
        // the development certificate is trusted by nobody; connections to a server that listens wait until it answers
        if !settings.server.tls.is_on() {
            waits_for.extend(
                server
                    .addresses()
                    .iter()
                    .map(|address| format!("http://{address}/livez")),
            );
        }

        let (stop_server, server_stops) = oneshot::channel::<()>();
        let mut running = tokio::spawn(server.run(async {
            // resolves when the sender is used or dropped, either of which means the end
            let _ = server_stops.await;
        }));
        let stop = told(invocation.take_stop());
        let mut out = invocation.output();
        let outcome = tokio::select! {
            ended = &mut running => return joined(ended),
            outcome = attend(&mut example, &waits_for, &app, settings, &mut out) => outcome,
            () = stop => Ok(()),
        };
        if let Some(example) = &mut example {
            example.stop().await;
        }
        drop(stop_server);
        joined(running.await)?;
        outcome
    }
}

fn joined(ended: Result<Result<(), ServeError>, JoinError>) -> Result<(), Failure> {
    let ended = ended.map_err(|error| Failure::new(format!("the server broke down: {error}")))?;
    Ok(ended?)
}

/// Says where everything is once it answers, and what becomes of the example. Ends only when that can't be said.
async fn attend(
    example: &mut Option<Example>,
    waits_for: &[String],
    app: &App,
    settings: &Settings,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let early = tokio::select! {
        ready = all_answer(waits_for) => { ready?; None }
        how = example::ended(example) => Some(how),
    };
    let described = example.as_ref().map(|example| match &early {
        Some(how) => format!("does not run ({how})"),
        None => example.origin(),
    });
    announce(described, app, settings, out)?;
    let how = match early {
        Some(how) => how,
        None => example::ended(example).await,
    };
    tracing::warn!("the example application ended by itself ({how}); the server goes on without it");
    std::future::pending().await
}

/// Resolves when each of `urls` gives an answer.
async fn all_answer(urls: &[String]) -> Result<(), Failure> {
    let origin = |url: &String| Some(url::Url::parse(url).ok()?.origin().ascii_serialization());
    let own = urls
        .iter()
        .filter_map(|url| origin(url)?.parse::<WebOrigin>().ok())
        .collect();
    let fetch = Fetch::new(own)?;
    for url in urls {
        while fetch.get(url).await.is_err() {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// `example`: where it runs or why it does not, if one was asked for.
fn announce(example: Option<String>, app: &App, settings: &Settings, out: &mut Output<'_>) -> Result<(), Failure> {
    let at = app.cx.public_url();
    let mut facts = Vec::new();
    facts.extend(example.map(|example| fact("Example application", example)));
    facts.push(fact("Sign up", at.join("/sign-up")));
    facts.push(match app.inbox {
        Some(_) => fact("Inbox", at.join("/dev/inbox")),
        None => fact("Mail", "goes to the server in mail.smtp_url"),
    });
    facts.push(fact("Issuer", at.as_str()));
    let dir = &settings.data.dir;
    let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.clone());
    facts.push(fact("Data directory", dir.display().to_string()));
    out.line(format_args!(
        "\nVestibule {} runs. Ctrl-C stops it.\n",
        env!("CARGO_PKG_VERSION")
    ))?;
    out.facts(&facts)?;
    out.line("")
}
