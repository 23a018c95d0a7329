//! The host's end of the table.

use super::{image, log, panic, threads, trace};
use dynpatch_interface::boundary::HostTable;
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::panic::PanicHookInfo;
use std::sync::{Arc, Mutex, PoisonError};

/// What every patch of this host gets.
pub(crate) static TABLE: HostTable = HostTable {
    allocate,
    allocate_zeroed,
    deallocate,
    reallocate,
    raise: panic::RAISE,
    try_call: panic::try_call,
    report_panic,
    resolve_addition: threads::resolve_addition,
    enter: threads::enter,
    leave: threads::leave,
    current_generation: threads::current_generation,
    keep_generation: threads::keep_generation,
    release_generation: threads::release_generation,
    keep_image: image::keep,
    release_image: image::release,
    note_panic: image::note_panic,
    checkpoint: threads::checkpoint,
    offline: threads::offline,
    start_thread: image::start_thread,
    at_thread_exit: image::at_thread_exit,
    log_level: log::level,
    log_enabled: log::enabled,
    log: log::receive,
    trace: trace::receive,
};

unsafe extern "C" fn allocate(size: usize, alignment: usize) -> *mut u8 {
    // SAFETY: the patch's allocator passes the parts of a `Layout`.
    let layout = unsafe { Layout::from_size_align_unchecked(size, alignment) };
    // SAFETY: as the patch's caller of `GlobalAlloc::alloc` vouches.
    unsafe { alloc(layout) }
}

unsafe extern "C" fn allocate_zeroed(size: usize, alignment: usize) -> *mut u8 {
    // SAFETY: as in `allocate`.
    let layout = unsafe { Layout::from_size_align_unchecked(size, alignment) };
    // SAFETY: as in `allocate`.
    unsafe { alloc_zeroed(layout) }
}

unsafe extern "C" fn deallocate(start: *mut u8, size: usize, alignment: usize) {
    // SAFETY: as in `allocate`.
    let layout = unsafe { Layout::from_size_align_unchecked(size, alignment) };
    // SAFETY: the block came from this table, or from the host's own code.
    unsafe { dealloc(start, layout) }
}

unsafe extern "C" fn reallocate(start: *mut u8, size: usize, alignment: usize, new_size: usize) -> *mut u8 {
    // SAFETY: as in `allocate`.
    let layout = unsafe { Layout::from_size_align_unchecked(size, alignment) };
    // SAFETY: as in `deallocate`.
    unsafe { realloc(start, layout, new_size) }
}

unsafe extern "C" fn report_panic(info: *const ()) {
    // SAFETY: a patch passes its hook's `&PanicHookInfo`; the same compiler built both copies of that type, which the
    // manifest check has made sure of.
    let info = unsafe { &*info.cast::<PanicHookInfo<'_>>() };
    current_hook()(info);
}

type Hook = dyn Fn(&PanicHookInfo<'_>) + Sync + Send;

/// The host's hook, and the address of the forwarder that stands in its place.
static KNOWN: Mutex<Option<(usize, Arc<Hook>)>> = Mutex::new(None);

/// The hook the host has set. std has no way to borrow it, so it is taken out and a forwarder to it put in; when the
/// forwarder is still there the next time, the host has set no other.
fn current_hook() -> Arc<Hook> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if std::thread::panicking() {
        // The hook cannot be touched while this thread unwinds a panic of the host's own.
        return known.as_ref().map_or_else(plain_hook, |(_, hook)| Arc::clone(hook));
    }
    let taken = std::panic::take_hook();
    if let Some((address, hook)) = &*known
        && *address == address_of(&*taken)
    {
        let hook = Arc::clone(hook);
        std::panic::set_hook(taken);
        return hook;
    }
    let hook: Arc<Hook> = Arc::from(taken);
    // The forwarder holds the hook, so it has an address of its own for as long as it is set.
    let forwarder: Box<Hook> = Box::new({
        let hook = Arc::clone(&hook);
        move |info| hook(info)
    });
    *known = Some((address_of(&*forwarder), Arc::clone(&hook)));
    std::panic::set_hook(forwarder);
    hook
}

fn address_of(hook: &Hook) -> usize {
    std::ptr::from_ref(hook).addr()
}

fn plain_hook() -> Arc<Hook> {
    Arc::new(|info| eprintln!("{info}"))
}
