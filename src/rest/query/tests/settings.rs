//! What comes before the main statement.
#![forbid(unsafe_code)]

use super::super::settings::{render_pre_request, render_settings};
use super::*;

#[test]
fn a_plain_request_sets_the_seven_that_are_always_set() {
    let request = ApiRequest {
        headers: vec![
            ("accept".to_owned(), "*/*".to_owned()),
            ("x".to_owned(), "first".to_owned()),
            ("x".to_owned(), "a\"b\\é\n".to_owned()),
        ],
        cookies: vec![("c".to_owned(), "1".to_owned())],
        schema: "te\"st".to_owned(),
        ..request()
    };
    let config = Config::default();
    assert_sql(
        &render_settings(
            None,
            &request,
            &config,
            &SchemaCache::default(),
            &caller(),
            false,
        ),
        "select set_config('search_path', $1, true), set_config('role', $2, true), set_config('request.jwt.claims', $3, true), set_config('request.method', $4, true), set_config('request.path', $5, true), set_config('request.headers', $6, true), set_config('request.cookies', $7, true)",
        &[
            r#""te""st", "public""#,
            "anon",
            r#"{"role":"anon"}"#,
            "GET",
            "/projects",
            r#"{"accept":"*/*","x":"a\"b\\é\n"}"#,
            r#"{"c":"1"}"#,
        ],
    );
}

#[test]
fn settings_come_in_the_order_role_request_timezone_function_application() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let cache = SchemaCache {
        role_settings: [("anon".to_owned(), vec![pair("work_mem", "8MB")])].into(),
        timezones: ["America/Lima".to_owned()].into(),
        ..SchemaCache::default()
    };
    let mut request = request();
    request.preferences.timezone = Some("America/Lima".to_owned());
    let config = Config {
        app_settings: [pair("secret", "s")].into(),
        extra_search_path: Vec::new(),
        ..Config::default()
    };
    let mut routine = scalar_routine("f");
    routine.settings = vec![pair("statement_timeout", "5s")];
    assert_sql(
        &render_settings(Some(&routine), &request, &config, &cache, &caller(), false),
        "select set_config('search_path', $1, true), set_config('work_mem', $2, true), set_config('role', $3, true), set_config('request.jwt.claims', $4, true), set_config('request.method', $5, true), set_config('request.path', $6, true), set_config('request.headers', $7, true), set_config('request.cookies', $8, true), set_config('timezone', $9, true), set_config('statement_timeout', $10, true), set_config('app.settings.secret', $11, true)",
        &[
            r#""test""#,
            "8MB",
            "anon",
            r#"{"role":"anon"}"#,
            "GET",
            "/projects",
            "{}",
            "{}",
            "America/Lima",
            "5s",
            "s",
        ],
    );
}

#[test]
fn a_timezone_that_nobody_knows_is_not_set() {
    let mut request = request();
    request.preferences.timezone = Some("Jupiter/Red_Spot".to_owned());
    let config = Config::default();
    let statement = render_settings(
        None,
        &request,
        &config,
        &SchemaCache::default(),
        &caller(),
        false,
    );
    assert!(!statement.sql.contains("timezone"));
}

#[test]
fn the_pre_request_function_may_have_a_schema() {
    let sql = |name: &str| {
        let config = Config {
            pre_request: Some(name.to_owned()),
            ..Config::default()
        };
        render_pre_request(&config).map(|statement| statement.sql)
    };
    assert_eq!(sql("check").as_deref(), Some(r#"select "check"()"#));
    assert_eq!(
        sql("private.che\"ck").as_deref(),
        Some(r#"select "private"."che""ck"()"#)
    );
    assert_eq!(render_pre_request(&Config::default()), None);
}
