//! Backups of a running instance, and what is restored from them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use reqwest::Method;

use crate::binary::{ADA, PASSWORD, register, sign_up};
use crate::support::{Binary, Browser, Database, RelyingParty, claims, run};

const PRODUCTION: &str = include_str!("../../docs/production.md");

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[track_caller]
fn good(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

#[track_caller]
fn refused(output: &Output, why: &str) {
    assert!(!output.status.success(), "{}", said(output));
    assert!(said(output).contains(why), "{}", said(output));
}

fn is_sqlite() -> bool {
    std::env::var_os("VESTIBULE_TEST_POSTGRES_URL").is_none()
}

/// What somebody had before the backup and finds after it.
struct Ada {
    rp: RelyingParty,
    refresh_token: String,
    id_token: String,
}

impl Ada {
    async fn join(server: &Binary) -> Self {
        let rp = register(server);
        let mut browser = server.browser();
        sign_up(&mut browser).await;
        let tokens = rp.tokens(&mut browser, &[("scope", "openid offline_access")]).await;
        let token = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        Self {
            rp,
            refresh_token: token("refresh_token"),
            id_token: token("id_token"),
        }
    }

    /// Signs in, refreshes, and shows the old ID token, which an old key signed.
    async fn comes_back(&self, server: &Binary) {
        let mut browser = server.browser();
        let started = browser.submit("/sign-in", "/sign-in", &[("identifier", ADA)]).await;
        let next = started.location().expect("a redirect").to_owned();
        let signed_in = browser
            .submit(&next, "/sign-in/password", &[("password", PASSWORD)])
            .await;
        assert_eq!(signed_in.location(), Some("/account"), "{}", signed_in.body);
        let refreshed = self.rp.refresh(&mut browser, &self.refresh_token).await;
        let tokens = refreshed.json();
        let id_token = tokens["id_token"].as_str().unwrap_or_else(|| panic!("{tokens}"));
        assert_eq!(claims(id_token)["sub"], claims(&self.id_token)["sub"]);
        let hint = [
            ("prompt", "none"),
            ("scope", "openid"),
            ("id_token_hint", &self.id_token),
        ];
        let answer = self.rp.ask(&mut browser, &hint).await;
        assert!(answer.iter().any(|(name, _)| name == "code"), "{answer:?}");
    }
}

/// A new home with nothing but the master key.
fn move_key(from: &Path) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(home.path().join("data")).expect("is made");
    std::fs::copy(from.join("data/master.key"), home.path().join("data/master.key")).expect("is copied");
    home
}

fn settings_at(server: &Binary, home: &Path) -> Vec<String> {
    let mut settings = server.settings.clone();
    settings.retain(|setting| !setting.starts_with("database.url="));
    settings.push(format!("database.url=sqlite:{}", home.join("vestibule.db").display()));
    settings
}

/// Writes again and again until it is told to stop, and says how often.
async fn write_until(url: String, mut stop: tokio::sync::oneshot::Receiver<()>) -> usize {
    let mut written = 0;
    while stop.try_recv().is_err() {
        let mut browser = Browser::new(&url);
        let started = browser
            .submit("/sign-in", "/sign-in", &[("identifier", "nobody@example.com")])
            .await;
        written += usize::from(started.status.is_redirection());
    }
    written
}

