//! What goes from the engine to one JavaScript environment.
//!
//! Deliveries of all its sessions stand in one line. JavaScript takes them itself as long as it polls; only when it has
//! said that it waits (a poll that found nothing) is it woken through the event loop, once for all that is there.
#![expect(
    unsafe_code,
    reason = "small deliveries are written into arrays that JavaScript owns"
)]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use napi::bindgen_prelude::{Buffer, Env, Function, Int32Array, Uint8Array};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use napi_derive::napi;

use crate::engine::queue::SessionId;
use crate::session::{Delivery, DeliveryKind, Outlet};

type Wake = ThreadsafeFunction<(), (), (), Status, false>;

/// The shared half, which the engine's threads deliver to.
pub(crate) struct Line {
    waiting: Mutex<VecDeque<(SessionId, Delivery)>>,
    count: AtomicUsize,
    /// JavaScript takes deliveries itself and need not be woken.
    polls: AtomicBool,
    /// A blocking wait is going on.
    blocked: AtomicBool,
    arrived: Condvar,
    /// Gone when the environment is.
    wake: Mutex<Option<Wake>>,
}

impl Outlet for Line {
    fn deliver(&self, session: SessionId, delivery: Delivery) {
        let mut waiting = self.lock();
        waiting.push_back((session, delivery));
        self.count.store(waiting.len(), Ordering::SeqCst);
        let wakes = !self.polls.swap(true, Ordering::SeqCst);
        drop(waiting);
        if self.blocked.load(Ordering::SeqCst) {
            self.arrived.notify_all();
        }
        if wakes {
            let wake = self.wake();
            if let Some(wake) = &*wake {
                wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
            }
        }
    }
}

impl Line {
    fn wake(&self) -> MutexGuard<'_, Option<Wake>> {
        self.wake.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(SessionId, Delivery)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next delivery, or notes that JavaScript waits.
    fn take(&self, spin: Duration) -> Option<(SessionId, Delivery)> {
        if self.count.load(Ordering::Acquire) == 0 && !spin.is_zero() {
            let began = Instant::now();
            while self.count.load(Ordering::Acquire) == 0 {
                let waited = began.elapsed();
                if waited >= spin {
                    break;
                }
                for _ in 0..32 {
                    std::hint::spin_loop();
                }
                if waited > PATIENCE {
                    // The engine thread may stand in line for this very core.
                    std::thread::yield_now();
                }
            }
        }
        let mut waiting = self.lock();
        let next = waiting.pop_front();
        self.count.store(waiting.len(), Ordering::SeqCst);
        self.polls.store(next.is_some(), Ordering::SeqCst);
        next
    }

