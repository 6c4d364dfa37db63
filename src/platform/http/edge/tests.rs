use std::io;
use std::sync::Mutex;

use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};

use super::super::request_id::RequestId;
use super::*;
use crate::platform::telemetry::Metrics;

fn edge(metrics: &Metrics) -> Arc<Edge> {
    let refusal: Refusal = |req, error| HttpResponse::NotFound().body(format!("{} {}", error.code(), req.path()));
    let public_url = "http://localhost:4000".parse().expect("an origin");
    let proxies = vec!["10.0.0.0/8".parse().expect("a network")];
    Arc::new(Edge::new(
        &public_url,
        proxies,
        Rng::seeded(1),
        metrics.http.clone(),
        refusal,
    ))
}

async fn echo(id: RequestId, ip: ClientIp) -> String {
    tracing::info!("handling");
    format!("{id} {ip}")
}

async fn answer(edge: &Arc<Edge>, request: TestRequest) -> (ServiceResponse<BoxBody>, String) {
    let (around, fallback) = (edge.clone(), edge.clone());
    let app = App::new()
        .service(
            web::resource("/echo/{name}")
                .route(web::get().to(echo))
                .route(web::post().to(echo)),
        )
        .default_service(web::to(move |req: HttpRequest| {
            let answer = fallback.not_found(&req);
            async move { answer }
        }))
        .wrap(from_fn(move |req: ServiceRequest, next: Next<BoxBody>| {
            around.clone().around(req, next)
        }));
    let app = init_service(app).await;
    let response = call_service(&app, request.to_request()).await;
    let (req, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let body = read_body(ServiceResponse::new(
        req.clone(),
        HttpResponse::Ok().body(actix_web::body::to_bytes(body).await.expect("a body")),
    ))
    .await;
    (
        ServiceResponse::new(req, head.set_body(BoxBody::new(()))),
        String::from_utf8_lossy(&body).into_owned(),
    )
}

#[actix_web::test]
async fn a_request_gets_an_id_of_its_own_and_the_callers_is_ignored() {
    let edge = edge(&Metrics::new().expect("metrics"));
    let request = || {
        TestRequest::get()
            .uri("/echo/a")
            .insert_header(("x-request-id", "0123456789abcdef"))
    };
    let (first, body) = answer(&edge, request()).await;
    let id = first
        .headers()
        .get("x-request-id")
        .expect("an id")
        .to_str()
        .expect("text")
        .to_owned();
    assert!(body.starts_with(&id), "{body}");
    assert_ne!(id, "0123456789abcdef");
    let (second, _) = answer(&edge, request()).await;
    assert_ne!(
        second.headers().get("x-request-id").expect("an id").to_str().ok(),
        Some(id.as_str())
    );
}

#[actix_web::test]
async fn the_address_comes_through_configured_proxies_alone() {
    let edge = edge(&Metrics::new().expect("metrics"));
    let request = |peer: &str| {
        TestRequest::get()
            .uri("/echo/a")
            .peer_addr(peer.parse().expect("an address"))
            .insert_header(("x-forwarded-for", "203.0.113.1"))
    };
    assert!(answer(&edge, request("10.0.0.1:1")).await.1.ends_with(" 203.0.113.1"));
    assert!(answer(&edge, request("192.0.2.1:1")).await.1.ends_with(" 192.0.2.1"));
}

#[actix_web::test]
async fn refusals_are_worded_by_the_surface_and_carry_the_headers() {
    let edge = edge(&Metrics::new().expect("metrics"));
    let (response, body) = answer(&edge, TestRequest::get().uri("/nowhere")).await;
    assert_eq!((response.status().as_u16(), body.as_str()), (404, "not_found /nowhere"));
    assert!(response.headers().contains_key("content-security-policy"));

    let (response, body) = answer(&edge, TestRequest::delete().uri("/echo/a")).await;
    assert_eq!(
        (response.status().as_u16(), body.as_str()),
        (405, "method_not_allowed /echo/a")
    );
    assert_eq!(response.headers().get("allow").expect("a header"), "GET, POST");
    assert!(response.headers().contains_key("content-security-policy"));
}

#[actix_web::test]
async fn requests_are_counted_by_route_and_strangers_make_no_series() {
    let metrics = Metrics::new().expect("metrics");
    let edge = edge(&metrics);
    for path in ["/echo/a", "/echo/b", "/x1", "/x2"] {
        answer(&edge, TestRequest::get().uri(path)).await;
    }
    answer(
        &edge,
        TestRequest::get()
            .method(Method::from_bytes(b"BREW").expect("a method"))
            .uri("/x3"),
    )
    .await;
    let text = metrics.text().expect("text");
    let counted = |line: &str| assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
    counted(r#"vestibule_http_requests_total{method="GET",route="/echo/{name}",status="200"} 2"#);
    counted(r#"vestibule_http_requests_total{method="GET",route="none",status="404"} 2"#);
    counted(r#"vestibule_http_requests_total{method="other",route="none",status="404"} 1"#);
    assert!(!text.contains("/x1"));
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the sink").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[actix_web::test]
async fn the_log_has_the_path_and_the_id_but_never_the_query() {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let edge = edge(&Metrics::new().expect("metrics"));
    // A place in the code that another test's thread reaches first is noted as unheard; from here on all of them are known.
    answer(&edge, TestRequest::get().uri("/echo/a")).await;
    tracing::callsite::rebuild_interest_cache();
    sink.0.lock().expect("the sink").clear();

    let (response, _) = answer(&edge, TestRequest::get().uri("/echo/a?code=hunter2")).await;
    drop(guard);
    let log = String::from_utf8(sink.0.lock().expect("the sink").clone()).expect("text");
    let id = response
        .headers()
        .get("x-request-id")
        .expect("an id")
        .to_str()
        .expect("text");
    for message in ["handling", "answered"] {
        let line = log.lines().find(|line| line.contains(message)).expect(message);
        assert!(line.contains(id) && line.contains(r#""path":"/echo/a""#), "{line}");
    }
    assert!(
        log.contains(r#""route":"/echo/{name}""#) && log.contains(r#""status":200"#),
        "{log}"
    );
    assert!(!log.contains("hunter2"), "{log}");
}

#[test]
fn a_long_path_is_cut_between_characters() {
    let path = format!("/{}", "é".repeat(300));
    assert!(logged(&path).len() <= LOGGED_PATH && path.starts_with(logged(&path)));
    assert_eq!(logged("/a"), "/a");
}
