//! Ranges of rows: `limit` and `offset`, and the `Range` header.
//!
//! In: numbers and headers. Out: ranges. Mirrors PostgREST v14's RangeQuery,
//! <https://docs.postgrest.org/en/v14/references/api/pagination_count.html>.
#![forbid(unsafe_code)]

/// A range of rows. Those of embedded resources may be negative, which PostgreSQL refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RowRange {
    pub(crate) offset: i64,
    /// How many rows at most; all when absent.
    pub(crate) limit: Option<i64>,
}

impl RowRange {
    /// All rows.
    pub(crate) const ALL: Self = Self {
        offset: 0,
        limit: None,
    };

    /// No rows, which is no error.
    pub(crate) const NONE: Self = Self {
        offset: 0,
        limit: Some(0),
    };

    /// From the values of `limit` and `offset`, either of which may be missing or no number.
    pub(crate) fn requested(limit: Option<&str>, offset: Option<&str>) -> Self {
        let start = clamp(offset.and_then(parse_integer).unwrap_or(0));
        let rows = limit.and_then(parse_integer);
        // Next to an offset, a limit that is no number counts as zero.
        let rows = match (limit, offset) {
            (Some(_), Some(_)) => Some(rows.unwrap_or(0)),
            _ => rows,
        };
        Self {
            offset: start,
            limit: rows.map(clamp),
        }
    }

    /// The rows that a `Range` header asks for, such as `0-9` or `10-`. Anything else asks for all.
    pub(crate) fn parse_header(header: &str) -> Self {
        let Some((lower, upper)) = header.split_once('-') else {
            return Self::ALL;
        };
        let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if lower.is_empty() || !is_number(lower) || !is_number(upper) {
            return Self::ALL;
        }
        let lower = parse_digits(lower, 10).map_or(i64::MAX, clamp);
        Self {
            offset: lower,
            limit: parse_digits(upper, 10).map(|upper| clamp(upper - i128::from(lower) + 1)),
        }
    }

    /// Ends before it begins, or holds no row.
    pub(crate) fn is_empty(self) -> bool {
        self.limit.is_some_and(|limit| limit <= 0)
    }

    /// `limit=0`, which may be asked for. With an offset it is an empty range like any other.
    pub(crate) fn is_limit_zero(self) -> bool {
        self.limit
            .is_some_and(|limit| i128::from(self.offset) + i128::from(limit) == 0)
    }

    /// The rows of both ranges.
    #[must_use]
    pub(crate) fn intersect(self, other: Self) -> Self {
        if self.is_empty() || other.is_empty() {
            return Self::NONE;
        }
        let offset = self.offset.max(other.offset);
        let end = match (self.end(), other.end()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (end, None) | (None, end) => end,
        };
        Self {
            offset,
            limit: end.map(|end| clamp(end - i128::from(offset))),
        }
    }

    /// The row after the last one.
    fn end(self) -> Option<i128> {
        self.limit
            .map(|limit| i128::from(self.offset) + i128::from(limit))
    }
}

/// A number as Haskell reads one: with blanks and parentheses around it, in base 10, or 16 or 8 with a prefix.
pub(crate) fn parse_integer(text: &str) -> Option<i128> {
    let mut text = text.trim();
    // Each round takes one pair of parentheses away, so it ends.
    while let Some(inner) = text.strip_prefix('(') {
        text = inner.strip_suffix(')')?.trim();
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let magnitude = match digits.get(..2) {
        Some("0x" | "0X") => parse_digits(digits.get(2..)?, 16),
        Some("0o" | "0O") => parse_digits(digits.get(2..)?, 8),
        _ => parse_digits(digits, 10),
    }?;
    Some(if negative { -magnitude } else { magnitude })
}

/// Digits only; a number beyond all that matter is one of them.
fn parse_digits(text: &str, radix: u32) -> Option<i128> {
    if text.is_empty() || !text.chars().all(|char| char.is_digit(radix)) {
        return None;
    }
    Some(i128::from_str_radix(text, radix).unwrap_or(i128::MAX / 2))
}

fn clamp(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(offset: i64, limit: Option<i64>) -> RowRange {
        RowRange { offset, limit }
    }

    #[test]
    fn a_range_header_is_two_numbers_or_one_and_a_dash() {
        assert_eq!(RowRange::parse_header("0-9"), range(0, Some(10)));
        assert_eq!(RowRange::parse_header("5-"), range(5, None));
        assert_eq!(RowRange::parse_header("1-0"), range(1, Some(0)));
        assert_eq!(RowRange::parse_header("9-3"), range(9, Some(-5)));
        for other in [
            "",
            "-",
            "-5",
            "items=0-9",
            "0-9,20-29",
            "a-b",
            "0-+9",
            "٣-٤",
        ] {
            assert_eq!(RowRange::parse_header(other), RowRange::ALL, "{other}");
        }
    }

    #[test]
    fn huge_numbers_are_the_largest_one_there_is() {
        assert_eq!(
            RowRange::parse_header("99999999999999999999999999999999999999999-").offset,
            i64::MAX
        );
        let smallest = RowRange::requested(None, Some("-9223372036854775809"));
        assert_eq!(smallest.offset, i64::MIN);
    }

    #[test]
    fn a_limit_and_an_offset_make_one_range() {
        assert_eq!(RowRange::requested(None, None), RowRange::ALL);
        assert_eq!(RowRange::requested(Some("x"), None), RowRange::ALL);
        assert_eq!(RowRange::requested(Some("3"), Some("2")), range(2, Some(3)));
        assert_eq!(RowRange::requested(None, Some("-4")), range(-4, None));
        assert_eq!(RowRange::requested(Some("x"), Some("5")), range(5, Some(0)));
    }

    #[test]
    fn numbers_are_read_as_haskell_reads_them() {
        for (text, number) in [
            ("5", Some(5)),
            (" 5 ", Some(5)),
            ("(5)", Some(5)),
            ("-5", Some(-5)),
            ("- 5", Some(-5)),
            ("0x1F", Some(31)),
            ("+5", None),
            ("5.0", None),
            ("", None),
            ("(", None),
            ("1é", None),
            ("0é", None),
            ("--5", None),
        ] {
            assert_eq!(parse_integer(text), number, "{text}");
        }
    }

    #[test]
    fn the_rows_of_both_ranges_are_left() {
        let narrowed = range(0, Some(10)).intersect(range(5, Some(10)));
        assert_eq!(narrowed, range(5, Some(5)));
        assert_eq!(
            range(-5, Some(10)).intersect(RowRange::ALL),
            range(0, Some(5))
        );
        assert!(range(0, Some(3)).intersect(range(5, None)).is_empty());
    }

    #[test]
    fn only_an_end_before_row_zero_counts_as_limit_zero() {
        assert!(range(0, Some(0)).is_limit_zero());
        assert!(!range(5, Some(0)).is_limit_zero());
        assert!(!range(0, Some(-1)).is_limit_zero());
    }
}
