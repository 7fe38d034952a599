//! The REST service: its settings, its keys, its database, and what it knows of the schema.
//!
//! In: an HTTP request. Out: an HTTP response. The schema is read again when it may have changed, before the next request
//! is planned.
#![forbid(unsafe_code)]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::api_request::ApiRequest;
use super::auth::Authenticator;
use super::config::Config;
use super::error::{ConnectionError, Error};
use super::plan::Plan;
use super::plan::types::MutateAction;
use super::query::{Caller, Query, ResultSet, result};
use super::response::{self, cors};
use super::schema_cache::catalog::{self, Rows};
use super::schema_cache::{SchemaCache, build, queries};
use super::{openapi, query};
use crate::database::{self, Database, End, Script};
use crate::http::{HttpRequest, HttpResponse};
use crate::sql::ParameterizedStatement as Statement;

/// A REST service.
#[derive(Debug)]
pub(crate) struct Service {
    config: Config,
    authenticator: Authenticator,
    database: Database,
    known: Mutex<Known>,
    loading: tokio::sync::Mutex<()>,
}

/// What is known of the schema.
#[derive(Debug, Default)]
struct Known {
    cache: Option<(u64, Arc<SchemaCache>)>,
    /// The rows of the queries whose answers stay the same.
    constant: Vec<(&'static str, Rows)>,
}

impl Service {
    /// Fails when a setting cannot be understood.
    pub(crate) fn new(config: Config, database: Database) -> Result<Self, String> {
        Ok(Self {
            authenticator: Authenticator::new(&config)?,
            config,
            database,
            known: Mutex::default(),
            loading: tokio::sync::Mutex::const_new(()),
        })
    }

    /// Answers one request.
    pub(crate) async fn respond(&self, http: HttpRequest) -> HttpResponse {
        if let Some(preflight) = cors::preflight(&self.config, &http) {
            return preflight;
        }
        let origin = cors::Origin::of(&self.config, &http);
        let mut response = match self.run(http).await {
            Ok(response) => response,
            Err(error) => error.into_response(),
        };
        origin.allow(&mut response);
        response
    }

    /// Lets go of the database.
    pub(crate) fn close(&self) {
        self.database.close();
    }

    async fn run(&self, http: HttpRequest) -> Result<HttpResponse, Error> {
        let caller = self.authenticator.authenticate(&http.headers)?;
        let cache = self.schema_cache(&caller).await?;
        let HttpRequest {
            method,
            target,
            headers,
            body,
        } = http;
        let request = ApiRequest::parse(&self.config, &method, &target, &headers, body)?;
        let plan = Plan::new(&request, &self.config, &cache)?;
        if let Plan::Inspect { schema, .. } = &plan {
            return self.describe(&request, &plan, schema, &cache, &caller).await;
        }
        let Some(query) = Query::render(&plan, &request, &self.config, &cache, &caller)? else {
            return response::render(&request, &plan, &self.config, &cache, &ResultSet::default());
        };
        let result = self.transact(&request, &plan, &query, &caller).await?;
        response::render(&request, &plan, &self.config, &cache, &result)
    }

    async fn transact(
        &self,
        request: &ApiRequest,
        plan: &Plan,
        query: &Query,
        caller: &Caller,
    ) -> Result<ResultSet, Error> {
        let mut statements = vec![&query.settings];
        statements.extend(&query.pre_request);
        let main = statements.len();
        statements.push(&query.main);
        statements.extend(&query.count_explain);
        let rolls_back = response::must_roll_back(request, &self.config);
        let end = match plan {
            _ if rolls_back => End::Rollback,
            Plan::Mutate(MutateAction { .. }) if response::may_refuse(plan, request) => End::Decided,
            Plan::Call(call) if !call.read_only && response::may_refuse(plan, request) => End::Decided,
            _ => End::Commit,
        };
        let script = Script {
            isolation: query.isolation_level(),
            read_only: query.read_only,
            statements,
            end,
        };
        let passes = |rows: &[database::Rows]| {
            let result = result::decode(plan, rows.get(main));
            response::check(plan, request, &result).is_ok()
        };
        let rows = self
            .database
            .run(&script, passes)
            .await
            .map_err(|error| failed(error, caller))?;
        let mut result = result::decode(plan, rows.get(main));
        response::check(plan, request, &result)?;
        if query.count_explain.is_some() {
            result::apply_explained(&mut result, request, &self.config, rows.get(main + 1));
        }
        Ok(result)
    }

