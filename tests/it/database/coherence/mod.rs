//! Every command that changes a person, a device, or what an application is and was given, is seen at once where it ran, and elsewhere
//! when the feed was read: what each process tells is compared with what one tells that remembers nothing.

mod people;
mod provider;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use vestibule::app::App;
use vestibule::kernel::id::UserId;
use vestibule::platform::changes::{Changes, Refresh};

use crate::support::TestServer;

/// A moment, so that the times in a row tell one change from another.
const TICK: Duration = Duration::from_millis(10);
const ADA: &str = "ada@example.com";

/// Two processes that remember and one that does not, on one database.
struct Nodes {
    server: TestServer,
    there: App,
    feed: Changes,
    forgetful: App,
}

impl Nodes {
    async fn start() -> Self {
        let server = TestServer::start().await;
        let (there, forgetful) = (server.reopen().await, server.reopen().await);
        let feed = Changes::new(
            there.cx.db.clone(),
            vec![Arc::new(there.applications.clone()), Arc::new(there.keys.clone())],
        );
        Self {
            server,
            there,
            feed,
            forgetful,
        }
    }

    fn here(&self) -> &App {
        &self.server.app
    }

    /// What is true: a process that never reads the feed relies on nothing, but on the keys and applications that it has seen.
    async fn truth<V>(&self, view: &impl AsyncFn(&App) -> V) -> V {
        self.forgetful.applications.refresh().await.expect("forgets");
        self.forgetful.keys.refresh().await.expect("forgets");
        view(&self.forgetful).await
    }

    /// Runs `command` after the clock moved by `wait`, and compares what `view` shows before and after.
    ///
    /// # Panics
    /// Where it changes nothing that is seen, or a process shows what was.
    async fn change<V: PartialEq + Debug>(
        &self,
        what: &str,
        wait: Duration,
        view: impl AsyncFn(&App) -> V,
        command: impl AsyncFnOnce(&App),
    ) {
        self.server.clock.advance(wait);
        self.server.changes.poll().await.expect("polls");
        self.feed.poll().await.expect("polls");
        let before = self.truth(&view).await;
        for app in [self.here(), &self.there] {
            assert_eq!(view(app).await, before, "{what}, before");
        }
        command(self.here()).await;
        let after = self.truth(&view).await;
        assert_ne!(after, before, "{what} is seen");
        assert_eq!(view(self.here()).await, after, "{what}, here at once");
        self.feed.poll().await.expect("polls");
        assert_eq!(view(&self.there).await, after, "{what}, elsewhere");
    }
}

async fn ada(app: &App) -> UserId {
    let email = ADA.parse().expect("an address");
    let found = app.accounts.find_by_email(&email).await.expect("reads");
    found.expect("is there").id.clone()
}
