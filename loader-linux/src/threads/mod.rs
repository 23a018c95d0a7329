//! Threads of this process: their ends, their names, signals and forks.
//!
//! Rust's own thread-local destructors take memory when a thread first needs one, so none of this uses them: a signal
//! handler may be the first that a thread runs of a program.

mod raw;

pub use raw::{AtThreadEnd, around_fork, at_thread_exit, start_thread, with_signals_blocked};

/// The calling thread, as the kernel numbers it. Takes no lock and no memory.
pub fn current_thread() -> u64 {
    u64::from(rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs())
}

/// The name of a thread of this process that has not ended.
pub fn thread_name(thread: u64) -> Option<String> {
    let name = std::fs::read_to_string(format!("/proc/self/task/{thread}/comm")).ok()?;
    Some(name.trim_end().to_owned())
}
