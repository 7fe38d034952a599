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

#[cfg(test)]
mod tests {
    use super::super::fixture::{cache, embed, field, get, names, read_with, write};
    use crate::rest::api_request::Mutation;
    use crate::rest::config::Config;
    use crate::rest::range::RowRange;

    fn ranges(top: RowRange, max_rows: Option<i64>) -> (RowRange, RowRange) {
        let mut request = get("projects", vec![embed("tasks", vec![field("*")])]);
        let below = RowRange {
            offset: 1,
            limit: None,
        };
        request.ranges = vec![(vec![], top), (names(&["tasks"]), below)];
        let config = Config {
            max_rows,
            ..Config::default()
        };
        let plan = read_with(&request, &config, &cache());
        (plan.range, plan.children.first().unwrap().range)
    }

    fn range(offset: i64, limit: Option<i64>) -> RowRange {
        RowRange { offset, limit }
    }

    #[test]
    fn ranges_go_where_their_paths_say() {
        let expected = (range(2, Some(9)), range(1, None));
        assert_eq!(ranges(range(2, Some(9)), None), expected);
    }

    #[test]
    fn max_rows_limits_every_resource() {
        let expected = (range(2, Some(5)), range(1, Some(5)));
        assert_eq!(ranges(range(2, Some(9)), Some(5)), expected);
        assert_eq!(ranges(range(2, Some(3)), Some(5)).0, range(2, Some(3)));
    }

    #[test]
    fn limit_zero_stays_zero() {
        assert_eq!(ranges(range(0, Some(0)), Some(5)).0, range(0, Some(0)));
    }

    #[test]
    fn the_answer_of_a_write_has_all_rows() {
        let mut request = write("projects", Mutation::Create);
        request.ranges = vec![(vec![], range(0, Some(1)))];
        let config = Config {
            max_rows: Some(5),
            ..Config::default()
        };
        assert_eq!(read_with(&request, &config, &cache()).range, RowRange::ALL);
    }
}
