//! What the threads library of this platform is asked for.
#![expect(unsafe_code, reason = "functions of the C library; every block carries its proof")]

use core::ffi::c_void;
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

/// `pthread_create`: gives its status.
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
    // SAFETY: both types are of functions from one pointer to one pointer, which the C ABI does not tell apart.
    let start = unsafe {
        core::mem::transmute::<unsafe extern "C" fn(*mut ()) -> *mut (), extern "C" fn(*mut c_void) -> *mut c_void>(
            start,
        )
    };
    // SAFETY: as the caller vouches.
    unsafe { libc::pthread_create(thread.cast(), attributes.cast(), start, argument.cast()) }
}

#[cfg(target_env = "gnu")]
unsafe extern "C" {
    fn __cxa_thread_atexit_impl(
        destructor: unsafe extern "C" fn(*mut c_void),
        object: *mut c_void,
        image: *mut c_void,
    ) -> i32;
    /// In every image, its own.
    static __dso_handle: u8;
}

/// Runs `destructor` with `object` when the calling thread ends, among the destructors of thread-local variables. Gives
/// zero, or a status when there is no memory.
///
/// # Safety
/// `destructor` may be called with `object` on this thread when it ends, and is code of the image this is linked into.
#[cfg(target_env = "gnu")]
pub unsafe fn at_thread_exit(destructor: unsafe extern "C" fn(*mut c_void), object: *mut c_void) -> i32 {
    let image = &raw const __dso_handle;
    // SAFETY: the image is the one that this crate is linked into, whose code `destructor` is in the eyes of the C
    // library: it keeps that image mapped until the destructor has run. The rest as the caller vouches.
    unsafe { __cxa_thread_atexit_impl(destructor, object, image.cast_mut().cast()) }
}

/// Where the C library has no such destructors.
///
/// # Safety
/// None is needed.
#[cfg(not(target_env = "gnu"))]
pub unsafe fn at_thread_exit(_: unsafe extern "C" fn(*mut c_void), _: *mut c_void) -> i32 {
    libc::ENOSYS
}
