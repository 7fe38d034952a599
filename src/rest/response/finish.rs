//! What is added to every response, be it an error or not.
//!
//! In: a response, and the method and headers of its request. Out: the response to send.
//! Mirrors PostgREST v14, App.hs.
#![forbid(unsafe_code)]

use super::cors;
use crate::http::HttpResponse;
use crate::rest::config::Config;

/// Adds the trace header, `Retry-After` for 503, and what cross-origin requests need.
///
/// Differs from PostgREST: headers that functions set cannot break the message.
pub(crate) fn finish(
    mut response: HttpResponse,
    config: &Config,
    method: &str,
    headers: &[(String, String)],
) -> HttpResponse {
    response.clean();
    if response.status == 503 {
        let retry = ("Retry-After".to_owned(), RETRY_AFTER.to_owned());
        response.headers.insert(0, retry);
    }
    cors::add_headers(&mut response, config, method, headers);
    trace(response, config, headers)
}

/// Adds the trace header alone: that is all that a preflight gets.
pub(crate) fn trace(
    mut response: HttpResponse,
    config: &Config,
    headers: &[(String, String)],
) -> HttpResponse {
    if let Some(name) = &config.server_trace_header {
        let value = cors::header(headers, name).unwrap_or_default().to_owned();
        response.headers.insert(0, (name.clone(), value));
    }
    response
}

/// PostgREST says how long it waits before it connects again; here nobody waits.
const RETRY_AFTER: &str = "0";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::error::Error;
    use crate::rest::response::sample::headers;

    fn traced() -> Config {
        Config {
            server_trace_header: Some("X-Request-Id".to_owned()),
            ..Config::default()
        }
    }

    fn names(response: &HttpResponse) -> Vec<&str> {
        let names = response.headers.iter().map(|(name, _)| name.as_str());
        names.collect()
    }

    #[test]
    fn a_plain_request_gets_nothing() {
        let response = finish(HttpResponse::default(), &Config::default(), "GET", &[]);
        assert_eq!(response, HttpResponse::default());
    }

    #[test]
    fn the_trace_header_is_given_back_or_empty() {
        let sent = headers(&[("x-request-id", "7")]);
        let response = finish(HttpResponse::default(), &traced(), "GET", &sent);
        assert_eq!(response.headers, headers(&[("X-Request-Id", "7")]));
        let response = finish(HttpResponse::default(), &traced(), "GET", &[]);
        assert_eq!(response.headers, headers(&[("X-Request-Id", "")]));
    }

    #[test]
    fn a_header_of_a_function_does_not_break_the_message() {
        let broken = HttpResponse {
            headers: headers(&[("X-A", "b\r\nX-C: d"), ("X E", "f")]),
            ..HttpResponse::default()
        };
        let response = finish(broken, &Config::default(), "GET", &[]);
        assert_eq!(response.headers, headers(&[("X-A", "b  X-C: d")]));
    }

    #[test]
    fn an_error_is_finished_as_anything_else() {
        let sent = headers(&[("origin", "http://a")]);
        let response = finish(
            Error::NoSchemaCache.into_response(),
            &traced(),
            "GET",
            &sent,
        );
        assert_eq!(
            names(&response),
            [
                "X-Request-Id",
                "Retry-After",
                "Content-Type",
                "Content-Length",
                "Proxy-Status",
                "Access-Control-Allow-Origin",
                "Access-Control-Expose-Headers",
            ]
        );
        assert_eq!(response.header("Retry-After"), Some("0"));
    }
}
