//! The world an attack happens in: one engine, a victim with secrets, and what must be true after each attack.
//!
//! The victim has a row in a table, settings, a prepared statement of each kind, and a channel; when it is busy, also a
//! transaction with an open portal. None of it may change, or show up in the attacker's answers.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use super::client::{Client, message, most_wait};
use super::generate::Case;
use super::oracle::{self, ASYNCHRONOUS};
use crate::engine::OpenOptions;
use crate::engine::inbox::QueueConfig;
use crate::session::{SessionEngine, open};

/// An engine with a victim.
pub(super) struct Arena {
    engine: Arc<SessionEngine>,
    victim: Client,
    round: u64,
    restarts: u64,
    panics: usize,
}

impl Arena {
    pub(super) fn open() -> Result<Self, String> {
        static ARENAS: AtomicU64 = AtomicU64::new(1);
        count_panics();
        let name = format!("fuzz {}", ARENAS.fetch_add(1, Ordering::Relaxed));
        let engine = open(&options(name)).map_err(|error| error.to_string())?;
        let mut control = Client::connect("control", &engine, &[("user", "postgres")])?;
        control.query(PREPARATION)?;
        let victim = Client::connect("victim", &engine, VICTIM)?;
        let panics = PANICS.load(Ordering::SeqCst);
        let mut arena = Self {
            engine,
            victim,
            round: 0,
            restarts: 0,
            panics,
        };
        let parse = message(
            b'P',
            &[b"secret_statement\0", PREPARED.as_bytes(), b"\0\0\0"].concat(),
        );
        arena
            .victim
            .exchange(&[parse, message(b'S', b"")].concat(), "Parse")?;
        arena.victim.query(SECRETS)?;
        arena.check_victim()?;
        Ok(arena)
    }

    /// Whether the engine should be replaced. Each error leaves a little of PostgreSQL's stack in use, so that after some
    /// 1200 of them it has none left; then `54001` is the answer to everything.
    pub(super) fn is_worn(&self) -> bool {
        self.round >= 100
    }

    /// Waits until the engine has closed.
    pub(super) fn close(self) -> Result<(), String> {
        let closed = self.engine.closed();
        drop((self.victim, self.engine));
        if closed(most_wait()) {
            Ok(())
        } else {
            Err("waited in vain for the engine to close".to_owned())
        }
    }

    /// Runs one attack and looks at what it has left. Gives the tags of the answers after the greeting.
    pub(super) fn run(&mut self, case: &Case) -> Result<Vec<u8>, String> {
        self.round += 1;
        let (bytes, told) = self.attack(case)?;
        let mut fresh = Client::connect("fresh", &self.engine, &[("user", "postgres")])?;
        let transaction = fresh.query("SELECT pg_current_xact_id_if_assigned()")?;
        expect(&transaction, &[&[""]])?;
        fresh.query(&format!(
            "{RESET}; NOTIFY secret_channel, 'round {}'",
            self.round
        ))?;
        let round = format!("secret_channel\0round {}\0", self.round);
        self.victim.wait("its notification", |victim| {
            victim
                .replies
                .iter()
                .any(|reply| reply.tag == b'A' && reply.body.ends_with(round.as_bytes()))
        })?;
        self.check_victim()?;
        let restarts = self.engine.metrics().restarts.load(Ordering::Relaxed);
        if std::mem::replace(&mut self.restarts, restarts) != restarts {
            return Err(format!(
                "the backend was restarted by {}",
                bytes.escape_ascii()
            ));
        }
        let panics = PANICS.load(Ordering::SeqCst);
        if std::mem::replace(&mut self.panics, panics) != panics {
            return Err("a thread of the engine panicked".to_owned());
        }
        Ok(told)
    }

