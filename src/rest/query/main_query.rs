//! The main statement of a request: a CTE that reads, writes or calls, and the one row that is answered from.
//!
//! In: a plan. Out: a `Query`. The row always has the columns of `ResultSet`, in that order. Mirrors PostgREST v14's
//! main queries.
#![forbid(unsafe_code)]

use super::builder::Sql;
use super::call::render_call;
use super::caller::Caller;
use super::handler::render_handler;
use super::mutate::render_mutate;
use super::read::{render_count, render_read};
use super::settings::{isolation, render_pre_request, render_settings, statement_timeout};
use super::types::{Query, Statement};
use crate::rest::api_request::ApiRequest;
use crate::rest::api_request::preferences::{Count, Preferences, Representation, Resolution};
use crate::rest::config::Config;
use crate::rest::error::Error;
use crate::rest::media_type::{MediaType, PlanFormat, PlanOption};
use crate::rest::plan::types::{CallAction, MutateAction, MutatePlan, Plan, ReadAction};
use crate::rest::schema_cache::types::{MediaHandler, SchemaCache};

impl Query {
    /// What a plan asks of the database: nothing for `OPTIONS`, and nothing here for the description at the root, which
    /// has statements of its own.
    pub(crate) fn render(
        plan: &Plan,
        request: &ApiRequest,
        config: &Config,
        cache: &SchemaCache,
        caller: &Caller,
    ) -> Result<Option<Self>, Error> {
        let preferences = &request.preferences;
        let mut count_explain = None;
        let (main, read_only, routine) = match plan {
            Plan::Read(action) => {
                if explains_count(preferences) && !matches!(action.media, MediaType::Plan(_)) {
                    count_explain = Some(render_count_explain(action)?);
                }
                (main_read(action, preferences, config)?, true, None)
            }
            Plan::Mutate(action) => (main_mutate(action, preferences)?, false, None),
            Plan::Call(action) => (
                main_call(action, preferences)?,
                action.read_only,
                Some(&*action.routine),
            ),
            Plan::Inspect { .. } | Plan::Info(_) => return Ok(None),
        };
        Ok(Some(Self {
            isolation: isolation(routine, cache, caller),
            read_only,
            timeout: statement_timeout(routine, cache, caller),
            settings: render_settings(routine, request, config, cache, caller, read_only),
            pre_request: render_pre_request(config),
            main,
            count_explain,
        }))
    }
}

fn main_read(
    action: &ReadAction,
    preferences: &Preferences,
    config: &Config,
) -> Result<Statement, Error> {
    let mut sql = Sql::new();
    render_explain_of(&mut sql, &action.media);
    sql.text("WITH pgrst_source AS ( ");
    render_read(&mut sql, &action.read)?;
    sql.text(" )");
    if counts(preferences) {
        sql.text(COUNT_CTE);
        render_count(&mut sql, &action.read)?;
        // One more than may be answered shows that there are too many to count.
        if preferences.count == Some(Count::Estimated)
            && let Some(max_rows) = config.max_rows
        {
            sql.text(" LIMIT ").number(max_rows.saturating_add(1));
        }
        sql.text(")");
    }
    sql.text(" SELECT ").text(total(preferences));
    sql.text(PAGE_TOTAL).text(NO_LOCATION).text(" AS header, ");
    render_handler(&mut sql, &action.handler, None);
    sql.text(RESPONSE).text(NONE_INSERTED);
    sql.text(" FROM ( SELECT * FROM pgrst_source ) _postgrest_t");
    Ok(sql.finish())
}

fn main_mutate(action: &MutateAction, preferences: &Preferences) -> Result<Statement, Error> {
    let mut sql = Sql::new();
    render_explain_of(&mut sql, &action.media);
    sql.text("WITH pgrst_source AS (");
    render_mutate(&mut sql, &action.mutate);
    sql.text(") SELECT ").text(NO_TOTAL).text(PAGE_TOTAL);
    let mut inserted = NONE_INSERTED;
    let mut location = None;
    if let MutatePlan::Insert {
        filters,
        pk_columns,
        ..
    } = &action.mutate
    {
        if !filters.is_empty() || preferences.resolution == Some(Resolution::MergeDuplicates) {
            inserted = INSERTED;
        }
        if preferences.representation == Some(Representation::HeadersOnly) {
            location = Some(pk_columns);
        }
    }
    match location {
        Some(pk_columns) => render_location(&mut sql, pk_columns),
        None => {
            sql.text(NO_LOCATION);
        }
    }
    sql.text(" AS header, ");
    render_handler(&mut sql, &action.handler, None);
    sql.text(RESPONSE).text(inserted).text(" FROM (");
    // Without a body nothing is selected of what was written, not even what the caller may not read.
    if action.handler == MediaHandler::NoAggregate {
        sql.text("SELECT * FROM pgrst_source");
    } else {
        render_read(&mut sql, &action.read)?;
    }
    sql.text(") _postgrest_t");
    Ok(sql.finish())
}

