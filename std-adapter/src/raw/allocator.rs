//! A patch allocates from its host, so that either side may free what the other made.
//!
//! Constructors of a patch run before it is connected. What they allocate comes from an arena in the patch's own
//! image, recognised by its address: neither side ever frees it.

use super::dispatch;
use dynpatch_interface::boundary::EarlyAllocations;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const ARENA_BYTES: usize = 64 * 1024;

#[repr(align(4096))]
struct Arena {
    bytes: UnsafeCell<[u8; ARENA_BYTES]>,
    used: AtomicUsize,
    overflowed: AtomicBool,
}

// SAFETY: `allocate` hands out disjoint parts of `bytes`, told apart by an atomic; nothing else touches them.
unsafe impl Sync for Arena {}

/// This image's arena. Untouched, it costs address space only.
static ARENA: Arena =
    Arena { bytes: UnsafeCell::new([0; ARENA_BYTES]), used: AtomicUsize::new(0), overflowed: AtomicBool::new(false) };

impl Arena {
    fn start(&self) -> *mut u8 {
        self.bytes.get().cast()
    }

    fn contains(&self, address: usize) -> bool {
        address.wrapping_sub(self.start().addr()) < ARENA_BYTES
    }

    /// Zeroed memory, or null when the arena is too small.
    fn allocate(&self, layout: Layout) -> *mut u8 {
        let place = |used: usize| {
            let base = self.start().addr();
            let start = (base + used).checked_next_multiple_of(layout.align())? - base;
            Some((start, start.checked_add(layout.size())?))
        };
        let claimed = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            place(used).map(|(_, end)| end).filter(|end| *end <= ARENA_BYTES)
        });
        match claimed.ok().and_then(place) {
            Some((start, _)) => self.start().wrapping_add(start),
            None => {
                self.overflowed.store(true, Ordering::Relaxed);
                ptr::null_mut()
            }
        }
    }
}

/// How this image's allocations went before it was connected.
pub(crate) fn early() -> EarlyAllocations {
    EarlyAllocations {
        start: ARENA.start().addr(),
        used: ARENA.used.load(Ordering::Relaxed),
        overflowed: ARENA.overflowed.load(Ordering::Relaxed),
        has_begun: false,
    }
}

/// The global allocator of a patch: its host's.
#[derive(Debug)]
pub struct PatchAllocator(());

impl PatchAllocator {
    /// Made by `patch!`.
    #[expect(clippy::new_without_default, reason = "only generated code makes one, in a static")]
    pub const fn new() -> Self {
        Self(())
    }
}

