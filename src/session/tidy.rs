//! Sessions of services: nothing of a transaction stays in them but what it has committed.
//!
//! A service runs each request in a transaction of its own, with role and claims that end with it. What a function has
//! set for longer, locked or made temporary is taken back before the next request, whoever's that is.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use super::cursors::close_own;
use super::settings::{Values, change};
use super::state::State;
use super::table::Table;
use crate::engine::error::Error;
use crate::engine::wire::Wire;

impl Table {
    /// A service's transaction has ended: takes back what it has left in the session.
    pub(super) async fn tidy_service(
        &mut self,
        state: &mut State,
        wire: &Wire,
    ) -> Result<(), Error> {
        self.learn_routines(wire).await?;
        if self.routines.run_anything {
            return self.start_over(state, wire).await;
        }
        let routines = self.routines.settings.iter().cloned();
        state.settings.touched.extend(routines);
        if state.settings.has_touched() {
            self.read_settings(state, wire).await?;
        }
        if state.settings.values != state.settings.defaults {
            self.take_back(state, wire).await?;
        }
        if !state.advisory.is_empty() || state.advisory_unknown {
            self.query(wire, b"SELECT pg_catalog.pg_advisory_unlock_all()")
                .await?;
            state.advisory.clear();
            state.advisory_unknown = false;
        }
        self.drop_temporary(state, wire).await
    }

    /// Gives the settings their values of before.
    async fn take_back(&mut self, state: &mut State, wire: &Wire) -> Result<(), Error> {
        let settings = &mut state.settings;
        let statements = change(&settings.values, &settings.defaults, &BTreeSet::new());
        let is_new = |name: &&String| !settings.defaults.contains_key(*name);
        settings.touched = settings.values.keys().filter(is_new).cloned().collect();
        settings.values = settings.defaults.clone();
        self.apply(&statements, state, wire).await?;
        // What they are without anybody's doing is no difference the next time.
        self.read_settings(state, wire).await?;
        state.settings.defaults = state.settings.values.clone();
        self.applied.clone_from(&state.settings.values);
        Ok(())
    }

    /// Takes back whatever may have been done.
    async fn start_over(&mut self, state: &mut State, wire: &Wire) -> Result<(), Error> {
        let close = close_own(state.shared.id);
        let reset = format!("{RESET}; {close}");
        self.query(wire, reset.as_bytes()).await?;
        if self.sequences.are_only_of(state.shared.id) {
            self.query(wire, b"DISCARD SEQUENCES").await?;
            self.sequences.forget();
        }
        let statements = change(&Values::new(), &state.settings.defaults, &BTreeSet::new());
        if !statements.is_empty() {
            self.apply(&statements, state, wire).await?;
        }
        state.advisory.clear();
        state.advisory_unknown = false;
        state.settings.keep_known();
        state.settings.values = state.settings.defaults.clone();
        self.applied.clone_from(&state.settings.values);
        self.unknown.clear();
        self.query(wire, b"SET LOCAL synchronous_commit = off; DISCARD TEMP")
            .await
            .map(drop)
    }
}

const RESET: &str = "SELECT pg_catalog.pg_advisory_unlock_all(); SET SESSION AUTHORIZATION postgres; RESET ROLE; RESET ALL";
