//! The tables through which a host and its patches reach each other.
//!
//! Two images share nothing by name: each has its own copy of every `static`, of std, of the allocator. What one may
//! know of the other stands here, as pointers the loader fills in. The types are `repr(C)` or plain Rust types of one
//! compiler: a patch built by another compiler is refused long before a table is read.

use crate::types::TypeItem;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// A function, its type forgotten. Called as the function type that the item's macro wrote, never as this one.
pub type Function = unsafe fn();

/// The address of a [`Function`], as a slot holds it.
pub type Code = *const ();

/// One replaceable function: a word in the slot section of an image.
///
/// A generation is a copy of that section. The published bias is the distance from the section to the live copy, so
/// the live word of a slot lies at the slot's own address plus the bias.
#[repr(transparent)]
#[derive(Debug)]
pub struct Slot(AtomicPtr<()>);

impl Slot {
    /// A slot that runs `function`.
    pub const fn new(function: Function) -> Self {
        Self(AtomicPtr::new(function as *mut ()))
    }

    /// A slot that runs what another slot runs; or, in a table, a word that is no code at all.
    pub const fn with_code(code: Code) -> Self {
        Self(AtomicPtr::new(code.cast_mut()))
    }

    /// What the slot runs. The order is that of the bias: who has acquired the bias sees the words behind it.
    #[inline(always)]
    pub fn code(&self) -> Code {
        self.0.load(Ordering::Relaxed)
    }

    /// Makes the slot run `function`: for a patch that is not live.
    pub fn set(&self, function: Function) {
        self.0.store(function as *mut (), Ordering::Release);
    }
}

/// How a patch's copy of an item reaches the live one.
#[derive(Debug)]
pub struct Link {
    /// Called with the item's arguments and the calling image's [`Raise`]: the host's way out, or, for an item the
    /// host does not have, this image's own.
    pub way_out: Slot,
    /// For an item the host does not have: its [`Addition`].
    pub addition: AtomicPtr<Addition>,
    /// Whether this image has called the item, where the loader wants to know.
    called: AtomicBool,
}

impl Link {
    /// A link that leads nowhere yet.
    pub const fn new() -> Self {
        Self {
            way_out: Slot::with_code(core::ptr::null()),
            addition: AtomicPtr::new(core::ptr::null_mut()),
            called: AtomicBool::new(false),
        }
    }

    /// Notes that this image calls the item.
    pub fn note_call(&self) {
        self.called.store(true, Ordering::Release);
    }

    /// Whether a call was noted.
    pub fn was_called(&self) -> bool {
        self.called.load(Ordering::Acquire)
    }
}

impl Default for Link {
    fn default() -> Self {
        Self::new()
    }
}

/// An item that a patch brought and the host does not have.
#[derive(Debug)]
pub struct Addition {
    /// Its place behind the copied slots of a generation.
    pub index: usize,
    /// What a generation older than the addition runs: the first definition.
    pub first: Function,
}

/// A function, or a method of a service, as it lies in the function section of an image.
#[derive(Debug)]
pub struct FunctionItem {
    /// The item's path.
    pub name: &'static str,
    /// Its manifest record.
    pub record: &'static [u8],
    /// Whether `name` is that of another crate's item.
    pub replaces: bool,
    /// Whether the host's version always answers: a patch that provides the crate leaves this item alone.
    pub host: bool,
    /// The service and the place in it, for a method.
    pub method: Option<MethodOf>,
    /// The binary whose root it stands in.
    pub binary: Option<&'static str>,
    /// The image's own slot.
    pub slot: &'static Slot,
    /// Runs this image's body; a panic is raised in the host's std. What a host's slot gets when the item is live.
    pub entry: Function,
    /// Dispatches in this image and catches here: called by another image, with its [`Raise`] as the last argument.
    pub way_out: Function,
    /// The same, for an item the host does not have: dispatches through [`HostTable::resolve_addition`].
    pub addition: Function,
    /// What this image's own slot gets once it is a linked patch: calls [`Link::way_out`].
    pub thunk: Function,
    /// The same, after it has noted the call in the link.
    pub noting_thunk: Function,
    /// Where the loader says how to reach the live item.
    pub link: &'static Link,
    /// What the checker of another crate knows of the arguments and of the result, where it knows them.
    pub foreign: &'static [Option<ForeignLayout>],
}

/// A type as the checker of another crate describes it, to be asked for once the image is mapped.
#[derive(Debug, Clone, Copy)]
pub struct ForeignLayout {
    /// The checker and its version: both sides must speak of the same.
    pub checker: &'static str,
    /// The description, of a type that the checker knows.
    pub layout: fn() -> *const (),
}

