//! What is measured: a request of supabase-js, from its text to the SQL of its transaction.
//!
//! In: a request. Out: statements. The addon is a library for Node with an engine in it; here are its pure modules
//! alone, included by their paths.
#![forbid(unsafe_code)]
#![allow(
    dead_code,
    unused_imports,
    clippy::panic,
    reason = "the modules are made for the addon, and a bench reports by a panic"
)]

#[path = "../../../src/http/mod.rs"]
mod http;
#[path = "../../../src/jwt/mod.rs"]
mod jwt;
#[path = "../../../src/protocol/mod.rs"]
mod protocol;
mod rest;
mod schema;
#[path = "../../../src/sql/mod.rs"]
mod sql;

use bytes::Bytes;

use rest::api_request::ApiRequest;
use rest::config::Config;
use rest::plan::Plan;
use rest::query::{Caller, Query};
use rest::schema_cache::SchemaCache;

/// A service's settings and what it knows of its database.
#[derive(Debug)]
pub struct Planner {
    config: Config,
    cache: SchemaCache,
    caller: Caller,
}

/// A request as the gateway hands it over, the path of the service taken off.
#[derive(Debug)]
pub struct Request {
    method: ::http::Method,
    target: &'static str,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Request {
    /// A request with the headers of supabase-js and some more, their names in lower case.
    pub fn new(method: &str, target: &'static str, more: &[(&str, &str)], body: &str) -> Self {
        let headers = HEADERS.iter().chain(more);
        Self {
            method: method
                .parse()
                .unwrap_or_else(|error| panic!("{method}: {error}")),
            target,
            headers: headers
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }
}

impl Default for Planner {
    fn default() -> Self {
        let config = Config {
            schemas: vec!["public".to_owned(), "graphql_public".to_owned()],
            extra_search_path: vec!["public".to_owned(), "extensions".to_owned()],
            anon_role: Some("anon".to_owned()),
            ..Config::default()
        };
        Self {
            cache: schema::cache(&config),
            config,
            caller: Caller {
                role: "anon".to_owned(),
                claims: r#"{"iss":"supabase-demo","role":"anon","exp":1983812996}"#.to_owned(),
                authenticated: true,
            },
        }
    }
}

impl Planner {
    /// Parses, plans and renders a request. Returns the text of its main statement.
    pub fn plan(&self, request: &Request) -> String {
        let Self {
            config,
            cache,
            caller,
        } = self;
        let Request {
            method,
            target,
            headers,
            body,
        } = request;
        let parsed = ApiRequest::parse(config, method, target, headers, body.clone())
            .unwrap_or_else(|error| panic!("{target}: {error:?}"));
        let plan =
            Plan::new(&parsed, config, cache).unwrap_or_else(|error| panic!("{target}: {error:?}"));
        let query = Query::render(&plan, &parsed, config, cache, caller)
            .unwrap_or_else(|error| panic!("{target}: {error:?}"));
        query.unwrap_or_else(|| panic!("{target}: no SQL")).main.sql
    }
}

/// What supabase-js sends with every request.
const HEADERS: [(&str, &str); 4] = [
    ("accept", "application/json"),
    ("apikey", KEY),
    ("authorization", BEARER),
    ("x-client-info", "supabase-js-node/2.119.1"),
];

/// The public key of every local project of Supabase's CLI.
const KEY: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9.CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0";

const BEARER: &str = "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9.CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0";
