//! `Content-Range`, and the status that follows from it.
//!
//! Mirrors PostgREST v14, RangeQuery.hs.
#![forbid(unsafe_code)]

use bytes::Bytes;

use crate::rest::error::{Answer, ApiError, RangeError};
use crate::rest::query::types::ResultSet;
use crate::rest::range::RowRange;

/// The status and the `Content-Range` of rows that were read.
pub(super) fn status_and_range(range: RowRange, result: &ResultSet) -> (u16, String) {
    let lower = range.offset;
    let upper = lower.saturating_add(result.page_total).saturating_sub(1);
    let status = match result.table_total {
        Some(total) if lower > total => 416,
        Some(total) if result.page_total < total => 206,
        _ => 200,
    };
    (status, content_range(lower, upper, result.table_total))
}

/// `lower-upper/total`, with `*` for what is unknown or empty.
pub(super) fn content_range(lower: i64, upper: i64, total: Option<i64>) -> String {
    let empty = total == Some(0) || lower > upper;
    match (empty, total) {
        (true, None) => "*/*".to_owned(),
        (true, Some(total)) => format!("*/{total}"),
        (false, None) => format!("{lower}-{upper}/*"),
        (false, Some(total)) => format!("{lower}-{upper}/{total}"),
    }
}

/// The body of a 416: the error, although the other headers are those of the rows.
pub(super) fn out_of_bounds(range: RowRange, result: &ResultSet) -> Bytes {
    let error = ApiError::InvalidRange(RangeError::OutOfBounds {
        lower: range.offset.to_string(),
        total: result.table_total.unwrap_or(0).to_string(),
    });
    Answer::from(error).body()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(offset: i64, page_total: i64, table_total: Option<i64>) -> (u16, String) {
        let range = RowRange {
            offset,
            limit: None,
        };
        let result = ResultSet {
            table_total,
            page_total,
            ..ResultSet::default()
        };
        status_and_range(range, &result)
    }

    #[test]
    fn rows_without_a_count_are_200() {
        assert_eq!(read(0, 10, None), (200, "0-9/*".to_owned()));
        assert_eq!(read(5, 1, None), (200, "5-5/*".to_owned()));
        assert_eq!(read(0, 0, None), (200, "*/*".to_owned()));
        assert_eq!(read(100, 0, None), (200, "*/*".to_owned()));
    }

    #[test]
    fn some_of_the_rows_are_206() {
        assert_eq!(read(0, 10, Some(15)), (206, "0-9/15".to_owned()));
        assert_eq!(read(10, 5, Some(15)), (206, "10-14/15".to_owned()));
        // An offset of exactly the count is no error.
        assert_eq!(read(15, 0, Some(15)), (206, "*/15".to_owned()));
    }

    #[test]
    fn all_of_the_rows_are_200() {
        assert_eq!(read(0, 15, Some(15)), (200, "0-14/15".to_owned()));
        assert_eq!(read(0, 0, Some(0)), (200, "*/0".to_owned()));
        // A planned count may be too low.
        assert_eq!(read(0, 15, Some(3)), (200, "0-14/3".to_owned()));
    }

    #[test]
    fn an_offset_behind_the_last_row_is_416() {
        assert_eq!(read(16, 0, Some(15)), (416, "*/15".to_owned()));
        assert_eq!(read(1, 0, Some(0)), (416, "*/0".to_owned()));
    }

    #[test]
    fn no_number_overflows() {
        assert_eq!(read(i64::MAX, 3, None), (200, "*/*".to_owned()));
        assert_eq!(read(0, i64::MIN, Some(i64::MAX)).0, 206);
    }

    #[test]
    fn the_body_of_a_416_says_what_was_asked() {
        let range = RowRange {
            offset: 100,
            limit: None,
        };
        let result = ResultSet {
            table_total: Some(15),
            ..ResultSet::default()
        };
        assert_eq!(
            out_of_bounds(range, &result),
            r#"{"code":"PGRST103","details":"An offset of 100 was requested, but there are only 15 rows.","hint":null,"message":"Requested range not satisfiable"}"#
        );
    }
}
