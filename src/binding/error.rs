//! Failures as plain objects.

use napi_derive::napi;

use crate::engine::error::Error;

/// What a call gives back instead of its value when it fails.
#[napi(object)]
#[derive(Debug, Clone)]
pub struct NativeError {
    /// The class to throw: `Error`, `TypeError` or `DatabaseError`.
    pub error_class: String,
    /// What went wrong, and what can be done.
    pub message: String,
    /// SQLSTATE.
    pub code: Option<String>,
    /// Severity as PostgreSQL names it.
    pub severity: Option<String>,
    /// More about it.
    pub detail: Option<String>,
}

impl From<Error> for NativeError {
    fn from(error: Error) -> Self {
        Self {
            error_class: "DatabaseError".to_owned(),
            message: error.to_string(),
            code: Some(error.sqlstate().to_owned()),
            severity: Some("FATAL".to_owned()),
            detail: None,
        }
    }
}

impl From<crate::tenant::Error> for NativeError {
    fn from(error: crate::tenant::Error) -> Self {
        let fields = error.fatal();
        Self {
            error_class: "DatabaseError".to_owned(),
            message: fields.message,
            code: Some(fields.code),
            severity: Some(fields.severity),
            detail: fields.detail,
        }
    }
}

impl NativeError {
    /// A failure that is nobody's fault but ours.
    pub(crate) fn internal(message: &str) -> Self {
        Self {
            error_class: "Error".to_owned(),
            message: format!("oxbase: {message}"),
            code: None,
            severity: None,
            detail: None,
        }
    }
}
