//! HTTP without a transport: what a service answers, before anyone sends it.
//!
//! The services below the server (REST and its like) return these values, and the server or a
//! binding writes them out.
#![forbid(unsafe_code)]

use bytes::Bytes;

/// An answer. Header names are spelled as they are to be sent; one name may come more than once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    /// The reason phrase; the standard one of the status when absent.
    pub(crate) reason: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl HttpResponse {
    /// The first header of the name, in whatever case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_in_any_case() {
        let response = HttpResponse {
            headers: vec![("Content-Type".to_owned(), "text/csv".to_owned())],
            ..HttpResponse::default()
        };
        assert_eq!(response.header("content-type"), Some("text/csv"));
        assert_eq!(response.header("Location"), None);
    }
}
