//! What is known of a field: its type, whether it is JSON, how it is represented.
//!
//! In: a field of a request and the relation it belongs to. Out: a `PlanField`.
//! Mirrors PostgREST v14, domain representations and full-text search on columns.
#![forbid(unsafe_code)]

use crate::rest::api_request::types::{Field, Operation};
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::schema_cache::SchemaCache;
use crate::rest::schema_cache::types::{Column, DataRepresentation, Table};

use super::types::PlanField;

/// Resolves the fields of one relation, which the schema cache need not know.
#[derive(Clone, Copy)]
pub(crate) struct Resolver<'a> {
    cache: &'a SchemaCache,
    table: Option<&'a Table>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(cache: &'a SchemaCache, relation: &QualifiedIdentifier) -> Self {
        Self {
            cache,
            table: cache.tables.get(relation).map(AsRef::as_ref),
        }
    }

    /// The columns that the schema cache knows.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &'a Column> {
        self.table
            .into_iter()
            .flat_map(|table| table.columns.values())
    }

    /// A field whose value is neither read from text nor written as JSON, as in ORDER BY.
    pub(crate) fn plain(&self, field: &Field) -> PlanField {
        match self.column(&field.name) {
            Some(column) => PlanField {
                name: field.name.clone(),
                path: field.path.clone(),
                to_json: !is_json(&column.nominal_type),
                ir_type: column.nominal_type.clone(),
                ..PlanField::default()
            },
            // A function of the row, or a column of a function's result: its type is not known.
            None => PlanField {
                name: field.name.clone(),
                path: field.path.clone(),
                to_json: true,
                ..PlanField::default()
            },
        }
    }

    /// A field of the response.
    pub(crate) fn output(&self, field: &Field) -> PlanField {
        self.represented(self.plain(field))
    }

    /// A whole column of the response, in place of `*`.
    pub(crate) fn output_column(&self, column: &Column) -> PlanField {
        self.represented(PlanField {
            name: column.name.clone(),
            ir_type: column.nominal_type.clone(),
            ..PlanField::default()
        })
    }

    /// A field that is compared with text of the request.
    pub(crate) fn input(&self, field: &Field, operation: &Operation) -> PlanField {
        let mut resolved = self.plain(field);
        if let Operation::FullText(_, language, _) = operation
            && let Some(column) = self.column(&field.name)
            && column.data_type != "tsvector"
        {
            resolved.to_tsvector = Some(language.clone());
        }
        if let Some(parse) = self.representation("text", &resolved.ir_type) {
            transform(&mut resolved, "text", parse);
        }
        resolved
    }

    /// A column that is written from JSON, with its default; `None` when there is no such column.
    pub(crate) fn payload(&self, name: &str) -> Option<PlanField> {
        let column = self.column(name)?;
        let mut resolved = PlanField {
            name: name.to_owned(),
            ir_type: column.nominal_type.clone(),
            default: column.default.clone(),
            ..PlanField::default()
        };
        if let Some(parse) = self.representation("json", &column.nominal_type) {
            transform(&mut resolved, "json", parse);
        }
        Some(resolved)
    }

    /// A column has a representation in JSON of its own.
    pub(crate) fn has_representations(&self) -> bool {
        !self.cache.representations.is_empty()
            && self
                .columns()
                .any(|column| self.representation(&column.nominal_type, "json").is_some())
    }

    fn column(&self, name: &str) -> Option<&'a Column> {
        self.table?.columns.get(name)
    }

    fn represented(&self, mut field: PlanField) -> PlanField {
        if let Some(format) = self.representation(&field.ir_type, "json") {
            field.transform = Some(format.function.clone());
        }
        field
    }

    fn representation(&self, source: &str, target: &str) -> Option<&'a DataRepresentation> {
        // Most databases have none, and the key of the map would have to be allocated.
        if self.cache.representations.is_empty() || source.is_empty() || target.is_empty() {
            return None;
        }
        let key = (source.to_owned(), target.to_owned());
        self.cache.representations.get(&key)
    }
}

