//! Runs tests where there is no test harness. A program leaves the emulator with a code:
//!
//! | code | |
//! |---|---|
//! | 0 | every test ran and passed |
//! | 101 | a test panicked |
//! | 102 | the processor refused to go on |
//!
//! Told to `panic` or to `fault` on its command line, a program does, after its tests: so whoever runs it can see that it
//! would notice.
#![no_std]

mod faults;
pub mod interrupts;

pub use board::entry;
use core::panic::PanicInfo;
use semihosting::{print, println};

const PANICKED: i32 = 101;
const FAULTED: i32 = 102;

/// A test and its name.
pub type Test = (&'static str, fn());

/// Makes a program of tests.
#[macro_export]
macro_rules! tests {
    ($($test:ident),+ $(,)?) => {
        #[$crate::entry]
        fn main() -> ! {
            $crate::run(&[$((stringify!($test), $test as fn())),+])
        }
    };
}

/// Runs all tests, then leaves the emulator.
pub fn run(tests: &[Test]) -> ! {
    for test in tests {
        run_one(*test);
    }
    if is_told_to("panic") {
        run_one(("told_to_panic", || panic!("as told")));
    }
    if is_told_to("fault") {
        run_one(("told_to_fault", faults::fault));
    }
    println!("{} tests passed", tests.len());
    semihosting::process::exit(0)
}

fn run_one((name, test): Test) {
    print!("test {name} ... ");
    test();
    println!("ok");
}

/// Whether a word stands on the command line.
fn is_told_to(word: &str) -> bool {
    let arguments = semihosting::experimental::env::args::<256>();
    arguments.is_ok_and(|arguments| (&arguments).any(|argument| argument.is_ok_and(|argument| argument == word)))
}

#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    println!("{info}");
    semihosting::process::exit(PANICKED)
}

/// For what the processor refuses.
fn faulted() -> ! {
    println!("the processor faulted");
    semihosting::process::exit(FAULTED)
}
