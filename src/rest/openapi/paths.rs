//! Operations on tables, and calls of functions.
#![forbid(unsafe_code)]

use serde_json::{Map, Value, json};

use crate::rest::openapi::definitions::render_arguments;
use crate::rest::openapi::document::{Description, split_comment};
use crate::rest::openapi::parameters::{body_name, filter_name, reference};
use crate::rest::openapi::swagger_type::{element_type, format, swagger_type};
use crate::rest::schema_cache::types::{Routine, RoutineParam, Table, Volatility};

/// All paths. Of overloaded functions the last one, with the most parameters, is shown.
pub(super) fn render(description: &Description) -> Value {
    let mut paths = Map::new();
    paths.insert("/".to_owned(), root());
    for table in &description.tables {
        paths.insert(format!("/{}", table.name), render_table(table));
    }
    for routine in &description.routines {
        paths.insert(format!("/rpc/{}", routine.name), render_routine(routine));
    }
    Value::Object(paths)
}

fn root() -> Value {
    json!({ "get": {
        "tags": ["Introspection"],
        "summary": "OpenAPI description (this document)",
        "produces": ["application/openapi+json", "application/json"],
        "responses": { "200": { "description": "OK" } },
    }})
}

fn render_table(table: &Table) -> Value {
    let filters = || {
        table
            .columns
            .values()
            .map(|column| reference(&filter_name(table, column)))
    };
    let body = || std::iter::once(reference(&body_name(table)));
    let common = |names: &[&str]| names.iter().map(|name| reference(name)).collect::<Vec<_>>();
    let operation = |parameters: Vec<Value>, responses: Value| {
        let mut operation = operation(&table.name, table.description.as_deref());
        operation.insert("parameters".to_owned(), Value::Array(parameters));
        operation.insert("responses".to_owned(), responses);
        Value::Object(operation)
    };
    let mut path = Map::new();
    path.insert(
        "get".to_owned(),
        operation(
            filters().chain(common(READ_PARAMETERS)).collect(),
            json!({
                "200": {
                    "description": "OK",
                    "schema": {
                        "type": "array",
                        "items": { "$ref": format!("#/definitions/{}", table.name) },
                    },
                },
                "206": { "description": "Partial Content" },
            }),
        ),
    );
    if table.insertable || table.updatable || table.deletable {
        path.insert(
            "post".to_owned(),
            operation(
                body().chain(common(&["select", "preferPost"])).collect(),
                json!({ "201": { "description": "Created" } }),
            ),
        );
        let no_content = json!({ "204": { "description": "No Content" } });
        path.insert(
            "patch".to_owned(),
            operation(
                filters()
                    .chain(body())
                    .chain(common(&["preferReturn"]))
                    .collect(),
                no_content.clone(),
            ),
        );
        path.insert(
            "delete".to_owned(),
            operation(
                filters().chain(common(&["preferReturn"])).collect(),
                no_content,
            ),
        );
    }
    Value::Object(path)
}

fn render_routine(routine: &Routine) -> Value {
    let operation = |parameters: Vec<Value>| {
        let tag = format!("(rpc) {}", routine.name);
        let mut operation = operation(&tag, routine.description.as_deref());
        operation.insert("produces".to_owned(), json!(CALL_MEDIA_TYPES));
        if !parameters.is_empty() {
            operation.insert("parameters".to_owned(), Value::Array(parameters));
        }
        operation.insert(
            "responses".to_owned(),
            json!({ "200": { "description": "OK" } }),
        );
        Value::Object(operation)
    };
    let body = json!({
        "name": "args",
        "required": true,
        "in": "body",
        "schema": render_arguments(routine),
    });
    let mut path = Map::new();
    // What may write is not called by GET.
    if routine.volatility != Volatility::Volatile {
        let arguments = routine.params.iter().map(argument).collect();
        path.insert("get".to_owned(), operation(arguments));
    }
    let parameters = vec![body, reference("preferParams")];
    path.insert("post".to_owned(), operation(parameters));
    Value::Object(path)
}

/// An argument in the query string.
fn argument(param: &RoutineParam) -> Value {
    let kind = swagger_type(&param.type_name);
    let mut parameter = Map::new();
    parameter.insert("name".to_owned(), json!(param.name));
    parameter.insert("required".to_owned(), json!(param.required));
    parameter.insert("in".to_owned(), json!("query"));
    if param.variadic {
        let element = element_type(&param.type_name);
        let mut items = Map::new();
        if let Some(kind) = swagger_type(element) {
            items.insert("type".to_owned(), json!(kind));
        }
        items.insert("format".to_owned(), json!(format(element)));
        parameter.insert("type".to_owned(), json!(kind.unwrap_or("string")));
        parameter.insert("items".to_owned(), Value::Object(items));
        parameter.insert("collectionFormat".to_owned(), json!("multi"));
    } else {
        // An array is written with braces, which makes it a string.
        let kind = kind.filter(|&kind| kind != "array").unwrap_or("string");
        parameter.insert("type".to_owned(), json!(kind));
        parameter.insert("format".to_owned(), json!(format(&param.type_name)));
    }
    Value::Object(parameter)
}

/// The first line of the comment is the summary.
fn operation(tag: &str, comment: Option<&str>) -> Map<String, Value> {
    let mut operation = Map::new();
    operation.insert("tags".to_owned(), json!([tag]));
    if let Some((summary, description)) = comment.map(split_comment) {
        operation.insert("summary".to_owned(), json!(summary));
        if !description.is_empty() {
            operation.insert("description".to_owned(), json!(description));
        }
    }
    operation
}

const READ_PARAMETERS: &[&str] = &[
    "select",
    "order",
    "range",
    "rangeUnit",
    "offset",
    "limit",
    "preferCount",
];
const CALL_MEDIA_TYPES: [&str; 3] = [
    "application/json",
    "application/vnd.pgrst.object+json;nulls=stripped",
    "application/vnd.pgrst.object+json",
];
