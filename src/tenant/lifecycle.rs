//! Making, copying, renaming, closing and removing whole databases.
//!
//! Each is done by one at a time, and by a rename at its end: after a crash the database is there as it was, or as it
//! should be. Another process that has it open is asked for by the engine's lock.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::error::Error;
use super::name::Name;
use super::options::Event;
use super::pool::Tenants;
use super::state::Tenant;
use crate::engine::error::Error as EngineError;
use crate::engine::{Hold, Temporary, copy_tree, has_database, sync_tree};
use crate::protocol::{ErrorFields, sqlstate};
use crate::session::{SessionEngine, open};

impl Tenants {
    /// Makes a database; as a copy of `template`, which nobody may be connected to.
    pub(crate) fn create(&self, name: &str, template: Option<&str>) -> Result<(), Error> {
        let name = Name::parse(name)?;
        let exists = || Error::Exists {
            name: name.to_string(),
        };
        if name.is_template() {
            return Err(exists());
        }
        let template = match template.map(Name::parse).transpose()? {
            Some(template) if !template.is_template() => Some(template),
            _ => None,
        };
        self.alone([Some(&name), template.as_ref()], |tenants| {
            let [Some(tenant), source] = tenants else {
                return Err(Error::Closed);
            };
            if has_database(&tenant.directory) {
                return Err(exists());
            }
            match source {
                None => self.make(tenant),
                Some(source) => self.copy(source, tenant),
            }
        })
    }

    /// Removes a database; with `force` even if somebody is connected to it.
    pub(crate) fn drop(&self, name: &str, force: bool) -> Result<(), Error> {
        let name = Name::parse(name)?;
        if name.is_template() {
            return Err(Error::TemplateKept { verb: "drop" });
        }
        self.alone([Some(&name), None], |tenants| {
            let [Some(tenant), _] = tenants else {
                return Err(Error::Closed);
            };
            let _hold = close_for(tenant, force)?;
            let trash = Temporary::create(&self.base, DROPPED)?;
            let target = trash.path().join("database");
            fs::rename(&tenant.directory, target).map_err(storage(&tenant.directory))?;
            tenant.lock().gone = true;
            self.tell(Event::Dropped, &tenant.name);
            Ok(())
        })
    }

