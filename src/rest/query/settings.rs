//! What comes before the main statement of a transaction: its settings, and the pre-request function.
//!
//! In: the request, the caller, the configuration. Out: one SELECT of `set_config` calls. Mirrors PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/transactions.html#transaction-scoped-settings>.
#![forbid(unsafe_code)]

use std::time::Duration;

use bytes::Bytes;

use super::builder::{Sql, quote_ident};
use super::caller::Caller;
use super::types::Statement;
use crate::rest::api_request::ApiRequest;
use crate::rest::config::Config;
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::schema_cache::types::{IsolationLevel, Routine, SchemaCache};

/// The settings, local to the transaction. Those of the role come before the role itself, for the role may not be
/// allowed to set them.
pub(crate) fn render_settings(
    routine: Option<&Routine>,
    request: &ApiRequest,
    config: &Config,
    cache: &SchemaCache,
    caller: &Caller,
    read_only: bool,
) -> Statement {
    let mut sql = Sql::new();
    sql.text("select ");
    if read_only {
        // The transaction is not always begun by a statement that could say so.
        sql.text("set_config('transaction_read_only', 'on', true), ");
    }
    let path = search_path(&request.schema, &config.extra_search_path);
    render_setting(&mut sql, "'search_path'", Bytes::from(path));
    for (name, value) in cache.role_settings.get(&caller.role).into_iter().flatten() {
        sql.text(", ");
        render_named_setting(&mut sql, name, value);
    }
    let constant = [
        (", 'role'", bytes(&caller.role)),
        (", 'request.jwt.claims'", bytes(&caller.claims)),
        (", 'request.method'", bytes(request.method.as_str())),
        (", 'request.path'", bytes(&request.path)),
        (", 'request.headers'", json_object(&request.headers)),
        (", 'request.cookies'", json_object(&request.cookies)),
    ];
    for (name, value) in constant {
        let (separator, name) = name.split_at(2);
        sql.text(separator);
        render_setting(&mut sql, name, value);
    }
    if let Some(timezone) = &request.preferences.timezone
        && cache.timezones.contains(timezone)
    {
        sql.text(", ");
        render_setting(&mut sql, "'timezone'", bytes(timezone));
    }
    for (name, value) in routine.into_iter().flat_map(|routine| &routine.settings) {
        sql.text(", ");
        render_named_setting(&mut sql, name, value);
    }
    for (name, value) in &config.app_settings {
        sql.text(", ");
        render_named_setting(&mut sql, &format!("app.settings.{name}"), value);
    }
    sql.finish()
}

/// `db-pre-request`.
pub(crate) fn render_pre_request(config: &Config) -> Option<Statement> {
    let function = config.pre_request.as_deref()?;
    let (schema, name) = function.split_once('.').unwrap_or(("", function));
    let mut sql = Sql::new();
    sql.text("select ")
        .qualified(&QualifiedIdentifier::new(schema, name))
        .text("()");
    Some(sql.finish())
}

/// The isolation of the transaction: that of the function, else of the role.
pub(crate) fn isolation(
    routine: Option<&Routine>,
    cache: &SchemaCache,
    caller: &Caller,
) -> IsolationLevel {
    routine
        .and_then(|routine| routine.isolation)
        .or_else(|| cache.role_isolation.get(&caller.role).copied())
        .unwrap_or(IsolationLevel::ReadCommitted)
}

/// The `statement_timeout` that these settings set: that of the function comes last.
pub(crate) fn statement_timeout(
    routine: Option<&Routine>,
    cache: &SchemaCache,
    caller: &Caller,
) -> Option<Duration> {
    let of_role = cache.role_settings.get(&caller.role).into_iter().flatten();
    let of_routine = routine.into_iter().flat_map(|routine| &routine.settings);
    let (_, value) = of_role
        .chain(of_routine)
        .rfind(|(name, _)| name == "statement_timeout")?;
    parse_duration(value).filter(|timeout| !timeout.is_zero())
}

/// A duration as PostgreSQL's settings have it: a number, of milliseconds if there is no unit.
fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let end = text
        .find(|at: char| !(at.is_ascii_digit() || at == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let seconds = match unit.trim() {
        "us" => 1e-6,
        "" | "ms" => 1e-3,
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()
}

/// The name stands in the text.
fn render_setting(sql: &mut Sql, name: &str, value: Bytes) {
    sql.text("set_config(")
        .text(name)
        .text(", ")
        .param(value)
        .text(", true)");
}

/// The name stands in the text, quoted: a session knows from there that no setting that matters to it is changed.
fn render_named_setting(sql: &mut Sql, name: &str, value: &str) {
    sql.text("set_config(")
        .literal(name)
        .text(", ")
        .text_param(value)
        .text(", true)");
}

/// The schema of the request, and those that are always searched.
fn search_path(schema: &str, extra: &[String]) -> String {
    let mut path = String::with_capacity(32);
    quote_ident(&mut path, schema);
    for schema in extra {
        path.push_str(", ");
        quote_ident(&mut path, schema);
    }
    path
}

/// A JSON object of texts. Of names given twice the last one counts.
fn json_object(pairs: &[(String, String)]) -> Bytes {
    let length: usize = pairs
        .iter()
        .map(|(name, value)| name.len() + value.len() + 8)
        .sum();
    let mut json = Vec::with_capacity(length + 2);
    json.push(b'{');
    for (index, (name, value)) in pairs.iter().enumerate() {
        if pairs.iter().skip(index + 1).any(|(later, _)| later == name) {
            continue;
        }
        if json.len() > 1 {
            json.push(b',');
        }
        write_json(&mut json, name);
        json.push(b':');
        write_json(&mut json, value);
    }
    json.push(b'}');
    Bytes::from(json)
}

fn write_json(json: &mut Vec<u8>, text: &str) {
    // Writing text to a vector cannot fail.
    let _ = serde_json::to_writer(json, text);
}

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_units_of_postgresql() {
        let milliseconds = |text| parse_duration(text).map(|duration| duration.as_millis());
        assert_eq!(milliseconds("100"), Some(100));
        assert_eq!(milliseconds("1500 ms"), Some(1500));
        assert_eq!(milliseconds("8s"), Some(8000));
        assert_eq!(milliseconds("1.5min"), Some(90_000));
        assert_eq!(milliseconds("0"), Some(0));
        assert_eq!(milliseconds("soon"), None);
    }
}
