//! `Preference-Applied`: those of the request's preferences that matter to what was done.
//!
//! Mirrors PostgREST v14, Preferences.hs and Response.hs.
#![forbid(unsafe_code)]

use super::push;
use crate::rest::api_request::preferences::{
    Count, Handling, Missing, Preferences, Representation, Resolution, TransactionEnd,
};

/// What was done; every action has `count`, `tx`, `handling` and `timezone`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Call,
    /// Whether the relation has something that rows can be duplicates in.
    Create {
        can_conflict: bool,
    },
    Delete,
    Read,
    SingleUpsert,
    Update,
}

/// Appends the header, in PostgREST's order, unless it would be empty.
pub(super) fn push_applied(
    headers: &mut Vec<(String, String)>,
    preferences: &Preferences,
    done: Done,
) {
    let mut applied = String::new();
    let mut add = |text: &str| {
        if !applied.is_empty() {
            applied.push_str(", ");
        }
        applied.push_str(text);
    };
    if let Some(resolution) = preferences
        .resolution
        .filter(|_| done == Done::Create { can_conflict: true })
    {
        add(render_resolution(resolution));
    }
    if let Some(missing) = preferences
        .missing
        .filter(|_| matches!(done, Done::Create { .. } | Done::Update))
    {
        add(render_missing(missing));
    }
    if let Some(wanted) = preferences
        .representation
        .filter(|_| !matches!(done, Done::Call | Done::Read))
    {
        add(render_representation(wanted));
    }
    if let Some(count) = preferences.count {
        add(render_count(count));
    }
    if let Some(end) = preferences.transaction {
        add(render_transaction(end));
    }
    if let Some(handling) = preferences.handling {
        add(render_handling(handling));
    }
    if let Some(timezone) = &preferences.timezone {
        add(&format!("timezone={timezone}"));
    }
    let strict = preferences.handling == Some(Handling::Strict);
    if let Some(most) = preferences
        .max_affected
        .filter(|_| strict && matches!(done, Done::Call | Done::Delete | Done::Update))
    {
        add(&format!("max-affected={most}"));
    }
    if !applied.is_empty() {
        push(headers, "Preference-Applied", applied);
    }
}

const fn render_resolution(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::MergeDuplicates => "resolution=merge-duplicates",
        Resolution::IgnoreDuplicates => "resolution=ignore-duplicates",
    }
}

const fn render_missing(missing: Missing) -> &'static str {
    match missing {
        Missing::Default => "missing=default",
        Missing::Null => "missing=null",
    }
}

const fn render_representation(representation: Representation) -> &'static str {
    match representation {
        Representation::Full => "return=representation",
        Representation::HeadersOnly => "return=headers-only",
        Representation::Minimal => "return=minimal",
    }
}

const fn render_count(count: Count) -> &'static str {
    match count {
        Count::Exact => "count=exact",
        Count::Planned => "count=planned",
        Count::Estimated => "count=estimated",
    }
}

const fn render_transaction(end: TransactionEnd) -> &'static str {
    match end {
        TransactionEnd::Commit => "tx=commit",
        TransactionEnd::Rollback => "tx=rollback",
    }
}

const fn render_handling(handling: Handling) -> &'static str {
    match handling {
        Handling::Strict => "handling=strict",
        Handling::Lenient => "handling=lenient",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATE: Done = Done::Create { can_conflict: true };

    fn applied(preferences: &Preferences, done: Done) -> Option<String> {
        let mut headers = Vec::new();
        push_applied(&mut headers, preferences, done);
        headers
            .pop()
            .map(|(name, value)| format!("{name}: {value}"))
    }

    fn all() -> Preferences {
        Preferences {
            resolution: Some(Resolution::MergeDuplicates),
            representation: Some(Representation::Full),
            count: Some(Count::Exact),
            transaction: Some(TransactionEnd::Rollback),
            missing: Some(Missing::Default),
            handling: Some(Handling::Strict),
            timezone: Some("America/Los_Angeles".to_owned()),
            max_affected: Some(10),
            invalid: vec!["x".to_owned()],
        }
    }

    #[test]
    fn preferences_have_an_order() {
        assert_eq!(
            applied(&all(), CREATE).as_deref(),
            Some(
                "Preference-Applied: resolution=merge-duplicates, missing=default, \
                 return=representation, count=exact, tx=rollback, handling=strict, \
                 timezone=America/Los_Angeles"
            )
        );
    }

    #[test]
    fn the_other_values_have_their_names() {
        let others = Preferences {
            resolution: Some(Resolution::IgnoreDuplicates),
            representation: Some(Representation::Minimal),
            count: Some(Count::Planned),
            transaction: Some(TransactionEnd::Commit),
            missing: Some(Missing::Null),
            handling: Some(Handling::Lenient),
            timezone: None,
            ..all()
        };
        assert_eq!(
            applied(&others, CREATE).as_deref(),
            Some(
                "Preference-Applied: resolution=ignore-duplicates, missing=null, return=minimal, \
                 count=planned, tx=commit, handling=lenient"
            )
        );
        let last = Preferences {
            representation: Some(Representation::HeadersOnly),
            count: Some(Count::Estimated),
            ..Preferences::default()
        };
        assert_eq!(
            applied(&last, CREATE).as_deref(),
            Some("Preference-Applied: return=headers-only, count=estimated")
        );
    }

    #[test]
    fn what_does_not_matter_to_the_action_is_left_out() {
        let common = "count=exact, tx=rollback, handling=strict, timezone=America/Los_Angeles";
        let cases = [
            (Done::Read, "", ""),
            (Done::Call, "", ", max-affected=10"),
            (Done::Delete, "return=representation, ", ", max-affected=10"),
            (
                Done::Update,
                "missing=default, return=representation, ",
                ", max-affected=10",
            ),
            (Done::SingleUpsert, "return=representation, ", ""),
            (
                Done::Create {
                    can_conflict: false,
                },
                "missing=default, return=representation, ",
                "",
            ),
        ];
        for (done, before, behind) in cases {
            assert_eq!(
                applied(&all(), done),
                Some(format!("Preference-Applied: {before}{common}{behind}"))
            );
        }
    }

    #[test]
    fn max_affected_is_applied_only_strictly() {
        let lenient = Preferences {
            max_affected: Some(10),
            handling: Some(Handling::Lenient),
            ..Preferences::default()
        };
        assert_eq!(
            applied(&lenient, Done::Update).as_deref(),
            Some("Preference-Applied: handling=lenient")
        );
    }

    #[test]
    fn nothing_preferred_is_no_header() {
        assert_eq!(applied(&Preferences::default(), CREATE), None);
        let only = Preferences {
            representation: Some(Representation::Full),
            ..Preferences::default()
        };
        assert_eq!(applied(&only, Done::Read), None);
    }
}
