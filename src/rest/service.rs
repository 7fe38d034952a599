//! The REST service: its settings, its keys, its database, and what it knows of the schema.
//!
//! In: an HTTP request. Out: an HTTP response. The schema is read again when it may have changed, before the next request
//! is planned.
#![forbid(unsafe_code)]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::Method;

use super::api_request::ApiRequest;
use super::auth::Authenticator;
use super::config::{Config, OpenApiMode};
use super::error::{ApiError, ConnectionError, Error};
use super::openapi::{self, Description};
use super::plan::Plan;
use super::query::settings::{render_pre_request, render_settings, statement_timeout};
use super::query::{Caller, Query, ResultSet, result};
use super::response::performance::ServerTiming;
use super::response::{self, cors};
use super::schema_cache::catalog::{self, Rows};
use super::schema_cache::{SchemaCache, build, queries};
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
    /// Held by the request that reads the schema.
    loading: tokio::sync::Mutex<()>,
}

/// What is known of the schema.
#[derive(Debug, Default)]
struct Known {
    /// With the version of the schema that it was read at.
    cache: Option<(u64, Arc<SchemaCache>)>,
    /// The rows of the queries whose answers stay the same.
    constant: Vec<(&'static str, Rows)>,
}

impl Service {
    /// Fails when a setting cannot be understood.
    pub(crate) fn new(config: Config, database: Database) -> Result<Self, String> {
        Ok(Self {
            authenticator: Authenticator::new(&config).map_err(|error| error.to_string())?,
            config,
            database,
            known: Mutex::default(),
            loading: tokio::sync::Mutex::const_new(()),
        })
    }

    /// Answers one request.
    pub(crate) async fn respond(&self, http: HttpRequest) -> HttpResponse {
        let config = &self.config;
        if let Some(preflight) = cors::preflight(config, &http.method, &http.headers) {
            return response::trace(preflight, config, &http.headers);
        }
        let response = match self.run(&http).await {
            Ok(response) => response,
            Err(error) => error.into_response(),
        };
        response::finish(response, config, &http.method, &http.headers)
    }

    /// Lets go of the database.
    pub(crate) fn close(&self) {
        self.database.close();
    }

    async fn run(&self, http: &HttpRequest) -> Result<HttpResponse, Error> {
        let mut clock = Clock::new(self.config.server_timing_enabled);
        let caller = self
            .authenticator
            .authenticate(&http.headers, seconds_since_1970())?;
        clock.timing.jwt = clock.lap();
        let cache = self.schema_cache(&caller).await?;
        clock.lap();
        // A method that is no token of HTTP cannot be one that is known.
        let method = Method::from_bytes(http.method.as_bytes())
            .map_err(|_| ApiError::UnsupportedMethod(http.method.clone()))?;
        let body = http.body.clone();
        let mut request =
            ApiRequest::parse(&self.config, &method, &http.target, &http.headers, body)?;
        let timezone = request.preferences.timezone.as_ref();
        if timezone.is_some_and(|timezone| !cache.timezones.contains(timezone)) {
            request.preferences.refuse_timezone(&http.headers);
        }
        clock.timing.parse = clock.lap();
        let plan = Plan::new(&request, &self.config, &cache)?;
        clock.timing.plan = clock.lap();
        let result = match Query::render(&plan, &request, &self.config, &cache, &caller)? {
            Some(query) => self.transact(&request, &plan, &query, &caller).await?,
            None => match &plan {
                Plan::Inspect { schema, .. } => {
                    self.describe(&request, schema, &cache, &caller).await?
                }
                _ => ResultSet::default(),
            },
        };
        clock.timing.transaction = clock.lap();
        let mut response = response::render(&request, &plan, &cache, &result)?;
        clock.timing.response = clock.lap();
        clock.add_to(&mut response);
        Ok(response)
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
        let end = match response::may_refuse(plan, request) {
            _ if rolls_back => End::Rollback,
            true => End::Decided,
            false => End::Commit,
        };
        let script = Script {
            isolation: query.isolation_level(),
            read_only: query.read_only,
            timeout: query.timeout,
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
            let explained = rows.get(main + 1);
            result::apply_explained(&mut result, &request.preferences, &self.config, explained);
        }
        Ok(result)
    }

    /// The description at the root, as the body of a result.
    async fn describe(
        &self,
        request: &ApiRequest,
        schema: &str,
        cache: &SchemaCache,
        caller: &Caller,
    ) -> Result<ResultSet, Error> {
        let config = &self.config;
        if config.openapi_mode == OpenApiMode::Disabled {
            return Err(ApiError::OpenApiDisabled.into());
        }
        let settings = render_settings(None, request, config, cache, caller, true);
        let pre_request = render_pre_request(config);
        let asked = [
            catalog::schema_description(schema),
            catalog::accessible_relations(schema),
            catalog::accessible_routines(config, schema),
        ];
        let mut statements = vec![&settings];
        statements.extend(&pre_request);
        let first = statements.len();
        statements.extend(&asked);
        let script = Script {
            isolation: None,
            read_only: true,
            timeout: statement_timeout(None, cache, caller),
            statements,
            end: End::Commit,
        };
        let rows = self.database.run(&script, |_| true).await;
        let rows = rows.map_err(|error| failed(error, caller))?;
        let found = |at: usize| rows.get(first + at).map(Vec::as_slice).unwrap_or_default();
        let comment = found(0).first().and_then(|row| row.first()?.as_ref());
        let comment = comment.map(|text| String::from_utf8_lossy(text).into_owned());
        let description = if config.openapi_mode == OpenApiMode::IgnorePrivileges {
            Description::of_schema(cache, schema, comment)
        } else {
            let relations = catalog::decode_accessible_relations(found(1));
            let routines = catalog::decode_accessible_routines(found(2));
            Description::of_privileges(
                cache,
                &relations.map_err(|error| internal(&error))?,
                &routines.map_err(|error| internal(&error))?,
                comment,
            )
        };
        Ok(ResultSet {
            body: openapi::render(cache, &description, config)
                .to_string()
                .into(),
            ..ResultSet::default()
        })
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
        let (_, cache) = known
            .cache
            .as_ref()
            .filter(|(read_at, _)| *read_at == version)?;
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
            timeout: None,
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
                known.map_or_else(
                    || answers.next().unwrap_or_default(),
                    |(_, rows)| rows.clone(),
                )
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

/// Times the stages of a request, where that is asked for.
struct Clock {
    runs: bool,
    since: Instant,
    timing: ServerTiming,
}

impl Clock {
    fn new(runs: bool) -> Self {
        Self {
            runs,
            since: Instant::now(),
            timing: ServerTiming::default(),
        }
    }

    fn lap(&mut self) -> Option<Duration> {
        if !self.runs {
            return None;
        }
        let now = Instant::now();
        Some(now - std::mem::replace(&mut self.since, now))
    }

    fn add_to(&self, response: &mut HttpResponse) {
        if self.runs {
            self.timing.add_to(response);
        }
    }
}

fn seconds_since_1970() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}

/// Types are written in full without a search path.
const NO_PATH: &str = "SELECT pg_catalog.set_config('search_path', '', true)";