    /// Gives a database another name; nobody may be connected to it.
    pub(crate) fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        let (from, to) = (Name::parse(from)?, Name::parse(to)?);
        if from.is_template() {
            return Err(Error::TemplateKept { verb: "rename" });
        }
        let exists = || Error::Exists {
            name: to.to_string(),
        };
        if to.is_template() || from == to {
            return Err(exists());
        }
        self.alone([Some(&from), Some(&to)], |tenants| {
            let [Some(source), Some(target)] = tenants else {
                return Err(Error::Closed);
            };
            if !has_database(&source.directory) {
                let name = from.to_string();
                return Err(Error::Unknown { name });
            }
            if has_database(&target.directory) {
                return Err(exists());
            }
            let _hold = close_for(source, false)?;
            // Its next opening gives it the name in its own catalog.
            fs::rename(&source.directory, &target.directory).map_err(storage(&target.directory))?;
            source.lock().gone = true;
            Ok(())
        })
    }

    /// Closes a tenant's database; its clients are told. True when it was open.
    pub(crate) fn close_instance(&self, name: &str) -> Result<bool, Error> {
        let name = Name::parse(name)?;
        self.alone([Some(&name), None], |tenants| {
            let [Some(tenant), _] = tenants else {
                return Ok(false);
            };
            let engine = tenant.lock().take_engine();
            engine.map_or(Ok(false), |engine| end(engine, &tenant.name).map(|()| true))
        })
    }

    /// Closes all of them, for good, and removes what is temporary.
    pub(crate) fn close_all(&self) {
        self.mark_closed();
        let tenants = self.loaded();
        let ends: Vec<_> = tenants
            .iter()
            .filter_map(|tenant| {
                // One that is being opened sees that there is no use in it.
                drop(tenant.settled().ok()?);
                let engine = tenant.lock().take_engine()?;
                engine.shared.end_all(&terminated());
                engine.shut();
                Some(engine.closed())
            })
            .collect();
        for closed in ends {
            closed(LONGEST);
        }
        self.remove_temporary();
    }

    /// The names of all databases there are, in order.
    pub(crate) fn all_names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.base).into_iter().flatten();
        let mut names: Vec<String> = entries
            .filter_map(Result::ok)
            .filter(|entry| has_database(&entry.path()))
            .filter_map(|entry| Name::of_directory(entry.file_name().to_str()?))
            .map(|name| name.to_string())
            .collect();
        names.sort_unstable();
        names
    }

    /// Whether there is a database of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        Name::parse(name).is_ok_and(|name| has_database(&self.base.join(name.directory())))
    }

    /// Runs `work` while nobody else opens or closes these tenants.
    fn alone<T>(
        &self,
        names: [Option<&Name>; 2],
        work: impl FnOnce([Option<&Arc<Tenant>>; 2]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut seized: Vec<Arc<Tenant>> = Vec::new();
        let mut wanted: Vec<&Name> = names.into_iter().flatten().collect();
        // In one order, so that two who want the same two do not wait for each other.
        wanted.sort_unstable();
        wanted.dedup();
        let mut result = Ok(());
        for name in wanted {
            match self.seize(name) {
                Ok(tenant) => seized.push(tenant),
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        let find = |name: Option<&Name>| seized.iter().find(|tenant| Some(&tenant.name) == name);
        let result = result.and_then(|()| work(names.map(find)));
        for tenant in &seized {
            tenant.release(|_| ());
            self.forget(tenant);
        }
        result
    }

    fn make(&self, tenant: &Tenant) -> Result<(), Error> {
        self.provision(tenant)?;
        if !has_database(&tenant.directory) {
            // There is no template to copy: the engine makes it.
            let engine = open(&self.engine_options(tenant, None))?;
            end(engine, &tenant.name)?;
        }
        Ok(())
    }

    fn copy(&self, source: &Tenant, target: &Tenant) -> Result<(), Error> {
        if !has_database(&source.directory) {
            let name = source.name.to_string();
            return Err(Error::UnknownTemplate { name });
        }
        let _hold = close_for(source, false).map_err(|error| match error {
            Error::InUse { name, sessions } => Error::TemplateInUse { name, sessions },
            other => other,
        })?;
        let staging = Temporary::create(&self.base, STAGING)?;
        let copy = staging.path().join("database");
        copy_tree(&source.directory, &copy).map_err(storage(&copy))?;
        if self.is_durable() {
            sync_tree(&copy).map_err(storage(&copy))?;
        }
        fs::rename(&copy, &target.directory).map_err(storage(&target.directory))?;
        self.tell(Event::Created, &target.name);
        Ok(())
    }
}

/// Closes a database that is to be moved, and keeps everybody from opening it.
fn close_for(tenant: &Tenant, force: bool) -> Result<Hold, Error> {
    let mut state = tenant.lock();
    if !has_database(&tenant.directory) {
        let name = tenant.name.to_string();
        return Err(Error::Unknown { name });
    }
    let sessions = state.sessions();
    if sessions > 0 && !force {
        let name = tenant.name.to_string();
        return Err(Error::InUse { name, sessions });
    }
    let engine = state.take_engine();
    drop(state);
    if let Some(engine) = engine {
        end(engine, &tenant.name)?;
    }
    Ok(Hold::take(&tenant.directory.display().to_string())?)
}

/// Ends an engine under its sessions.
fn end(engine: Arc<SessionEngine>, name: &Name) -> Result<(), Error> {
    engine.shared.end_all(&terminated());
    engine.shut();
    let closed = engine.closed();
    drop(engine);
    if closed(LONGEST) {
        Ok(())
    } else {
        let name = name.to_string();
        Err(Error::Busy { name })
    }
}

fn terminated() -> ErrorFields {
    let message = "terminating connection due to administrator command";
    ErrorFields::new("FATAL", sqlstate::ADMIN_SHUTDOWN, message)
}

fn storage(path: &Path) -> impl Fn(std::io::Error) -> Error {
    move |error| {
        let (path, reason) = (path.to_owned(), error.to_string());
        EngineError::Storage { path, reason }.into()
    }
}

/// How long the end of one may take.
const LONGEST: Duration = Duration::from_secs(30);
const STAGING: &str = ".oxbase-new-";
const DROPPED: &str = ".oxbase-dropped-";