    fn take_of(&self, session: SessionId, timeout: Duration) -> Option<(SessionId, Delivery)> {
        let began = Instant::now();
        self.blocked.store(true, Ordering::SeqCst);
        let mut waiting = self.lock();
        let found = loop {
            if let Some(place) = waiting.iter().position(|(owner, _)| *owner == session) {
                break waiting.remove(place);
            }
            let left = timeout.saturating_sub(began.elapsed());
            if left.is_zero() {
                break None;
            }
            waiting = self
                .arrived
                .wait_timeout(waiting, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        };
        self.count.store(waiting.len(), Ordering::SeqCst);
        drop(waiting);
        self.blocked.store(false, Ordering::SeqCst);
        found
    }
}

/// Deliveries for one JavaScript environment.
#[napi]
pub struct Mailbox {
    line: Arc<Line>,
    scratch: Uint8Array,
    header: Int32Array,
    large: Option<Vec<u8>>,
}

#[napi]
impl Mailbox {
    /// `wake` is called from the event loop when deliveries wait and nobody polls. `scratch` takes the bytes of small
    /// deliveries, `header` (4 numbers) says what was taken: session, kind, length, flags.
    #[napi(constructor)]
    pub fn new(
        env: Env,
        scratch: Uint8Array,
        header: Int32Array,
        wake: Function<'_, (), ()>,
    ) -> Result<Self> {
        if header.len() < 4 || scratch.is_empty() {
            return Err(napi::Error::from_reason(
                "scratch must not be empty and header must have 4 entries",
            ));
        }
        let mut wake: Wake = wake
            .build_threadsafe_function()
            .callee_handled::<false>()
            .build()?;
        #[expect(
            deprecated,
            reason = "the reference is counted by hand: it follows the number of open requests"
        )]
        wake.unref(&env)?;
        let line = Line {
            waiting: Mutex::default(),
            count: AtomicUsize::new(0),
            polls: AtomicBool::new(false),
            blocked: AtomicBool::new(false),
            arrived: Condvar::new(),
            wake: Mutex::new(Some(wake)),
        };
        let line = Arc::new(line);
        // The engine's threads may still deliver when a worker ends: they must not call into what is being torn down.
        env.add_env_cleanup_hook(Arc::clone(&line), |line| drop(line.wake().take()))?;
        Ok(Self {
            line,
            scratch,
            header,
            large: None,
        })
    }

    /// Takes the next delivery: 0 none came within `spinMicros`, and `wake` will tell; 1 it is in `scratch`; 2 it is
    /// larger: `takeLarge` has it. After a poll that took one, poll until 0.
    #[napi]
    pub fn poll(&mut self, spin_micros: u32) -> u32 {
        let next = self
            .line
            .take(Duration::from_micros(u64::from(spin_micros)));
        self.store(next)
    }

    /// Blocks this thread up to `timeoutMs` for the next delivery of one session; those of the others stay in line.
    #[napi]
    pub fn wait(&mut self, session_id: u32, timeout_ms: u32) -> u32 {
        let next = self
            .line
            .take_of(session_id, Duration::from_millis(u64::from(timeout_ms)));
        self.store(next)
    }

    /// The bytes of a delivery that did not fit into `scratch`.
    #[napi]
    pub fn take_large(&mut self) -> Buffer {
        self.large.take().unwrap_or_default().into()
    }

    /// From now on deliveries to come keep the event loop alive.
    #[napi(js_name = "ref")]
    pub fn refer(&self, env: Env) -> Result<()> {
        let mut wake = self.line.wake();
        let Some(wake) = wake.as_mut() else {
            return Ok(());
        };
        #[expect(
            deprecated,
            reason = "the reference is counted by hand: it follows the number of open requests"
        )]
        wake.refer(&env)
    }

    /// From now on they do not.
    #[napi]
    pub fn unref(&self, env: Env) -> Result<()> {
        let mut wake = self.line.wake();
        let Some(wake) = wake.as_mut() else {
            return Ok(());
        };
        #[expect(
            deprecated,
            reason = "the reference is counted by hand: it follows the number of open requests"
        )]
        wake.unref(&env)
    }

    /// JavaScript promises to poll soon: until a poll finds nothing it is not woken.
    #[napi]
    pub fn hold(&self) {
        self.line.polls.store(true, Ordering::SeqCst);
    }

    pub(crate) fn line(&self) -> Arc<Line> {
        Arc::clone(&self.line)
    }

    fn store(&mut self, next: Option<(SessionId, Delivery)>) -> u32 {
        let Some((session, delivery)) = next else {
            return 0;
        };
        let length = delivery.bytes.len();
        let header = [
            i32::try_from(session).unwrap_or_default(),
            kind(delivery.kind),
            i32::try_from(length).unwrap_or(i32::MAX),
            flags(&delivery),
        ];
        // SAFETY: the array is ours since the constructor; JavaScript runs on this thread and reads it after we return.
        let target = unsafe { self.header.as_mut() };
        for (to, from) in target.iter_mut().zip(header) {
            *to = from;
        }
        if length > self.scratch.len() {
            self.large = Some(delivery.bytes);
            return 2;
        }
        // SAFETY: as above.
        let scratch = unsafe { self.scratch.as_mut() };
        if let Some(target) = scratch.get_mut(..length) {
            target.copy_from_slice(&delivery.bytes);
        }
        1
    }
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Mailbox").finish_non_exhaustive()
    }
}

/// Most answers come sooner; giving the core away earlier would cost more than it brings.
const PATIENCE: Duration = Duration::from_micros(25);

fn kind(kind: DeliveryKind) -> i32 {
    match kind {
        DeliveryKind::Bytes => 0,
        DeliveryKind::Drain => 1,
        DeliveryKind::Closed => 2,
    }
}

fn flags(delivery: &Delivery) -> i32 {
    i32::from(delivery.last)
        | i32::from(delivery.streamed) << 1
        | i32::from(delivery.bytes.is_ascii()) << 2
        | i32::from(delivery.asynchronous) << 3
}
