//! What is live, and what it stands on.

use super::admission::HOST;
use super::index::Index;
use super::layouts::Described;
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
    /// What its manifest says.
    pub(super) described: Described<'static>,
    /// Whether nothing below it says the same.
    pub(super) is_first_to_say: bool,
    /// The names it brought.
    pub(super) added: Vec<&'static str>,
}

/// The live patches, the newest last, over the built-in code.
#[derive(Debug)]
pub(super) struct State {
    pub(super) index: Index,
    host: Described<'static>,
    built_in: Plan,
    nobody: Owners,
    stack: Vec<Live>,
    generations: u64,
}

impl State {
    pub(super) fn new(index: Index, host: Described<'static>) -> Self {
        Self { index, host, built_in: Plan::built_in(), nobody: Owners::new(), stack: Vec::new(), generations: 0 }
    }

    /// What a patch is compared with: the host, and every live patch, by name.
    /// Of those that say the same, one.
    pub(super) fn images(&self) -> Vec<(&str, &Described<'static>)> {
        let patches = self.stack.iter().filter(|live| live.is_first_to_say);
        let patches = patches.map(|live| (live.patch.name.as_str(), &live.described));
        std::iter::once((HOST, &self.host)).chain(patches).collect()
    }

    /// Whether nothing that is live says the same as `described`.
    pub(super) fn is_first_to_say(&self, described: &Described<'_>) -> bool {
        !self.images().iter().any(|(_, known)| known.says_the_same(described))
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
