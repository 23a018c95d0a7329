//! A program with a swap table that judges a patch by its manifest, and walks through both sides' types as a server does.
#![no_std]
#![no_main]

use dynpatch_core::compatibility::check_types;
use dynpatch_core::layout::{Seen, Walk};
use sizes::judgement::{CAPACITY, judge};

#[board::entry]
fn main() -> ! {
    sizes::table::run();
    let verdict = judge(|sides| {
        let mut seen = [Seen::default(); CAPACITY];
        let mut walk = Walk::new(sides.host, sides.patch, &mut seen);
        sides.items(&mut |ours, theirs| check_types(&mut walk, ours, theirs, true, &mut |_| {}))
    });
    sizes::keep(verdict);
    sizes::stop()
}
