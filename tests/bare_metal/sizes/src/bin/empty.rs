//! A program that does nothing.
#![no_std]
#![no_main]

#[board::entry]
fn main() -> ! {
    sizes::stop()
}
