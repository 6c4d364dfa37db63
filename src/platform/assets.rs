//! Stylesheet, script and pictures, inside the binary, under addresses that change with their content.
//!
//! `/assets/<hash8>/<name>` may be cached for ever. The stylesheet `app.css` is `tokens.css` and everything under
//! `css/`, one after the other: a component stays a file of its own and a page needs one request.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "web/assets"]
struct Files;

/// A file as it is served.
#[derive(Debug)]
pub struct Asset {
    /// The body.
    pub bytes: Cow<'static, [u8]>,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    url: String,
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    let mut assets = BTreeMap::new();
    let mut stylesheet = part("tokens.css").into_owned();
    let mut names: Vec<Cow<'static, str>> = Files::iter().collect();
    names.sort();
    for name in names {
        if name.starts_with("css/") {
            stylesheet.extend_from_slice(&part(&name));
        } else if let Some(content_type) = content_type(&name) {
            assets.insert(name.to_string(), asset(&name, content_type, part(&name)));
        }
    }
    assets.insert(
        "app.css".to_owned(),
        asset("app.css", "text/css; charset=utf-8", Cow::Owned(stylesheet)),
    );
    assets
});

/// The address of the asset `name`, such as `app.css`; empty when there is none (a unit test keeps that from
/// happening in templates).
pub fn url(name: &str) -> &'static str {
    ASSETS.get(name).map_or("", |asset| asset.url.as_str())
}

/// The asset for the rest of an address after `/assets/`; `None` also when the hash is of another version, so that
/// nothing stale is cached under a new address.
pub fn find(hash_and_name: &str) -> Option<&'static Asset> {
    let (_, name) = hash_and_name.split_once('/')?;
    ASSETS
        .get(name)
        .filter(|asset| asset.url.strip_prefix("/assets/") == Some(hash_and_name))
}

fn part(name: &str) -> Cow<'static, [u8]> {
    Files::get(name).map(|file| file.data).unwrap_or_default()
}

fn asset(name: &str, content_type: &'static str, bytes: Cow<'static, [u8]>) -> Asset {
    Asset {
        url: format!("/assets/{:08x}/{name}", fnv1a(&bytes)),
        bytes,
        content_type,
    }
}

/// `None` for parts that are served only inside another asset.
fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

/// FNV-1a, 32 bits: tells versions apart, stable between builds; it guards nothing.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv1a_of_the_published_vectors() {
        assert_eq!(fnv1a(b""), 0x811c_9dc5);
        assert_eq!(fnv1a(b"a"), 0xe40c_292c);
        assert_eq!(fnv1a(b"foobar"), 0xbf9c_f968);
    }

    #[test]
    fn found_under_its_address_alone() {
        for (name, kind) in [
            ("app.css", "text/css"),
            ("app.js", "text/javascript"),
            ("favicon.svg", "image/svg+xml"),
        ] {
            let path = url(name).strip_prefix("/assets/").expect("an address");
            assert_eq!(
                path.split_once('/').map(|(hash, rest)| (hash.len(), rest)),
                Some((8, name))
            );
            let asset = find(path).expect("served");
            assert!(!asset.bytes.is_empty() && asset.content_type.starts_with(kind));
        }
        for path in [
            "",
            "app.css",
            "00000000/app.css",
            "tokens.css",
            "../tokens.css",
            "00000000/",
        ] {
            assert!(find(path).is_none(), "{path}");
        }
        assert_eq!(url("tokens.css"), "");
    }

    #[test]
    fn stylesheet_starts_with_the_order_of_its_layers_and_uses_known_tokens() {
        let css = String::from_utf8(ASSETS["app.css"].bytes.to_vec()).expect("UTF-8");
        let order = css
            .find("@layer reset, tokens, base, components, pages;")
            .expect("the order of the layers");
        assert_eq!(css.find("@layer"), Some(order));
        for used in css
            .split("var(--v-")
            .skip(1)
            .filter_map(|rest| rest.split([')', ',']).next())
        {
            assert!(css.contains(&format!("--v-{used}:")), "--v-{used} is not a token");
        }
        assert!(!css.contains("url("), "the stylesheet asks for nothing else");
    }
}
