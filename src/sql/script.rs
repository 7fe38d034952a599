//! The answer of `analyze`: what is in one text of SQL.
//!
//! Names are folded, unescaped and truncated as PostgreSQL does it; ranges are byte offsets into
//! the analyzed text.
#![forbid(unsafe_code)]

use std::ops::Range;

/// All that was found in one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    /// The statements in order, without empty ones. A text without any statement gives one `Empty`.
    pub(crate) statements: Vec<Statement>,
    /// Whether it may change a setting, the role or the session user for longer than a transaction.
    ///
    /// Set by SET (not LOCAL), RESET, DISCARD ALL, a `set_config(` call that is not literally
    /// local, and a DO block with any of these in it. What a function does inside cannot be seen.
    pub(crate) changes_settings: bool,
    /// One entry for each `set_config(` call that may outlast the transaction: the name (in lower
    /// case, as names of settings have no case) where it and `false` are literals, else `None`.
    /// Calls with a literal `true` are left out.
    pub(crate) set_config_names: Vec<Option<String>>,
    /// A `set_config(` call that is literally local may set what decides what a text means.
    pub(crate) sets_local_meaning: bool,
    /// … and how literals are read.
    pub(crate) sets_local_reading: bool,
    pub(crate) mentions: Mentions,
}

/// Words that occur outside of comments and literals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent observations, not a state"
)]
pub(crate) struct Mentions {
    /// `currval` or `lastval`.
    pub(crate) sequence_values: bool,
    /// `nextval` or `setval`.
    pub(crate) advances_sequence: bool,
    /// `copy`.
    pub(crate) copy: bool,
    /// `pg_prepared_statements` or `pg_prepared_statement()`.
    pub(crate) prepared_statements: bool,
    /// `pg_listening_channels`.
    pub(crate) listening_channels: bool,
    /// `pg_cursors` or `pg_cursor()`.
    pub(crate) cursors: bool,
    /// `pg_backend_pid`.
    pub(crate) backend_pid: bool,
    /// `pg_cancel_backend` or `pg_terminate_backend`.
    pub(crate) backend_signal: bool,
    /// `create extension`.
    pub(crate) create_extension: bool,
    /// Any of the functions `pg_advisory_…` and `pg_try_advisory_…`, of session or transaction.
    pub(crate) advisory_lock: bool,
    /// `temp` or `temporary` where it makes an object temporary, or the schema `pg_temp`.
    pub(crate) temporary: bool,
}

/// One statement of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// From its first token to its last, without the semicolon.
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
}

/// What CREATE DATABASE makes. Without a name it is not understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NewDatabase {
    pub(crate) name: String,
    /// Names in lower case, and the values that are not DEFAULT.
    pub(crate) options: Vec<(String, Option<String>)>,
}

/// What a statement is, as far as a session has to know. A statement whose head is incomplete or
/// unknown is `Other`; the engine will say what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing but white space, comments and semicolons.
    Empty,
    /// BEGIN, START TRANSACTION.
    Begin,
    /// COMMIT, END; not COMMIT PREPARED.
    Commit {
        chain: bool,
    },
    /// ROLLBACK, ABORT; not ROLLBACK PREPARED.
    Rollback {
        chain: bool,
    },
    Savepoint(String),
    RollbackTo(String),
    Release(String),
    PrepareTransaction,
    /// SET of one setting, by the name it has in `pg_settings`, in lower case; `role` and
    /// `session_authorization` among them. `to_default` is true for the value DEFAULT (and
    /// TIME ZONE LOCAL).
    Set {
        local: bool,
        name: String,
        to_default: bool,
    },
    /// SET SESSION CHARACTERISTICS AS TRANSACTION.
    SetCharacteristics,
    /// RESET of one setting; the name as in `Set`.
    Reset(String),
    ResetAll,
    /// SET TRANSACTION.
    SetTransaction,
    Listen(String),
    Unlisten {
        /// `None` stands for all.
        channel: Option<String>,
        /// The channel's token, or the star.
        argument: Range<usize>,
    },
    Notify,
    Prepare {
        name: String,
        name_span: Range<usize>,
    },
    /// EXECUTE, EXPLAIN … EXECUTE, CREATE TABLE … AS EXECUTE.
    Execute {
        name: String,
        name_span: Range<usize>,
    },
    Deallocate {
        name: String,
        name_span: Range<usize>,
    },
    DeallocateAll,
    DiscardAll,
    DiscardPlans,
    DiscardTemp,
    DiscardSequences,
    /// Both false for COPY to or from a file or program.
    Copy {
        from_stdin: bool,
        to_stdout: bool,
    },
    CreateExtension {
        name: String,
    },
    CreateDatabase(NewDatabase),
    DropDatabase {
        name: String,
        if_exists: bool,
        force: bool,
    },
    /// ALTER DATABASE … RENAME TO.
    RenameDatabase {
        from: String,
        to: String,
    },
    DeclareCursor {
        hold: bool,
        name: String,
        name_span: Range<usize>,
    },
    /// FETCH, MOVE.
    Fetch {
        name: String,
        name_span: Range<usize>,
    },
    CloseCursor {
        name: String,
        name_span: Range<usize>,
    },
    CloseAll,
    Do,
    Call,
    /// Everything that changes the schema or privileges, TRUNCATE, SELECT INTO, CREATE TABLE AS.
    Ddl,
    Select,
    Insert,
    Update,
    Delete,
    Merge,
    Values,
    Explain,
    Show,
    Vacuum,
    Other,
}
