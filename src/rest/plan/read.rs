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
use crate::rest::range::RowRange;
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
        select: Vec::new(),
        from,
        from_alias: None,
        filters: Vec::new(),
        order: Vec::new(),
        range: RowRange::ALL,
        name,
        relationship: None,
        join_conditions: Vec::new(),
        alias: None,
        aggregate_alias: String::new(),
        hint: None,
        join: None,
        spread: None,
        embeds: Vec::new(),
        depth,
        children: Vec::new(),
    }
}

/// Puts the selected fields into a node, and the embedded resources under it. Those are taken for relations of their
/// names, until their relationships are known.
fn fill(
    parent: &mut ReadPlan,
    fields: Resolver,
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
