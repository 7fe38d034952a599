//! Headers and settings, and who the caller is by them.
#![forbid(unsafe_code)]

use std::time::Instant;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::{Authenticator, ConfigError};
use crate::jwt::{ClaimsError, DecodeError, Error, KeyError};
use crate::rest::config::Config;

const NOW: i64 = 1_700_000_000;
const SECRET: &str = "reallyreallyreallyreallyverysafe";

fn config() -> Config {
    Config {
        anon_role: Some("anon".to_owned()),
        jwt_secret: Some(SECRET.to_owned()),
        ..Config::default()
    }
}

fn token(claims: &Value) -> String {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
}

fn headers(authorization: &str) -> Vec<(String, String)> {
    vec![("authorization".to_owned(), authorization.to_owned())]
}

/// Role, claims and whether the caller is authenticated.
type Answer = (String, String, bool);

fn ask(config: &Config, headers: &[(String, String)]) -> Result<Answer, Error> {
    let authenticator = Authenticator::new(config).unwrap();
    let first = authenticator.authenticate(headers, NOW);
    let second = authenticator.authenticate(headers, NOW);
    assert_eq!(
        format!("{first:?}"),
        format!("{second:?}"),
        "the cache must not change an answer"
    );
    first.map(|caller| {
        (
            caller.role.clone(),
            caller.claims.clone(),
            caller.authenticated,
        )
    })
}

fn ask_with(config: &Config, claims: &Value) -> Result<Answer, Error> {
    ask(config, &headers(&format!("Bearer {}", token(claims))))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is compared with an answer, which may be an error"
)]
fn caller(role: &str, claims: &str, authenticated: bool) -> Result<Answer, Error> {
    Ok((role.to_owned(), claims.to_owned(), authenticated))
}

