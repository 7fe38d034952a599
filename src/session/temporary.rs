//! Temporary tables, views, sequences, types and functions, kept apart on a backend that has one temporary schema.
//!
//! When another session comes to run, what the one before has in the backend's temporary schema is *parked*: catalog
//! rows are moved to a schema of its own, and moved back when it comes to run again. A parking schema is named so that
//! PostgreSQL takes it for another backend's temporary schema, of this backend's number: files and buffers stay where
//! they are, DISCARD TEMP of others passes it by, and who names such a table is told that it is another session's.
//! Sessions that make nothing temporary pay nothing.
#![forbid(unsafe_code)]

use super::cursors::others_hold;
use super::settings::{ROLE, SESSION_AUTHORIZATION, SUPERUSER, identifier, literal};
use super::state::State;
use super::table::{Table, first_error, rows};
use crate::engine::error::Error;
use crate::engine::queue::SessionId;
use crate::engine::wire::Wire;
use crate::protocol::sqlstate;
use crate::sql::Script;

/// What is known of one session's temporary objects.
#[derive(Debug, Default)]
pub(crate) struct Temporary {
    /// It may have made some since the catalog was looked at.
    noted: bool,
    /// It had some when the catalog was looked at.
    present: bool,
    /// Where they are while another session runs.
    parked: Option<Place>,
    /// The backend that had them is gone, and the session has not been told.
    lost: bool,
}

impl Temporary {
    /// Notes what a text may make.
    pub(crate) fn note(&mut self, script: &Script) {
        self.noted |= script.mentions.temporary;
    }

    /// Notes the text of a DO block.
    pub(crate) fn note_block(&mut self, text: &str) {
        self.noted |= makes_temporary(text);
    }

    /// Whether names may mean something else in this session than in others.
    pub(crate) fn is_possible(&self) -> bool {
        self.noted || self.present
    }

    /// Tells once that the session's objects are gone.
    pub(crate) fn check(&mut self) -> Result<(), Error> {
        if !std::mem::take(&mut self.lost) {
            return Ok(());
        }
        Err(Error::Protocol {
            code: sqlstate::CRASH_SHUTDOWN,
            message: "the backend was opened anew: the temporary tables of this session are gone; \
                its next statement runs without them"
                .to_owned(),
        })
    }

    fn lose(&mut self, in_place: bool) {
        self.lost |= self.parked.is_some() || in_place;
        (self.noted, self.present, self.parked) = (false, false, None);
    }
}

/// A schema, by the number that the catalog knows it by.
#[derive(Debug, Clone)]
struct Place {
    oid: String,
    name: String,
}

/// What is known of the backend's temporary schemas.
#[derive(Debug, Default)]
pub(crate) struct Parking {
    /// The backend's own, where objects can be used.
    own: Option<Place>,
    /// Parking schemas that nobody uses.
    free: Vec<Place>,
    made: u32,
    /// The epoch in which the moving statement was prepared.
    prepared: u64,
    moves: u32,
}

impl Table {
    /// Makes room in the backend's temporary schema: what the session has there is moved away.
    pub(super) async fn park(&mut self, state: &mut State, wire: &Wire) -> Result<(), Error> {
        let path = state.settings.values.get("search_path");
        let may_make = self.routines.make_temporary || path.is_some_and(|path| names_temp(path));
        if !(state.temporary.is_possible() || may_make) || !self.look(state, wire).await? {
            return Ok(());
        }
        let Some(own) = self.parking.own.clone() else {
            return Ok(());
        };
        let place = match self.parking.free.pop() {
            Some(place) => place,
            None => self.make_place(&own, wire).await?,
        };
        if let Err(error) = self.move_objects(&own, &place, wire).await {
            self.parking.free.push(place);
            return Err(error);
        }
        state.temporary.parked = Some(place);
        Ok(())
    }

    /// Puts a session's objects back in place.
    pub(super) async fn unpark(&mut self, state: &mut State, wire: &Wire) -> Result<(), Error> {
        let (Some(place), Some(own)) = (state.temporary.parked.clone(), self.parking.own.clone())
        else {
            return Ok(());
        };
        self.move_objects(&place, &own, wire).await?;
        state.temporary.parked = None;
        self.parking.free.push(place);
        Ok(())
    }

