//! What a runtime says of what it did.

use super::reclaim::Hold;
use dynpatch_interface::{ErrorCode, PatchMetadata, Version};
use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;
use std::time::Duration;

/// A patch that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PatchInfo {
    /// What the patch says of itself; its fields can be read from the info directly.
    pub metadata: PatchMetadata,
    /// Where it came from.
    pub path: PathBuf,
    /// When it went live, in seconds since 1970 (UTC).
    pub loaded_at: u64,
    /// Whether its bytes are what was sealed.
    pub integrity: Integrity,
}

impl Deref for PatchInfo {
    type Target = PatchMetadata;

    fn deref(&self) -> &PatchMetadata {
        &self.metadata
    }
}

/// A patch that is live: it can be gone back to or over, or disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LivePatch {
    /// Which apply of this process brought it, counted from one.
    pub generation: u64,
    /// The patch.
    pub patch: PatchInfo,
}

/// What is known about a patch file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Integrity {
    /// The file carries a BLAKE3 hash of itself, and it is right.
    Sealed,
    /// Plain cargo output: its structure and its manifest are sound, its code may have been damaged on the way.
    None,
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sealed => "sealed",
            Self::None => "none",
        })
    }
}

/// Whose code an item runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The host's own.
    BuiltIn,
    /// A patch's.
    Patch {
        /// Its name.
        name: String,
        /// Its version.
        version: Version,
        /// Which apply of this process brought it, counted from one.
        generation: u64,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built-in"),
            Self::Patch { name, version, generation } => write!(f, "{name} v{version} (generation {generation})"),
        }
    }
}

/// One item that an apply or a rollback changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedItem {
    /// The item's path; a service's methods stand one by one.
    pub name: String,
    /// What it ran before; `None` for an item that nobody had.
    pub before: Option<Origin>,
    /// What it runs now; `None` for an addition that a rollback took away.
    pub now: Option<Origin>,
}

impl fmt::Display for AppliedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |origin: &Option<Origin>| origin.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
        write!(f, "{}: {} → {}", self.name, side(&self.before), side(&self.now))
    }
}

/// How long the phases of an apply took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Timings {
    /// The private copy.
    pub seal: Duration,
    /// Reading and checking the bytes.
    pub inspect: Duration,
    /// The dynamic linker, with the patch's constructors.
    pub map: Duration,
    /// Connecting, the patch's entry, constructing services, laying out the generation.
    pub prepare: Duration,
    /// The one store, and the books.
    pub commit: Duration,
}

impl Timings {
    /// All phases together.
    pub fn total(&self) -> Duration {
        self.seal + self.inspect + self.map + self.prepare + self.commit
    }
}

/// Something that works and is probably not what was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The patch links its own copy of an async runtime or thread pool, which knows nothing of the host's.
    SecondRuntime {
        /// The runtime's crate.
        name: String,
    },
    /// The patch provides the crate of this function, but does not bring the function: what ran before runs on.
    NotProvided {
        /// The function's path.
        item: String,
    },
    /// A patchable item stands in the root of a binary, which no patch can link.
    BinaryRoot {
        /// The item's path.
        item: String,
        /// The binary.
        binary: String,
    },
    /// The policy unmaps old code, and this patch's will stay mapped.
    StaysMapped {
        /// What keeps it.
        why: Hold,
    },
    /// The patch went back to what it replaced, but its teardown failed.
    Teardown {
        /// What it said.
        message: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SecondRuntime { name } => write!(
                f,
                "the patch links its own copy of {name}: timers, sockets and tasks of the host's {name} are not seen \
                 through it; reach them through a `#[patchable(host)]` function"
            ),
            Self::NotProvided { item } => {
                write!(f, "the patch does not bring {item}, though it provides its crate: what ran before runs on")
            }
            Self::BinaryRoot { item, binary } => write!(
                f,
                "{item} stands in the root of the binary {binary}, which no patch can link: \
                 move it into the package's lib.rs"
            ),
            Self::StaysMapped { why } => write!(f, "the patch will stay mapped: {why}"),
            Self::Teardown { message } => write!(f, "the patch's teardown failed: {message}"),
        }
    }
}

/// What an apply did.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Applied {
    /// The patch.
    pub patch: PatchInfo,
    /// Which apply of this process this was, counted from one.
    pub generation: u64,
    /// Every item that runs other code than before, by name.
    pub items: Vec<AppliedItem>,
    /// What is probably not what was meant.
    pub warnings: Vec<Warning>,
    /// How long it took.
    pub timings: Timings,
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PatchInfo { metadata, integrity, .. } = &self.patch;
        writeln!(
            f,
            "applied {} v{} as generation {} in {:.1?} (integrity: {integrity})",
            metadata.name,
            metadata.version,
            self.generation,
            self.timings.total()
        )?;
        self.items.iter().try_for_each(|item| writeln!(f, "  {item}"))?;
        self.warnings.iter().try_for_each(|warning| writeln!(f, "  warning: {warning}"))
    }
}

/// What a rollback did.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RolledBack {
    /// The patch that is live no more.
    pub patch: PatchInfo,
    /// Which apply of this process had brought it.
    pub generation: u64,
    /// Every item that runs other code than before, by name.
    pub items: Vec<AppliedItem>,
    /// What did not go as meant.
    pub warnings: Vec<Warning>,
}

/// What happened to a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatchAction {
    /// It went live.
    Applied,
    /// It was taken back.
    RolledBack,
    /// It was taken out from below others, which are live still.
    Disabled,
    /// It was refused or failed; nothing changed.
    Refused(ErrorCode),
}

impl fmt::Display for PatchAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied => f.write_str("applied"),
            Self::RolledBack => f.write_str("rolled back"),
            Self::Disabled => f.write_str("disabled"),
            Self::Refused(code) => write!(f, "refused: {code}"),
        }
    }
}

/// One line of a runtime's history.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PatchRecord {
    /// Where the patch came from.
    pub path: PathBuf,
    /// The patch, if it got as far as to say what it is.
    pub info: Option<PatchInfo>,
    /// What happened.
    pub action: PatchAction,
    /// When, in seconds since 1970 (UTC).
    pub timestamp: u64,
}
