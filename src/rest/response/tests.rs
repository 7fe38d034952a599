//! Whole responses, as PostgREST sends them.
#![forbid(unsafe_code)]

use bytes::Bytes;

use super::sample::{cache, call, items, mutate, read, request, routine, rows, shown};
use super::*;
use crate::rest::api_request::preferences::{
    Count, Handling, Missing, Preferences, Representation, Resolution, TransactionEnd,
};
use crate::rest::api_request::{Invoke, Mutation};
use crate::rest::media_type::{MediaType, PlanFormat, PlanMedia};
use crate::rest::plan::types::InfoPlan;
use crate::rest::range::RowRange;
use crate::rest::schema_cache::types::{Table, Volatility};

const JSON: MediaType = MediaType::ApplicationJson;

fn answered(preferences: Preferences, plan: &Plan, result: &ResultSet) -> String {
    answer_to(&request(preferences), plan, result)
}

fn answer_to(request: &ApiRequest, plan: &Plan, result: &ResultSet) -> String {
    shown(render(request, plan, &SchemaCache::default(), result))
}

fn returning(representation: Representation) -> Preferences {
    Preferences {
        representation: Some(representation),
        ..Preferences::default()
    }
}

fn counting(count: Count) -> Preferences {
    Preferences {
        count: Some(count),
        ..Preferences::default()
    }
}

fn everything(representation: Representation) -> Preferences {
    Preferences {
        resolution: Some(Resolution::MergeDuplicates),
        representation: Some(representation),
        count: Some(Count::Exact),
        transaction: Some(TransactionEnd::Rollback),
        missing: Some(Missing::Default),
        handling: Some(Handling::Strict),
        timezone: Some("UTC".to_owned()),
        max_affected: Some(10),
        invalid: Vec::new(),
    }
}

fn explain() -> MediaType {
    MediaType::Plan(PlanMedia {
        media: Box::new(JSON),
        format: PlanFormat::Json,
        options: Vec::new(),
    })
}

#[test]
fn a_read_has_range_location_length_and_type() {
    let plan = read(JSON, false);
    assert_eq!(
        answered(Preferences::default(), &plan, &rows()),
        "200\nContent-Range: 0-2/*\nContent-Location: /items\nContent-Length: 5\nContent-Type: application/json; charset=utf-8\n\n[1,2]"
    );
    let mut request = request(everything(Representation::Full));
    request.query.canonical = "id=lt.3&select=id".to_owned();
    request.negotiated_by_profile = true;
    request.top_level_range.offset = 2;
    let result = ResultSet {
        table_total: Some(9),
        ..rows()
    };
    assert_eq!(
        answer_to(&request, &plan, &result),
        "206\nContent-Range: 2-4/9\nContent-Location: /items?id=lt.3&select=id\nContent-Length: 5\nContent-Type: application/json; charset=utf-8\nContent-Profile: public\nPreference-Applied: count=exact, tx=rollback, handling=strict, timezone=UTC\n\n[1,2]"
    );
}

#[test]
fn a_head_has_neither_length_nor_body() {
    assert_eq!(
        answered(
            Preferences::default(),
            &read(MediaType::TextCsv, true),
            &rows()
        ),
        "200\nContent-Range: 0-2/*\nContent-Location: /items\nContent-Type: text/csv; charset=utf-8\n\n"
    );
}

#[test]
fn a_416_has_the_headers_of_rows_and_the_body_of_an_error() {
    let mut request = request(counting(Count::Exact));
    request.top_level_range = RowRange {
        offset: 9,
        limit: None,
    };
    let result = ResultSet {
        table_total: Some(5),
        body: Bytes::from_static(b"[]"),
        ..ResultSet::default()
    };
    let headers = "416\nContent-Range: */5\nContent-Location: /items\n";
    let kind = "Content-Type: text/csv; charset=utf-8\nPreference-Applied: count=exact\n\n";
    let body = r#"{"code":"PGRST103","details":"An offset of 9 was requested, but there are only 5 rows.","hint":null,"message":"Requested range not satisfiable"}"#;
    assert_eq!(
        answer_to(&request, &read(MediaType::TextCsv, false), &result),
        format!("{headers}Content-Length: {}\n{kind}{body}", body.len())
    );
    assert_eq!(
        answer_to(&request, &read(MediaType::TextCsv, true), &result),
        format!("{headers}{kind}")
    );
    assert_eq!(
        answer_to(&request, &call(JSON, Invoke::Post, "int4"), &result),
        format!(
            "416\nContent-Range: */5\nPreference-Applied: count=exact\nContent-Length: {}\nContent-Type: application/json; charset=utf-8\n\n{body}",
            body.len()
        )
    );
}

