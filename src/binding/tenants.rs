//! A database per tenant, for JavaScript.
#![expect(
    clippy::needless_pass_by_value,
    reason = "napi hands texts and functions over by value"
)]

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use napi::bindgen_prelude::{Either, Env, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use napi_derive::napi;

use super::database::{NativeDatabase, NativeOpenOptions};
use super::error::NativeError;
use super::session::milliseconds;
use super::stats::{millis, number};
use crate::tenant::{self, Event, Options, Tenants};

type Listener = ThreadsafeFunction<NativeTenantEvent, (), NativeTenantEvent, Status, false>;

/// How a set of tenants is kept.
#[napi(object)]
#[derive(Debug, Clone, Default)]
pub struct NativeTenantOptions {
    /// Where the directories are; a private temporary one that is removed at the end when absent.
    pub base_dir: Option<String>,
    /// Whether a database is made when somebody connects to it; true when absent.
    pub auto_provision: Option<bool>,
    /// How many backends are awake at a time; 100 when absent.
    pub max_instances: Option<u32>,
    /// Resident bytes of the process beyond which idle backends are closed; no limit when absent. Of no effect where the
    /// system does not tell.
    pub max_memory: Option<f64>,
    /// How long a backend may be idle, in milliseconds; 300000 when absent, 0 for ever.
    pub idle_timeout: Option<f64>,
    /// How long an opening waits for room, in milliseconds; 30000 when absent.
    pub acquire_timeout: Option<f64>,
    /// Connections of one tenant; any number when absent or 0.
    pub max_connections: Option<u32>,
    /// Bounds each statement of a tenant, in milliseconds; no limit when absent or 0.
    pub statement_timeout: Option<f64>,
    /// Bytes of a tenant's directory beyond which nothing is taken that makes it larger; no limit when absent.
    pub max_disk: Option<f64>,
    /// How each database is opened; `dataDir` is of no meaning.
    pub engine: Option<NativeOpenOptions>,
}

/// What happened to a tenant.
#[napi(object)]
#[derive(Debug, Clone)]
pub struct NativeTenantEvent {
    /// `created`, `opened`, `hibernated`, `woken`, `closed` or `dropped`.
    pub kind: String,
    /// The tenant's name.
    pub name: String,
}

/// A tenant whose database is open.
#[napi(object)]
#[derive(Debug, Clone)]
pub struct NativeTenant {
    /// Its name.
    pub name: String,
    /// Whether its backend is open.
    pub awake: bool,
    /// Whether a transaction keeps its backend.
    pub locked: bool,
    /// Open connections.
    pub connections: u32,
    /// Batches that wait.
    pub queue_length: u32,
    /// Milliseconds since it was opened.
    pub uptime_ms: f64,
    /// Milliseconds since it was used.
    pub last_access_ms: f64,
    /// Bytes on disk; absent where there is no limit.
    pub disk_bytes: Option<f64>,
}

/// All tenants together.
#[napi(object)]
#[derive(Debug, Clone)]
pub struct NativeTenantStats {
    /// Databases that are open.
    pub open: u32,
    /// Backends that are.
    pub awake: u32,
    /// How many may be.
    pub max_instances: u32,
    /// Open connections.
    pub connections: u32,
    /// Resident bytes of the process; absent where the system does not tell.
    pub memory_bytes: Option<f64>,
}

/// A database per tenant. Closes when `closeAll` is called.
#[napi]
pub struct NativeTenants {
    tenants: Arc<Tenants>,
}

#[napi]
impl NativeTenants {
    /// Takes a base directory. `listener` is called from the event loop, and does not keep it alive.
    #[napi]
    pub fn open(
        env: Env,
        options: NativeTenantOptions,
        listener: Function<'_, NativeTenantEvent, ()>,
    ) -> Result<Either<NativeTenants, NativeError>> {
        let told = listener_of(env, listener)?;
        let tell = move |event: Event, name: &str| {
            let told = told.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(told) = &*told {
                let event = NativeTenantEvent {
                    kind: event.name().to_owned(),
                    name: name.to_owned(),
                };
                told.call(event, ThreadsafeFunctionCallMode::NonBlocking);
            }
        };
        Ok(match Tenants::open(translate(options, Arc::new(tell))) {
            Ok(tenants) => Either::A(Self { tenants }),
            Err(error) => Either::B(error.into()),
        })
    }

    /// A name as it is kept: cut like every identifier.
    #[napi]
    pub fn name_of(name: String) -> Either<String, NativeError> {
        match tenant::name_of(&name) {
            Ok(name) => Either::A(name),
            Err(error) => Either::B(error.into()),
        }
    }

    /// The database of a tenant, which is opened, or made, when it is not.
    #[napi]
    pub async fn get_or_create(&self, name: String) -> Either<NativeDatabase, NativeError> {
        match self.blocking(move |tenants| tenants.borrow(&name)).await {
            Ok(lease) => Either::A(NativeDatabase::leased(lease)),
            Err(error) => Either::B(error),
        }
    }

    /// Makes a database; as a copy of `template`, which nobody may be connected to.
    #[napi]
    pub async fn create_database(
        &self,
        name: String,
        template: Option<String>,
    ) -> Option<NativeError> {
        self.blocking(move |tenants| tenants.create(&name, template.as_deref()))
            .await
            .err()
    }

    /// Removes a database; with `force` even if somebody is connected to it.
    #[napi]
    pub async fn drop_database(&self, name: String, force: bool) -> Option<NativeError> {
        self.blocking(move |tenants| tenants.drop(&name, force))
            .await
            .err()
    }

    /// Gives a database another name; nobody may be connected to it.
    #[napi]
    pub async fn rename_database(&self, from: String, to: String) -> Option<NativeError> {
        self.blocking(move |tenants| tenants.rename(&from, &to))
            .await
            .err()
    }

    /// Closes a tenant's database; its clients are told.
    #[napi]
    pub async fn close_instance(&self, name: String) -> Option<NativeError> {
        self.blocking(move |tenants| tenants.close_instance(&name))
            .await
            .err()
    }

    /// Closes all of them, for good.
    #[napi]
    pub async fn close_all(&self) -> Option<NativeError> {
        self.blocking(move |tenants| {
            tenants.close_all();
            Ok(())
        })
        .await
        .err()
    }

    /// The tenants whose databases are open, by name.
    #[napi]
    pub fn list(&self) -> Vec<NativeTenant> {
        self.tenants
            .list()
            .into_iter()
            .map(|status| NativeTenant {
                name: status.name,
                awake: status.awake,
                locked: status.locked,
                connections: count(status.connections),
                queue_length: count(status.queue_length),
                uptime_ms: millis(status.uptime),
                last_access_ms: millis(status.last_access),
                disk_bytes: status.disk.map(number),
            })
            .collect()
    }

    /// Totals.
    #[napi]
    pub fn stats(&self) -> NativeTenantStats {
        let statistics = self.tenants.statistics();
        NativeTenantStats {
            open: count(statistics.open),
            awake: count(statistics.awake),
            max_instances: count(statistics.max_instances),
            connections: count(statistics.connections),
            memory_bytes: statistics.memory.map(number),
        }
    }

    /// The names of all databases there are.
    #[napi]
    pub async fn databases(&self) -> Vec<String> {
        self.blocking(|tenants| Ok(tenants.all_names()))
            .await
            .unwrap_or_default()
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tenants) -> std::result::Result<T, tenant::Error> + Send + 'static,
    ) -> std::result::Result<T, NativeError> {
        let tenants = Arc::clone(&self.tenants);
        match tokio::task::spawn_blocking(move || work(&tenants)).await {
            Ok(result) => result.map_err(NativeError::from),
            Err(_) => Err(NativeError::internal(
                "a database of a tenant failed unexpectedly",
            )),
        }
    }
}

