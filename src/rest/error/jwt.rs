//! Answers to bad tokens: PGRST300 to PGRST303, with the challenge that RFC 6750 asks for.
//!
//! Mirrors PostgREST v14, Error.hs.
#![forbid(unsafe_code)]

use super::answer::Answer;
use super::codes;
use crate::jwt::{ClaimsError, DecodeError, Error};

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        match error {
            Error::Decode(error) => decode(error),
            Error::Claims(error) => invalid_token(codes::JWT_CLAIMS, claims(&error).to_owned()),
            Error::SecretMissing => {
                Self::new(500, codes::JWT_SECRET_MISSING, "Server lacks JWT secret")
            }
            Error::TokenRequired => Self::new(
                401,
                codes::JWT_TOKEN_REQUIRED,
                "Anonymous access is disabled",
            )
            .with_header("WWW-Authenticate", "Bearer"),
        }
    }
}

fn decode(error: DecodeError) -> Answer {
    let token = |message: &str| invalid_token(codes::JWT_DECODE, message.to_owned());
    match error {
        DecodeError::BadAlgorithm(details) => {
            token("Wrong or unsupported encoding algorithm").with_details(details)
        }
        DecodeError::BadCrypto => token("JWT cryptographic operation failed"),
        DecodeError::EmptyAuthHeader => token("Empty JWT is sent in Authorization header"),
        DecodeError::Key(details) => {
            token("No suitable key or wrong key type").with_details(details)
        }
        DecodeError::UnexpectedParts(parts) => {
            token(&format!("Expected 3 parts in JWT; got {parts}"))
        }
    }
}

const fn claims(error: &ClaimsError) -> &'static str {
    match error {
        ClaimsError::AudNotStringOrArray => {
            "The JWT 'aud' claim must be a string or an array of strings"
        }
        ClaimsError::Expired => "JWT expired",
        ClaimsError::ExpNotNumber => "The JWT 'exp' claim must be a number",
        ClaimsError::IatNotNumber => "The JWT 'iat' claim must be a number",
        ClaimsError::IssuedAtFuture => "JWT issued at future",
        ClaimsError::NbfNotNumber => "The JWT 'nbf' claim must be a number",
        ClaimsError::NotInAudience => "JWT not in audience",
        ClaimsError::NotYetValid => "JWT not yet valid",
        ClaimsError::Parsing => "Parsing claims failed",
    }
}

/// 401 with a challenge that repeats the message. None of the messages needs escaping.
fn invalid_token(code: &'static str, message: String) -> Answer {
    let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{message}\"");
    Answer::new(401, code, message).with_header("WWW-Authenticate", challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Status, challenge and body.
    fn answered(error: Error) -> (u16, Option<String>, String) {
        let response = crate::rest::error::Error::from(error).into_response();
        (
            response.status,
            response.header("WWW-Authenticate").map(str::to_owned),
            String::from_utf8_lossy(&response.body).into_owned(),
        )
    }

    fn challenge(description: &str) -> String {
        format!(r#"Bearer error="invalid_token", error_description="{description}""#)
    }

    #[test]
    fn a_token_that_cannot_be_read_is_pgrst301() {
        let cases = [
            (
                DecodeError::BadAlgorithm("none".to_owned()),
                r#""none""#,
                "Wrong or unsupported encoding algorithm",
            ),
            (
                DecodeError::BadCrypto,
                "null",
                "JWT cryptographic operation failed",
            ),
            (
                DecodeError::EmptyAuthHeader,
                "null",
                "Empty JWT is sent in Authorization header",
            ),
            (
                DecodeError::Key("k".to_owned()),
                r#""k""#,
                "No suitable key or wrong key type",
            ),
            (
                DecodeError::UnexpectedParts(1),
                "null",
                "Expected 3 parts in JWT; got 1",
            ),
        ];
        for (error, details, message) in cases {
            let body = format!(
                r#"{{"code":"PGRST301","details":{details},"hint":null,"message":"{message}"}}"#
            );
            assert_eq!(
                answered(Error::Decode(error)),
                (401, Some(challenge(message)), body)
            );
        }
    }

    #[test]
    fn a_claim_that_is_not_good_is_pgrst303() {
        let cases = [
            (
                ClaimsError::AudNotStringOrArray,
                "The JWT 'aud' claim must be a string or an array of strings",
            ),
            (ClaimsError::Expired, "JWT expired"),
            (
                ClaimsError::ExpNotNumber,
                "The JWT 'exp' claim must be a number",
            ),
            (
                ClaimsError::IatNotNumber,
                "The JWT 'iat' claim must be a number",
            ),
            (ClaimsError::IssuedAtFuture, "JWT issued at future"),
            (
                ClaimsError::NbfNotNumber,
                "The JWT 'nbf' claim must be a number",
            ),
            (ClaimsError::NotInAudience, "JWT not in audience"),
            (ClaimsError::NotYetValid, "JWT not yet valid"),
            (ClaimsError::Parsing, "Parsing claims failed"),
        ];
        for (error, message) in cases {
            let body = format!(
                r#"{{"code":"PGRST303","details":null,"hint":null,"message":"{message}"}}"#
            );
            assert_eq!(
                answered(Error::Claims(error)),
                (401, Some(challenge(message)), body)
            );
        }
    }

    #[test]
    fn a_missing_secret_is_no_fault_of_the_caller() {
        assert_eq!(answered(Error::SecretMissing), (500, None, r#"{"code":"PGRST300","details":null,"hint":null,"message":"Server lacks JWT secret"}"#.to_owned()));
    }

    #[test]
    fn a_missing_token_is_challenged() {
        assert_eq!(answered(Error::TokenRequired), (401, Some("Bearer".to_owned()), r#"{"code":"PGRST302","details":null,"hint":null,"message":"Anonymous access is disabled"}"#.to_owned()));
    }
}
