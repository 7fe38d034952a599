//! Filters and logic trees, put where their paths say.
//!
//! In: `QueryParams`. Out: the conditions of each node of the tree: logic trees first, then filters, both in their order.
//! Mirrors PostgREST v14, horizontal filtering and filtering of embedded resources.
#![forbid(unsafe_code)]

use crate::rest::api_request::types::{EmbedPath, Filter, LogicTree};
use crate::rest::api_request::{Action, ApiRequest};
use crate::rest::error::Error;
use crate::rest::schema_cache::SchemaCache;

use super::embed_path::find_node;
use super::field::Resolver;
use super::types::{Condition, ReadPlan};

/// Adds the filters. What is written is filtered where it is written, so only those of embedded resources remain.
///
/// The last one comes first, as the error of the last one is told and the first one's resource comes first; conditions
/// are in reverse until `restore_order`.
pub(crate) fn add_filters(
    root: &mut ReadPlan,
    root_fields: Resolver,
    request: &ApiRequest,
    cache: &SchemaCache,
) -> Result<(), Error> {
    let filters = if reads_rows(&request.action) {
        &request.query.filters
    } else {
        &request.query.embedded_filters
    };
    for (path, filter) in filters.iter().rev() {
        let (node, fields) = locate(root, root_fields, path, cache)?;
        node.filters.push(plan_filter(fields, filter));
    }
    Ok(())
}

/// Adds the logic trees; see `add_filters`.
pub(crate) fn add_logic(
    root: &mut ReadPlan,
    root_fields: Resolver,
    request: &ApiRequest,
    cache: &SchemaCache,
) -> Result<(), Error> {
    let reads = reads_rows(&request.action);
    for (path, tree) in request.query.logic.iter().rev() {
        if reads || !path.is_empty() {
            let (node, fields) = locate(root, root_fields, path, cache)?;
            node.filters.push(plan_tree(fields, tree));
        }
    }
    Ok(())
}

/// Undoes that conditions were added last one first.
pub(crate) fn restore_order(node: &mut ReadPlan) {
    node.filters.reverse();
    node.children.iter_mut().for_each(restore_order);
}

/// Conditions of the rows that are written: filters first, then every logic tree, those of embedded resources too.
pub(crate) fn plan_written(fields: Resolver, request: &ApiRequest) -> Vec<Condition> {
    let filters = request.query.root_filters.iter();
    let trees = request.query.logic.iter();
    filters
        .map(|filter| plan_filter(fields, filter))
        .chain(trees.map(|(_, tree)| plan_tree(fields, tree)))
        .collect()
}

fn reads_rows(action: &Action) -> bool {
    matches!(action, Action::RelationRead { .. } | Action::Routine { .. })
}

/// The node that a path leads to, and what is known of its fields. An embedded one is taken for the relation of its name,
/// as relationships are found later.
fn locate<'a, 'c>(
    root: &'a mut ReadPlan,
    root_fields: Resolver<'c>,
    path: &EmbedPath,
    cache: &'c SchemaCache,
) -> Result<(&'a mut ReadPlan, Resolver<'c>), Error> {
    let node = find_node(root, path)?;
    let fields = if path.is_empty() {
        root_fields
    } else {
        Resolver::new(cache, &node.from)
    };
    Ok((node, fields))
}

fn plan_filter(fields: Resolver, filter: &Filter) -> Condition {
    Condition::Filter {
        field: fields.input(&filter.field, &filter.operation),
        negated: filter.negated,
        operation: filter.operation.clone(),
    }
}

fn plan_tree(fields: Resolver, tree: &LogicTree) -> Condition {
    match tree {
        LogicTree::Expression {
            negated,
            operator,
            operands,
        } => Condition::Expression {
            negated: *negated,
            operator: *operator,
            operands: operands
                .iter()
                .map(|operand| plan_tree(fields, operand))
                .collect(),
        },
        LogicTree::Filter(filter) => plan_filter(fields, filter),
    }
}