/// A method's service and its place in it.
#[derive(Debug, Clone, Copy)]
pub struct MethodOf {
    /// The path of the trait.
    pub service: &'static str,
    /// The place, from zero, in the order of the trait.
    pub index: usize,
    /// The default body over whatever is live, if the trait gives one.
    pub default: Option<Function>,
}

/// A type that implements a service, as it lies in the implementation section of an image.
#[derive(Debug)]
pub struct ImplementationItem {
    /// The path of the trait.
    pub service: &'static str,
    /// The path of the implementing type.
    pub implementor: &'static str,
    /// The crate it stands in: decides whether a patch provides it.
    pub crate_name: &'static str,
    /// Its manifest record.
    pub record: &'static [u8],
    /// The methods in the order of the trait as the patch knew it.
    pub methods: &'static [Function],
    /// Makes the one instance. Runs before commit.
    pub construct: fn() -> Result<(), Failure>,
    /// Drops the instance, when nobody can call it any more.
    pub destroy: fn() -> Result<(), Failure>,
}

/// A shared static, as it lies in the static section of an image.
#[derive(Debug)]
pub struct StaticItem {
    /// The item's path.
    pub name: &'static str,
    /// Its manifest record.
    pub record: &'static [u8],
    /// The image's own instance.
    pub storage: fn() -> *const (),
    /// Where the loader says which instance is the shared one.
    pub redirect: &'static AtomicPtr<()>,
    /// What the checker of another crate knows of the type, where it knows it.
    pub foreign: &'static [Option<ForeignLayout>],
}

/// What runs before a patch goes live and after it was rolled back, as it lies in the entry section of an image.
#[derive(Debug)]
pub struct EntryItem {
    /// The path of the function or type.
    pub name: &'static str,
    /// Runs before commit.
    pub run: fn() -> Result<(), Failure>,
    /// Runs after a rollback, if there is something to do.
    pub teardown: Option<fn() -> Result<(), Failure>>,
}

/// A failed constructor or entry. Its text was written in memory of the host's allocator.
#[derive(Debug)]
pub struct Failure {
    /// Whether it panicked or returned an error.
    pub panicked: bool,
    /// The panic's message or the error's text.
    pub message: Text,
}

/// A string in raw parts, so that this crate needs no allocator: owned by whoever holds it.
#[derive(Debug)]
pub struct Text {
    /// The first byte.
    pub start: *mut u8,
    /// Bytes of text.
    pub length: usize,
    /// Bytes allocated.
    pub capacity: usize,
}

/// What a panic says when it crosses from one image to another.
#[derive(Debug)]
pub struct PanicMessage<'a> {
    /// The payload if it was a `String` or a `&'static str`, else a description.
    pub text: &'a str,
    /// Whether the payload was text.
    pub is_text: bool,
    /// Where it happened, empty where unknown.
    pub location: &'a str,
}

/// Raises a panic in the std of the image the function belongs to.
pub type Raise = unsafe extern "C-unwind" fn(&PanicMessage<'_>) -> !;

/// What a patch knows of a generation: whose reference it holds.
pub type GenerationToken = *const ();

/// What a patch knows of itself: its host's record of it.
pub type ImageToken = *const ();

/// What a new thread runs.
pub type ThreadStart = unsafe extern "C" fn(*mut ()) -> *mut ();

/// What runs when a thread ends.
pub type ThreadDestructor = unsafe extern "C" fn(*mut ());

/// Where a thread goes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub enum Destination {
    /// Into the generation that it is in, or else the live one, as a call of a host's item does.
    Live,
    /// Into a generation that the caller holds a reference to.
    Generation(GenerationToken),
    /// Out of the generation that it is in, which is kept meanwhile, so that calls find what is live.
    Nowhere,
}

/// How to go back to where a thread was: for the host alone to read.
#[repr(transparent)]
#[derive(Debug, Clone, Copy)]
pub struct Frame(pub [usize; 4]);

