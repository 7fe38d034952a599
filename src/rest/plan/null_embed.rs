//! `clients=is.null` and `clients=not.is.null`: whether an embedded resource has rows.
//!
//! In and out: a read plan with its relationships. Any other filter on such a name is one on a column of that name.
//! Mirrors PostgREST v14, null filtering on embedded resources.
#![forbid(unsafe_code)]

use std::mem;

use crate::rest::api_request::types::{IsValue, Operation};

use super::types::{Condition, ReadPlan};

/// Turns filters on embedded resources of a node, and of those under it, into what they mean.
pub(crate) fn mark_null_embeds(node: &mut ReadPlan) {
    let ReadPlan {
        filters, children, ..
    } = node;
    if children.is_empty() {
        return;
    }
    for condition in filters {
        mark(condition, children);
    }
    children.iter_mut().for_each(mark_null_embeds);
}

fn mark(condition: &mut Condition, children: &[ReadPlan]) {
    match condition {
        Condition::Expression { operands, .. } => {
            for operand in operands {
                mark(operand, children);
            }
        }
        Condition::Filter {
            field,
            negated,
            operation: Operation::Is(IsValue::Null),
        } if field.path.is_empty() => {
            if let Some(child) = children.iter().find(|child| child.key() == field.name) {
                let replaced = Condition::NullEmbed {
                    not_null: *negated,
                    aggregate_alias: child.aggregate_alias.clone(),
                };
                drop(mem::replace(condition, replaced));
            }
        }
        Condition::Filter { .. } | Condition::NullEmbed { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{embed, embed_as, equal, get, is_null, read};
    use super::super::types::{Condition, ReadPlan};
    use crate::rest::api_request::types::{Filter, LogicOperator, LogicTree, SelectItem};

    fn planned(select: SelectItem, filter: Filter) -> ReadPlan {
        let mut request = get("clients", vec![select]);
        request.query.filters = vec![(vec![], filter)];
        read(&request)
    }

    fn null_embed(not_null: bool) -> Condition {
        Condition::NullEmbed {
            not_null,
            aggregate_alias: "clients_projects_1".to_owned(),
        }
    }

    #[test]
    fn is_null_on_an_embedded_resource_asks_for_its_rows() {
        for not_null in [false, true] {
            let plan = planned(embed("projects", vec![]), is_null("projects", not_null));
            assert_eq!(plan.filters, [null_embed(not_null)]);
        }
    }

    #[test]
    fn it_is_found_in_logic_trees() {
        let mut request = get("clients", vec![embed("projects", vec![])]);
        let tree = LogicTree::Expression {
            negated: false,
            operator: LogicOperator::Or,
            operands: vec![LogicTree::Filter(is_null("projects", false))],
        };
        request.query.logic = vec![(vec![], tree)];
        assert_eq!(
            read(&request).filters,
            [Condition::Expression {
                negated: false,
                operator: LogicOperator::Or,
                operands: vec![null_embed(false)],
            }]
        );
    }

    #[test]
    fn an_alias_hides_the_name() {
        let select = embed_as(Some("work"), "projects", None, vec![]);
        let plan = planned(select.clone(), is_null("projects", false));
        assert!(matches!(
            plan.filters.as_slice(),
            [Condition::Filter { .. }]
        ));
        let plan = planned(select, is_null("work", false));
        assert_eq!(
            plan.filters,
            [Condition::NullEmbed {
                not_null: false,
                aggregate_alias: "clients_work_1".to_owned(),
            }]
        );
    }

    #[test]
    fn other_filters_are_on_a_column_of_that_name() {
        let plan = planned(embed("projects", vec![]), equal("projects", "1"));
        assert!(matches!(
            plan.filters.as_slice(),
            [Condition::Filter { .. }]
        ));
        let plan = planned(embed("projects", vec![]), is_null("name", false));
        assert!(matches!(
            plan.filters.as_slice(),
            [Condition::Filter { .. }]
        ));
    }
}
