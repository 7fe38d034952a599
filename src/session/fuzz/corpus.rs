//! Cases that once went wrong, or that a generator would find too seldom, with the answers they get.
#![forbid(unsafe_code)]

use super::arena::Arena;
use super::generate::{Case, Step, Text};

/// A rule, what is sent, and the tags of the answers, without asynchronous ones.
type Rule = (&'static str, fn() -> Vec<Step>, &'static str);

#[test]
fn every_rule_of_the_corpus_holds() {
    let mut arena = Arena::open().unwrap();
    let mut broken = Vec::new();
    for (rule, steps, answers) in RULES {
        let result = arena.run(&Case::of(steps())).and_then(|told| {
            let all = [answers.as_bytes(), END].concat();
            if told == all || ends(&steps()) {
                Ok(())
            } else {
                Err(format!("it was told {}", told.escape_ascii()))
            }
        });
        if let Err(error) = result {
            broken.push(format!("{rule}: {error}"));
            std::mem::forget(std::mem::replace(&mut arena, Arena::open().unwrap()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    arena.close().unwrap();
}

/// Whether nothing is due at the end.
fn ends(steps: &[Step]) -> bool {
    steps.iter().any(|step| matches!(step, Step::Terminate))
}

fn query(sql: &'static str) -> Step {
    Step::Query(vec![Text(sql.as_bytes())])
}

fn parse(name: &'static str, sql: &'static str) -> Step {
    let (name, sql) = (Text(name.as_bytes()), Text(sql.as_bytes()));
    Step::Parse {
        name,
        sql,
        types: Vec::new(),
    }
}

fn bind(portal: &'static str, statement: &'static str) -> Step {
    Step::Bind {
        portal: Text(portal.as_bytes()),
        statement: Text(statement.as_bytes()),
        formats: Vec::new(),
        values: Vec::new(),
        results: Vec::new(),
    }
}

fn execute(portal: &'static str, rows: i32) -> Step {
    Step::Execute {
        portal: Text(portal.as_bytes()),
        rows,
    }
}

fn data(text: &'static str) -> Step {
    Step::CopyData(text.as_bytes().to_vec())
}

/// The answers to what every case ends with: CopyFail, Sync, ROLLBACK, and a query.
const END: &[u8] = b"ZCZTDCZ";

const RULES: &[Rule] = &[
    (
        "a query and an extended query are answered",
        || {
            let extended = [
                parse("", "select 1"),
                bind("", ""),
                execute("", 0),
                Step::Sync,
            ];
            [vec![query("select 1")], extended.to_vec()].concat()
        },
        "TDCZ12DCZ",
    ),
    (
        "Sync and Flush in a COPY are passed over",
        || {
            vec![
                query(COPY),
                Step::Sync,
                data("1\tone\n"),
                Step::Flush,
                Step::Sync,
                Step::CopyDone,
            ]
        },
        "GCZ",
    ),
    (
        "a query in a COPY ends it",
        || vec![query(COPY), data("1\tone\n"), query("select 1")],
        "GEZTDCZ",
    ),
    (
        "a query in a COPY of an extended query ends it, and is skipped",
        || {
            vec![
                parse("", COPY),
                bind("", ""),
                execute("", 0),
                Step::Sync,
                query("select 1"),
                Step::Sync,
            ]
        },
        "12GEZ",
    ),
    (
        "a message behind the Execute of a COPY ends it",
        || {
            vec![
                parse("", COPY),
                bind("", ""),
                execute("", 0),
                parse("s", "select 1"),
                Step::Sync,
            ]
        },
        "12GEZ",
    ),
    (
        "a portal that a savepoint has kept may be a COPY",
        || {
            vec![
                query("begin"),
                parse("copy", COPY),
                bind("p", "copy"),
                Step::Sync,
                query("savepoint s"),
                parse("", "select 1"),
                bind("p", ""),
                Step::Sync,
                query("rollback to s"),
                execute("p", 0),
                Step::Sync,
                Step::CopyDone,
                Step::Sync,
                query("rollback"),
            ]
        },
        "CZ12ZCZ1EZCZGCZCZ",
    ),
    (
        "after an error before Flush everything is skipped until Sync",
        || {
            vec![
                parse("", "select from where"),
                Step::Flush,
                query("select 1"),
                parse("s", "select 1"),
                parse("", "select 1"),
                Step::Flush,
                Step::Sync,
                bind("", "s"),
                Step::Sync,
            ]
        },
        "EZEZ",
    ),
    (
        "an error before a query makes it skipped",
        || {
            vec![
                parse("", "select from where"),
                query("select 1"),
                Step::Sync,
            ]
        },
        "EZ",
    ),
    (
        "what was not synchronised is rolled back when the session ends",
        || {
            let insert = parse("", "insert into shared values (1, 'one')");
            vec![
                insert,
                bind("", ""),
                execute("", 0),
                Step::Flush,
                Step::Terminate,
            ]
        },
        "12C",
    ),
    (
        "an error that was not synchronised is nobody else's",
        || vec![parse("", "select from where"), Step::Flush, Step::Terminate],
        "E",
    ),
    (
        "a malformed query leaves the transaction with its session",
        || {
            let malformed = Step::Frame {
                tag: b'Q',
                body: b"select 1".to_vec(),
            };
            vec![
                query("begin"),
                malformed,
                query("select 1"),
                query("rollback"),
            ]
        },
        "CZEZEZCZ",
    ),
    (
        "a malformed message undoes what was not synchronised",
        || {
            vec![
                parse("", "insert into shared values (1, 'one')"),
                bind("", ""),
                execute("", 0),
                Step::Flush,
                malformed_bind(),
                Step::Sync,
                query("select * from shared"),
            ]
        },
        "12CEZTCZ",
    ),
    (
        "what stands before a malformed message is answered",
        || vec![parse("", "select 1"), malformed_bind(), Step::Sync],
        "1EZ",
    ),
    (
        "a Parse that is answered without the backend is answered before Flush",
        || {
            let parse = || vec![parse("", "select 1 as one"), Step::Flush];
            let sync = || vec![Step::Sync];
            [
                parse(),
                sync(),
                parse(),
                sync(),
                parse(),
                sync(),
                parse(),
                vec![Step::CopyDone],
            ]
            .concat()
        },
        "1Z1Z1Z1",
    ),
    (
        "a Parse that is answered without the backend may stand alone",
        || {
            let parse = || vec![parse("", "select 1 as two"), Step::Sync];
            let alone = vec![Step::CopyDone];
            let pumped = vec![query("copy shared to stdout")];
            let (one, two, mut three) = (parse(), parse(), parse());
            three.pop();
            [pumped, one, two, three, alone].concat()
        },
        "HcCZ1Z1Z1",
    ),
    (
        "the statements of others have no name",
        || {
            vec![
                bind("", "_oxbase_{victim}_1"),
                Step::Sync,
                Step::Describe {
                    kind: b'S',
                    name: Text(b"_oxbase_{victim}_1"),
                },
                Step::Sync,
                Step::Close {
                    kind: b'S',
                    name: Text(b"_oxbase_{victim}_1"),
                },
                Step::Sync,
                query("execute _oxbase_{victim}_2(1)"),
                query("deallocate \"_oxbase_{victim}_1\""),
                query("explain execute _oxbase_{victim}_1"),
            ]
        },
        "EZEZ3ZEZEZEZ",
    ),
    (
        "a function call that sets something sets it for one session",
        || {
            let arguments = ["statement_timeout", "1h", "f"]
                .map(|text| Text(text.as_bytes()))
                .to_vec();
            let function = SET_CONFIG;
            vec![Step::Call {
                function,
                arguments,
            }]
        },
        "VZ",
    ),
    (
        "a function call in a transaction that failed is refused",
        || {
            let arguments = vec![Text(b"1")];
            vec![
                query("begin; select 1/0"),
                Step::Call {
                    function: 1397,
                    arguments,
                },
                query("rollback"),
            ]
        },
        "CEZEZCZ",
    ),
    (
        "DISCARD ALL by an extended query leaves the others their channels",
        || {
            vec![
                parse("", "discard all"),
                bind("", ""),
                execute("", 0),
                Step::Sync,
            ]
        },
        "12CZ",
    ),
    (
        "a block may lose the prepared statements of all",
        || vec![query("do $$ begin execute 'deallocate all'; end $$")],
        "CZ",
    ),
    (
        "a block may stop the listening of all",
        || vec![query("do $$ begin execute 'unlisten *'; end $$")],
        "CZ",
    ),
    (
        "a block may not execute the statements of others",
        || {
            vec![query(
                "do $$ begin execute 'deallocate _oxbase_{victim}_1'; end $$",
            )]
        },
        "CZ",
    ),
];

fn malformed_bind() -> Step {
    let body = b"no terminator".to_vec();
    Step::Frame { tag: b'B', body }
}

const COPY: &str = "copy shared from stdin";
const SET_CONFIG: u32 = 2078;
