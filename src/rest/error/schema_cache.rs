//! Answers to names that are not in the schema cache, or in it more than once: PGRST2xx.
//!
//! Mirrors PostgREST v14, Error.hs.
#![forbid(unsafe_code)]

use super::answer::{Answer, Details, push_json_string};
use super::{SchemaCacheError, codes};
use crate::rest::media_type::MediaType;
use crate::rest::schema_cache::types::{Cardinality, Relationship, Routine};

impl From<SchemaCacheError> for Answer {
    fn from(error: SchemaCacheError) -> Self {
        match error {
            SchemaCacheError::AmbiguousRelationship {
                origin,
                target,
                relationships,
            } => ambiguous_relationship(&origin, &target, &relationships),
            SchemaCacheError::AmbiguousRoutine(routines) => ambiguous_routine(&routines),
            SchemaCacheError::ColumnNotFound { relation, column } => Self::new(
                400,
                codes::COLUMN_NOT_FOUND,
                format!("Could not find the '{column}' column of '{relation}' in the schema cache"),
            ),
            SchemaCacheError::NoRelationship {
                origin,
                target,
                hint,
                schema,
                suggestion,
            } => no_relationship(&origin, &target, hint.as_deref(), &schema).suggest(suggestion),
            SchemaCacheError::NoRoutine {
                schema,
                name,
                arguments,
                content_type,
                is_post,
                suggestion,
            } => {
                let call = Call {
                    function: format!("{schema}.{name}"),
                    arguments: &arguments,
                    unnamed: if is_post {
                        unnamed(&content_type)
                    } else {
                        None
                    },
                };
                call.not_found()
                    .suggest(suggestion.filter(|_| !call.only_unnamed()))
            }
            SchemaCacheError::TableNotFound {
                schema,
                name,
                suggestion,
            } => Self::new(
                404,
                codes::TABLE_NOT_FOUND,
                format!("Could not find the table '{schema}.{name}' in the schema cache"),
            )
            .suggest(suggestion),
        }
    }
}

impl Answer {
    /// With the suggestion as the hint, if there is one.
    fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.hint = suggestion.map(Into::into);
        self
    }
}

fn no_relationship(origin: &str, target: &str, hint: Option<&str>, schema: &str) -> Answer {
    let using = hint.map_or_else(String::new, |hint| format!("' using the hint '{hint}"));
    Answer::new(
        400,
        codes::NO_RELATIONSHIP,
        format!(
            "Could not find a relationship between '{origin}' and '{target}' in the schema cache"
        ),
    )
    .with_details(format!(
        "Searched for a foreign key relationship between '{origin}' and '{target}{using}' in the schema '{schema}', but no matches were found."
    ))
}

fn ambiguous_relationship(origin: &str, target: &str, found: &[Relationship]) -> Answer {
    let hints: Vec<String> = found.iter().map(relationship_hint).collect();
    let mut details = String::from("[");
    for (at, relationship) in found.iter().enumerate() {
        if at > 0 {
            details.push(',');
        }
        push_relationship(&mut details, relationship);
    }
    details.push(']');
    let mut answer = Answer::new(
        300,
        codes::AMBIGUOUS_RELATIONSHIP,
        format!(
            "Could not embed because more than one relationship was found for '{origin}' and '{target}'"
        ),
    )
    .with_hint(format!(
        "Try changing '{target}' to one of the following: {}. Find the desired relationship in the 'details' key.",
        hints.join(", ")
    ));
    answer.details = Some(Details::Json(details));
    answer
}

/// `'target!constraint'`, with which the relationship can be named.
fn relationship_hint(relationship: &Relationship) -> String {
    // Computed relationships are found by their own name, so that they are never ambiguous.
    let Relationship::ForeignKey {
        foreign_table,
        cardinality,
        ..
    } = relationship
    else {
        return String::new();
    };
    let by = match cardinality {
        Cardinality::OneToMany { constraint, .. }
        | Cardinality::ManyToOne { constraint, .. }
        | Cardinality::OneToOne { constraint, .. } => constraint,
        Cardinality::ManyToMany(junction) => &junction.table.name,
    };
    format!("'{}!{by}'", foreign_table.name)
}

