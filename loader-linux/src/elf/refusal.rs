//! How a check says no.

use core::fmt::Display;
use dynpatch_interface::{ErrorCode, PatchError};

/// What a check returns. The subject of an error is the part of the file; the caller knows the path.
pub(super) type Checked<T = ()> = Result<T, PatchError>;

/// Passes when `holds`, else refuses with what `refusal` says.
pub(super) fn ensure(holds: bool, refusal: impl FnOnce() -> PatchError) -> Checked {
    if holds { Ok(()) } else { Err(refusal()) }
}

/// The file contradicts itself or points outside itself.
pub(super) fn malformed(subject: impl Display, cause: impl Display) -> PatchError {
    PatchError::new(ErrorCode::Malformed, subject, cause)
}

/// The file asks for what no patch may have.
pub(super) fn hardening(subject: impl Display, cause: impl Display) -> PatchError {
    PatchError::new(ErrorCode::Hardening, subject, cause)
}
