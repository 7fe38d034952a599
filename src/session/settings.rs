//! Settings and role of a session, kept apart from those of the others on one backend.
//!
//! A session's settings are those that may differ from the backend's own. When another session comes to run, what the
//! one before may have changed is read, and only what differs is reset or set. Sessions that change nothing pay nothing,
//! nor do sessions that all want the same.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};

use crate::sql::{Kind, Script, decides_reading};

/// Names in lower case, and their values as `current_setting` gives them.
pub(crate) type Values = BTreeMap<String, String>;

/// What one session wants.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// What its start-up packet asked for: what RESET goes back to.
    pub(crate) defaults: Values,
    /// What it has, as far as it may differ from the backend's own.
    pub(crate) values: Values,
    /// Names it may have changed since `values` was read.
    pub(crate) touched: BTreeSet<String>,
    /// It may have changed any name.
    pub(crate) touched_any: bool,
}

impl Settings {
    /// Notes what a text may change.
    pub(crate) fn note(&mut self, script: &Script, text: &[u8]) {
        if !script.changes_settings {
            return;
        }
        for name in &script.set_config_names {
            match name {
                Some(name) => drop(self.touched.insert(name.to_ascii_lowercase())),
                None => self.touched_any = true,
            }
        }
        for statement in &script.statements {
            match &statement.kind {
                Kind::Set {
                    name, local: false, ..
                }
                | Kind::Reset(name) => {
                    self.touched.insert(name.clone());
                    if name == SESSION_AUTHORIZATION {
                        self.touched.insert(ROLE.to_owned());
                    }
                }
                Kind::SetCharacteristics => {
                    for name in CHARACTERISTICS {
                        self.touched.insert(name.to_owned());
                    }
                }
                Kind::ResetAll | Kind::DiscardAll => {
                    self.touched.extend(self.values.keys().cloned());
                }
                Kind::Do => {
                    self.touched_any = true;
                    let body = text.get(statement.span.clone()).unwrap_or_default();
                    self.touched
                        .extend(names_in_body(&String::from_utf8_lossy(body)));
                }
                _ => {}
            }
        }
    }

    /// Whether it may have changed a setting since its values were read.
    pub(crate) fn has_touched(&self) -> bool {
        self.touched_any || !self.touched.is_empty()
    }

    /// The backend is a new one: what was changed and not read is gone.
    pub(crate) fn keep_known(&mut self) {
        self.touched.clear();
        self.touched_any = false;
    }

    /// Notes what a function that is called by the protocol's own message may change: anything, and what its arguments name.
    pub(crate) fn note_call(&mut self, arguments: &[&[u8]]) {
        self.touched_any = true;
        let names = arguments
            .iter()
            .filter_map(|bytes| std::str::from_utf8(bytes).ok());
        let names = names.filter(|name| name.len() <= LONGEST_NAME && !name.contains('\0'));
        self.touched.extend(names.map(str::to_ascii_lowercase));
    }

    /// The backend reported a new value for this name.
    pub(crate) fn note_reported(&mut self, name: &str) {
        if !UNSETTABLE.contains(&name) {
            self.touched.insert(name.to_ascii_lowercase());
        }
    }

    /// The defaults that a text has reset to the backend's own value, to be put back.
    pub(crate) fn defaults_lost(&self, script: &Script) -> Values {
        let mut lost = Values::new();
        if !script.changes_settings {
            return lost;
        }
        let user = self
            .defaults
            .get(SESSION_AUTHORIZATION)
            .map_or(SUPERUSER, String::as_str);
        for statement in &script.statements {
            // The backend has no user of its own to go back to.
            if matches!(&statement.kind, Kind::DiscardAll)
                || matches!(&statement.kind, Kind::Reset(name) | Kind::Set { name, to_default: true, .. }
                    if name == SESSION_AUTHORIZATION)
            {
                lost.insert(SESSION_AUTHORIZATION.to_owned(), user.to_owned());
            }
            match &statement.kind {
                Kind::ResetAll | Kind::DiscardAll => lost.extend(self.defaults.clone()),
                Kind::Reset(name)
                | Kind::Set {
                    name,
                    to_default: true,
                    local: false,
                } => {
                    lost.extend(
                        self.defaults
                            .get(name)
                            .map(|value| (name.clone(), value.clone())),
                    );
                }
                _ => {}
            }
        }
        lost
    }
}

/// SQL that reads the named settings, in order, as one row.
pub(crate) fn read(names: &BTreeSet<String>) -> String {
    let columns: Vec<String> = names
        .iter()
        .map(|name| format!("pg_catalog.current_setting({}, true)", literal(name)))
        .collect();
    format!("SELECT {}", columns.join(", "))
}

