//! Metrics and sessions as plain objects. Counts are numbers, times are milliseconds unless the name says otherwise.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use napi_derive::napi;
use serde::{Deserialize, Serialize};

use crate::engine::metrics::{BOUNDS, HistogramCopy};
use crate::session::SessionEngine;

/// A histogram of durations in microseconds.
#[napi(object)]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NativeHistogram {
    /// How many durations there are.
    pub count: f64,
    /// Their sum.
    pub sum_micros: f64,
    /// The longest.
    pub max_micros: f64,
    /// Upper bounds of the buckets.
    pub bounds: Vec<f64>,
    /// How many fell into each; one more than there are bounds.
    pub counts: Vec<f64>,
}

/// What an engine has done since it was opened.
#[napi(object)]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NativeStats {
    /// The directory, or `memory://`.
    pub data_dir: String,
    /// How long the opening took.
    pub open_ms: f64,
    /// Batches that have run.
    pub batches: f64,
    /// Errors in their answers.
    pub errors: f64,
    /// Rows in their answers.
    pub rows: f64,
    /// Batches given up because they waited too long.
    pub timeouts: f64,
    /// Batches refused because too many waited.
    pub refused: f64,
    /// Times the backend was opened again after it stopped by itself.
    pub restarts: f64,
    /// Batches that were stopped while they ran.
    pub stopped: f64,
    /// Batches that wait.
    pub queued: f64,
    /// The same by priority.
    pub queued_by_priority: Vec<f64>,
    /// Batches that entered the queue.
    pub enqueued: f64,
    /// Batches that left it to run.
    pub dequeued: f64,
    /// Open sessions.
    pub sessions: f64,
    /// Time in the queue, by priority.
    pub wait_histogram: Vec<NativeHistogram>,
    /// Time on the backend.
    pub run_histogram: NativeHistogram,
}

/// One session of an engine.
#[napi(object)]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NativeSessionInfo {
    /// Its number.
    pub id: u32,
    /// The process id that clients see.
    pub process_id: i32,
    /// The role it began with.
    pub user: String,
    /// Its `application_name`.
    pub application_name: String,
    /// `idle`, `active`, `waiting`, `idle in transaction`, `idle in transaction (aborted)`.
    pub state: String,
    /// Priority of its batches.
    pub priority: u32,
    /// How long it is open.
    pub age_ms: f64,
    /// How long its state has been what it is.
    pub state_age_ms: f64,
    /// How long its transaction is open.
    pub transaction_age_ms: Option<f64>,
    /// The beginning of its last statement.
    pub last_statement: Option<String>,
    /// Where in the application its transaction began.
    pub call_site: Option<String>,
    /// The session that has the backend, when this one waits.
    pub waits_for: Option<u32>,
}

/// What a process that joined is told of an engine.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) stats: NativeStats,
    pub(super) sessions: Vec<NativeSessionInfo>,
}

/// As `Told`, for the way to the other process.
pub(super) fn report(engine: &SessionEngine) -> Vec<u8> {
    let told = Told {
        stats: stats(engine),
        sessions: sessions(engine),
    };
    serde_json::to_vec(&told).unwrap_or_default()
}

impl Told {
    /// The sessions by the ids that they have here: those of this process by their own, and the others by ids that no
    /// session of this process has.
    pub(super) fn seen_from_here(self, own: &HashMap<i32, u32>) -> Vec<NativeSessionInfo> {
        let ids: HashMap<u32, u32> = self
            .sessions
            .iter()
            .map(|session| {
                let foreign = session.id | FOREIGN;
                let id = own.get(&session.process_id).copied().unwrap_or(foreign);
                (session.id, id)
            })
            .collect();
        let here = |id: u32| ids.get(&id).copied().unwrap_or(id | FOREIGN);
        let sessions = self.sessions.into_iter();
        sessions
            .map(|session| NativeSessionInfo {
                id: here(session.id),
                waits_for: session.waits_for.map(here),
                ..session
            })
            .collect()
    }
}

/// Set in the ids of other processes' sessions.
const FOREIGN: u32 = 1 << 30;

