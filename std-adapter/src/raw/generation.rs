//! The tables that a bias leads to.
//!
//! A generation is one block of slots: first a slot that points to the generation's record, then a copy of the host's slot
//! section.

use super::registry;
use dynpatch_core::grace::References;
use dynpatch_core::table::Bias;
use dynpatch_interface::boundary::{Addition, Code, Slot};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the slots and the additions of a generation run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// In the order of the slot section.
    pub(crate) slots: Vec<Code>,
    /// By [`Addition::index`]; null where the generation has none.
    pub(crate) additions: Vec<Code>,
}

impl Plan {
    /// The built-in generation.
    pub(crate) fn built_in() -> Self {
        Self { slots: registry::items().slots.iter().map(Slot::code).collect(), additions: Vec::new() }
    }

    /// Lays the generation out in memory, unpublished.
    pub(crate) fn lay_out(&self) -> Owned {
        let record = NonNull::from_mut(Box::leak(Box::new(Generation {
            bias: AtomicUsize::new(0),
            references: References::new(),
            additions: self.additions.clone(),
            block: Vec::new(),
        })));
        let first = Slot::with_code(record.as_ptr().cast_const().cast());
        let block: Vec<Slot> = std::iter::once(first).chain(self.slots.iter().copied().map(Slot::with_code)).collect();
        Owned::new(record, block)
    }
}

// SAFETY: the codes are addresses of functions, valid in every thread.
unsafe impl Send for Plan {}
// SAFETY: as above.
unsafe impl Sync for Plan {}

/// What is known of a generation beside its slots.
#[derive(Debug)]
pub(crate) struct Generation {
    /// What a thread that keeps to this generation reads its bias from.
    bias: AtomicUsize,
    /// Who owns a reference to it, where the policy counts.
    pub(crate) references: References,
    additions: Vec<Code>,
    block: Vec<Slot>,
}

// SAFETY: the codes are addresses of functions; everything that changes is atomic.
unsafe impl Sync for Generation {}
// SAFETY: as above.
unsafe impl Send for Generation {}

/// The host's own code. Never retired.
static BUILT_IN: Generation =
    Generation { bias: AtomicUsize::new(0), references: References::new(), additions: Vec::new(), block: Vec::new() };

impl Generation {
    /// The word that a thread which keeps to this generation reads its bias from.
    pub(crate) fn word(&self) -> &AtomicUsize {
        &self.bias
    }

    pub(crate) fn bias(&self) -> usize {
        self.bias.load(Ordering::Relaxed)
    }
}

/// The generation of a bias.
///
/// # Safety
/// `bias` is that of the built-in generation or of one that has not been freed, and nothing frees it as long as the
/// caller uses the result.
pub(crate) unsafe fn at<'a>(bias: usize) -> &'a Generation {
    if bias == Bias::BUILT_IN.to_word() {
        return &BUILT_IN;
    }
    let copy = registry::items().slots.as_ptr().addr().wrapping_add(bias);
    let first: *const Slot = ptr::with_exposed_provenance(copy - size_of::<Slot>());
    // SAFETY: every bias but the built-in one was made by `Owned::new`, where the slot before the copy is the block's
    // first, and is not freed (caller); `Bias::between` exposed the provenance of the block.
    let first = unsafe { &*first };
    // SAFETY: `lay_out` put the address of the generation's leaked record there.
    unsafe { &*first.code().cast::<Generation>() }
}

/// What `addition` runs in the generation; its first definition, where the generation is older.
pub(crate) fn addition_at(addition: &Addition, generation: &Generation) -> Code {
    let code = generation.additions.get(addition.index).copied();
    code.filter(|code| !code.is_null()).unwrap_or(addition.first as Code)
}

/// A generation in memory. Dropping it leaves it there.
#[derive(Debug)]
pub(crate) struct Owned(NonNull<Generation>);

// SAFETY: it owns a `Generation`, which is `Send` and `Sync`.
unsafe impl Send for Owned {}
// SAFETY: as above.
unsafe impl Sync for Owned {}

impl Owned {
    fn new(record: NonNull<Generation>, block: Vec<Slot>) -> Self {
        // SAFETY: `lay_out` has just leaked the record, and nobody else knows of it.
        let generation = unsafe { &mut *record.as_ptr() };
        generation.block = block;
        // Readers reach the slots by address, `at` the one before the copy as well.
        let _exposed = generation.block.as_ptr().expose_provenance();
        let (_, copy) = generation.block.split_first().expect("the block begins with the record");
        let bias = Bias::between(registry::items().slots, copy).expect("a plan has a code for every slot");
        generation.bias = AtomicUsize::new(bias.to_word());
        Self(record)
    }

    pub(crate) fn generation(&self) -> &Generation {
        // SAFETY: the record was leaked by `lay_out`, and only `free_unreachable` takes it back, which consumes the owner.
        unsafe { self.0.as_ref() }
    }

    pub(crate) fn bias(&self) -> usize {
        self.generation().bias()
    }

    /// Frees a generation that a survey has found free.
    pub(crate) fn free_unreachable(self) {
        // SAFETY: `ImageBook::collect_once` calls this, alone: the generation was retired, and a survey has found no word, no
        // count and no reference that leads to it. `lay_out` leaked exactly this box.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}
