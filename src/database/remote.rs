//! Scripts on a PostgreSQL server, through a pool of connections.
//!
//! The statements of a script are sent without waiting for one another, so that a script costs one round trip.
#![forbid(unsafe_code)]

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Timeouts,
};
use futures_util::future::join_all;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::error::DbError;
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{AsyncMessage, Config, NoTls, Row};

use super::embedded::reloads;
use super::{CHECK_CONSTRAINTS, COMMIT, End, Error, ROLLBACK, Rows, Script};
use crate::protocol::ErrorFields;
use crate::sql::ParameterizedStatement as Statement;

/// A PostgreSQL server, for services.
pub(crate) struct Remote {
    pool: Pool,
    notified: Arc<AtomicU64>,
    closed: Arc<AtomicBool>,
    handle: Handle,
    /// How long a connection is tried again that cannot be made.
    patience: Duration,
    /// Its one thread drives the connections.
    runtime: Mutex<Option<Runtime>>,
}

impl Remote {
    /// Connections are made when they are needed, `size` at most. A notification on `channel` counts as a change of the
    /// schema.
    pub(crate) fn new(url: &str, size: usize, channel: Option<&str>) -> Result<Self, Error> {
        let unreachable = |error: &dyn std::error::Error| Error::Unreachable(chain(error));
        let mut config: Config = url.parse().map_err(|error| unreachable(&error))?;
        if config.get_ssl_mode() == tokio_postgres::config::SslMode::Require {
            let message =
                "sslmode=require is not supported: connect through a local proxy that does TLS";
            return Err(Error::Unreachable(message.to_owned()));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(LONGEST_WAIT);
        }
        // A server that has gone without a word is noticed.
        config.keepalives_idle(LONGEST_SILENCE);
        config.tcp_user_timeout(LONGEST_SILENCE);
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("oxbase-remote")
            .enable_all()
            .build()
            .map_err(|error| unreachable(&error))?;
        let handle = runtime.handle().clone();
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let pool = Pool::builder(Manager::from_config(config.clone(), NoTls, recycling))
            .max_size(size)
            .timeouts(Timeouts {
                wait: Some(LONGEST_WAIT),
                create: Some(LONGEST_WAIT),
                recycle: Some(LONGEST_WAIT),
            })
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .build()
            .map_err(|error| unreachable(&error))?;
        let notified = Arc::new(AtomicU64::new(0));
        let closed = Arc::new(AtomicBool::new(false));
        if let Some(channel) = channel {
            let channel = channel.replace('"', "\"\"");
            let (notified, closed) = (Arc::clone(&notified), Arc::clone(&closed));
            drop(handle.spawn(listen(
                config,
                format!("LISTEN \"{channel}\""),
                notified,
                closed,
            )));
        }
        Ok(Self {
            pool,
            notified,
            closed,
            handle,
            patience: Duration::ZERO,
            runtime: Mutex::new(Some(runtime)),
        })
    }

    /// For a server in whose place another one may come: connections are tried again for so long.
    pub(crate) fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    pub(super) fn schema_version(&self) -> u64 {
        self.notified.load(Ordering::SeqCst)
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.pool.close();
        let runtime = self
            .runtime
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(runtime) = runtime {
            runtime.shutdown_background();
        }
    }

    async fn connect(&self) -> Result<Object, Error> {
        let deadline = Instant::now() + self.patience;
        loop {
            match self.pool.get().await {
                Ok(client) => return Ok(client),
                Err(PoolError::Backend(error)) if may_pass(&error) && Instant::now() < deadline => {
                    tokio::time::sleep(BETWEEN_TRIES).await;
                }
                Err(error) => return Err(pool_error(error)),
            }
        }
    }

    pub(super) async fn run(
        &self,
        script: &Script<'_>,
        decide: impl FnOnce(&[Rows]) -> bool + Send,
    ) -> Result<Vec<Rows>, Error> {
        let run = async {
            let client = Checkout::new(self.connect().await?);
            let rows = transaction(client.client(), script, decide).await;
            // What the server refused is undone. Of any other failure nobody knows what it left.
            if matches!(rows, Ok(_) | Err(Error::Server(_))) {
                client.put_back();
            }
            rows
        };
        InRuntime {
            handle: self.handle.clone(),
            future: Some(Box::pin(run)),
        }
        .await
    }
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Remote").finish_non_exhaustive()
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.close();
    }
}

