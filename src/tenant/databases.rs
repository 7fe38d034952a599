//! CREATE, DROP and ALTER DATABASE of sessions, carried out on the tenants.
#![forbid(unsafe_code)]

use super::pool::Tenants;
use crate::session::{Databases, Refused};

impl Databases for Tenants {
    fn exists(&self, name: &str) -> bool {
        matches!(name, "template0" | "template1") || self.has(name)
    }

    fn create(&self, name: &str, template: Option<&str>) -> Result<(), Refused> {
        Ok(Self::create(self, name, template)?)
    }

    fn drop(&self, name: &str, force: bool) -> Result<(), Refused> {
        Ok(Self::drop(self, name, force)?)
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Refused> {
        Ok(Self::rename(self, from, to)?)
    }

    fn names(&self) -> Vec<String> {
        self.all_names()
    }
}