#[test]
fn without_a_token_the_caller_is_anonymous() {
    let anonymous = caller("anon", r#"{"role":"anon"}"#, false);
    assert_eq!(ask(&config(), &[]), anonymous);
    for other in [
        "",
        "Basic YTpi",
        "Bearertoken",
        "Token x",
        " Bearer x",
        "Bearer,x",
    ] {
        assert_eq!(ask(&config(), &headers(other)), anonymous, "{other}");
    }
    let nobody = Config {
        anon_role: None,
        ..config()
    };
    assert_eq!(ask(&nobody, &[]), Err(Error::TokenRequired));
    let nobody = Config {
        anon_role: Some(String::new()),
        ..config()
    };
    assert_eq!(ask(&nobody, &[]), Err(Error::TokenRequired));
}

#[test]
fn the_scheme_may_be_in_any_case_and_blanks_may_follow_it() {
    let token = token(&json!({"role": "author"}));
    for scheme in ["Bearer ", "bearer ", "BEARER\t", "bEaReR   "] {
        assert_eq!(
            ask(&config(), &headers(&format!("{scheme}{token}"))),
            caller("author", r#"{"role":"author"}"#, true),
            "{scheme}"
        );
    }
    let blank_after = headers(&format!("Bearer {token} "));
    let bad = Err(Error::Decode(DecodeError::BadCrypto));
    assert_eq!(ask(&config(), &blank_after), bad);
}

#[test]
fn only_the_first_authorization_header_counts() {
    let mut both = headers("Basic YTpi");
    both.extend(headers(&format!(
        "Bearer {}",
        token(&json!({"role": "author"}))
    )));
    assert_eq!(
        ask(&config(), &both),
        caller("anon", r#"{"role":"anon"}"#, false)
    );
}

#[test]
fn an_empty_token_is_refused_and_without_a_secret_any() {
    let empty = Err(Error::Decode(DecodeError::EmptyAuthHeader));
    assert_eq!(ask(&config(), &headers("Bearer")), empty);
    assert_eq!(ask(&config(), &headers("Bearer   ")), empty);
    let lacking = Config {
        jwt_secret: None,
        ..config()
    };
    for value in ["Bearer", "Bearer x", "bearer a.b.c"] {
        assert_eq!(
            ask(&lacking, &headers(value)),
            Err(Error::SecretMissing),
            "{value}"
        );
    }
    assert!(ask(&lacking, &[]).is_ok());
}

#[test]
fn the_role_is_that_of_the_claim_and_stands_in_the_claims() {
    assert_eq!(
        ask_with(&config(), &json!({"sub": "1", "role": "author"})),
        caller("author", r#"{"role":"author","sub":"1"}"#, true)
    );
    assert_eq!(
        ask_with(&config(), &json!({"sub": "1"})),
        caller("anon", r#"{"role":"anon","sub":"1"}"#, false)
    );
    assert_eq!(
        ask_with(&config(), &json!({"role": "anon"})),
        caller("anon", r#"{"role":"anon"}"#, false)
    );
    let path = Config {
        jwt_role_claim_key: ".app.roles[1]".to_owned(),
        ..config()
    };
    assert_eq!(
        ask_with(&path, &json!({"role": "x", "app": {"roles": ["a", "b"]}})),
        caller("b", r#"{"app":{"roles":["a","b"]},"role":"b"}"#, true)
    );
}

#[test]
fn a_role_that_is_no_string_is_taken_as_json() {
    for (claim, role) in [
        (json!(1), "1"),
        (json!(true), "true"),
        (json!(null), "null"),
        (json!(["b", {"d": 1, "c": 2}]), r#"["b",{"c":2,"d":1}]"#),
        (json!(""), ""),
    ] {
        let answer = ask_with(&config(), &json!({"role": claim})).unwrap();
        assert_eq!(answer.0, role);
        assert_eq!(answer.1, json!({"role": role}).to_string());
        assert!(answer.2);
    }
}

#[test]
fn a_token_without_a_role_needs_an_anonymous_one() {
    let nobody = Config {
        anon_role: None,
        ..config()
    };
    assert_eq!(
        ask_with(&nobody, &json!({"sub": "1"})),
        Err(Error::TokenRequired)
    );
    let expired = Err(Error::Claims(ClaimsError::Expired));
    assert_eq!(ask_with(&nobody, &json!({"exp": 1})), expired);
    assert_eq!(
        ask_with(&nobody, &json!({"role": "author"})),
        caller("author", r#"{"role":"author"}"#, true)
    );
}

#[test]
fn the_audience_is_that_of_the_settings() {
    let config = Config {
        jwt_aud: Some("me".to_owned()),
        ..config()
    };
    assert!(ask_with(&config, &json!({"aud": "me"})).is_ok());
    assert_eq!(
        ask_with(&config, &json!({"aud": "you"})),
        Err(Error::Claims(ClaimsError::NotInAudience))
    );
    let unset = Config {
        jwt_aud: Some(String::new()),
        ..config
    };
    assert!(ask_with(&unset, &json!({"aud": "you"})).is_ok());
}

#[test]
fn a_token_that_was_good_expires_all_the_same() {
    let authenticator = Authenticator::new(&config()).unwrap();
    let headers = headers(&format!("Bearer {}", token(&json!({"exp": NOW}))));
    assert!(authenticator.authenticate(&headers, NOW + 30).is_ok());
    let later = authenticator.authenticate(&headers, NOW + 31);
    assert_eq!(later.unwrap_err(), Error::Claims(ClaimsError::Expired));
    assert!(authenticator.authenticate(&headers, NOW).is_ok());
}

#[test]
fn settings_that_are_no_good_are_told() {
    let short = Config {
        jwt_secret: Some("short".to_owned()),
        ..config()
    };
    assert_eq!(
        Authenticator::new(&short).unwrap_err(),
        ConfigError::Key(KeyError::TooShort)
    );
    let path = Config {
        jwt_role_claim_key: "role".to_owned(),
        ..config()
    };
    assert!(matches!(
        Authenticator::new(&path),
        Err(ConfigError::Path(_))
    ));
    let empty = Config {
        jwt_role_claim_key: String::new(),
        ..config()
    };
    assert!(Authenticator::new(&empty).is_ok());
}

/// `cargo test --release -- --ignored --nocapture durations` prints how long a request takes.
#[test]
#[ignore = "a measurement"]
#[expect(clippy::print_stderr, reason = "a measurement")]
fn durations() {
    let authenticator = Authenticator::new(&config()).unwrap();
    let claims = json!({
        "aud": "authenticated", "exp": NOW + 3600, "iat": NOW, "role": "authenticated",
        "sub": "c0ffee00-0000-4000-8000-000000000000", "email": "someone@example.com",
        "app_metadata": {"provider": "email", "providers": ["email"]}, "user_metadata": {},
        "aal": "aal1", "amr": [{"method": "password", "timestamp": NOW}], "is_anonymous": false,
        "session_id": "c0ffee00-0000-4000-8000-000000000001",
    });
    let header = headers(&format!("Bearer {}", token(&claims)));
    let keys = authenticator.keys.as_ref().unwrap();
    let token = super::bearer_token(&header).unwrap();
    let rounds = 20_000;
    let start = Instant::now();
    for _ in 0..rounds {
        let claims = keys.decode(std::hint::black_box(token)).unwrap();
        std::hint::black_box(claims.check(None, NOW)).unwrap();
    }
    eprintln!("verified: {:?}", start.elapsed() / rounds);
    let start = Instant::now();
    for _ in 0..rounds {
        authenticator
            .authenticate(std::hint::black_box(&header), NOW)
            .unwrap();
    }
    eprintln!("cached: {:?}", start.elapsed() / rounds);
}
