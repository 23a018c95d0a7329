//! The barrier of this system, and what `dynpatch` makes of it: its own choice, compiled without the rest of it.
#![cfg(windows)]

#[path = "../../std-adapter/src/platform"]
mod platform {
    pub(crate) use dynpatch_loader_windows::ProcessBarrier;

    mod barrier;
    mod litmus;
}
