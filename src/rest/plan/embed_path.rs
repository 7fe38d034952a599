//! The embedded resource that a parameter such as `clients.projects.order` is for.
//!
//! In: the tree and a path of names. Out: the node, or PGRST108. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

use crate::rest::error::{ApiError, Error};

use super::types::ReadPlan;

/// The node at the end of the path. Names are relations or aliases.
///
/// Every node on the way becomes the first one among its siblings, as with PostgREST, where a filter on an embedded
/// resource changes the order of the keys in the response.
pub(crate) fn find_node<'a>(
    root: &'a mut ReadPlan,
    path: &[String],
) -> Result<&'a mut ReadPlan, Error> {
    let mut node = root;
    for name in path {
        let found = node
            .children
            .iter()
            .position(|child| child.name == *name || child.alias.as_deref() == Some(name.as_str()));
        let moved = found.and_then(|index| node.children.get_mut(..=index));
        let Some((first, _)) = moved.and_then(|siblings| {
            siblings.rotate_right(1);
            siblings.split_first_mut()
        }) else {
            return Err(ApiError::NotEmbedded(name.clone()).into());
        };
        node = first;
    }
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{api_error, embed, embed_as, equal, field, get, names, plan, read};
    use crate::rest::error::ApiError;

    #[test]
    fn a_filtered_resource_becomes_the_first_one() {
        let select = vec![
            field("id"),
            embed("clients", vec![]),
            embed("tasks", vec![]),
        ];
        let mut request = get("projects", select);
        request.query.filters = vec![(names(&["tasks"]), equal("name", "x"))];
        let plan = read(&request);
        let order: Vec<&str> = plan
            .children
            .iter()
            .map(|child| child.name.as_str())
            .collect();
        assert_eq!(order, ["tasks", "clients"]);
    }

    #[test]
    fn a_resource_is_found_by_alias_and_by_name() {
        for path in ["the_client", "clients"] {
            let select = vec![embed_as(Some("the_client"), "clients", None, vec![])];
            let mut request = get("projects", select);
            request.query.filters = vec![(names(&[path]), equal("id", "1"))];
            let plan = read(&request);
            assert_eq!(plan.children.first().unwrap().filters.len(), 1);
        }
    }

    #[test]
    fn a_parameter_for_what_is_not_embedded_is_an_error() {
        let mut request = get("projects", vec![embed("clients", vec![])]);
        request.query.filters = vec![(names(&["clients", "nope"]), equal("id", "1"))];
        let error = api_error(plan(&request));
        assert_eq!(error, ApiError::NotEmbedded("nope".to_owned()));
    }

    #[test]
    fn the_last_of_several_errors_is_told() {
        let mut request = get("projects", vec![field("*")]);
        request.query.filters = vec![
            (names(&["a"]), equal("id", "1")),
            (names(&["b"]), equal("id", "1")),
        ];
        let error = api_error(plan(&request));
        assert_eq!(error, ApiError::NotEmbedded("b".to_owned()));
    }
}
