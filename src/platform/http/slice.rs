//! Which part of a list a caller of the Backend API asks for.

use super::api_error::ApiError;
use super::params::Params;

const DEFAULT_LIMIT: u64 = 10;
const MAX_LIMIT: u64 = 500;
/// The most that a database counts to.
const MAX_OFFSET: u64 = i64::MAX.unsigned_abs();

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// How many at most, 1 to 500.
    pub limit: u64,
    /// How many are left out before.
    pub offset: u64,
}

impl Slice {
    /// Takes `limit` and `offset` out of a query.
    ///
    /// # Errors
    /// 422 where one is no number in its range.
    pub fn take(params: &mut Params) -> Result<Self, ApiError> {
        Ok(Self {
            limit: number(params, "limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT),
            offset: number(params, "offset", 0..=MAX_OFFSET)?.unwrap_or(0),
        })
    }
}

fn number(
    params: &mut Params,
    name: &'static str,
    range: std::ops::RangeInclusive<u64>,
) -> Result<Option<u64>, ApiError> {
    let Some(text) = params.take(name) else {
        return Ok(None);
    };
    // `parse` alone would take a sign
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| is_number && range.contains(number));
    number.map(Some).ok_or_else(|| {
        let public = format!(
            "{name} must be a whole number from {} to {}",
            range.start(),
            range.end()
        );
        ApiError::param("form_param_value_invalid", name, public)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(query: &str) -> Result<Slice, ApiError> {
        Slice::take(&mut Params::from_query(query).expect("parameters"))
    }

    #[test]
    fn a_part_has_ten_unless_told_and_never_more_than_five_hundred() {
        assert_eq!(slice("").expect("a part"), Slice { limit: 10, offset: 0 });
        assert_eq!(
            slice("limit=500&offset=7").expect("a part"),
            Slice { limit: 500, offset: 7 }
        );
        for bad in [
            "limit=0",
            "limit=501",
            "limit=x",
            "limit=-1",
            "limit=+1",
            "offset=-1",
            "offset=9223372036854775808",
        ] {
            assert!(slice(bad).is_err(), "{bad}");
        }
    }
}
