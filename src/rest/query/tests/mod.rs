//! Plans by hand, and the SQL that they become.
#![forbid(unsafe_code)]

mod call;
mod embed;
mod filter;
mod main_query;
mod mutate;
mod read;
mod settings;

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;

use super::builder::Sql;
use super::{Caller, Query};
use crate::rest::api_request::preferences::Preferences;
use crate::rest::api_request::types::{Operation, QuantOperator};
use crate::rest::api_request::{Action, ApiRequest, QueryParams};
use crate::rest::config::Config;
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::media_type::MediaType;
use crate::rest::plan::types::{Condition, Plan, PlanField, ReadAction, ReadPlan, SelectField};
use crate::rest::range::RowRange;
use crate::rest::schema_cache::types::{
    MediaHandler, ReturnKind, ReturnType, Routine, RoutineParam, SchemaCache, Volatility,
};
use crate::sql::ParameterizedStatement as Statement;

fn qualified(name: &str) -> QualifiedIdentifier {
    QualifiedIdentifier::new("test", name)
}

fn field(name: &str) -> PlanField {
    PlanField {
        name: name.to_owned(),
        ..PlanField::default()
    }
}

fn typed(name: &str, ir_type: &str) -> PlanField {
    PlanField {
        ir_type: ir_type.to_owned(),
        ..field(name)
    }
}

fn select(name: &str) -> SelectField {
    SelectField {
        field: field(name),
        aggregate: None,
        aggregate_cast: None,
        cast: None,
        alias: None,
    }
}

fn filter(name: &str, operation: Operation) -> Condition {
    Condition::Filter {
        field: field(name),
        negated: false,
        operation,
    }
}

fn equal(name: &str, value: &str) -> Condition {
    let operation = Operation::Quantified(QuantOperator::Equal, None, value.to_owned());
    filter(name, operation)
}

/// `SELECT columns FROM test.name`.
fn relation(name: &str, columns: &[&str]) -> ReadPlan {
    ReadPlan {
        select: columns.iter().copied().map(select).collect(),
        from: qualified(name),
        name: name.to_owned(),
        ..ReadPlan::default()
    }
}

/// The answer of a write or a call, read from its CTE.
fn source(name: &str, columns: &[&str]) -> ReadPlan {
    ReadPlan {
        from: QualifiedIdentifier::new("", "pgrst_source"),
        from_alias: Some(name.to_owned()),
        ..relation(name, columns)
    }
}

fn request() -> ApiRequest {
    ApiRequest {
        action: Action::SchemaInfo,
        method: http::Method::GET,
        path: "/projects".to_owned(),
        top_level_range: RowRange::ALL,
        ranges: Vec::new(),
        query: QueryParams::default(),
        payload: None,
        preferences: Preferences::default(),
        columns: BTreeSet::new(),
        headers: Vec::new(),
        cookies: Vec::new(),
        schema: "test".to_owned(),
        negotiated_by_profile: false,
        accept: Vec::new(),
        content_type: MediaType::ApplicationJson,
    }
}

fn caller() -> Caller {
    Caller {
        role: "anon".to_owned(),
        claims: r#"{"role":"anon"}"#.to_owned(),
        authenticated: false,
    }
}

fn param(name: &str, type_name: &str) -> RoutineParam {
    RoutineParam {
        name: name.to_owned(),
        type_name: type_name.to_owned(),
        type_max_length: type_name.to_owned(),
        required: true,
        variadic: false,
    }
}

/// `test.name`, which returns a scalar.
fn scalar_routine(name: &str) -> Routine {
    Routine {
        schema: "test".to_owned(),
        name: name.to_owned(),
        description: None,
        params: Vec::new(),
        return_type: ReturnType {
            set: false,
            kind: ReturnKind::Scalar(QualifiedIdentifier::new("pg_catalog", "int4")),
        },
        volatility: Volatility::Volatile,
        has_variadic: false,
        isolation: None,
        settings: Vec::new(),
    }
}

fn read_action(read: ReadPlan, handler: MediaHandler) -> Plan {
    Plan::Read(ReadAction {
        relation: read.from.clone(),
        read,
        handler,
        media: MediaType::ApplicationJson,
        head: false,
    })
}

fn render(plan: &Plan, preferences: Preferences, config: &Config) -> Query {
    let request = ApiRequest {
        preferences,
        ..request()
    };
    Query::render(plan, &request, config, &SchemaCache::default(), &caller())
        .expect("a good plan")
        .expect("a plan for the database")
}

fn main_of(plan: &Plan, preferences: Preferences) -> Statement {
    render(plan, preferences, &Config::default()).main
}

fn read_sql(plan: &ReadPlan) -> Statement {
    let mut sql = Sql::new();
    super::read::render_read(&mut sql, plan).expect("a good plan");
    sql.finish()
}

fn params(statement: &Statement) -> Vec<&str> {
    statement
        .params
        .iter()
        .map(|value| {
            value
                .as_deref()
                .map_or("(null)", |bytes| std::str::from_utf8(bytes).expect("text"))
        })
        .collect()
}

/// The SQL is as expected, and so are its parameters.
#[track_caller]
fn assert_sql(statement: &Statement, sql: &str, values: &[&str]) {
    assert_eq!(statement.sql, sql);
    assert_eq!(params(statement), values);
}

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

fn shared(routine: Routine) -> Arc<Routine> {
    Arc::new(routine)
}
