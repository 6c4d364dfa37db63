//! The provider on a real database: SQLite, and PostgreSQL where `VESTIBULE_TEST_POSTGRES_URL` names a server.

mod applications;
mod consent;
mod http;
mod logout;
mod redeem;
mod refresh;
mod requests;
mod userinfo;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::{ColumnTrait, ConnectionTrait, Database, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::Value;
use tempfile::TempDir;
use url::Url;
use url::form_urlencoded::Serializer;

use super::*;
use crate::identity::{Accounts, CreateUser, Passwords, PersonName};
use crate::kernel::clock::{Clock, ManualClock, Timestamp};
use crate::kernel::digest::sha256;
use crate::kernel::event::Actor;
use crate::kernel::id::{DeviceId, ProofId, SessionId, UserId};
use crate::kernel::rng::Rng;
use crate::kernel::secret::{SecretKey, SecretString};
use crate::kernel::token::PlainToken;
use crate::keys::KeyRing;
use crate::platform::cx::{self, Cx};
use crate::platform::db::{Backend, Db, DbOptions};
use crate::platform::fetch::Fetch;
use crate::platform::http::Params;
use crate::platform::instance::{Instance, Names};
use crate::platform::jobs::Wake;
use crate::platform::mail::{Inbox, Transport};
use crate::platform::seal::Sealer;
use crate::platform::settings::sections::PasswordsSettings;
use crate::session::{self, NewSession, OnDevice, Proof, Session, Sessions, Strategy};
use crate::sign_in::Continuations;
use ::entity::event;

const ISSUER: &str = "http://localhost:4000";
const CALLBACK: &str = "https://notes.example/cb?fixed=1";
const SIGNED_OUT: &str = "https://notes.example/out";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A provider with a clock that the test moves.
struct World {
    clock: ManualClock,
    cx: Cx,
    keys: KeyRing,
    accounts: Accounts,
    sessions: Sessions,
    provider: Provider,
    _folder: TempDir,
}

/// An application with its secret in plain.
struct App {
    application: Application,
    secret: Option<String>,
}

/// A browser with its device cookie.
struct Device {
    secret: PlainToken,
    is_known: bool,
}

impl Device {
    fn browser(&self) -> Browser<'_> {
        Browser {
            secret: self.secret.hash(),
            is_known: self.is_known,
            user_agent: Some("test"),
        }
    }
}

/// Where a test's database is: on the server where there is one, else in `folder`.
async fn backend(folder: &TempDir) -> Backend {
    let Ok(server) = std::env::var("VESTIBULE_TEST_POSTGRES_URL") else {
        return Backend::Sqlite(folder.path().join("vestibule.db"));
    };
    let name = PlainToken::draw("", &Rng::system()).expose()[..20].to_lowercase();
    let admin = Database::connect(&server).await.expect("connects");
    let create = format!("CREATE DATABASE vt_{name}");
    admin.execute_unprepared(&create).await.expect("creates a database");
    admin.close().await.expect("closes");
    let mut url = Url::parse(&server).expect("a URL");
    url.set_path(&format!("vt_{name}"));
    Backend::Postgres(SecretString::new(url.into()))
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::new(Timestamp::from_millis(1_700_000_000_250));
        let sealer = Sealer::new(SecretKey::new([1; 32]));
        let options = DbOptions {
            backend: backend(&folder).await,
            connections: 4,
        };
        let db = Db::open(&options, sealer.clone()).await.expect("opens");
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
            fetch: Fetch::new(Vec::new()).expect("a client"),
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
        Self {
            clock,
            cx,
            keys,
            accounts,
            sessions,
            provider,
            _folder: folder,
        }
    }

    fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    async fn register(&self, new: NewApplication) -> App {
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

    async fn app(&self) -> App {
        self.register(notes()).await
    }

    async fn public_app(&self) -> App {
        self.register(NewApplication {
            public: true,
            ..notes()
        })
        .await
    }

    async fn person(&self, email: &str) -> UserId {
        let name = PersonName::parse(Some("Ada"), Some("Lovelace")).expect("a name");
        let email = email.parse().expect("an address");
        let user = CreateUser {
            email,
            name,
            password: None,
        };
        self.accounts.create(user).await.expect("creates").id
    }

    fn stranger(&self) -> Device {
        Device {
            secret: PlainToken::draw("", &self.cx.rng),
            is_known: false,
        }
    }

    async fn device(&self) -> Device {
        let device = Device {
            is_known: true,
            ..self.stranger()
        };
        self.sessions
            .ensure_device(&device.secret.hash(), None)
            .await
            .expect("a device");
        device
    }

    async fn on_device(&self, device: &Device) -> OnDevice {
        self.sessions
            .on_device(&device.secret.hash())
            .await
            .expect("reads")
            .expect("a device")
    }

    /// Signs a person in, or lets them prove it anew.
    async fn sign_in(&self, device: &Device, user: &UserId) -> SessionId {
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

    async fn sign_out(&self, device: &Device) {
        let on_device = self.on_device(device).await;
        let session = on_device.current().expect("somebody is signed in");
        let ended = self
            .sessions
            .end(&session.device_id, &session.id, &session.user_id)
            .await;
        assert!(ended.expect("ends"));
    }

    async fn authorize(&self, device: &Device, query: &str) -> Result<Step, PageError> {
        self.provider.authorize(&params(query), &device.browser()).await
    }

    /// Says yes on the consent page that a step led to; gives the answer's parameters.
    async fn allow(&self, device: &Device, step: Step) -> HashMap<String, String> {
        let handle = handle(step, "/consent");
        let on_device = self.on_device(device).await;
        let next = self
            .provider
            .answer_consent(&handle, &on_device, true)
            .await
            .expect("answers");
        answer(Step::ToClient(next))
    }

    /// A code for a person who is signed in and says yes.
    async fn code(&self, device: &Device, app: &App, scope: &str) -> String {
        let step = self
            .authorize(device, &query(app, &[("scope", scope), ("prompt", "consent")]))
            .await;
        let answer = self.allow(device, step.expect("a step")).await;
        answer.get("code").expect("a code").clone()
    }

    async fn token(&self, app: &App, form: &[(&str, &str)]) -> Result<Value, ErrorCode> {
        let mut all = vec![("client_id", app.application.client_id.as_str())];
        all.extend(app.secret.as_deref().map(|secret| ("client_secret", secret)));
        all.extend(form);
        let request = TokenRequest::read(None, Params::from_query(&encode(&all)).expect("parameters"));
        let response = self.provider.token(&request.map_err(|error| error.code())?).await;
        response
            .map(|tokens| serde_json::to_value(&tokens).expect("JSON"))
            .map_err(|error| error.code())
    }

    async fn redeem(&self, app: &App, code: &str) -> Result<Value, ErrorCode> {
        self.token(app, &redemption(code)).await
    }

    /// Tokens for a person who is signed in and says yes.
    async fn tokens(&self, device: &Device, app: &App, scope: &str) -> Value {
        let code = self.code(device, app, scope).await;
        self.redeem(app, &code).await.expect("tokens")
    }

    async fn refresh(&self, app: &App, refresh_token: &str) -> Result<Value, ErrorCode> {
        self.token(
            app,
            &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)],
        )
        .await
    }

    async fn userinfo(&self, tokens: &Value) -> Result<Value, ErrorCode> {
        let token = SecretString::new(text(tokens, "access_token"));
        let claims = self.provider.userinfo(&token).await;
        claims
            .map(|claims| serde_json::to_value(&claims).expect("JSON"))
            .map_err(|error| error.code())
    }

    async fn events(&self, kind: &str) -> u64 {
        let events = event::Entity::find().filter(event::Column::Kind.eq(kind));
        events.count(self.cx.db.reader()).await.expect("counts")
    }
}