/// Appends the JSON object that describes one candidate.
fn push_relationship(json: &mut String, relationship: &Relationship) {
    let Relationship::ForeignKey {
        table,
        foreign_table,
        cardinality,
        ..
    } = relationship
    else {
        json.push_str("{}");
        return;
    };
    let by_key = |constraint: &str, columns: &[(String, String)]| {
        let here = parenthesized(columns.iter().map(|(column, _)| column));
        let there = parenthesized(columns.iter().map(|(_, column)| column));
        let (table, foreign_table) = (&table.name, &foreign_table.name);
        format!("{constraint} using {table}{here} and {foreign_table}{there}")
    };
    let (kind, by) = match cardinality {
        Cardinality::OneToMany {
            constraint,
            columns,
        } => ("one-to-many", by_key(constraint, columns)),
        Cardinality::ManyToOne {
            constraint,
            columns,
        } => ("many-to-one", by_key(constraint, columns)),
        Cardinality::OneToOne {
            constraint,
            columns,
            ..
        } => ("one-to-one", by_key(constraint, columns)),
        Cardinality::ManyToMany(junction) => {
            let source = parenthesized(junction.source_columns.iter().map(|(_, column)| column));
            let target = parenthesized(junction.target_columns.iter().map(|(_, column)| column));
            let (first, second) = (&junction.constraint1, &junction.constraint2);
            let by = format!(
                "{} using {first}{source} and {second}{target}",
                junction.table.name
            );
            ("many-to-many", by)
        }
    };
    let embedding = format!("{} with {}", table.name, foreign_table.name);
    json.push_str("{\"cardinality\":");
    push_json_string(json, kind);
    json.push_str(",\"embedding\":");
    push_json_string(json, &embedding);
    json.push_str(",\"relationship\":");
    push_json_string(json, &by);
    json.push('}');
}

/// `(a, b)`.
fn parenthesized<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    format!("({})", names.join(", "))
}

fn ambiguous_routine(routines: &[Routine]) -> Answer {
    let candidates: Vec<String> = routines.iter().map(signature).collect();
    Answer::new(
        300,
        codes::AMBIGUOUS_ROUTINE,
        format!(
            "Could not choose the best candidate function between: {}",
            candidates.join(", ")
        ),
    )
    .with_hint("Try renaming the parameters or the function itself in the database so function overloading can be resolved")
}

/// `schema.name(a => type, …)`.
fn signature(routine: &Routine) -> String {
    let params: Vec<String> = routine
        .params
        .iter()
        .map(|param| format!("{} => {}", param.name, param.type_name))
        .collect();
    let (schema, name) = (&routine.schema, &routine.name);
    format!("{schema}.{name}({})", params.join(", "))
}

/// A call of a function that nobody knows.
struct Call<'a> {
    function: String,
    arguments: &'a [String],
    /// The type of the single unnamed parameter that the body could be.
    unnamed: Option<&'static str>,
}

/// A body of one type can be the single unnamed parameter.
fn unnamed(content_type: &MediaType) -> Option<&'static str> {
    match content_type {
        MediaType::TextPlain => Some("text"),
        MediaType::TextXml => Some("xml"),
        MediaType::OctetStream => Some("bytea"),
        MediaType::ApplicationJson => Some(JSON),
        _ => None,
    }
}

const JSON: &str = "json/jsonb";

