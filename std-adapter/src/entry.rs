//! What a patch does when it is applied and rolled back.

use crate::raw::instance::InstanceCell;
use crate::raw::panic::{describe, discard};
use crate::raw::patch::leave_message;
use dynpatch_interface::PatchEntry;
use dynpatch_interface::boundary::Failure;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// Runs an entry in the patch, and catches there.
pub fn run_entry<E: Display>(entry: impl FnOnce() -> Result<(), E>) -> Result<(), Failure> {
    match catch_unwind(AssertUnwindSafe(entry)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(leave_message(false, error.to_string())),
        Err(payload) => {
            let (text, ..) = describe(&*payload);
            discard(payload);
            Err(leave_message(true, text))
        }
    }
}

/// Runs a teardown in the patch, and catches there.
pub fn run_teardown(teardown: impl FnOnce()) -> Result<(), Failure> {
    run_entry(|| {
        teardown();
        Ok::<_, std::convert::Infallible>(())
    })
}

/// Makes the object of an implementation, and catches in the patch.
pub fn construct<T>(cell: &InstanceCell<T>, new: impl FnOnce() -> T) -> Result<(), Failure> {
    run_teardown(|| cell.set(new()))
}

/// Drops the object of an implementation, and catches in the patch.
pub fn destroy<T>(cell: &InstanceCell<T>) -> Result<(), Failure> {
    run_teardown(|| crate::raw::instance::drop_unreachable(cell))
}

/// The one value behind `#[patch_entry] impl PatchEntry for T`.
#[derive(Debug)]
pub struct EntryCell<T>(Mutex<Option<T>>);

impl<T: PatchEntry + Default> EntryCell<T> {
    /// A cell whose value is made when it is first needed.
    #[expect(clippy::new_without_default, reason = "only generated code makes one, in a static")]
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Runs [`PatchEntry::init`].
    pub fn init(&self) -> Result<(), dynpatch_interface::PatchError> {
        self.with(PatchEntry::init)
    }

    /// Runs [`PatchEntry::teardown`].
    pub fn teardown(&self) {
        self.with(PatchEntry::teardown);
    }

    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        let mut value = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        f(value.get_or_insert_default())
    }
}
