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
