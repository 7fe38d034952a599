//! Databases beside the session's own: CREATE, DROP and ALTER DATABASE, for a session that is told who has them.
//!
//! The backend knows one database. When such a statement comes to be executed it is carried out first; what the backend
//! then runs in its place does nothing, and its answer goes to the client under the right tag. So both protocols, prepared
//! statements and errors are as with any other statement. Mirrors PostgreSQL 18:
//! <https://www.postgresql.org/docs/18/sql-createdatabase.html>
#![forbid(unsafe_code)]

use std::fmt::Debug;

use super::job::Batch;
use super::request::{Request, Step};
use super::shared::Delivery;
use super::state::State;
use super::table::{Table, rows};
use crate::engine::error::Error;
use crate::engine::wire::Wire;
use crate::protocol::ErrorFields;
use crate::protocol::backend::encode_notice;
use crate::sql::{Kind, NewDatabase, Script};

/// The databases that sessions can be connected to. Called on the engine's thread; blocks for as long as it takes.
pub(crate) trait Databases: Debug + Send + Sync {
    /// Whether there is one of that name.
    fn exists(&self, name: &str) -> bool;

    /// Makes one; as a copy of `template`, or an empty one.
    fn create(&self, name: &str, template: Option<&str>) -> Result<(), Refused>;

    /// Removes one, with `force` even if sessions are connected to it.
    fn drop(&self, name: &str, force: bool) -> Result<(), Refused>;

    /// Gives one another name.
    fn rename(&self, from: &str, to: &str) -> Result<(), Refused>;

    /// Their names, in order.
    fn names(&self) -> Vec<String>;
}

/// Why it was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) detail: Option<String>,
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused {
            code: refused.code,
            message: refused.message,
            detail: refused.detail,
        }
    }
}

impl Table {
    /// Carries out what a request has to do with whole databases.
    pub(super) async fn carry_out(
        &mut self,
        state: &mut State,
        request: &mut Request,
        batch: &Batch,
        wire: &Wire,
    ) -> Result<(), Error> {
        let Some(databases) = state.shared.databases.clone() else {
            return Ok(());
        };
        let status = state.shared.transaction_status();
        let Some(kind) = request.scripts().flat_map(kinds).find(is_about_databases) else {
            return Ok(());
        };
        // In a failed transaction the backend refuses whatever comes.
        if status == b'E' {
            return Ok(());
        }
        let verb = tag(&kind).unwrap_or_default();
        let done = match may_run(request, status, verb) {
            Err(refused) => Err(refused.into()),
            Ok(()) => self.caller(wire).await.and_then(|caller| {
                let notice = run(databases.as_ref(), &kind, &caller)?;
                Ok(notice)
            }),
        };
        match done {
            Ok(None) => Ok(()),
            Ok(Some(notice)) => {
                let mut bytes = Vec::new();
                encode_notice(&mut bytes, &notice);
                let delivery = Delivery {
                    bytes,
                    ..Delivery::default()
                };
                state.shared.reply(batch.number, delivery);
                Ok(())
            }
            Err(error) => {
                self.take_back_statements(state, request);
                Err(error)
            }
        }
    }

    /// The request does not reach the backend: neither do the statements that it would have prepared.
    pub(super) fn take_back_statements(&mut self, state: &mut State, request: &mut Request) {
        let undone = request.steps.iter_mut().filter_map(Step::take_undo);
        self.undo(state, undone.collect());
        if self.unnamed_owner == Some(state.shared.id) {
            self.unnamed_owner = None;
        }
    }

    async fn caller(&mut self, wire: &Wire) -> Result<Caller, Error> {
        let reply = self.query(wire, CALLER.as_bytes()).await?;
        let row = rows(&reply.bytes).into_iter().next().unwrap_or_default();
        let mut row = row.into_iter().flatten();
        let mut next = || row.next().unwrap_or_default();
        Ok(Caller {
            may_create: next() == "t",
            database: next(),
        })
    }
}

/// Who asks.
struct Caller {
    /// It is a superuser or has CREATEDB.
    may_create: bool,
    database: String,
}

/// Runs one statement; a notice goes with its answer.
fn run(
    databases: &dyn Databases,
    kind: &Kind,
    caller: &Caller,
) -> Result<Option<ErrorFields>, Refused> {
    match kind {
        Kind::CreateDatabase(new) => create(databases, new, caller).map(|()| None),
        Kind::DropDatabase {
            name,
            if_exists,
            force,
        } => {
            if !databases.exists(name) && *if_exists {
                let message = format!("database \"{name}\" does not exist, skipping");
                return Ok(Some(ErrorFields::new("NOTICE", "00000", message)));
            }
            if *name == caller.database {
                return Err(refused("55006", "cannot drop the currently open database"));
            }
            check_owner(databases, name, caller)?;
            databases.drop(name, *force).map(|()| None)
        }
        Kind::RenameDatabase { from, to } => {
            check_owner(databases, from, caller)?;
            if *from == caller.database {
                return Err(refused("0A000", "current database cannot be renamed"));
            }
            databases.rename(from, to).map(|()| None)
        }
        _ => Ok(None),
    }
}

