//! Every call there is to measure, and the state the process has to be in for it.

use crate::fixtures::Fixtures;
use crate::peers::Peer;
use bench_subject::Case;
use dynpatch::{PatchError, Runtime};
use serde::{Serialize, Serializer};

/// Whose code runs, and who calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// No patch was ever applied.
    BuiltIn,
    /// A patch is live, and the host calls it.
    Live,
    /// The patch was taken back.
    RolledBack,
    /// A patch is live, and its own code calls.
    FromPatch,
}

impl State {
    /// In the order a process can go through them.
    pub(crate) const ALL: [Self; 4] = [Self::BuiltIn, Self::Live, Self::FromPatch, Self::RolledBack];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::Live => "live",
            Self::RolledBack => "rolled-back",
            Self::FromPatch => "from-patch",
        }
    }
}

/// One call of ours or of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Ours(Case),
    Peer(Peer),
}

impl Call {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours(case) => case.name(),
            Self::Peer(peer) => peer.name(),
        }
    }

    /// What it is compared with.
    pub(crate) fn baseline(self) -> Case {
        match self {
            Self::Ours(case) => case.baseline(),
            Self::Peer(_) => Case::Direct,
        }
    }

    pub(crate) fn run(self, n: u64) -> u64 {
        match self {
            Self::Ours(case) => bench_subject::run(case, n),
            Self::Peer(peer) => peer.run(n),
        }
    }
}

impl Serialize for Call {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A call in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) state: State,
    pub(crate) call: Call,
}

impl Target {
    /// What can be measured in `state`. Peers have one state: theirs.
    pub(crate) fn all(state: State) -> impl Iterator<Item = Self> {
        let ours = Case::ALL.iter().copied().map(Call::Ours);
        let peers = Peer::ALL.iter().copied().map(Call::Peer).filter(move |_| state == State::BuiltIn);
        ours.chain(peers).map(move |call| Self { state, call })
    }

    pub(crate) fn named(state: &str, call: &str) -> Option<Self> {
        let state = State::ALL.into_iter().find(|known| known.name() == state)?;
        Self::all(state).find(|target| target.call.name() == call)
    }

    /// What it is compared with: called by the same image.
    pub(crate) fn baseline(self) -> Self {
        Self { state: self.state, call: Call::Ours(self.call.baseline()) }
    }

    pub(crate) fn is_baseline(self) -> bool {
        self == self.baseline()
    }
}

/// This process as a host.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) runtime: &'static Runtime,
    pub(crate) fixtures: Fixtures,
}

impl Program {
    pub(crate) fn start(fixtures: Fixtures) -> Result<Self, PatchError> {
        dynpatch::init().map(|runtime| Self { runtime, fixtures })
    }

    /// Brings the process into a state that comes after the one it is in.
    pub(crate) fn reach(&self, state: State) -> Result<&Self, PatchError> {
        let is_live = |this: &Self| this.runtime.active_patch_info().is_some();
        if state != State::BuiltIn && !is_live(self) {
            self.runtime.reload(self.fixtures.small())?;
        }
        if state == State::RolledBack {
            self.runtime.rollback()?;
        }
        let expected = if is_live(self) { 2 } else { 1 };
        assert_eq!(bench_subject::version(), expected, "in the state {} another build is live", state.name());
        Ok(self)
    }

    /// `n` calls. The process is in the target's state.
    pub(crate) fn run(&self, target: Target, n: u64) -> u64 {
        match target {
            Target { state: State::FromPatch, call: Call::Ours(case) } => bench_subject::run_in_patch(case, n),
            Target { call, .. } => call.run(n),
        }
    }
}
