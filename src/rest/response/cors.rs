//! Cross-origin requests: answers to preflights, and the headers of all other responses.
//!
//! In: the method and headers of a request. Out: a response before anything else is done, or headers.
//! Mirrors PostgREST v14, Cors.hs, and the middleware that it uses (wai-cors).
#![forbid(unsafe_code)]

use crate::http::HttpResponse;
use crate::rest::config::Config;

/// The answer to a preflight; nothing when the request is none, or asks for what is not allowed.
/// Comes before authentication.
pub(crate) fn preflight(
    config: &Config,
    method: &str,
    headers: &[(String, String)],
) -> Option<HttpResponse> {
    if method != "OPTIONS" {
        return None;
    }
    let mut answered = allow_origin(config, headers)?;
    let wanted = header(headers, "access-control-request-method")?;
    if !METHODS.contains(&wanted) {
        return None;
    }
    answered.push((
        "Access-Control-Allow-Methods".to_owned(),
        METHODS.join(", "),
    ));
    if let Some(names) = header(headers, "access-control-request-headers") {
        let allowed = allow_headers(names)?;
        answered.push(("Access-Control-Allow-Headers".to_owned(), allowed));
    }
    answered.push(("Access-Control-Max-Age".to_owned(), "86400".to_owned()));
    Some(HttpResponse {
        status: 200,
        headers: answered,
        ..HttpResponse::default()
    })
}

/// Appends what a browser needs to hand a response to a page of another origin. An `OPTIONS` that
/// is no preflight gets nothing.
pub(super) fn add_headers(
    response: &mut HttpResponse,
    config: &Config,
    method: &str,
    headers: &[(String, String)],
) {
    if method == "OPTIONS" {
        return;
    }
    if let Some(common) = allow_origin(config, headers) {
        response.headers.extend(common);
        response.headers.push((
            "Access-Control-Expose-Headers".to_owned(),
            EXPOSED.to_owned(),
        ));
    }
}

/// Which origin may read the response; nothing without an origin, or for one that is not allowed.
fn allow_origin(config: &Config, headers: &[(String, String)]) -> Option<Vec<(String, String)>> {
    let origin = header(headers, "origin")?;
    let upgrade = header(headers, "upgrade").unwrap_or_default();
    if upgrade.eq_ignore_ascii_case("websocket") {
        return None;
    }
    let allow = |value: &str| ("Access-Control-Allow-Origin".to_owned(), value.to_owned());
    match config.server_cors_allowed_origins.as_deref() {
        None | Some([]) => Some(vec![allow("*")]),
        Some(origins) if origins.iter().any(|allowed| allowed == origin) => Some(vec![
            allow(origin),
            (
                "Access-Control-Allow-Credentials".to_owned(),
                "true".to_owned(),
            ),
        ]),
        Some(_) => None,
    }
}

/// All that is asked for is allowed, as long as it reads as a list of names.
fn allow_headers(names: &str) -> Option<String> {
    let wanted: Vec<&str> = if names.is_empty() {
        Vec::new()
    } else {
        names.split(',').map(str::trim).collect()
    };
    if !is_name_list(names, &wanted) {
        return None;
    }
    let simple = ["Accept", "Accept-Language", "Content-Language"]
        .into_iter()
        .filter(|name| {
            !wanted
                .iter()
                .any(|wanted| wanted.eq_ignore_ascii_case(name))
        });
    let allowed: Vec<&str> = ["Authorization"]
        .into_iter()
        .chain(wanted.iter().copied())
        .chain(simple)
        .collect();
    Some(allowed.join(", "))
}

/// The parser of the middleware stops before a name that has a space in front or is empty, and takes
/// what it has read; each name that it did read must be one of those between the commas.
fn is_name_list(names: &str, wanted: &[&str]) -> bool {
    let mut rest = names.trim_start();
    loop {
        let end = rest.find(|at| !is_name_char(at)).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        if name.is_empty() {
            return true;
        }
        if !wanted
            .iter()
            .any(|wanted| wanted.eq_ignore_ascii_case(name))
        {
            return false;
        }
        match behind.trim_start().strip_prefix(',') {
            Some(next) => rest = next,
            None => return true,
        }
    }
}

const fn is_name_char(at: char) -> bool {
    matches!(at, '!'..='~')
        && !matches!(
            at,
            '(' | ')'
                | '<'
                | '>'
                | '@'
                | ','
                | ';'
                | ':'
                | '\\'
                | '"'
                | '/'
                | '['
                | ']'
                | '?'
                | '='
                | '{'
                | '}'
        )
}

/// The first header of a name in lower case.
pub(super) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

const METHODS: [&str; 7] = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"];

