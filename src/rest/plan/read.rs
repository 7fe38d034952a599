//! The read plan: the tree of what is selected, then everything that is said of its nodes, step by step.
//!
//! In: a request, the relation at the top, the schema cache. Out: a `ReadPlan`, or PostgREST's error; of several errors
//! the one of the earliest step. Mirrors PostgREST v14, tables and views, and resource embedding.
#![forbid(unsafe_code)]

use std::mem;

use crate::rest::api_request::types::SelectItem;
use crate::rest::api_request::{Action, ApiRequest};
use crate::rest::config::Config;
use crate::rest::error::{Error, SchemaCacheError};
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::schema_cache::SchemaCache;
use crate::rest::schema_cache::hint::suggest_table;
use crate::rest::schema_cache::types::Table;

use super::field::Resolver;
use super::negotiate::{has_default_select, negotiate};
use super::prefer::check_known;
use super::types::{ReadAction, ReadPlan, SOURCE, SelectField, SpreadType};
use super::{
    aggregate, alias, condition, embed, null_embed, order, range, relationship, spread, star,
};

/// Plans `GET` and `HEAD` of a relation.
pub(crate) fn plan_action(
    relation: &QualifiedIdentifier,
    head: bool,
    request: &ApiRequest,
    config: &Config,
    cache: &SchemaCache,
) -> Result<ReadAction, Error> {
    find_table(relation, cache)?;
    let read = plan_read(relation, request, config, cache)?;
    let is_default = has_default_select(&read);
    let (handler, media) = negotiate(request, config, cache, relation, is_default)?;
    check_known(&request.preferences)?;
    Ok(ReadAction {
        read,
        handler,
        media,
        head,
        relation: relation.clone(),
    })
}

/// The table of a request, or PGRST205.
pub(crate) fn find_table<'a>(
    relation: &QualifiedIdentifier,
    cache: &'a SchemaCache,
) -> Result<&'a Table, Error> {
    cache
        .tables
        .get(relation)
        .map(AsRef::as_ref)
        .ok_or_else(|| {
            SchemaCacheError::TableNotFound {
                schema: relation.schema.clone(),
                name: relation.name.clone(),
                suggestion: suggest_table(cache, &relation.schema, &relation.name),
            }
            .into()
        })
}

/// Plans what is read: from the relation, or from what was written to it or returned by a function.
pub(crate) fn plan_read(
    relation: &QualifiedIdentifier,
    request: &ApiRequest,
    config: &Config,
    cache: &SchemaCache,
) -> Result<ReadPlan, Error> {
    let fields = Resolver::new(cache, relation);
    let mut root = node(relation.clone(), relation.name.clone(), 0);
    fill(
        &mut root,
        fields,
        &relation.schema,
        &request.query.select,
        cache,
    );
    condition::add_filters(&mut root, fields, request, cache)?;
    order::add_orders(&mut root, fields, request)?;
    let writes = matches!(request.action, Action::RelationMutate { .. });
    if !writes {
        range::add_ranges(&mut root, request)?;
    }
    condition::add_logic(&mut root, fields, request, cache)?;
    condition::restore_order(&mut root);
    if writes || matches!(request.action, Action::Routine { .. }) {
        let source = QualifiedIdentifier::new("", SOURCE);
        root.from_alias = Some(mem::replace(&mut root.from, source).name);
    }
    relationship::relate_children(&mut root, &relation.schema, cache)?;
    star::expand_stars(&mut root, &relation.schema, cache, false);
    alias::add_aliases(&mut root);
    order::relate_orders(&mut root)?;
    null_embed::mark_null_embeds(&mut root);
    embed::add_embeds(&mut root);
    if !config.aggregates_enabled {
        aggregate::refuse_aggregates(&root)?;
    }
    spread::hoist_aggregates(&mut root);
    spread::check_to_many(&root)?;
    if let Some(max_rows) = config.max_rows
        && !writes
    {
        range::restrict(&mut root, max_rows);
    }
    Ok(root)
}

/// A node of which nothing is said yet.
fn node(from: QualifiedIdentifier, name: String, depth: usize) -> ReadPlan {
    ReadPlan {
        from,
        name,
        depth,
        ..ReadPlan::default()
    }
}