#[test]
fn a_plan_is_200_whatever_else_was_asked() {
    let result = ResultSet {
        status: Some("418".to_owned()),
        ..rows()
    };
    let headers = "200\nContent-Length: 5\nContent-Type: application/vnd.pgrst.plan+json; for=\"application/json\"; charset=utf-8\n\n";
    let prefer = || everything(Representation::Minimal);
    for plan in [
        read(explain(), false),
        mutate(explain(), Mutation::Create, &["id"]),
        call(explain(), Invoke::Read { head: false }, "void"),
    ] {
        assert_eq!(
            answered(prefer(), &plan, &result),
            format!("{headers}[1,2]")
        );
    }
    assert_eq!(answered(prefer(), &read(explain(), true), &result), headers);
}

#[test]
fn an_insert_is_201_with_as_much_as_is_wanted() {
    let plan = mutate(JSON, Mutation::Create, &["id"]);
    let result = ResultSet {
        inserted: Some(1),
        ..rows()
    };
    assert_eq!(
        answered(Preferences::default(), &plan, &result),
        "201\nContent-Length: 0\nContent-Range: */*\n\n"
    );
    assert_eq!(
        answered(returning(Representation::Minimal), &plan, &result),
        "201\nContent-Length: 0\nContent-Range: */*\nPreference-Applied: return=minimal\n\n"
    );
    let located = ResultSet {
        location: vec![
            ("id".to_owned(), "eq.7".to_owned()),
            ("a b".to_owned(), "eq.x/ü&~".to_owned()),
        ],
        ..result.clone()
    };
    assert_eq!(
        answered(returning(Representation::HeadersOnly), &plan, &located),
        "201\nContent-Length: 0\nLocation: /items?id=eq.7&a%20b=eq.x%2F%C3%BC%26~\nContent-Range: */*\nPreference-Applied: return=headers-only\n\n"
    );
    assert_eq!(
        answered(everything(Representation::Full), &plan, &result),
        "201\nContent-Length: 5\nContent-Range: */3\nPreference-Applied: resolution=merge-duplicates, missing=default, return=representation, count=exact, tx=rollback, handling=strict, timezone=UTC\nContent-Type: application/json; charset=utf-8\n\n[1,2]"
    );
}

#[test]
fn an_insert_that_only_merges_is_200() {
    let merging = |resolution| Preferences {
        resolution: Some(resolution),
        ..Preferences::default()
    };
    let plan = mutate(JSON, Mutation::Create, &["id"]);
    let status = |resolution, inserted| {
        let result = ResultSet { inserted, ..rows() };
        answered(merging(resolution), &plan, &result)
            .lines()
            .next()
            .map(str::to_owned)
    };
    let of = |status: &str| Some(status.to_owned());
    assert_eq!(status(Resolution::MergeDuplicates, Some(0)), of("200"));
    assert_eq!(status(Resolution::MergeDuplicates, Some(2)), of("201"));
    assert_eq!(status(Resolution::IgnoreDuplicates, Some(0)), of("201"));
    assert_eq!(status(Resolution::IgnoreDuplicates, None), of("200"));
}

#[test]
fn a_resolution_is_applied_only_where_something_can_conflict() {
    let merging = Preferences {
        resolution: Some(Resolution::MergeDuplicates),
        ..Preferences::default()
    };
    let plan = mutate(JSON, Mutation::Create, &[]);
    let result = ResultSet {
        inserted: Some(1),
        ..rows()
    };
    let mut request = request(merging);
    assert_eq!(
        answer_to(&request, &plan, &result),
        "201\nContent-Length: 0\nContent-Range: */*\n\n"
    );
    request.query.on_conflict = Some(vec!["name".to_owned()]);
    assert_eq!(
        answer_to(&request, &plan, &result),
        "201\nContent-Length: 0\nContent-Range: */*\nPreference-Applied: resolution=merge-duplicates\n\n"
    );
}

