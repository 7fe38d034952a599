//! A database that has reached its limit on disk: what would make it larger is refused, by what a statement is.
//!
//! Reading goes on, and so does whatever gives room back: DELETE, TRUNCATE, DROP, VACUUM. A function that writes is not
//! seen here, as long as it is called by a query.
#![forbid(unsafe_code)]

use super::request::{Request, Step};
use super::state::State;
use super::table::Table;
use crate::engine::error::Error;
use crate::sql::{Kind, Script};

impl Table {
    /// Refuses a request that would make a full database larger.
    pub(super) fn check_full(
        &mut self,
        state: &mut State,
        request: &mut Request,
    ) -> Result<(), Error> {
        let shared = &state.shared;
        if !shared.hub.is_full() || shared.transaction_status() == b'E' {
            return Ok(());
        }
        let text = request.query.as_deref().unwrap_or_default();
        let grows = request.steps.iter().any(|step| match step {
            Step::Query { script, .. } => may_grow(script, text),
            Step::Execute(Some(source)) => may_grow(&source.script, source.parts().0),
            _ => false,
        });
        if !grows {
            return Ok(());
        }
        self.take_back_statements(state, request);
        Err(Error::Refused {
            code: "53100",
            message: "could not extend the database: it has reached its limit on disk".to_owned(),
            detail: Some("DELETE, TRUNCATE, DROP and VACUUM are taken.".to_owned()),
        })
    }
}

/// Whether one of the statements may make the database larger.
fn may_grow(script: &Script, text: &[u8]) -> bool {
    script.statements.iter().any(|statement| {
        let own = text.get(statement.span.clone()).unwrap_or_default();
        match &statement.kind {
            Kind::Insert
            | Kind::Update
            | Kind::Merge
            | Kind::Copy {
                from_stdin: true, ..
            }
            | Kind::Do
            | Kind::Call
            | Kind::CreateExtension { .. }
            | Kind::CreateDatabase(_) => true,
            Kind::Copy {
                from_stdin,
                to_stdout,
            } => !from_stdin && !to_stdout,
            Kind::Ddl => !gives_back(own),
            // A common table expression may write.
            Kind::Select | Kind::Values | Kind::Explain | Kind::Prepare { .. } => {
                has_word(own, b"insert") || has_word(own, b"update") || has_word(own, b"merge")
            }
            _ => false,
        }
    })
}

/// Whether a definition gives room back, or takes none.
fn gives_back(statement: &[u8]) -> bool {
    let word: Vec<u8> = statement
        .iter()
        .copied()
        .take_while(u8::is_ascii_alphabetic)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    matches!(
        word.as_slice(),
        b"drop" | b"truncate" | b"reindex" | b"cluster" | b"grant" | b"revoke" | b"comment"
    )
}

fn has_word(text: &[u8], word: &[u8]) -> bool {
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .any(|part| part.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::analyze;

    #[test]
    fn what_makes_a_database_larger_is_told_from_the_rest() {
        let grows = |text: &str| may_grow(&analyze(text.as_bytes()), text.as_bytes());
        for text in [
            "insert into t values (1)",
            "update t set a = 1",
            "copy t from stdin",
            "create table t (a int)",
            "alter table t add b int",
            "with a as (insert into t values (1) returning *) select * from a",
            "select 1; insert into t values (1)",
            "do $$begin end$$",
        ] {
            assert!(grows(text), "{text}");
        }
        for text in [
            "select * from t",
            "delete from t",
            "truncate t",
            "drop table t",
            "vacuum full t",
            "begin",
            "copy t to stdout",
            "set work_mem = 1",
            "select inserted, last_update from t",
        ] {
            assert!(!grows(text), "{text}");
        }
    }
}
