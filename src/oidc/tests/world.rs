//! A provider on a database of its own, and what people and applications do with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::identity::{Accounts, CreateUser, Passwords, PersonName};
use crate::kernel::clock::{Clock, ManualClock, Timestamp};
use crate::kernel::event::Actor;
use crate::kernel::id::{ProofId, SessionId, UserId};
use crate::kernel::rng::Rng;
use crate::kernel::secret::{SecretKey, SecretString};
use crate::kernel::token::PlainToken;
use crate::keys::KeyRing;
use crate::platform::changes::Changes;
use crate::platform::cx::{self, Cx};
use crate::platform::db::{Db, DbOptions, testing};
use crate::platform::fetch::Fetch;
use crate::platform::http::Params;
use crate::platform::instance::{Instance, Names};
use crate::platform::jobs::Wake;
use crate::platform::mail::{Inbox, Transport};
use crate::platform::seal::Sealer;
use crate::platform::settings::sections::PasswordsSettings;
use crate::session::{self, NewSession, OnDevice, Proof, Sessions, Strategy};
use crate::sign_in::Continuations;
use ::entity::event;

/// A provider with a clock that the test moves.
pub(super) struct World {
    pub(super) clock: ManualClock,
    pub(super) cx: Cx,
    pub(super) keys: KeyRing,
    pub(super) accounts: Accounts,
    pub(super) sessions: Sessions,
    pub(super) provider: Provider,
    changes: Changes,
    _folder: TempDir,
}

/// Where all clients are.
pub(super) const ADDRESS: &str = "203.0.113.1";

/// A form with the credentials of a client.
fn as_client(app: &App, form: &[(&str, &str)]) -> Params {
    let mut all = vec![("client_id", app.application.client_id.as_str())];
    all.extend(app.secret.as_deref().map(|secret| ("client_secret", secret)));
    all.extend(form);
    Params::from_query(&encode(&all)).expect("parameters")
}