#[test]
fn an_update_is_204_or_200_with_rows() {
    let plan = mutate(JSON, Mutation::Update, &[]);
    assert_eq!(
        answered(Preferences::default(), &plan, &rows()),
        "204\nContent-Range: 0-2/*\n\n"
    );
    assert_eq!(
        answered(counting(Count::Estimated), &plan, &rows()),
        "204\nContent-Range: 0-2/3\nPreference-Applied: count=estimated\n\n"
    );
    assert_eq!(
        answered(counting(Count::Planned), &plan, &ResultSet::default()),
        "204\nContent-Range: */*\nPreference-Applied: count=planned\n\n"
    );
    assert_eq!(
        answered(counting(Count::Exact), &plan, &ResultSet::default()),
        "204\nContent-Range: */0\nPreference-Applied: count=exact\n\n"
    );
    assert_eq!(
        answered(everything(Representation::Full), &plan, &rows()),
        "200\nContent-Range: 0-2/3\nPreference-Applied: missing=default, return=representation, count=exact, tx=rollback, handling=strict, timezone=UTC, max-affected=10\nContent-Length: 5\nContent-Type: application/json; charset=utf-8\n\n[1,2]"
    );
}

#[test]
fn a_delete_is_204_or_200_with_rows() {
    let plan = mutate(JSON, Mutation::Delete, &[]);
    assert_eq!(
        answered(returning(Representation::HeadersOnly), &plan, &rows()),
        "204\nContent-Range: */*\nPreference-Applied: return=headers-only\n\n"
    );
    assert_eq!(
        answered(everything(Representation::Full), &plan, &rows()),
        "200\nContent-Range: */3\nPreference-Applied: return=representation, count=exact, tx=rollback, handling=strict, timezone=UTC, max-affected=10\nContent-Length: 5\nContent-Type: application/json; charset=utf-8\n\n[1,2]"
    );
}

#[test]
fn a_put_has_no_range_and_says_whether_it_inserted() {
    let plan = mutate(JSON, Mutation::SingleUpsert, &["id"]);
    let result = |inserted| ResultSet {
        inserted: Some(inserted),
        ..rows()
    };
    assert_eq!(
        answered(Preferences::default(), &plan, &result(1)),
        "204\n\n"
    );
    assert_eq!(
        answered(everything(Representation::Minimal), &plan, &result(1)),
        "204\nPreference-Applied: return=minimal, count=exact, tx=rollback, handling=strict, timezone=UTC\n\n"
    );
    let full = "\nContent-Length: 5\nContent-Type: application/json; charset=utf-8\nPreference-Applied: return=representation\n\n[1,2]";
    assert_eq!(
        answered(returning(Representation::Full), &plan, &result(1)),
        format!("201{full}")
    );
    assert_eq!(
        answered(returning(Representation::Full), &plan, &result(0)),
        format!("200{full}")
    );
}

#[test]
fn a_call_answers_its_rows() {
    let result = ResultSet {
        table_total: Some(3),
        ..rows()
    };
    let headers = "200\nContent-Range: 0-2/3\nPreference-Applied: count=exact, tx=rollback, handling=strict, timezone=UTC, max-affected=10\n";
    let kind = "Content-Type: application/json; charset=utf-8\n\n";
    let prefer = || everything(Representation::Full);
    assert_eq!(
        answered(prefer(), &call(JSON, Invoke::Post, "int4"), &result),
        format!("{headers}Content-Length: 5\n{kind}[1,2]")
    );
    let head = call(JSON, Invoke::Read { head: true }, "int4");
    assert_eq!(
        answered(prefer(), &head, &result),
        format!("{headers}{kind}")
    );
}

#[test]
fn a_call_of_nothing_is_204() {
    let result = ResultSet {
        page_total: 1,
        ..ResultSet::default()
    };
    let plan = call(JSON, Invoke::Post, "void");
    assert_eq!(
        answered(Preferences::default(), &plan, &result),
        "204\nContent-Range: 0-0/*\n\n"
    );
}

#[test]
fn settings_of_the_response_have_the_last_word() {
    let result = ResultSet {
        status: Some("202".to_owned()),
        headers: Some(Bytes::from_static(
            br#"[{"content-type":"x/y"},{"X-A":"b"}]"#,
        )),
        inserted: Some(1),
        ..rows()
    };
    let full = || returning(Representation::Full);
    assert_eq!(
        answered(full(), &mutate(JSON, Mutation::Create, &[]), &result),
        "202\nContent-Length: 5\nContent-Range: */*\nPreference-Applied: return=representation\ncontent-type: x/y\nX-A: b\n\n[1,2]"
    );
    for plan in [
        read(JSON, false),
        mutate(JSON, Mutation::Update, &[]),
        mutate(JSON, Mutation::Delete, &[]),
        mutate(JSON, Mutation::SingleUpsert, &[]),
        call(JSON, Invoke::Post, "void"),
    ] {
        let shown = answered(full(), &plan, &result);
        assert!(shown.starts_with("202\n"), "{shown}");
        assert!(shown.contains("\ncontent-type: x/y\nX-A: b\n\n"), "{shown}");
        assert!(!shown.contains("Content-Type"), "{shown}");
    }
}