async fn transaction(
    client: &Object,
    script: &Script<'_>,
    decide: impl FnOnce(&[Rows]) -> bool + Send,
) -> Result<Vec<Rows>, Error> {
    // A script that fails leaves the block open, for this to end.
    let begin = script.begin();
    let plain = |sql: &str| Statement {
        sql: sql.to_owned(),
        params: Vec::new(),
    };
    let (begin, check) = (plain(&begin), plain(CHECK_CONSTRAINTS));
    let mut statements = vec![&begin];
    statements.extend(script.statements.iter().copied());
    if script.end == End::Rollback {
        statements.push(&check);
    }
    let answers = join_all(statements.iter().map(|statement| query(client, statement))).await;
    let answers: Result<Vec<Rows>, Error> = answers.into_iter().collect();
    let mut rows = match answers {
        Ok(rows) => rows,
        Err(error) => {
            // Where the connection is gone, there is nothing to be undone, and the error says why.
            drop(end(client, ROLLBACK).await);
            return Err(error);
        }
    };
    rows.drain(..rows.len().min(1));
    rows.truncate(script.statements.len());
    let commits = match script.end {
        End::Commit => true,
        End::Rollback => false,
        End::Decided => decide(&rows),
    };
    end(client, if commits { COMMIT } else { ROLLBACK }).await?;
    Ok(rows)
}

async fn end(client: &Object, how: &str) -> Result<(), Error> {
    client
        .batch_execute(how)
        .await
        .map_err(|error| server_error(&error))
}

/// Sends all of a statement at once, in the order of the script: what it names is looked up when the settings before it
/// are made.
async fn query(client: &Object, statement: &Statement) -> Result<Rows, Error> {
    let params: Vec<TextValue<'_>> = statement
        .params
        .iter()
        .map(|value| TextValue(value.as_ref()))
        .collect();
    // PostgreSQL infers a type that is unknown.
    let params: Vec<(&(dyn ToSql + Sync), Type)> = params
        .iter()
        .map(|value| (value as &(dyn ToSql + Sync), Type::UNKNOWN))
        .collect();
    let rows = client
        .query_typed(&statement.sql, &params)
        .await
        .map_err(|error| server_error(&error))?;
    Ok(rows.iter().map(values).collect())
}

fn values(row: &Row) -> Vec<Option<Bytes>> {
    (0..row.len())
        .map(|at| row.try_get::<_, Option<RawValue>>(at).ok().flatten())
        .map(|value| value.map(|RawValue(bytes)| bytes))
        .collect()
}

/// A parameter in text form.
#[derive(Debug)]
struct TextValue<'a>(Option<&'a Bytes>);

impl ToSql for TextValue<'_> {
    fn to_sql(
        &self,
        _type: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let Some(value) = self.0 else {
            return Ok(IsNull::Yes);
        };
        out.extend_from_slice(value);
        Ok(IsNull::No)
    }

    fn accepts(_type: &Type) -> bool {
        true
    }

    fn encode_format(&self, _type: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// A result in the form in which it came.
#[derive(Debug)]
struct RawValue(Bytes);

impl FromSql<'_> for RawValue {
    fn from_sql(
        _type: &Type,
        raw: &[u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Bytes::copy_from_slice(raw)))
    }

    fn accepts(_type: &Type) -> bool {
        true
    }
}

/// A connection in use. Dropped before it is put back, it is stopped and closed: nobody knows what state it is in.
struct Checkout(Option<Object>);

impl Checkout {
    const fn new(client: Object) -> Self {
        Self(Some(client))
    }

    #[expect(
        clippy::expect_used,
        reason = "only `put_back`, which consumes it, takes the client"
    )]
    const fn client(&self) -> &Object {
        self.0
            .as_ref()
            .expect("the client is there until it is put back")
    }

    /// Gives the connection back once nothing is left in it of the script. The answer does not wait for that.
    fn put_back(mut self) {
        if let Some(client) = self.0.take()
            && let Ok(handle) = Handle::try_current()
        {
            drop(handle.spawn(async move {
                let tidied = tokio::time::timeout(LONGEST_WAIT, client.batch_execute(TIDY)).await;
                if !matches!(tidied, Ok(Ok(()))) {
                    drop(Object::take(client));
                }
            }));
        }
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            let cancel = client.cancel_token();
            drop(Object::take(client));
            if let Ok(handle) = Handle::try_current() {
                drop(handle.spawn(async move { cancel.cancel_query(NoTls).await }));
            }
        }
    }
}

