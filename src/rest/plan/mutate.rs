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

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        api_error, cache_error, embed, equal, field, get, names, plan, qi, write,
    };
    use super::super::types::{Condition, MutatePlan, Plan, PlanField};
    use super::*;
    use crate::rest::api_request::types::{LogicTree, Quantifier};
    use crate::rest::schema_cache::types::MediaHandler;

    fn payload(request: &mut ApiRequest, columns: &[&str]) {
        let keys: BTreeSet<String> = columns.iter().map(|column| (*column).to_owned()).collect();
        request.columns.clone_from(&keys);
        request.payload = Some(Payload::Processed {
            raw: Bytes::from_static(b"{}"),
            keys,
            is_array: false,
        });
    }

    fn planned(request: &ApiRequest) -> MutateAction {
        match plan(request) {
            Ok(Plan::Mutate(action)) => action,
            other => panic!("{other:?}"),
        }
    }

    fn column(name: &str, ir_type: &str) -> PlanField {
        PlanField {
            name: name.to_owned(),
            ir_type: ir_type.to_owned(),
            ..PlanField::default()
        }
    }

    fn put(filters: Vec<Filter>) -> ApiRequest {
        let mut request = write("clients", Mutation::SingleUpsert);
        payload(&mut request, &["name"]);
        request.query.filter_fields = filters
            .iter()
            .map(|filter| filter.field.name.clone())
            .collect();
        request.query.root_filters = filters;
        request
    }

    #[test]
    fn an_insert_has_its_columns_in_order() {
        let mut request = write("projects", Mutation::Create);
        payload(&mut request, &["name", "client_id"]);
        let MutatePlan::Insert {
            into,
            columns,
            body,
            on_conflict,
            filters,
            returning,
            pk_columns,
            apply_defaults,
        } = planned(&request).mutate
        else {
            panic!("not an insert");
        };
        assert_eq!(into, qi("projects"));
        assert_eq!(
            columns,
            [column("client_id", "integer"), column("name", "text")]
        );
        assert_eq!(body, Some(Bytes::from_static(b"{}")));
        assert_eq!((on_conflict, filters.len(), returning.len()), (None, 0, 0));
        assert_eq!((pk_columns, apply_defaults), (names(&["id"]), false));
    }

    #[test]
    fn a_conflict_is_on_the_primary_key_unless_columns_are_named() {
        let target = |on_conflict: Option<Vec<String>>| {
            let mut request = write("projects", Mutation::Create);
            request.query.on_conflict = on_conflict;
            request.preferences.resolution = Some(Resolution::IgnoreDuplicates);
            request.preferences.missing = Some(Missing::Default);
            match planned(&request).mutate {
                MutatePlan::Insert {
                    on_conflict,
                    apply_defaults: true,
                    ..
                } => on_conflict,
                other => panic!("{other:?}"),
            }
        };
        let on = |columns: &[&str]| Some((Resolution::IgnoreDuplicates, names(columns)));
        assert_eq!(target(None), on(&["id"]));
        assert_eq!(target(Some(names(&["name"]))), on(&["name"]));
    }

    #[test]
    fn a_column_that_is_not_there_is_an_error() {
        for mutation in [Mutation::Create, Mutation::Update] {
            let mut request = write("clients", mutation);
            payload(&mut request, &["name", "nope", "more"]);
            let error = cache_error(plan(&request));
            let SchemaCacheError::ColumnNotFound { relation, column } = error else {
                panic!("{error:?}");
            };
            assert_eq!((relation.as_str(), column.as_str()), ("clients", "more"));
        }
    }

    #[test]
    fn an_update_has_filters_then_every_logic_tree() {
        let mut request = write("projects", Mutation::Update);
        payload(&mut request, &["name"]);
        request.query.select = vec![embed("clients", vec![])];
        request.query.root_filters = vec![equal("id", "1")];
        request.query.logic = vec![
            (vec![], LogicTree::Filter(equal("name", "a"))),
            (names(&["clients"]), LogicTree::Filter(equal("name", "b"))),
        ];
        let MutatePlan::Update {
            filters, columns, ..
        } = planned(&request).mutate
        else {
            panic!("not an update");
        };
        assert_eq!(columns, [column("name", "text")]);
        let operands: Vec<String> = filters
            .into_iter()
            .map(|condition| match condition {
                Condition::Filter {
                    operation: Operation::Quantified(_, _, operand),
                    ..
                } => operand,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(operands, ["1", "a", "b"]);
    }

    #[test]
    fn what_is_returned_depends_on_the_preference() {
        for (representation, expected, has_body) in [
            (None, vec![], false),
            (Some(Representation::Minimal), vec![], false),
            (
                Some(Representation::HeadersOnly),
                names(&["id", "name"]),
                false,
            ),
            (Some(Representation::Full), names(&["id", "name"]), true),
        ] {
            let mut request = write("clients", Mutation::Delete);
            request.query.select = vec![field("name")];
            request.preferences.representation = representation;
            let action = planned(&request);
            assert_eq!(action.handler != MediaHandler::NoAggregate, has_body);
            match action.mutate {
                MutatePlan::Delete { returning, .. } => assert_eq!(returning, expected),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_put_is_an_insert_that_must_pass_its_filters() {
        let MutatePlan::Insert {
            on_conflict,
            filters,
            pk_columns,
            ..
        } = planned(&put(vec![equal("id", "1")])).mutate
        else {
            panic!("not an insert");
        };
        assert_eq!(
            on_conflict,
            Some((Resolution::MergeDuplicates, names(&["id"])))
        );
        assert_eq!((filters.len(), pk_columns.len()), (1, 0));
    }

    #[test]
    fn a_put_takes_all_and_only_columns_of_the_primary_key_with_eq() {
        let mut negated = equal("id", "1");
        negated.negated = true;
        let mut any = equal("id", "1");
        any.operation = Operation::Quantified(
            QuantOperator::Equal,
            Some(Quantifier::Any),
            "{1}".to_owned(),
        );
        let mut logic = put(vec![equal("id", "1")]);
        logic.query.logic = vec![(vec![], LogicTree::Filter(equal("id", "1")))];
        let mut keyless = put(vec![]);
        keyless.action = write("projects_view", Mutation::SingleUpsert).action;
        for request in [
            put(vec![]),
            put(vec![equal("name", "x")]),
            put(vec![equal("id", "1"), equal("name", "x")]),
            put(vec![negated]),
            put(vec![any]),
            logic,
            keyless,
        ] {
            assert_eq!(api_error(plan(&request)), ApiError::InvalidFilters);
        }
    }

    #[test]
    fn a_put_takes_no_range() {
        let mut request = put(vec![equal("id", "1")]);
        request.top_level_range.limit = Some(1);
        assert_eq!(api_error(plan(&request)), ApiError::PutLimitNotAllowed);
    }

    #[test]
    fn a_relation_that_is_not_there_is_not_written() {
        let error = cache_error(plan(&write("nope", Mutation::Create)));
        assert!(matches!(error, SchemaCacheError::TableNotFound { .. }));
        assert!(plan(&get("clients", vec![field("*")])).is_ok());
    }
}
