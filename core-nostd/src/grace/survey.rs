//! Whether anybody can still reach what was retired.

use super::references::{References, owners};
use super::{System, Walk};

/// Something that was retired: a generation, or an image that generations lead to.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// The bias of a generation; an image has none, it is kept by the generations that lead to it.
    bias: Option<usize>,
    /// When it was retired.
    epoch: usize,
    references: &'a References,
    stamp: u64,
    /// Who keeps it: the first found.
    pub holder: Option<Holder>,
}

impl<'a> Candidate<'a> {
    /// A generation, by what [`Domain::publish`](super::Domain::publish) said of it.
    pub fn generation(bias: usize, epoch: usize, references: &'a References) -> Self {
        Self { bias: Some(bias), epoch, references, stamp: 0, holder: None }
    }

    /// An image that no generation leads to but those that are candidates beside it.
    pub fn image(references: &'a References) -> Self {
        Self { bias: None, epoch: 0, references, stamp: 0, holder: None }
    }
}

/// Who keeps a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Holder {
    /// The barrier could not be run, so nothing is known.
    NoBarrier,
    /// Threads in calls that only the shared count knows, which does not say of which generation.
    SharedCount(usize),
    /// A thread in the generation, or one that makes checkpoints and has made none since: as its record says.
    Thread(u64),
    /// Owners.
    Owners(u64),
    /// Somebody became an owner during the survey.
    Acquired,
}

/// Looks for holders of all candidates, which are every generation and image that was retired and is not yet gone. What
/// has none afterwards can never be reached again. Never makes a reader wait.
pub fn survey(walk: &Walk<'_>, system: &impl System, candidates: &mut [Candidate<'_>]) {
    if let Some(holder) = of_all(walk, system) {
        candidates.iter_mut().for_each(|candidate| candidate.holder = Some(holder));
        return;
    }
    // The order is the proof (note, 2 and 4): barrier, references, words, references again.
    for candidate in &mut *candidates {
        candidate.stamp = candidate.references.stamp();
        candidate.holder = Some(owners(candidate.stamp)).filter(|owners| *owners > 0).map(Holder::Owners);
    }
    for candidate in &mut *candidates {
        candidate.holder = candidate.holder.or_else(|| thread_in(walk, candidate));
    }
    for candidate in candidates {
        let acquired = candidate.references.stamp() != candidate.stamp;
        candidate.holder = candidate.holder.or(acquired.then_some(Holder::Acquired));
    }
}

/// A holder of everything.
fn of_all(walk: &Walk<'_>, system: &impl System) -> Option<Holder> {
    if !system.heavy() {
        return Some(Holder::NoBarrier);
    }
    let shared = walk.domain().shared();
    (shared > 0).then_some(Holder::SharedCount(shared))
}

fn thread_in(walk: &Walk<'_>, candidate: &Candidate<'_>) -> Option<Holder> {
    let holds = |bias| walk.records().find(|record| record.holds(bias) || record.is_behind(candidate.epoch));
    candidate.bias.and_then(holds).map(|record| Holder::Thread(record.thread()))
}