    /// Lets the attacker do its worst, and checks what it was told.
    fn attack(&mut self, case: &Case) -> Result<(Vec<u8>, Vec<u8>), String> {
        if case.busy {
            self.victim.status = b'T';
            self.victim.query("BEGIN")?;
            let portal = [
                message(b'B', b"secret_portal\0secret_statement\0\0\0\0\0\0\0"),
                message(b'E', b"secret_portal\0\0\0\0\x01"),
                message(b'S', b""),
            ];
            expect(
                &self.victim.exchange(&portal.concat(), "a portal")?,
                &[&[STATEMENT]],
            )?;
        }
        let mut attacker = Client::new("attacker", &self.engine);
        let opening = Script::openings(&case.opening());
        let mut attack = Script::frames(&case.attack(self.victim.id()));
        attack.end(self.round);
        let bytes = [
            opening.bytes.as_slice(),
            if opening.starts { &attack.bytes } else { b"" },
        ]
        .concat();
        for piece in case.pieces(&bytes) {
            attacker.write(piece);
        }
        if case.busy {
            let rest = [
                message(b'E', b"secret_portal\0\0\0\0\0"),
                message(b'S', b""),
            ]
            .concat();
            let rows = self.victim.exchange(&rest, "the rest of its portal")?;
            expect(&rows, &[&["and more"]])?;
            self.victim.status = b'I';
            self.victim.query("COMMIT")?;
        }
        listen(&mut attacker, &opening, &attack, self.round)?;
        let told: Vec<u8> = attacker
            .replies
            .iter()
            .flat_map(|reply| reply.body.clone())
            .collect();
        let contains = |bytes: &[u8], text: &str| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        for secret in [STATEMENT, SETTING, EXECUTED, ROW] {
            if contains(&told, secret) && !(secret == ROW && contains(&bytes, "vault")) {
                return Err(format!(
                    "the attacker was told {secret}: {:?}",
                    attacker.replies
                ));
            }
        }
        let tags = attacker.replies.iter().map(|reply| reply.tag);
        let answers = tags.skip_while(|tag| *tag != b'Z').skip(1);
        let told = answers.filter(|tag| !ASYNCHRONOUS.contains(tag)).collect();
        Ok((bytes, told))
    }

    /// What the victim had is still there.
    fn check_victim(&mut self) -> Result<(), String> {
        let victim = &mut self.victim;
        let settings = victim.query(SETTINGS)?;
        expect(
            &settings,
            &[&[
                SETTING,
                "3MB",
                "public, secret_schema",
                "postgres",
                "postgres",
                "off",
                "read committed",
                "0",
                "UTF8",
            ]],
        )?;
        expect(
            &victim.query("SELECT * FROM pg_listening_channels()")?,
            &[&["secret_channel"]],
        )?;
        expect(
            &victim.query("EXECUTE secret_prepared(7)")?,
            &[&[EXECUTED, "7"]],
        )?;
        expect(
            &victim.query("SELECT name FROM pg_prepared_statements ORDER BY name")?,
            &[&["secret_prepared"], &["secret_statement"]],
        )?;
        expect(
            &victim.query("UPDATE vault SET seen = seen + 1 RETURNING secret")?,
            &[&[ROW]],
        )?;
        let statement = [
            message(b'B', b"\0secret_statement\0\0\0\0\0\0\0"),
            message(b'E', b"\0\0\0\0\0"),
            message(b'S', b""),
        ];
        expect(
            &victim.exchange(&statement.concat(), "its statement")?,
            &[&[STATEMENT], &["and more"]],
        )
    }
}

