//! The tables that a bias leads to.
//!
//! A generation is one block of slots: first a slot that points to the codes of all additions, then a copy of the
//! host's slot section. It is never freed, since a thread may hold its bias for ever.

use super::registry;
use dynpatch_core::table::Bias;
use dynpatch_interface::boundary::{Addition, Code, Slot};
use std::ptr;

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
    pub(crate) fn lay_out(&self) -> Bias {
        let additions: &'static Vec<Code> = Box::leak(Box::new(self.additions.clone()));
        let first = Slot::with_code(ptr::from_ref(additions).cast());
        let block: Box<[Slot]> =
            std::iter::once(first).chain(self.slots.iter().copied().map(Slot::with_code)).collect();
        let (_, copy) = Box::leak(block).split_first().expect("the block begins with the additions");
        Bias::between(registry::items().slots, copy).expect("a plan has a code for every slot of the section")
    }
}

// SAFETY: the codes are addresses of functions, valid in every thread.
unsafe impl Send for Plan {}
// SAFETY: as above.
unsafe impl Sync for Plan {}

/// What `addition` runs in the generation of `bias`; its first definition, where the generation is older.
pub(crate) fn addition_at(addition: &Addition, bias: Bias) -> Code {
    if bias == Bias::BUILT_IN {
        return addition.first as Code;
    }
    let copy = registry::items().slots.as_ptr().addr().wrapping_add(bias.to_word());
    let first: *const Slot = ptr::with_exposed_provenance(copy - size_of::<Slot>());
    // SAFETY: every bias but the built-in one was made by `lay_out`, where the slot before the copy is the block's
    // first; `Bias::between` exposed the provenance of the copy, which is that of the whole leaked block.
    let first = unsafe { &*first };
    // SAFETY: `lay_out` put the address of a leaked `Vec<Code>` there.
    let additions = unsafe { &*first.code().cast::<Vec<Code>>() };
    additions.get(addition.index).copied().filter(|code| !code.is_null()).unwrap_or(addition.first as Code)
}