    /// Whether the session that is switched in has temporary objects.
    pub(super) async fn look(&mut self, state: &mut State, wire: &Wire) -> Result<bool, Error> {
        let reply = self.query(wire, LOOK.as_bytes()).await?;
        let own = rows(&reply.bytes).into_iter().find_map(place);
        state.temporary.noted = false;
        state.temporary.present = own.is_some();
        if own.is_some() {
            self.parking.own = own;
        }
        Ok(state.temporary.present)
    }

    /// The session ends: drops what it has. It is switched in, or its objects are parked.
    pub(super) async fn drop_temporary(&mut self, state: &State, wire: &Wire) -> Result<(), Error> {
        let sql = if let Some(place) = &state.temporary.parked {
            let name = identifier(&place.name);
            format!("{}; DROP SCHEMA {name} CASCADE", self.as_superuser())
        } else if self.current == Some(state.shared.id)
            && (state.temporary.is_possible() || self.routines.make_temporary)
        {
            "SET LOCAL synchronous_commit = off; DISCARD TEMP".to_owned()
        } else {
            return Ok(());
        };
        self.query(wire, sql.as_bytes()).await.map(drop)
    }

    /// Whether the session that is switched in, or another one, has something that ends with the backend.
    pub(super) async fn has_unrestorable(
        &mut self,
        state: &mut State,
        wire: &Wire,
    ) -> Result<bool, Error> {
        if self.have_unrestorable(wire).await? {
            return Ok(true);
        }
        if !state.cursors.is_empty() && self.holds(wire).await? {
            return Ok(true);
        }
        Ok(state.temporary.is_possible() && self.look(state, wire).await?)
    }

    /// Whether a session that is not switched in has.
    pub(super) async fn have_unrestorable(&mut self, wire: &Wire) -> Result<bool, Error> {
        let mut others = self.sessions.values();
        if others.any(|other| other.temporary.parked.is_some()) {
            return Ok(true);
        }
        Ok(others_hold(&self.sessions) && self.holds(wire).await?)
    }

    async fn holds(&mut self, wire: &Wire) -> Result<bool, Error> {
        let reply = self.query(wire, HELD.as_bytes()).await?;
        Ok(!rows(&reply.bytes).is_empty())
    }

    /// A backend was opened: drops what an earlier one left, and notes whose it was.
    pub(super) async fn sweep(&mut self, last: Option<SessionId>, wire: &Wire) {
        self.parking = Parking::default();
        let Ok(reply) = self.query(wire, LEFT.as_bytes()).await else {
            return;
        };
        let left: Vec<String> = rows(&reply.bytes).into_iter().flatten().flatten().collect();
        let in_place = left.iter().any(|name| !name.contains(PARKED));
        for state in self.sessions.values_mut() {
            state
                .temporary
                .lose(in_place && last == Some(state.shared.id));
        }
        if left.is_empty() {
            return;
        }
        let names: Vec<String> = left.iter().map(|name| identifier(name)).collect();
        let sql = format!(
            "{}; DROP SCHEMA {} CASCADE",
            self.as_superuser(),
            names.join(", ")
        );
        drop(self.query(wire, sql.as_bytes()).await);
    }

    async fn make_place(&mut self, own: &Place, wire: &Wire) -> Result<Place, Error> {
        self.parking.made += 1;
        let name = format!("{}{PARKED}{}", own.name, self.parking.made);
        let sql = format!(
            "{}; CREATE SCHEMA IF NOT EXISTS {}; SELECT oid, nspname FROM pg_namespace WHERE nspname = {}",
            self.as_superuser(),
            identifier(&name),
            literal(&name)
        );
        let reply = self.query(wire, sql.as_bytes()).await?;
        refused(&reply.bytes)?;
        let made = rows(&reply.bytes).into_iter().find_map(place);
        made.ok_or_else(|| Error::BackendLost {
            reason: "a schema that was just made is not there".to_owned(),
        })
    }

