//! ORDER BY: by fields, and by fields of embedded to-one resources.
//!
//! In: `order` parameters. Out: the terms of each node. Mirrors PostgREST v14, ordering and related orders.
#![forbid(unsafe_code)]

use crate::rest::api_request::ApiRequest;
use crate::rest::api_request::types::OrderTerm;
use crate::rest::error::{ApiError, Error};
use crate::rest::schema_cache::types::Relationship;

use super::embed_path::find_node;
use super::field::Resolver;
use super::types::{PlanOrder, ReadPlan};

/// Adds the terms. PostgREST takes fields of embedded resources for fields of the top one, which matters only for types
/// under a JSON path.
pub(crate) fn add_orders(
    root: &mut ReadPlan,
    root_fields: Resolver,
    request: &ApiRequest,
) -> Result<(), Error> {
    // The last one comes first, so that of two for one resource the first one counts.
    for (path, terms) in request.query.order.iter().rev() {
        let node = find_node(root, path)?;
        node.order = terms
            .iter()
            .map(|term| plan_term(root_fields, term))
            .collect();
    }
    Ok(())
}

/// Finds the resources that terms name: PGRST108 when one is not embedded, PGRST118 when it may have several rows.
pub(crate) fn relate_orders(node: &mut ReadPlan) -> Result<(), Error> {
    let ReadPlan {
        order,
        children,
        from,
        ..
    } = node;
    for term in order {
        let PlanOrder::Relation { relation, .. } = term else {
            continue;
        };
        let Some(child) = children.iter().find(|child| child.key() == relation) else {
            return Err(ApiError::NotEmbedded(relation.clone()).into());
        };
        if !child
            .relationship
            .as_ref()
            .is_some_and(Relationship::is_to_one)
        {
            return Err(ApiError::RelatedOrderNotToOne {
                origin: from.name.clone(),
                target: child.key().to_owned(),
            }
            .into());
        }
        relation.clone_from(&child.aggregate_alias);
    }
    children.iter_mut().try_for_each(relate_orders)
}

fn plan_term(fields: Resolver, term: &OrderTerm) -> PlanOrder {
    match term {
        OrderTerm::Field {
            field,
            direction,
            nulls,
        } => PlanOrder::Field {
            field: fields.plain(field),
            direction: *direction,
            nulls: *nulls,
        },
        OrderTerm::Relation {
            relation,
            field,
            direction,
            nulls,
        } => PlanOrder::Relation {
            relation: relation.clone(),
            field: field.clone(),
            direction: *direction,
            nulls: *nulls,
        },
    }
}