// SAFETY: memory comes from one of three allocators, and goes back to the one it came from: the arena is recognised by
// address; once the image is connected everything else came from the host, because `connect` refuses an image whose
// arena overflowed into `System`; an image that is never connected (the test binary of a patch crate) uses `System`.
unsafe impl GlobalAlloc for PatchAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match dispatch::host_if_linked() {
            // SAFETY: the host's end takes what `GlobalAlloc::alloc` takes; our caller vouches for the layout.
            Some(host) => unsafe { (host.allocate)(layout.size(), layout.align()) },
            // SAFETY: as above.
            None => unsafe { allocate_early(layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match dispatch::host_if_linked() {
            // SAFETY: as in `alloc`.
            Some(host) => unsafe { (host.allocate_zeroed)(layout.size(), layout.align()) },
            // SAFETY: as in `alloc`; both early sources give zeroed memory.
            None => unsafe { allocate_early(layout) },
        }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        if ARENA.contains(start.addr()) {
            return;
        }
        match dispatch::host_if_linked() {
            // SAFETY: not of the arena and the image is connected, so it came from the host; our caller vouches for
            // the pair.
            Some(host) => unsafe { (host.deallocate)(start, layout.size(), layout.align()) },
            // SAFETY: not of the arena and the image is not connected, so it came from `System`.
            None => unsafe { System.dealloc(start, layout) },
        }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        match dispatch::host_if_linked() {
            Some(host) if !ARENA.contains(start.addr()) => {
                // SAFETY: as in `dealloc`.
                unsafe { (host.reallocate)(start, layout.size(), layout.align(), new_size) }
            }
            // SAFETY: our caller vouches for block, layout and size.
            _ => unsafe { move_block(self, start, layout, new_size) },
        }
    }
}

unsafe fn allocate_early(layout: Layout) -> *mut u8 {
    let start = ARENA.allocate(layout);
    if start.is_null() {
        // SAFETY: our caller vouches for the layout.
        return unsafe { System.alloc_zeroed(layout) };
    }
    start
}

/// `realloc` by allocating, copying and freeing.
///
/// # Safety
/// As [`GlobalAlloc::realloc`].
unsafe fn move_block(allocator: &impl GlobalAlloc, start: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
    let Ok(new_layout) = Layout::from_size_align(new_size, layout.align()) else {
        return ptr::null_mut();
    };
    // SAFETY: `new_size` is not zero (caller).
    let moved = unsafe { allocator.alloc(new_layout) };
    if !moved.is_null() {
        // SAFETY: both blocks are at least that long, and a fresh block overlaps no live one.
        unsafe { ptr::copy_nonoverlapping(start, moved, layout.size().min(new_size)) };
        // SAFETY: the block is live and of this layout (caller).
        unsafe { allocator.dealloc(start, layout) };
    }
    moved
}

/// Most patches of a process that may allocate before they are connected.
const MAX_EARLY: usize = 64;

/// The arenas of patches that allocated early, for a host that has its own allocator.
static EARLY: [(AtomicUsize, AtomicUsize); MAX_EARLY] =
    [const { (AtomicUsize::new(0), AtomicUsize::new(0)) }; MAX_EARLY];
static EARLY_COUNT: AtomicUsize = AtomicUsize::new(0);
/// Whether this host declared its allocator.
static DECLARED: AtomicBool = AtomicBool::new(false);

/// Whether this host can recognise early blocks; then they are entered.
pub(crate) fn admit_early(early: EarlyAllocations) -> bool {
    if !DECLARED.load(Ordering::Relaxed) {
        return false;
    }
    let place = EARLY_COUNT.load(Ordering::Relaxed);
    let Some((start, end)) = EARLY.get(place) else { return false };
    start.store(early.start, Ordering::Relaxed);
    end.store(early.start + early.used, Ordering::Relaxed);
    // One apply at a time enters. Release: a reader of the count sees the range.
    EARLY_COUNT.store(place + 1, Ordering::Release);
    true
}

fn is_early(address: usize) -> bool {
    let count = EARLY_COUNT.load(Ordering::Acquire);
    EARLY[..count]
        .iter()
        .any(|(start, end)| (start.load(Ordering::Relaxed)..end.load(Ordering::Relaxed)).contains(&address))
}

/// A host's own global allocator, made aware of blocks that patches allocated before they were connected. Declare it
/// with [`global_allocator!`](crate::global_allocator).
#[derive(Debug)]
pub struct HostAllocator<A>(A);

impl<A> HostAllocator<A> {
    #[doc(hidden)]
    pub const fn new(inner: A) -> Self {
        Self(inner)
    }

    /// The host's allocator itself.
    pub const fn inner(&self) -> &A {
        &self.0
    }

    fn declare() {
        if !DECLARED.load(Ordering::Relaxed) {
            DECLARED.store(true, Ordering::Relaxed);
        }
    }
}

// SAFETY: everything goes to and comes from the inner allocator, but for early blocks of patches, which are never freed
// and are moved by allocate-and-copy.
unsafe impl<A: GlobalAlloc> GlobalAlloc for HostAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::declare();
        // SAFETY: as our caller vouches.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as our caller vouches.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        if is_early(start.addr()) {
            return;
        }
        // SAFETY: not an early block, so it is the inner allocator's.
        unsafe { self.0.dealloc(start, layout) }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if is_early(start.addr()) {
            // SAFETY: as our caller vouches.
            return unsafe { move_block(self, start, layout, new_size) };
        }
        // SAFETY: as in `dealloc`.
        unsafe { self.0.realloc(start, layout, new_size) }
    }
}
