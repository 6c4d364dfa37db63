//! Languages and texts.
//!
//! Owns the list of languages, the choice among them for a request, and the texts in `web/locales/<tag>/*.ftl`
//! (Fluent). Does not own where a text is shown: pages and mails ask by key.

#[cfg(test)]
mod coverage;
mod negotiate;

use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid};
use serde::{Deserialize, Serialize};

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "web/locales",
        fallback_language: "en",
        // Templates isolate values with <bdi>; invisible marks would end up in subjects, titles and attributes.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static EN: LanguageIdentifier = langid!("en");
static DE: LanguageIdentifier = langid!("de");

/// A language that every text exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English, the fallback.
    #[default]
    En,
    /// German.
    De,
}

impl Lang {
    /// Every supported language, the fallback first.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::De];

    /// The BCP 47 tag, as in the `lang` attribute and the name of the folder under `web/locales`.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::De => "de",
        }
    }

    /// The writing direction, as in the `dir` attribute.
    pub fn dir(self) -> &'static str {
        match self {
            Lang::En | Lang::De => "ltr",
        }
    }

    /// The text of `key`; a key that no locale has yields a visible complaint (a unit test keeps that from happening).
    pub fn text(self, key: &str) -> String {
        TEXTS.lookup(self.identifier(), key)
    }

    /// The text of `key` with its variables filled in. Numbers choose plural forms.
    pub fn text_with(self, key: &str, values: &[(&'static str, TextValue<'_>)]) -> String {
        let values: HashMap<Cow<'static, str>, FluentValue<'_>> = values
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), value.fluent()))
            .collect();
        TEXTS.lookup_with_args(self.identifier(), key, &values)
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Lang::En => &EN,
            Lang::De => &DE,
        }
    }
}

/// A value for a variable of a text.
#[derive(Clone, Debug)]
pub enum TextValue<'a> {
    /// Shown as it is.
    Text(Cow<'a, str>),
    /// Shown without grouping; chooses the plural form.
    Count(u32),
}

impl TextValue<'_> {
    fn fluent(&self) -> FluentValue<'_> {
        match self {
            TextValue::Text(text) => FluentValue::String(Cow::Borrowed(text)),
            TextValue::Count(count) => FluentValue::from(*count),
        }
    }
}

impl<'a> From<&'a str> for TextValue<'a> {
    fn from(text: &'a str) -> Self {
        TextValue::Text(Cow::Borrowed(text))
    }
}

impl From<String> for TextValue<'_> {
    fn from(text: String) -> Self {
        TextValue::Text(Cow::Owned(text))
    }
}

impl From<u32> for TextValue<'_> {
    fn from(count: u32) -> Self {
        TextValue::Count(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_variables_without_marks() {
        assert_eq!(
            Lang::En.text_with("sign-in-title", &[("brand", "Acme".into())]),
            "Sign in to Acme"
        );
        assert_eq!(
            Lang::De.text_with("sign-in-title", &[("brand", "Acme".into())]),
            "Bei Acme anmelden"
        );
    }

    #[test]
    fn chooses_plural_forms() {
        let text = |lang: Lang, minutes: u32| lang.text_with("mail-code-expiry", &[("minutes", minutes.into())]);
        assert!(text(Lang::En, 1).contains("1 minute."), "{}", text(Lang::En, 1));
        assert!(text(Lang::En, 10).contains("10 minutes."));
        assert!(text(Lang::De, 1).contains("1 Minute"));
        assert!(text(Lang::De, 10).contains("10 Minuten"));
    }

    #[test]
    fn every_language_has_its_folder() {
        for lang in Lang::ALL {
            assert_eq!(lang.identifier().to_string(), lang.tag());
            assert!(TEXTS.locales().any(|found| found == lang.identifier()));
        }
        assert_eq!(TEXTS.locales().count(), Lang::ALL.len());
    }
}
