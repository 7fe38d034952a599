//! Ranges of rows: `limit` and `offset`, and the `Range` header.
#![forbid(unsafe_code)]

/// A range of rows that does not end before it begins.
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
}