/// SQL that reads every setting that a session has changed, as rows of name and value.
pub(crate) const READ_CHANGED: &str = "SELECT pg_catalog.lower(name), pg_catalog.current_setting(name, true) FROM \
    pg_catalog.pg_settings WHERE source = 'session' UNION ALL SELECT 'role', pg_catalog.current_setting('role') \
    UNION ALL SELECT 'session_authorization', pg_catalog.current_setting('session_authorization')";

/// The settings that a function body or a DO block may change, by the look of its text. Too many do no harm: a name that
/// is no setting has no value.
pub(crate) fn names_in_body(body: &str) -> BTreeSet<String> {
    find_names(body, |_| true)
}

/// Those of them that it may change for longer than its transaction.
pub(crate) fn lasting_names_in_body(body: &str) -> BTreeSet<String> {
    find_names(body, |call| !is_local_call(body, call))
}

/// `counts` is asked about each `set_config`, which is a part of the body.
fn find_names(body: &str, counts: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
    let words: Vec<&str> = body
        .split(|character| !is_word(character))
        .filter(|word| !word.is_empty())
        .collect();
    let mut names = BTreeSet::new();
    for (place, word) in words.iter().enumerate() {
        let next = |ahead: usize| words.get(place + ahead).copied().unwrap_or_default();
        if word.eq_ignore_ascii_case("set_config") {
            if counts(word) {
                names.insert(next(1).to_ascii_lowercase());
            }
        } else if word.eq_ignore_ascii_case("set") {
            let ahead = if next(1).eq_ignore_ascii_case("session") {
                2
            } else {
                1
            };
            names.insert(next(ahead).to_ascii_lowercase());
        }
    }
    names.remove("");
    names.remove("local");
    names
}

/// Whether the call of `set_config` that begins with this word, a part of the body, ends with the transaction: its last
/// argument is the word TRUE.
fn is_local_call(body: &str, word: &str) -> bool {
    let begin = word.as_ptr().addr() - body.as_ptr().addr() + word.len();
    let mut depth = 0_u32;
    let mut quoted = false;
    let mut argument = begin;
    for (at, character) in body.get(begin..).unwrap_or_default().char_indices() {
        match character {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' if depth <= 1 => {
                let last = body.get(argument..begin + at).unwrap_or_default();
                return last.trim().eq_ignore_ascii_case("true");
            }
            ')' => depth -= 1,
            ',' if depth == 1 => argument = begin + at + 1,
            _ => {}
        }
    }
    false
}

/// SQL that takes the backend from `from` to `to`; `unknown` names have a value nobody knows. Empty when nothing differs.
pub(crate) fn change(from: &Values, to: &Values, unknown: &BTreeSet<String>) -> Vec<String> {
    let differs = |name: &str| unknown.contains(name) || from.get(name) != to.get(name);
    let identity = differs(SESSION_AUTHORIZATION) || differs(ROLE);
    let names: BTreeSet<&str> = from
        .keys()
        .chain(to.keys())
        .chain(unknown)
        .map(String::as_str)
        .collect();
    let others = || {
        names
            .iter()
            .copied()
            .filter(|name| !IDENTITY.contains(name) && differs(name))
    };
    let mut statements = Vec::new();
    // A role without privileges could not set what the next session wants, so the identity goes first and comes last.
    let acts_as_other = from.contains_key(SESSION_AUTHORIZATION) || from.contains_key(ROLE);
    if identity || (acts_as_other && others().next().is_some()) {
        // The backend was started without a user, so there is none that RESET could go back to.
        statements.push(set(SESSION_AUTHORIZATION, SUPERUSER));
        statements.push("RESET ROLE".to_owned());
    }
    for name in others().filter(|name| !to.contains_key(*name)) {
        statements.push(format!("RESET {}", quoted_name(name)));
    }
    for name in others() {
        if let Some(value) = to.get(name) {
            statements.push(set(name, value));
        }
    }
    if others().any(decides_reading) {
        // A function's kept plans have read their literals under the other settings.
        statements.push("DISCARD PLANS".to_owned());
    }
    if !statements.is_empty() && (identity || acts_as_other) {
        for name in IDENTITY {
            if let Some(value) = to.get(name).filter(|value| value.as_str() != "none") {
                statements.push(set(name, value));
            }
        }
    }
    statements
}