/// Waits for all that is due to the attacker, and checks that it is what the protocol allows.
fn listen(
    attacker: &mut Client,
    opening: &Script,
    attack: &Script,
    round: u64,
) -> Result<(), String> {
    attacker.wait("answers to its requests for encryption", |attacker| {
        attacker.refusals >= opening.requests
    })?;
    if attacker.refusals != opening.requests && !attacker.closed {
        return Err(format!(
            "{} answers to {} requests for encryption",
            attacker.refusals, opening.requests
        ));
    }
    if opening.breaks {
        attacker.wait("the refusal of its opening", |_| false)?;
        return Ok(());
    }
    // Nothing is due to a session that has ended.
    if !opening.starts || attack.terminates {
        return Ok(());
    }
    attacker.wait("its greeting", |attacker| attacker.has(b'Z'))?;
    let Some(greeted) = attacker.replies.iter().position(|reply| reply.tag == b'Z') else {
        return Ok(());
    };
    let marker = marker(round);
    if attack.breaks {
        attacker.wait("the refusal of a frame", |_| false)?;
    } else if attack.ends {
        attacker.wait("the answer to its last query", |attacker| {
            let row = attacker
                .replies
                .iter()
                .position(|reply| reply.tag == b'D' && reply.body.ends_with(marker.as_bytes()));
            row.is_some_and(|row| {
                attacker
                    .replies
                    .iter()
                    .skip(row)
                    .any(|reply| reply.tag == b'Z')
            })
        })?;
    }
    let replies = attacker.replies.get(greeted + 1..).unwrap_or_default();
    if attack.ends {
        oracle::check(&attack.tags, replies)
            .map_err(|error| format!("{error}; all of them: {replies:?}"))?;
    }
    Ok(())
}

/// What bytes of a client amount to.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent observations, not a state"
)]
#[derive(Debug, Default)]
struct Script {
    bytes: Vec<u8>,
    /// How many requests for encryption there are.
    requests: usize,
    /// A start-up packet of the right form is the last of it.
    starts: bool,
    /// Something in it ends the session with an error.
    breaks: bool,
    /// A message in it ends the session.
    terminates: bool,
    /// The last frame is whole.
    ends: bool,
    tags: Vec<u8>,
}

impl Script {
    /// Reads what comes before a session; what comes after the start-up packet, or after what ends it, is cut off.
    fn openings(bytes: &[u8]) -> Self {
        let mut script = Self::default();
        let mut rest = bytes;
        while let Some(length) = word(rest) {
            if !(8..=10_004).contains(&length) {
                script.breaks = true;
                break;
            }
            let Some((packet, after)) = rest.split_at_checked(length) else {
                break;
            };
            rest = after;
            let (code, body) = (word(&packet[4..]).unwrap_or_default(), &packet[8..]);
            match code {
                80_877_103 | 80_877_104 if body.is_empty() => script.requests += 1,
                80_877_102 => {
                    script.breaks = !(5..=260).contains(&body.len());
                    script.terminates = !script.breaks;
                    break;
                }
                _ => {
                    script.starts = code >> 16 == 3 && is_list(body);
                    script.breaks = !script.starts;
                    break;
                }
            }
        }
        let kept = if script.starts || script.terminates {
            bytes.len() - rest.len()
        } else {
            bytes.len()
        };
        script.bytes = bytes.get(..kept).unwrap_or_default().to_vec();
        script
    }

    /// Reads frames.
    fn frames(bytes: &[u8]) -> Self {
        let mut script = Self {
            bytes: bytes.to_vec(),
            ends: true,
            ..Self::default()
        };
        let mut rest = bytes;
        while let Some(&tag) = rest.first() {
            if !b"PBDECQSHdcfXFp".contains(&tag) {
                script.tags.push(tag);
                script.breaks = true;
                break;
            }
            let Some(length) = word(&rest[1..]) else {
                script.complete(4 - (rest.len() - 1));
                break;
            };
            if !(4..=257 << 20).contains(&length) {
                script.tags.push(tag);
                script.breaks = true;
                break;
            }
            let Some((_, after)) = rest.split_at_checked(length + 1) else {
                script.tags.push(tag);
                script.complete(length + 1 - rest.len());
                break;
            };
            rest = after;
            script.tags.push(tag);
            script.terminates = tag == b'X';
            script.breaks = tag == b'p';
            if script.terminates || script.breaks {
                break;
            }
        }
        script
    }

