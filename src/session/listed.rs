//! What `pg_database` lists: every database there is, for a session that is told who has them.
//!
//! The others get rows of their own in the catalog, just before a text that names it runs. PostgreSQL takes them for
//! databases whose removal was cut off (`datconnlimit` -2), which it lists and otherwise leaves alone: no transaction id is
//! kept for them. The rows are of no consequence to the cluster, and are put right when they are asked for again.
#![forbid(unsafe_code)]

use serde_json::json;

use super::request::{Request, Step};
use super::settings::literal;
use super::state::State;
use super::table::Table;
use crate::engine::error::Error;
use crate::engine::wire::Wire;

impl Table {
    /// Lists the other databases in the catalog, when a request may ask for them.
    pub(super) async fn list_databases(
        &mut self,
        state: &State,
        request: &Request,
        wire: &Wire,
    ) -> Result<(), Error> {
        let Some(databases) = &state.shared.databases else {
            return Ok(());
        };
        if state.shared.transaction_status() != b'I' || !asks(request) {
            return Ok(());
        }
        let names = databases.names();
        if self.listed.as_ref() == Some(&names) {
            return Ok(());
        }
        let sql = format!(
            "{}; {}",
            self.as_superuser(),
            LIST.replace("$1", &literal(&json!(names).to_string()))
        );
        // Without it the session's own database is listed.
        self.query(wire, sql.as_bytes()).await?;
        self.listed = Some(names);
        Ok(())
    }
}

fn asks(request: &Request) -> bool {
    let text = request.query.as_deref().unwrap_or_default();
    request.steps.iter().any(|step| match step {
        Step::Query { .. } => names_catalog(text),
        Step::Execute(Some(source)) => names_catalog(source.parts().0),
        _ => false,
    })
}

fn names_catalog(text: &[u8]) -> bool {
    text.windows(CATALOG.len())
        .any(|part| part.eq_ignore_ascii_case(CATALOG))
}

const CATALOG: &[u8] = b"pg_database";

/// Their numbers are far from those of the cluster's own, and the same in every cluster.
const LIST: &str = "WITH wanted AS ( \
        SELECT name::pg_catalog.name AS name FROM pg_catalog.json_array_elements_text($1) AS name \
        WHERE name <> pg_catalog.current_database() \
    ), gone AS ( \
        DELETE FROM pg_catalog.pg_database WHERE datconnlimit = -2 \
        AND datname <> ALL (ARRAY(SELECT name FROM wanted)) \
    ) INSERT INTO pg_catalog.pg_database (oid, datname, datdba, encoding, datlocprovider, datistemplate, datallowconn, \
        dathasloginevt, datconnlimit, datfrozenxid, datminmxid, dattablespace, datcollate, datctype, datlocale, daticurules, \
        datcollversion) \
    SELECT (2000000000 + (pg_catalog.hashtextextended(wanted.name::pg_catalog.text, 0) & 1073741823))::pg_catalog.oid, \
        wanted.name, datdba, encoding, datlocprovider, false, true, false, -2, datfrozenxid, datminmxid, dattablespace, \
        datcollate, datctype, datlocale, daticurules, datcollversion \
    FROM wanted, pg_catalog.pg_database AS own WHERE own.datname = pg_catalog.current_database() \
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_database AS known WHERE known.datname = wanted.name)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_the_catalog_in_any_case() {
        assert!(names_catalog(
            b"select 1 from PG_Database where datname = 'a'"
        ));
        assert!(!names_catalog(b"select pg_data, base from a_database"));
        assert!(!names_catalog(b""));
    }
}
