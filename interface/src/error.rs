//! One error for everything that can go wrong: what, whose fault, what to do.

use alloc::string::{String, ToString};
use core::fmt;

/// What went wrong, as a value to match on. Never renamed, never reused; [`ErrorCode::as_str`] is stable too.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The file is not there.
    NotFound,
    /// A directory, pipe, device or socket stands where a patch file should be.
    NotAFile,
    /// The file has no bytes.
    Empty,
    /// The file is larger than the limit.
    TooLarge,
    /// The file changed while it was copied.
    Changed,
    /// The operating system refused a read, a copy or a mapping.
    Io,
    /// Not an object file of this platform's format.
    NotAnObject,
    /// An object for another word size, byte order or processor.
    WrongArchitecture,
    /// An object, but not a shared library.
    NotALibrary,
    /// The object contradicts itself or points outside itself.
    Malformed,
    /// The object asks for what no patch may have: writable code, an executable stack, foreign libraries.
    Hardening,
    /// A shared library without a dynpatch manifest: not a patch.
    NotAPatch,
    /// The manifest does not hold together: checksum, length, a missing or second header.
    ManifestCorrupt,
    /// The manifest is of a format this host does not read.
    ManifestFormat,
    /// The file's bytes differ from what was sealed.
    SealBroken,
    /// Built for another target.
    TargetMismatch,
    /// Built by another compiler.
    CompilerMismatch,
    /// Built by another version of dynpatch.
    FrameworkMismatch,
    /// Built with `panic = "abort"`.
    PanicAbort,
    /// The patch and the host cannot free each other's memory.
    AllocatorMismatch,
    /// The patch speaks an interface version the host does not take.
    InterfaceVersion,
    /// The patch's interface hash differs from the one the host asks for.
    TypeHash,
    /// An item's signature differs between host and patch: other arguments, lifetimes, safety.
    SignatureMismatch,
    /// A type that crosses with an item differs between host and patch.
    Layout,
    /// A type is not described, or holds what nobody can see, and the host asked for strict layouts.
    StrictLayouts,
    /// The ABI of the target differs.
    AbiMismatch,
    /// Pointers are of another size.
    PointerWidth,
    /// The byte order differs.
    Endianness,
    /// The same compiler laid types out in another way: `-Zrandomize-layout`.
    LayoutProbe,
    /// The patch was compiled for a processor that has more than this one.
    CpuFeature,
    /// `replaces` names an item nobody has.
    UnknownItem,
    /// Two items of one program or patch have the same name.
    DuplicateItem,
    /// The patch implements a service twice.
    DuplicateService,
    /// The dynamic linker refused the patch.
    MapFailed,
    /// What was mapped is not what was inspected.
    ManifestChanged,
    /// The patch's entry returned an error.
    EntryFailed,
    /// The patch's entry, or a service constructor, panicked.
    EntryPanicked,
    /// Another apply or rollback is under way.
    Busy,
    /// This process already has a runtime.
    AlreadyInitialised,
    /// This process has no runtime yet.
    NotInitialised,
    /// No patch is live.
    NothingToRollBack,
    /// No patch of that generation is live.
    NotLive,
    /// The patch requires another, which is not live.
    Requirement,
    /// The patch and a live one say that they conflict.
    Conflict,
    /// Another live patch needs this one.
    Needed,
    /// This platform, or this kind of executable, cannot load patches.
    Unsupported,
    /// A stated budget (images, bytes, descriptors) is used up.
    BudgetExhausted,
}

impl ErrorCode {
    /// The stable spelling, for logs and scripts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NotAFile => "not-a-file",
            Self::Empty => "empty",
            Self::TooLarge => "too-large",
            Self::Changed => "changed-while-read",
            Self::Io => "io",
            Self::NotAnObject => "not-an-object",
            Self::WrongArchitecture => "wrong-architecture",
            Self::NotALibrary => "not-a-library",
            Self::Malformed => "malformed",
            Self::Hardening => "hardening",
            Self::NotAPatch => "not-a-patch",
            Self::ManifestCorrupt => "manifest-corrupt",
            Self::ManifestFormat => "manifest-format",
            Self::SealBroken => "seal-broken",
            Self::TargetMismatch => "target-mismatch",
            Self::CompilerMismatch => "compiler-mismatch",
            Self::FrameworkMismatch => "framework-mismatch",
            Self::PanicAbort => "panic-abort",
            Self::AllocatorMismatch => "allocator-mismatch",
            Self::InterfaceVersion => "interface-version",
            Self::TypeHash => "type-hash",
            Self::SignatureMismatch => "signature-mismatch",
            Self::Layout => "layout",
            Self::StrictLayouts => "strict-layouts",
            Self::AbiMismatch => "abi-mismatch",
            Self::PointerWidth => "pointer-width",
            Self::Endianness => "endianness",
            Self::LayoutProbe => "layout-probe",
            Self::CpuFeature => "cpu-feature",
            Self::UnknownItem => "unknown-item",
            Self::DuplicateItem => "duplicate-item",
            Self::DuplicateService => "duplicate-service",
            Self::MapFailed => "map-failed",
            Self::ManifestChanged => "manifest-changed",
            Self::EntryFailed => "entry-failed",
            Self::EntryPanicked => "entry-panicked",
            Self::Busy => "busy",
            Self::AlreadyInitialised => "already-initialised",
            Self::NotInitialised => "not-initialised",
            Self::NothingToRollBack => "nothing-to-roll-back",
            Self::NotLive => "not-live",
            Self::Requirement => "requirement",
            Self::Conflict => "conflict",
            Self::Needed => "needed",
            Self::Unsupported => "unsupported",
            Self::BudgetExhausted => "budget-exhausted",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why something was refused or failed: a stable code, the subject, the cause, and what to do next.
///
/// Displays as one line, `error[code]: subject: cause`, lower case and without a full stop, so that it fits after
/// "failed to". [`PatchError::help`] is a sentence for the person who reads it.
///
/// ```
/// use dynpatch_interface::{ErrorCode, PatchError};
/// let error = PatchError::new(ErrorCode::Busy, "fix.so", "another apply is under way").with_help("try again");
/// assert_eq!(error.to_string(), "error[busy]: fix.so: another apply is under way");
/// assert_eq!(error.help(), Some("try again"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchError {
    code: ErrorCode,
    subject: String,
    cause: String,
    help: Option<String>,
}

impl PatchError {
    /// Makes an error about `subject` (a path, an item, a patch).
    pub fn new(code: ErrorCode, subject: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Self { code, subject: printable(subject), cause: printable(cause), help: None }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(printable(help));
        self
    }

    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What the error is about: the path of a file, the name of an item or of a patch.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What is wrong with the subject, with both sides where two things differ.
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// What to do next, where there is something to do.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// On one line, and without what drives a terminal: names in a file are chosen by whoever wrote it.
fn printable(text: impl fmt::Display) -> String {
    let text = text.to_string();
    if !text.contains(char::is_control) {
        return text;
    }
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}: {}", self.code, self.subject, self.cause)
    }
}

impl core::error::Error for PatchError {}
