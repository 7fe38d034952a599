//! SIGUSR1: ours to wasmer, everybody else's to the handler that was there before.
//!
//! wasmer's handler takes whatever runs on the stack of a WASM call for WASM code and cuts it off. Native code runs there,
//! too, for moments: cut off inside of `malloc` it would leave a lock that nobody ever opens again. So the handler is let
//! have its way only when the thread is in generated code, which lies in anonymous memory. Otherwise it merely notes the
//! interrupt, and the call traps when it comes back from the next host function.
#![expect(
    unsafe_code,
    reason = "signal handlers, and wasmer's store ids, which it makes but does not name"
)]

use std::mem::{MaybeUninit, transmute};
use std::num::NonZeroUsize;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use wasmer_types::StoreId;
use wasmer_vm::interrupt_registry::interrupt;

/// Where wasmer's numbering of stores stood on this thread.
#[derive(Debug)]
pub(crate) struct Mark(usize);

/// The stores of one backend, and the thread that runs them.
#[derive(Debug)]
pub(crate) struct Target {
    thread: usize,
    stores: Vec<StoreId>,
}

/// The thread that a signal of ours is on its way to; 0 when there is none.
static EXPECTED: AtomicUsize = AtomicUsize::new(0);
static WASMER: AtomicPtr<libc::sigaction> = AtomicPtr::new(ptr::null_mut());
static PREVIOUS: AtomicPtr<libc::sigaction> = AtomicPtr::new(ptr::null_mut());
static INSTALLING: Mutex<()> = Mutex::new(());

pub(crate) fn prepare(able: bool) -> Mark {
    if able {
        install();
    }
    Mark(StoreId::default().as_raw().get())
}

pub(crate) fn target(mark: &Mark) -> Target {
    let end = StoreId::default().as_raw().get();
    // Numbers are handed to threads in chunks; an opening may have come to the end of one.
    let numbers: Vec<usize> = if (mark.0 - 1) / CHUNK == (end - 1) / CHUNK {
        (mark.0 + 1..end).collect()
    } else {
        let chunk_end = ((mark.0 - 1) / CHUNK + 1) * CHUNK;
        let chunk_start = (end - 1) / CHUNK * CHUNK + 1;
        (mark.0 + 1..=chunk_end).chain(chunk_start..end).collect()
    };
    Target {
        thread: this_thread(),
        stores: numbers.into_iter().filter_map(store).collect(),
    }
}

impl Target {
    /// Makes the running store trap. It may miss; the caller tries again as long as the batch runs.
    pub(crate) fn interrupt(&self) {
        install();
        code::find();
        let expected =
            EXPECTED.compare_exchange(0, self.thread, Ordering::SeqCst, Ordering::SeqCst);
        if expected.is_err() {
            return;
        }
        if !self.stores.iter().any(|store| interrupt(*store).is_ok()) {
            EXPECTED.store(0, Ordering::SeqCst);
            return;
        }
        let sent = Instant::now();
        while EXPECTED.load(Ordering::SeqCst) == self.thread && sent.elapsed() < DELIVERY {
            std::thread::yield_now();
        }
    }
}

/// On the thread that was signalled: a signal that is still on its way arrives now, outside of WASM code.
pub(crate) fn settle() {
    let me = this_thread();
    let began = Instant::now();
    while EXPECTED.load(Ordering::SeqCst) == me && began.elapsed() < DELIVERY {
        std::thread::yield_now();
    }
}

/// Puts our handler before wasmer's and the one that was there before. Again, when someone has replaced it since.
fn install() {
    let _installing = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let before = current();
    if before.sa_sigaction == dispatch as *const () as usize {
        return;
    }
    if WASMER.load(Ordering::SeqCst).is_null() {
        wasmer_vm::init_traps();
        keep(&WASMER, current());
    }
    keep(&PREVIOUS, before);
    // SAFETY: an all-zero sigaction is a valid one.
    let mut ours: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    ours.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
    ours.sa_sigaction = dispatch as *const () as usize;
    // SAFETY: the pointer is to a live sigaction, whose handler has the signature that SA_SIGINFO asks for.
    unsafe { libc::sigaction(libc::SIGUSR1, &raw const ours, ptr::null_mut()) };
}

