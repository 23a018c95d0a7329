//! A call: which generation the thread reads, and the slot in it. Nothing else is on the way.
//!
//! Where a program never asks for the policy `Reclaim`, no thread is ever inside of a generation by its word: an
//! optimised executable knows that, and has neither the word nor the tests of it in its calls.

use super::policy;
use super::threads::{self, Over, THREADS};
use dynpatch_core::grace::{Domain, Record, is_idle, is_inside, own_word, pin, unpin};
use dynpatch_core::table::{self, Bias};
use dynpatch_interface::boundary::{Code, Destination, Frame, Function, HostTable, Link, Slot};
use std::cell::Cell;
use std::hint::{cold_path, select_unpredictable};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// The one word whose store makes a patch live, and the threads that read it. In a patch's own copy of this static the
/// word stays zero for ever.
pub(super) static DOMAIN: Domain = Domain::new();

/// Whether this image is a patch that was connected to a host. Only `patch!` can reach the store, so that an optimised
/// executable knows it is false.
static LINKED: AtomicBool = AtomicBool::new(false);

/// Whether this image ever had a runtime. Only `RuntimeBuilder::build` can reach the store, so that an optimised patch
/// knows it is false, and with it that its own slots are all there is.
static HAS_RUNTIME: AtomicBool = AtomicBool::new(false);

/// The host of a connected patch.
static HOST: AtomicPtr<HostTable> = AtomicPtr::new(ptr::null_mut());

thread_local! {
    /// Where this thread reads its bias without pins: the published word, or that of the generation it keeps to.
    pub(super) static SOURCE: Cell<*const AtomicUsize> = const { Cell::new(ptr::from_ref(DOMAIN.published())) };

    /// What this thread says of itself with pins. It has no destructor: the memory is there until the thread has ended.
    static RECORD: Record = const { Record::new() };
}

#[inline(always)]
pub(crate) fn linked() -> bool {
    LINKED.load(Ordering::Relaxed)
}

/// The calling thread's record.
#[inline(always)]
pub(super) fn record() -> &'static Record {
    let record = RECORD.with(ptr::from_ref);
    // SAFETY: the record lies in the thread's own memory, which is there as long as the thread runs. Others see it only
    // while it is in the registry, and `System::adopt` has it taken out before that memory goes.
    unsafe { &*record }
}

#[inline(always)]
fn source_bias() -> usize {
    let source = SOURCE.with(Cell::get);
    // SAFETY: `source` is the published word, which is static, or came from `threads::enter`, whose caller keeps the
    // generation it is in until `leave` has put the previous source back.
    let source = unsafe { &*source };
    // Acquire: pairs with the release of `Domain::publish`, so that the copied slots are seen.
    source.load(Ordering::Acquire)
}

/// What `slot` runs in the generation of `bias`.
#[inline(always)]
fn code_at(slot: &'static Slot, bias: usize) -> Code {
    // SAFETY: every bias that is published or given to a thread comes from a `Bias` over this image's slot section.
    let bias = unsafe { Bias::from_word(bias) };
    // SAFETY: the macros put every slot they make into the slot section of the image they are compiled into, and a
    // bias of this image is over that whole section (`super::generation`). It is alive: nothing is ever freed, or the
    // thread is inside of the generation (`Domain`), or it makes a checkpoint before it may be freed.
    unsafe { table::code_at(slot, bias) }
}

/// A thread on its way into the code of a slot: the ways in that are short enough to stand where the call does.
#[derive(Debug)]
pub enum Entered {
    /// It had to say nothing.
    Inside(Code),
    /// It has said where it is, and has to leave.
    Pinned(Code, Pin),
    /// Neither, and nothing has been said yet: the way of [`slowly`] is left.
    Slow,
}

impl Entered {
    /// The same with other code.
    #[inline(always)]
    fn map(self, change: impl FnOnce(Code) -> Code) -> Self {
        match self {
            Self::Inside(code) => Self::Inside(change(code)),
            Self::Pinned(code, pin) => Self::Pinned(change(code), pin),
            Self::Slow => Self::Slow,
        }
    }
}

