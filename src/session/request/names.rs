//! Names of prepared statements: the session's own, and those that the backend has for them.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::{Answer, Builder, Step, Undo, quoted};
use crate::protocol::frontend::{encode_close, encode_parse};
use crate::session::edit::apply;
use crate::session::state::Unnamed;
use crate::session::statements::{Named, Source, cached_name, unknown_name};

impl Builder<'_, '_, '_, '_> {
    pub(super) fn close(&mut self, name: &[u8]) {
        let backend = self.backend_name(name);
        if name.is_empty() {
            self.state.unnamed = None;
        } else {
            self.state.statements.remove(name);
        }
        // A statement of the cache stays there; closing nothing succeeds.
        let closes = if name.is_empty() {
            b"".as_slice()
        } else {
            &backend
        };
        encode_close(&mut self.request.bytes, b'S', closes);
        self.request.steps.push(Step::Close { hidden: false });
    }

    /// The backend's name of a session's statement, which is prepared again when the backend has lost it.
    pub(super) fn backend_name(&mut self, name: &[u8]) -> Vec<u8> {
        if name.is_empty() {
            return self.backend_unnamed();
        }
        let Some(backend) = self
            .state
            .statements
            .get(name)
            .map(|named| named.backend.clone())
        else {
            return unknown_name(name);
        };
        self.restore(&backend, name);
        backend
    }

    pub(super) fn backend_unnamed(&mut self) -> Vec<u8> {
        let session = self.state.shared.id;
        let Some(unnamed) = &self.state.unnamed else {
            if self
                .context
                .unnamed_owner
                .is_some_and(|owner| owner != session)
            {
                // There is none in this session: let the backend say so.
                *self.context.unnamed_owner = None;
                encode_close(&mut self.request.bytes, b'S', b"");
                self.request.steps.push(Step::Close { hidden: true });
            }
            return Vec::new();
        };
        if let Some(number) = unnamed.cached {
            if self
                .context
                .cache
                .is_ready(unnamed.source.key(), number, self.context.epoch)
            {
                return cached_name(number);
            }
        } else if *self.context.unnamed_owner == Some(session) {
            return Vec::new();
        }
        let source = Arc::clone(&unnamed.source);
        let (text, types) = source.parts();
        let edits = self.edits(&source.script, text);
        encode_parse(&mut self.request.bytes, b"", &apply(text, &edits), types);
        self.request.steps.push(Step::Parse {
            answer: Answer::Hidden,
            undo: Undo::Nothing,
        });
        *self.context.unnamed_owner = Some(session);
        self.state.unnamed = Some(Unnamed {
            source,
            cached: None,
        });
        Vec::new()
    }

    pub(super) fn restore(&mut self, backend: &[u8], name: &[u8]) {
        let epoch = self.context.epoch;
        let Some(named) = self.state.statements.get_mut(name) else {
            return;
        };
        if named.epoch == epoch {
            return;
        }
        named.epoch = epoch;
        if let Some(sql) = &named.sql {
            self.request.before.push(sql.clone());
            return;
        }
        let source = Arc::clone(&named.source);
        let (text, types) = source.parts();
        let edits = self.edits(&source.script, text);
        encode_parse(
            &mut self.request.bytes,
            backend,
            &apply(text, &edits),
            types,
        );
        self.request.steps.push(Step::Parse {
            answer: Answer::Hidden,
            undo: Undo::Restored(name.to_vec()),
        });
    }

    /// The backend's name for a PREPARE; a name in use keeps its own, so that the backend refuses it.
    pub(super) fn prepare(&mut self, name: &str, text: &[u8], after: &[u8]) -> Vec<u8> {
        if let Some(named) = self.state.statements.get(name.as_bytes()) {
            return named.backend.clone();
        }
        let backend = self.state.new_statement_name();
        let source = Arc::new(Source::new(&[text, b"\0\0\0"].concat()));
        let again = [b"PREPARE ", quoted(&backend).as_slice(), after].concat();
        let named = Named {
            backend: backend.clone(),
            source,
            epoch: self.context.epoch,
            sql: Some(again),
        };
        self.state
            .statements
            .insert(name.as_bytes().to_vec(), named);
        backend
    }
}
