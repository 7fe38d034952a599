//! What a fuzzer runs: one function for each target, which panics when something is wrong.
//!
//! In: any bytes. Out: nothing. The addon is a library for Node with an engine in it; here are its pure modules alone,
//! included by their paths.
#![forbid(unsafe_code)]
#![allow(
    dead_code,
    unused_imports,
    clippy::panic,
    reason = "the modules are made for the addon, and a target reports by a panic"
)]

#[path = "../../src/http/mod.rs"]
mod http;
#[path = "../../src/jwt/mod.rs"]
mod jwt;
#[path = "../../src/protocol/mod.rs"]
mod protocol;
#[path = "../../src/sql/mod.rs"]
mod sql;

/// All of REST but the service, which has a database.
#[path = "../../src/rest"]
mod rest {
    pub(crate) mod api_request;
    pub(crate) mod auth;
    pub(crate) mod config;
    pub(crate) mod error;
    pub(crate) mod identifiers;
    pub(crate) mod media_type;
    pub(crate) mod openapi;
    pub(crate) mod plan;
    pub(crate) mod query;
    pub(crate) mod range;
    pub(crate) mod response;
    pub(crate) mod schema_cache;
}

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Map, Value, json};

use jwt::Keys;
use protocol::frontend::{
    Frames, Frontend, call_arguments, encode_bind, encode_close, encode_copy_data,
    encode_copy_fail, encode_describe, encode_parse, encode_query, encode_sync, frame_length,
    sasl_initial_response,
};
use protocol::startup::{Startup, decode_startup, options, startup_length};
use rest::api_request::ApiRequest;
use rest::auth::Authenticator;
use rest::auth::jspath::JsPath;
use rest::config::Config;

/// A request as text (see [`Request`]): above all its query string.
pub fn query(input: &[u8]) {
    parse_request(input, "GET");
}

/// A request as text (see [`Request`]): above all its body, in the type that its headers name.
pub fn payload(input: &[u8]) {
    parse_request(input, "POST");
}

/// A token. What begins with a brace is taken for claims, which are signed first.
///
/// No token may be good that was not signed, and the claims of one that is good are written in one way only.
pub fn token(input: &[u8]) {
    if input.first() == Some(&b'{') {
        return claims(input);
    }
    let Ok(token) = std::str::from_utf8(input) else {
        return;
    };
    let good = KEYS
        .decode(token)
        .is_ok_and(|claims| claims.check(Some("me"), NOW).is_ok());
    let message = token.rsplit_once('.').map(|(message, _)| message);
    let is_signed = SIGNED.iter().any(|signed| Some(*signed) == message);
    assert!(!good || is_signed, "a forged token is good: {token}");
    let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
    let known = AUTHENTICATOR.authenticate(&headers, NOW).is_ok();
    let again = AUTHENTICATOR.authenticate(&headers, NOW).is_ok();
    assert_eq!(known, again, "the cache changes an answer: {token}");
}

/// A path into claims; any path that can be read can be followed.
pub fn jspath(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    if let Ok(path) = JsPath::parse(text) {
        path.find(&CLAIMS);
    }
}

/// The first packet of a connection, and the `options` inside it.
///
/// A packet that is taken has the length that it says, and the settings of its options have names.
pub fn startup(input: &[u8]) {
    let length = startup_length(input);
    let Ok(packet) = decode_startup(input) else {
        return;
    };
    assert_eq!(length, Ok(Some(input.len())), "{packet:?}");
    let Startup::Startup(message) = packet else {
        return;
    };
    for (name, value) in &message.parameters {
        assert!(!name.is_empty(), "{message:?}");
        assert!(message.get(name).is_some(), "{message:?}");
        let settings = options(value).unwrap_or_default();
        assert!(settings.iter().all(|(name, _)| !name.is_empty()), "{value}");
    }
}

/// What a client sends once its session has begun.
///
/// However the bytes are cut, they are the same messages; one that can be read is written in one way only.
pub fn frontend(input: &[u8]) {
    let mut frames = Frames::new(input);
    let whole: Vec<_> = frames.by_ref().collect();
    let rest = &input[frames.rest()..];
    assert!(!matches!(frame_length(rest), Ok(Some(length)) if length <= rest.len()));
    let half = input.len() / 2;
    let mut cut = Frames::new(&input[..half]);
    let first = cut.by_ref().count();
    let second = Frames::new(&input[cut.rest()..]).count();
    assert_eq!(first + second, whole.len());
    for frame in whole {
        let _ = call_arguments(frame.body);
        let _ = sasl_initial_response(frame.body);
        let Ok(message) = Frontend::decode(frame.tag, frame.body) else {
            continue;
        };
        if let Some(written) = write(message) {
            assert_eq!(written, frame.bytes, "{message:?}");
        }
    }
}