/// What a host gives to a patch.
#[repr(C)]
#[derive(Debug)]
pub struct HostTable {
    /// Allocates as `GlobalAlloc::alloc`: size and alignment in bytes.
    pub allocate: unsafe extern "C" fn(usize, usize) -> *mut u8,
    /// Allocates as `GlobalAlloc::alloc_zeroed`.
    pub allocate_zeroed: unsafe extern "C" fn(usize, usize) -> *mut u8,
    /// Frees as `GlobalAlloc::dealloc`: pointer, size, alignment.
    pub deallocate: unsafe extern "C" fn(*mut u8, usize, usize),
    /// Reallocates as `GlobalAlloc::realloc`: pointer, old size, alignment, new size.
    pub reallocate: unsafe extern "C" fn(*mut u8, usize, usize, usize) -> *mut u8,
    /// Raises a panic in the host.
    pub raise: Raise,
    /// Calls the function with the data, catches a panic of the host's std in it and passes it to the given [`Raise`].
    pub try_call: unsafe extern "C-unwind" fn(unsafe extern "C-unwind" fn(*mut ()), *mut (), Raise),
    /// Shows a panic to the host's hook: a `&std::panic::PanicHookInfo` of the patch.
    pub report_panic: unsafe extern "C" fn(*const ()),
    /// What the calling thread's generation runs for an addition.
    pub resolve_addition: unsafe extern "C" fn(*const Addition) -> Code,
    /// Puts the calling thread into a generation, which something else keeps until [`leave`](Self::leave).
    pub enter: unsafe extern "C" fn(Destination) -> Frame,
    /// Undoes an [`enter`](Self::enter), on the thread and in the reverse order of entering.
    pub leave: unsafe extern "C" fn(Frame),
    /// A reference to the generation that the calling thread is in, or else to the live one.
    pub current_generation: extern "C" fn() -> GenerationToken,
    /// A second reference to a generation.
    pub keep_generation: unsafe extern "C" fn(GenerationToken),
    /// Gives a reference to a generation up.
    pub release_generation: unsafe extern "C" fn(GenerationToken),
    /// A reference to the patch with the given token.
    pub keep_image: unsafe extern "C" fn(ImageToken),
    /// Gives a reference to the patch up.
    pub release_image: unsafe extern "C" fn(ImageToken),
    /// A panic unwinds through the patch with the given token.
    pub note_panic: unsafe extern "C" fn(ImageToken),
    /// The calling thread uses nothing of any patch but the one that calls, whose thread it is.
    pub checkpoint: extern "C" fn(),
    /// The same until its next checkpoint.
    pub offline: extern "C" fn(),
    /// `pthread_create` for the patch with the given token: thread, attributes, start, argument.
    pub start_thread: unsafe extern "C" fn(ImageToken, *mut (), *const (), ThreadStart, *mut ()) -> i32,
    /// `__cxa_thread_atexit_impl` for the patch with the given token: destructor, object.
    pub at_thread_exit: unsafe extern "C" fn(ImageToken, ThreadDestructor, *mut ()) -> i32,
    /// The most verbose level of the host's logger, as `log::LevelFilter as usize`.
    pub log_level: extern "C" fn() -> usize,
    /// Whether the host's logger takes a record: a `&log::Metadata` in parts (level, target).
    pub log_enabled: fn(usize, &str) -> bool,
    /// Hands a record to the host's logger.
    pub log: fn(&LogRecord<'_>),
    /// Hands what happens in the patch's tracing to the host's subscriber.
    pub trace: fn(&TraceMessage<'_>) -> u64,
}

/// A log record in parts.
#[derive(Debug)]
pub struct LogRecord<'a> {
    /// `log::Level as usize`.
    pub level: usize,
    /// The target.
    pub target: &'a str,
    /// The formatted message.
    pub message: &'a str,
    /// The module, if known.
    pub module: Option<&'a str>,
    /// The file, if known.
    pub file: Option<&'a str>,
    /// The line, if known.
    pub line: Option<u32>,
}

/// Something that happened in a patch's tracing. The answer is 0 where nothing is said about it.
#[derive(Debug)]
pub enum TraceMessage<'a> {
    /// Answers the most verbose level that any subscriber of the host takes, 0 (off) to 5 (trace).
    MaxLevel,
    /// Answers whether the calling thread's subscriber takes the callsite right now: 0 or 1.
    Enabled(&'a TraceCallsite<'a>),
    /// A new span with its first values. Answers its id, never 0.
    NewSpan(&'a TraceCallsite<'a>, &'a [TraceValue<'a>], TraceParent),
    /// More values for a span, and the callsite that their fields belong to.
    Record(SpanId, &'a TraceCallsite<'a>, &'a [TraceValue<'a>]),
    /// The first span follows from the second.
    FollowsFrom(SpanId, SpanId),
    /// An event.
    Event(&'a TraceCallsite<'a>, &'a [TraceValue<'a>], TraceParent),
    /// A span is entered.
    Enter(SpanId),
    /// A span is left.
    Exit(SpanId),
    /// A span's handle was copied. Answers the id of the copy, never 0.
    CloneSpan(SpanId),
    /// A span's handle was dropped. Answers whether that closed the span: 0 or 1.
    TryClose(SpanId),
    /// Shows the thread's current span, if there is one. Answers whether the subscriber keeps track of it: 0 or 1.
    Current(TraceWitness<'a>),
}