/// Keeps an action for the handler, which may read it at any time: it is never freed.
fn keep(place: &AtomicPtr<libc::sigaction>, action: libc::sigaction) {
    place.store(Box::into_raw(Box::new(action)), Ordering::SeqCst);
}

fn current() -> libc::sigaction {
    // SAFETY: an all-zero sigaction is a valid one.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    // SAFETY: the pointer is to a live sigaction; nothing is installed.
    unsafe { libc::sigaction(libc::SIGUSR1, ptr::null(), &raw mut action) };
    action
}

/// Runs in the signal handler: atomics only.
extern "C" fn dispatch(
    signal: libc::c_int,
    info: *mut libc::siginfo_t,
    context: *mut libc::c_void,
) {
    let me = this_thread();
    let ours = EXPECTED
        .compare_exchange(me, 0, Ordering::SeqCst, Ordering::SeqCst)
        .is_ok();
    let place = if ours { &WASMER } else { &PREVIOUS };
    // SAFETY: the kernel passes a ucontext_t to a handler with SA_SIGINFO.
    let mut elsewhere = unsafe { *context.cast::<libc::ucontext_t>() };
    let context = if ours && !code::is_running(&elsewhere) {
        code::leave_stack(&mut elsewhere);
        (&raw mut elsewhere).cast()
    } else {
        context
    };
    // SAFETY: what is stored there is never freed.
    let Some(action) = (unsafe { place.load(Ordering::SeqCst).as_ref() }) else {
        return;
    };
    if action.sa_flags & libc::SA_SIGINFO != 0 {
        type Detailed = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
        // SAFETY: SA_SIGINFO says that the handler has this signature.
        let handler = unsafe { transmute::<usize, Detailed>(action.sa_sigaction) };
        handler(signal, info, context);
    } else if action.sa_sigaction == libc::SIG_DFL {
        // SAFETY: the action is the one that was installed before us.
        unsafe { libc::sigaction(signal, action, ptr::null_mut()) };
        // SAFETY: raises what has just arrived; it takes its default effect when this handler returns.
        unsafe { libc::raise(signal) };
    } else if action.sa_sigaction != libc::SIG_IGN {
        // SAFETY: without SA_SIGINFO a handler takes the signal alone.
        let handler =
            unsafe { transmute::<usize, extern "C" fn(libc::c_int)>(action.sa_sigaction) };
        handler(signal);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "it is a pointer or as wide as one wherever this is compiled"
)]
fn this_thread() -> usize {
    // SAFETY: has no preconditions. A thread's handle is never 0 on the systems there are.
    (unsafe { libc::pthread_self() }) as usize
}

/// The store of a number. wasmer gives out numbers but takes none back.
fn store(number: usize) -> Option<StoreId> {
    let number = NonZeroUsize::new(number)?;
    // SAFETY: a store id is this number and nothing else; the sizes are compared at compile time, the value below.
    let store = unsafe { transmute::<NonZeroUsize, StoreId>(number) };
    (store.as_raw() == number).then_some(store)
}

