//! The schema cache, from PostgreSQL's catalogs.
//!
//! In: rows of the catalog queries. Out: a `SchemaCache`. Mirrors PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/schema_cache.html>.
#![forbid(unsafe_code)]

pub(crate) mod catalog;
mod fuzzy;
pub(crate) mod hint;
mod media_handlers;
mod node_tree;
mod relationships;
mod rows;
pub(crate) mod types;
mod view_keys;

#[cfg(test)]
mod tests;

pub(crate) use catalog::{CatalogRows, LoadError, queries};
pub(crate) use types::SchemaCache;

use super::config::Config;

/// Makes the cache of what `queries` found. `rows` are in the order of the queries.
pub(crate) fn build(config: &Config, rows: &CatalogRows) -> Result<SchemaCache, LoadError> {
    let rows = rows::Catalog::decode(rows)?;
    let dependencies = view_keys::find_dependencies(&rows.views, &rows.constraints);
    let tables = rows::tables(rows.relations, &dependencies);
    let relationships = relationships::find(
        &config.schemas,
        &tables,
        &rows.constraints,
        &dependencies,
        rows.computed,
    );
    let (role_settings, role_isolation) = rows::roles(rows.roles);
    Ok(SchemaCache {
        tables,
        relationships,
        routines: rows::routines(rows.routines),
        representations: rows::representations(rows.representations),
        media_handlers: media_handlers::all(rows.media_handlers),
        timezones: rows.timezones.into_iter().collect(),
        role_settings,
        role_isolation,
    })
}
