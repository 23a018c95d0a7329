//! What the host keeps of a mapped patch: who still needs its code, besides the generations that lead to it.
//!
//! A patch's threads and its destructors of thread-local variables begin and end in code of the host, so that the count
//! of them falls only when the patch's code has been left for good.

use super::dispatch;
use crate::platform::threads;
use dynpatch_core::grace::References;
use dynpatch_interface::boundary::{ImageToken, ThreadDestructor, ThreadStart};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// A patch's record.
#[derive(Debug)]
pub(crate) struct ImageRecord {
    /// Everything that keeps the image.
    pub(crate) references: References,
    /// Of those, threads that it has started.
    threads: AtomicUsize,
    /// Of those, destructors that threads will run when they end.
    destructors: AtomicUsize,
    /// Whether a panic was raised in its std, by itself or for one that came from outside.
    panicked: AtomicBool,
}

impl ImageRecord {
    pub(crate) fn new() -> Self {
        Self {
            references: References::new(),
            threads: AtomicUsize::new(0),
            destructors: AtomicUsize::new(0),
            panicked: AtomicBool::new(false),
        }
    }

    pub(crate) fn token(&self) -> ImageToken {
        ptr::from_ref(self).cast()
    }

    /// Threads that the image has started and that have not ended.
    pub(crate) fn threads(&self) -> usize {
        self.threads.load(Ordering::Relaxed)
    }

    /// Whether a panic has unwound through its code.
    pub(crate) fn has_panicked(&self) -> bool {
        self.panicked.load(Ordering::Acquire)
    }

    /// Destructors of thread-local variables that have not run.
    pub(crate) fn destructors(&self) -> usize {
        self.destructors.load(Ordering::Relaxed)
    }
}

/// The record behind a token.
///
/// # Safety
/// The image of the token is mapped, and has not been found free by a survey.
unsafe fn of_token<'a>(token: ImageToken) -> &'a ImageRecord {
    // SAFETY: `token` gave the address, and the record lives as long as the image is mapped.
    unsafe { &*token.cast::<ImageRecord>() }
}

/// Host side of [`HostTable::keep_image`](dynpatch_interface::boundary::HostTable::keep_image).
pub(super) unsafe extern "C" fn keep(token: ImageToken) {
    // SAFETY: the image's own code calls.
    unsafe { of_token(token) }.references.acquire();
}

/// Host side of [`HostTable::release_image`](dynpatch_interface::boundary::HostTable::release_image).
pub(super) unsafe extern "C" fn release(token: ImageToken) {
    // SAFETY: the caller holds a reference.
    unsafe { of_token(token) }.references.release();
}

/// Host side of [`HostTable::note_panic`](dynpatch_interface::boundary::HostTable::note_panic).
pub(super) unsafe extern "C" fn note_panic(token: ImageToken) {
    // SAFETY: the image's own code calls.
    unsafe { of_token(token) }.panicked.store(true, Ordering::Release);
}

/// In a patch: tells the host of a panic, whose payload and whose reporting may lead into this image.
pub(super) fn tell_of_panic() {
    if let Some(host) = dispatch::host_if_linked() {
        // SAFETY: this image's token, and this image's code is running.
        unsafe { (host.note_panic)(own()) };
    }
}

/// Whether this image has started a thread, or registered a destructor, before it was connected.
static BEGUN_EARLY: AtomicBool = AtomicBool::new(false);

/// See [`BEGUN_EARLY`].
pub(super) fn has_begun_early() -> bool {
    BEGUN_EARLY.load(Ordering::Acquire)
}

/// What a patch wants run elsewhere, and whose it is.
struct Task<F> {
    token: ImageToken,
    run: F,
    argument: *mut (),
}

impl<F> Task<F> {
    fn leak(self) -> *mut Self {
        Box::into_raw(Box::new(self))
    }
}

/// Host side of [`HostTable::start_thread`](dynpatch_interface::boundary::HostTable::start_thread).
pub(super) unsafe extern "C" fn start_thread(
    token: ImageToken,
    thread: *mut (),
    attributes: *const (),
    run: ThreadStart,
    argument: *mut (),
) -> i32 {
    // SAFETY: the image's own code calls.
    let record = unsafe { of_token(token) };
    record.references.acquire();
    record.threads.fetch_add(1, Ordering::Relaxed);
    let task = Task { token, run, argument }.leak();
    // SAFETY: thread and attributes are as for `pthread_create` (caller); `run_thread` takes the task, once.
    let status = unsafe { threads::start_thread(thread, attributes, run_thread, task.cast()) };
    if status != 0 {
        // SAFETY: no thread was started, so nobody else has the task.
        drop(unsafe { Box::from_raw(task) });
        record.threads.fetch_sub(1, Ordering::Relaxed);
        record.references.release();
    }
    status
}