impl World {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::new(Timestamp::from_millis(1_700_000_000_250));
        let sealer = Sealer::new(SecretKey::new([1; 32]));
        let options = DbOptions {
            backend: testing::backend(folder.path()).await,
            connections: 4,
        };
        let db = Db::open(&options, sealer.clone(), Arc::new(clock.clone()))
            .await
            .expect("opens");
        db.migrate().await.expect("migrates");
        let names = Names {
            public_url: ISSUER.parse().expect("an origin"),
            frontend_host: "clerk.localhost:4000".to_owned(),
        };
        let seed = include_str!("../../../config/instance.toml");
        let instance = Instance::open(db.clone(), names, false, seed, clock.now())
            .await
            .expect("opens");
        let cx = Cx::new(cx::Parts {
            clock: Arc::new(clock.clone()),
            rng: Rng::system(),
            db,
            sealer,
            instance,
            mail: Transport::Inbox(Inbox::default()),
            wake: Wake::default(),
            fetch: Fetch::new(Vec::new()).expect("a client").with_loopback(),
        });
        let passwords = Passwords::new(&PasswordsSettings::for_tests(), &cx.sealer, cx.rng.clone()).expect("a hasher");
        let accounts = Accounts::new(cx.clone(), passwords);
        let sessions = Sessions::new(cx.clone());
        let keys = KeyRing::open(cx.clone()).await.expect("keys");
        let provider = Provider::new(Parts {
            cx: cx.clone(),
            keys: keys.clone(),
            accounts: accounts.clone(),
            sessions: sessions.clone(),
            continuations: Continuations::new(cx.clone(), RESUME_PATHS),
            applications: Applications::new(cx.clone()),
        })
        .expect("a provider");
        let changes = Changes::new(cx.db.clone(), Vec::new());
        changes.poll().await.expect("reads the feed");
        Self {
            clock,
            changes,
            cx,
            keys,
            accounts,
            sessions,
            provider,
            _folder: folder,
        }
    }

    /// Moves the clock; the change feed is read then, so that what is remembered goes on being relied on.
    pub(super) async fn wait(&self, seconds: u64) {
        self.wait_for(Duration::from_secs(seconds)).await;
    }

    /// As [`Self::wait`].
    pub(super) async fn wait_for(&self, time: Duration) {
        self.clock.advance(time);
        self.changes.poll().await.expect("reads the feed");
    }

    pub(super) async fn register(&self, new: Registration) -> App {
        let created = self
            .provider
            .applications
            .create(new, Actor::Operator)
            .await
            .expect("registers");
        App {
            secret: created.client_secret.map(|secret| secret.expose().to_owned()),
            application: created.application,
        }
    }

    pub(super) async fn app(&self) -> App {
        self.register(notes()).await
    }

    pub(super) async fn public_app(&self) -> App {
        self.register(Registration {
            authentication: AuthMethod::None,
            ..notes()
        })
        .await
    }

    pub(super) async fn person(&self, email: &str) -> UserId {
        let name = PersonName::parse(Some("Ada"), Some("Lovelace")).expect("a name");
        let email = email.parse().expect("an address");
        let user = CreateUser {
            email,
            name,
            password: None,
        };
        self.accounts.create(user).await.expect("creates").id.clone()
    }

    pub(super) fn stranger(&self) -> Device {
        Device {
            secret: Mutex::new(PlainToken::draw("", &self.cx.rng)),
            is_known: false,
        }
    }

    pub(super) async fn device(&self) -> Device {
        let device = Device {
            is_known: true,
            ..self.stranger()
        };
        self.sessions
            .ensure_device(&device.hash(), None)
            .await
            .expect("a device");
        device
    }

    pub(super) async fn on_device(&self, device: &Device) -> OnDevice {
        self.sessions
            .on_device(&device.hash())
            .await
            .expect("reads")
            .expect("a device")
    }

    /// Signs a person in, or lets them prove it anew.
    pub(super) async fn sign_in(&self, device: &Device, user: &UserId) -> SessionId {
        let (now, rng) = (self.cx.now(), &self.cx.rng);
        let new = &NewSession {
            id: SessionId::draw(now, rng),
            proof_id: ProofId::draw(now, rng),
            device: self.on_device(device).await.device,
            user: user.clone(),
            proof: Proof {
                strategy: Strategy::Password,
                identification_id: None,
                proven_at: now,
            },
            ip: None,
            idle: Duration::from_secs(86_400),
            absolute: Duration::from_secs(864_000),
        };
        let established = self
            .cx
            .db
            .write(|tx| async move { session::establish(&tx, new).await })
            .await;
        established.expect("signs in").0
    }

    pub(super) async fn sign_out(&self, device: &Device) {
        let on_device = self.on_device(device).await;
        let session = on_device.current().expect("somebody is signed in");
        let ended = self.sessions.end(session, &device.hash()).await;
        let fresh = ended.expect("ends").expect("was signed in");
        device.take(fresh);
    }

    pub(super) async fn authorize(&self, device: &Device, query: &str) -> Result<Step, PageError> {
        self.provider.authorize(&params(query), &device.browser()).await
    }

    /// Says yes on the consent page that a step led to; gives the answer's parameters.
    pub(super) async fn allow(&self, device: &Device, step: Step) -> HashMap<String, String> {
        let handle = handle(step, "/consent");
        let on_device = self.on_device(device).await;
        let view = self.provider.consent_view(&handle, &on_device).await.expect("reads");
        let session = view.expect("a page").session;
        let next = self
            .provider
            .answer_consent(&handle, &on_device, &session, true)
            .await
            .expect("answers");
        answer(next)
    }

    /// A code for a person who is signed in and says yes.
    pub(super) async fn code(&self, device: &Device, app: &App, scope: &str) -> String {
        let step = self
            .authorize(device, &query(app, &[("scope", scope), ("prompt", "consent")]))
            .await;
        let answer = self.allow(device, step.expect("a step")).await;
        answer.get("code").expect("a code").clone()
    }

    pub(super) async fn token(&self, app: &App, form: &[(&str, &str)]) -> Result<Value, ErrorCode> {
        let request = TokenRequest::read(None, as_client(app, form));
        let response = self
            .provider
            .token(&request.map_err(|error| error.code())?, ADDRESS)
            .await;
        response
            .map(|tokens| serde_json::to_value(&tokens).expect("JSON"))
            .map_err(|error| error.code())
    }

    /// What the provider tells `app` of a token.
    pub(super) async fn introspect(&self, app: &App, token: &str) -> Result<Value, ErrorCode> {
        let presented = PresentedToken::read(None, as_client(app, &[("token", token)]));
        let told = self
            .provider
            .introspect(&presented.map_err(|error| error.code())?, ADDRESS)
            .await;
        told.map(|told| serde_json::to_value(&told).expect("JSON"))
            .map_err(|error| error.code())
    }

    pub(super) async fn revoke(&self, app: &App, token: &str) -> Result<(), ErrorCode> {
        let presented = PresentedToken::read(None, as_client(app, &[("token", token)]));
        let revoked = self
            .provider
            .revoke_token(&presented.map_err(|error| error.code())?, ADDRESS)
            .await;
        revoked.map_err(|error| error.code())
    }

    pub(super) async fn redeem(&self, app: &App, code: &str) -> Result<Value, ErrorCode> {
        self.token(app, &redemption(code)).await
    }

    /// Tokens for a person who is signed in and says yes.
    pub(super) async fn tokens(&self, device: &Device, app: &App, scope: &str) -> Value {
        let code = self.code(device, app, scope).await;
        self.redeem(app, &code).await.expect("tokens")
    }

    pub(super) async fn refresh(&self, app: &App, refresh_token: &str) -> Result<Value, ErrorCode> {
        self.token(
            app,
            &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)],
        )
        .await
    }

    pub(super) async fn userinfo(&self, tokens: &Value) -> Result<Value, ErrorCode> {
        let token = SecretString::new(text(tokens, "access_token"));
        let claims = self.provider.userinfo(&token).await;
        claims
            .map(|claims| serde_json::to_value(&claims).expect("JSON"))
            .map_err(|error| error.code())
    }

    pub(super) async fn events(&self, kind: &str) -> u64 {
        let events = event::Entity::find().filter(event::Column::Kind.eq(kind));
        events.count(self.cx.db.reader()).await.expect("counts")
    }
}