#[test]
fn settings_of_the_response_that_are_not_good_are_500() {
    let status = ResultSet {
        status: Some("x".to_owned()),
        headers: Some(Bytes::from_static(b"y")),
        ..rows()
    };
    let headers = ResultSet {
        status: None,
        ..status.clone()
    };
    let plan = read(JSON, false);
    assert_eq!(
        answered(Preferences::default(), &plan, &status),
        "500\nContent-Type: application/json; charset=utf-8\nContent-Length: 106\nProxy-Status: PostgREST; error=PGRST112\n\n{\"code\":\"PGRST112\",\"details\":null,\"hint\":null,\"message\":\"response.status guc must be a valid status code\"}"
    );
    assert!(answered(Preferences::default(), &plan, &headers).contains("PGRST111"));
}

#[test]
fn the_description_has_its_own_type() {
    let plan = |head| Plan::Inspect {
        schema: "v2".to_owned(),
        head,
    };
    let mut request = request(everything(Representation::Full));
    assert_eq!(
        answer_to(&request, &plan(false), &rows()),
        "200\nContent-Type: application/openapi+json; charset=utf-8\nContent-Length: 5\n\n[1,2]"
    );
    request.negotiated_by_profile = true;
    assert_eq!(
        answer_to(&request, &plan(true), &rows()),
        "200\nContent-Type: application/openapi+json; charset=utf-8\nContent-Profile: v2\n\n"
    );
}

fn table(insertable: bool, updatable: bool, deletable: bool, pk: &[&str]) -> Table {
    Table {
        schema: "public".to_owned(),
        name: "items".to_owned(),
        description: None,
        is_view: false,
        insertable,
        updatable,
        deletable,
        pk_columns: pk.iter().map(|column| (*column).to_owned()).collect(),
        columns: indexmap::IndexMap::new(),
    }
}

fn options(info: InfoPlan, cache: &SchemaCache) -> String {
    let request = request(everything(Representation::Full));
    shown(render(
        &request,
        &Plan::Info(info),
        cache,
        &ResultSet::default(),
    ))
}

#[test]
fn options_of_a_relation_are_what_postgresql_could_do() {
    let cases = [
        (
            table(true, true, true, &["id"]),
            "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE",
        ),
        (
            table(true, true, true, &[]),
            "OPTIONS,GET,HEAD,POST,PATCH,DELETE",
        ),
        (table(false, false, false, &["id"]), "OPTIONS,GET,HEAD"),
        (table(true, false, false, &["id"]), "OPTIONS,GET,HEAD,POST"),
        (table(false, true, false, &["id"]), "OPTIONS,GET,HEAD,PATCH"),
        (
            table(false, false, true, &["id"]),
            "OPTIONS,GET,HEAD,DELETE",
        ),
    ];
    for (table, allowed) in cases {
        assert_eq!(
            options(InfoPlan::Relation(items()), &cache(table)),
            format!("200\nContent-Length: 0\nAccess-Control-Allow-Origin: *\nAllow: {allowed}\n\n")
        );
    }
}

#[test]
fn options_of_no_relation_are_404() {
    let shown = options(InfoPlan::Relation(items()), &SchemaCache::default());
    assert!(shown.starts_with("404\n"), "{shown}");
    assert!(shown.contains("PGRST125"), "{shown}");
}

#[test]
fn options_of_a_routine_follow_its_volatility() {
    let allowed = |volatility| {
        let info = InfoPlan::Routine(routine("int4", volatility));
        options(info, &SchemaCache::default())
            .lines()
            .find_map(|line| line.strip_prefix("Allow: ").map(str::to_owned))
    };
    let of = |methods: &str| Some(methods.to_owned());
    assert_eq!(allowed(Volatility::Volatile), of("OPTIONS,POST"));
    assert_eq!(allowed(Volatility::Stable), of("OPTIONS,GET,HEAD,POST"));
    assert_eq!(allowed(Volatility::Immutable), of("OPTIONS,GET,HEAD,POST"));
}

#[test]
fn options_of_the_root() {
    assert_eq!(
        options(InfoPlan::Schema, &SchemaCache::default()),
        "200\nContent-Length: 0\nAccess-Control-Allow-Origin: *\nAllow: OPTIONS,GET,HEAD\n\n"
    );
}