    /// Completes the last frame, or gives it up when much is missing.
    fn complete(&mut self, missing: usize) {
        let was_length = self.bytes.len();
        if missing > 2000 {
            self.ends = false;
            return;
        }
        self.bytes.resize(was_length + missing, 0);
        let whole = Self::frames(&std::mem::take(&mut self.bytes));
        *self = whole;
    }

    /// Appends what ends any state a session may be in, and a query whose answer is the last.
    fn end(&mut self, round: u64) {
        if !self.ends || self.breaks || self.terminates {
            return;
        }
        let query = format!("SELECT '{}'\0", marker(round));
        for (tag, body) in [
            (b'f', &b"the end\0"[..]),
            (b'S', b""),
            (b'Q', b"ROLLBACK\0"),
            (b'Q', query.as_bytes()),
        ] {
            self.bytes.extend_from_slice(&message(tag, body));
            self.tags.push(tag);
        }
    }
}

fn word(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*bytes.first_chunk()?)).ok()
}

/// Whether it is a list of names and values with a terminator.
fn is_list(body: &[u8]) -> bool {
    let Some(list) = body.strip_suffix(b"\0") else {
        return false;
    };
    let parts: Vec<&[u8]> = list.split(|byte| *byte == 0).collect();
    list.is_empty()
        || (parts.len() % 2 == 1
            && list.ends_with(b"\0")
            && parts
                .iter()
                .take(parts.len() - 1)
                .step_by(2)
                .all(|name| !name.is_empty()))
}

fn marker(round: u64) -> String {
    format!("the end of round {round}")
}

fn expect(rows: &[Vec<String>], expected: &[&[&str]]) -> Result<(), String> {
    if rows == expected {
        Ok(())
    } else {
        Err(format!("the victim has {rows:?} instead of {expected:?}"))
    }
}

fn options(name: String) -> OpenOptions {
    OpenOptions {
        data_dir: "memory://".to_owned(),
        name,
        relaxed_durability: false,
        settings: Vec::new(),
        extensions: Vec::new(),
        supabase: false,
        residence: None,
        database: None,
        queue: QueueConfig {
            max_size: 0,
            timeout: Duration::ZERO,
            aging: Duration::from_secs(1),
            scheduling: crate::engine::queue::Scheduling::Priority,
            spin: Duration::from_micros(50),
        },
    }
}

/// Counts the panics of the engine's threads, which nobody else would hear of.
fn count_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current()
                .name()
                .is_some_and(|name| name.starts_with("oxbase"))
            {
                PANICS.fetch_add(1, Ordering::SeqCst);
            }
            usual(panic);
        }));
    });
}

static PANICS: AtomicUsize = AtomicUsize::new(0);

const ROW: &str = "the secret of the row";
const SETTING: &str = "the secret of the setting";
const STATEMENT: &str = "the secret of the statement";
const EXECUTED: &str = "the secret of the prepared";

const VICTIM: &[(&str, &str)] = &[
    ("user", "postgres"),
    ("application_name", "victim"),
    ("work_mem", "3MB"),
];
const PREPARATION: &str = "CREATE TABLE vault (secret text, seen int); INSERT INTO vault VALUES ('the secret of the row', 0); \
    CREATE TABLE shared (id int, name text); CREATE ROLE lowly LOGIN; GRANT ALL ON shared TO lowly";
const PREPARED: &str = "VALUES ('the secret of the statement'), ('and more')";
const SECRETS: &str = "SET app.secret = 'the secret of the setting'; SET search_path = public, secret_schema; LISTEN secret_channel; \
    PREPARE secret_prepared (int) AS SELECT 'the secret of the prepared', $1";
const SETTINGS: &str = "SELECT current_setting('app.secret'), current_setting('work_mem'), current_setting('search_path'), \
    current_user, session_user, current_setting('default_transaction_read_only'), \
    current_setting('default_transaction_isolation'), current_setting('statement_timeout'), current_setting('client_encoding')";
const RESET: &str =
    "DROP TABLE IF EXISTS made; ALTER TABLE shared DROP COLUMN IF EXISTS more; DELETE FROM shared";
