//! What is thrown at a session: openings, steps, and where the bytes are cut into writes.
//!
//! Everything is made of pools, so that the names of one step are those of another. `{victim}` in a name or a text
//! becomes the victim's session number: `_oxbase_{victim}_1` is how the backend calls its first prepared statement.
#![forbid(unsafe_code)]

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::client::{message, packet, startup};
use super::pools::{NAMES, PARAMETERS, SQL};

/// A piece of a pool, readable where a failure is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Text(pub(super) &'static [u8]);

impl Text {
    fn render(self, victim: u32) -> Vec<u8> {
        match std::str::from_utf8(self.0) {
            Ok(text) => text.replace("{victim}", &victim.to_string()).into_bytes(),
            Err(_) => self.0.to_vec(),
        }
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "\"{}\"", self.0.escape_ascii())
    }
}

/// One thing that a client sends before its session has begun.
#[derive(Debug, Clone)]
pub(super) enum Opening {
    /// An ordinary start-up packet.
    Valid,
    Ssl,
    Gss,
    Cancel {
        process_id: i32,
        key: Vec<u8>,
    },
    /// A start-up packet with these parameters, whose list is or is not terminated.
    Parameters {
        version: u32,
        list: Vec<(Text, Text)>,
        terminated: bool,
    },
    /// The right length, and anything after it.
    Packet(Vec<u8>),
    Bytes(Vec<u8>),
}

