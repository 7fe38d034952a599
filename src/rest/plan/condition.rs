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
    root_fields: Resolver<'_>,
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
    root_fields: Resolver<'_>,
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
pub(crate) fn plan_written(fields: Resolver<'_>, request: &ApiRequest) -> Vec<Condition> {
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

fn plan_filter(fields: Resolver<'_>, filter: &Filter) -> Condition {
    Condition::Filter {
        field: fields.input(&filter.field, &filter.operation),
        negated: filter.negated,
        operation: filter.operation.clone(),
    }
}

fn plan_tree(fields: Resolver<'_>, tree: &LogicTree) -> Condition {
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

#[cfg(test)]
mod tests {
    use super::super::fixture::{embed, equal, field, get, names, read, write};
    use super::super::types::{Condition, PlanField, ReadPlan};
    use crate::rest::api_request::Mutation;
    use crate::rest::api_request::types::{LogicOperator, LogicTree, Operation, QuantOperator};

    fn condition(name: &str, ir_type: &str, value: &str) -> Condition {
        Condition::Filter {
            field: PlanField {
                name: name.to_owned(),
                to_json: true,
                ir_type: ir_type.to_owned(),
                ..PlanField::default()
            },
            negated: false,
            operation: Operation::Quantified(QuantOperator::Equal, None, value.to_owned()),
        }
    }

    fn either() -> LogicTree {
        LogicTree::Expression {
            negated: true,
            operator: LogicOperator::Or,
            operands: vec![
                LogicTree::Filter(equal("name", "a")),
                LogicTree::Filter(equal("name", "b")),
            ],
        }
    }

    fn planned_either() -> Condition {
        Condition::Expression {
            negated: true,
            operator: LogicOperator::Or,
            operands: vec![
                condition("name", "text", "a"),
                condition("name", "text", "b"),
            ],
        }
    }

    fn child(plan: &ReadPlan) -> &ReadPlan {
        plan.children.first().unwrap()
    }

    #[test]
    fn logic_trees_come_before_filters_both_in_their_order() {
        let mut request = get("projects", vec![field("*")]);
        request.query.filters = vec![(vec![], equal("id", "1")), (vec![], equal("name", "x"))];
        request.query.logic = vec![
            (vec![], either()),
            (vec![], LogicTree::Filter(equal("id", "2"))),
        ];
        assert_eq!(
            read(&request).filters,
            [
                planned_either(),
                condition("id", "integer", "2"),
                condition("id", "integer", "1"),
                condition("name", "text", "x"),
            ]
        );
    }

    #[test]
    fn conditions_go_where_their_paths_say() {
        let mut request = get("projects", vec![embed("clients", vec![field("*")])]);
        request.query.filters = vec![(names(&["clients"]), equal("id", "1"))];
        request.query.logic = vec![(names(&["clients"]), either())];
        let plan = read(&request);
        assert_eq!(plan.filters, []);
        let expected = [planned_either(), condition("id", "integer", "1")];
        assert_eq!(child(&plan).filters, expected);
    }

    #[test]
    fn conditions_of_a_write_do_not_filter_its_answer() {
        let mut request = write("projects", Mutation::Update);
        request.query.select = vec![embed("clients", vec![field("*")])];
        request.query.filters = vec![(vec![], equal("id", "1"))];
        request.query.root_filters = vec![equal("id", "1")];
        request.query.embedded_filters = vec![(names(&["clients"]), equal("id", "2"))];
        request.query.logic = vec![(vec![], either())];
        let plan = read(&request);
        assert_eq!(plan.filters, []);
        assert_eq!(child(&plan).filters, [condition("id", "integer", "2")]);
    }
}
