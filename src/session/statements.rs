//! Prepared statements: the ones sessions name, and the ones kept behind their backs.
//!
//! Parsing and planning are the larger half of a small statement. So a text that comes a second time through the unnamed
//! statement is prepared under a name of ours, shared by all sessions, and later Parse messages for it are answered
//! without the backend. Whatever may change its result shape empties the cache. A session's own names are mapped to names
//! of ours, and prepared again when the backend has lost them (`epoch`).
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::Arc;

use crate::sql::{Kind, Script, analyze};

/// A statement's text and parameter types, as the body of a Parse message has them after the name, and what it is.
#[derive(Debug)]
pub(crate) struct Source {
    /// `text\0types`.
    pub(crate) body: Box<[u8]>,
    pub(crate) script: Script,
    /// What the cache knows it by, where that is not the body.
    key: Option<Box<[u8]>>,
}

impl Source {
    pub(crate) fn new(body: &[u8]) -> Self {
        let text = body.split(|byte| *byte == 0).next().unwrap_or_default();
        Self {
            body: body.into(),
            script: analyze(text),
            key: None,
        }
    }

    /// What the cache knows it by.
    pub(crate) fn key(&self) -> &[u8] {
        self.key.as_deref().unwrap_or(&self.body)
    }

    /// Text and types apart.
    pub(crate) fn parts(&self) -> (&[u8], &[u8]) {
        let end = self
            .body
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(self.body.len());
        (
            self.body.get(..end).unwrap_or_default(),
            self.body.get(end + 1..).unwrap_or_default(),
        )
    }

    /// Whether it may be kept: one plain statement whose meaning depends on nothing but the schema.
    fn is_cacheable(&self) -> bool {
        let plain = |kind: &Kind| {
            matches!(
                kind,
                Kind::Select
                    | Kind::Insert
                    | Kind::Update
                    | Kind::Delete
                    | Kind::Merge
                    | Kind::Values
            )
        };
        let script = &self.script;
        self.body.len() <= LONGEST
            && !script.changes_settings
            && !script.mentions.copy
            && !script.mentions.temporary
            && matches!(script.statements.as_slice(), [statement] if plain(&statement.kind))
    }
}

/// A statement that a session has prepared under a name.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// Its name on the backend.
    pub(crate) backend: Vec<u8>,
    pub(crate) source: Arc<Source>,
    /// When it was prepared; in another epoch the backend does not know it any more.
    pub(crate) epoch: u64,
    /// Prepared by the SQL statement PREPARE, whose text (with the backend's name in it) this is.
    pub(crate) sql: Option<Vec<u8>>,
}

/// A text the cache knows.
#[derive(Debug)]
struct Entry {
    source: Arc<Source>,
    cacheable: bool,
    prepared: Option<u64>,
    number: u64,
    used: u64,
}

/// What to do with a Parse of the unnamed statement.
#[derive(Debug)]
pub(crate) enum Plan {
    /// Nothing: the backend has it under this number.
    Ready(u64),
    /// Prepare it under this number.
    Prepare(u64),
    /// Send it as it is.
    Pass,
}

/// The statements kept behind the sessions' backs.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    entries: HashMap<Box<[u8]>, Entry>,
    clock: u64,
    next_number: u64,
}

impl Cache {
    /// Looks a Parse up, by `text\0types` and by what texts mean in the session; where that is not known it is not
    /// answered from here.
    pub(crate) fn plan(
        &mut self,
        body: &[u8],
        epoch: u64,
        meaning: Option<&[u8]>,
    ) -> (Arc<Source>, Plan) {
        self.clock += 1;
        let longer = meaning
            .filter(|meaning| !meaning.is_empty())
            .map(|meaning| [body, meaning].concat());
        let key = longer.as_deref().unwrap_or(body);
        if let Some(entry) = self.entries.get_mut(key) {
            entry.used = self.clock;
            let plan = match entry.prepared {
                _ if !entry.cacheable || meaning.is_none() => Plan::Pass,
                Some(prepared) if prepared == epoch => Plan::Ready(entry.number),
                _ => {
                    entry.prepared = Some(epoch);
                    self.next_number += 1;
                    entry.number = self.next_number;
                    Plan::Prepare(entry.number)
                }
            };
            return (Arc::clone(&entry.source), plan);
        }
        let mut source = Source::new(body);
        source.key = longer.map(Vec::into_boxed_slice);
        let source = Arc::new(source);
        if body.len() <= LONGEST {
            let entry = Entry {
                source: Arc::clone(&source),
                cacheable: source.is_cacheable(),
                prepared: None,
                number: 0,
                used: self.clock,
            };
            self.entries.insert(source.key().into(), entry);
        }
        (source, Plan::Pass)
    }

    /// Whether the backend has this number's statement.
    pub(crate) fn is_ready(&self, body: &[u8], number: u64, epoch: u64) -> bool {
        self.entries
            .get(body)
            .is_some_and(|entry| entry.number == number && entry.prepared == Some(epoch))
    }

    /// The Parse of this text did not succeed, or its statement must not be used any more.
    pub(crate) fn forget(&mut self, body: &[u8]) {
        if let Some(entry) = self.entries.get_mut(body) {
            entry.prepared = None;
        }
    }

