//! Media types of requests and responses.
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/api/resource_representation.html>.
#![forbid(unsafe_code)]

/// A media type that PostgREST knows, or another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum MediaType {
    /// `*/*`.
    Any,
    /// `application/json`.
    ApplicationJson,
    /// `application/vnd.pgrst.array`, with `nulls=stripped`.
    ArrayJsonStripped,
    /// `application/geo+json`.
    GeoJson,
    /// `application/octet-stream`.
    OctetStream,
    /// `application/openapi+json`.
    OpenApi,
    /// `application/vnd.pgrst.plan`.
    Plan(PlanMedia),
    /// `application/vnd.pgrst.object`.
    SingularJson { nulls_stripped: bool },
    /// `text/csv`.
    TextCsv,
    /// `text/plain`.
    TextPlain,
    /// `text/xml`.
    TextXml,
    /// `application/x-www-form-urlencoded`.
    UrlEncoded,
    /// Any other one, in lower case, without parameters that do not matter.
    Other(String),
}

/// An execution plan is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PlanMedia {
    /// `for="…"`: the media type whose plan it is.
    pub(crate) media: Box<MediaType>,
    pub(crate) format: PlanFormat,
    pub(crate) options: Vec<PlanOption>,
}

/// `+json` or `+text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PlanFormat {
    Json,
    Text,
}

/// `options=analyze|verbose|settings|buffers|wal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PlanOption {
    Analyze,
    Verbose,
    Settings,
    Buffers,
    Wal,
}
