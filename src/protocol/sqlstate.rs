//! The SQLSTATE codes that this crate itself reports, under the names that PostgreSQL gives them.
//!
//! Codes that come from the engine pass through as they are and need no name here.
//! Mirrors PostgreSQL 18, "Error Codes":
//! <https://www.postgresql.org/docs/18/errcodes-appendix.html>
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    expect(dead_code, reason = "a list to choose from, complete for its classes")
)]

/// Declares the constants, and in tests the list of all of them.
macro_rules! sqlstates {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $code;)*

        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

sqlstates! {
    /// The statement did what it was asked to do.
    SUCCESSFUL_COMPLETION = "00000";
    /// A notice that asks for attention.
    WARNING = "01000";
    /// The connection ended while it was in use.
    CONNECTION_FAILURE = "08006";
    /// A message that is malformed, or that is not allowed at this point.
    PROTOCOL_VIOLATION = "08P01";
    /// PostgreSQL has it, this engine or this session layer does not.
    FEATURE_NOT_SUPPORTED = "0A000";
    /// A number that its type does not hold.
    NUMERIC_VALUE_OUT_OF_RANGE = "22003";
    /// Bytes that are no text in the database's encoding.
    CHARACTER_NOT_IN_REPERTOIRE = "22021";
    /// A value that a setting or an argument does not accept.
    INVALID_PARAMETER_VALUE = "22023";
    /// A character that the other encoding cannot express.
    UNTRANSLATABLE_CHARACTER = "22P05";
    /// The statement cannot run inside a transaction block.
    ACTIVE_SQL_TRANSACTION = "25001";
    /// The statement needs a transaction block and there is none.
    NO_ACTIVE_SQL_TRANSACTION = "25P01";
    /// The transaction failed earlier; only its end is accepted.
    IN_FAILED_SQL_TRANSACTION = "25P02";
    /// The transaction was idle for longer than the session allows.
    IDLE_IN_TRANSACTION_SESSION_TIMEOUT = "25P03";
    /// A prepared statement of that name does not exist.
    INVALID_SQL_STATEMENT_NAME = "26000";
    /// The user may not connect.
    INVALID_AUTHORIZATION_SPECIFICATION = "28000";
    /// The password is wrong.
    INVALID_PASSWORD = "28P01";
    /// A cursor or portal of that name does not exist.
    INVALID_CURSOR_NAME = "34000";
    /// A database of that name does not exist.
    INVALID_CATALOG_NAME = "3D000";
    /// Concurrent transactions cannot be put in an order; run it again.
    SERIALIZATION_FAILURE = "40001";
    /// Sessions wait for each other.
    DEADLOCK_DETECTED = "40P01";
    /// The role lacks a privilege.
    INSUFFICIENT_PRIVILEGE = "42501";
    /// The text is not in the grammar.
    SYNTAX_ERROR = "42601";
    /// A name that is not allowed.
    INVALID_NAME = "42602";
    /// A setting, role or other object of that name does not exist.
    UNDEFINED_OBJECT = "42704";
    /// A cursor of that name exists already.
    DUPLICATE_CURSOR = "42P03";
    /// A prepared statement of that name exists already.
    DUPLICATE_PREPARED_STATEMENT = "42P05";
    /// The disk has no room.
    DISK_FULL = "53100";
    /// The machine or the engine has no memory left.
    OUT_OF_MEMORY = "53200";
    /// The number of sessions is at its limit.
    TOO_MANY_CONNECTIONS = "53300";
    /// A configured limit, such as the length of the queue, is reached.
    CONFIGURATION_LIMIT_EXCEEDED = "53400";
    /// A limit that is built in is reached.
    PROGRAM_LIMIT_EXCEEDED = "54000";
    /// The object is not in a state in which this can be done.
    OBJECT_NOT_IN_PREREQUISITE_STATE = "55000";
    /// Something else still uses what the statement needs for itself.
    OBJECT_IN_USE = "55006";
    /// A setting that cannot be changed at this point.
    CANT_CHANGE_RUNTIME_PARAM = "55P02";
    /// Waiting for a lock, or for the engine, took longer than allowed.
    LOCK_NOT_AVAILABLE = "55P03";
    /// The statement was stopped on request or by its timeout.
    QUERY_CANCELED = "57014";
    /// The session was ended by an administrator, or the engine is closing.
    ADMIN_SHUTDOWN = "57P01";
    /// The session was ended because the engine had to be started again.
    CRASH_SHUTDOWN = "57P02";
    /// The engine is starting or closing and accepts no session.
    CANNOT_CONNECT_NOW = "57P03";
    /// The session was idle for longer than allowed.
    IDLE_SESSION_TIMEOUT = "57P05";
    /// Reading or writing a file failed.
    IO_ERROR = "58030";
    /// A defect in this crate or in the engine.
    INTERNAL_ERROR = "XX000";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_code_is_five_digits_or_capitals_and_listed_once_in_order() {
        assert!(ALL.len() > 20);
        for (name, code) in ALL {
            assert_eq!(code.len(), 5, "{name}");
            let valid = code
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
            assert!(valid, "{name} = {code}");
        }
        for pair in ALL.windows(2) {
            assert!(pair[0].1 < pair[1].1, "{pair:?}");
        }
    }
}
