//! Switching between sessions: the backend gets the settings and the role of the one whose batch comes to run.
#![forbid(unsafe_code)]

use super::routines;
use super::settings::{READ_CHANGED, ROLE, SESSION_AUTHORIZATION, SUPERUSER, Values, change, read};
use super::state::State;
use super::table::{Table, first_error, rows};
use crate::engine::error::Error;
use crate::engine::wire::Wire;

impl Table {
    /// The current session's settings are now these.
    pub(super) fn adopt(&mut self, values: &Values) {
        self.applied.clone_from(values);
    }

    /// Some of these settings may have been set for a session that did not come to be.
    pub(super) fn abandon(&mut self, values: &Values) {
        self.unknown.extend(values.keys().cloned());
        self.current = None;
    }

    /// Gives the backend the settings of this session.
    pub(super) async fn switch_in(&mut self, state: &mut State, wire: &Wire) -> Result<(), Error> {
        let id = state.shared.id;
        if self.current == Some(id) {
            return Ok(());
        }
        if self.current.is_some() {
            self.learn_routines(wire).await?;
        }
        if let Some(previous) = self.current.take()
            && let Some(mut other) = self.sessions.remove(&previous)
        {
            other
                .settings
                .touched
                .extend(self.routines.settings.iter().cloned());
            let mut left = self.read_settings(&mut other, wire).await;
            if left.is_ok() {
                left = self.park_advisory(&mut other, wire).await;
            }
            if left.is_ok() {
                left = self.park(&mut other, wire).await;
            }
            self.sessions.insert(previous, other);
            if left.is_err() {
                self.current = Some(previous);
                return left;
            }
        }
        self.unpark(state, wire).await?;
        state.advanced.begin();
        // Most sessions want the same.
        if self.applied != state.settings.values || !self.unknown.is_empty() {
            let statements = change(&self.applied, &state.settings.values, &self.unknown);
            if !statements.is_empty() {
                self.apply(&statements, state, wire).await?;
            }
            self.applied.clone_from(&state.settings.values);
            self.unknown.clear();
        }
        self.current = Some(id);
        self.resume_advisory(state, wire).await
    }

    pub(super) async fn learn_routines(&mut self, wire: &Wire) -> Result<(), Error> {
        if self.routines.is_unknown() {
            let reply = self.query(wire, routines::SQL.as_bytes()).await?;
            self.routines.learn(&reply.bytes);
        }
        Ok(())
    }

    /// Reads what a session may have changed, before another one takes its place.
    pub(super) async fn read_settings(
        &mut self,
        state: &mut State,
        wire: &Wire,
    ) -> Result<(), Error> {
        let settings = &mut state.settings;
        if settings.touched_any {
            let reply = self.query(wire, READ_CHANGED.as_bytes()).await?;
            for row in rows(&reply.bytes) {
                if let [Some(name), Some(value)] = row.as_slice() {
                    settings.values.insert(name.clone(), value.clone());
                }
            }
            settings.touched_any = false;
        }
        if !settings.touched.is_empty() {
            let reply = self.query(wire, read(&settings.touched).as_bytes()).await?;
            let values = rows(&reply.bytes).into_iter().next().unwrap_or_default();
            for (name, value) in std::mem::take(&mut settings.touched)
                .into_iter()
                .zip(values)
            {
                match value {
                    Some(value) => drop(settings.values.insert(name, value)),
                    None => drop(settings.values.remove(&name)),
                }
            }
        }
        settings
            .values
            .retain(|name, value| name != ROLE || value != "none");
        if settings
            .values
            .get(SESSION_AUTHORIZATION)
            .is_some_and(|user| user == SUPERUSER)
        {
            settings.values.remove(SESSION_AUTHORIZATION);
        }
        if self.applied != settings.values {
            self.applied.clone_from(&settings.values);
        }
        Ok(())
    }

    /// Runs statements that change settings; when one of them cannot be, e.g. for a role that was dropped, the others
    /// still are.
    pub(super) async fn apply(
        &mut self,
        statements: &[String],
        state: &mut State,
        wire: &Wire,
    ) -> Result<(), Error> {
        let reply = self.query(wire, statements.join(";").as_bytes()).await?;
        if first_error(&reply.bytes).is_none() {
            return Ok(());
        }
        for statement in statements {
            let reply = self.query(wire, statement.as_bytes()).await?;
            if first_error(&reply.bytes).is_some() {
                state.settings.touched_any = true;
            }
        }
        Ok(())
    }
}
