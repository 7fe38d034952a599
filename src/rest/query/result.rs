//! The row that a main statement returns, decoded from its binary form.
//!
//! In: rows. Out: a `ResultSet`. Mirrors what PostgREST v14's transactions decode.
#![forbid(unsafe_code)]

use bytes::{Bytes, BytesMut};

use super::types::ResultSet;
use crate::rest::api_request::preferences::{Count, Preferences};
use crate::rest::config::Config;
use crate::rest::media_type::MediaType;
use crate::rest::plan::types::Plan;

type Row = Vec<Option<Bytes>>;

/// What the main statement of a plan has found.
pub(crate) fn decode(plan: &Plan, rows: Option<&Vec<Row>>) -> ResultSet {
    let rows = rows.map(Vec::as_slice).unwrap_or_default();
    if matches!(media(plan), Some(MediaType::Plan(_))) {
        return ResultSet {
            body: lines(rows),
            page_total: 1,
            ..ResultSet::default()
        };
    }
    let Some(row) = rows.first() else {
        return ResultSet {
            table_total: matches!(plan, Plan::Call(_)).then_some(0),
            ..ResultSet::default()
        };
    };
    let column = |at: usize| row.get(at).and_then(Option::as_ref);
    ResultSet {
        table_total: column(0).and_then(|value| integer(value)),
        page_total: column(1)
            .and_then(|value| integer(value))
            .unwrap_or_default(),
        location: column(2).map(|value| pairs(value)).unwrap_or_default(),
        body: column(ResultSet::BODY_COLUMN).cloned().unwrap_or_default(),
        headers: column(4).cloned(),
        status: column(5).map(|value| String::from_utf8_lossy(value).into_owned()),
        inserted: column(6).and_then(|value| integer(value)),
    }
}

/// Takes the planner's number of rows where that is what was asked for.
pub(crate) fn apply_explained(
    result: &mut ResultSet,
    preferences: &Preferences,
    config: &Config,
    rows: Option<&Vec<Row>>,
) {
    let explained = rows.and_then(|rows| plan_rows(&lines(rows)));
    match preferences.count {
        Some(Count::Planned) => result.table_total = explained,
        Some(Count::Estimated) if result.table_total > config.max_rows => {
            result.table_total = result
                .table_total
                .and_then(|counted| Some(counted.max(explained?)));
        }
        _ => {}
    }
}

const fn media(plan: &Plan) -> Option<&MediaType> {
    match plan {
        Plan::Read(action) => Some(&action.media),
        Plan::Mutate(action) => Some(&action.media),
        Plan::Call(action) => Some(&action.media),
        Plan::Inspect { .. } | Plan::Info(_) => None,
    }
}

/// The first column, one line a row.
fn lines(rows: &[Row]) -> Bytes {
    let mut text = BytesMut::new();
    for value in rows.iter().filter_map(|row| row.first()?.as_ref()) {
        text.extend_from_slice(value);
        text.extend_from_slice(b"\n");
    }
    text.freeze()
}

fn plan_rows(explained: &[u8]) -> Option<i64> {
    let plan: serde_json::Value = serde_json::from_slice(explained).ok()?;
    plan.get(0)?.get("Plan")?.get("Plan Rows")?.as_i64()
}

/// An integer of four or eight bytes.
fn integer(bytes: &[u8]) -> Option<i64> {
    match bytes.len() {
        4 => Some(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        8 => Some(i64::from_be_bytes(bytes.try_into().ok()?)),
        _ => None,
    }
}

/// The elements of a `text[]`, each of which is a name and a value with `=` between them.
fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    let mut rest = bytes.get(ARRAY_HEADER..).unwrap_or_default();
    let mut pairs = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or_default();
        let Some((element, after)) = after.split_at_checked(length) else {
            break;
        };
        let element = String::from_utf8_lossy(element);
        if let Some((name, value)) = element.split_once('=') {
            pairs.push((name.to_owned(), value.to_owned()));
        }
        rest = after;
    }
    pairs
}

/// Dimensions, the flag for NULLs, the element's type, length and lower bound of the one dimension.
const ARRAY_HEADER: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_array_of_names_and_values_is_read() {
        let mut bytes = vec![0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 2, 0, 0, 0, 1];
        for element in ["id=eq.1", "k=eq.a=b"] {
            bytes.extend_from_slice(&u32::try_from(element.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(element.as_bytes());
        }
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs(&bytes), [pair("id", "eq.1"), pair("k", "eq.a=b")]);
        assert_eq!(pairs(&[0; 12]), []);
    }

    #[test]
    fn the_rows_that_the_planner_expects_are_read() {
        let text = br#"[{"Plan": {"Node Type": "Seq Scan", "Plan Rows": 12}}]"#;
        assert_eq!(plan_rows(text), Some(12));
        assert_eq!(plan_rows(b"nothing"), None);
    }

    #[test]
    fn integers_of_both_widths_are_read() {
        assert_eq!(integer(&[0, 0, 0, 5]), Some(5));
        assert_eq!(integer(&[255; 8]), Some(-1));
        assert_eq!(integer(b"12"), None);
    }
}
