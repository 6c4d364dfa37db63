//! The body of a call of the Backend API, read strictly: what is unknown, ambiguous or of another type is refused by name.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;

use super::api_error::ApiError;
use super::body;
use crate::kernel::secret::SecretString;

/// The fields of a JSON object. Each is taken out by its name and type; `null` counts as left out. Nothing is done before [`finish`]
/// found that all are known.
///
/// [`finish`]: JsonFields::finish
pub struct JsonFields(Vec<(String, Value)>);

impl JsonFields {
    /// Reads a body; an empty one has no fields.
    ///
    /// # Errors
    /// 400 where it is not one JSON object, or names a field twice (RFC 8259 section 4 leaves what that means to chance).
    pub fn parse(body: &[u8]) -> Result<Self, ApiError> {
        if body.is_empty() {
            return Ok(Self(Vec::new()));
        }
        serde_json::from_slice(body).map_err(|_| {
            ApiError::unreadable(
                StatusCode::BAD_REQUEST,
                "request_body_invalid",
                "the request's body must be one JSON object that names each field once",
            )
        })
    }

    /// A text without control characters.
    ///
    /// # Errors
    /// 422 where it is something else.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>, ApiError> {
        self.take(name).map(|value| text(name, value)).transpose()
    }

    /// A text that must not be shown; an empty one counts as left out.
    ///
    /// # Errors
    /// As of [`text`](Self::text).
    pub fn secret(&mut self, name: &'static str) -> Result<Option<SecretString>, ApiError> {
        Ok(self.text(name)?.filter(|text| !text.is_empty()).map(SecretString::new))
    }

    /// A list of texts without control characters.
    ///
    /// # Errors
    /// 422 where it is something else.
    pub fn texts(&mut self, name: &'static str) -> Result<Option<Vec<String>>, ApiError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Array(values)) => values
                .into_iter()
                .map(|value| text(name, value))
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(mistyped(name, "a list of texts")),
        }
    }

    /// True or false.
    ///
    /// # Errors
    /// 422 where it is something else.
    pub fn flag(&mut self, name: &'static str) -> Result<Option<bool>, ApiError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(mistyped(name, "true or false")),
        }
    }

    /// A whole number that is not negative.
    ///
    /// # Errors
    /// 422 where it is something else.
    pub fn number(&mut self, name: &'static str) -> Result<Option<u64>, ApiError> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => value
                .as_u64()
                .map(Some)
                .ok_or_else(|| mistyped(name, "a whole number that is not negative")),
        }
    }

    /// Refuses what nobody took out.
    ///
    /// # Errors
    /// 422 with the name of the first such field.
    pub fn finish(self) -> Result<(), ApiError> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
                let public = format!("{name} is not a parameter of this request");
                Err(ApiError::param("form_param_unknown", name, public))
            }
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1).filter(|value| !value.is_null())
    }

    async fn read(req: HttpRequest, payload: Payload) -> Result<Self, ApiError> {
        let body = body::read(&req, payload).await?;
        if !body.is_empty() && !req.content_type().eq_ignore_ascii_case("application/json") {
            return Err(ApiError::unreadable(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_content_type",
                "the request's body must be application/json",
            ));
        }
        Self::parse(&body)
    }
}

fn mistyped(name: &'static str, expected: &str) -> ApiError {
    ApiError::param("form_param_type_invalid", name, format!("{name} must be {expected}"))
}

fn text(name: &'static str, value: Value) -> Result<String, ApiError> {
    match value {
        Value::String(text) if text.chars().any(char::is_control) => Err(ApiError::param(
            "form_param_format_invalid",
            name,
            format!("{name} must not have control characters"),
        )),
        Value::String(text) => Ok(text),
        _ => Err(mistyped(name, "a text")),
    }
}

/// Shows the names alone: values may be secrets.
impl fmt::Debug for JsonFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl<'de> Deserialize<'de> for JsonFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = JsonFields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonFields, A::Error> {
                let mut fields: Vec<(String, Value)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if fields.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom("a field is named twice"));
                    }
                    fields.push((name, value));
                }
                Ok(JsonFields(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

impl FromRequest for JsonFields {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Box::pin(Self::read(req.clone(), payload.take()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(text: &str) -> JsonFields {
        JsonFields::parse(text.as_bytes()).expect("an object")
    }

    #[test]
    fn fields_are_taken_by_name_and_type_and_null_is_nothing() {
        let mut body = fields(r#"{"name":"Notes","list":["a","b"],"on":true,"n":7,"none":null}"#);
        assert_eq!(body.text("name").expect("a text").as_deref(), Some("Notes"));
        assert_eq!(
            body.texts("list").expect("texts"),
            Some(vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(body.flag("on").expect("a flag"), Some(true));
        assert_eq!(body.number("n").expect("a number"), Some(7));
        assert_eq!(body.text("none").expect("nothing"), None);
        assert_eq!(body.text("other").expect("nothing"), None);
        assert!(body.finish().is_ok());
    }

    #[test]
    fn what_is_unknown_mistyped_or_missing_is_refused_by_name() {
        let told = |error: ApiError| format!("{error:?}");
        let unknown = told(fields(r#"{"colour":1}"#).finish().expect_err("unknown"));
        assert!(
            unknown.contains("form_param_unknown") && unknown.contains("colour"),
            "{unknown}"
        );
        let mut body = fields(r#"{"a":1,"b":"x","c":[1],"d":"a\u0000b","e":-1,"f":1.5,"g":"","h":{}}"#);
        assert!(told(body.text("a").expect_err("a number")).contains("form_param_type_invalid"));
        assert!(body.flag("b").is_err());
        assert!(body.texts("c").is_err());
        assert!(told(body.text("d").expect_err("NUL")).contains("form_param_format_invalid"));
        assert!(body.number("e").is_err() && body.number("f").is_err());
        assert!(body.secret("g").expect("nothing").is_none());
        assert!(body.texts("h").is_err());
    }

    #[test]
    fn what_is_no_object_is_unreadable() {
        assert!(fields("").finish().is_ok(), "no body has no fields");
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        for bad in [
            "[]",
            "1",
            "null",
            "{",
            "{}x",
            "{\"a\":1,\"a\":2}",
            "{'a':1}",
            "\u{feff}{}",
            &deep,
        ] {
            assert!(JsonFields::parse(bad.as_bytes()).is_err(), "{bad:.20}");
        }
        assert!(JsonFields::parse(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn printing_shows_no_value() {
        assert!(!format!("{:?}", fields(r#"{"token":"hunter2"}"#)).contains("hunter2"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = JsonFields::parse(&body);
        }
    }
}