impl Opening {
    fn render(&self) -> Vec<u8> {
        match self {
            Self::Valid => startup(&[("user", "postgres"), ("application_name", "attacker")]),
            Self::Ssl => packet(b"\x04\xd2\x16\x2f"),
            Self::Gss => packet(b"\x04\xd2\x16\x30"),
            Self::Cancel { process_id, key } => {
                packet(&[b"\x04\xd2\x16\x2e", &process_id.to_be_bytes()[..], key].concat())
            }
            Self::Parameters {
                version,
                list,
                terminated,
            } => {
                let mut body = version.to_be_bytes().to_vec();
                for (name, value) in list {
                    body.extend_from_slice(&[name.0, b"\0", value.0, b"\0"].concat());
                }
                body.extend(terminated.then_some(0));
                packet(&body)
            }
            Self::Packet(body) => packet(body),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}

/// One thing that a client sends to its session.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Query(Vec<Text>),
    Parse {
        name: Text,
        sql: Text,
        types: Vec<u32>,
    },
    Bind {
        portal: Text,
        statement: Text,
        formats: Vec<i16>,
        values: Vec<Option<Vec<u8>>>,
        results: Vec<i16>,
    },
    /// Of a statement (`S`), a portal (`P`) or neither.
    Describe {
        kind: u8,
        name: Text,
    },
    Execute {
        portal: Text,
        rows: i32,
    },
    Close {
        kind: u8,
        name: Text,
    },
    Flush,
    Sync,
    CopyData(Vec<u8>),
    CopyDone,
    CopyFail,
    Call {
        function: u32,
        arguments: Vec<Text>,
    },
    Terminate,
    /// A frame with the right length and any body.
    Frame {
        tag: u8,
        body: Vec<u8>,
    },
    /// A frame whose length is another.
    Lie {
        tag: u8,
        length: u32,
        body: Vec<u8>,
    },
    Bytes(Vec<u8>),
}

impl Step {
    fn render(&self, victim: u32) -> Vec<u8> {
        let text = |text: &Text| [text.render(victim), b"\0".to_vec()].concat();
        match self {
            Self::Query(texts) => {
                let texts: Vec<Vec<u8>> = texts.iter().map(|text| text.render(victim)).collect();
                message(b'Q', &[texts.join(&b';'), b"\0".to_vec()].concat())
            }
            Self::Parse { name, sql, types } => {
                let types: Vec<[u8; 4]> = types.iter().map(|oid| oid.to_be_bytes()).collect();
                let count = count(types.len());
                message(
                    b'P',
                    &[text(name), text(sql), count, types.concat()].concat(),
                )
            }
            Self::Bind {
                portal,
                statement,
                formats,
                values,
                results,
            } => {
                let names = [text(portal), text(statement)].concat();
                message(
                    b'B',
                    &[names, codes(formats), arguments(values), codes(results)].concat(),
                )
            }
            Self::Describe { kind, name } => message(b'D', &[vec![*kind], text(name)].concat()),
            Self::Execute { portal, rows } => {
                message(b'E', &[text(portal), rows.to_be_bytes().to_vec()].concat())
            }
            Self::Close { kind, name } => message(b'C', &[vec![*kind], text(name)].concat()),
            Self::Flush => message(b'H', b""),
            Self::Sync => message(b'S', b""),
            Self::CopyData(data) => message(b'd', data),
            Self::CopyDone => message(b'c', b""),
            Self::CopyFail => message(b'f', b"no more\0"),
            Self::Call {
                function,
                arguments: values,
            } => {
                let values: Vec<_> = values
                    .iter()
                    .map(|value| Some(value.render(victim)))
                    .collect();
                let function = function.to_be_bytes().to_vec();
                message(
                    b'F',
                    &[function, codes(&[0]), arguments(&values), vec![0, 0]].concat(),
                )
            }
            Self::Terminate => message(b'X', b""),
            Self::Frame { tag, body } => message(*tag, body),
            Self::Lie { tag, length, body } => [&[*tag], &length.to_be_bytes()[..], body].concat(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}

fn count(length: usize) -> Vec<u8> {
    u16::try_from(length)
        .unwrap_or(u16::MAX)
        .to_be_bytes()
        .to_vec()
}

fn codes(codes: &[i16]) -> Vec<u8> {
    let bytes: Vec<[u8; 2]> = codes.iter().map(|code| code.to_be_bytes()).collect();
    [count(codes.len()), bytes.concat()].concat()
}

fn arguments(values: &[Option<Vec<u8>>]) -> Vec<u8> {
    let mut out = count(values.len());
    for value in values {
        let length = value
            .as_ref()
            .map_or(-1, |value| i32::try_from(value.len()).unwrap());
        out.extend_from_slice(&length.to_be_bytes());
        out.extend(value.iter().flatten());
    }
    out
}

/// One attack.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) openings: Vec<Opening>,
    pub(super) steps: Vec<Step>,
    /// Where the bytes are cut into writes.
    pub(super) cuts: Vec<Index>,
    /// The victim is inside a transaction with an open portal meanwhile.
    pub(super) busy: bool,
}

impl Case {
    /// A session that begins as it should, and these steps, in one write.
    pub(super) fn of(steps: Vec<Step>) -> Self {
        let (openings, cuts) = (vec![Opening::Valid], Vec::new());
        Self {
            openings,
            steps,
            cuts,
            busy: false,
        }
    }

    pub(super) fn opening(&self) -> Vec<u8> {
        self.openings.iter().flat_map(Opening::render).collect()
    }

    pub(super) fn attack(&self, victim: u32) -> Vec<u8> {
        self.steps
            .iter()
            .flat_map(|step| step.render(victim))
            .collect()
    }

    /// The bytes as they are written.
    pub(super) fn pieces<'b>(&self, bytes: &'b [u8]) -> Vec<&'b [u8]> {
        let mut cuts: Vec<usize> = self
            .cuts
            .iter()
            .map(|cut| cut.index(bytes.len() + 1))
            .collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        cuts.windows(2)
            .filter_map(|cut| bytes.get(cut[0]..cut[1]))
            .collect()
    }
}

/// Any bytes where a session expects frames.
pub(super) fn noise() -> impl Strategy<Value = Case> {
    let steps = prop::collection::vec(bytes(80).prop_map(Step::Bytes), 1..3);
    (steps, cuts()).prop_map(|(steps, cuts)| Case {
        cuts,
        ..Case::of(steps)
    })
}

/// Frames that are what they say, and some that lie, among sensible ones.
pub(super) fn frames() -> impl Strategy<Value = Case> {
    let tag = || prop_oneof![9 => select(b"PBDECQSHdcfF".to_vec()), 1 => any::<u8>()];
    let step = prop_oneof![
        4 => (tag(), body()).prop_map(|(tag, body)| Step::Frame { tag, body }),
        1 => (tag(), lie(), bytes(40)).prop_map(|(tag, length, body)| Step::Lie { tag, length, body }),
        4 => step(),
        2 => Just(Step::Sync),
    ];
    let steps = prop::collection::vec(step, 1..12);
    (steps, cuts()).prop_map(|(steps, cuts)| Case {
        cuts,
        ..Case::of(steps)
    })
}

/// Sequences that a client might send, right or wrong.
pub(super) fn conversations() -> impl Strategy<Value = Case> {
    let steps = prop::collection::vec(flow(), 1..10).prop_map(|flows| flows.concat());
    (steps, cuts(), prop::bool::weighted(0.2)).prop_map(|(steps, cuts, busy)| Case {
        cuts,
        busy,
        ..Case::of(steps)
    })
}

/// What comes before a session.
pub(super) fn openings() -> impl Strategy<Value = Case> {
    let steps = prop::collection::vec(flow(), 0..2).prop_map(|flows| flows.concat());
    (prop::collection::vec(opening(), 1..5), steps, cuts()).prop_map(|(openings, steps, cuts)| {
        Case {
            openings,
            steps,
            cuts,
            busy: false,
        }
    })
}

fn opening() -> impl Strategy<Value = Opening> {
    let pair = (select(PARAMETERS), select(PARAMETERS)).prop_map(|(name, value)| (name.0, value.1));
    let pair = prop_oneof![4 => select(PARAMETERS), 1 => pair];
    let versions = vec![
        0x3_0000, 0x3_0000, 0x3_0002, 0x3_270f, 0x2_0000, 0, 80_877_199,
    ];
    prop_oneof![
        3 => Just(Opening::Valid),
        1 => Just(Opening::Ssl),
        1 => Just(Opening::Gss),
        1 => (select(vec![0, 1001, 1002, 1003, -1]), bytes(300))
            .prop_map(|(process_id, key)| Opening::Cancel { process_id, key }),
        4 => (select(versions), prop::collection::vec(pair, 0..6), prop::bool::weighted(0.9))
            .prop_map(|(version, list, terminated)| Opening::Parameters { version, list, terminated }),
        1 => bytes(40).prop_map(Opening::Packet),
        1 => bytes(40).prop_map(Opening::Bytes),
    ]
}

/// A few steps that belong together.
fn flow() -> impl Strategy<Value = Vec<Step>> {
    prop_oneof![
        6 => step().prop_map(|step| vec![step]),
        4 => extended(),
        2 => copy_in(),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let kind = || prop_oneof![8 => Just(b'S'), 8 => Just(b'P'), 1 => any::<u8>()];
    prop_oneof![
        8 => prop::collection::vec(select(SQL), 1..4).prop_map(Step::Query),
        4 => parse(),
        4 => bind(),
        3 => (kind(), name()).prop_map(|(kind, name)| Step::Describe { kind, name }),
        4 => execute(),
        3 => (kind(), name()).prop_map(|(kind, name)| Step::Close { kind, name }),
        2 => Just(Step::Flush),
        4 => Just(Step::Sync),
        2 => copy_data(),
        1 => Just(Step::CopyDone),
        1 => Just(Step::CopyFail),
        1 => call(),
        1 => prop_oneof![4 => Just(Step::Sync), 1 => Just(Step::Terminate)],
    ]
}

fn extended() -> impl Strategy<Value = Vec<Step>> {
    let ends = prop_oneof![4 => Just(Step::Sync), 1 => Just(Step::Flush), 1 => execute()];
    (
        parse(),
        bind(),
        execute(),
        ends,
        name(),
        name(),
        any::<bool>(),
    )
        .prop_map(
            |(mut parse, mut bind, mut execute, end, its_name, its_portal, describes)| {
                if let Step::Parse { name, .. } = &mut parse {
                    *name = its_name;
                }
                if let Step::Bind {
                    portal, statement, ..
                } = &mut bind
                {
                    (*portal, *statement) = (its_portal, its_name);
                }
                if let Step::Execute { portal, .. } = &mut execute {
                    *portal = its_portal;
                }
                let describe = Step::Describe {
                    kind: b'P',
                    name: its_portal,
                };
                let describe = describes.then_some(describe);
                [parse, bind]
                    .into_iter()
                    .chain(describe)
                    .chain([execute, end])
                    .collect()
            },
        )
}

fn copy_in() -> impl Strategy<Value = Vec<Step>> {
    let begins = prop_oneof![
        Just(vec![Step::Query(vec![Text(b"COPY shared FROM STDIN")])]),
        Just(vec![
            Step::Parse {
                name: Text(b""),
                sql: Text(b"COPY shared FROM STDIN"),
                types: vec![]
            },
            Step::Bind {
                portal: Text(b""),
                statement: Text(b""),
                formats: vec![],
                values: vec![],
                results: vec![]
            },
            Step::Execute {
                portal: Text(b""),
                rows: 0
            },
            Step::Sync,
        ]),
    ];
    let data = prop::collection::vec(prop_oneof![6 => copy_data(), 1 => step()], 0..4);
    let end = prop_oneof![4 => Just(Some(Step::CopyDone)), 1 => Just(Some(Step::CopyFail)), 1 => Just(None)];
    (begins, data, end, prop::option::of(Just(Step::Sync))).prop_map(|(begins, data, end, sync)| {
        [begins, data]
            .concat()
            .into_iter()
            .chain(end)
            .chain(sync)
            .collect()
    })
}

fn parse() -> impl Strategy<Value = Step> {
    let types = prop::collection::vec(select(vec![0, 23, 25, 17, 705, 2278, u32::MAX]), 0..3);
    (name(), select(SQL), types).prop_map(|(name, sql, types)| Step::Parse { name, sql, types })
}

fn bind() -> impl Strategy<Value = Step> {
    let code = || select(vec![0_i16, 0, 0, 1, 2, -1]);
    let value = prop_oneof![
        Just(None),
        select(vec![
            &b"1"[..],
            b"x",
            b"",
            b"\0\0\0\x01",
            b"\xff\xfe",
            b"{1,2}"
        ])
        .prop_map(|value| Some(value.to_vec())),
        bytes(12).prop_map(Some),
    ];
    (
        name(),
        name(),
        prop::collection::vec(code(), 0..3),
        prop::collection::vec(value, 0..3),
        prop::collection::vec(code(), 0..3),
    )
        .prop_map(|(portal, statement, formats, values, results)| Step::Bind {
            portal,
            statement,
            formats,
            values,
            results,
        })
}

fn execute() -> impl Strategy<Value = Step> {
    (name(), select(vec![0, 0, 1, 2, -1, i32::MAX]))
        .prop_map(|(portal, rows)| Step::Execute { portal, rows })
}

fn call() -> impl Strategy<Value = Step> {
    let arguments = prop::collection::vec(
        select(vec![
            Text(b"app.secret"),
            Text(b"mine"),
            Text(b"f"),
            Text(b"1"),
        ]),
        0..4,
    );
    // version(), abs(int4), set_config(), current_setting(), int4 + int4, and one that is not there.
    (select(vec![89, 1397, 2078, 2077, 177, 999_999]), arguments).prop_map(
        |(function, arguments)| Step::Call {
            function,
            arguments,
        },
    )
}

fn copy_data() -> impl Strategy<Value = Step> {
    let lines = vec![
        &b"1\tone\n"[..],
        b"2\ttwo\n3\t",
        b"three\n",
        b"not a number\n",
        b"\\.\n",
        b"",
        b"\xff\xff\n",
    ];
    prop_oneof![9 => select(lines).prop_map(<[u8]>::to_vec), 1 => bytes(20)]
        .prop_map(Step::CopyData)
}

fn name() -> impl Strategy<Value = Text> {
    select(NAMES)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let text = select(SQL).prop_map(|text| [text.0, b"\0"].concat());
    let names = (name(), name(), bytes(12))
        .prop_map(|(one, two, rest)| [one.0, b"\0", two.0, b"\0", &rest].concat());
    prop_oneof![2 => bytes(40), 1 => text, 2 => names, 1 => Just(Vec::new())]
}

fn lie() -> impl Strategy<Value = u32> {
    let lengths = vec![
        0,
        1,
        3,
        4,
        5,
        6,
        40,
        80,
        1000,
        0x3fff_ffff,
        0x4000_0000,
        0x7fff_ffff,
        u32::MAX,
    ];
    prop_oneof![4 => select(lengths), 1 => any::<u32>()]
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

fn cuts() -> impl Strategy<Value = Vec<Index>> {
    prop_oneof![
        Just(Vec::new()),
        prop::collection::vec(any::<Index>(), 0..6)
    ]
}