/// SQL that gives one setting its value for the rest of the session.
pub(crate) fn set(name: &str, value: &str) -> String {
    match name {
        SESSION_AUTHORIZATION => format!("SET SESSION AUTHORIZATION {}", identifier(value)),
        ROLE if value == "none" => "RESET ROLE".to_owned(),
        ROLE => format!("SET ROLE {}", identifier(value)),
        _ => format!(
            "SELECT pg_catalog.set_config({}, {}, false)",
            literal(name),
            literal(value)
        ),
    }
}

/// An SQL string literal.
pub(crate) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if text.contains('\\') {
        format!("E'{}'", quoted.replace('\\', "\\\\"))
    } else {
        format!("'{quoted}'")
    }
}

/// An SQL identifier in double quotes.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn quoted_name(name: &str) -> String {
    name.split('.')
        .map(identifier)
        .collect::<Vec<_>>()
        .join(".")
}

/// The user of sessions that name no other.
pub(crate) const SUPERUSER: &str = "postgres";
/// The setting that SET ROLE changes.
pub(crate) const ROLE: &str = "role";
/// The setting that SET SESSION AUTHORIZATION changes.
pub(crate) const SESSION_AUTHORIZATION: &str = "session_authorization";
/// How long the name of a setting that somebody makes up may be before it is not looked at.
const LONGEST_NAME: usize = 200;
const IDENTITY: [&str; 2] = [SESSION_AUTHORIZATION, ROLE];
const CHARACTERISTICS: [&str; 3] = [
    "default_transaction_isolation",
    "default_transaction_read_only",
    "default_transaction_deferrable",
];
const UNSETTABLE: [&str; 5] = [
    "is_superuser",
    "in_hot_standby",
    "server_version",
    "server_encoding",
    "integer_datetimes",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn sessions_that_want_the_same_change_nothing() {
        let same = values(&[("timezone", "UTC")]);
        assert_eq!(change(&same, &same, &BTreeSet::new()), Vec::<String>::new());
    }

    #[test]
    fn what_only_the_one_before_had_is_reset_and_what_differs_is_set() {
        let from = values(&[("a.b", "1"), ("search_path", "x")]);
        let to = values(&[("search_path", "it's")]);
        assert_eq!(
            change(&from, &to, &BTreeSet::new()),
            [
                "RESET \"a\".\"b\"",
                "SELECT pg_catalog.set_config('search_path', 'it''s', false)"
            ]
        );
    }

    #[test]
    fn the_identity_goes_first_and_comes_last() {
        let from = values(&[(ROLE, "anon"), ("search_path", "x")]);
        let to = values(&[(ROLE, "admin"), ("search_path", "y")]);
        assert_eq!(
            change(&from, &to, &BTreeSet::new()),
            [
                "SET SESSION AUTHORIZATION \"postgres\"",
                "RESET ROLE",
                "SELECT pg_catalog.set_config('search_path', 'y', false)",
                "SET ROLE \"admin\"",
            ]
        );
    }

    #[test]
    fn a_role_that_stays_is_put_back_after_another_setting_changed() {
        let from = values(&[(ROLE, "anon"), ("search_path", "x")]);
        let to = values(&[(ROLE, "anon")]);
        assert_eq!(
            change(&from, &to, &BTreeSet::new()),
            [
                "SET SESSION AUTHORIZATION \"postgres\"",
                "RESET ROLE",
                "RESET \"search_path\"",
                "SET ROLE \"anon\""
            ]
        );
    }

    #[test]
    fn a_body_tells_the_names_of_the_settings_it_may_change() {
        let body = "begin perform set_config('app.User', x, false); SET SESSION work_mem = 1; set local a to b; end";
        assert_eq!(
            names_in_body(body).into_iter().collect::<Vec<_>>(),
            ["app.user", "work_mem"]
        );
    }

    #[test]
    fn what_ends_with_the_transaction_is_no_change() {
        let names = |body: &str| lasting_names_in_body(body).into_iter().collect::<Vec<_>>();
        assert_eq!(
            names(
                "perform set_config('a.b', f(x, ',)'), TRUE ); perform set_config('c.d', 'x', false)"
            ),
            ["c.d"]
        );
        assert_eq!(
            names("perform set_config('a.b', 'true', is_local)"),
            ["a.b"]
        );
        assert_eq!(names("set_config('a.b', true"), ["a.b"]);
    }

    #[test]
    fn reset_brings_back_what_the_startup_packet_asked_for() {
        let mut settings = Settings {
            defaults: values(&[("timezone", "UTC")]),
            ..Settings::default()
        };
        let script = crate::sql::analyze(b"RESET timezone");
        settings.note(&script, b"RESET timezone");
        assert_eq!(
            settings.defaults_lost(&script),
            values(&[("timezone", "UTC")])
        );
        assert!(settings.touched.contains("timezone"));
    }
}