/// A thread is in a generation, which its word names, until this is left. Dropped by a panic that goes through.
#[derive(Debug)]
pub struct Pin(());

impl Pin {
    /// Leaves the generation.
    #[inline(always)]
    pub fn leave(self) {
        std::mem::forget(self);
        unpin(record());
    }
}

impl Drop for Pin {
    #[cold]
    fn drop(&mut self) {
        unpin(record());
    }
}

/// Enters what `slot` runs for the calling thread: in the generation it is in or keeps to, else in the live one. A patch's
/// own slots lead out of it.
#[inline(always)]
pub fn enter(slot: &'static Slot) -> Entered {
    if linked() { Entered::Inside(slot.code()) } else { enter_in_host(slot) }
}

/// The same in an image known to be the host.
#[inline(always)]
pub fn enter_in_host(slot: &'static Slot) -> Entered {
    let record = record();
    // SAFETY: it is the calling thread's record.
    let word = unsafe { own_word(record) };
    if is_inside(word) {
        // SAFETY: only pins put a thread inside, and there are none before the policy is set.
        unsafe { policy::assume_pins() };
        return Entered::Inside(code_at(slot, word));
    }
    if !is_idle(word) {
        cold_path();
        return if policy::pins() { Entered::Slow } else { Entered::Inside(code_at(slot, source_bias())) };
    }
    // SAFETY: only a first pin makes a thread's word idle.
    unsafe { policy::assume_pins() };
    match pin(&DOMAIN, record, &THREADS) {
        Some(bias) => Entered::Pinned(code_at(slot, bias), Pin(())),
        None => Entered::Slow,
    }
}

/// The same where the optimiser does not know the policy: asks for that first.
#[inline(always)]
pub(super) fn enter_unknown(slot: &'static Slot) -> Entered {
    if policy::pins() { enter_in_host(slot) } else { Entered::Inside(code_at(slot, source_bias())) }
}

/// Enters what `slot` runs in the newest generation, whatever generation the thread keeps to.
#[inline(always)]
pub fn enter_latest(slot: &'static Slot) -> Entered {
    if policy::pins() { Entered::Slow } else { Entered::Inside(code_at(slot, DOMAIN.live())) }
}

/// Where the calling thread finds the methods of services.
#[derive(Debug, Clone, Copy)]
pub enum Route {
    /// In a generation of this image's slots, where none is ever freed.
    Here(usize),
    /// Wherever each call finds it.
    Each,
    /// Outside of this image, a patch: its own slots lead there.
    Out,
}

/// The route of the calling thread.
#[inline(always)]
pub fn route() -> Route {
    match (linked(), policy::counts()) {
        (true, _) => Route::Out,
        // What is kept for later must not name a generation that may go meanwhile.
        (false, true) => Route::Each,
        (false, false) => Route::Here(source_bias()),
    }
}

/// Enters what a method's `slot` runs on that route. Where it holds `forward`, which only jumps on to the service's own
/// method, that method, if given: one indirect branch instead of two, and no other branch that could be mispredicted.
///
/// Addresses of functions may be merged and may be doubled. Equal ones are the same instructions, and where `forward` is
/// not recognised it is called.
#[inline(always)]
pub fn enter_method(slot: &'static Slot, route: Route, forward: Function, own: Option<Function>) -> Entered {
    match route {
        Route::Out => Entered::Inside(slot.code()),
        Route::Here(bias) => Entered::Inside(direct(code_at(slot, bias), forward, own)),
        Route::Each => enter_in_host(slot).map(|code| direct(code, forward, own)),
    }
}

#[inline(always)]
fn direct(code: Code, forward: Function, own: Option<Function>) -> Code {
    match own {
        Some(own) => select_unpredictable(ptr::eq(code, forward as Code), own as Code, code),
        None => code,
    }
}

/// The long way in, with the call inside of it, out of the way of other code: for the first call of a thread, for one that
/// a new generation came before, and for one out of the generation that the thread is in.
pub mod slowly {
    use super::{Code, Function, Over, Route, Slot, code_at, direct, threads};
    use dynpatch_core::grace::Slow;

