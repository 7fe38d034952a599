//! What a session has to know about SQL text before the engine runs it.
//!
//! In: the bytes of a query. Out: its statements, what each one is, and what it mentions. This is
//! PostgreSQL's lexer with a look at the head of each statement, not a parser: text the engine
//! will refuse is given some answer, never a panic.
//! Mirrors PostgreSQL 18, "Lexical Structure":
//! <https://www.postgresql.org/docs/18/sql-syntax-lexical.html>
#![forbid(unsafe_code)]

mod classify;
mod cursor;
mod database;
mod ddl;
mod identifier;
mod lexer;
mod parameterized;
mod portals;
mod scan;
mod script;
mod settings;
mod signal;
mod transaction;

pub(crate) use parameterized::ParameterizedStatement;
pub(crate) use portals::current_of;
pub(crate) use scan::analyze;
pub(crate) use script::{Kind, Mentions, NewDatabase, Script, Statement};
pub(crate) use settings::{decides_meaning, decides_reading};
pub(crate) use signal::{BackendSignal, backend_signal};
