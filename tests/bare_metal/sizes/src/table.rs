//! Everything that a program does with a swap table.

use core::hint::black_box;
use dynpatch_core::table::{SlotIndex, SwapTable};
use dynpatch_interface::boundary::Function;

static TABLE: SwapTable<4> = SwapTable::new([built_in; 4]);

const SLOT: SlotIndex<4> = SlotIndex::at::<2>();

unsafe fn built_in() {
    black_box(1);
}

unsafe fn mended() {
    black_box(2);
}

/// Calls, updates, and rolls back.
pub fn run() {
    crate::keep(TABLE.code(SLOT));
    let Ok(mut update) = TABLE.try_update() else { return };
    // SAFETY: one thread uses the table, and calls nothing through it.
    let mut stage = unsafe { update.stage() };
    if let Some(index) = SlotIndex::new(crate::unknown_bytes().len()) {
        stage.set(index, mended as Function);
    }
    stage.commit();
    crate::keep(TABLE.code(SLOT));
    crate::keep(update.rollback());
}
