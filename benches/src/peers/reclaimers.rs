//! Readers that keep what they read from being freed.

use super::Function;
use bench_subject::{OBJECT, chain, direct};
use crossbeam_epoch::{Atomic, Guard, pin};
use haphazard::{AtomicPtr as HazardAtomic, Global, HazardPointer};
use left_right::{Absorb, ReadHandle, WriteHandle};
use seize::{Collector, Guard as _};
use std::hint::black_box;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{LazyLock, Mutex};

static BY_EPOCH: LazyLock<Atomic<Function>> = LazyLock::new(|| Atomic::new(direct));

#[inline(always)]
fn of_epoch<'g>(atomic: &Atomic<Function>, guard: &'g Guard) -> &'g Function {
    // SAFETY: it holds the allocation it was made with, which is never taken out.
    unsafe { atomic.load(Ordering::Acquire, guard).deref() }
}

#[inline(never)]
pub(super) fn crossbeam_epoch(n: u64) -> u64 {
    let (object, atomic) = (black_box(&OBJECT), black_box(&*BY_EPOCH));
    chain!(n, x => of_epoch(atomic, &pin())(object, x))
}

static COLLECTOR: LazyLock<Collector> = LazyLock::new(Collector::new);
static BY_COLLECTOR: LazyLock<AtomicPtr<Function>> =
    LazyLock::new(|| AtomicPtr::new(Box::into_raw(Box::new(direct as Function))));

#[inline(always)]
fn of_collector(pointer: &AtomicPtr<Function>, guard: &seize::LocalGuard<'_>) -> Function {
    // SAFETY: it holds the allocation it was made with, which is never taken out.
    unsafe { *guard.protect(pointer, Ordering::Acquire) }
}

#[inline(never)]
pub(super) fn seize(n: u64) -> u64 {
    let (object, collector, pointer) = (black_box(&OBJECT), black_box(&*COLLECTOR), black_box(&*BY_COLLECTOR));
    chain!(n, x => {
        let guard = collector.enter();
        of_collector(pointer, &guard)(object, x)
    })
}

static BY_HAZARD: LazyLock<HazardAtomic<Function>> = LazyLock::new(|| HazardAtomic::from(Box::new(direct as Function)));

#[inline(always)]
fn of_hazard<'h>(pointer: &HazardAtomic<Function>, hazard: &'h mut HazardPointer<'static, Global>) -> &'h Function {
    pointer.safe_load(hazard).expect("it is never null")
}

#[inline(never)]
pub(super) fn haphazard_reused(n: u64) -> u64 {
    let (object, pointer) = (black_box(&OBJECT), black_box(&*BY_HAZARD));
    let mut hazard = HazardPointer::new();
    chain!(n, x => {
        let result = of_hazard(pointer, &mut hazard)(object, x);
        hazard.reset_protection();
        result
    })
}

#[inline(never)]
pub(super) fn haphazard_new(n: u64) -> u64 {
    let (object, pointer) = (black_box(&OBJECT), black_box(&*BY_HAZARD));
    chain!(n, x => of_hazard(pointer, &mut HazardPointer::new())(object, x))
}

/// What left-right keeps two of.
#[derive(Debug, Clone)]
struct Held(Function);

impl Absorb<Function> for Held {
    fn absorb_first(&mut self, operation: &mut Function, _: &Self) {
        self.0 = *operation;
    }

    fn sync_with(&mut self, first: &Self) {
        self.0 = first.0;
    }
}

/// Both handles: without its writer a reader finds nothing.
type Handles = (WriteHandle<Held, Function>, ReadHandle<Held>);

static BY_LEFT_RIGHT: LazyLock<Mutex<Handles>> = LazyLock::new(|| Mutex::new(left_right::new_from_empty(Held(direct))));

#[inline(never)]
pub(super) fn left_right(n: u64) -> u64 {
    // A handle is one thread's own; the loop has a clone of it.
    let handle = BY_LEFT_RIGHT.lock().expect("nobody panics under this lock").1.clone();
    let (object, handle) = (black_box(&OBJECT), black_box(&handle));
    chain!(n, x => (handle.enter().expect("the writer is there").0)(object, x))
}
