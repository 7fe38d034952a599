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
    root_fields: Resolver<'_>,
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

fn plan_term(fields: Resolver<'_>, term: &OrderTerm) -> PlanOrder {
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

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        api_error, embed, embed_as, field, get, names, plain, plan, read, write,
    };
    use super::super::types::{PlanField, PlanOrder};
    use crate::rest::api_request::Mutation;
    use crate::rest::api_request::types::{OrderDirection, OrderNulls, OrderTerm};
    use crate::rest::error::ApiError;

    fn by(name: &str) -> OrderTerm {
        OrderTerm::Field {
            field: plain(name),
            direction: Some(OrderDirection::Desc),
            nulls: Some(OrderNulls::Last),
        }
    }

    fn by_related(relation: &str) -> OrderTerm {
        OrderTerm::Relation {
            relation: relation.to_owned(),
            field: plain("name"),
            direction: None,
            nulls: None,
        }
    }

    fn planned(name: &str, ir_type: &str) -> PlanOrder {
        PlanOrder::Field {
            field: PlanField {
                name: name.to_owned(),
                to_json: true,
                ir_type: ir_type.to_owned(),
                ..PlanField::default()
            },
            direction: Some(OrderDirection::Desc),
            nulls: Some(OrderNulls::Last),
        }
    }

    #[test]
    fn terms_go_where_their_paths_say() {
        let mut request = get("projects", vec![embed("clients", vec![field("*")])]);
        request.query.order = vec![
            (vec![], vec![by("name"), by("id")]),
            (names(&["clients"]), vec![by("name")]),
        ];
        let plan = read(&request);
        assert_eq!(
            plan.order,
            [planned("name", "text"), planned("id", "integer")]
        );
        assert_eq!(
            plan.children.first().unwrap().order,
            [planned("name", "text")]
        );
    }

    #[test]
    fn of_two_orders_the_first_one_counts() {
        let mut request = get("projects", vec![field("*")]);
        request.query.order = vec![(vec![], vec![by("name")]), (vec![], vec![by("id")])];
        assert_eq!(read(&request).order, [planned("name", "text")]);
    }

    #[test]
    fn the_answer_of_a_write_is_ordered() {
        let mut request = write("projects", Mutation::Delete);
        request.query.order = vec![(vec![], vec![by("name")])];
        assert_eq!(read(&request).order, [planned("name", "text")]);
    }

    #[test]
    fn a_related_order_names_the_join() {
        let select = vec![embed_as(Some("the_client"), "clients", None, vec![])];
        let mut request = get("projects", select);
        request.query.order = vec![(vec![], vec![by_related("the_client")])];
        assert_eq!(
            read(&request).order,
            [PlanOrder::Relation {
                relation: "projects_the_client_1".to_owned(),
                field: plain("name"),
                direction: None,
                nulls: None,
            }]
        );
    }

    #[test]
    fn a_related_order_by_what_is_not_embedded_is_an_error() {
        let select = vec![embed_as(Some("the_client"), "clients", None, vec![])];
        let mut request = get("projects", select);
        request.query.order = vec![(vec![], vec![by_related("clients")])];
        let error = api_error(plan(&request));
        assert_eq!(error, ApiError::NotEmbedded("clients".to_owned()));
    }

    #[test]
    fn a_related_order_by_many_rows_is_an_error() {
        let mut request = get("projects", vec![embed("tasks", vec![])]);
        request.query.order = vec![(vec![], vec![by_related("tasks")])];
        let error = api_error(plan(&request));
        assert_eq!(
            error,
            ApiError::RelatedOrderNotToOne {
                origin: "projects".to_owned(),
                target: "tasks".to_owned(),
            }
        );
    }
}