fn create(databases: &dyn Databases, new: &NewDatabase, caller: &Caller) -> Result<(), Refused> {
    if new.name.is_empty() {
        return Err(refused("42601", "syntax error in CREATE DATABASE"));
    }
    let template = read_options(new)?;
    if !caller.may_create {
        return Err(refused("42501", "permission denied to create database"));
    }
    databases.create(&new.name, template.as_deref())
}

/// Takes the options that can be honoured, passes over those that make no difference, and refuses the others. What is
/// left is the template.
fn read_options(new: &NewDatabase) -> Result<Option<String>, Refused> {
    let mut template = None;
    for (place, (option, value)) in new.options.iter().enumerate() {
        let mut before = new.options.iter().take(place);
        if before.any(|(other, _)| other == option) {
            return Err(refused("42601", "conflicting or redundant options"));
        }
        let Some(value) = value else {
            continue;
        };
        let lower = value.to_ascii_lowercase();
        let is_fine = match option.as_str() {
            "template" => {
                template = Some(value.clone());
                true
            }
            "encoding" => matches!(lower.as_str(), "utf8" | "utf-8" | "unicode" | "6" | "-1"),
            "tablespace" => lower == "pg_default",
            "allow_connections" => matches!(lower.as_str(), "true" | "on" | "1"),
            "is_template" => matches!(lower.as_str(), "false" | "off" | "0"),
            // Every database has the collation and the roles that there are; PostgreSQL's own copy methods are one here.
            "owner" | "strategy" | "locale" | "lc_collate" | "lc_ctype" | "builtin_locale"
            | "icu_locale" | "icu_rules" | "locale_provider" | "collation_version" | "oid"
            | "connection limit" => true,
            _ => {
                let message = format!("option \"{option}\" not recognized");
                return Err(refused("42601", &message));
            }
        };
        if !is_fine {
            let message = format!("option \"{option}\" of a database cannot be \"{value}\" here");
            return Err(refused("0A000", &message));
        }
    }
    Ok(template)
}

fn check_owner(databases: &dyn Databases, name: &str, caller: &Caller) -> Result<(), Refused> {
    if databases.exists(name) && !caller.may_create {
        let message = format!("must be owner of database {name}");
        return Err(refused("42501", &message));
    }
    Ok(())
}

/// Whether nothing else is in one transaction with it.
fn may_run(request: &Request, status: u8, verb: &str) -> Result<(), Refused> {
    let alone = request.scripts().flat_map(kinds).count() == 1;
    if status == b'I' && alone {
        return Ok(());
    }
    let is_query = matches!(request.steps.last(), Some(Step::Query { .. }));
    let what = if status == b'I' && !is_query {
        format!("{verb} cannot be executed within a pipeline")
    } else {
        format!("{verb} cannot run inside a transaction block")
    };
    Err(refused("25001", &what))
}

fn kinds(script: &Script) -> impl Iterator<Item = Kind> + '_ {
    let kinds = script.statements.iter().map(|statement| &statement.kind);
    kinds.filter(|kind| **kind != Kind::Empty).cloned()
}

fn is_about_databases(kind: &Kind) -> bool {
    tag(kind).is_some()
}

/// The command tag of a statement about databases.
pub(super) fn tag(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::CreateDatabase(_) => Some("CREATE DATABASE"),
        Kind::DropDatabase { .. } => Some("DROP DATABASE"),
        Kind::RenameDatabase { .. } => Some("ALTER DATABASE"),
        _ => None,
    }
}

fn refused(code: &'static str, message: &str) -> Refused {
    Refused {
        code,
        message: message.to_owned(),
        detail: None,
    }
}

/// What the backend runs in the place of a statement about databases; also its tag.
pub(super) const INSTEAD: &str = "DISCARD PLANS";
const CALLER: &str = "SELECT rolsuper OR rolcreatedb, pg_catalog.current_database() FROM pg_catalog.pg_roles \
    WHERE rolname = current_user";

#[cfg(test)]
mod tests {
    use super::*;

    fn template(options: &[(&str, Option<&str>)]) -> Result<Option<String>, String> {
        let owned = |(name, value): &(&str, Option<&str>)| {
            ((*name).to_owned(), value.map(ToOwned::to_owned))
        };
        let new = NewDatabase {
            name: "a".to_owned(),
            options: options.iter().map(owned).collect(),
        };
        read_options(&new).map_err(|refused| format!("{} {}", refused.code, refused.message))
    }

    #[test]
    fn options_that_make_no_difference_are_taken() {
        let harmless = [
            ("owner", Some("anna")),
            ("encoding", Some("UTF8")),
            ("lc_collate", Some("C")),
            ("connection limit", Some("-1")),
            ("tablespace", None),
        ];
        assert_eq!(template(&harmless), Ok(None));
        assert_eq!(
            template(&[("template", Some("shop"))]),
            Ok(Some("shop".to_owned()))
        );
    }

    #[test]
    fn options_that_cannot_be_honoured_are_refused() {
        let expected = [
            (
                vec![("encoding", Some("LATIN1"))],
                "0A000 option \"encoding\" of a database cannot be \"LATIN1\" here",
            ),
            (
                vec![("colour", Some("red"))],
                "42601 option \"colour\" not recognized",
            ),
            (
                vec![("owner", Some("a")), ("owner", None)],
                "42601 conflicting or redundant options",
            ),
        ];
        for (options, message) in expected {
            assert_eq!(template(&options), Err(message.to_owned()));
        }
    }
}