    async fn move_objects(&mut self, from: &Place, to: &Place, wire: &Wire) -> Result<(), Error> {
        let mut statements = vec![self.as_superuser()];
        let name = format!("_oxbase_move_{}", self.epoch);
        if self.parking.prepared != self.epoch {
            statements.push(format!("PREPARE {name} (oid, oid) AS {MOVE}"));
        }
        statements.push(format!("EXECUTE {name} ({}, {})", from.oid, to.oid));
        let reply = self.query(wire, statements.join(";").as_bytes()).await?;
        refused(&reply.bytes)?;
        self.parking.prepared = self.epoch;
        if rows(&reply.bytes)
            .iter()
            .flatten()
            .flatten()
            .any(|rare| rare == "t")
        {
            self.move_rare(from, to, wire).await?;
        }
        self.parking.moves += 1;
        if self.parking.moves.is_multiple_of(MOVES_PER_VACUUM) {
            self.tidy(wire).await?;
        }
        Ok(())
    }

    /// Moves what few ever make temporary: nothing finds their rows by schema fast.
    async fn move_rare(&mut self, from: &Place, to: &Place, wire: &Wire) -> Result<(), Error> {
        let updates = RARE.iter().map(|(table, column)| {
            format!(
                "UPDATE {table} SET {column} = {} WHERE {column} = {}",
                to.oid, from.oid
            )
        });
        let statements: Vec<String> = [self.as_superuser()].into_iter().chain(updates).collect();
        let sql = statements.join(";");
        refused(&self.query(wire, sql.as_bytes()).await?.bytes)
    }

    /// Nothing else vacuums the catalogs that the moves leave dead rows in.
    async fn tidy(&mut self, wire: &Wire) -> Result<(), Error> {
        if self.acts_as_other() {
            return Ok(());
        }
        let sql = "VACUUM pg_catalog.pg_class, pg_catalog.pg_type, pg_catalog.pg_constraint, pg_catalog.pg_depend";
        self.query(wire, sql.as_bytes()).await.map(drop)
    }

    /// The beginning of a transaction that may change catalogs whatever the session's settings are, and whose loss
    /// would not matter: it does not wait for the disk.
    pub(super) fn as_superuser(&self) -> String {
        let identity = if self.acts_as_other() {
            format!("SET LOCAL SESSION AUTHORIZATION {SUPERUSER}; SET LOCAL ROLE NONE; ")
        } else {
            String::new()
        };
        format!(
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE; SET LOCAL synchronous_commit = off; \
             {identity}SET LOCAL search_path = pg_catalog"
        )
    }

    fn acts_as_other(&self) -> bool {
        let identity = [ROLE, SESSION_AUTHORIZATION];
        identity
            .iter()
            .any(|name| self.applied.contains_key(*name) || self.unknown.contains(*name))
    }
}

/// Whether the code of a routine or block may make something temporary.
pub(super) fn makes_temporary(body: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let words = body
        .split(|character| !is_word(character))
        .filter(|word| !word.is_empty());
    let mut previous = "";
    for word in words {
        let is = |known: &str| word.eq_ignore_ascii_case(known);
        let makes = || {
            MAKERS
                .iter()
                .any(|maker| previous.eq_ignore_ascii_case(maker))
        };
        if names_temp(word) || ((is("temp") || is("temporary")) && makes()) {
            return true;
        }
        previous = word;
    }
    false
}

fn names_temp(text: &str) -> bool {
    text.to_ascii_lowercase().contains("pg_temp")
}

fn place(row: Vec<Option<String>>) -> Option<Place> {
    let [Some(oid), Some(name)] = <[Option<String>; 2]>::try_from(row).ok()? else {
        return None;
    };
    Some(Place { oid, name })
}

/// An error that keeps sessions apart is the answer to whoever comes to run.
fn refused(reply: &[u8]) -> Result<(), Error> {
    first_error(reply).map_or(Ok(()), |error| {
        Err(Error::Protocol {
            code: sqlstate::OBJECT_IN_USE,
            message: format!("temporary tables cannot be kept apart: {}", error.message),
        })
    })
}

/// What stands before TEMP where it makes something temporary.
const MAKERS: [&str; 5] = ["create", "global", "local", "replace", "into"];
/// What the name of a parking schema has after that of the backend's own, before its number.
const PARKED: &str = "_p";
const MOVES_PER_VACUUM: u32 = 4000;

/// The backend's own temporary schema, when something is in it.
const LOOK: &str = "SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace AS n \
    WHERE n.oid = pg_catalog.pg_my_temp_schema() AND EXISTS \
    (SELECT FROM pg_catalog.pg_depend WHERE refclassid = 2615 AND refobjid = n.oid)";

/// The cursors that outlive their transactions.
const HELD: &str = "SELECT 1 FROM pg_catalog.pg_cursor() AS c WHERE c.is_holdable";

