//! A program with a swap table that judges a patch by its manifest, and demands the same types to the letter.
#![no_std]
#![no_main]

use dynpatch_core::compatibility::check_identity;
use dynpatch_core::layout::{Identity, Partner};
use sizes::judgement::{CAPACITY, judge};

#[board::entry]
fn main() -> ! {
    sizes::table::run();
    let verdict = judge(|sides| {
        let mut partners = [Partner::default(); CAPACITY];
        let mut identity = Identity::new(sides.host, sides.patch, &mut partners);
        sides.items(&mut |ours, theirs| check_identity(&mut identity, ours, theirs).is_ok())
    });
    sizes::keep(verdict);
    sizes::stop()
}
