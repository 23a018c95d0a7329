//! What the threads library of this platform is asked for.
#![expect(unsafe_code, reason = "functions of the C library; every block carries its proof")]

use core::ffi::{CStr, c_void};
use core::mem::MaybeUninit;
use core::ptr::null_mut;
use std::io;

/// Keys below this are kept in the thread itself, so that setting one takes no memory: `PTHREAD_KEY_2NDLEVEL_SIZE` of
/// glibc. musl keeps all of its keys there.
const KEYS_IN_THREADS: libc::pthread_key_t = 32;

/// Something to be run when a thread ends, after all destructors of Rust's and C++'s thread-local variables.
#[derive(Debug)]
pub struct AtThreadEnd {
    key: libc::pthread_key_t,
}

impl AtThreadEnd {
    /// What [`arm`](Self::arm) was given goes to `run` at the end of the thread that armed.
    ///
    /// # Errors
    /// The process has no key left, or none that can be set in a signal handler.
    pub fn new(run: unsafe extern "C" fn(*mut c_void)) -> io::Result<Self> {
        let mut key = 0;
        // SAFETY: writes one key to where the pointer leads; `run` may be called with whatever a thread sets.
        let status = unsafe { libc::pthread_key_create(&raw mut key, Some(run)) };
        if status != 0 {
            return Err(io::Error::from_raw_os_error(status));
        }
        if key >= KEYS_IN_THREADS {
            // SAFETY: the key was made above, and no thread has set it.
            unsafe { libc::pthread_key_delete(key) };
            return Err(io::Error::other("too many thread-specific keys are in use"));
        }
        Ok(Self { key })
    }

    /// Has `value` given to what runs at the end of the calling thread. Takes no lock and no memory. `false` when the
    /// threads library refuses.
    ///
    /// # Safety
    /// What runs then takes such a value.
    pub unsafe fn arm(&self, value: *mut c_void) -> bool {
        // SAFETY: the key was made by `new` and is never deleted; what gets the value takes it (caller).
        unsafe { libc::pthread_setspecific(self.key, value) == 0 }
    }
}

/// Runs `f` while the calling thread takes no signals but those that it causes itself.
pub fn with_signals_blocked<R>(f: impl FnOnce() -> R) -> R {
    let _blocked = Blocked::all();
    f()
}

/// The signals that the thread took before, taken again when this is dropped.
struct Blocked(libc::sigset_t);

impl Blocked {
    fn all() -> Self {
        let mut all = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: initialises the set behind the pointer.
        unsafe { libc::sigfillset(all.as_mut_ptr()) };
        let mut before = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: `all` was initialised above, and the old mask is written to `before`. Cannot fail: the first argument
        // is valid.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) };
        // SAFETY: written by the call above.
        Self(unsafe { before.assume_init() })
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        // SAFETY: the mask is one that the thread had.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, null_mut()) };
    }
}

/// Has functions run around every fork of this process that runs such functions: before, in the parent, in the child.
/// `false` where there is no memory for it.
pub fn around_fork(before: extern "C" fn(), parent: extern "C" fn(), child: extern "C" fn()) -> bool {
    // SAFETY: the functions take no arguments and live as long as the program: code of this crate's user, which is
    // linked with it.
    unsafe { libc::pthread_atfork(Some(before), Some(parent), Some(child)) == 0 }
}

/// The function of that name in the libraries behind the image that this is linked into: what a definition of the same
/// name in the image itself hides.
fn next(name: &CStr) -> *mut c_void {
    // SAFETY: looks a name up, and runs no code of any library.
    unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) }
}

type Create = unsafe extern "C" fn(*mut (), *const (), unsafe extern "C" fn(*mut ()) -> *mut (), *mut ()) -> i32;

/// `pthread_create` of the C library: gives its status.
///
/// # Safety
/// As of `pthread_create`: `thread` has room for a thread's handle, `attributes` is null or initialised attributes, and
/// `start` may be called with `argument` on another thread.
pub unsafe fn start_thread(
    thread: *mut (),
    attributes: *const (),
    start: unsafe extern "C" fn(*mut ()) -> *mut (),
    argument: *mut (),
) -> i32 {
    let create = next(c"pthread_create");
    if create.is_null() {
        return libc::ENOSYS;
    }
    // SAFETY: the C library's function of this name has this type, as C sees it: pointers to pointers, and a function
    // from one pointer to one pointer.
    let create = unsafe { core::mem::transmute::<*mut c_void, Create>(create) };
    // SAFETY: as the caller vouches.
    unsafe { create(thread, attributes, start, argument) }
}

type AtExit = unsafe extern "C" fn(unsafe extern "C" fn(*mut ()), *mut (), *const u8) -> i32;

/// Runs `destructor` with `object` when the calling thread ends, among the destructors of thread-local variables, by the
/// C library's `__cxa_thread_atexit_impl`. Gives zero, or a status where there is no memory, or no such function.
///
/// # Safety
/// `destructor` may be called with `object` on this thread when it ends, and is code of the image this is linked into.
pub unsafe fn at_thread_exit(destructor: unsafe extern "C" fn(*mut ()), object: *mut ()) -> i32 {
    let at_exit = next(c"__cxa_thread_atexit_impl");
    if at_exit.is_null() {
        return libc::ENOSYS;
    }
    // SAFETY: the C library's function of this name has this type, as C sees it.
    let at_exit = unsafe { core::mem::transmute::<*mut c_void, AtExit>(at_exit) };
    // Any address in the image tells which one it is: the C library keeps it mapped until the destructor has run.
    static HERE: u8 = 0;
    // SAFETY: as the caller vouches.
    unsafe { at_exit(destructor, object, &raw const HERE) }
}
