//! What can be wrong with bytes that a client sent.
//!
//! Each variant knows the severity and the SQLSTATE that PostgreSQL reports for it; `ErrorFields`
//! is built from it in one place.
#![forbid(unsafe_code)]

use super::error_fields::ErrorFields;
use super::sqlstate;

/// A frontend message that cannot be read. The client is at fault in every case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// A Bind has a number of parameter formats that is neither 0, 1 nor that of its parameters.
    #[error("bind message has {formats} parameter formats but {parameters} parameters")]
    BindFormats { formats: usize, parameters: usize },
    /// A cancel request without a key, or with one that is too long. Nothing can be cancelled.
    #[error("invalid length of cancel request packet")]
    CancelLength,
    /// Fewer bytes follow than a count or a length in the message announces.
    #[error("insufficient data left in message")]
    InsufficientData,
    /// Bytes are left after the end of the message's fields.
    #[error("invalid message format")]
    InvalidFormat,
    /// The length word of a message is out of range; the stream cannot be followed any further.
    #[error("invalid message length")]
    InvalidLength,
    /// A string in a message has no terminator.
    #[error("invalid string in message")]
    InvalidString,
    /// Describe or Close with a kind other than 'S' and 'P'.
    #[error("invalid {message} message subtype {kind}")]
    InvalidSubtype { message: &'static str, kind: u8 },
    /// The `options` start-up parameter holds something else than `-c name=value`, `--name=value`.
    #[error("invalid command-line argument for server process: {argument}")]
    OptionInvalid { argument: String },
    /// The `options` start-up parameter names a setting without a value.
    #[error("{option} requires a value")]
    OptionValueMissing { option: String },
    /// The start-up packet does not end with the terminator of its parameter list.
    #[error("invalid startup packet layout: expected terminator as last byte")]
    StartupLayout,
    /// The length word of the start-up packet is out of range; often it is another protocol's.
    #[error("invalid length of startup packet")]
    StartupLength,
    /// A message type that no frontend sends; the stream cannot be followed any further.
    #[error("invalid frontend message type {tag}")]
    UnknownMessage { tag: u8 },
    /// A protocol version with a major number other than 3.
    #[error("unsupported frontend protocol {major}.{minor}: server supports 3.0 to 3.2")]
    UnsupportedProtocol { major: u16, minor: u16 },
}

impl Error {
    /// The SQLSTATE that PostgreSQL reports for this failure.
    pub(crate) fn sqlstate(&self) -> &'static str {
        match self {
            Self::OptionInvalid { .. } | Self::OptionValueMissing { .. } => sqlstate::SYNTAX_ERROR,
            Self::UnsupportedProtocol { .. } => sqlstate::FEATURE_NOT_SUPPORTED,
            _ => sqlstate::PROTOCOL_VIOLATION,
        }
    }

    /// `ERROR` where the connection can go on after the next Sync, `FATAL` where it must end.
    pub(crate) fn severity(&self) -> &'static str {
        match self {
            Self::BindFormats { .. }
            | Self::InsufficientData
            | Self::InvalidFormat
            | Self::InvalidString
            | Self::InvalidSubtype { .. } => "ERROR",
            _ => "FATAL",
        }
    }
}

impl From<&Error> for ErrorFields {
    fn from(error: &Error) -> Self {
        Self::new(error.severity(), error.sqlstate(), error.to_string())
    }
}

impl From<Error> for ErrorFields {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_becomes_fields_with_its_severity_and_code() {
        let expected = [
            (
                Error::InvalidFormat,
                "ERROR",
                "08P01",
                "invalid message format",
            ),
            (
                Error::UnknownMessage { tag: b'y' },
                "FATAL",
                "08P01",
                "invalid frontend message type 121",
            ),
            (
                Error::UnsupportedProtocol { major: 2, minor: 0 },
                "FATAL",
                "0A000",
                "unsupported frontend protocol 2.0: server supports 3.0 to 3.2",
            ),
            (
                Error::OptionValueMissing {
                    option: "--x".to_owned(),
                },
                "FATAL",
                "42601",
                "--x requires a value",
            ),
        ];
        for (error, severity, code, message) in expected {
            assert_eq!(
                ErrorFields::from(error),
                ErrorFields::new(severity, code, message)
            );
        }
    }
}