/// A session of somebody who proved it then, for the tests of rules.
pub(in crate::oidc) fn session(rng: &Rng, proven_at: Timestamp) -> Session {
    Session {
        id: SessionId::draw(proven_at, rng),
        device_id: DeviceId::draw(proven_at, rng),
        user_id: UserId::draw(proven_at, rng),
        created_at: Timestamp::from_secs(0),
        ip: None,
        last_active_at: proven_at,
        idle_expires_at: proven_at,
        expires_at: proven_at,
        proofs: vec![Proof {
            strategy: Strategy::Password,
            identification_id: None,
            proven_at,
        }],
    }
}

fn notes() -> NewApplication {
    NewApplication {
        post_logout_redirect_uris: vec![SIGNED_OUT.to_owned()],
        ..NewApplication::new("Notes", vec![CALLBACK.to_owned()])
    }
}

fn encode(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn params(query: &str) -> RequestParams {
    RequestParams::parse(query.as_bytes()).expect("parameters")
}

/// A request with everything that is demanded; `more` replaces parts of it.
fn query(app: &App, more: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(sha256(VERIFIER.as_bytes()));
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", app.application.client_id.as_str()),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email"),
        ("state", "as it was & is"),
        ("nonce", "n-0S6"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    encode(&pairs)
}

fn redemption(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// The parameters of an answer to the client.
#[track_caller]
fn answer(step: Step) -> HashMap<String, String> {
    let Step::ToClient(url) = step else {
        panic!("not to the client: {step:?}");
    };
    assert!(url.starts_with(CALLBACK), "{url}");
    Url::parse(&url).expect("a URL").query_pairs().into_owned().collect()
}

#[track_caller]
fn error_of(step: Result<Step, PageError>) -> String {
    answer(step.expect("a step")).get("error").expect("an error").clone()
}

/// The handle that a page is opened with.
#[track_caller]
fn handle(step: Step, page: &str) -> String {
    let Step::ToPage(path) = step else {
        panic!("not to a page: {step:?}");
    };
    let url = Url::parse(ISSUER).expect("a URL").join(&path).expect("a path");
    assert_eq!(url.path(), page);
    let (_, handle) = url
        .query_pairs()
        .find(|(name, _)| name == "continue")
        .expect("a handle");
    handle.into_owned()
}

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().expect(name).to_owned()
}

/// The claims of an ID token, unchecked.
fn claims(tokens: &Value) -> Value {
    let token = text(tokens, "id_token");
    let part = token.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}
