//! What a token claims, and whether the claims about time and audience hold.
//!
//! In: the payload of a verified token. Out: its claims, or PGRST303. Mirrors PostgREST v14's order of checks and its
//! reading of each claim, <https://docs.postgrest.org/en/v14/references/auth.html#jwt-claims-validation>.
#![forbid(unsafe_code)]

use serde_json::{Map, Number, Value};

use super::ClaimsError;
use super::encoding;

/// The claims of a token whose signature is good.
#[derive(Debug, Clone)]
pub(crate) struct Claims {
    /// As JSON, as PostgREST writes them.
    pub(super) text: String,
    values: Map<String, Value>,
}

impl Claims {
    /// Reads a payload, which must be a JSON object.
    pub(super) fn parse(payload: &[u8]) -> Result<Self, ClaimsError> {
        let text = std::str::from_utf8(payload)
            .ok()
            .and_then(|payload| encoding::encode_object(payload, None))
            .ok_or(ClaimsError::Parsing)?;
        let values = serde_json::from_str(&text).map_err(|_| ClaimsError::Parsing)?;
        Ok(Self { text, values })
    }

    /// The claims as JSON with `role` as the role, which `request.jwt.claims` is set to.
    pub(crate) fn text_with_role(&self, role: &str) -> String {
        match self.values.get("role") {
            Some(Value::String(claimed)) if claimed == role => self.text.clone(),
            // The text is an object, so that there always is an answer.
            _ => encoding::encode_object(&self.text, Some(role)).unwrap_or_default(),
        }
    }

    /// The claims of a caller without a token.
    pub(crate) fn text_of_role(role: &str) -> String {
        encoding::encode_role(role)
    }

    /// A claim as text: a string as it is, anything else as JSON.
    pub(crate) fn unquote(value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            value => encoding::encode_value(&value.to_string()).unwrap_or_default(),
        }
    }

    /// The claims by name.
    pub(crate) const fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// Whether the claims hold at `now`, in seconds since 1970, for the audience when one is configured.
    pub(crate) fn check(&self, audience: Option<&str>, now: i64) -> Result<(), ClaimsError> {
        let before = now.saturating_sub(ALLOWED_SKEW);
        let after = now.saturating_add(ALLOWED_SKEW);
        if self
            .time("exp", ClaimsError::ExpNotNumber)?
            .is_some_and(|time| time < before)
        {
            return Err(ClaimsError::Expired);
        }
        if self
            .time("nbf", ClaimsError::NbfNotNumber)?
            .is_some_and(|time| time > after)
        {
            return Err(ClaimsError::NotYetValid);
        }
        if self
            .time("iat", ClaimsError::IatNotNumber)?
            .is_some_and(|time| time > after)
        {
            return Err(ClaimsError::IssuedAtFuture);
        }
        self.check_audience(audience)
    }

    /// A claim about time; absent and null are the same.
    fn time(&self, name: &str, not_number: ClaimsError) -> Result<Option<i64>, ClaimsError> {
        match self.values.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) => Ok(Some(seconds(number))),
            Some(_) => Err(not_number),
        }
    }

    /// A token that names no audience, or an empty list of them, is for everyone.
    fn check_audience(&self, expected: Option<&str>) -> Result<(), ClaimsError> {
        let holds = match self.values.get("aud") {
            None | Some(Value::Null) => true,
            Some(Value::String(audience)) => expected.is_none_or(|expected| audience == expected),
            Some(Value::Array(audiences)) if audiences.iter().all(Value::is_string) => {
                audiences.is_empty()
                    || expected.is_none_or(|expected| {
                        audiences
                            .iter()
                            .any(|audience| audience.as_str() == Some(expected))
                    })
            }
            Some(_) => return Err(ClaimsError::AudNotStringOrArray),
        };
        if holds {
            Ok(())
        } else {
            Err(ClaimsError::NotInAudience)
        }
    }
}

