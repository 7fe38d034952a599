//! A session for JavaScript.

use std::time::Duration;

use napi::bindgen_prelude::Uint8ArraySlice;
use napi_derive::napi;

use crate::join::JoinedSession;
use crate::protocol::ErrorFields;
use crate::session::{Session, SessionOptions};

/// How a session is opened.
#[napi(object)]
#[derive(Debug, Clone, Default)]
pub struct NativeSessionOptions {
    /// Priority of its batches, 0 (CRITICAL) to 3 (LOW); 2 when absent.
    pub priority: Option<u32>,
    /// How long a batch may wait in the queue, in milliseconds; the engine's `queueTimeout` when absent, 0 for no limit.
    pub queue_timeout: Option<f64>,
    /// Bounds each batch, in milliseconds, beside the setting `statement_timeout`; no limit when absent or 0.
    pub statement_timeout: Option<f64>,
    /// Whether `statementTimeout` counts from when a batch was written, behind others of its session too, so that together
    /// with an equal `queueTimeout` it bounds waiting and running; false when absent.
    pub counts_waiting: Option<bool>,
}

impl From<NativeSessionOptions> for SessionOptions {
    fn from(options: NativeSessionOptions) -> Self {
        Self {
            lingers: false,
            priority: options
                .priority
                .map(|priority| u8::try_from(priority.min(3)).unwrap_or(3)),
            queue_timeout: options.queue_timeout.map(milliseconds),
            statement_timeout: options.statement_timeout.map(milliseconds),
            counts_waiting: options.counts_waiting.unwrap_or_default(),
            ..Self::default()
        }
    }
}

/// One session: takes frontend protocol bytes, its answers come through the mailbox.
#[napi]
#[derive(Debug)]
pub struct NativeSession {
    pub(super) place: SessionPlace,
}

/// Where a session is.
#[derive(Debug)]
pub(super) enum SessionPlace {
    /// On an engine of this process.
    Own(Session),
    /// Wherever its directory is open.
    Joined(JoinedSession),
}

#[napi]
impl NativeSession {
    /// Names the session in deliveries.
    #[napi(getter)]
    pub fn id(&self) -> u32 {
        match &self.place {
            SessionPlace::Own(session) => session.shared().id,
            SessionPlace::Joined(session) => session.id(),
        }
    }

    /// The process id that clients see.
    #[napi(getter)]
    pub fn process_id(&self) -> i32 {
        match &self.place {
            SessionPlace::Own(session) => session.shared().process_id,
            SessionPlace::Joined(session) => session.process_id(),
        }
    }

    /// Takes the first `length` frontend protocol bytes, in any fragmentation, from the start-up packet on. `priority` -1
    /// stands for the session's own. False when COPY input should pause until a drain is delivered.
    #[napi]
    pub fn write(&self, bytes: Uint8ArraySlice<'_>, length: u32, priority: i32) -> bool {
        let length = usize::try_from(length)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let bytes = bytes.get(..length).unwrap_or_default();
        let priority = u8::try_from(priority).ok();
        match &self.place {
            SessionPlace::Own(session) => session.write(bytes, priority),
            SessionPlace::Joined(session) => session.write(bytes, priority),
        }
    }

    /// So many bytes of streamed deliveries have been consumed.
    #[napi]
    pub fn acknowledge(&self, bytes: u32) {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        match &self.place {
            SessionPlace::Own(session) => session.shared().acknowledge(bytes),
            SessionPlace::Joined(session) => session.acknowledge(bytes),
        }
    }

    /// Stops what the session runs or waits to run, as a cancel request does.
    #[napi]
    pub fn cancel(&self) {
        match &self.place {
            SessionPlace::Own(session) => session.cancel(),
            SessionPlace::Joined(session) => session.cancel(),
        }
    }

    /// Answers the batch that waits for its turn with an error. False when none waits, as far as this process knows.
    #[napi]
    pub fn refuse(&self, code: String, message: String, detail: String, hint: String) -> bool {
        let error = ErrorFields {
            code,
            ..ErrorFields::new("ERROR", "", message)
        }
        .with_detail(detail)
        .with_hint(hint);
        match &self.place {
            SessionPlace::Own(session) => session.refuse(&error),
            SessionPlace::Joined(session) => session.refuse(&error),
        }
    }

    /// Notes where in the application the session's transaction begins, for the errors of those that wait for it.
    #[napi]
    pub fn note_call_site(&self, call_site: String) {
        match &self.place {
            SessionPlace::Own(session) => session
                .shared()
                .update_activity(|activity| activity.call_site = call_site),
            SessionPlace::Joined(session) => session.note_call_site(call_site),
        }
    }

    /// Ends the session: rolls back and drops what is its own. Nothing is delivered for it any more.
    #[napi]
    pub fn end(&self) {
        match &self.place {
            SessionPlace::Own(session) => session.end(),
            SessionPlace::Joined(session) => session.end(),
        }
    }
}

pub(crate) fn milliseconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number.max(0.0) / 1000.0).unwrap_or(Duration::ZERO)
}
