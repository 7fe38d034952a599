//! Naming a statement while another session's transaction has the backend.
//!
//! On a server a Parse waits for nobody. A client that prepares its statements one by one, and goes on with its other
//! connections only then (pgbench is one), would wait for a transaction that it has to end itself. So a Parse of a text
//! that the backend knows to be right, from another session in which it means the same, is answered without the backend;
//! the statement is prepared before its first use.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::job::Batch;
use super::shared::{Delivery, Shared};
use super::state::State;
use super::statements::{Named, Source};
use super::table::Table;
use crate::engine::queue::SessionId;
use crate::protocol::backend::{encode_parse_complete, encode_ready_for_query};
use crate::protocol::frontend::{Frames, Frontend, Parse};

impl Table {
    /// Answers the batch, if it only names a statement whose text is known to be right. Does without the backend.
    pub(super) fn answer_ahead(&mut self, id: SessionId, shared: &Shared, batch: &Batch) -> bool {
        let Some(parse) = named_parse(&batch.bytes) else {
            return false;
        };
        let body = [parse.text, b"\0", parse.types].concat();
        let Some(state) = self.sessions.get(&id) else {
            return false;
        };
        let Some(source) = self.find_prepared(state, &body) else {
            return false;
        };
        let Some(state) = self.sessions.get_mut(&id) else {
            return false;
        };
        let is_idle = shared.transaction_status() == b'I' && state.aborted.is_none();
        if !is_idle || state.statements.contains_key(parse.name) || shared.skips(false) {
            return false;
        }
        let named = Named {
            backend: state.new_statement_name(),
            source,
            epoch: NOT_PREPARED,
            sql: None,
        };
        state.statements.insert(parse.name.to_vec(), named);
        let mut bytes = Vec::with_capacity(16);
        encode_parse_complete(&mut bytes);
        encode_ready_for_query(&mut bytes, b'I');
        shared.reply(
            batch.number,
            Delivery {
                bytes,
                last: true,
                ..Delivery::default()
            },
        );
        true
    }

    /// A statement of that text and types that the backend has of a session in which it means the same.
    fn find_prepared(&self, own: &State, body: &[u8]) -> Option<Arc<Source>> {
        let scope = own.meaning.scope()?;
        if own.temporary.is_possible() {
            return None;
        }
        self.sessions
            .values()
            .filter(|other| other.meaning.scope() == Some(scope) && !other.temporary.is_possible())
            .flat_map(|other| other.statements.values())
            .find(|named| {
                named.epoch == self.epoch && named.sql.is_none() && *named.source.body == *body
            })
            .map(|named| Arc::clone(&named.source))
    }
}

/// The Parse of a batch that is nothing else, with its Sync, and names a statement.
pub(super) fn named_parse(batch: &[u8]) -> Option<Parse<'_>> {
    let mut frames = Frames::new(batch);
    let (first, second) = (frames.next()?, frames.next()?);
    if second.tag != b'S' || frames.next().is_some() {
        return None;
    }
    match Frontend::decode(first.tag, first.body) {
        Ok(Frontend::Parse(parse)) if !parse.name.is_empty() => Some(parse),
        _ => None,
    }
}

/// No backend has it.
const NOT_PREPARED: u64 = u64::MAX;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::frontend::{encode_parse, encode_sync};

    fn batch(build: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut bytes = Vec::new();
        build(&mut bytes);
        bytes
    }

    #[test]
    fn only_a_parse_with_a_name_and_its_sync_is_answered_ahead() {
        let parse = |name: &'static [u8]| {
            move |out: &mut Vec<u8>| {
                encode_parse(out, name, b"select 1", &[0, 0]);
                encode_sync(out);
            }
        };
        let named = batch(parse(b"a"));
        assert_eq!(named_parse(&named).map(|parse| parse.name), Some(&b"a"[..]));
        assert_eq!(named_parse(&batch(parse(b""))), None);
        assert_eq!(named_parse(&batch(encode_sync)), None);
        let longer = batch(|out| {
            parse(b"a")(out);
            encode_sync(out);
        });
        assert_eq!(named_parse(&longer), None);
    }
}
