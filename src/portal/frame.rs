//! What every page needs besides its own content: the language, the product's name, the form token, the request id.

use std::fmt::Display;

use crate::platform::{
    assets,
    i18n::{Lang, TextValue},
};

/// The name of the brand until the operator chooses one; it alone is shown with our own mark.
pub const DEFAULT_BRAND: &str = "Vestibule";

/// The frame around a page; templates know it as `f`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The language of the page.
    pub lang: Lang,
    /// The product that people believe they are signing in to.
    pub brand: String,
    /// The token that every form sends back as `csrf`.
    pub csrf: String,
    /// The id of this request, shown where something went wrong.
    pub request_id: String,
    /// Says on the page that this is a development server, and links to its inbox.
    pub development: bool,
}

impl Frame {
    /// The text of `key`.
    pub fn t(&self, key: &str) -> String {
        self.lang.text(key)
    }

    /// The text of `key` with its only variable filled in.
    pub fn t1(&self, key: &str, name: &'static str, value: impl Display) -> String {
        self.lang.text_with(key, &[(name, value.to_string().into())])
    }

    /// The text of `key` with its only variable, a number, filled in; the number chooses the plural form.
    pub fn count(&self, key: &str, name: &'static str, value: &u32) -> String {
        self.lang.text_with(key, &[(name, (*value).into())])
    }

    /// The text of `key` around its only variable, for a value that needs markup of its own.
    pub fn around(&self, key: &str, name: &'static str) -> Around {
        // A character that stands in no text: the end of text of ASCII.
        const PLACE: &str = "\u{3}";
        let text = self.lang.text_with(key, &[(name, TextValue::from(PLACE))]);
        let (before, after) = text.split_once(PLACE).unwrap_or((&text, ""));
        Around {
            before: before.to_owned(),
            after: after.to_owned(),
        }
    }

    /// The address of an asset.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }

    /// The `lang` attribute.
    pub fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    /// The `dir` attribute.
    pub fn dir(&self) -> &'static str {
        self.lang.dir()
    }

    /// The letter that stands for the brand; `None` while it has no name of its own and our mark is shown.
    pub fn monogram(&self) -> Option<String> {
        (self.brand != DEFAULT_BRAND).then(|| initial(&self.brand))
    }
}

/// A text in two halves, around a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    /// What stands before the value.
    pub before: String,
    /// What stands after the value.
    pub after: String,
}

/// The first letter or digit of a name in upper case, for a tile.
pub(crate) fn initial(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(brand: &str) -> Frame {
        Frame {
            lang: Lang::En,
            brand: brand.into(),
            csrf: "c".into(),
            request_id: "r".into(),
            development: false,
        }
    }

    #[test]
    fn splits_a_text_around_its_value() {
        let around = frame("Acme").around("sign-in-to-continue", "app");
        assert_eq!((around.before.as_str(), around.after.as_str()), ("to continue to ", ""));
    }

    #[test]
    fn monogram_only_for_a_name_of_its_own() {
        assert_eq!(frame(DEFAULT_BRAND).monogram(), None);
        assert_eq!(frame("acme").monogram().as_deref(), Some("A"));
        assert_eq!(frame("\u{201e}\u{fc}ber\u{201c}").monogram().as_deref(), Some("\u{dc}"));
        assert_eq!(frame("--").monogram().as_deref(), Some(""));
    }
}
