//! Which process-wide memory barrier this process relies on, if any.

use super::ProcessBarrier;
use super::litmus::{self, Finding};
use core::fmt;
use core::time::Duration;
use dynpatch_core::Barrier;
use std::sync::OnceLock;

/// How long a barrier is tried.
const TRIAL: Duration = Duration::from_millis(15);

/// Whether a barrier is relied on, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reliance {
    /// The system offers it, and nothing speaks against it.
    On(Finding),
    /// The system offers none, or forbids it.
    NotOffered,
    /// What is known of the system speaks against it.
    Distrusted(&'static str),
    /// It was tried and did not hold.
    Refuted(Finding),
}

impl fmt::Display for Reliance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(finding) => write!(f, "the process-wide barrier is used: {finding}"),
            Self::NotOffered => f.write_str("no process-wide barrier: the system offers none, or forbids it"),
            Self::Distrusted(why) => write!(f, "the process-wide barrier is not used: {why}"),
            Self::Refuted(finding) => write!(f, "the process-wide barrier is not used: {finding}"),
        }
    }
}

/// Judges what the system offers by what is known of it, and then by a trial.
fn judge(
    offered: Option<&dyn Barrier>,
    distrusted: Option<&'static str>,
    try_out: impl FnOnce(&dyn Barrier) -> Finding,
) -> Reliance {
    match (offered, distrusted) {
        (None, _) => Reliance::NotOffered,
        (Some(_), Some(why)) => Reliance::Distrusted(why),
        (Some(barrier), None) => match try_out(barrier) {
            finding @ (Finding::Held { .. } | Finding::NotTried(_)) => Reliance::On(finding),
            finding @ (Finding::Failed { .. } | Finding::Refused) => Reliance::Refuted(finding),
        },
    }
}

fn choice() -> &'static (Option<ProcessBarrier>, Reliance) {
    static CHOICE: OnceLock<(Option<ProcessBarrier>, Reliance)> = OnceLock::new();
    CHOICE.get_or_init(|| {
        let offered = ProcessBarrier::register();
        let as_barrier = offered.as_ref().map(|barrier| barrier as &dyn Barrier);
        let reliance = judge(as_barrier, ProcessBarrier::distrusted(), |barrier| litmus::try_out(barrier, TRIAL));
        log::debug!("{reliance}");
        (offered, reliance)
    })
}

/// The process-wide barrier, if there is one to rely on. None is always safe: then readers need fences of their own.
///
/// Decided once for a process, when first asked, which takes some 15 milliseconds and a thread for that time.
pub(crate) fn barrier() -> Option<&'static dyn Barrier> {
    let (barrier, reliance) = choice();
    let barrier = barrier.as_ref().filter(|_| matches!(reliance, Reliance::On(_)));
    barrier.map(|barrier| barrier as &dyn Barrier)
}

#[cfg(test)]
#[path = "barrier_tests.rs"]
mod tests;