    /// The description at the root.
    async fn describe(
        &self,
        request: &ApiRequest,
        plan: &Plan,
        schema: &str,
        cache: &SchemaCache,
        caller: &Caller,
    ) -> Result<HttpResponse, Error> {
        let settings = query::settings::render(request, plan, &self.config, cache, caller);
        let asked = [
            catalog::accessible_relations(schema),
            catalog::accessible_routines(&self.config, schema),
            catalog::schema_description(schema),
        ];
        let mut statements = vec![&settings];
        let pre_request = query::settings::pre_request(&self.config);
        statements.extend(&pre_request);
        let first = statements.len();
        statements.extend(&asked);
        let script = Script {
            isolation: None,
            read_only: true,
            statements,
            end: End::Commit,
        };
        let rows = self
            .database
            .run(&script, |_| true)
            .await
            .map_err(|error| failed(error, caller))?;
        let found = rows.get(first..).unwrap_or_default();
        let document = openapi::describe(&self.config, cache, schema, found)
            .map_err(|error| internal(&error))?;
        response::render_description(request, plan, &self.config, document)
    }

    /// The schema as it is; read first when it may have changed.
    async fn schema_cache(&self, caller: &Caller) -> Result<Arc<SchemaCache>, Error> {
        if let Some(cache) = self.current() {
            return Ok(cache);
        }
        // One load serves all that wait for it.
        let _loading = self.loading.lock().await;
        if let Some(cache) = self.current() {
            return Ok(cache);
        }
        self.load(caller).await
    }

    fn current(&self) -> Option<Arc<SchemaCache>> {
        let version = self.database.schema_version();
        let known = self.lock();
        let (_, cache) = known.cache.as_ref().filter(|(known, _)| *known == version)?;
        Some(Arc::clone(cache))
    }

    async fn load(&self, caller: &Caller) -> Result<Arc<SchemaCache>, Error> {
        let version = self.database.schema_version();
        let constant = std::mem::take(&mut self.lock().constant);
        let queries = queries(&self.config);
        let is_known = |name: &str| constant.iter().any(|(known, _)| *known == name);
        let path = Statement {
            sql: NO_PATH.to_owned(),
            params: Vec::new(),
        };
        let mut statements = vec![&path];
        let asked = queries.iter().filter(|query| !is_known(query.name));
        statements.extend(asked.map(|query| &query.statement));
        let script = Script {
            isolation: None,
            read_only: true,
            statements,
            end: End::Commit,
        };
        let answers = self.database.run(&script, |_| true).await;
        let answers = answers.map_err(|error| match error {
            database::Error::Server(_) => Error::NoSchemaCache,
            error => failed(error, caller),
        })?;
        let mut answers = answers.into_iter().skip(1);
        let rows: Vec<Rows> = queries
            .iter()
            .map(|query| {
                let known = constant.iter().find(|(known, _)| *known == query.name);
                known.map_or_else(|| answers.next().unwrap_or_default(), |(_, rows)| rows.clone())
            })
            .collect();
        let cache = build(&self.config, &rows).map_err(|error| internal(&error))?;
        let cache = Arc::new(cache);
        let mut known = self.lock();
        known.cache = Some((version, Arc::clone(&cache)));
        let constant = queries.iter().zip(rows).filter(|(query, _)| query.constant);
        known.constant = constant.map(|(query, rows)| (query.name, rows)).collect();
        Ok(cache)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed(error: database::Error, caller: &Caller) -> Error {
    match error {
        database::Error::Lost(message) => Error::Connection(ConnectionError::Unreachable {
            message,
            lost: true,
        }),
        database::Error::PoolTimeout => Error::Connection(ConnectionError::PoolTimeout),
        database::Error::Server(fields) => Error::Database {
            authenticated: caller.authenticated,
            fields,
        },
        database::Error::Unreachable(message) => Error::Connection(ConnectionError::Unreachable {
            message,
            lost: false,
        }),
    }
}

fn internal(error: &impl std::error::Error) -> Error {
    Error::Connection(ConnectionError::Internal {
        message: error.to_string(),
    })
}

/// Types are written in full without a search path.
const NO_PATH: &str = "SELECT pg_catalog.set_config('search_path', '', true)";
