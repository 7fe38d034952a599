//! Answers to errors of the connection: PGRST000, PGRST001, PGRST003 and PGRSTX00.
//!
//! Mirrors PostgREST v14, Error.hs.
#![forbid(unsafe_code)]

use super::answer::Answer;
use super::{ConnectionError, codes};

impl From<ConnectionError> for Answer {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::Unreachable {
                message,
                lost: false,
            } => Self::new(
                503,
                codes::CONNECTION_UNREACHABLE,
                "Database connection error. Retrying the connection.",
            )
            .with_details(message),
            ConnectionError::Unreachable {
                message,
                lost: true,
            } => Self::new(
                503,
                codes::CONNECTION_LOST,
                "Database client error. Retrying the connection.",
            )
            .with_details(message),
            ConnectionError::PoolTimeout => Self::new(
                504,
                codes::POOL_TIMEOUT,
                "Timed out acquiring connection from connection pool.",
            ),
            ConnectionError::Internal { message } => Self::new(500, codes::INTERNAL, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(error: ConnectionError) -> (u16, String) {
        let response = crate::rest::error::Error::Connection(error).into_response();
        let body = String::from_utf8_lossy(&response.body).into_owned();
        (response.status, body)
    }

    #[test]
    fn each_variant_has_its_status_and_text() {
        let unreachable = |lost| ConnectionError::Unreachable {
            message: "why".to_owned(),
            lost,
        };
        let internal = ConnectionError::Internal {
            message: "no row".to_owned(),
        };
        assert_eq!(answered(unreachable(false)), (503, r#"{"code":"PGRST000","details":"why","hint":null,"message":"Database connection error. Retrying the connection."}"#.to_owned()));
        assert_eq!(answered(unreachable(true)), (503, r#"{"code":"PGRST001","details":"why","hint":null,"message":"Database client error. Retrying the connection."}"#.to_owned()));
        assert_eq!(answered(ConnectionError::PoolTimeout), (504, r#"{"code":"PGRST003","details":null,"hint":null,"message":"Timed out acquiring connection from connection pool."}"#.to_owned()));
        assert_eq!(
            answered(internal),
            (
                500,
                r#"{"code":"PGRSTX00","details":null,"hint":null,"message":"no row"}"#.to_owned()
            )
        );
    }
}