    /// Leaves what was entered when the call is over, by a panic too.
    struct Inside {
        slow: Slow,
        /// The generation the thread was in already.
        over: Option<Over>,
    }

    impl Drop for Inside {
        fn drop(&mut self) {
            threads::leave_slow(self.slow);
            if let Some(over) = &self.over {
                over.restore();
            }
        }
    }

    fn inside<T>(slot: &'static Slot, over: Option<Over>, call: impl FnOnce(Code) -> T) -> T {
        let inside = Inside { slow: threads::pin_slow(), over };
        call(code_at(slot, inside.slow.bias))
    }

    /// See [`dispatch::enter`](super::enter).
    #[cold]
    #[inline(never)]
    pub fn enter<T>(slot: &'static Slot, call: impl FnOnce(Code) -> T) -> T {
        inside(slot, None, call)
    }

    pub use enter as enter_in_host;

    /// See [`dispatch::enter_latest`](super::enter_latest).
    #[cold]
    #[inline(never)]
    pub fn enter_latest<T>(slot: &'static Slot, call: impl FnOnce(Code) -> T) -> T {
        inside(slot, Over::current(), call)
    }

    /// See [`dispatch::enter_method`](super::enter_method).
    #[cold]
    #[inline(never)]
    pub fn enter_method<T>(
        slot: &'static Slot,
        _: Route,
        forward: Function,
        own: Option<Function>,
        call: impl FnOnce(Code) -> T,
    ) -> T {
        inside(slot, None, |code| call(direct(code, forward, own)))
    }
}

/// A patch's thread on its way into an item that the host does not have.
#[derive(Debug)]
pub struct EnteredAddition {
    /// What it runs.
    pub code: Code,
    frame: Frame,
}

impl Drop for EnteredAddition {
    fn drop(&mut self) {
        // SAFETY: on the thread that entered, and after whatever it entered since.
        unsafe { (host().leave)(self.frame) };
    }
}

/// Enters what an item that the host does not have runs for the calling thread.
pub fn enter_addition(link: &'static Link) -> EnteredAddition {
    let (addition, host) = (link.addition.load(Ordering::Acquire), host());
    // SAFETY: nothing has to be kept by the caller to enter what is live.
    let frame = unsafe { (host.enter)(Destination::Live) };
    // SAFETY: `addition` was stored by the loader before it made this image's slot lead here, and is never freed.
    let code = unsafe { (host.resolve_addition)(addition) };
    EnteredAddition { code, frame }
}

/// Makes a generation live: gives the epoch at which the one before was retired.
pub(crate) fn publish(bias: usize) -> usize {
    DOMAIN.publish(bias).1
}

/// The bias of the generation that the calling thread is in or keeps to, else of the live one. It is alive only as long as
/// the thread is in it, or the policy keeps it.
pub(super) fn current_bias() -> usize {
    let word = record().word();
    if is_inside(word) { word } else { source_bias() }
}

/// The table of the host this image is connected to.
///
/// # Panics
/// In an image that is not a connected patch.
pub(crate) fn host() -> &'static HostTable {
    host_if_linked().expect("only a connected patch asks for its host")
}

/// The table of the host, if this image is a connected patch.
#[inline]
pub(crate) fn host_if_linked() -> Option<&'static HostTable> {
    let host = HOST.load(Ordering::Acquire);
    // SAFETY: null, or `link` stored a `&'static HostTable`, and nothing else does.
    unsafe { host.as_ref() }
}

/// Whether this image has a runtime. Without one nothing is ever published.
pub(crate) fn has_runtime() -> bool {
    HAS_RUNTIME.load(Ordering::Acquire)
}

/// Makes this image one with a runtime.
pub(crate) fn own_a_runtime() {
    HAS_RUNTIME.store(true, Ordering::Release);
}

/// Makes this image a patch of the given host. Its slots still run its own code until the loader sets them.
pub(crate) fn link(host: &'static HostTable) {
    HOST.store(ptr::from_ref(host).cast_mut(), Ordering::Release);
    LINKED.store(true, Ordering::Release);
}