fn transform(field: &mut PlanField, source: &str, representation: &DataRepresentation) {
    source.clone_into(&mut field.ir_type);
    field.transform = Some(representation.function.clone());
}

/// Arrows work on these types as they are, and their indexes are used.
fn is_json(nominal_type: &str) -> bool {
    matches!(nominal_type, "json" | "jsonb")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{cache, cache_with_representations, equal, plain, qi};
    use super::*;
    use crate::rest::api_request::types::{FullTextOperator, JsonOperand, JsonOperation};

    fn resolved(name: &str, to_json: bool, ir_type: &str) -> PlanField {
        PlanField {
            name: name.to_owned(),
            to_json,
            ir_type: ir_type.to_owned(),
            ..PlanField::default()
        }
    }

    fn full_text(language: Option<&str>) -> Operation {
        let language = language.map(str::to_owned);
        Operation::FullText(FullTextOperator::Fts, language, "cat".to_owned())
    }

    #[test]
    fn json_columns_take_arrows_as_they_are() {
        let cache = cache();
        let fields = Resolver::new(&cache, &qi("documents"));
        let path = vec![JsonOperation::Arrow(JsonOperand::Key("a".to_owned()))];
        let field = Field {
            name: "data".to_owned(),
            path: path.clone(),
        };
        let expected = PlanField {
            path,
            ..resolved("data", false, "jsonb")
        };
        assert_eq!(fields.plain(&field), expected);
        assert_eq!(
            fields.plain(&plain("title")),
            resolved("title", true, "text")
        );
        assert_eq!(
            fields.plain(&plain("computed")),
            resolved("computed", true, "")
        );
    }

    #[test]
    fn fields_of_unknown_relations_are_taken_as_they_are() {
        let cache = cache();
        let fields = Resolver::new(&cache, &qi("nowhere"));
        assert_eq!(fields.output(&plain("id")), resolved("id", true, ""));
        assert_eq!(fields.payload("id"), None);
    }

    #[test]
    fn full_text_search_makes_vectors_of_columns_that_are_none() {
        let cache = cache();
        let fields = Resolver::new(&cache, &qi("documents"));
        let vector =
            |name, operation: &Operation| fields.input(&plain(name), operation).to_tsvector;
        assert_eq!(vector("title", &full_text(None)), Some(None));
        let english = Some(Some("english".to_owned()));
        assert_eq!(vector("title", &full_text(Some("english"))), english);
        assert_eq!(vector("words", &full_text(None)), None);
        assert_eq!(vector("domain_words", &full_text(None)), None);
        assert_eq!(vector("computed", &full_text(None)), None);
        assert_eq!(vector("title", &equal("title", "x").operation), None);
    }

    #[test]
    fn representations_read_text_write_json_and_show_json() {
        let cache = cache_with_representations();
        let fields = Resolver::new(&cache, &qi("todos"));
        let with = |to_json, ir_type, function: &str| PlanField {
            transform: Some(function.to_owned()),
            ..resolved("color", to_json, ir_type)
        };
        let output = fields.output(&plain("color"));
        assert_eq!(output, with(true, "test.color", "test.color_to_json"));
        let input = fields.input(&plain("color"), &equal("color", "x").operation);
        assert_eq!(input, with(true, "text", "test.text_to_color"));
        let payload = fields.payload("color");
        assert_eq!(payload, Some(with(false, "json", "test.json_to_color")));
        assert!(fields.has_representations());
        assert!(!Resolver::new(&cache, &qi("clients")).has_representations());
    }

    #[test]
    fn written_columns_have_their_defaults() {
        let cache = cache();
        let fields = Resolver::new(&cache, &qi("clients"));
        let expected = PlanField {
            default: Some("nextval('ids')".to_owned()),
            ..resolved("id", false, "integer")
        };
        assert_eq!(fields.payload("id"), Some(expected));
    }
}
