//! A call: the thread's source of the bias, the bias, the slot. Nothing else is on the way.

use dynpatch_core::table::{self, Bias};
use dynpatch_interface::boundary::{Addition, Code, Function, HostTable, Link, Slot};
use std::cell::Cell;
use std::hint::select_unpredictable;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// A line of its own: every call reads it, only a commit writes it.
#[repr(align(64))]
struct Published(AtomicUsize);

/// The one word whose store makes a patch live. In a patch's own copy of this static it stays zero for ever.
static LIVE: Published = Published(AtomicUsize::new(0));

/// Whether this image is a patch that was connected to a host. Only `patch!` can reach the store, so that an optimised
/// executable knows it is false.
static LINKED: AtomicBool = AtomicBool::new(false);

/// The host of a connected patch.
static HOST: AtomicPtr<HostTable> = AtomicPtr::new(ptr::null_mut());

thread_local! {
    /// Where this thread reads its bias: the published word, or the word of a snapshot.
    static SOURCE: Cell<*const AtomicUsize> = const { Cell::new(&raw const LIVE.0) };
}

#[inline(always)]
pub(crate) fn linked() -> bool {
    LINKED.load(Ordering::Relaxed)
}

#[inline(always)]
fn source_bias() -> Bias {
    let source = SOURCE.with(Cell::get);
    // SAFETY: `source` is `&LIVE.0`, which is static, or came through `exchange_source` from `Entered`, which keeps the
    // word alive and puts the previous source back before the word's frame ends, also when that frame unwinds.
    let source = unsafe { &*source };
    // Acquire: pairs with the release store of `publish`, so that the copied slots are seen.
    let word = source.load(Ordering::Acquire);
    // SAFETY: every word that reaches a source was taken from a `Bias` over this image's slot section: `publish` and
    // `Entered::new` store nothing else, and zero is the built-in bias.
    unsafe { Bias::from_word(word) }
}

/// What `slot` runs for the calling thread: in the generation of its snapshot if it is in one, else in the live one. A
/// patch's own slots lead out of it, with the built-in bias.
#[inline(always)]
pub fn code(slot: &'static Slot) -> Code {
    let bias = if linked() { Bias::BUILT_IN } else { source_bias() };
    code_at(slot, bias)
}

/// The same in an image known to be the host.
#[inline(always)]
pub fn code_in_host(slot: &'static Slot) -> Code {
    code_at(slot, source_bias())
}

/// What `slot` runs in the newest generation, whatever snapshot the thread is in.
#[inline(always)]
pub fn code_latest(slot: &'static Slot) -> Code {
    let word = LIVE.0.load(Ordering::Acquire);
    // SAFETY: only `publish` writes this word, and it stores words of biases over this image's slot section.
    let bias = unsafe { Bias::from_word(word) };
    code_at(slot, bias)
}

/// Where the calling thread finds the methods of services.
#[derive(Debug, Clone, Copy)]
pub enum Route {
    /// In a generation of this image's slots.
    Here(Bias),
    /// Outside of this image, a patch: its own slots lead there.
    Out,
}

/// The route of the calling thread.
#[inline(always)]
pub fn route() -> Route {
    if linked() { Route::Out } else { Route::Here(source_bias()) }
}

/// What a method's `slot` runs on that route. Where it holds `forward`, which only jumps on to the service's own method,
/// that method, if given: one indirect branch instead of two, and no other branch that could be mispredicted.
///
/// Addresses of functions may be merged and may be doubled. Equal ones are the same instructions, and where `forward` is
/// not recognised it is called.
#[inline(always)]
pub fn method_code(slot: &'static Slot, route: Route, forward: Function, own: Option<Function>) -> Code {
    match (route, own) {
        (Route::Out, _) => slot.code(),
        (Route::Here(bias), None) => code_at(slot, bias),
        (Route::Here(bias), Some(own)) => {
            let code = code_at(slot, bias);
            select_unpredictable(ptr::eq(code, forward as Code), own as Code, code)
        }
    }
}

/// What `slot` runs in the generation of `bias`.
#[inline(always)]
fn code_at(slot: &'static Slot, bias: Bias) -> Code {
    // SAFETY: the macros put every slot they make into the slot section of the image they are compiled into, and a
    // bias of this image is over that whole section (`super::generation`).
    unsafe { table::code_at(slot, bias) }
}

/// What an item that the host does not have runs for the calling thread.
pub fn code_of_addition(link: &'static Link) -> Code {
    let addition = link.addition.load(Ordering::Acquire);
    let resolve = host().resolve_addition;
    // SAFETY: `addition` was stored by the loader before it made this image's slot lead here, and is never freed.
    unsafe { resolve(addition) }
}

/// Makes a generation live.
pub(crate) fn publish(bias: Bias) {
    LIVE.0.store(bias.to_word(), Ordering::Release);
}

/// The table of the host this image is connected to.
///
/// # Panics
/// In an image that is not a connected patch.
pub(crate) fn host() -> &'static HostTable {
    let host = HOST.load(Ordering::Acquire);
    // SAFETY: `connect` stores a `&'static HostTable` and nothing else does.
    let host = unsafe { host.as_ref() };
    host.expect("only a connected patch asks for its host")
}

/// The table of the host, if this image is a connected patch.
#[inline]
pub(crate) fn host_if_linked() -> Option<&'static HostTable> {
    // SAFETY: as in `host`.
    unsafe { HOST.load(Ordering::Acquire).as_ref() }
}

/// Makes this image a patch of the given host. Its slots still run its own code until the loader sets them.
pub(crate) fn link(host: &'static HostTable) {
    HOST.store(ptr::from_ref(host).cast_mut(), Ordering::Release);
    LINKED.store(true, Ordering::Release);
}

/// Host side of [`HostTable::exchange_source`].
pub(crate) unsafe extern "C" fn exchange_source(source: *const ()) -> *const () {
    let source = if source.is_null() { &raw const LIVE.0 } else { source.cast::<AtomicUsize>() };
    SOURCE.with(|cell| cell.replace(source)).cast()
}

/// Host side of [`HostTable::current_bias`].
pub(crate) extern "C" fn current_bias() -> usize {
    source_bias().to_word()
}

/// Host side of [`HostTable::resolve_addition`].
pub(crate) unsafe extern "C" fn resolve_addition(addition: *const Addition) -> Code {
    // SAFETY: the caller passes what the loader stored into a link: an `Addition` that lives for ever.
    let addition = unsafe { &*addition };
    super::generation::addition_at(addition, source_bias())
}

/// A frame in which this thread reads its bias from a word of the frame's own.
pub(crate) struct Entered {
    previous: *const (),
}

impl Entered {
    /// Runs `f` with this thread's bias fixed to `word`.
    pub(crate) fn run<R>(word: usize, f: impl FnOnce() -> R) -> R {
        let word = AtomicUsize::new(word);
        let _entered = Self { previous: exchange(ptr::from_ref(&word).cast()) };
        f()
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        exchange(self.previous);
    }
}

fn exchange(source: *const ()) -> *const () {
    let exchange = host_if_linked()
        .map_or(exchange_source as unsafe extern "C" fn(*const ()) -> *const (), |host| host.exchange_source);
    // SAFETY: `Entered` passes its own word, which outlives it on the same frame, and puts back what was there before.
    unsafe { exchange(source) }
}

/// The word of the calling thread's generation, from a host or from a patch.
pub(crate) fn current_word() -> usize {
    host_if_linked().map_or_else(|| current_bias(), |host| (host.current_bias)())
}
