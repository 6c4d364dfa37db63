//! Who may import whom: the order of the features, the edge layer, the faces, and the two crates with rooms of their own.

use super::source::{Named, Source};

/// The modules of `src/lib.rs` below every edge: they put the features together.
const TOP: [&str; 2] = ["app", "cli"];
/// Whole modules that belong to the edge layer.
const PAGES: [&str; 2] = ["portal", "console"];
/// Modules without features' rooms: each of their submodules is a face.
const OPEN: [&str; 2] = ["kernel", "platform"];
/// The rooms of a feature in the order of their imports.
const ROOMS: [&str; 5] = ["model", "store", "service", "jobs", "http"];
/// The rank of the last room.
const HTTP: usize = ROOMS.len() - 1;

pub struct House {
    /// The modules of `src/lib.rs`, highest layer first.
    pub order: Vec<String>,
    pub sources: Vec<Source>,
}

impl House {
    pub fn new(sources: Vec<Source>) -> Self {
        let order = sources
            .iter()
            .find(|source| source.path == "src/lib.rs")
            .map(Source::declared_modules)
            .unwrap_or_default();
        Self { order, sources }
    }

    /// A room imports only from rooms above it; `http/` rooms and pages may use every feature's face.
    pub fn layers(&self) -> Vec<String> {
        self.judge(|source, named| {
            let from = source.module();
            let from_rank = self.rank(from.first()?)?;
            let to = inside(named)?;
            let to_rank = self.rank(to.first()?)?;
            let refused = if from[0] == to[0] {
                let to: Vec<&str> = to.iter().map(String::as_str).collect();
                below(&from, &to)
            } else if is_edge(&from) {
                TOP.contains(&to[0].as_str())
            } else {
                to_rank > from_rank
            };
            refused.then_some("a room imports only from rooms above it")
        })
    }

    /// Another feature is entered through its face: what its `mod.rs` exports.
    pub fn faces(&self) -> Vec<String> {
        self.judge(|source, named| {
            let from = source.module();
            let [feature, room, ..] = inside(named)? else {
                return None;
            };
            let refused = from.first() != Some(&feature.as_str())
                && !OPEN.contains(&feature.as_str())
                && !TOP.contains(&feature.as_str())
                && self.has_room(feature, room);
            refused.then_some("another feature is used through its face, not through its rooms")
        })
    }

    /// The database's crates stay in the stores.
    pub fn storage(&self) -> Vec<String> {
        self.judge(|source, named| {
            let module = source.module();
            let owns = module[1..].contains(&"store") || module.starts_with(&["platform", "db"]);
            let names = ["sea_orm", "sea_orm_migration", "sqlx", "entity"].contains(&named.segments[0].as_str());
            (names && !owns).then_some("the database is spoken to in store.rs, store/ and platform::db alone")
        })
    }

    /// The web framework stays at the edge.
    pub fn web(&self) -> Vec<String> {
        self.judge(|source, named| {
            let module = source.module();
            let owns = is_edge(&module) || module.starts_with(&["platform", "http"]) || module[0] == "app";
            let names = named.segments[0].starts_with("actix");
            (names && !owns).then_some("actix is used in http/, the pages, platform::http and app alone")
        })
    }

    /// The kernel reaches neither files nor the network, and needs no runtime.
    pub fn kernel(&self) -> Vec<String> {
        self.judge(|source, named| {
            let path: Vec<&str> = named.segments.iter().map(String::as_str).collect();
            let reaches = matches!(path[..], ["std", "fs" | "net", ..] | ["tokio", ..]);
            (reaches && source.module()[0] == "kernel").then_some("the kernel uses no files, no network and no runtime")
        })
    }

    /// Applies one rule to every path that product code names.
    fn judge(&self, rule: impl Fn(&Source, &Named) -> Option<&'static str>) -> Vec<String> {
        let mut found = Vec::new();
        for source in &self.sources {
            if source.is_test() || source.module().is_empty() {
                continue;
            }
            for named in source.names() {
                if let Some(why) = rule(source, &named) {
                    let path = named.segments.join("::");
                    found.push(format!("{}:{}: {path}: {why}", source.path, named.line));
                }
            }
        }
        found
    }

    fn rank(&self, module: &str) -> Option<usize> {
        self.order.iter().position(|declared| declared == module)
    }

    fn has_room(&self, feature: &str, room: &str) -> bool {
        self.sources.iter().any(|source| {
            let module = source.module();
            module.len() > 1 && module[0] == feature && module[1] == room
        })
    }
}

/// The part of a path behind `crate`, when it stays in the crate.
fn inside(named: &Named) -> Option<&[String]> {
    (named.segments[0] == "crate").then(|| &named.segments[1..])
}

fn is_feature(module: &str) -> bool {
    !OPEN.contains(&module) && !PAGES.contains(&module) && !TOP.contains(&module)
}

fn is_edge(module: &[&str]) -> bool {
    PAGES.contains(&module[0]) || (is_feature(module[0]) && module[1..].contains(&"http"))
}

