//! How a runtime is made.

use super::apply::Rules;
use super::{Runtime, global};
use crate::platform::{LoaderLimits, NativeLoader};
use crate::raw::{dispatch, policy, threads};
use dynpatch_core::compatibility::Requirements;
use dynpatch_interface::{Environment, ErrorCode, PatchError, Version};
use std::io;
use std::sync::Arc;

/// What a runtime may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one patch file.
    pub file_bytes: u64,
    /// Patches mapped at the same time: under the policy `Retain` all that were ever applied; under others those that
    /// are live, can be gone back to, or are held.
    pub images: usize,
    /// Bytes of all mapped patches together.
    pub image_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 256 << 20, images: 4096, image_bytes: 4 << 30 }
    }
}

/// Sets a [`Runtime`] up.
///
/// ```
/// use dynpatch::prelude::*;
/// use dynpatch_interface::Version;
///
/// # #[allow(unused_must_use)] {
/// RuntimeBuilder::new().interface_version(Version::new(1, 0, 0)).type_hash(0x1234567890abcdef).init();
/// # }
/// assert_eq!(RuntimeBuilder::new().init().unwrap_err().code(), ErrorCode::AlreadyInitialised);
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until `init` or `build`"]
pub struct RuntimeBuilder {
    interface_version: Option<Version>,
    type_hash: Option<u64>,
    is_strict: bool,
    limits: Limits,
    reclamation: Reclamation,
    rollback_depth: Option<usize>,
}

/// How old code goes. Each way is a function, so that a program which names none of them links none.
#[derive(Debug, Clone, Copy, Default)]
struct Reclamation(Option<fn() -> io::Result<()>>);

impl RuntimeBuilder {
    /// The default settings: every interface version, no interface hash, [`Limits::default`].
    pub fn new() -> Self {
        Self::default()
    }

    /// The interface version this host offers. A patch written for one that does not go with it is refused; a patch
    /// that claims none is judged by its items alone.
    pub fn interface_version(mut self, version: Version) -> Self {
        self.interface_version = Some(version);
        self
    }

    /// The interface hash a patch must carry. Not set, it is not compared.
    pub fn type_hash(mut self, hash: u64) -> Self {
        self.type_hash = Some(hash);
        self
    }

    /// Refuses patches whose types are not compared to the end: types without `#[derive(PatchType)]`, of which only name
    /// and size are known, and types that hold values of any type, such as `dyn Any` and `dyn Error`.
    pub fn strict_layouts(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// The policy `Reclaim`: the code of a patch is unmapped when it is not live, no rollback leads to it, and nobody can
    /// reach it any more: see [the guide](crate::guide#letting-go-of-old-code). Without a policy old code stays mapped for
    /// good (`Retain`), which is always sound.
    ///
    /// # Safety
    /// A thread that is in a patch's code is seen, and so is what the types of its items show that it hands out, what it
    /// hands out as [`Held`](crate::Held), its futures, its threads and its thread-local variables. The caller vouches
    /// that no patch, by any other way, leaves something behind that leads into its code or its statics: a function
    /// pointer or a `&'static` reference in a value that is shared with the host behind `&`, or that it passes to an item
    /// of its own which a later patch replaces; a waker of its own making that outlives its future; a callback given to a
    /// C library, a signal handler, an exit handler, a thread-specific key. And that nobody unmaps, or jumps out of,
    /// a frame of a patchable call by other means than returning or unwinding, and no stackful coroutine leaves a thread
    /// in the middle of one. And that no signal handler calls a patchable item on a thread that never has, between its
    /// last thread-exit destructor and its end.
    #[expect(unsafe_code, reason = "a promise that only the caller can keep; there is no unsafe block")]
    pub unsafe fn reclaim(mut self) -> Self {
        self.reclamation = Reclamation(Some(|| {
            threads::prepare(true)?;
            policy::pin_calls();
            Ok(())
        }));
        self
    }

    /// The policy `Quiesce`: calls cost what they cost under `Retain`, and threads say by
    /// [`checkpoint`](crate::checkpoint) when they use nothing of any patch. For game loops, event loops and others with
    /// such a moment. A thread that has made a checkpoint and makes none any more, without going
    /// [`offline`](crate::offline), keeps all code that was retired since.
    ///
    /// # Safety
    /// As for [`reclaim`](Self::reclaim); and every thread that calls a patchable item, or takes or enters a snapshot, has
    /// made a checkpoint before, and is not offline meanwhile.
    #[expect(unsafe_code, reason = "a promise that only the caller can keep; there is no unsafe block")]
    pub unsafe fn quiesce(mut self) -> Self {
        self.reclamation = Reclamation(Some(|| {
            threads::prepare(false)?;
            policy::count_owners();
            Ok(())
        }));
        self
    }

    /// How many patches before the newest one can be gone back to, under a policy that unmaps old code: one, unless set.
    /// Their code is kept. Under `Retain` all can.
    pub fn rollback_depth(mut self, depth: usize) -> Self {
        self.rollback_depth = Some(depth);
        self
    }

    /// What the runtime may use up.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes the runtime of this process, for the global functions.
    ///
    /// # Errors
    /// `AlreadyInitialised` when this process has a runtime, `DuplicateItem` when two patchable items of the host have
    /// the same path, `Unsupported` when the system has not what the policy needs.
    pub fn init(self) -> Result<&'static Runtime, PatchError> {
        let runtime = self.build()?;
        Ok(global::install(runtime))
    }

    /// Makes the runtime of this process, owned by the caller; the global functions do not know it. Dropping it leaves
    /// what is live as it is, and the process without a runtime for good.
    ///
    /// # Errors
    /// As [`RuntimeBuilder::init`].
    pub fn build(self) -> Result<Runtime, PatchError> {
        global::claim()?;
        if let Some(set_up) = self.reclamation.0 {
            set_up().inspect_err(|_| global::release()).map_err(not_prepared)?;
        }
        dispatch::own_a_runtime();
        let requirements = Requirements {
            environment: Environment::of_this_build(cfg!(panic = "unwind")),
            interface_version: self.interface_version,
            type_hash: self.type_hash,
        };
        let loader = Arc::new(NativeLoader::with_limits(loader_limits(self.limits)));
        let rollback_depth = match self.reclamation.0 {
            Some(_) => self.rollback_depth.unwrap_or(1),
            None => usize::MAX,
        };
        let rules = Rules { requirements, is_strict: self.is_strict, rollback_depth, images: self.limits.images };
        Runtime::new(loader, rules).inspect_err(|_| global::release())
    }
}

fn not_prepared(error: io::Error) -> PatchError {
    PatchError::new(ErrorCode::Unsupported, "reclamation", error)
        .with_help("make the runtime at the start of `main`, or leave old code mapped: the policy `Retain`")
}

fn loader_limits(limits: Limits) -> LoaderLimits {
    LoaderLimits {
        max_file_bytes: limits.file_bytes,
        max_images: limits.images,
        max_image_bytes: limits.image_bytes,
        ..LoaderLimits::default()
    }
}
