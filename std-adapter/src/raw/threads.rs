//! Threads and generations: what grace periods need of the system, and the ways into a generation that are no call.

use super::dispatch::{DOMAIN, SOURCE, current_bias, record};
use super::generation::{self, Generation};
use super::policy;
use crate::platform::{self, threads};
use dynpatch_core::Barrier;
use dynpatch_core::grace::{
    self, Candidate, Record, Slow, System, Walk, is_inside, is_settled, is_unregistered, survey, unpin_slow,
};
use dynpatch_interface::boundary::{Addition, Code, Destination, Frame, GenerationToken};
use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::io;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering, compiler_fence, fence};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// What grace periods get from this process's system.
#[derive(Debug)]
pub(super) struct Threads;

pub(super) static THREADS: Threads = Threads;

/// The barrier of this process, if pins rely on one.
static BARRIER: OnceLock<&'static dyn Barrier> = OnceLock::new();
/// What runs at the end of every thread that has pinned or made a checkpoint.
static ENDINGS: OnceLock<threads::AtThreadEnd> = OnceLock::new();
/// Held by whoever walks the registry, with signals blocked.
static WALKING: Mutex<()> = Mutex::new(());

impl System for Threads {
    #[inline(always)]
    fn light(&self) {
        compiler_fence(Ordering::SeqCst);
    }

    fn heavy(&self) -> bool {
        fence(Ordering::SeqCst);
        let held = BARRIER.get().is_none_or(|barrier| barrier.run());
        fence(Ordering::SeqCst);
        held
    }

    fn adopt(&self, record: &'static Record) -> bool {
        record.identify(threads::current_thread());
        let value: *const Record = record;
        // SAFETY: `thread_ends` takes a record.
        ENDINGS.get().is_some_and(|endings| unsafe { endings.arm(value.cast_mut().cast()) })
    }
}