/// Whether `to`, a path in the feature of `from`, leads into a room below `from`.
///
/// A file in no room may use every room but `http`, which only `http` itself and the face that declares it name.
fn below(from: &[&str], to: &[&str]) -> bool {
    let (from_room, to_room) = (room(from), room(to));
    match (from_room, to_room) {
        (Some(from_room), Some(to_room)) => from_room < to_room,
        (None, Some(HTTP)) => !(to.starts_with(from) && to.get(from.len()) == Some(&ROOMS[HTTP])),
        _ => false,
    }
}

/// The rank of the room that a path leads into, however deep: `http` when it passes through `http`, or else the last room it names.
///
/// The submodules of `platform` are features by themselves, so `platform::http` and `platform::jobs` are not rooms, but
/// `platform::mail::store` is one. What stands behind a type's name is no module.
fn room(path: &[&str]) -> Option<usize> {
    let nested = match path.first()? {
        &"platform" => path.get(2..)?,
        feature if is_feature(feature) => &path[1..],
        _ => return None,
    };
    let ranks = nested
        .iter()
        .take_while(|name| !name.starts_with(char::is_uppercase))
        .filter_map(|name| ROOMS.iter().position(|known| known == name));
    ranks.clone().find(|rank| *rank == HTTP).or_else(|| ranks.last())
}

#[cfg(test)]
mod tests {
    use super::{House, Source};

    /// A small house around the file under test.
    fn house(path: &str, text: &str) -> Vec<Source> {
        vec![
            Source::new(
                "src/lib.rs",
                "pub mod kernel; pub mod platform; pub mod identity; pub mod sign_in; pub mod oidc; pub mod portal; pub mod app; pub mod cli;",
            ),
            Source::new("src/identity/store.rs", ""),
            Source::new("src/identity/http/mod.rs", ""),
            Source::new("src/oidc/store.rs", ""),
            Source::new(path, text),
        ]
    }

    fn refused(rule: fn(&House) -> Vec<String>, path: &str, text: &str) -> bool {
        !rule(&House::new(house(path, text))).is_empty()
    }

    #[test]
    fn a_higher_room_may_not_import_a_lower_one() {
        let refused = |path, text| refused(House::layers, path, text);
        assert!(refused("src/identity/service.rs", "use crate::oidc::Grant;"));
        assert!(refused("src/platform/db/mod.rs", "fn f() { crate::identity::find() }"));
        assert!(refused(
            "src/oidc/service.rs",
            "use crate::{kernel::Clock, portal::Page};"
        ));
        assert!(refused("src/portal/consent.rs", "use crate::cli::Args;"));
        assert!(refused("src/platform/http/mod.rs", "use crate::oidc::routes;"));
        assert!(refused("src/oidc/model.rs", "use super::store::find;"));
        assert!(refused("src/oidc/service.rs", "use super::http::token;"));

        assert!(!refused("src/oidc/service.rs", "use crate::identity::User;"));
        assert!(!refused("src/oidc/service.rs", "use super::{model::Code, store};"));
        assert!(!refused("src/oidc/mod.rs", "pub use http::routes;"));
        assert!(!refused("src/platform/jobs/mod.rs", "use super::http::Client;"));
        assert!(!refused("src/identity/http/me.rs", "use crate::oidc::Grant;"));
        assert!(!refused("src/portal/consent.rs", "use crate::oidc::Grant;"));
        assert!(!refused("src/app.rs", "use crate::portal::routes;"));
        assert!(!refused(
            "src/identity/service.rs",
            "#[cfg(test)] mod tests { use crate::oidc::Grant; }"
        ));
    }

    #[test]
    fn nested_rooms_keep_the_order_too() {
        let refused = |path, text| refused(House::layers, path, text);
        assert!(refused(
            "src/oidc/application/model.rs",
            "use crate::oidc::http::routes;"
        ));
        assert!(refused(
            "src/oidc/application/model.rs",
            "use crate::oidc::application::service::find;"
        ));
        assert!(refused("src/oidc/grant/model.rs", "use super::store;"));
        assert!(refused("src/oidc/grant/model.rs", "fn f() { super::store::find() }"));
        assert!(refused(
            "src/oidc/grant/model.rs",
            "use super::super::code::{model, store};"
        ));
        assert!(refused("src/oidc/code/store.rs", "use crate::oidc::token::service;"));
        assert!(refused("src/oidc/model.rs", "use super::grant::store::find;"));
        assert!(refused("src/oidc/grant/service.rs", "use crate::oidc::grant::jobs;"));
        assert!(refused("src/oidc/store/grant.rs", "use crate::oidc::grant::service;"));
        assert!(refused(
            "src/sign_in/continuation/store.rs",
            "use super::service::resume;"
        ));
        assert!(refused("src/platform/mail/model.rs", "use super::store;"));
        assert!(refused(
            "src/platform/mail/model.rs",
            "use crate::platform::jobs::store;"
        ));

        assert!(!refused(
            "src/oidc/token/service.rs",
            "use crate::oidc::grant::{model, store};"
        ));
        assert!(!refused("src/oidc/grant/store.rs", "use super::model::Grant;"));
        assert!(!refused("src/oidc/grant/store.rs", "use crate::oidc::code::store;"));
        assert!(!refused("src/oidc/token/redeem.rs", "use super::store;"));
        assert!(!refused("src/oidc/grant/model.rs", "fn f() { super::Grant::store() }"));
        assert!(!refused(
            "src/platform/mail/model.rs",
            "use crate::platform::jobs::NewJob;"
        ));
        assert!(!refused(
            "src/platform/jobs/model.rs",
            "use crate::platform::http::Client;"
        ));
        assert!(!refused("src/cli/doctor/model.rs", "use super::store;"));
    }

