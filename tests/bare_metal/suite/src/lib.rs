//! What the tests of swap tables share: functions that can be told apart by what they answer.
#![no_std]

use dynpatch_core::table::{SlotIndex, SwapTable};
use dynpatch_interface::boundary::{Code, Function};

/// What stands in every slot.
pub type Answer = fn() -> u32;

/// A table of two functions that belong together.
pub type Pair = SwapTable<2>;

/// The places of a [`Pair`].
pub const PLACES: [SlotIndex<2>; 2] = [SlotIndex::at::<0>(), SlotIndex::at::<1>()];

/// A table of the built-in functions, which answer 1.
pub const fn built_in() -> Pair {
    SwapTable::new([erased(answer::<1>), erased(answer::<1>)])
}

/// Answers `VERSION`.
pub fn answer<const VERSION: u32>() -> u32 {
    core::hint::black_box(VERSION)
}

/// An answer, its type forgotten.
pub const fn erased(answer: Answer) -> Function {
    // SAFETY: one function pointer is like another; `run` turns it back before it is called.
    unsafe { core::mem::transmute::<Answer, Function>(answer) }
}

fn run(code: Code) -> u32 {
    // SAFETY: nothing but what `erased` made is put into the tables of these tests.
    let answer = unsafe { core::mem::transmute::<Code, Answer>(code) };
    answer()
}

/// Calls both functions.
pub fn call(table: &Pair) -> [u32; 2] {
    PLACES.map(|place| run(table.code(place)))
}

/// Calls both functions, without barriers.
pub fn call_on_one_core(table: &Pair) -> [u32; 2] {
    PLACES.map(|place| {
        // SAFETY: the boards of these tests have one core.
        let code = unsafe { table.code_on_one_core(place) };
        run(code)
    })
}