unsafe extern "C" fn run_thread(task: *mut ()) -> *mut () {
    // SAFETY: `start_thread` leaked it for this thread alone.
    let Task { token, run, argument } = *unsafe { Box::from_raw(task.cast::<Task<ThreadStart>>()) };
    // SAFETY: what `pthread_create` was asked to run, with its argument; the image is kept by the reference.
    let result = unsafe { run(argument) };
    // SAFETY: the reference was taken by `start_thread` and is given up here.
    let record = unsafe { of_token(token) };
    record.threads.fetch_sub(1, Ordering::Relaxed);
    record.references.release();
    result
}

/// Host side of [`HostTable::at_thread_exit`](dynpatch_interface::boundary::HostTable::at_thread_exit).
pub(super) unsafe extern "C" fn at_thread_exit(token: ImageToken, run: ThreadDestructor, object: *mut ()) -> i32 {
    // SAFETY: the image's own code calls.
    let record = unsafe { of_token(token) };
    record.references.acquire();
    record.destructors.fetch_add(1, Ordering::Relaxed);
    let task = Task { token, run, argument: object }.leak();
    // SAFETY: `run_destructor` takes the task, once, on this thread.
    let status = unsafe { threads::at_thread_exit(run_destructor, task.cast()) };
    if status != 0 {
        // SAFETY: refused, so nobody else has the task.
        drop(unsafe { Box::from_raw(task) });
        record.destructors.fetch_sub(1, Ordering::Relaxed);
        record.references.release();
    }
    status
}

unsafe extern "C" fn run_destructor(task: *mut ()) {
    // SAFETY: `at_thread_exit` leaked it for this thread alone.
    let task = unsafe { Box::from_raw(task.cast::<Task<ThreadDestructor>>()) };
    // SAFETY: what the image asked for, with its object; the image is kept by the reference.
    unsafe { (task.run)(task.argument) };
    // SAFETY: the reference was taken by `at_thread_exit` and is given up here.
    let record = unsafe { of_token(task.token) };
    record.destructors.fetch_sub(1, Ordering::Relaxed);
    record.references.release();
}

/// In a patch: what its host knows it by. In a host, null.
static OWN: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Tells this image, a patch, what its host knows it by.
pub(super) fn set_own(token: ImageToken) {
    OWN.store(token.cast_mut(), Ordering::Release);
}

fn own() -> ImageToken {
    OWN.load(Ordering::Acquire)
}

/// A reference to the image that this was made in: nothing in a host, which is never unmapped.
#[derive(Debug)]
pub(crate) struct Keep(ImageToken);

// SAFETY: a token is an address, and the count behind it is atomic.
unsafe impl Send for Keep {}
// SAFETY: as above.
unsafe impl Sync for Keep {}

impl Keep {
    /// Keeps this image.
    pub(crate) fn own() -> Self {
        let token = own();
        if let Some(host) = dispatch::host_if_linked() {
            // SAFETY: this image's token, and this image's code is running.
            unsafe { (host.keep_image)(token) };
        }
        Self(token)
    }
}

impl Drop for Keep {
    fn drop(&mut self) {
        if self.0.is_null() {
            return;
        }
        let release =
            dispatch::host_if_linked().map_or(release as unsafe extern "C" fn(ImageToken), |host| host.release_image);
        // SAFETY: `own` took the reference.
        unsafe { release(self.0) };
    }
}

/// `pthread_create` as a patch's own code calls it.
///
/// # Safety
/// As of `pthread_create`.
pub unsafe extern "C" fn patch_start_thread(
    thread: *mut (),
    attributes: *const (),
    run: ThreadStart,
    argument: *mut (),
) -> i32 {
    match dispatch::host_if_linked() {
        // SAFETY: as the caller vouches.
        Some(host) => unsafe { (host.start_thread)(own(), thread, attributes, run, argument) },
        None => {
            BEGUN_EARLY.store(true, Ordering::Release);
            // SAFETY: as the caller vouches.
            unsafe { threads::start_thread(thread, attributes, run, argument) }
        }
    }
}

/// `__cxa_thread_atexit_impl` as a patch's own code calls it.
///
/// # Safety
/// As of `__cxa_thread_atexit_impl`.
pub unsafe extern "C" fn patch_at_thread_exit(run: ThreadDestructor, object: *mut (), _image: *mut ()) -> i32 {
    match dispatch::host_if_linked() {
        // SAFETY: as the caller vouches.
        Some(host) => unsafe { (host.at_thread_exit)(own(), run, object) },
        None => {
            BEGUN_EARLY.store(true, Ordering::Release);
            // SAFETY: as the caller vouches.
            unsafe { threads::at_thread_exit(run, object) }
        }
    }
}