    #[test]
    fn only_http_imports_from_http() {
        let refused = |path, text| refused(House::layers, path, text);
        assert!(refused("src/oidc/discovery.rs", "use super::http::routes;"));
        assert!(refused("src/oidc/token/redeem.rs", "use crate::oidc::http::cors;"));
        assert!(refused("src/oidc/token/mod.rs", "use crate::oidc::http::store;"));
        assert!(refused("src/oidc/jobs.rs", "use super::http;"));
        assert!(refused(
            "src/oidc/token/redeem.rs",
            "use crate::oidc::code::http::model;"
        ));

        assert!(!refused("src/oidc/mod.rs", "pub use self::http::routes;"));
        assert!(!refused("src/oidc/code/mod.rs", "pub use self::http::routes;"));
        assert!(!refused(
            "src/oidc/http/token.rs",
            "use super::cors; use crate::oidc::http::model;"
        ));
        assert!(!refused("src/oidc/http/model.rs", "use crate::oidc::token::service;"));
    }

    #[test]
    fn the_kernel_reaches_nothing_outside() {
        let refused = |path, text| refused(House::kernel, path, text);
        assert!(refused("src/kernel/clock.rs", "use std::fs;"));
        assert!(refused("src/kernel/clock.rs", "use std::{fmt, net::TcpStream};"));
        assert!(refused("src/kernel/id.rs", "fn f() { ::std::fs::read(x) }"));
        assert!(refused("src/kernel/mod.rs", "fn f() { tokio::spawn(x) }"));
        assert!(refused("src/kernel/rng.rs", "use tokio::{fs, net};"));

        assert!(!refused("src/kernel/clock.rs", "use std::time::SystemTime;"));
        assert!(!refused(
            "src/kernel/clock.rs",
            "#[cfg(test)] mod tests { use std::fs; }"
        ));
        assert!(!refused(
            "src/platform/fetch/mod.rs",
            "use std::net::IpAddr; use tokio::net;"
        ));
    }

    #[test]
    fn another_feature_is_used_through_its_face() {
        let refused = |path, text| refused(House::faces, path, text);
        assert!(refused("src/oidc/service.rs", "use crate::identity::store::find;"));
        assert!(refused("src/oidc/service.rs", "use crate::identity::{User, store};"));
        assert!(refused("src/app.rs", "use crate::identity::http::routes;"));
        assert!(refused(
            "src/oidc/http/token.rs",
            "use super::super::super::identity::store;"
        ));

        assert!(!refused("src/oidc/service.rs", "use crate::identity::{User, find};"));
        assert!(!refused("src/oidc/service.rs", "use crate::oidc::store;"));
        assert!(!refused("src/oidc/service.rs", "use crate::platform::db::Tx;"));
        assert!(!refused("src/cli/serve.rs", "use crate::app::settings::Settings;"));
    }

    #[test]
    fn the_database_stays_in_the_stores() {
        let refused = |path, text| refused(House::storage, path, text);
        assert!(refused("src/oidc/service.rs", "use sea_orm::EntityTrait;"));
        assert!(refused("src/cli/users.rs", "fn f() { ::entity::user::Entity::find() }"));

        assert!(!refused(
            "src/oidc/store.rs",
            "use sea_orm::EntityTrait; use entity::grant;"
        ));
        assert!(!refused("src/oidc/store/grant.rs", "use ::entity::grant;"));
        assert!(!refused("src/platform/db/tx.rs", "use sea_orm::EntityTrait;"));
        assert!(!refused("src/oidc/service.rs", "use crate::oidc::entity::x;"));
    }

    #[test]
    fn the_web_framework_stays_at_the_edge() {
        let refused = |path, text| refused(House::web, path, text);
        assert!(refused("src/oidc/service.rs", "use actix_web::HttpResponse;"));
        assert!(refused("src/cli/serve.rs", "fn f() { actix_web::HttpServer::new(x) }"));

        assert!(!refused("src/oidc/http/token.rs", "use actix_web::HttpResponse;"));
        assert!(!refused("src/portal/consent.rs", "use actix_web::HttpResponse;"));
        assert!(!refused("src/platform/http/csrf.rs", "use actix_web::HttpResponse;"));
        assert!(!refused("src/app/serve.rs", "use actix_web::HttpServer;"));
    }
}
