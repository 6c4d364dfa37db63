use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::{App, HttpResponse, HttpServer, web};

use super::*;

/// A server of our own on a free port, and how many requests it got.
fn serve() -> (u16, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = requests.clone();
    let server = HttpServer::new(move || {
        let counted = counted.clone();
        App::new()
            .route("/small", web::get().to(|| async { HttpResponse::Ok().body("small") }))
            .route(
                "/large",
                web::get().to(|| async { HttpResponse::Ok().body(vec![b' '; MOST + 1]) }),
            )
            .route(
                "/away",
                web::get().to(|| async { HttpResponse::Found().append_header(("location", "/small")).finish() }),
            )
            .wrap_fn(move |req, service| {
                counted.fetch_add(1, Ordering::SeqCst);
                actix_web::dev::Service::call(service, req)
            })
    })
    .workers(1)
    .disable_signals()
    .bind("127.0.0.1:0")
    .expect("a listener");
    let port = server.addrs()[0].port();
    actix_web::rt::spawn(server.run());
    (port, requests)
}

fn fetch(own: &[String]) -> Fetch {
    let own = own.iter().map(|origin| origin.parse().expect("an origin")).collect();
    Fetch::new(own).expect("a client")
}

#[actix_web::test]
async fn what_leads_inside_is_refused_before_a_request_is_made() {
    let (port, requests) = serve();
    let fetch = fetch(&[]);
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "0x7f.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "0",
    ] {
        let error = fetch.get(&format!("http://{host}:{port}/small")).await.expect_err(host);
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Forbidden, "address_refused"),
            "{host}: {error:?}"
        );
    }
    assert_eq!(requests.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn an_origin_of_ours_is_reached_and_its_neighbours_are_not() {
    let (port, _) = serve();
    let (other, requests) = serve();
    let fetch = fetch(&[format!("http://localhost:{port}")]);
    let fetched = fetch
        .get(&format!("http://localhost:{port}/small"))
        .await
        .expect("an answer");
    assert_eq!((fetched.status, fetched.body.as_slice()), (200, &b"small"[..]));
    for url in [
        format!("http://localhost:{other}/small"),
        format!("http://127.0.0.1:{port}/small"),
    ] {
        assert_eq!(
            fetch.get(&url).await.expect_err(&url).code(),
            "address_refused",
            "{url}"
        );
    }
    assert_eq!(requests.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn redirects_are_handed_back_and_large_answers_refused() {
    let (port, _) = serve();
    let own = format!("http://127.0.0.1:{port}");
    let fetch = fetch(std::slice::from_ref(&own));
    assert_eq!(fetch.get(&format!("{own}/away")).await.expect("an answer").status, 302);
    let error = fetch.get(&format!("{own}/large")).await.expect_err("too large");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[actix_web::test]
async fn what_is_not_a_web_address_is_refused() {
    for bad in [
        "",
        "localhost",
        "ftp://a.example/",
        "file:///etc/passwd",
        "https://user@a.example/",
        "https://:pw@a.example/",
    ] {
        assert_eq!(fetch(&[]).get(bad).await.expect_err(bad).code(), "url_refused", "{bad}");
    }
}

#[actix_web::test]
async fn a_server_that_is_away_is_told_without_its_url() {
    let own = "http://127.0.0.1:1".to_owned();
    let error = fetch(std::slice::from_ref(&own))
        .get(&format!("{own}/?code=hunter2"))
        .await
        .expect_err("away");
    assert!(matches!(error.kind(), ErrorKind::Busy { .. }));
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}
