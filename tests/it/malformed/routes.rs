//! The table of endpoints against what the server really answers, so that no route is left out.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::dev::ResourceMap;
use actix_web::test::{TestRequest, call_service, init_service};
use reqwest::{Method, StatusCode};

use super::{Setting, setting};

/// Browsers ask by OPTIONS before they ask otherwise, and by HEAD instead of GET; neither reads anything.
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// The patterns that are registered. The framework tells them only where it is printed.
fn patterns(map: &ResourceMap) -> BTreeSet<String> {
    let printed = format!("{map:?}");
    let named = printed.split("patterns: Single(\"").skip(1);
    let patterns = named.filter_map(|rest| rest.split('"').next()).map(str::to_owned);
    patterns.filter(|pattern| !pattern.is_empty()).collect()
}

/// What is registered and not in the table, or in the table and not answered.
async fn complaints(setting: &Setting) -> Vec<String> {
    let routes = vestibule::app::routes(&setting.server.app);
    let service = init_service(actix_web::App::new().configure(routes)).await;
    let answer = call_service(&service, TestRequest::get().uri("/livez").to_request()).await;
    let map = answer.request().resource_map();
    let registered = patterns(map);
    assert!(registered.contains("/oauth/token"), "{registered:?}");

    // each pattern with the path and the methods of its rows
    let mut rows: BTreeMap<String, (&str, BTreeSet<&str>)> = BTreeMap::new();
    let all = setting.endpoints();
    for endpoint in &all {
        let path = endpoint.path.split('?').next().unwrap_or_default();
        if let Some(pattern) = map.match_pattern(path) {
            let (_, methods) = rows.entry(pattern).or_insert((path, BTreeSet::new()));
            methods.insert(endpoint.method);
        }
    }
    let mut complaints = Vec::new();
    for pattern in &registered {
        let Some((path, methods)) = rows.get(pattern) else {
            complaints.push(format!("{pattern} has no row"));
            continue;
        };
        for method in &METHODS {
            let answer = setting.server.browser().request(method.clone(), path).send().await;
            let answers = answer.expect("answers").status() != StatusCode::METHOD_NOT_ALLOWED;
            if answers != methods.contains(method.as_str()) {
                complaints.push(format!(
                    "{method} {pattern} answers: {answers}, and has a row: {}",
                    !answers
                ));
            }
        }
    }
    complaints
}

#[tokio::test]
async fn every_route_has_its_row() {
    let setting = setting().await;
    let complaints = complaints(&setting).await;
    assert!(
        complaints.is_empty(),
        "add them to `endpoints`:\n{}",
        complaints.join("\n")
    );
    setting.still_works().await;
}
