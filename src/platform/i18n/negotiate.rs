//! Which language a person gets: the lookup of RFC 4647 section 3.4 over the tags that were asked for.

use super::Lang;

impl Lang {
    /// The language for an `Accept-Language` header (RFC 9110 section 12.5.4); English when there is none or it names
    /// none of ours.
    pub fn from_accept_language(header: Option<&str>) -> Lang {
        let mut ranges: Vec<(&str, u16)> = header
            .unwrap_or_default()
            .split(',')
            .filter_map(weighted_range)
            .collect();
        // Stable: ranges of equal weight keep the order in which they were sent.
        ranges.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        Lang::from_tags(ranges.into_iter().map(|(range, _)| range)).unwrap_or_default()
    }

    /// The first of `tags` that we speak, most wanted first, as in the `ui_locales` parameter (OpenID Connect Core
    /// section 3.1.2.1).
    pub fn from_tags<'a>(tags: impl IntoIterator<Item = &'a str>) -> Option<Lang> {
        tags.into_iter().find_map(Lang::from_tag)
    }

    /// The language of one tag, regions and scripts ignored (`de-AT` is German).
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Lang::ALL
            .into_iter()
            .find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }
}

/// A language range and its weight in thousandths; `None` for what is refused (`q=0`) or malformed.
fn weighted_range(item: &str) -> Option<(&str, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?;
    let weight = match parts.next() {
        None => 1000,
        Some(parameter) => {
            let (name, value) = parameter.split_once('=')?;
            let quality: f32 = value.trim().parse().ok()?;
            if !name.trim().eq_ignore_ascii_case("q") || !(0.0..=1.0).contains(&quality) {
                return None;
            }
            (quality * 1000.0).round() as u16
        }
    };
    (weight > 0).then_some((range, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header() {
        let lang = |header: &str| Lang::from_accept_language(Some(header));
        assert_eq!(Lang::from_accept_language(None), Lang::En);
        assert_eq!(lang("de"), Lang::De);
        assert_eq!(lang("de-AT, en;q=0.8"), Lang::De);
        assert_eq!(lang("en-GB,en;q=0.9,de;q=0.8"), Lang::En);
        assert_eq!(lang("en;q=0.2, de;q=0.9"), Lang::De);
        assert_eq!(lang("fr-FR, de;q=0.5, *;q=0.1"), Lang::De);
        assert_eq!(lang("de;q=0, en;q=0.1"), Lang::En);
        assert_eq!(lang("DE-de"), Lang::De);
        assert_eq!(lang("*"), Lang::En);
        assert_eq!(lang(";;,de;q=nope,=,;q=1,\u{1f600}"), Lang::En);
    }

    #[test]
    fn tags() {
        assert_eq!(Lang::from_tags("fr-CA de-CH en".split(' ')), Some(Lang::De));
        assert_eq!(Lang::from_tags(["fr", "deu"]), None);
        assert_eq!(Lang::from_tags([]), None);
    }
}