/// A future that needs the runtime, wherever it is polled.
struct InRuntime<'a, T> {
    handle: Handle,
    /// Gone when this is dropped.
    future: Option<Pin<Box<dyn Future<Output = T> + Send + 'a>>>,
}

impl<T> Future for InRuntime<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let handle = self.handle.clone();
        let _entered = handle.enter();
        match self.future.as_mut() {
            Some(future) => future.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

impl<T> Drop for InRuntime<'_, T> {
    fn drop(&mut self) {
        let _entered = self.handle.enter();
        drop(self.future.take());
    }
}

/// Listens on a connection of its own, and makes another one when it is lost.
async fn listen(config: Config, listen: String, notified: Arc<AtomicU64>, closed: Arc<AtomicBool>) {
    while !closed.load(Ordering::SeqCst) {
        if let Ok((client, mut connection)) = config.connect(NoTls).await {
            let heard = async {
                loop {
                    match std::future::poll_fn(|context| connection.poll_message(context)).await {
                        Some(Ok(AsyncMessage::Notification(notification))) => {
                            if reloads(notification.payload().as_bytes()) {
                                notified.fetch_add(1, Ordering::SeqCst);
                            }
                        }
                        Some(Ok(_)) => {}
                        Some(Err(_)) | None => break,
                    }
                }
            };
            let listening = async {
                // What was changed while nobody listened is not known.
                drop(client.batch_execute(&listen).await);
                notified.fetch_add(1, Ordering::SeqCst);
                std::future::pending::<()>().await;
            };
            futures_util::future::select(Box::pin(heard), Box::pin(listening)).await;
        }
        tokio::time::sleep(BETWEEN_ATTEMPTS).await;
    }
}

/// Whether there is no server, or one that is about to go or to come.
fn may_pass(error: &tokio_postgres::Error) -> bool {
    let refused = error.as_db_error();
    refused.is_none_or(|refused| refused.code().code().starts_with("57P"))
}

fn pool_error(error: PoolError) -> Error {
    match error {
        PoolError::Timeout(_) => Error::PoolTimeout,
        PoolError::Backend(error) => Error::Unreachable(chain(&error)),
        error => Error::Unreachable(chain(&error)),
    }
}

fn server_error(error: &tokio_postgres::Error) -> Error {
    match error.as_db_error() {
        Some(error) => Error::Server(Box::new(fields(error))),
        None => Error::Lost(chain(error)),
    }
}

fn fields(error: &DbError) -> ErrorFields {
    use tokio_postgres::error::ErrorPosition;
    let own = |value: Option<&str>| value.map(str::to_owned);
    let mut fields = ErrorFields::new(error.severity(), error.code().code(), error.message());
    fields.detail = own(error.detail());
    fields.hint = own(error.hint());
    match error.position() {
        Some(ErrorPosition::Original(at)) => fields.position = Some(at.to_string()),
        Some(ErrorPosition::Internal { position, query }) => {
            fields.internal_position = Some(position.to_string());
            fields.internal_query = Some(query.clone());
        }
        None => {}
    }
    fields.where_ = own(error.where_());
    fields.schema = own(error.schema());
    fields.table = own(error.table());
    fields.column = own(error.column());
    fields.data_type = own(error.datatype());
    fields.constraint = own(error.constraint());
    fields.file = own(error.file());
    fields.line = error.line().map(|line| line.to_string());
    fields.routine = own(error.routine());
    fields
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Ends all that a function may have left in its session: `DISCARD ALL`, in the form that keeps what PostgreSQL has read
/// of the catalog.
const TIDY: &str = "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; RESET ALL; DEALLOCATE ALL; UNLISTEN *; \
    SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES";
/// For a free connection, for one to be made, and for one to be tidied.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How long a connection may say nothing before it is asked whether it is there, and may leave that unanswered.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(1);
