//! A host with a global allocator of its own: whichever side allocates or frees, the balance is zero.

use dynpatch::prelude::*;
use dynpatch_tests::{fixture, isolated};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

struct Counting {
    blocks: AtomicI64,
    bytes: AtomicI64,
    allocations: AtomicU64,
}

// SAFETY: everything is handed on to `System`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.blocks.fetch_add(1, Relaxed);
        self.bytes.fetch_add(layout.size() as i64, Relaxed);
        self.allocations.fetch_add(1, Relaxed);
        // SAFETY: as our caller vouches.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        self.blocks.fetch_sub(1, Relaxed);
        self.bytes.fetch_sub(layout.size() as i64, Relaxed);
        // SAFETY: as our caller vouches.
        unsafe { System.dealloc(start, layout) }
    }
}

dynpatch::global_allocator! {
    static ALLOCATOR: Counting =
        Counting { blocks: AtomicI64::new(0), bytes: AtomicI64::new(0), allocations: AtomicU64::new(0) };
}

/// Blocks and bytes that `f` left behind, and how often it allocated.
fn balance(f: impl FnOnce()) -> (i64, i64, u64) {
    let counting = ALLOCATOR.inner();
    let look = || (counting.blocks.load(Relaxed), counting.bytes.load(Relaxed), counting.allocations.load(Relaxed));
    let before = look();
    f();
    let after = look();
    (after.0 - before.0, after.1 - before.1, after.2 - before.2)
}

#[test]
fn memory_crosses_in_both_directions_and_the_balance_is_zero() {
    isolated("memory_crosses_in_both_directions_and_the_balance_is_zero", || {
        init().unwrap();
        reload(fixture("same-source")).unwrap();
        assert_eq!(test_app::version(), 2);
        let rounds = || {
            for length in [1, 10, 1000, 100_000] {
                // Made by the patch, grown and dropped by the host.
                let (mut text, mut numbers, block) = test_app::make(length);
                assert_eq!(numbers[0], 2, "the patch made it");
                text.push_str("grown by the host");
                numbers.extend([1; 50]);
                drop(block);
                // Taken by the patch, grown there, dropped there, or given back.
                assert!(test_app::take(text.clone(), numbers.clone(), false).is_none());
                let (text, numbers) = test_app::take(text, numbers, true).unwrap();
                assert!(text.ends_with("grown by the hostand more"));
                assert_eq!(numbers.last(), Some(&2));
            }
            let caught = std::panic::catch_unwind(|| test_app::explode("formatted"));
            assert!(caught.is_err());
        };
        std::panic::set_hook(Box::new(|_| ()));
        rounds(); // once for what is made on first use, such as a thread's place for the location of its last panic
        let (blocks, bytes, allocations) = balance(rounds);
        assert!(allocations > 20, "the host's allocator saw the patch's allocations: {allocations}");
        assert_eq!((blocks, bytes), (0, 0));
    });
}

#[test]
fn what_a_constructor_allocated_early_is_freed_by_neither_side() {
    isolated("what_a_constructor_allocated_early_is_freed_by_neither_side", || {
        init().unwrap();
        reload(fixture("early")).unwrap();
        let (blocks, bytes, allocations) = balance(|| {
            // The host drops one, and one that it grew.
            assert_eq!(test_app::from_constructor().unwrap(), "made by a constructor, number 9");
            let mut text = test_app::from_constructor().unwrap();
            text.push_str(&"longer ".repeat(1000));
            assert!(text.starts_with("made by a constructor, number 8longer "));
            drop(text);
            // The patch drops one, and grows one.
            assert_eq!(test_app::version(), 31 + 1100);
        });
        assert!(allocations >= 3, "growing moved the text into the host's memory: {allocations}");
        assert_eq!((blocks, bytes), (0, 0));
    });
}
