//! The database goes away and comes back; the disk is full and has space again.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use vestibule::kernel::rng::Rng;

use super::check::{answers, check};
use super::disk::Disk;
use super::load::{OFFLINE, work_until};
use super::postgres::Cluster;
use super::setting::Setting;
use super::{SEED, end, report};
use crate::support::{Browser, until};

/// No answer takes longer while the database is away: five seconds for a connection, and a little.
const DEADLINE: Duration = Duration::from_secs(8);
/// Set where the test of a full disk is to be left out, since nobody may mount a file system there.
const WITHOUT_DISK: &str = "VESTIBULE_TEST_WITHOUT_DISK";

/// The database's first process is killed amid writes: its data survives, and the server goes on with it by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_server_loses_nothing_and_is_found_again() {
    let Some(mut cluster) = Cluster::start().await else {
        return;
    };
    let rng = Rng::seeded(SEED);
    let dir = tempfile::tempdir().expect("a directory");
    let mut setting = Setting::start_on(dir, &cluster.url()).await;
    let journal = work_until(&mut setting, 300, &rng, |_| cluster.kill()).await;
    cluster.start_again().await;
    assert!(
        until(|| setting.server.ready()).await.is_some(),
        "{}",
        setting.server.log()
    );
    let acknowledged = journal.acknowledged;
    check(&setting, journal, &rng).await;
    report(&format!(
        "the database server killed once, {acknowledged} acknowledged writes, none lost"
    ));
    end(setting.server);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_everybody_is_told_to_come_back_and_with_it_all_goes_on() {
    let Some(mut cluster) = Cluster::start().await else {
        return;
    };
    let dir = tempfile::tempdir().expect("a directory");
    let setting = Setting::start_on(dir, &cluster.url()).await;
    let rp = setting.rp();
    let (mut browser, _) = setting.signed_in(0).await;
    let tokens = rp.tokens(&mut browser, OFFLINE).await;
    let refresh_token = tokens["refresh_token"].as_str().expect("a token");
    let waiting = rp.code(&mut browser, OFFLINE).await;

    cluster.stop();
    let gone =
        until(|| async { (answers(&browser, "/readyz").await? == StatusCode::SERVICE_UNAVAILABLE).then_some(()) });
    assert!(gone.await.is_some(), "readyz says so");
    assert_eq!(answers(&browser, "/livez").await, Some(StatusCode::OK));
    for from_memory in ["/.well-known/openid-configuration", "/oauth/jwks"] {
        assert_eq!(
            answers(&browser, from_memory).await,
            Some(StatusCode::OK),
            "{from_memory}"
        );
    }
    let began = Instant::now();
    let refreshed = rp.refresh(&mut browser, refresh_token).await;
    assert!(began.elapsed() < DEADLINE, "refused after {:?}", began.elapsed());
    assert_eq!(refreshed.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refreshed.body);
    assert_eq!(refreshed.json()["error"], "temporarily_unavailable");
    assert!(refreshed.header("retry-after").is_some());
    let redeemed = rp.redeem(&mut browser, &waiting).await;
    assert_eq!(redeemed.json()["error"], "temporarily_unavailable");
    // what is remembered is relied on for two seconds without news
    let began = Instant::now();
    while browser.get("/account").await.status == StatusCode::OK {
        assert!(
            began.elapsed() < DEADLINE,
            "still from memory after {:?}",
            began.elapsed()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    pages_say_so(&mut browser).await;

    cluster.start_again().await;
    assert!(
        until(|| setting.server.ready()).await.is_some(),
        "{}",
        setting.server.log()
    );
    let refreshed = rp.refresh(&mut browser, refresh_token).await;
    assert_eq!(
        refreshed.status,
        StatusCode::OK,
        "a refusal for now used nothing up: {}",
        refreshed.body
    );
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    rp.tokens(&mut browser, OFFLINE).await;
    drop(cluster);
    let (_, log, _) = setting.server.stop();
    assert!(!log.contains("panicked"), "{log}");
}

async fn pages_say_so(browser: &mut Browser) {
    for path in ["/account", "/sign-in/password?attempt=sia_000000000000000000000000000"] {
        let began = Instant::now();
        let page = browser.get(path).await;
        assert!(began.elapsed() < DEADLINE, "{path} after {:?}", began.elapsed());
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", page.body);
        assert!(page.header("retry-after").is_some(), "{path}");
        assert!(page.body.contains("</html>"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_clearly_loses_nothing_and_is_forgotten_when_there_is_space() {
    if std::env::var_os("VESTIBULE_TEST_POSTGRES_URL").is_some() {
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let Some(disk) = Disk::mount(dir.path().join("disk"), 24) else {
        assert!(
            std::env::var_os(WITHOUT_DISK).is_some(),
            "only root may mount a file system: {WITHOUT_DISK}=1 leaves this test out"
        );
        return report("left out: only root may mount a file system");
    };
    let url = format!("sqlite:{}", disk.path.join("vestibule.db").display());
    let rng = Rng::seeded(SEED);
    let mut setting = Setting::start_on(dir, &url).await;
    let rp = setting.rp();
    let (mut browser, _) = setting.signed_in(0).await;
    let tokens = rp.tokens(&mut browser, OFFLINE).await;
    let text = |name: &str| tokens[name].as_str().expect("a token");

    let journal = work_until(&mut setting, 100, &rng, |_| disk.fill()).await;
    let refreshed = rp.refresh(&mut browser, text("refresh_token")).await;
    assert_eq!(refreshed.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refreshed.body);
    assert_eq!(refreshed.json()["error"], "temporarily_unavailable");
    assert!(
        setting.server.log().contains("disk is full"),
        "the log says why: {}",
        setting.server.log()
    );
    let read = browser
        .request(Method::GET, "/oauth/userinfo")
        .bearer_auth(text("access_token"));
    assert_eq!(
        browser.send(read).await.status,
        StatusCode::OK,
        "what is there can be read"
    );

    disk.make_room();
    let acknowledged = journal.acknowledged;
    check(&setting, journal, &rng).await;
    let refreshed = rp.refresh(&mut browser, text("refresh_token")).await;
    assert_eq!(
        refreshed.status,
        StatusCode::OK,
        "a refusal for now used nothing up: {}",
        refreshed.body
    );
    report(&format!(
        "the disk full once, {acknowledged} acknowledged writes, none lost"
    ));
    end(setting.server);
}
