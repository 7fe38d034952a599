//! `Server-Timing`: how long the stages of a request took.
//!
//! Mirrors PostgREST v14, Performance.hs; it is off unless `server-timing-enabled`.
#![forbid(unsafe_code)]

use std::time::Duration;

use crate::http::HttpResponse;

/// The stages that PostgREST names, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ServerTiming {
    pub(crate) jwt: Option<Duration>,
    pub(crate) parse: Option<Duration>,
    pub(crate) plan: Option<Duration>,
    pub(crate) transaction: Option<Duration>,
    pub(crate) response: Option<Duration>,
}

impl ServerTiming {
    /// The value of the header, in milliseconds with one decimal.
    pub(crate) fn render(&self) -> String {
        [
            ("jwt", self.jwt),
            ("parse", self.parse),
            ("plan", self.plan),
            ("transaction", self.transaction),
            ("response", self.response),
        ]
        .into_iter()
        .filter_map(|(name, took)| Some((name, took?.as_secs_f64() * 1000.0)))
        .map(|(name, took)| format!("{name};dur={took:.1}"))
        .collect::<Vec<_>>()
        .join(", ")
    }

    /// Appends the header to a response that succeeded.
    pub(crate) fn add_to(&self, response: &mut HttpResponse) {
        let header = ("Server-Timing".to_owned(), self.render());
        response.headers.push(header);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_have_an_order_and_one_decimal() {
        let took = |micros| Some(Duration::from_micros(micros));
        let timing = ServerTiming {
            response: took(300),
            plan: took(100),
            jwt: took(400),
            parse: took(12_345),
            transaction: took(200),
        };
        assert_eq!(
            timing.render(),
            "jwt;dur=0.4, parse;dur=12.3, plan;dur=0.1, transaction;dur=0.2, response;dur=0.3"
        );
    }

    #[test]
    fn a_stage_that_was_not_measured_is_left_out() {
        let timing = ServerTiming {
            plan: Some(Duration::ZERO),
            ..ServerTiming::default()
        };
        let mut response = HttpResponse::default();
        timing.add_to(&mut response);
        assert_eq!(response.header("Server-Timing"), Some("plan;dur=0.0"));
    }
}