impl Call<'_> {
    /// The body is nothing but the single unnamed parameter: names do not matter.
    fn only_unnamed(&self) -> bool {
        self.unnamed.is_some_and(|kind| kind != JSON)
    }

    fn not_found(&self) -> Answer {
        let function = &self.function;
        let names = self.arguments.join(", ");
        let in_message = match self.arguments {
            _ if self.only_unnamed() => String::new(),
            [] => " without parameters".to_owned(),
            _ => format!("({names})"),
        };
        let with_names = match self.arguments {
            [] => " without parameters".to_owned(),
            [_] => format!(" with parameter {names}"),
            _ => format!(" with parameters {names}"),
        };
        let in_details = match self.unnamed {
            Some(JSON) => format!("{with_names} or with a single unnamed {JSON} parameter"),
            Some(kind) => format!(" with a single unnamed {kind} parameter"),
            None => with_names,
        };
        Answer::new(
            404,
            codes::NO_ROUTINE,
            format!("Could not find the function {function}{in_message} in the schema cache"),
        )
        .with_details(format!(
            "Searched for the function {function}{in_details}, but no matches were found in the schema cache."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::error::Error;
    use crate::rest::identifiers::QualifiedIdentifier;
    use crate::rest::schema_cache::types::{
        Junction, ReturnKind, ReturnType, RoutineParam, Volatility,
    };

    fn answered(error: SchemaCacheError) -> (u16, String) {
        let response = Error::from(error).into_response();
        assert_eq!(response.headers.len(), 3);
        let body = String::from_utf8_lossy(&response.body).into_owned();
        (response.status, body)
    }

    fn table(name: &str) -> QualifiedIdentifier {
        QualifiedIdentifier::new("test", name)
    }

    fn columns(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(left, right)| ((*left).to_owned(), (*right).to_owned()))
            .collect()
    }

    fn relationship(cardinality: Cardinality) -> Relationship {
        Relationship::ForeignKey {
            table: table("orders"),
            foreign_table: table("addresses"),
            is_self: false,
            cardinality,
            table_is_view: false,
            foreign_table_is_view: false,
        }
    }

    fn routine(params: &[(&str, &str)]) -> Routine {
        Routine {
            schema: "test".to_owned(),
            name: "overloaded".to_owned(),
            description: None,
            params: params
                .iter()
                .map(|(name, type_name)| RoutineParam {
                    name: (*name).to_owned(),
                    type_name: (*type_name).to_owned(),
                    type_max_length: (*type_name).to_owned(),
                    required: true,
                    variadic: false,
                })
                .collect(),
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

    fn no_routine(arguments: &[&str], content_type: MediaType, is_post: bool) -> (u16, String) {
        answered(SchemaCacheError::NoRoutine {
            schema: "test".to_owned(),
            name: "sayhell".to_owned(),
            arguments: arguments.iter().map(|name| (*name).to_owned()).collect(),
            content_type,
            is_post,
            suggestion: Some("Perhaps you meant to call the function test.sayhello".to_owned()),
        })
    }

    #[test]
    fn candidates_of_an_embedding_are_listed_with_a_hint_for_each() {
        let orders = [
            relationship(Cardinality::ManyToOne {
                constraint: "billing".to_owned(),
                columns: columns(&[("billing_address_id", "id"), ("x", "y")]),
            }),
            relationship(Cardinality::OneToMany {
                constraint: "back".to_owned(),
                columns: columns(&[("id", "order_id")]),
            }),
            relationship(Cardinality::OneToOne {
                constraint: "one".to_owned(),
                columns: columns(&[("a_id", "id")]),
                is_parent: false,
            }),
            relationship(Cardinality::ManyToMany(Junction {
                table: table("j\""),
                constraint1: "c1".to_owned(),
                constraint2: "c2".to_owned(),
                source_columns: columns(&[("id", "order_id")]),
                target_columns: columns(&[("id", "address_id"), ("k", "address_k")]),
            })),
        ];
        let (status, body) = answered(SchemaCacheError::AmbiguousRelationship {
            origin: "orders".to_owned(),
            target: "addresses".to_owned(),
            relationships: orders.to_vec(),
        });
        assert_eq!(status, 300);
        assert_eq!(
            body,
            concat!(
                r#"{"code":"PGRST201","details":["#,
                r#"{"cardinality":"many-to-one","embedding":"orders with addresses","relationship":"billing using orders(billing_address_id, x) and addresses(id, y)"},"#,
                r#"{"cardinality":"one-to-many","embedding":"orders with addresses","relationship":"back using orders(id) and addresses(order_id)"},"#,
                r#"{"cardinality":"one-to-one","embedding":"orders with addresses","relationship":"one using orders(a_id) and addresses(id)"},"#,
                r#"{"cardinality":"many-to-many","embedding":"orders with addresses","relationship":"j\" using c1(order_id) and c2(address_id, address_k)"}],"#,
                r#""hint":"Try changing 'addresses' to one of the following: 'addresses!billing', 'addresses!back', 'addresses!one', 'addresses!j\"'. Find the desired relationship in the 'details' key.","#,
                r#""message":"Could not embed because more than one relationship was found for 'orders' and 'addresses'"}"#
            )
        );
    }

    #[test]
    fn candidates_of_a_call_are_listed_with_their_parameters() {
        let found = vec![
            routine(&[("a", "integer"), ("b", "text")]),
            routine(&[("", "json")]),
            routine(&[]),
        ];
        assert_eq!(
            answered(SchemaCacheError::AmbiguousRoutine(found)),
            (300, r#"{"code":"PGRST203","details":null,"hint":"Try renaming the parameters or the function itself in the database so function overloading can be resolved","message":"Could not choose the best candidate function between: test.overloaded(a => integer, b => text), test.overloaded( => json), test.overloaded()"}"#.to_owned())
        );
    }

    #[test]
    fn a_column_is_named_with_its_relation() {
        let error = SchemaCacheError::ColumnNotFound {
            relation: "articles".to_owned(),
            column: "helicopter".to_owned(),
        };
        assert_eq!(answered(error), (400, r#"{"code":"PGRST204","details":null,"hint":null,"message":"Could not find the 'helicopter' column of 'articles' in the schema cache"}"#.to_owned()));
    }

    #[test]
    fn a_table_is_named_with_its_schema() {
        let error = |suggestion: Option<&str>| SchemaCacheError::TableNotFound {
            schema: "public".to_owned(),
            name: "fake".to_owned(),
            suggestion: suggestion.map(str::to_owned),
        };
        assert_eq!(answered(error(None)), (404, r#"{"code":"PGRST205","details":null,"hint":null,"message":"Could not find the table 'public.fake' in the schema cache"}"#.to_owned()));
        assert_eq!(answered(error(Some("Perhaps"))), (404, r#"{"code":"PGRST205","details":null,"hint":"Perhaps","message":"Could not find the table 'public.fake' in the schema cache"}"#.to_owned()));
    }

    #[test]
    fn a_missing_relationship_says_what_was_searched() {
        let error = |hint: Option<&str>| SchemaCacheError::NoRelationship {
            origin: "projects".to_owned(),
            target: "client".to_owned(),
            hint: hint.map(str::to_owned),
            schema: "test".to_owned(),
            suggestion: Some("Perhaps you meant 'clients' instead of 'client'.".to_owned()),
        };
        assert_eq!(answered(error(None)), (400, r#"{"code":"PGRST200","details":"Searched for a foreign key relationship between 'projects' and 'client' in the schema 'test', but no matches were found.","hint":"Perhaps you meant 'clients' instead of 'client'.","message":"Could not find a relationship between 'projects' and 'client' in the schema cache"}"#.to_owned()));
        let (_, body) = answered(error(Some("fk")));
        assert!(body.contains(r#""Searched for a foreign key relationship between 'projects' and 'client' using the hint 'fk' in the schema 'test', but no matches were found.""#));
    }

    #[test]
    fn a_missing_function_is_described_by_how_it_was_called() {
        let json = MediaType::ApplicationJson;
        let cases = [
            (
                no_routine(&[], json.clone(), false),
                " without parameters",
                " without parameters",
                true,
            ),
            (
                no_routine(&["a"], json.clone(), false),
                "(a)",
                " with parameter a",
                true,
            ),
            (
                no_routine(&["a", "b"], MediaType::UrlEncoded, true),
                "(a, b)",
                " with parameters a, b",
                true,
            ),
            (
                no_routine(&["a"], MediaType::TextPlain, false),
                "(a)",
                " with parameter a",
                true,
            ),
            (
                no_routine(&[], json.clone(), true),
                " without parameters",
                " without parameters or with a single unnamed json/jsonb parameter",
                true,
            ),
            (
                no_routine(&["a", "b"], json, true),
                "(a, b)",
                " with parameters a, b or with a single unnamed json/jsonb parameter",
                true,
            ),
            (
                no_routine(&["a"], MediaType::TextPlain, true),
                "",
                " with a single unnamed text parameter",
                false,
            ),
            (
                no_routine(&[], MediaType::TextXml, true),
                "",
                " with a single unnamed xml parameter",
                false,
            ),
            (
                no_routine(&[], MediaType::OctetStream, true),
                "",
                " with a single unnamed bytea parameter",
                false,
            ),
        ];
        for (answered, in_message, in_details, hinted) in cases {
            let hint = if hinted {
                r#""Perhaps you meant to call the function test.sayhello""#
            } else {
                "null"
            };
            let body = format!(
                r#"{{"code":"PGRST202","details":"Searched for the function test.sayhell{in_details}, but no matches were found in the schema cache.","hint":{hint},"message":"Could not find the function test.sayhell{in_message} in the schema cache"}}"#
            );
            assert_eq!(answered, (404, body));
        }
    }
}
