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
