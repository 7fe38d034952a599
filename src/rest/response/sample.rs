//! Requests, plans and results for the tests of the responses.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;

use crate::http::HttpResponse;
use crate::rest::api_request::preferences::Preferences;
use crate::rest::api_request::{Action, ApiRequest, Invoke, Mutation, QueryParams};
use crate::rest::error::Error;
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::media_type::MediaType;
use crate::rest::plan::types::{
    CallAction, CallArgs, CallParams, CallPlan, MutateAction, MutatePlan, Plan, ReadAction,
    ReadPlan,
};
use crate::rest::query::types::ResultSet;
use crate::rest::range::RowRange;
use crate::rest::schema_cache::types::{
    MediaHandler, ReturnKind, ReturnType, Routine, SchemaCache, Table, Volatility,
};

/// Owned headers.
pub(super) fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The status of an error.
pub(super) fn status_of(error: Error) -> u16 {
    error.into_response().status
}

/// Status, headers and body in one text, as curl shows them.
pub(super) fn shown(response: Result<HttpResponse, Error>) -> String {
    let response = response.unwrap_or_else(Error::into_response);
    let mut shown = response.status.to_string();
    for (name, value) in &response.headers {
        shown.extend(["\n", name.as_str(), ": ", value.as_str()]);
    }
    shown.push_str("\n\n");
    shown.push_str(&String::from_utf8_lossy(&response.body));
    shown
}

/// A request for `public.items` that prefers something. Only its preferences matter to responses.
pub(super) fn request(preferences: Preferences) -> ApiRequest {
    ApiRequest {
        action: Action::SchemaInfo,
        method: http::Method::GET,
        path: "/items".to_owned(),
        top_level_range: RowRange::ALL,
        ranges: Vec::new(),
        query: QueryParams::default(),
        payload: None,
        preferences,
        columns: BTreeSet::new(),
        headers: Vec::new(),
        cookies: Vec::new(),
        schema: "public".to_owned(),
        negotiated_by_profile: false,
        accept: Vec::new(),
        content_type: MediaType::ApplicationJson,
    }
}

/// Three rows of five bytes in all.
pub(super) fn rows() -> ResultSet {
    ResultSet {
        page_total: 3,
        body: Bytes::from_static(b"[1,2]"),
        ..ResultSet::default()
    }
}

fn read_plan() -> ReadPlan {
    ReadPlan {
        from: items(),
        name: "items".to_owned(),
        ..ReadPlan::default()
    }
}

/// `public.items`.
pub(super) fn items() -> QualifiedIdentifier {
    QualifiedIdentifier::new("public", "items")
}

/// GET or HEAD.
pub(super) fn read(media: MediaType, head: bool) -> Plan {
    Plan::Read(ReadAction {
        read: read_plan(),
        handler: MediaHandler::Json,
        media,
        head,
        relation: items(),
    })
}

/// A write of a table with the key.
pub(super) fn mutate(media: MediaType, mutation: Mutation, pk_columns: &[&str]) -> Plan {
    let mutate = match mutation {
        Mutation::Create | Mutation::SingleUpsert => MutatePlan::Insert {
            into: items(),
            columns: Vec::new(),
            body: None,
            on_conflict: None,
            filters: Vec::new(),
            returning: Vec::new(),
            pk_columns: pk_columns
                .iter()
                .map(|column| (*column).to_owned())
                .collect(),
            apply_defaults: false,
        },
        Mutation::Update | Mutation::Delete => MutatePlan::Delete {
            from: items(),
            filters: Vec::new(),
            returning: Vec::new(),
        },
    };
    Plan::Mutate(MutateAction {
        read: read_plan(),
        mutate,
        mutation,
        handler: MediaHandler::Json,
        media,
        relation: items(),
    })
}

/// A function that returns the type of pg_catalog.
pub(super) fn routine(type_name: &str, volatility: Volatility) -> Arc<Routine> {
    Arc::new(Routine {
        schema: "public".to_owned(),
        name: "f".to_owned(),
        description: None,
        params: Vec::new(),
        return_type: ReturnType {
            set: false,
            kind: ReturnKind::Scalar(QualifiedIdentifier::new("pg_catalog", type_name)),
        },
        volatility,
        has_variadic: false,
        isolation: None,
        settings: Vec::new(),
    })
}

/// A call of such a function.
pub(super) fn call(media: MediaType, invoke: Invoke, type_name: &str) -> Plan {
    Plan::Call(CallAction {
        read: read_plan(),
        call: CallPlan {
            routine: QualifiedIdentifier::new("public", "f"),
            params: CallParams::Named(Vec::new()),
            args: CallArgs::Json(None),
            scalar: true,
            set_of_scalar: false,
            returning: Vec::new(),
        },
        routine: routine(type_name, Volatility::Volatile),
        invoke,
        read_only: false,
        handler: MediaHandler::Json,
        media,
    })
}

/// A cache with the one table `public.items`.
pub(super) fn cache(table: Table) -> SchemaCache {
    let mut cache = SchemaCache::default();
    cache.tables.insert(items(), Arc::new(table));
    cache
}
