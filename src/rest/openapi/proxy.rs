//! Where the API is reached, as the description says it.
#![forbid(unsafe_code)]

use http::Uri;

use crate::rest::config::Config;

/// Scheme, host, port and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) scheme: &'static str,
    pub(super) host: String,
    pub(super) port: u64,
    pub(super) path: String,
}

impl Server {
    /// What `openapi-server-proxy-uri` names, else PostgREST's default address.
    pub(super) fn of(config: &Config) -> Self {
        config
            .openapi_server_proxy_uri
            .as_deref()
            .and_then(parse_uri)
            .unwrap_or_else(|| Self {
                scheme: "http",
                host: "0.0.0.0".to_owned(),
                port: 3000,
                path: "/".to_owned(),
            })
    }
}

fn parse_uri(text: &str) -> Option<Server> {
    let uri: Uri = text.parse().ok()?;
    let scheme = match uri.scheme_str()? {
        scheme if scheme.eq_ignore_ascii_case("http") => "http",
        scheme if scheme.eq_ignore_ascii_case("https") => "https",
        _ => return None,
    };
    let default_port = if scheme == "http" { 80 } else { 443 };
    let path = uri.path();
    Some(Server {
        scheme,
        host: uri.host()?.to_owned(),
        port: uri.port_u16().map_or(default_port, u64::from),
        path: if path.is_empty() { "/" } else { path }.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(uri: Option<&str>) -> (String, String) {
        let config = Config {
            openapi_server_proxy_uri: uri.map(str::to_owned),
            ..Config::default()
        };
        let Server {
            scheme,
            host,
            port,
            path,
        } = Server::of(&config);
        (format!("{scheme}://{host}:{port}"), path)
    }

    #[test]
    fn the_port_is_that_of_the_scheme_unless_it_is_given() {
        let at = |address: &str, path: &str| (address.to_owned(), path.to_owned());
        assert_eq!(
            server(Some("https://example.com")),
            at("https://example.com:443", "/")
        );
        assert_eq!(
            server(Some("http://example.com/api")),
            at("http://example.com:80", "/api")
        );
        assert_eq!(
            server(Some("HTTPS://h:8443/a/b")),
            at("https://h:8443", "/a/b")
        );
    }

    #[test]
    fn an_address_that_cannot_be_used_counts_as_none() {
        let default = ("http://0.0.0.0:3000".to_owned(), "/".to_owned());
        for uri in [
            None,
            Some(""),
            Some("ftp://example.com"),
            Some("/api"),
            Some("http://"),
        ] {
            assert_eq!(server(uri), default, "{uri:?}");
        }
    }
}
