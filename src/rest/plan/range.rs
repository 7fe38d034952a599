//! LIMIT and OFFSET, with `db-max-rows`.
//!
//! In: ranges of the request. Out: the range of each node. Mirrors PostgREST v14, limits and pagination.
#![forbid(unsafe_code)]

use crate::rest::api_request::ApiRequest;
use crate::rest::error::Error;

use super::embed_path::find_node;
use super::types::ReadPlan;

/// Adds the ranges.
pub(crate) fn add_ranges(root: &mut ReadPlan, request: &ApiRequest) -> Result<(), Error> {
    for (path, range) in request.ranges.iter().rev() {
        find_node(root, path)?.range = *range;
    }
    Ok(())
}

/// No resource has more rows than `db-max-rows`. `limit=0` stays what it is.
pub(crate) fn restrict(node: &mut ReadPlan, max_rows: i64) {
    if node.range.limit != Some(0) {
        let limit = node
            .range
            .limit
            .map_or(max_rows, |limit| limit.min(max_rows));
        node.range.limit = Some(limit);
    }
    for child in &mut node.children {
        restrict(child, max_rows);
    }
}
