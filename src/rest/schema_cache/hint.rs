//! "Perhaps you meant …": the nearest name to one that is not in the schema cache.
//!
//! In: the name that was asked for. Out: the whole sentence of the hint. Mirrors PostgREST v14, errors PGRST200, PGRST202
//! and PGRST205: <https://docs.postgrest.org/en/v14/references/errors.html>.
#![forbid(unsafe_code)]

use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::schema_cache::fuzzy::FuzzySet;
use crate::rest::schema_cache::types::{Routine, SchemaCache};

/// Another parent if it has no relationships, else another child of it. There is none when the child is one of the
/// parent's: then it is the hint of the embedding that is wrong.
pub(crate) fn suggest_relationship(
    cache: &SchemaCache,
    schema: &str,
    parent: &str,
    child: &str,
) -> Option<String> {
    let key = (QualifiedIdentifier::new(schema, parent), schema.to_owned());
    if let Some(children) = cache.relationships.get(&key) {
        let names = children
            .iter()
            .map(|found| found.foreign_table().name.as_str());
        let nearest = sorted_set(names)
            .search(child)
            .into_iter()
            .find_map(|(score, name)| (score < 1.0).then_some(name))?;
        return Some(format!(
            "Perhaps you meant '{nearest}' instead of '{child}'."
        ));
    }
    let parents = cache
        .relationships
        .keys()
        .filter(|(_, other)| other == schema);
    let nearest = sorted_set(parents.map(|(table, _)| table.name.as_str())).get_one(parent)?;
    Some(format!(
        "Perhaps you meant '{nearest}' instead of '{parent}'."
    ))
}

/// Another function if there is none of this name, else one of this name with other parameters.
pub(crate) fn suggest_routine(
    cache: &SchemaCache,
    schema: &str,
    name: &str,
    arguments: &[impl AsRef<str>],
) -> Option<String> {
    let overloads = cache.routines.get(&QualifiedIdentifier::new(schema, name));
    if let Some(overloads) = overloads.filter(|overloads| !overloads.is_empty()) {
        let lists: Vec<String> = overloads
            .iter()
            .map(|routine| param_list(routine))
            .collect();
        let given = list(arguments.iter().map(AsRef::as_ref).collect());
        let nearest = FuzzySet::new(lists.iter().map(String::as_str)).get_one(&given)?;
        return Some(format!(
            "Perhaps you meant to call the function {schema}.{name}{nearest}"
        ));
    }
    let names = cache.routines.keys().filter(|found| found.schema == schema);
    let nearest = sorted_set(names.map(|found| found.name.as_str())).get_near(name)?;
    Some(format!(
        "Perhaps you meant to call the function {schema}.{nearest}"
    ))
}

/// Another table of the schema.
pub(crate) fn suggest_table(cache: &SchemaCache, schema: &str, name: &str) -> Option<String> {
    let names = cache.tables.keys().filter(|found| found.schema == schema);
    let nearest = sorted_set(names.map(|found| found.name.as_str())).get_near(name)?;
    Some(format!("Perhaps you meant the table '{schema}.{nearest}'"))
}

/// Sorted, so that of names that are equally near it is always the same one that is found.
fn sorted_set<'a>(names: impl Iterator<Item = &'a str>) -> FuzzySet<'a> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    FuzzySet::new(names)
}

fn param_list(routine: &Routine) -> String {
    list(
        routine
            .params
            .iter()
            .map(|param| param.name.as_str())
            .collect(),
    )
}