fn path(file: &Path) -> &str {
    file.to_str().expect("a plain name")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_restored_elsewhere_with_people_tokens_and_keys() {
    if !is_sqlite() {
        return;
    }
    let server = Binary::serve("http", &[]).await;
    let ada = Ada::join(&server).await;
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let load = tokio::spawn(write_until(server.url.clone(), stopped));
    let file = server.dir.path().join("backup.db");
    good(&server.run(&["backup", path(&file)]));
    stop.send(()).expect("it runs still");
    assert!(load.await.expect("joins") > 0, "nobody wrote meanwhile");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "for its owner alone");
    }
    let before = std::fs::read(&file).expect("reads");
    refused(&server.run(&["backup", path(&file)]), "is there already");
    assert_eq!(std::fs::read(&file).expect("reads"), before, "an earlier backup stays");
    let left: Vec<PathBuf> = std::fs::read_dir(server.dir.path())
        .expect("lists")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".part"))
        .collect();
    assert_eq!(left, Vec::<PathBuf>::new());

    let home = move_key(server.dir.path());
    let settings = settings_at(&server, home.path());
    let url = server.url.clone();
    let (_, _, _old_home) = server.stop();
    good(&run(home.path(), &settings, &["restore", path(&file)]));
    let server = Binary::serve_at(&url, home, settings).await;
    ada.comes_back(&server).await;
    assert_eq!(server.stop().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_replaces_what_is_there_only_when_told_and_while_no_server_runs() {
    if !is_sqlite() {
        return;
    }
    let server = Binary::serve("http", &[]).await;
    let ada = Ada::join(&server).await;
    let file = server.dir.path().join("backup.db");
    good(&server.run(&["backup", path(&file)]));
    let password = server.dir.path().join("password");
    std::fs::write(&password, PASSWORD).expect("writes");
    let late = [
        "users",
        "create",
        "--email",
        "late@example.com",
        "--password-file",
        path(&password),
    ];
    good(&server.run(&late));
    let listed = |server: &Binary| said(&server.run(&["users", "list", "--json"])).contains("late@example.com");
    assert!(listed(&server));

    refused(&server.run(&["restore", path(&file)]), "--replace");
    refused(&server.run(&["restore", path(&file), "--replace"]), "is in use");
    assert!(listed(&server), "nothing was replaced");
    assert!(server.browser().get("/sign-in").await.status.is_success());

    let (settings, url) = (server.settings.clone(), server.url.clone());
    let (_, _, home) = server.stop();
    good(&run(home.path(), &settings, &["restore", path(&file), "--replace"]));
    let server = Binary::serve_at(&url, home, settings).await;
    assert!(!listed(&server), "as it was at the time of the backup");
    ada.comes_back(&server).await;
    assert_eq!(server.stop().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_whole_backup_under_this_master_key_changes_nothing() {
    if !is_sqlite() {
        return;
    }
    let server = Binary::serve("http", &[]).await;
    let file = server.dir.path().join("backup.db");
    good(&server.run(&["backup", path(&file)]));
    let settings = server.settings.clone();
    let (_, _, home) = server.stop();
    let database = home.path().join("vestibule.db");
    let before = std::fs::read(&database).expect("reads");
    let restore = |file: &Path| run(home.path(), &settings, &["restore", path(file), "--replace"]);

    let damaged = home.path().join("damaged.db");
    let mut bytes = std::fs::read(&file).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xff);
    std::fs::write(&damaged, &bytes).expect("writes");
    refused(&restore(&damaged), "no whole SQLite database");
    let cut = home.path().join("cut.db");
    std::fs::write(&cut, &std::fs::read(&file).expect("reads")[..middle]).expect("writes");
    refused(&restore(&cut), "no whole SQLite database");
    let text = home.path().join("text.db");
    std::fs::write(&text, "not a database").expect("writes");
    refused(&restore(&text), "no whole SQLite database");
    let empty = home.path().join("empty.db");
    std::fs::write(&empty, "").expect("writes");
    refused(&restore(&empty), "no instance");
    refused(&restore(&home.path().join("missing.db")), "there is no file");

    let key = home.path().join("data/master.key");
    let right = std::fs::read_to_string(&key).expect("reads");
    std::fs::write(&key, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").expect("writes");
    refused(&restore(&file), "another master key");
    std::fs::write(&key, right).expect("writes");

    assert_eq!(std::fs::read(&database).expect("reads"), before);
    let left = std::fs::read_dir(home.path()).expect("lists");
    for entry in left {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(!name.contains(".restore"), "{name}");
    }
    good(&restore(&file));
}

/// The commands of the page between two of its marks.
fn commands(mark: &str) -> &'static str {
    let (_, rest) = PRODUCTION
        .split_once(&format!("<!-- {mark} -->\n```sh\n"))
        .expect("is marked");
    rest.split_once("```").expect("ends").0
}

fn shell(script: &str, directory: &Path, variables: &[(&str, &str)]) {
    let programs = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin").display().to_string()))
        .max()
        .unwrap_or_default();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-euc", script])
        .current_dir(directory)
        .env("PATH", path)
        .envs(variables.iter().copied())
        .output()
        .expect("a shell runs");
    good(&output);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_commands_back_up_and_restore_postgresql() {
    if is_sqlite() {
        return;
    }
    let server = Binary::serve("http", &[]).await;
    let ada = Ada::join(&server).await;
    let setting = |settings: &[String]| {
        let url = settings
            .iter()
            .find_map(|setting| setting.strip_prefix("database.url="));
        url.expect("is set").to_owned()
    };
    refused(&server.run(&["backup", "file.db"]), "pg_dump");
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let load = tokio::spawn(write_until(server.url.clone(), stopped));
    let from = setting(&server.settings);
    shell(
        commands("postgresql-backup"),
        server.dir.path(),
        &[("DATABASE_URL", &from)],
    );
    stop.send(()).expect("it runs still");
    assert!(load.await.expect("joins") > 0);

    let home = move_key(server.dir.path());
    let to = Database::create(home.path()).await.url;
    shell(
        commands("postgresql-restore"),
        server.dir.path(),
        &[("DATABASE_URL", &to)],
    );
    let mut settings = server.settings.clone();
    settings.retain(|setting| !setting.starts_with("database.url="));
    settings.push(format!("database.url={to}"));
    let url = server.url.clone();
    server.stop();
    let server = Binary::serve_at(&url, home, settings).await;
    ada.comes_back(&server).await;
    let answer = server.browser().request(Method::GET, "/readyz").send().await;
    assert!(answer.expect("answers").status().is_success());
    assert_eq!(server.stop().0, Some(0));
}
