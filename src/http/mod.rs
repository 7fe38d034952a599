//! HTTP without a transport: what a service answers, before anyone sends it.
//!
//! The services below the server (REST and its like) return these values, and the server or a
//! binding writes them out.
#![forbid(unsafe_code)]

mod request;

use bytes::Bytes;

pub(crate) use request::HttpRequest;

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
    #[cfg(test)]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Takes out what would break the message: headers whose name is none are left out, and CR, LF
    /// and NUL in values and in the reason become spaces, as RFC 9110, section 5.5, has it.
    pub(crate) fn clean(&mut self) {
        self.headers.retain(|(name, _)| is_header_name(name));
        let values = self.headers.iter_mut().map(|(_, value)| value);
        for value in values.chain(self.reason.as_mut()) {
            if value.bytes().any(breaks_lines) {
                *value = value.replace(['\r', '\n', '\0'], " ");
            }
        }
    }
}

const fn breaks_lines(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | 0)
}

/// A token of RFC 9110, section 5.6.2.
fn is_header_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token)
}

#[cfg(test)]
mod tests {
    use super::HttpResponse;

    #[test]
    fn a_header_is_found_in_any_case() {
        let response = HttpResponse {
            headers: vec![("Content-Type".to_owned(), "text/csv".to_owned())],
            ..HttpResponse::default()
        };
        assert_eq!(response.header("content-type"), Some("text/csv"));
        assert_eq!(response.header("Location"), None);
    }

    #[test]
    fn nothing_of_a_value_ends_its_line() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut response = HttpResponse {
            reason: Some("a\r\nb".to_owned()),
            headers: vec![
                header("X-A", "b\r\nSet-Cookie: c\0é\t"),
                header("X B", "c"),
                header("", "d"),
                header("X:", "e"),
                header("x_1", "f"),
            ],
            ..HttpResponse::default()
        };
        response.clean();
        assert_eq!(response.reason.as_deref(), Some("a  b"));
        assert_eq!(
            response.headers,
            [header("X-A", "b  Set-Cookie: c é\t"), header("x_1", "f")]
        );
    }
}