fn list(mut names: Vec<&str>) -> String {
    names.sort_unstable();
    format!("({})", names.join(", "))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::rest::schema_cache::types::{
        Cardinality, Relationship, ReturnKind, ReturnType, RoutineParam, Table, Volatility,
    };

    fn to_many(foreign: &str) -> Relationship {
        Relationship::ForeignKey {
            table: QualifiedIdentifier::new("api", "films"),
            foreign_table: QualifiedIdentifier::new("api", foreign),
            is_self: false,
            cardinality: Cardinality::OneToMany {
                constraint: "fk".to_owned(),
                columns: Vec::new(),
            },
            table_is_view: false,
            foreign_table_is_view: false,
        }
    }

    fn routine(schema: &str, name: &str, params: &[&str]) -> Arc<Routine> {
        let params = params
            .iter()
            .map(|name| RoutineParam {
                name: (*name).to_owned(),
                type_name: "text".to_owned(),
                type_max_length: "text".to_owned(),
                required: true,
                variadic: false,
            })
            .collect();
        Arc::new(Routine {
            schema: schema.to_owned(),
            name: name.to_owned(),
            description: None,
            params,
            return_type: ReturnType {
                set: false,
                kind: ReturnKind::Scalar(QualifiedIdentifier::new("pg_catalog", "int4")),
            },
            volatility: Volatility::Volatile,
            has_variadic: false,
            isolation: None,
            settings: Vec::new(),
        })
    }

    fn cache() -> SchemaCache {
        let mut cache = SchemaCache::default();
        cache.relationships.insert(
            (QualifiedIdentifier::new("api", "films"), "api".to_owned()),
            ["directors", "roles", "actors"].map(to_many).to_vec(),
        );
        for (schema, name, overloads) in [
            (
                "api",
                "test",
                vec![vec!["val", "param", "name"], vec!["id", "attr"]],
            ),
            ("api", "another", vec![vec![]]),
            ("private", "other", vec![vec![]]),
        ] {
            let overloads = overloads
                .iter()
                .map(|params| routine(schema, name, params))
                .collect();
            cache
                .routines
                .insert(QualifiedIdentifier::new(schema, name), overloads);
        }
        let table = Table {
            schema: "api".to_owned(),
            name: "projects".to_owned(),
            description: None,
            is_view: false,
            insertable: true,
            updatable: true,
            deletable: true,
            pk_columns: Vec::new(),
            columns: indexmap::IndexMap::new(),
        };
        cache
            .tables
            .insert(QualifiedIdentifier::new("api", "projects"), Arc::new(table));
        cache
    }

    fn relationship(parent: &str, child: &str) -> Option<String> {
        suggest_relationship(&cache(), "api", parent, child)
    }

    fn call(name: &str, arguments: &[&str]) -> Option<String> {
        suggest_routine(&cache(), "api", name, arguments)
    }

    #[test]
    fn a_parent_without_relationships_is_taken_for_another_one() {
        let hint = relationship("film", "directors");
        assert_eq!(
            hint.as_deref(),
            Some("Perhaps you meant 'films' instead of 'film'.")
        );
        assert_eq!(relationship("noclosealternative", "roles"), None);
    }

    #[test]
    fn a_child_is_taken_for_another_one_of_the_parent() {
        let hint = relationship("films", "role");
        assert_eq!(
            hint.as_deref(),
            Some("Perhaps you meant 'roles' instead of 'role'.")
        );
        assert_eq!(relationship("films", "actors"), None);
        assert_eq!(relationship("films", "noclosealternative"), None);
    }

    #[test]
    fn an_unknown_function_is_taken_for_another_one_of_the_schema() {
        let hint = call("testt", &["val", "param", "name"]);
        assert_eq!(
            hint.as_deref(),
            Some("Perhaps you meant to call the function api.test")
        );
        let hint = call("other", &[]);
        assert_eq!(
            hint.as_deref(),
            Some("Perhaps you meant to call the function api.another")
        );
        assert_eq!(call("noclosealternative", &[]), None);
    }

    #[test]
    fn a_known_function_is_taken_for_its_overload_with_the_nearest_parameters() {
        let three = Some("Perhaps you meant to call the function api.test(name, param, val)");
        let two = Some("Perhaps you meant to call the function api.test(attr, id)");
        assert_eq!(call("test", &["vall", "pqaram", "names"]).as_deref(), three);
        assert_eq!(call("test", &["val", "param"]).as_deref(), three);
        assert_eq!(call("test", &["id", "attrs"]).as_deref(), two);
        assert_eq!(call("test", &["id"]).as_deref(), two);
        assert_eq!(call("test", &["noclosealternative"]), None);
    }

    #[test]
    fn an_unknown_table_is_taken_for_another_one_of_the_schema() {
        let hint = suggest_table(&cache(), "api", "project");
        assert_eq!(
            hint.as_deref(),
            Some("Perhaps you meant the table 'api.projects'")
        );
        assert_eq!(suggest_table(&cache(), "private", "project"), None);
    }
}
