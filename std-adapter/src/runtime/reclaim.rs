//! What is said of old code: whether it is mapped, and who keeps it.

use super::report::PatchInfo;
use dynpatch_interface::Version;
use std::fmt;

/// Every generation of a process, as of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReclaimReport {
    /// Oldest first. Of those that are unmapped, the newest 1,024.
    pub generations: Vec<GenerationReport>,
}

impl ReclaimReport {
    /// The report on one generation.
    pub fn generation(&self, number: u64) -> Option<&GenerationReport> {
        self.generations.iter().find(|report| report.generation == Some(number))
    }

    /// Generations whose code is mapped.
    pub fn mapped(&self) -> impl Iterator<Item = &GenerationReport> {
        self.generations.iter().filter(|report| report.status != GenerationStatus::Unmapped)
    }
}

impl fmt::Display for ReclaimReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.generations.iter().try_for_each(|report| writeln!(f, "{report}"))
    }
}

/// A patch that was mapped, and what has become of its code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GenerationReport {
    /// Which apply of this process brought it, counted from one; `None` when its apply failed after it was mapped.
    pub generation: Option<u64>,
    /// The patch's name.
    pub name: String,
    /// The patch's version.
    pub version: Version,
    /// What has become of its code.
    pub status: GenerationStatus,
}

impl GenerationReport {
    pub(super) fn new(generation: Option<u64>, patch: &PatchInfo, status: GenerationStatus) -> Self {
        Self { generation, name: patch.metadata.name.clone(), version: patch.metadata.version, status }
    }
}

impl fmt::Display for GenerationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.generation {
            Some(number) => write!(f, "generation {number}")?,
            None => f.write_str("never live")?,
        }
        write!(f, " ({} v{}): {}", self.name, self.version, self.status)
    }
}

/// What has become of a patch's code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenerationStatus {
    /// The live generation leads to it.
    Live,
    /// A rollback would make it live again.
    Standby,
    /// No call enters it any more, and it is mapped: because of these.
    Retired(Vec<Hold>),
    /// None of it is mapped, as the system's list of mappings says.
    Unmapped,
}

impl fmt::Display for GenerationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holds = match self {
            Self::Live => return f.write_str("live"),
            Self::Standby => return f.write_str("standby: a rollback would make it live"),
            Self::Unmapped => return f.write_str("unmapped"),
            Self::Retired(holds) => holds,
        };
        f.write_str("retired")?;
        let separators = std::iter::once(": ").chain(std::iter::repeat("; "));
        separators.zip(holds).try_for_each(|(separator, hold)| write!(f, "{separator}{hold}"))
    }
}

/// What keeps a patch mapped that is not live.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hold {
    /// The policy `Retain`, which unmaps nothing.
    Policy,
    /// A thread in it.
    Thread {
        /// As the operating system numbers it.
        id: u64,
        /// Its name, if it has one and has not ended meanwhile.
        name: Option<String>,
    },
    /// Calls of threads that have no place to say which generation they are in: ending threads, and signal handlers that
    /// interrupted a call on its way in.
    Uncounted {
        /// How many.
        calls: usize,
    },
    /// Snapshots, futures, and frames that have stepped out of the generation for a while.
    Owners {
        /// How many.
        owners: u64,
    },
    /// Values that its code has made and handed out as [`Held`](crate::Held).
    HeldValues {
        /// How many.
        values: u64,
    },
    /// Threads it has started that still run.
    StartedThreads {
        /// How many.
        threads: usize,
    },
    /// Its destructors of thread-local variables, which run when the threads end that used the variables.
    ThreadExitDestructors {
        /// How many.
        destructors: usize,
    },
    /// A panic has left it, whose payload or whose reporting may lead into it. For good.
    Unwound,
    /// Something it hands out may lead into its code or its statics, judged by its type. For good.
    Escapes {
        /// The item's path.
        item: String,
        /// What, and of which type.
        what: String,
    },
    /// Its threads and thread-exit destructors cannot be seen. For good.
    NotHooked,
    /// Its constructors have allocated memory in the image itself. For good.
    EarlyAllocations,
    /// An item that it brought and that is in use under this name: a shared static, or an addition.
    Item {
        /// The item's path.
        name: String,
    },
    /// Another patch that links to items it brought.
    NeededBy {
        /// That patch's generation.
        generation: Option<u64>,
    },
    /// The system would not run the memory barrier, so nothing is known of threads.
    NoBarrier,
    /// It was closed, and the dynamic linker keeps it mapped.
    DynamicLinker,
    /// Nobody was found; the next attempt will unmap it.
    Nobody,
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy => f.write_str("the policy `Retain` unmaps nothing"),
            Self::Thread { id, name: Some(name) } => write!(f, "thread {id} ({name}) is in it"),
            Self::Thread { id, name: None } => write!(f, "thread {id} is in it"),
            Self::Uncounted { calls } => write!(f, "{calls} calls of ending threads or in signal handlers"),
            Self::Owners { owners } => write!(f, "{owners} snapshots, futures or frames own it"),
            Self::HeldValues { values } => write!(f, "{values} values of its making are held"),
            Self::StartedThreads { threads } => write!(f, "{threads} threads that it started are running"),
            Self::ThreadExitDestructors { destructors } => {
                write!(f, "{destructors} destructors of thread-local variables will run when their threads end")
            }
            Self::Unwound => f.write_str("a panic has left it, for good"),
            Self::Escapes { item, what } => write!(f, "{item} may hand out {what}, for good"),
            Self::NotHooked => f.write_str("its threads and thread-local variables cannot be seen, for good"),
            Self::EarlyAllocations => f.write_str("its constructors have allocated memory in it, for good"),
            Self::Item { name } => write!(f, "it brought {name}, which is in use"),
            Self::NeededBy { generation: Some(number) } => write!(f, "generation {number} links to it"),
            Self::NeededBy { generation: None } => f.write_str("a patch that never went live links to it"),
            Self::NoBarrier => f.write_str("the system would not run the memory barrier"),
            Self::DynamicLinker => f.write_str("closed, and the dynamic linker keeps it mapped"),
            Self::Nobody => f.write_str("nothing: the next attempt will unmap it"),
        }
    }
}
