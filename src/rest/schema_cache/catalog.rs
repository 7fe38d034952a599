//! The queries on PostgreSQL's catalogs, and how their answers are named.
//!
//! Out: statements whose rows have one column of JSON text. They are run with an empty search path, so that
//! names of types are qualified. Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/schema_cache.html>.
#![forbid(unsafe_code)]

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;

use crate::rest::config::Config;
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::query::types::Statement;
use crate::rest::schema_cache::rows;
use crate::rest::schema_cache::types::Routine;

/// The rows of each query, in the order of `queries`.
pub(crate) type CatalogRows = [Rows];

/// The rows of one query.
pub(crate) type Rows = Vec<Vec<Option<Bytes>>>;

/// One query on the catalogs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CatalogQuery {
    pub(crate) name: &'static str,
    pub(crate) statement: Statement,
    /// Its rows stay the same while the server runs: a reload may hand in those of the first load.
    pub(crate) constant: bool,
}

/// Why there is no schema cache.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum LoadError {
    /// A row that is not as its query makes it: a fault of this program.
    #[error("a row of the catalog query {query} cannot be read: {reason}")]
    Row { query: &'static str, reason: String },
}

/// All that a schema cache is made of. They can be sent in one batch.
pub(crate) fn queries(config: &Config) -> Vec<CatalogQuery> {
    let schemas = quote_schemas(&config.schemas);
    let one = |name, sql| query(name, sql, vec![schemas.clone()]);
    vec![
        one(RELATIONS, include_str!("queries/relations.sql")),
        query(CONSTRAINTS, include_str!("queries/constraints.sql"), vec![]),
        // Differs from PostgREST: a schema of the extra search path may be missing.
        query(
            VIEWS,
            include_str!("queries/views.sql"),
            vec![schemas.clone(), quote_array(&config.extra_search_path)],
        ),
        CatalogQuery {
            name: ROUTINES,
            statement: routines(config, &config.schemas, false),
            constant: false,
        },
        query(COMPUTED, include_str!("queries/computed.sql"), vec![]),
        query(
            REPRESENTATIONS,
            include_str!("queries/representations.sql"),
            vec![],
        ),
        one(MEDIA_HANDLERS, include_str!("queries/media_handlers.sql")),
        query(ROLES, include_str!("queries/roles.sql"), vec![]),
        CatalogQuery {
            constant: true,
            ..query(TIMEZONES, include_str!("queries/timezones.sql"), vec![])
        },
    ]
}

/// For the description at the root: the relations of a schema that the current role may use.
pub(crate) fn accessible_relations(schema: &str) -> Statement {
    statement(
        include_str!("queries/accessible_relations.sql"),
        vec![quote_schemas(&[schema])],
    )
}

/// For the description at the root: the functions of a schema that the current role may call. To be run with the
/// search path of the request: it decides how types are written.
pub(crate) fn accessible_routines(config: &Config, schema: &str) -> Statement {
    routines(config, &[schema], true)
}

/// For the description at the root: the comment on a schema, which is the one column of the one row.
pub(crate) fn schema_description(schema: &str) -> Statement {
    statement(
        include_str!("queries/schema_description.sql"),
        vec![quote_identifier(schema)],
    )
}

/// What `accessible_relations` found.
pub(crate) fn decode_accessible_relations(
    found: &[Vec<Option<Bytes>>],
) -> Result<HashSet<QualifiedIdentifier>, LoadError> {
    let names: Vec<(String, String)> = rows::decode(ACCESSIBLE_RELATIONS, found)?;
    Ok(names
        .into_iter()
        .map(|(schema, name)| QualifiedIdentifier { schema, name })
        .collect())
}

/// What `accessible_routines` found.
pub(crate) fn decode_accessible_routines(
    found: &[Vec<Option<Bytes>>],
) -> Result<HashMap<QualifiedIdentifier, Vec<Arc<Routine>>>, LoadError> {
    Ok(rows::routines(rows::decode(ACCESSIBLE_ROUTINES, found)?))
}

fn routines(config: &Config, schemas: &[impl AsRef<str>], accessible: bool) -> Statement {
    statement(
        include_str!("queries/routines.sql"),
        vec![
            quote_schemas(schemas),
            quote_array(&config.hoisted_tx_settings),
            accessible.to_string(),
        ],
    )
}

fn query(name: &'static str, sql: &str, params: Vec<String>) -> CatalogQuery {
    CatalogQuery {
        name,
        statement: statement(sql, params),
        constant: false,
    }
}

fn statement(sql: &str, params: Vec<String>) -> Statement {
    Statement {
        sql: sql.to_owned(),
        params: params
            .into_iter()
            .map(|param| Some(Bytes::from(param)))
            .collect(),
    }
}

/// An array for `regnamespace[]`, whose elements are identifiers as SQL writes them.
fn quote_schemas(schemas: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = schemas
        .iter()
        .map(|name| quote_identifier(name.as_ref()))
        .collect();
    quote_array(&quoted)
}

fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The text form of an array of text.
fn quote_array(elements: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = elements
        .iter()
        .map(|element| {
            format!(
                "\"{}\"",
                element.as_ref().replace('\\', "\\\\").replace('"', "\\\"")
            )
        })
        .collect();
    format!("{{{}}}", quoted.join(","))
}

pub(super) const RELATIONS: &str = "relations";
pub(super) const CONSTRAINTS: &str = "constraints";
pub(super) const VIEWS: &str = "views";
pub(super) const ROUTINES: &str = "routines";
pub(super) const COMPUTED: &str = "computed relationships";
pub(super) const REPRESENTATIONS: &str = "representations";
pub(super) const MEDIA_HANDLERS: &str = "media handlers";
pub(super) const ROLES: &str = "roles";
pub(super) const TIMEZONES: &str = "timezones";
const ACCESSIBLE_RELATIONS: &str = "accessible relations";
const ACCESSIBLE_ROUTINES: &str = "accessible routines";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_quoted_twice_as_identifiers_and_as_elements() {
        assert_eq!(
            quote_schemas(&["public", "a\"b\\"]),
            r#"{"\"public\"","\"a\"\"b\\\""}"#
        );
        assert_eq!(quote_array(&[""; 0]), "{}");
    }

    #[test]
    fn only_timezones_stay_the_same_while_the_server_runs() {
        let constant: Vec<&str> = queries(&Config::default())
            .iter()
            .filter(|query| query.constant)
            .map(|query| query.name)
            .collect();
        assert_eq!(constant, ["timezones"]);
    }

    #[test]
    fn parameters_are_numbered_as_the_texts_use_them() {
        for CatalogQuery {
            name, statement, ..
        } in queries(&Config::default())
        {
            let used = (1..=9)
                .filter(|n| statement.sql.contains(&format!("${n}")))
                .count();
            assert_eq!(used, statement.params.len(), "{name}");
        }
    }

    #[test]
    fn accessible_names_are_read_from_pairs() {
        let rows = vec![vec![Some(Bytes::from_static(b"[\"api\", \"films\"]"))]];
        let names = decode_accessible_relations(&rows).unwrap();
        assert!(names.contains(&QualifiedIdentifier::new("api", "films")));
        assert!(decode_accessible_relations(&[vec![None]]).is_err());
    }
}
