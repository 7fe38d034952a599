//! What the engine thread keeps for one session.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::advisory::AdvisoryLock;
use super::cursors::Cursors;
use super::listen::Listening;
use super::meaning::Meaning;
use super::sequences::Advanced;
use super::settings::Settings;
use super::shared::Shared;
use super::statements::{Named, PREFIX, Source, session_name};
use super::temporary::Temporary;
use crate::engine::error::Error;
use crate::sql::{Kind, Script};

/// The session's unnamed statement.
#[derive(Debug)]
pub(crate) struct Unnamed {
    pub(crate) source: Arc<Source>,
    /// Its number in the cache, when it was answered from there.
    pub(crate) cached: Option<u64>,
}

/// One session's state.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) shared: Arc<Shared>,
    pub(crate) settings: Settings,
    pub(crate) meaning: Meaning,
    pub(crate) statements: HashMap<Vec<u8>, Named>,
    pub(crate) unnamed: Option<Unnamed>,
    /// What the session's portals run, for as long as its transaction lasts.
    pub(crate) portals: HashMap<Vec<u8>, Arc<Source>>,
    pub(crate) listening: Listening,
    pub(crate) temporary: Temporary,
    pub(crate) cursors: Cursors,
    pub(crate) advanced: Advanced,
    /// The text of a transaction's BEGIN while nothing else has run in it.
    pub(crate) only_begun: Option<Vec<u8>>,
    /// The open transaction may have changed the schema.
    pub(crate) schema_touched: bool,
    /// The session-level advisory locks it holds.
    pub(crate) advisory: Vec<AdvisoryLock>,
    /// They may be others now.
    pub(crate) advisory_unknown: bool,
    /// The session's transaction is gone, and its client does not know yet that it has to end it.
    pub(crate) aborted: Option<Aborted>,
    /// The settings in `Shared::timeouts` may be others now.
    pub(crate) timeouts_unknown: bool,
    /// A setting of time may have changed in the open transaction, whose end may take it back.
    pub(crate) timeouts_in_transaction: bool,
    /// When the next look is due whether the session is silent for too long.
    pub(crate) next_check: Option<Instant>,
    /// When its last batch ended, where that matters.
    pub(crate) idle_since: Instant,
    next_statement: u64,
}

/// A transaction that ended behind its client's back: until the client ends it, too, every statement of it fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Aborted {
    /// The client was told with the answer to a statement.
    Told,
    /// The next statement is answered with this.
    Untold(Error),
}

impl State {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            settings: Settings::default(),
            meaning: Meaning::default(),
            statements: HashMap::new(),
            unnamed: None,
            portals: HashMap::new(),
            listening: Listening::default(),
            temporary: Temporary::default(),
            cursors: Cursors::default(),
            advanced: Advanced::default(),
            only_begun: None,
            schema_touched: false,
            advisory: Vec::new(),
            advisory_unknown: false,
            aborted: None,
            timeouts_unknown: false,
            timeouts_in_transaction: false,
            next_check: None,
            idle_since: Instant::now(),
            next_statement: 0,
        }
    }

    /// A name on the backend that no other statement has.
    pub(crate) fn new_statement_name(&mut self) -> Vec<u8> {
        self.next_statement += 1;
        session_name(self.shared.id, self.next_statement)
    }

    /// Puts the session's own names in place of the backend's.
    pub(crate) fn own_names(&self, message: &str) -> String {
        let mut message = message.to_owned();
        for (own, backend) in self.cursors.names() {
            if message.contains(&format!("\"{backend}\"")) {
                message = message.replace(backend, own);
            }
        }
        let mut own = String::with_capacity(message.len());
        let mut rest = message.as_str();
        while let Some((before, after)) = rest.split_once(PREFIX) {
            own.push_str(before);
            if let Some(after) = after.strip_prefix(PREFIX) {
                // A name that the session made up; see `unknown_name`.
                own.push_str(PREFIX);
                rest = after;
                continue;
            }
            let is_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'_';
            let (number, after) = after.split_at(after.bytes().take_while(is_number).count());
            let backend = format!("{PREFIX}{number}").into_bytes();
            // What is not found is a statement of the cache, which the session knows as its unnamed one.
            let mut statements = self.statements.iter();
            if let Some((name, _)) = statements.find(|(_, named)| named.backend == backend) {
                own.push_str(&String::from_utf8_lossy(name));
            }
            rest = after;
        }
        own.push_str(rest);
        own
    }

    /// A statement completed: follow what it did to the session's prepared statements. True for those that took all
    /// statements of the backend with them.
    pub(crate) fn complete(&mut self, kind: &Kind, tag: &str) -> bool {
        self.listening.complete(kind, tag);
        match kind {
            Kind::DeallocateAll | Kind::DiscardAll => {
                self.statements.clear();
                self.unnamed = None;
                true
            }
            Kind::Deallocate { name, .. } => {
                self.statements.remove(name.as_bytes());
                false
            }
            _ => false,
        }
    }

    /// Remembers whether the transaction has only begun.
    pub(crate) fn note_begin(&mut self, script: &Script, text: &[u8], status: u8) {
        let alone =
            matches!(script.statements.as_slice(), [statement] if statement.kind == Kind::Begin);
        self.only_begun = (alone && status == b'T').then(|| text.to_vec());
    }
}