/// The temporary schemas that something is in, before this backend has made its own.
const LEFT: &str = "SELECT nspname FROM pg_catalog.pg_namespace AS n WHERE nspname LIKE 'pg\\_temp\\_%' AND EXISTS \
    (SELECT FROM pg_catalog.pg_depend WHERE refclassid = 2615 AND refobjid = n.oid)";

/// Moves everything in schema $1 to schema $2, by what depends on the schema, and by what is part of that; tells whether
/// something else was there than what most schemas have. Relations of the same names are written to themselves, so that
/// kept plans find out anew what a name means.
const MOVE: &str = "WITH RECURSIVE members (classid, objid) AS ( \
    SELECT classid, objid FROM pg_depend WHERE refclassid = 2615 AND refobjid = $1 \
    UNION SELECT part.classid, part.objid FROM members CROSS JOIN LATERAL ( \
        SELECT classid, objid FROM pg_depend \
        WHERE refclassid = members.classid AND refobjid = members.objid AND deptype IN ('i', 'a') OFFSET 0) AS part \
    ), relations AS ( \
        UPDATE pg_class SET relnamespace = $2 WHERE relnamespace = $1 \
        AND oid = ANY (ARRAY(SELECT objid FROM members WHERE classid = 1259)) RETURNING relname, relkind \
    ), types AS ( \
        UPDATE pg_type SET typnamespace = $2 WHERE typnamespace = $1 \
        AND oid = ANY (ARRAY(SELECT objid FROM members WHERE classid = 1247)) \
    ), routines AS ( \
        UPDATE pg_proc SET pronamespace = $2 WHERE pronamespace = $1 \
        AND oid = ANY (ARRAY(SELECT objid FROM members WHERE classid = 1255)) \
    ), constraints AS ( \
        UPDATE pg_constraint SET connamespace = $2 WHERE connamespace = $1 \
        AND oid = ANY (ARRAY(SELECT objid FROM members WHERE classid = 2606)) \
    ), dependencies AS ( \
        UPDATE pg_depend SET refobjid = $2 WHERE refclassid = 2615 AND refobjid = $1 \
    ), namesakes AS ( \
        UPDATE pg_class SET relname = relname WHERE relpersistence <> 't' \
        AND relname = ANY (ARRAY(SELECT relname FROM relations WHERE relkind <> 'i')) \
    ) SELECT EXISTS (SELECT FROM members WHERE classid IN \
        (2607, 2616, 2617, 2753, 3381, 3456, 3600, 3601, 3602, 3764))";

/// Catalogs whose rows are moved one by one, when there is a reason to.
const RARE: [(&str, &str); 10] = [
    ("pg_collation", "collnamespace"),
    ("pg_conversion", "connamespace"),
    ("pg_opclass", "opcnamespace"),
    ("pg_operator", "oprnamespace"),
    ("pg_opfamily", "opfnamespace"),
    ("pg_statistic_ext", "stxnamespace"),
    ("pg_ts_config", "cfgnamespace"),
    ("pg_ts_dict", "dictnamespace"),
    ("pg_ts_parser", "prsnamespace"),
    ("pg_ts_template", "tmplnamespace"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_may_make_something_temporary_is_told_from_others() {
        for body in [
            "begin create temp table a (n int); end",
            "begin execute 'CREATE TEMPORARY TABLE ' || name; end",
            "begin select 1 into temp a; end",
            "begin create table PG_TEMP.a (n int); end",
        ] {
            assert!(makes_temporary(body), "{body}");
        }
        for body in [
            "begin select temp from weather; end",
            "begin template(); end",
        ] {
            assert!(!makes_temporary(body), "{body}");
        }
    }

    #[test]
    fn the_loss_is_told_once() {
        let mut temporary = Temporary {
            present: true,
            ..Temporary::default()
        };
        temporary.lose(true);
        assert!(!temporary.is_possible());
        assert!(temporary.check().is_err());
        assert!(temporary.check().is_ok());
    }

    #[test]
    fn who_had_nothing_loses_nothing() {
        let mut temporary = Temporary::default();
        temporary.note(&crate::sql::analyze(b"create temp table a (n int)"));
        assert!(temporary.is_possible());
        temporary.lose(false);
        assert!(temporary.check().is_ok());
    }
}