fn main_call(action: &CallAction, preferences: &Preferences) -> Result<Statement, Error> {
    let mut sql = Sql::new();
    render_explain_of(&mut sql, &action.media);
    sql.text("WITH pgrst_source AS (");
    render_call(&mut sql, &action.call);
    sql.text(")");
    if counts(preferences) {
        sql.text(COUNT_CTE);
        render_count(&mut sql, &action.read)?;
        sql.text(")");
    }
    sql.text(" SELECT ")
        .text(total(preferences))
        .text(if action.routine.returns_single() {
            "1::bigint AS page_total, "
        } else {
            PAGE_TOTAL
        })
        .text(NO_LOCATION)
        .text(" AS header, ");
    render_handler(&mut sql, &action.handler, Some(&action.routine));
    sql.text(RESPONSE).text(NONE_INSERTED).text(" FROM (");
    render_read(&mut sql, &action.read)?;
    sql.text(") _postgrest_t");
    Ok(sql.finish())
}

/// The statement whose plan says how many rows there are.
fn render_count_explain(action: &ReadAction) -> Result<Statement, Error> {
    let mut sql = Sql::new();
    sql.text("EXPLAIN (FORMAT JSON) ");
    render_count(&mut sql, &action.read)?;
    Ok(sql.finish())
}

/// `EXPLAIN (…) ` when the plan itself is the answer.
fn render_explain_of(sql: &mut Sql, media: &MediaType) {
    let MediaType::Plan(plan) = media else { return };
    sql.text(match plan.format {
        PlanFormat::Json => "EXPLAIN (FORMAT JSON",
        PlanFormat::Text => "EXPLAIN (FORMAT TEXT",
    });
    for option in &plan.options {
        sql.text(match option {
            PlanOption::Analyze => ", ANALYZE",
            PlanOption::Verbose => ", VERBOSE",
            PlanOption::Settings => ", SETTINGS",
            PlanOption::Buffers => ", BUFFERS",
            PlanOption::Wal => ", WAL",
        });
    }
    sql.text(") ");
}

/// The key columns of the one row that was inserted, as `column=eq.value`.
fn render_location(sql: &mut Sql, pk_columns: &[String]) {
    sql.text("CASE WHEN pg_catalog.count(_postgrest_t) = 1 THEN coalesce((")
        .text("WITH data AS (SELECT row_to_json(_) AS row FROM pgrst_source AS _ LIMIT 1) ")
        .text("SELECT array_agg(json_data.key || '=' || coalesce('eq.' || json_data.value, 'is.null')) ")
        .text("FROM data CROSS JOIN json_each_text(data.row) AS json_data WHERE json_data.key IN (");
    if pk_columns.is_empty() {
        sql.text("''");
    }
    sql.list(", ", pk_columns, |sql, column| {
        sql.literal(column);
    });
    sql.text(")), ")
        .text(NO_LOCATION)
        .text(") ELSE ")
        .text(NO_LOCATION)
        .text(" END");
}

/// Rows are counted in the main statement.
const fn counts(preferences: &Preferences) -> bool {
    matches!(preferences.count, Some(Count::Exact | Count::Estimated))
}

/// The planner is asked how many rows there are.
const fn explains_count(preferences: &Preferences) -> bool {
    matches!(preferences.count, Some(Count::Planned | Count::Estimated))
}

const fn total(preferences: &Preferences) -> &'static str {
    if counts(preferences) {
        "(SELECT pg_catalog.count(*) FROM pgrst_source_count) AS total_result_set, "
    } else {
        NO_TOTAL
    }
}

const COUNT_CTE: &str = ", pgrst_source_count AS (";
const NO_TOTAL: &str = "null::bigint AS total_result_set, ";
const PAGE_TOTAL: &str = "pg_catalog.count(_postgrest_t) AS page_total, ";
const NO_LOCATION: &str = "array[]::text[]";
const RESPONSE: &str = " AS body, nullif(current_setting('response.headers', true), '') AS response_headers, \
nullif(current_setting('response.status', true), '') AS response_status, ";
const INSERTED: &str =
    "nullif(current_setting('pgrst.inserted', true), '')::int AS response_inserted";
/// PostgREST reads zero where nothing is counted, which is why a plain insert is answered 201.
const NONE_INSERTED: &str = "0 AS response_inserted";
