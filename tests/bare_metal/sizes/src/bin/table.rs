//! A program with a swap table that it updates and rolls back.
#![no_std]
#![no_main]

#[board::entry]
fn main() -> ! {
    sizes::table::run();
    sizes::stop()
}