/// A span, as a patch knows it.
pub type SpanId = core::num::NonZeroU64;

/// What a span or an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceParent {
    /// The thread's current span, if there is one.
    Current,
    /// Nothing.
    Root,
    /// The given span.
    Span(SpanId),
}

/// Who is shown a span: its id and its callsite.
#[derive(Clone, Copy)]
pub struct TraceWitness<'a>(pub &'a dyn Fn(SpanId, &TraceCallsite<'_>));

impl core::fmt::Debug for TraceWitness<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("TraceWitness").finish_non_exhaustive()
    }
}

/// A tracing callsite.
#[derive(Debug)]
pub struct TraceCallsite<'a> {
    /// The address of the callsite in the image it stands in.
    pub identity: usize,
    /// What stands there.
    pub kind: TraceKind,
    /// The callsite's name.
    pub name: &'a str,
    /// The target.
    pub target: &'a str,
    /// 1 (error) to 5 (trace).
    pub level: u8,
    /// The module, if known.
    pub module: Option<&'a str>,
    /// The file, if known.
    pub file: Option<&'a str>,
    /// The line, if known.
    pub line: Option<u32>,
    /// The names of the fields.
    pub fields: &'a [&'a str],
}

/// What stands at a tracing callsite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceKind {
    /// A span.
    Span,
    /// An event.
    Event,
    /// A question whether either would be taken.
    Hint,
}

/// The value of a field.
#[derive(Debug, Clone, Copy)]
pub struct TraceValue<'a> {
    /// The place of the field in its callsite.
    pub field: usize,
    /// The value.
    pub data: TraceData<'a>,
}

/// The data of a field's value.
#[derive(Debug, Clone, Copy)]
pub enum TraceData<'a> {
    /// A signed integer.
    I64(i64),
    /// An unsigned integer.
    U64(u64),
    /// A wide signed integer.
    I128(i128),
    /// A wide unsigned integer.
    U128(u128),
    /// A floating-point number.
    F64(f64),
    /// A truth value.
    Bool(bool),
    /// A string.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// An error, as its `Display` output.
    Error(&'a str),
    /// The source of the error or source right before it, as its `Display` output.
    Source(&'a str),
    /// Anything else, as its `Debug` output.
    Debug(&'a str),
}

/// What a patch gives to its host: the exported symbol [`PATCH_SYMBOL`].
#[repr(C)]
#[derive(Debug)]
pub struct PatchTable {
    /// The size of this table in bytes, as the patch knew it.
    pub size: usize,
    /// Everything patchable in the image.
    pub items: fn() -> Items,
    /// Connects the image with its host. Answers how its early allocations went.
    pub connect: unsafe fn(&'static HostTable, ImageToken) -> EarlyAllocations,
    /// Whether the image's threads and thread-exit destructors go through the host table.
    pub is_hooked: bool,
}

/// The name of the symbol under which a patch exports its [`PatchTable`].
pub const PATCH_SYMBOL: &core::ffi::CStr = c"dynpatch_patch";

/// Everything patchable in an image.
#[derive(Debug, Clone, Copy)]
pub struct Items {
    /// Functions and methods.
    pub functions: &'static [FunctionItem],
    /// Implementations of services.
    pub implementations: &'static [ImplementationItem],
    /// Shared statics.
    pub statics: &'static [StaticItem],
    /// What runs at apply and rollback.
    pub entries: &'static [EntryItem],
    /// The definitions of types.
    pub types: &'static [TypeItem],
    /// The slot section.
    pub slots: &'static [Slot],
}

/// What a patch allocated before it was connected: blocks of an arena, recognised by address.
#[derive(Debug, Clone, Copy)]
pub struct EarlyAllocations {
    /// The first address of the arena.
    pub start: usize,
    /// Bytes used of it; zero when nothing was allocated.
    pub used: usize,
    /// Whether the arena was too small.
    pub overflowed: bool,
    /// Whether threads were started, or thread-exit destructors registered.
    pub has_begun: bool,
}