const EXPOSED: &str = "Content-Encoding, Content-Location, Content-Range, Content-Type, \
                       Date, Location, Server, Transfer-Encoding, Range-Unit";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::response::sample::headers;

    fn only(origins: &[&str]) -> Config {
        Config {
            server_cors_allowed_origins: Some(
                origins.iter().map(|origin| (*origin).to_owned()).collect(),
            ),
            ..Config::default()
        }
    }

    fn asked(config: &Config, request: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        let response = preflight(config, "OPTIONS", &headers(request))?;
        assert_eq!((response.status, response.body.len()), (200, 0));
        Some(response.headers)
    }

    fn added(config: &Config, method: &str, request: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut response = HttpResponse::default();
        add_headers(&mut response, config, method, &headers(request));
        response.headers
    }

    #[test]
    fn a_preflight_is_answered_without_asking_who() {
        let request = [
            ("origin", "http://example.com"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "Foo,Bar"),
        ];
        assert_eq!(
            asked(&Config::default(), &request),
            Some(headers(&[
                ("Access-Control-Allow-Origin", "*"),
                (
                    "Access-Control-Allow-Methods",
                    "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"
                ),
                (
                    "Access-Control-Allow-Headers",
                    "Authorization, Foo, Bar, Accept, Accept-Language, Content-Language"
                ),
                ("Access-Control-Max-Age", "86400"),
            ]))
        );
    }

    #[test]
    fn without_wanted_headers_none_are_named() {
        let request = [
            ("origin", "null"),
            ("access-control-request-method", "HEAD"),
        ];
        let names: Option<Vec<String>> = asked(&Config::default(), &request)
            .map(|headers| headers.into_iter().map(|(name, _)| name).collect());
        assert_eq!(
            names,
            Some(vec![
                "Access-Control-Allow-Origin".to_owned(),
                "Access-Control-Allow-Methods".to_owned(),
                "Access-Control-Max-Age".to_owned(),
            ])
        );
    }

    #[test]
    fn what_is_no_preflight_goes_on() {
        let method = ("access-control-request-method", "GET");
        let origin = ("origin", "http://a");
        let config = Config::default();
        assert_eq!(asked(&config, &[method]), None);
        assert_eq!(asked(&config, &[origin]), None);
        let unknown = ("access-control-request-method", "get");
        assert_eq!(asked(&config, &[origin, unknown]), None);
        let websocket = ("upgrade", "WebSocket");
        assert_eq!(asked(&config, &[origin, method, websocket]), None);
        assert!(preflight(&config, "GET", &headers(&[origin, method])).is_none());
    }

    #[test]
    fn wanted_headers_are_repeated_as_written() {
        let allowed = |names| allow_headers(names);
        assert_eq!(
            allowed("authorization, apikey ,content-type").as_deref(),
            Some(
                "Authorization, authorization, apikey, content-type, Accept, Accept-Language, \
                 Content-Language"
            )
        );
        assert_eq!(
            allowed("accept,accept-language").as_deref(),
            Some("Authorization, accept, accept-language, Content-Language")
        );
        assert_eq!(
            allowed("").as_deref(),
            Some("Authorization, Accept, Accept-Language, Content-Language")
        );
        assert_eq!(
            allowed("a,").as_deref(),
            Some("Authorization, a, , Accept, Accept-Language, Content-Language")
        );
        assert_eq!(allowed("a b"), None);
        assert_eq!(allowed("a@b"), None);
        assert_eq!(allowed("a,b@c"), None);
        // The middleware reads no further than to the space.
        assert!(allowed("a, b@c").is_some());
    }

    #[test]
    fn every_other_response_exposes_headers() {
        let request = [("origin", "http://a")];
        assert_eq!(
            added(&Config::default(), "GET", &request),
            headers(&[
                ("Access-Control-Allow-Origin", "*"),
                (
                    "Access-Control-Expose-Headers",
                    "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit"
                ),
            ])
        );
        assert_eq!(added(&Config::default(), "OPTIONS", &request), headers(&[]));
        assert_eq!(added(&Config::default(), "GET", &[]), headers(&[]));
    }

    #[test]
    fn a_list_of_origins_allows_them_with_credentials() {
        let config = only(&["http://a", "http://b"]);
        let first = |request: &[(&str, &str)]| {
            let mut headers = added(&config, "POST", request);
            headers.truncate(2);
            headers
        };
        assert_eq!(
            first(&[("origin", "http://b")]),
            headers(&[
                ("Access-Control-Allow-Origin", "http://b"),
                ("Access-Control-Allow-Credentials", "true"),
            ])
        );
        assert_eq!(first(&[("origin", "http://c")]), headers(&[]));
        let other = [
            ("origin", "http://c"),
            ("access-control-request-method", "GET"),
        ];
        assert_eq!(asked(&config, &other), None);
        assert_eq!(added(&only(&[]), "GET", &[("origin", "http://c")]).len(), 2);
    }
}