    /// The schema may have changed: returns the numbers of the statements to close.
    pub(crate) fn invalidate(&mut self, epoch: u64) -> Vec<u64> {
        self.entries
            .values_mut()
            .filter_map(|entry| {
                entry
                    .prepared
                    .take()
                    .filter(|prepared| *prepared == epoch)
                    .map(|_| entry.number)
            })
            .collect()
    }

    /// Keeps the cache small: drops the texts used longest ago, and returns the numbers of the statements to close.
    pub(crate) fn trim(&mut self, epoch: u64) -> Vec<u64> {
        if self.entries.len() <= MOST {
            return Vec::new();
        }
        let mut used: Vec<u64> = self.entries.values().map(|entry| entry.used).collect();
        used.sort_unstable();
        let oldest = used.get(MOST / 4).copied().unwrap_or_default();
        let mut closed = Vec::new();
        self.entries.retain(|_, entry| {
            let stays = entry.used > oldest;
            if !stays && entry.prepared == Some(epoch) {
                closed.push(entry.number);
            }
            stays
        });
        closed
    }
}

/// The backend's name of a statement of the cache.
pub(crate) fn cached_name(number: u64) -> Vec<u8> {
    format!("{PREFIX}{number}").into_bytes()
}

/// A name on the backend for a session's own statement.
pub(crate) fn session_name(session: u32, number: u64) -> Vec<u8> {
    format!("{PREFIX}{session}_{number}").into_bytes()
}

/// The name on the backend of a statement that the session has not prepared. It must not be one of another session's.
pub(crate) fn unknown_name(name: &[u8]) -> Vec<u8> {
    if name.starts_with(PREFIX.as_bytes()) {
        [PREFIX.as_bytes(), name].concat()
    } else {
        name.to_vec()
    }
}

/// Whether an error message names a statement that was prepared under a name of ours.
pub(crate) fn is_ours(message: &str) -> bool {
    message
        .split_once(PREFIX)
        .is_some_and(|(_, number)| !number.starts_with(PREFIX))
}

/// How the names begin that statements have on the backend.
pub(crate) const PREFIX: &str = "_oxbase_";
const LONGEST: usize = 32 * 1024;
const MOST: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Option<&[u8]> = Some(b"");

    #[test]
    fn a_text_is_prepared_when_it_comes_again_and_ready_after_that() {
        let mut cache = Cache::default();
        let body = b"select 1\0\0\0";
        assert!(matches!(cache.plan(body, 1, OWN).1, Plan::Pass));
        assert!(matches!(cache.plan(body, 1, OWN).1, Plan::Prepare(1)));
        assert!(matches!(cache.plan(body, 1, OWN).1, Plan::Ready(1)));
        assert!(matches!(cache.plan(body, 2, OWN).1, Plan::Prepare(2)));
        assert_eq!(cache.invalidate(2), [2]);
        assert!(matches!(cache.plan(body, 2, OWN).1, Plan::Prepare(3)));
    }

    #[test]
    fn a_text_is_another_one_where_it_means_something_else() {
        let mut cache = Cache::default();
        let (body, path) = (b"select 1\0\0\0", Some(&b"a, b"[..]));
        cache.plan(body, 1, OWN);
        assert!(matches!(cache.plan(body, 1, OWN).1, Plan::Prepare(1)));
        assert!(matches!(cache.plan(body, 1, path).1, Plan::Pass));
        let (source, plan) = cache.plan(body, 1, path);
        assert!(matches!(plan, Plan::Prepare(2)));
        assert!(cache.is_ready(source.key(), 2, 1));
        assert!(matches!(cache.plan(body, 1, None).1, Plan::Pass));
        assert!(matches!(cache.plan(body, 1, OWN).1, Plan::Ready(1)));
    }

    #[test]
    fn what_changes_the_session_is_never_kept() {
        let mut cache = Cache::default();
        for text in [
            "set x.y = 1\0\0\0",
            "listen a\0\0\0",
            "select set_config('a.b', 'c', false)\0\0\0",
            "create table t()\0\0\0",
        ] {
            assert!(matches!(cache.plan(text.as_bytes(), 1, OWN).1, Plan::Pass));
            assert!(
                matches!(cache.plan(text.as_bytes(), 1, OWN).1, Plan::Pass),
                "{text}"
            );
        }
    }

    #[test]
    fn the_texts_used_longest_ago_go_first() {
        let mut cache = Cache::default();
        for number in 0..=MOST {
            cache.plan(format!("select {number}\0\0\0").as_bytes(), 1, OWN);
        }
        assert_eq!(cache.trim(1), Vec::<u64>::new());
        assert!(cache.entries.len() < MOST);
        assert!(
            cache
                .entries
                .contains_key(format!("select {MOST}\0\0\0").as_bytes())
        );
    }

    #[test]
    fn a_name_that_a_session_makes_up_is_never_one_of_ours() {
        assert_eq!(unknown_name(b"s"), b"s");
        assert_eq!(unknown_name(&session_name(7, 1)), b"_oxbase__oxbase_7_1");
    }

    #[test]
    fn a_source_splits_into_text_and_types() {
        let source = Source::new(b"select $1\0\0\x01\0\0\0\x17");
        assert_eq!(
            source.parts(),
            (&b"select $1"[..], &b"\0\x01\0\0\0\x17"[..])
        );
    }
}
