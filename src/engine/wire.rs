//! The line between the code that decides what to send to PostgreSQL and the call stack that PostgreSQL runs on.
//!
//! PostgreSQL is driven in two ways. Buffered: a request goes in, the reply comes out, the call returns. Pumped: from the
//! first COPY on the backend runs in one call that never returns and asks for input when it has none. So the engine's
//! loop is a future that waits only in `Wire::exchange`; whoever drives PostgreSQL polls it whenever a reply is complete
//! and feeds what it asks for. The deciding code is the same in both.
#![forbid(unsafe_code)]

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use super::error::Error;
use super::guests::Guests;
use super::interrupt::Stopper;

/// Takes COPY OUT data while a statement still runs; it may block until the reader has caught up.
pub(crate) type Sink = Box<dyn FnMut(&[u8]) + Send>;

#[derive(Default)]
struct State {
    request: Option<Request>,
    reply: Option<Result<Reply, Error>>,
    generation: u64,
    asleep: bool,
}

/// Bytes for the backend.
pub(crate) struct Request {
    /// Whole frontend messages.
    pub(crate) bytes: Vec<u8>,
    /// Given when the request may be a COPY: the backend is then driven so that data can flow while it runs.
    pub(crate) copy: Option<Sink>,
    /// Given when the backend is to be opened again; `bytes` are not sent then.
    pub(crate) restart: Option<Restart>,
}

/// Why the backend is to be opened again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Restart {
    /// One more extension is to be made available.
    Extension(String),
    /// The backend has gathered what only a new one is free of.
    Refresh,
    /// Not before somebody needs it: until then it is closed.
    Hibernate,
    /// A stop came too late for the statement it was meant for, and waits in the backend for the next one.
    Outrun,
    /// Somebody needs the backend that was closed.
    Wake,
}

/// What the backend answered.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    /// Whole backend messages, without the COPY OUT data that went to the sink.
    pub(crate) bytes: Vec<u8>,
    /// How many of `bytes` the sink has seen already.
    pub(crate) delivered: usize,
}

/// The deciding side's end of the line.
#[derive(Clone, Default)]
pub(crate) struct Wire {
    state: Arc<Mutex<State>>,
    stopper: Arc<Stopper>,
    guests: Arc<Guests>,
}

impl Wire {
    pub(crate) fn new(stopper: Arc<Stopper>, guests: Arc<Guests>) -> Self {
        Self {
            state: Arc::default(),
            stopper,
            guests,
        }
    }

    /// Who is looked at while there is nothing to run; they have to leave before what takes long.
    pub(crate) fn guests(&self) -> &Guests {
        &self.guests
    }

    /// Stops what runs on the other end.
    pub(crate) fn stopper(&self) -> &Arc<Stopper> {
        &self.stopper
    }

    /// Sends whole frontend messages and waits until the backend has answered and asks for more.
    pub(crate) async fn exchange(&self, bytes: Vec<u8>) -> Result<Reply, Error> {
        self.request(Request {
            bytes,
            copy: None,
            restart: None,
        })
        .await
    }

    /// As `exchange`, for a request that may start a COPY.
    pub(crate) async fn exchange_copy(&self, bytes: Vec<u8>, sink: Sink) -> Result<Reply, Error> {
        self.request(Request {
            bytes,
            copy: Some(sink),
            restart: None,
        })
        .await
    }

    /// Closes the backend and opens it again.
    pub(crate) async fn restart(&self, restart: Restart) -> Result<Reply, Error> {
        self.request(Request {
            bytes: Vec::new(),
            copy: None,
            restart: Some(restart),
        })
        .await
    }

    /// Whether the backend is closed until somebody needs it. Nothing but `wake` may be asked for then.
    pub(crate) fn is_asleep(&self) -> bool {
        self.lock().asleep
    }

    /// Has the backend opened that was closed by `Restart::Hibernate`.
    pub(crate) async fn wake(&self) -> Result<(), Error> {
        if !self.is_asleep() {
            return Ok(());
        }
        self.restart(Restart::Wake).await.map(drop)
    }

    /// Grows each time the backend is opened: everything that lived in the one before is gone.
    pub(crate) fn generation(&self) -> u64 {
        self.lock().generation
    }

    async fn request(&self, request: Request) -> Result<Reply, Error> {
        let mut request = Some(request);
        poll_fn(move |_| {
            let mut state = self.lock();
            if let Some(request) = request.take() {
                state.request = Some(request);
                return Poll::Pending;
            }
            state.reply.take().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Driver: the request that the deciding side waits on.
    pub(crate) fn take_request(&self) -> Option<Request> {
        self.lock().request.take()
    }

    /// Driver: the answer to it.
    pub(crate) fn put_reply(&self, reply: Result<Reply, Error>) {
        self.lock().reply = Some(reply);
    }

    /// Driver: a new backend is in place.
    pub(crate) fn next_generation(&self) {
        let mut state = self.lock();
        state.generation += 1;
        state.asleep = false;
    }

    /// Driver: the backend is closed until somebody needs it.
    pub(crate) fn fall_asleep(&self) {
        self.lock().asleep = true;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Wire")
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}