/// A message as bytes, where there is an encoder for it.
fn write(message: Frontend<'_>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match message {
        Frontend::Parse(parse) => encode_parse(&mut out, parse.name, parse.text, parse.types),
        Frontend::Bind(bind) => encode_bind(&mut out, bind.portal, bind.statement, bind.rest),
        Frontend::Describe { kind, name } => encode_describe(&mut out, kind, name),
        Frontend::Close { kind, name } => encode_close(&mut out, kind, name),
        Frontend::Query(text) => encode_query(&mut out, text),
        Frontend::Sync => encode_sync(&mut out),
        Frontend::CopyData(bytes) => encode_copy_data(&mut out, bytes),
        Frontend::CopyFail(reason) => encode_copy_fail(&mut out, reason),
        _ => return None,
    }
    Some(out)
}

/// Runs the files that are named on the command line.
pub fn run_files(target: fn(&[u8])) -> std::io::Result<()> {
    for path in std::env::args_os().skip(1) {
        target(&std::fs::read(path)?);
    }
    Ok(())
}

fn claims(payload: &[u8]) {
    let message = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(payload));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256)
        .unwrap_or_else(|error| panic!("{error}"));
    let Ok(claims) = KEYS.decode(&format!("{message}.{signature}")) else {
        return;
    };
    let _ = claims.check(Some("me"), NOW);
    let text = claims.text_with_role("a\"role");
    let value: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    assert_eq!(value.get("role"), Some(&Value::from("a\"role")), "{text}");
    let headers = [(
        "authorization".to_owned(),
        format!("bearer {message}.{signature}"),
    )];
    let _ = AUTHENTICATOR.authenticate(&headers, NOW);
}

fn parse_request(input: &[u8], method: &str) {
    let Some(request) = Request::read(input) else {
        return;
    };
    let Ok(method) = request.method.unwrap_or(method).parse() else {
        return;
    };
    let body = Bytes::copy_from_slice(request.body);
    // An error is as good as a request; only a panic is not.
    drop(ApiRequest::parse(
        &CONFIG,
        &method,
        request.target,
        &request.headers,
        body,
    ));
}

/// A request as text: `target` or `METHOD target`, a line for each header, an empty line, the body.
struct Request<'a> {
    method: Option<&'a str>,
    target: &'a str,
    headers: Vec<(String, String)>,
    body: &'a [u8],
}

impl<'a> Request<'a> {
    fn read(input: &'a [u8]) -> Option<Self> {
        let end = input.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = end.map_or((input, &[][..]), |end| (&input[..end], &input[end + 2..]));
        let mut lines = std::str::from_utf8(head).ok()?.lines();
        let first = lines.next()?;
        let (method, target) = match first.split_once(' ') {
            Some((method, target)) => (Some(method), target),
            None => (None, first),
        };
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Some(Self {
            method,
            target,
            headers,
            body,
        })
    }
}

static CONFIG: LazyLock<Config> = LazyLock::new(|| Config {
    schemas: vec!["public".to_owned(), "private".to_owned()],
    anon_role: Some("anon".to_owned()),
    jwt_aud: Some("me".to_owned()),
    jwt_secret: Some(SECRET.to_owned()),
    aggregates_enabled: true,
    ..Config::default()
});

static KEYS: LazyLock<Keys> =
    LazyLock::new(|| Keys::parse(SECRET, false).unwrap_or_else(|error| panic!("{error}")));

static AUTHENTICATOR: LazyLock<Authenticator> =
    LazyLock::new(|| Authenticator::new(&CONFIG).unwrap_or_else(|error| panic!("{error}")));

static CLAIMS: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    let claims = json!({
        "role": "author", "": [[], {}, 1, null], "roles": ["other", "author", 1, ""],
        "app": {"roles": [{"name": "author"}]}, "https://example.com/role": "author",
    });
    claims.as_object().cloned().unwrap_or_default()
});

const NOW: i64 = 1_700_000_000;

const SECRET: &str = "reallyreallyreallyreallyverysafe";

/// `{"alg":"HS256"}`
const HEADER: &str = "eyJhbGciOiJIUzI1NiJ9";

/// What the tokens of the corpus sign with the secret above.
const SIGNED: [&str; 2] = [
    "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYXV0aG9yIiwic3ViIjoiMSJ9",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJmdW4iLCJqdGkiOiJmb28iLCJuYmYiOjEzMDA4MTkzODAsImV4cCI6OTk5OTk5OTk5OSwiaHR0cDovL3Bvc3RncmVzdC5jb20vZm9vIjp0cnVlLCJpc3MiOiJqb2UiLCJyb2xlIjoicG9zdGdyZXN0X3Rlc3RfYXV0aG9yIiwiaWF0IjoxMzAwODE5MzgwfQ",
];
