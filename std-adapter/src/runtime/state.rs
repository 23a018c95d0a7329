//! What is live, and what it stands on.

use super::index::Index;
use super::report::{AppliedItem, Origin, PatchInfo};
use crate::raw::generation::Plan;
use dynpatch_core::table::Bias;
use dynpatch_interface::boundary::EntryItem;
use std::collections::BTreeMap;

/// Whose code each replaced item runs; an item without an entry runs the host's.
pub(super) type Owners = BTreeMap<&'static str, Origin>;

/// A live patch.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) patch: PatchInfo,
    pub(super) bias: Bias,
    pub(super) plan: Plan,
    pub(super) owners: Owners,
    pub(super) entries: Vec<&'static EntryItem>,
    /// What it changed.
    pub(super) items: Vec<AppliedItem>,
    /// The names it brought.
    pub(super) added: Vec<&'static str>,
}

/// The live patches, the newest last, over the built-in code.
#[derive(Debug)]
pub(super) struct State {
    pub(super) index: Index,
    built_in: Plan,
    nobody: Owners,
    stack: Vec<Live>,
    generations: u64,
}

impl State {
    pub(super) fn new(index: Index) -> Self {
        Self { index, built_in: Plan::built_in(), nobody: Owners::new(), stack: Vec::new(), generations: 0 }
    }

    /// The newest live patch.
    pub(super) fn top(&self) -> Option<&Live> {
        self.stack.last()
    }

    pub(super) fn plan(&self) -> &Plan {
        self.top().map_or(&self.built_in, |live| &live.plan)
    }

    pub(super) fn bias(&self) -> Bias {
        self.top().map_or(Bias::BUILT_IN, |live| live.bias)
    }

    pub(super) fn owners(&self) -> &Owners {
        self.top().map_or(&self.nobody, |live| &live.owners)
    }

    /// The number of the next generation.
    pub(super) fn count(&mut self) -> u64 {
        self.generations += 1;
        self.generations
    }

    pub(super) fn push(&mut self, live: Live) {
        self.stack.push(live);
    }

    pub(super) fn pop(&mut self) -> Option<Live> {
        let live = self.stack.pop()?;
        self.index.forget(&live.added);
        Some(live)
    }
}
