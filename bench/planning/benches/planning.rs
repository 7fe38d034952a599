//! Parse, plan and render of three requests: `cargo bench` in this folder, half a minute once it is built.
//!
//! Targets: under 20 µs for `lookup` and `insert`.
#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "criterion's macros write a `main` without any")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use oxbase_planning::{Planner, Request};

fn planning(criterion: &mut Criterion) {
    let planner = Planner::default();
    let json = ("content-type", "application/json");
    let lookup = Request::new("GET", "/items?select=id%2Cname%2Cscore&id=eq.4711", &[], "");
    let embeds = Request::new(
        "GET",
        "/items?select=id%2Cname%2Ccategories%21inner%28id%2Cname%29%2Cnotes%28body%29\
         &categories.name=eq.tools&notes.body=like.a%2A&score=gte.10&order=id.asc&limit=100",
        &[],
        "",
    );
    let insert = Request::new(
        "POST",
        "/items?columns=%22category_id%22%2C%22name%22%2C%22score%22",
        &[json, ("prefer", "return=minimal")],
        r#"[{"category_id":3,"name":"hammer","score":12.5}]"#,
    );
    let cases = [
        ("lookup", lookup, "WHERE"),
        ("two embeds with filters", embeds, "LATERAL"),
        ("insert", insert, "INSERT INTO"),
    ];
    let mut group = criterion.benchmark_group("planning");
    for (name, request, part) in cases {
        let sql = planner.plan(&request);
        assert!(sql.contains(part), "{name}: no {part} in {sql}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| planner.plan(black_box(&request)));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4));
    targets = planning
}
criterion_main!(benches);
