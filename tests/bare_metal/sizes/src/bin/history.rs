//! A program with a history of eight entries.
#![no_std]
#![no_main]

use dynpatch_core::history::{Action, History};
use dynpatch_interface::Version;

#[board::entry]
fn main() -> ! {
    let mut history: History<8> = History::new();
    let name = core::str::from_utf8(sizes::unknown_bytes()).unwrap_or("");
    for time in sizes::unknown_bytes() {
        history.record(name, Version::new(1, 0, 0), Action::Applied, u64::from(*time));
    }
    sizes::keep(history.iter().map(|event| event.time).sum::<u64>());
    sizes::stop()
}