/// Sets up what pins and checkpoints need; with `barrier`, readers leave their fence to it, if the system has one.
pub(crate) fn prepare(with_barrier: bool) -> io::Result<()> {
    if ENDINGS.get().is_some() {
        return Ok(());
    }
    let endings = threads::AtThreadEnd::new(thread_ends)?;
    if !threads::around_fork(before_fork, after_fork_in_parent, after_fork_in_child) {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    if ENDINGS.set(endings).is_ok()
        && with_barrier
        && let Some(barrier) = platform::barrier()
    {
        BARRIER.get_or_init(|| barrier);
        DOMAIN.use_barrier();
    }
    Ok(())
}

unsafe extern "C" fn thread_ends(value: *mut c_void) {
    // SAFETY: `adopt` armed it with the thread's own record, whose memory is there until the thread has ended.
    let record = unsafe { &*value.cast_const().cast::<Record>() };
    with_walk(|walk| walk.forget(record));
}

/// Walks the registry: one at a time, and no signal handler of this thread meanwhile.
fn with_walk<R>(f: impl FnOnce(&mut Walk<'_>) -> R) -> R {
    threads::with_signals_blocked(|| {
        let _walking = WALKING.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: all walks of the domain are begun here or in the child of a fork, under the lock.
        f(&mut unsafe { Walk::begin(&DOMAIN) })
    })
}

/// Looks for holders of what was retired.
pub(crate) fn look_for_holders(candidates: &mut [Candidate<'_>]) {
    with_walk(|walk| survey(walk, &THREADS, candidates));
}

/// The lock on the registry while a fork is under way.
struct Forking(UnsafeCell<Option<MutexGuard<'static, ()>>>);

// SAFETY: touched by the thread that holds `WALKING` only: filled after it was locked, emptied to unlock it.
unsafe impl Sync for Forking {}

static FORKING: Forking = Forking(UnsafeCell::new(None));

/// Nobody walks the registry while the process is copied.
extern "C" fn before_fork() {
    let walking = WALKING.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: this thread holds the lock.
    unsafe { *FORKING.0.get() = Some(walking) };
}

extern "C" fn after_fork_in_parent() {
    // SAFETY: this thread has held the lock since `before_fork`.
    drop(unsafe { (*FORKING.0.get()).take() });
}

/// Only the calling thread is left: no other pins anything.
extern "C" fn after_fork_in_child() {
    let record = record();
    // SAFETY: the calling thread holds the lock since `before_fork`, and is the only one.
    unsafe { Walk::begin(&DOMAIN) }.keep_only(Some(record));
    record.identify(threads::current_thread());
    DOMAIN.set_shared(SHARED_HERE.with(UncountedDepth::depth));
    after_fork_in_parent();
}

/// How many calls of this thread only the shared count knows.
struct UncountedDepth(AtomicUsize);

impl UncountedDepth {
    fn depth(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

thread_local! {
    static SHARED_HERE: UncountedDepth = const { UncountedDepth(AtomicUsize::new(0)) };
}

/// Enters the live generation: for a thread that is in none.
pub(super) fn pin_slow() -> Slow {
    let slow = grace::pin_slow(&DOMAIN, record(), &THREADS);
    if slow.is_shared() {
        SHARED_HERE.with(|here| here.0.fetch_add(1, Ordering::Relaxed));
    }
    slow
}

/// Leaves what [`pin_slow`] entered.
pub(super) fn leave_slow(slow: Slow) {
    if slow.is_shared() {
        SHARED_HERE.with(|here| here.0.fetch_sub(1, Ordering::Relaxed));
    }
    unpin_slow(&DOMAIN, record(), slow);
}

/// A thread out of the generation that it was in, which is kept by a reference meanwhile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Over {
    word: usize,
}

impl Over {
    /// Takes the calling thread out of the generation it is in, if it is in one.
    pub(super) fn current() -> Option<Self> {
        let record = record();
        let word = record.word();
        is_inside(word).then(|| {
            // SAFETY: the thread is in the generation.
            unsafe { generation::at(word) }.references.acquire();
            record.exchange(record.resting());
            Self { word }
        })
    }

    /// Puts it back.
    pub(super) fn restore(&self) {
        record().exchange(self.word);
        // SAFETY: the thread is in the generation again, and `current` took a reference.
        unsafe { generation::at(self.word) }.references.release();
    }
}

/// How [`enter`] is undone.
enum Undo {
    Nothing,
    Source(*const AtomicUsize),
    Leave(Slow),
    Restore(Over),
    /// The word before, and whether its generation is kept by a reference.
    Word(usize, bool),
}

impl Undo {
    fn to_frame(&self) -> Frame {
        Frame(match *self {
            Self::Nothing => [0, 0, 0, 0],
            Self::Source(source) => [1, source.expose_provenance(), 0, 0],
            Self::Leave(slow) => {
                let [bias, way] = slow.to_words();
                [2, bias, way, 0]
            }
            Self::Restore(over) => [3, over.word, 0, 0],
            Self::Word(word, is_kept) => [4, word, usize::from(is_kept), 0],
        })
    }

    fn of_frame(Frame(words): Frame) -> Self {
        match words {
            [1, source, ..] => Self::Source(ptr::with_exposed_provenance(source)),
            [2, bias, way, _] => Self::Leave(Slow::from_words([bias, way])),
            [3, word, ..] => Self::Restore(Over { word }),
            [4, word, is_kept, _] => Self::Word(word, is_kept != 0),
            _ => Self::Nothing,
        }
    }
}

/// Host side of [`HostTable::enter`](dynpatch_interface::boundary::HostTable::enter).
pub(super) unsafe extern "C" fn enter(destination: Destination) -> Frame {
    let undo = match destination {
        Destination::Live => enter_live(),
        Destination::Generation(token) => {
            // SAFETY: a token is the address of a generation that the caller holds a reference to.
            enter_generation(unsafe { &*token.cast::<Generation>() })
        }
        Destination::Nowhere => enter_nowhere(),
    };
    undo.to_frame()
}

fn enter_live() -> Undo {
    if !policy::pins() || is_inside(record().word()) { Undo::Nothing } else { Undo::Leave(pin_slow()) }
}

fn enter_nowhere() -> Undo {
    if policy::pins() {
        return Over::current().map_or(Undo::Nothing, Undo::Restore);
    }
    Undo::Source(SOURCE.with(|source| source.replace(DOMAIN.published())))
}

fn enter_generation(generation: &Generation) -> Undo {
    if !policy::pins() {
        return Undo::Source(SOURCE.with(|source| source.replace(generation.word())));
    }
    let record = record();
    if is_unregistered(record.word()) {
        leave_slow(pin_slow());
    }
    let word = record.word();
    // A signal handler in the middle of a pin leaves the word alone; what it calls is counted by all together.
    if word == generation.bias() || !is_settled(word) {
        return Undo::Nothing;
    }
    let is_kept = is_inside(word);
    if is_kept {
        // SAFETY: the thread is in the generation.
        unsafe { generation::at(word) }.references.acquire();
    }
    Undo::Word(record.exchange(generation.bias()), is_kept)
}

/// Host side of [`HostTable::leave`](dynpatch_interface::boundary::HostTable::leave).
pub(super) unsafe extern "C" fn leave(frame: Frame) {
    match Undo::of_frame(frame) {
        Undo::Nothing => {}
        Undo::Source(source) => SOURCE.with(|cell| cell.set(source)),
        Undo::Leave(slow) => leave_slow(slow),
        Undo::Restore(over) => over.restore(),
        Undo::Word(word, is_kept) => {
            record().exchange(word);
            if is_kept {
                // SAFETY: the thread is in the generation again, and `enter_generation` took a reference.
                unsafe { generation::at(word) }.references.release();
            }
        }
    }
}

/// Host side of [`HostTable::current_generation`](dynpatch_interface::boundary::HostTable::current_generation).
pub(super) extern "C" fn current_generation() -> GenerationToken {
    let undo = enter_live();
    // SAFETY: where generations are freed, the thread is in one by now, or has made no checkpoint since it was live.
    let generation = unsafe { generation::at(current_bias()) };
    if policy::counts() {
        generation.references.acquire();
    }
    // SAFETY: entered above, on this thread.
    unsafe { leave(undo.to_frame()) };
    ptr::from_ref(generation).cast()
}

/// Host side of [`HostTable::keep_generation`](dynpatch_interface::boundary::HostTable::keep_generation).
pub(super) unsafe extern "C" fn keep_generation(token: GenerationToken) {
    if policy::counts() {
        // SAFETY: the caller holds a reference to the generation.
        unsafe { &*token.cast::<Generation>() }.references.acquire();
    }
}

/// Host side of [`HostTable::release_generation`](dynpatch_interface::boundary::HostTable::release_generation).
pub(super) unsafe extern "C" fn release_generation(token: GenerationToken) {
    if policy::counts() {
        // SAFETY: the caller holds a reference to the generation, and gives it up with this.
        unsafe { &*token.cast::<Generation>() }.references.release();
    }
}

/// Host side of [`HostTable::resolve_addition`](dynpatch_interface::boundary::HostTable::resolve_addition).
pub(super) unsafe extern "C" fn resolve_addition(addition: *const Addition) -> Code {
    // SAFETY: the caller passes what the loader stored into a link: an `Addition` that lives for ever.
    let addition = unsafe { &*addition };
    // SAFETY: where generations are freed, the caller has entered one, or the thread has made no checkpoint since.
    generation::addition_at(addition, unsafe { generation::at(current_bias()) })
}

/// Tells that the calling thread uses nothing of any generation: see [`crate::checkpoint`].
pub(crate) extern "C" fn checkpoint() {
    // Where calls pin, a thread says with each call what others say with checkpoints.
    if !policy::counts() || policy::pins() {
        return;
    }
    grace::register(&DOMAIN, record(), &THREADS);
    DOMAIN.checkpoint(record());
}

/// Tells that the calling thread uses nothing until its next checkpoint: see [`crate::offline`].
pub(crate) extern "C" fn offline() {
    record().offline();
}