/// Whole seconds; PostgREST takes a number with a fraction, or out of the range of 64 bits, for zero.
fn seconds(number: &Number) -> i64 {
    number.as_i64().unwrap_or_else(|| {
        number
            .as_f64()
            .filter(|value| value.fract() == 0.0 && (-TWO_TO_63..TWO_TO_63).contains(value))
            .map_or(0, whole)
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the value is whole and within range"
)]
const fn whole(value: f64) -> i64 {
    value as i64
}

/// How far the clocks of issuer and server may be apart, in seconds.
const ALLOWED_SKEW: i64 = 30;

const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

#[cfg(test)]
mod tests {
    use super::{Claims, ClaimsError};

    const NOW: i64 = 1_700_000_000;

    fn check(payload: &str) -> Result<(), ClaimsError> {
        Claims::parse(payload.as_bytes())?.check(Some("me"), NOW)
    }

    #[test]
    fn clocks_may_be_thirty_seconds_apart() {
        for (payload, expected) in [
            (r#"{"exp":1699999970}"#, Ok(())),
            (r#"{"exp":1699999969}"#, Err(ClaimsError::Expired)),
            (r#"{"nbf":1700000030}"#, Ok(())),
            (r#"{"nbf":1700000031}"#, Err(ClaimsError::NotYetValid)),
            (r#"{"iat":1700000030}"#, Ok(())),
            (r#"{"iat":1700000031}"#, Err(ClaimsError::IssuedAtFuture)),
        ] {
            assert_eq!(check(payload), expected, "{payload}");
        }
    }

    #[test]
    fn null_is_no_claim_and_other_types_are_refused() {
        assert_eq!(
            check(r#"{"exp":null,"nbf":null,"iat":null,"aud":null}"#),
            Ok(())
        );
        for (payload, expected) in [
            (r#"{"exp":"1"}"#, ClaimsError::ExpNotNumber),
            (r#"{"nbf":true}"#, ClaimsError::NbfNotNumber),
            (r#"{"iat":[]}"#, ClaimsError::IatNotNumber),
            (r#"{"aud":1}"#, ClaimsError::AudNotStringOrArray),
            (r#"{"aud":["me",1]}"#, ClaimsError::AudNotStringOrArray),
            (r#"{"aud":{}}"#, ClaimsError::AudNotStringOrArray),
        ] {
            assert_eq!(check(payload), Err(expected), "{payload}");
        }
    }

    #[test]
    fn a_time_that_is_not_whole_or_too_large_counts_as_zero() {
        assert_eq!(check(r#"{"exp":1700000000.5}"#), Err(ClaimsError::Expired));
        assert_eq!(
            check(r#"{"exp":99999999999999999999}"#),
            Err(ClaimsError::Expired)
        );
        assert_eq!(check(r#"{"nbf":1800000000.5}"#), Ok(()));
        assert_eq!(check(r#"{"nbf":18446744073709551615}"#), Ok(()));
        assert_eq!(check(r#"{"exp":1.7e9}"#), Ok(()));
        assert_eq!(check(r#"{"exp":1700000000.0}"#), Ok(()));
        assert_eq!(
            check(r#"{"exp":-9223372036854775808}"#),
            Err(ClaimsError::Expired)
        );
        assert_eq!(check(r#"{"exp":9223372036854775807}"#), Ok(()));
    }

    #[test]
    fn the_first_claim_that_fails_is_told_exp_nbf_iat_aud() {
        let payload = r#"{"aud":"x","iat":"x","nbf":1800000000,"exp":1}"#;
        assert_eq!(check(payload), Err(ClaimsError::Expired));
        let payload = r#"{"aud":"x","iat":"x","nbf":1800000000}"#;
        assert_eq!(check(payload), Err(ClaimsError::NotYetValid));
        assert_eq!(
            check(r#"{"aud":"x","iat":"x"}"#),
            Err(ClaimsError::IatNotNumber)
        );
        assert_eq!(check(r#"{"aud":"x"}"#), Err(ClaimsError::NotInAudience));
    }

    #[test]
    fn an_audience_counts_only_where_one_is_configured() {
        for payload in [
            r#"{"aud":"me"}"#,
            r#"{"aud":["x","me"]}"#,
            r#"{"aud":[]}"#,
            "{}",
        ] {
            assert_eq!(check(payload), Ok(()), "{payload}");
        }
        assert_eq!(check(r#"{"aud":["x"]}"#), Err(ClaimsError::NotInAudience));
        let claims = Claims::parse(br#"{"aud":["x"]}"#).unwrap();
        assert_eq!(claims.check(None, NOW), Ok(()));
    }

    #[test]
    fn the_first_of_equal_claims_is_the_one_that_is_checked() {
        assert_eq!(
            check(r#"{"exp":1,"exp":1800000000}"#),
            Err(ClaimsError::Expired)
        );
        assert_eq!(check(r#"{"exp":1800000000,"exp":1}"#), Ok(()));
    }

    #[test]
    fn a_payload_that_is_no_object_is_refused() {
        for payload in [
            &b"[]"[..],
            b"",
            b"null",
            b"\xff",
            b"{\"a\":\"\xff\"}",
            b"{} {}",
        ] {
            assert_eq!(Claims::parse(payload).unwrap_err(), ClaimsError::Parsing);
        }
    }

    #[test]
    fn the_role_is_set_in_the_text_that_is_passed_on() {
        let claims = Claims::parse(br#"{"sub":"1","role":"a"}"#).unwrap();
        assert_eq!(claims.text, r#"{"role":"a","sub":"1"}"#);
        assert_eq!(claims.text_with_role("a"), r#"{"role":"a","sub":"1"}"#);
        assert_eq!(claims.text_with_role("b"), r#"{"role":"b","sub":"1"}"#);
    }
}
