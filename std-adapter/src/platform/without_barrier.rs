//! A platform without a process-wide barrier: no value of the type.

use dynpatch_core::Barrier;

/// No such value.
#[derive(Debug)]
pub(crate) enum ProcessBarrier {}

impl ProcessBarrier {
    pub(crate) fn register() -> Option<Self> {
        None
    }

    pub(crate) fn distrusted() -> Option<&'static str> {
        None
    }
}

impl Barrier for ProcessBarrier {
    fn run(&self) -> bool {
        match *self {}
    }
}
