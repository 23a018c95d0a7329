//! What dynpatch needs of Windows: the process-wide memory barrier. There is no loader for it. Empty on any other system.
#![cfg(windows)]
#![deny(unsafe_code)]

mod barrier;
mod sys;

pub use barrier::ProcessBarrier;
