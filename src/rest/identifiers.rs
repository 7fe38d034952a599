//! Names of what is in the database.
#![forbid(unsafe_code)]

/// A name in a schema. The schema is empty for what stands in no schema, such as a CTE.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct QualifiedIdentifier {
    pub(crate) schema: String,
    pub(crate) name: String,
}

impl QualifiedIdentifier {
    pub(crate) fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            schema: schema.into(),
            name: name.into(),
        }
    }
}

/// What a media type handler is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum RelIdentifier {
    /// Every relation.
    Any,
    /// The one relation or composite type.
    Relation(QualifiedIdentifier),
}