/// Puts the selected fields into a node, and the embedded resources under it. Those are taken for relations of their
/// names, until their relationships are known.
fn fill(
    parent: &mut ReadPlan,
    fields: Resolver<'_>,
    schema: &str,
    items: &[SelectItem],
    cache: &SchemaCache,
) {
    for item in items {
        let (relation, items) = match item {
            SelectItem::Field {
                field,
                aggregate,
                aggregate_cast,
                cast,
                alias,
            } => {
                parent.select.push(SelectField {
                    field: fields.output(field),
                    aggregate: *aggregate,
                    aggregate_cast: aggregate_cast.clone(),
                    cast: cast.clone(),
                    alias: alias.clone(),
                });
                continue;
            }
            SelectItem::Relation {
                relation, select, ..
            }
            | SelectItem::Spread {
                relation, select, ..
            } => (relation, select),
        };
        let from = QualifiedIdentifier::new(schema, relation.as_str());
        let fields = Resolver::new(cache, &from);
        let mut child = node(from, relation.clone(), parent.depth + 1);
        describe(&mut child, item);
        fill(&mut child, fields, schema, items, cache);
        parent.children.push(child);
    }
}

/// What a select item says of the resource it embeds.
fn describe(child: &mut ReadPlan, item: &SelectItem) {
    match item {
        SelectItem::Field { .. } => {}
        SelectItem::Relation {
            alias, hint, join, ..
        } => {
            child.alias.clone_from(alias);
            child.hint.clone_from(hint);
            child.join = *join;
        }
        SelectItem::Spread { hint, join, .. } => {
            child.hint.clone_from(hint);
            child.join = *join;
            child.spread = Some(SpreadType::ToOne);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{cache_error, embed, field, get, json_field, plan, qi, read, rpc};
    use super::super::types::Plan;
    use super::super::types::{PlanField, SelectField};
    use super::*;
    use crate::rest::api_request::Invoke;
    use crate::rest::media_type::MediaType;
    use crate::rest::schema_cache::types::MediaHandler;

    #[test]
    fn a_simple_read_is_planned() {
        let Ok(Plan::Read(action)) = plan(&get("clients", vec![field("id"), field("*")])) else {
            panic!("not a read");
        };
        assert_eq!(
            (action.handler, action.media),
            (MediaHandler::Json, MediaType::ApplicationJson)
        );
        assert_eq!((action.relation, action.head), (qi("clients"), false));
        let read = action.read;
        assert_eq!(
            (read.from, read.from_alias, read.name.as_str()),
            (qi("clients"), None, "clients")
        );
        assert_eq!((read.depth, read.aggregate_alias.as_str()), (0, ""));
        let selected = |name: &str, ir_type: &str| SelectField {
            field: PlanField {
                name: name.to_owned(),
                to_json: true,
                ir_type: ir_type.to_owned(),
                ..PlanField::default()
            },
            aggregate: None,
            aggregate_cast: None,
            cast: None,
            alias: None,
        };
        assert_eq!(read.select, [selected("id", "integer"), selected("*", "")]);
    }

    #[test]
    fn fields_and_resources_keep_their_orders() {
        let select = vec![
            embed("tasks", vec![]),
            field("name"),
            embed("clients", vec![field("name"), field("id")]),
            field("id"),
        ];
        let plan = read(&get("projects", select));
        let fields: Vec<&str> = plan
            .select
            .iter()
            .map(|item| item.field.name.as_str())
            .collect();
        assert_eq!(fields, ["name", "id"]);
        let children: Vec<(&str, usize)> = plan
            .children
            .iter()
            .map(|child| (child.key(), child.depth))
            .collect();
        assert_eq!(children, [("tasks", 1), ("clients", 1)]);
    }

    #[test]
    fn a_relation_that_is_not_there_is_an_error() {
        let error = cache_error(plan(&get("nope", vec![json_field("*", &[])])));
        let SchemaCacheError::TableNotFound { schema, name, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!((schema.as_str(), name.as_str()), ("test", "nope"));
    }

    #[test]
    fn rows_of_a_function_embed_what_their_relation_does() {
        let mut request = rpc("all_projects", Invoke::Read { head: false });
        request.query.select = vec![embed("clients", vec![field("*")])];
        let plan = read(&request);
        assert_eq!(plan.from, QualifiedIdentifier::new("", "pgrst_source"));
        assert_eq!(plan.from_alias.as_deref(), Some("projects"));
        assert_eq!(plan.children.first().unwrap().from, qi("clients"));
    }
}