/// How many numbers wasmer hands to a thread at once, beginning with 1.
const CHUNK: usize = 256;
/// A signal arrives within microseconds; a thread in an uninterruptible call takes longer.
const DELIVERY: Duration = Duration::from_millis(5);

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod code {
    //! Where generated code is in memory.

    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Pairs of start and end; 0 and 0 where there is none.
    static RANGES: [[AtomicUsize; 2]; MOST] = [const { [const { AtomicUsize::new(0) }; 2] }; MOST];

    /// Looks where it is now. Reads `/proc/self/maps`: generated code is executable and belongs to no file.
    pub(super) fn find() {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let mut found: Vec<(usize, usize)> = maps.lines().filter_map(anonymous_code).collect();
        // JavaScript's engine has many small pieces; PostgreSQL is the largest there is.
        found.sort_by_key(|(start, end)| std::cmp::Reverse(end - start));
        found.resize(MOST, (0, 0));
        for (range, (start, end)) in RANGES.iter().zip(found) {
            // While it changes the range is empty.
            range[1].store(0, Ordering::SeqCst);
            range[0].store(start, Ordering::SeqCst);
            range[1].store(end, Ordering::SeqCst);
        }
    }

    /// A line like `7f12a000-7f12b000 r-xp 00000000 00:00 0`.
    fn anonymous_code(line: &str) -> Option<(usize, usize)> {
        let mut fields = line.split_ascii_whitespace();
        let (range, rights) = (fields.next()?, fields.next()?);
        let file = fields.nth(3);
        if !rights.contains('x') || file.is_some_and(|file| !file.starts_with("[anon")) {
            return None;
        }
        let (start, end) = range.split_once('-')?;
        let number = |text| usize::from_str_radix(text, 16).ok();
        Some((number(start)?, number(end)?))
    }

    /// Whether the interrupted thread was in generated code.
    pub(super) fn is_running(context: &libc::ucontext_t) -> bool {
        let at = program_counter(context);
        RANGES.iter().any(|[start, end]| {
            (start.load(Ordering::SeqCst)..end.load(Ordering::SeqCst)).contains(&at)
        })
    }

    #[cfg(target_arch = "x86_64")]
    fn program_counter(context: &libc::ucontext_t) -> usize {
        let registers = &context.uc_mcontext.gregs;
        let index = usize::try_from(libc::REG_RIP).unwrap_or_default();
        let register = registers.get(index).copied().unwrap_or_default();
        usize::from_ne_bytes(register.to_ne_bytes())
    }

    #[cfg(target_arch = "aarch64")]
    fn program_counter(context: &libc::ucontext_t) -> usize {
        usize::from_ne_bytes(context.uc_mcontext.pc.to_ne_bytes())
    }

    /// Makes the context one of a thread that is on no WASM stack.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn leave_stack(context: &mut libc::ucontext_t) {
        let index = usize::try_from(libc::REG_RSP).unwrap_or_default();
        if let Some(register) = context.uc_mcontext.gregs.get_mut(index) {
            *register = 0;
        }
    }

    #[cfg(target_arch = "aarch64")]
    pub(super) fn leave_stack(context: &mut libc::ucontext_t) {
        context.uc_mcontext.sp = 0;
    }

    const MOST: usize = 128;

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_executable_memory_without_a_file_is_generated_code() {
            let of = |line| anonymous_code(line);
            assert_eq!(
                of("1000-3000 r-xp 00000000 00:00 0 "),
                Some((0x1000, 0x3000))
            );
            assert_eq!(
                of("1000-3000 r-xp 00000000 00:00 0    [anon:v8]"),
                Some((0x1000, 0x3000))
            );
            assert_eq!(of("1000-3000 rw-p 00000000 00:00 0 "), None);
            assert_eq!(of("1000-3000 r-xp 00000000 08:01 12 /lib/libc.so.6"), None);
            assert_eq!(of("1000-3000 r-xp 00000000 00:00 0 [vdso]"), None);
        }
    }
}

#[cfg(all(target_os = "macos", target_arch = "aarch64"))]
mod code {
    //! Where generated code is in memory is not found out here, so an interrupt is felt at the next host function.

    pub(super) fn find() {}

    pub(super) fn is_running(_: &libc::ucontext_t) -> bool {
        false
    }

    pub(super) fn leave_stack(context: &mut libc::ucontext_t) {
        // SAFETY: the kernel fills in the machine context of a handler's context.
        let machine = unsafe { &mut *context.uc_mcontext };
        machine.__ss.__sp = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stores_made_since_a_mark_are_the_ones_in_between() {
        for _ in 0..600 {
            let mark = prepare(false);
            let made = [StoreId::default(), StoreId::default()];
            let target = target(&mark);
            assert!(made.iter().all(|store| target.stores.contains(store)));
        }
    }
}
