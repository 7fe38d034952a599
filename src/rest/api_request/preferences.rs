//! The `Prefer` header.
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/api/preferences.html>.
#![forbid(unsafe_code)]

use crate::rest::range::parse_integer;

/// What a request prefers; absent where it says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Preferences {
    pub(crate) resolution: Option<Resolution>,
    pub(crate) representation: Option<Representation>,
    pub(crate) count: Option<Count>,
    pub(crate) transaction: Option<TransactionEnd>,
    pub(crate) missing: Option<Missing>,
    pub(crate) handling: Option<Handling>,
    pub(crate) timezone: Option<String>,
    pub(crate) max_affected: Option<i64>,
    /// As written; those that nobody knows.
    pub(crate) invalid: Vec<String>,
}

/// `resolution=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolution {
    MergeDuplicates,
    IgnoreDuplicates,
}

/// `return=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Representation {
    Full,
    HeadersOnly,
    Minimal,
}

/// `count=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Exact,
    Planned,
    Estimated,
}

/// `tx=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TransactionEnd {
    Commit,
    Rollback,
}

/// `missing=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Default,
    Null,
}

/// `handling=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handling {
    Strict,
    Lenient,
}

impl Preferences {
    /// Reads all `Prefer` headers, which are lists. Of preferences of one kind the first one counts.
    ///
    /// `tx` only counts where the service lets requests choose. Any `timezone` is taken; one that PostgreSQL does not
    /// know is to be handed back with `refuse_timezone`.
    pub(crate) fn parse(headers: &[(String, String)], tx_allowed: bool) -> Self {
        let mut preferences = Self::collect(headers, true);
        if !tx_allowed {
            preferences.transaction = None;
        }
        preferences
    }

    /// PostgreSQL does not know the time zone: it does not count, and is one of the preferences that nobody knows.
    pub(crate) fn refuse_timezone(&mut self, headers: &[(String, String)]) {
        if self.timezone.take().is_some() {
            self.invalid = Self::collect(headers, false).invalid;
        }
    }

    fn collect(headers: &[(String, String)], timezone_known: bool) -> Self {
        let mut preferences = Self::default();
        let mut max_affected = None;
        for preference in listed(headers) {
            let p = &mut preferences;
            match preference {
                "resolution=merge-duplicates" => {
                    first(&mut p.resolution, Resolution::MergeDuplicates);
                }
                "resolution=ignore-duplicates" => {
                    first(&mut p.resolution, Resolution::IgnoreDuplicates);
                }
                "return=representation" => first(&mut p.representation, Representation::Full),
                "return=minimal" => first(&mut p.representation, Representation::Minimal),
                "return=headers-only" => first(&mut p.representation, Representation::HeadersOnly),
                "count=exact" => first(&mut p.count, Count::Exact),
                "count=planned" => first(&mut p.count, Count::Planned),
                "count=estimated" => first(&mut p.count, Count::Estimated),
                "tx=commit" => first(&mut p.transaction, TransactionEnd::Commit),
                "tx=rollback" => first(&mut p.transaction, TransactionEnd::Rollback),
                "missing=default" => first(&mut p.missing, Missing::Default),
                "missing=null" => first(&mut p.missing, Missing::Null),
                "handling=strict" => first(&mut p.handling, Handling::Strict),
                "handling=lenient" => first(&mut p.handling, Handling::Lenient),
                other => {
                    if let Some(zone) = other.strip_prefix("timezone=").filter(|_| timezone_known) {
                        first(&mut p.timezone, zone.to_owned());
                    } else if let Some(limit) = other.strip_prefix("max-affected=") {
                        first(&mut max_affected, limit);
                    } else {
                        p.invalid.push(other.to_owned());
                    }
                }
            }
        }
        preferences.max_affected = max_affected
            .and_then(parse_integer)
            .and_then(|limit| i64::try_from(limit).ok());
        preferences
    }
}

/// The preferences of all headers, without the blanks around them.
fn listed(headers: &[(String, String)]) -> impl Iterator<Item = &str> {
    headers
        .iter()
        .filter(|(name, value)| name == "prefer" && !value.is_empty())
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
}

fn first<T>(slot: &mut Option<T>, value: T) {
    slot.get_or_insert(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(values: &[&str]) -> Preferences {
        Preferences::parse(&headers(values), true)
    }

    fn headers(values: &[&str]) -> Vec<(String, String)> {
        values
            .iter()
            .map(|value| ("prefer".to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn one_header_lists_preferences_with_any_blanks() {
        let preferences =
            parse(&["count=exact,    tx=commit   ,return=representation , missing=default"]);
        assert_eq!(
            preferences,
            Preferences {
                count: Some(Count::Exact),
                transaction: Some(TransactionEnd::Commit),
                representation: Some(Representation::Full),
                missing: Some(Missing::Default),
                ..Preferences::default()
            }
        );
    }

    #[test]
    fn the_first_of_a_kind_counts_in_all_headers() {
        let preferences = parse(&[
            "resolution=ignore-duplicates",
            "resolution=merge-duplicates",
        ]);
        assert_eq!(preferences.resolution, Some(Resolution::IgnoreDuplicates));
    }

    #[test]
    fn unknown_preferences_are_kept_as_written() {
        let preferences = parse(&["anything, handling=strict", "count=none,Return=minimal"]);
        assert_eq!(
            preferences.invalid,
            ["anything", "count=none", "Return=minimal"]
        );
        assert_eq!(preferences.handling, Some(Handling::Strict));
    }

    #[test]
    fn max_affected_is_a_number_or_does_not_count() {
        assert_eq!(parse(&["max-affected=10"]).max_affected, Some(10));
        let wrong = parse(&["max-affected=ten, max-affected=5"]);
        assert_eq!((wrong.max_affected, wrong.invalid), (None, vec![]));
    }

    #[test]
    fn the_transaction_end_only_counts_where_it_may_be_chosen() {
        let preferences = Preferences::parse(&headers(&["tx=rollback"]), false);
        assert_eq!(
            (preferences.transaction, preferences.invalid),
            (None, vec![])
        );
    }

    #[test]
    fn an_unknown_time_zone_is_invalid_at_its_place() {
        let headers = headers(&["a, timezone=Nowhere, b"]);
        let mut preferences = Preferences::parse(&headers, true);
        assert_eq!(preferences.timezone.as_deref(), Some("Nowhere"));
        preferences.refuse_timezone(&headers);
        assert_eq!(preferences.timezone, None);
        assert_eq!(preferences.invalid, ["a", "timezone=Nowhere", "b"]);
    }
}
