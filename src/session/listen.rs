//! Which channels a session listens on, with the rules of transactions.
//!
//! LISTEN and UNLISTEN take effect when their transaction commits, and are undone with the savepoint they came after.
//! The backend itself listens on everything any session listens on.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use crate::sql::Kind;

#[derive(Debug)]
enum Action {
    Listen(String),
    Unlisten(String),
    UnlistenAll,
}

/// One session's channels.
#[derive(Debug, Default)]
pub(crate) struct Listening {
    channels: BTreeSet<String>,
    pending: Vec<Action>,
    savepoints: Vec<(String, usize)>,
    failed: bool,
}

impl Listening {
    /// The channels in effect.
    pub(crate) fn channels(&self) -> &BTreeSet<String> {
        &self.channels
    }

    /// A statement has completed with this tag.
    pub(crate) fn complete(&mut self, kind: &Kind, tag: &str) {
        match kind {
            Kind::Listen(channel) => self.pending.push(Action::Listen(channel.clone())),
            Kind::Unlisten {
                channel: Some(channel),
                ..
            } => self.pending.push(Action::Unlisten(channel.clone())),
            Kind::Unlisten { channel: None, .. } | Kind::DiscardAll => {
                self.pending.push(Action::UnlistenAll);
            }
            Kind::Savepoint(name) => self.savepoints.push((name.clone(), self.pending.len())),
            Kind::RollbackTo(name) => {
                if let Some(place) = self.place(name) {
                    self.pending.truncate(
                        self.savepoints
                            .get(place)
                            .map_or(0, |savepoint| savepoint.1),
                    );
                    self.savepoints.truncate(place + 1);
                    self.failed = false;
                }
            }
            Kind::Release(name) => {
                if let Some(place) = self.place(name) {
                    self.savepoints.truncate(place);
                }
            }
            Kind::Commit { .. } | Kind::Rollback { .. } if tag == "ROLLBACK" => self.discard(),
            Kind::Commit { .. } | Kind::PrepareTransaction => self.apply(),
            _ => {}
        }
    }

    /// A statement has failed.
    pub(crate) fn error(&mut self) {
        self.failed = true;
    }

    /// The backend is ready; outside of a transaction block what is pending has been committed or lost.
    pub(crate) fn ready(&mut self, status: u8) {
        if status == b'I' {
            if self.failed {
                self.discard();
            } else {
                self.apply();
            }
        }
    }

    /// The transaction has committed.
    pub(crate) fn apply(&mut self) {
        for action in std::mem::take(&mut self.pending) {
            match action {
                Action::Listen(channel) => drop(self.channels.insert(channel)),
                Action::Unlisten(channel) => drop(self.channels.remove(&channel)),
                Action::UnlistenAll => self.channels.clear(),
            }
        }
        self.discard();
    }

    /// The transaction is gone, with what was pending in it.
    pub(crate) fn without_pending(mut self) -> Self {
        self.discard();
        self
    }

    fn discard(&mut self) {
        self.pending.clear();
        self.savepoints.clear();
        self.failed = false;
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.savepoints
            .iter()
            .rposition(|savepoint| savepoint.0 == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels(steps: &[(&str, u8)]) -> Vec<String> {
        let mut listening = Listening::default();
        for (sql, status) in steps {
            for statement in crate::sql::analyze(sql.as_bytes()).statements {
                let tag = if sql.contains("ROLLBACK") {
                    "ROLLBACK"
                } else {
                    ""
                };
                listening.complete(&statement.kind, tag);
            }
            listening.ready(*status);
        }
        listening.channels().iter().cloned().collect()
    }

    #[test]
    fn outside_a_transaction_listen_takes_effect_at_once() {
        assert_eq!(channels(&[("LISTEN a; LISTEN \"B\"", b'I')]), ["B", "a"]);
    }

    #[test]
    fn inside_a_transaction_it_waits_for_the_commit() {
        assert_eq!(
            channels(&[("BEGIN", b'T'), ("LISTEN a", b'T')]),
            Vec::<String>::new()
        );
        assert_eq!(
            channels(&[("BEGIN", b'T'), ("LISTEN a", b'T'), ("COMMIT", b'I')]),
            ["a"]
        );
        assert_eq!(
            channels(&[("BEGIN", b'T'), ("LISTEN a", b'T'), ("ROLLBACK", b'I')]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn rolling_back_to_a_savepoint_undoes_what_came_after_it() {
        let steps: [(&str, u8); 4] = [
            ("BEGIN; LISTEN a; SAVEPOINT s; LISTEN b", b'T'),
            ("ROLLBACK TO s", b'T'),
            ("LISTEN c", b'T'),
            ("COMMIT", b'I'),
        ];
        assert_eq!(channels(&steps), ["a", "c"]);
    }

    #[test]
    fn unlisten_all_leaves_none() {
        assert_eq!(
            channels(&[("LISTEN a", b'I'), ("UNLISTEN *", b'I'), ("LISTEN b", b'I')]),
            ["b"]
        );
    }
}
