//! Metrics and sessions as plain objects. Counts are numbers, times are milliseconds unless the name says otherwise.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use napi_derive::napi;

use crate::engine::metrics::{BOUNDS, HistogramCopy};
use crate::session::SessionEngine;

/// A histogram of durations in microseconds.
#[napi(object)]
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
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
                priority: u32::from(session.priority),
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
fn number(count: u64) -> f64 {
    count as f64
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