impl NativeTenants {
    /// The tenants themselves, for the server.
    pub(super) fn tenants(&self) -> Arc<Tenants> {
        Arc::clone(&self.tenants)
    }
}

impl std::fmt::Debug for NativeTenants {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NativeTenants")
            .finish_non_exhaustive()
    }
}

/// The function as other threads call it, until the environment is torn down.
fn listener_of(
    env: Env,
    listener: Function<'_, NativeTenantEvent, ()>,
) -> Result<Arc<Mutex<Option<Listener>>>> {
    let mut listener: Listener = listener
        .build_threadsafe_function()
        .callee_handled::<false>()
        .build()?;
    #[expect(
        deprecated,
        reason = "a listener alone does not keep the process alive"
    )]
    listener.unref(&env)?;
    let told = Arc::new(Mutex::new(Some(listener)));
    env.add_env_cleanup_hook(Arc::clone(&told), |told| {
        drop(told.lock().unwrap_or_else(PoisonError::into_inner).take());
    })?;
    Ok(told)
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

type Tell = Arc<dyn Fn(Event, &str) + Send + Sync>;

fn translate(options: NativeTenantOptions, listener: Tell) -> Options {
    let size = |count: Option<u32>| count.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    Options {
        base_dir: options.base_dir.map(Into::into),
        auto_provision: options.auto_provision.unwrap_or(true),
        max_instances: size(options.max_instances).unwrap_or(MOST_AWAKE),
        max_memory: options.max_memory.map(bytes),
        idle_timeout: options.idle_timeout.map_or(IDLE, milliseconds),
        patience: options.acquire_timeout.map_or(PATIENCE, milliseconds),
        max_connections: size(options.max_connections).unwrap_or_default(),
        statement_timeout: options
            .statement_timeout
            .map(milliseconds)
            .filter(|limit| !limit.is_zero()),
        max_disk: options.max_disk.map(bytes),
        engine: options.engine.unwrap_or_default().into(),
        listener,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of bytes, cut to what there is"
)]
fn bytes(number: f64) -> u64 {
    number as u64
}

const MOST_AWAKE: usize = 100;
const IDLE: Duration = Duration::from_mins(5);
const PATIENCE: Duration = Duration::from_secs(30);