/// The counters of an engine that nobody tells about.
pub(super) fn unknown(data_dir: String) -> NativeStats {
    let none = || NativeHistogram {
        count: 0.0,
        sum_micros: 0.0,
        max_micros: 0.0,
        bounds: BOUNDS.iter().map(|bound| number(*bound)).collect(),
        counts: vec![0.0; BOUNDS.len() + 1],
    };
    NativeStats {
        data_dir,
        open_ms: 0.0,
        batches: 0.0,
        errors: 0.0,
        rows: 0.0,
        timeouts: 0.0,
        refused: 0.0,
        restarts: 0.0,
        stopped: 0.0,
        queued: 0.0,
        queued_by_priority: vec![0.0; 4],
        enqueued: 0.0,
        dequeued: 0.0,
        sessions: 0.0,
        wait_histogram: (0..4).map(|_| none()).collect(),
        run_histogram: none(),
    }
}

/// A copy of the engine's counters.
pub(crate) fn stats(engine: &SessionEngine) -> NativeStats {
    let metrics = engine.metrics();
    let queued = engine
        .inbox()
        .len_by_priority()
        .map(|count| number(count as u64));
    NativeStats {
        data_dir: engine.data_dir(),
        open_ms: millis(engine.opened_in()),
        batches: load(&metrics.dequeued),
        errors: load(&metrics.errors),
        rows: load(&metrics.rows),
        timeouts: load(&metrics.timeouts),
        refused: load(&metrics.refused),
        restarts: load(&metrics.restarts),
        stopped: load(&metrics.stopped),
        queued: queued.iter().sum(),
        queued_by_priority: queued.to_vec(),
        enqueued: load(&metrics.enqueued),
        dequeued: load(&metrics.dequeued),
        sessions: number(engine.shared.all().len() as u64),
        wait_histogram: metrics
            .wait
            .iter()
            .map(|wait| histogram(&wait.copy()))
            .collect(),
        run_histogram: histogram(&metrics.run.copy()),
    }
}

/// The engine's sessions, oldest first.
pub(crate) fn sessions(engine: &SessionEngine) -> Vec<NativeSessionInfo> {
    let now = Instant::now();
    let holder = engine.inbox().holder();
    let age = |since: Instant| millis(now.saturating_duration_since(since));
    let waiting = engine.inbox().waiting_sessions();
    engine
        .shared
        .all()
        .into_iter()
        .map(|session| {
            let activity = session.activity();
            let holds = holder.filter(|holder| holder.session == session.id);
            let waits = waiting.contains(&session.id);
            let state = match (session.transaction_status(), holds) {
                (_, Some(holder)) if !holder.between_batches => "active",
                _ if waits => "waiting",
                (b'T', _) => "idle in transaction",
                (b'E', _) => "idle in transaction (aborted)",
                _ => "idle",
            };
            NativeSessionInfo {
                id: session.id,
                process_id: session.process_id,
                user: activity.user,
                application_name: activity.application_name,
                state: state.to_owned(),
                priority: u32::from(session.priority()),
                age_ms: age(session.created),
                state_age_ms: age(activity.since),
                transaction_age_ms: activity.transaction_since.map(age),
                last_statement: Some(activity.last_statement).filter(|text| !text.is_empty()),
                call_site: Some(activity.call_site)
                    .filter(|site| !site.is_empty() && session.transaction_status() != b'I'),
                waits_for: holder
                    .filter(|_| state == "waiting")
                    .map(|holder| holder.session),
            }
        })
        .collect()
}

fn histogram(copy: &HistogramCopy) -> NativeHistogram {
    NativeHistogram {
        count: number(copy.counts.iter().sum()),
        sum_micros: number(copy.sum),
        max_micros: number(copy.max),
        bounds: BOUNDS.iter().map(|bound| number(*bound)).collect(),
        counts: copy.counts.iter().map(|count| number(*count)).collect(),
    }
}

fn load(counter: &AtomicU64) -> f64 {
    number(counter.load(Ordering::Relaxed))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "JavaScript's numbers; exact up to 2^53"
)]
pub(super) fn number(count: u64) -> f64 {
    count as f64
}

pub(super) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
