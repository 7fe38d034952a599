//! The mutate plan: `POST`, `PATCH`, `PUT` and `DELETE` of a relation.
//!
//! In: a request and the read plan of its answer. Out: a `MutateAction`; PGRST204 for a column that is not there, PGRST105
//! for a `PUT` whose filters are not its primary key, PGRST114 for one with a range. Mirrors PostgREST v14, tables and views.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use bytes::Bytes;

use crate::rest::api_request::preferences::{Missing, Representation, Resolution};
use crate::rest::api_request::types::{Filter, Operation, QuantOperator};
use crate::rest::api_request::{ApiRequest, Mutation, Payload};
use crate::rest::config::Config;
use crate::rest::error::{ApiError, Error, SchemaCacheError};
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::range::RowRange;
use crate::rest::schema_cache::SchemaCache;
use crate::rest::schema_cache::types::Table;

use super::condition::plan_written;
use super::field::Resolver;
use super::negotiate::{has_default_select, negotiate};
use super::prefer::check_known;
use super::read::{find_table, plan_read};
use super::returning::returned_columns;
use super::types::{MutateAction, MutatePlan, PlanField, ReadPlan};

/// Plans a write and the read that answers it.
pub(crate) fn plan_action(
    relation: &QualifiedIdentifier,
    mutation: Mutation,
    request: &ApiRequest,
    config: &Config,
    cache: &SchemaCache,
) -> Result<MutateAction, Error> {
    if mutation == Mutation::SingleUpsert && request.top_level_range != RowRange::ALL {
        return Err(ApiError::PutLimitNotAllowed.into());
    }
    let table = find_table(relation, cache)?;
    let read = plan_read(relation, request, config, cache)?;
    let write = Write {
        relation,
        table,
        request,
        fields: Resolver::new(cache, relation),
        read: &read,
    };
    let mutate = match mutation {
        Mutation::Create => write.plan_insert()?,
        Mutation::Update => write.plan_update()?,
        Mutation::SingleUpsert => write.plan_put()?,
        Mutation::Delete => write.plan_delete(),
    };
    check_known(&request.preferences)?;
    let is_default = has_default_select(&read);
    let (handler, media) = negotiate(request, config, cache, relation, is_default)?;
    Ok(MutateAction {
        read,
        mutate,
        mutation,
        handler,
        media,
        relation: relation.clone(),
    })
}

/// What is written where.
struct Write<'a> {
    relation: &'a QualifiedIdentifier,
    table: &'a Table,
    request: &'a ApiRequest,
    fields: Resolver<'a>,
    read: &'a ReadPlan,
}

impl Write<'_> {
    fn plan_insert(&self) -> Result<MutatePlan, Error> {
        let pk_columns = &self.table.pk_columns;
        let on_conflict = self.request.preferences.resolution.map(|resolution| {
            let columns = self
                .request
                .query
                .on_conflict
                .as_ref()
                .unwrap_or(pk_columns);
            (resolution, columns.clone())
        });
        Ok(MutatePlan::Insert {
            into: self.relation.clone(),
            columns: self.columns()?,
            body: body(self.request),
            on_conflict,
            filters: Vec::new(),
            returning: self.returning(),
            pk_columns: pk_columns.clone(),
            apply_defaults: self.applies_defaults(),
        })
    }

    fn plan_update(&self) -> Result<MutatePlan, Error> {
        Ok(MutatePlan::Update {
            into: self.relation.clone(),
            columns: self.columns()?,
            body: body(self.request),
            filters: plan_written(self.fields, self.request),
            returning: self.returning(),
            apply_defaults: self.applies_defaults(),
        })
    }

    /// The one row that the filters name is inserted, or updated when it is there.
    fn plan_put(&self) -> Result<MutatePlan, Error> {
        if !self.filters_are_pk() {
            return Err(ApiError::InvalidFilters.into());
        }
        Ok(MutatePlan::Insert {
            into: self.relation.clone(),
            columns: self.columns()?,
            body: body(self.request),
            on_conflict: Some((Resolution::MergeDuplicates, self.table.pk_columns.clone())),
            filters: plan_written(self.fields, self.request),
            returning: self.returning(),
            pk_columns: Vec::new(),
            apply_defaults: false,
        })
    }

    fn plan_delete(&self) -> MutatePlan {
        MutatePlan::Delete {
            from: self.relation.clone(),
            filters: plan_written(self.fields, self.request),
            returning: self.returning(),
        }
    }

    /// The columns that are written. The first one, by name, that is not there is told.
    fn columns(&self) -> Result<Vec<PlanField>, Error> {
        let written = self.request.columns.iter();
        written
            .map(|name| {
                self.fields.payload(name).ok_or_else(|| {
                    SchemaCacheError::ColumnNotFound {
                        relation: self.table.name.clone(),
                        column: name.clone(),
                    }
                    .into()
                })
            })
            .collect()
    }

    fn returning(&self) -> Vec<String> {
        match self.request.preferences.representation {
            None | Some(Representation::Minimal) => Vec::new(),
            Some(Representation::Full | Representation::HeadersOnly) => {
                returned_columns(self.read, &self.table.pk_columns)
            }
        }
    }

    fn applies_defaults(&self) -> bool {
        self.request.preferences.missing == Some(Missing::Default)
    }

    /// Filters are all of the primary key's columns and no others, each with a plain `eq`.
    fn filters_are_pk(&self) -> bool {
        let query = &self.request.query;
        let pk: BTreeSet<&str> = self.table.pk_columns.iter().map(String::as_str).collect();
        query.logic.is_empty()
            && !pk.is_empty()
            && query.filter_fields.iter().map(String::as_str).eq(pk)
            && query.root_filters.iter().all(is_plain_equal)
    }
}

fn is_plain_equal(filter: &Filter) -> bool {
    !filter.negated
        && matches!(
            filter.operation,
            Operation::Quantified(QuantOperator::Equal, None, _)
        )
}

/// The body in JSON; forms were made JSON when the request was read.
fn body(request: &ApiRequest) -> Option<Bytes> {
    match request.payload.as_ref()? {
        Payload::Processed { raw, .. } | Payload::Raw(raw) | Payload::Text(raw) => {
            Some(raw.clone())
        }
        Payload::UrlEncoded(_) => None,
    }
}
