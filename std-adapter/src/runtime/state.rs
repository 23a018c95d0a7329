//! What is live, and what it stands on.

use super::admission::HOST;
use super::images::{ImageBook, ImageNumber, InUse};
use super::index::Index;
use super::layouts::Described;
use super::reclaim::ReclaimReport;
use super::relations::Relations;
use super::report::{AppliedItem, Origin, PatchInfo};
use super::stack::Settled;
use crate::raw::generation::{Owned, Plan};
use crate::raw::policy;
use dynpatch_core::table::Bias;
use dynpatch_interface::PatchMetadata;
use dynpatch_interface::boundary::EntryItem;
use std::collections::{BTreeMap, BTreeSet};

/// Whose code each replaced item runs; an item without an entry runs the host's. By name, which no image owns.
pub(super) type Owners = BTreeMap<String, Origin>;

/// A live patch.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) patch: PatchInfo,
    pub(super) generation: u64,
    /// Its image.
    pub(super) number: ImageNumber,
    pub(super) table: Owned,
    pub(super) plan: Plan,
    pub(super) owners: Owners,
    pub(super) entries: Vec<&'static EntryItem>,
    /// What it changed.
    pub(super) items: Vec<AppliedItem>,
    /// The names it brought.
    pub(super) added: Vec<&'static str>,
    /// What it says of other patches.
    pub(super) relations: Relations,
    /// The images that its table leads to, and its own.
    pub(super) images: BTreeSet<ImageNumber>,
}

impl Live {
    /// As the owner of its items.
    pub(super) fn origin(&self) -> Origin {
        let PatchMetadata { name, version, .. } = &self.patch.metadata;
        Origin::Patch { name: name.clone(), version: *version, generation: self.generation }
    }
}

/// The live patches, the newest last, over the built-in code.
#[derive(Debug)]
pub(super) struct State {
    pub(super) index: Index,
    pub(super) book: ImageBook,
    host: Described<'static>,
    built_in: Plan,
    nobody: Owners,
    pub(super) stack: Vec<Live>,
    /// Patches below the oldest of the stack whose code may be live.
    pub(super) settled: Vec<Settled>,
    generations: u64,
    /// Whether there were patches below the oldest of the stack.
    pub(super) was_trimmed: bool,
}

impl State {
    pub(super) fn new(index: Index, host: Described<'static>) -> Self {
        Self {
            index,
            book: ImageBook::default(),
            host,
            built_in: Plan::built_in(),
            nobody: Owners::new(),
            stack: Vec::new(),
            settled: Vec::new(),
            generations: 0,
            was_trimmed: false,
        }
    }

    /// What a patch is compared with, by name: the host, and every patch that a generation which is or can be live leads
    /// to, or whose static is in use. Of those that say the same, one.
    pub(super) fn images(&self) -> Vec<(&str, &Described<'static>)> {
        let patches = self.book.described(&self.in_use());
        std::iter::once((HOST, &self.host)).chain(patches).collect()
    }

    /// The images of all generations that are or can be live.
    pub(super) fn in_use(&self) -> InUse {
        let mut newest_first = self.stack.iter().rev();
        InUse {
            live: newest_first.next().map(|live| live.images.clone()).unwrap_or_default(),
            standby: newest_first.flat_map(|live| live.images.iter().copied()).collect(),
        }
    }

    /// The newest live patch.
    pub(super) fn top(&self) -> Option<&Live> {
        self.stack.last()
    }

    pub(super) fn plan(&self) -> &Plan {
        self.top().map_or(&self.built_in, |live| &live.plan)
    }

    pub(super) fn bias(&self) -> usize {
        self.top().map_or(Bias::BUILT_IN.to_word(), |live| live.table.bias())
    }

    pub(super) fn owners(&self) -> &Owners {
        self.top().map_or(&self.nobody, |live| &live.owners)
    }

    /// The number of the next generation.
    pub(super) fn next_generation(&self) -> u64 {
        self.generations + 1
    }

    pub(super) fn push(&mut self, live: Live) {
        self.generations = live.generation;
        self.stack.push(live);
    }

    /// Whether the newest patch can be taken back: what ran before it is still there.
    pub(super) fn can_go_back(&self) -> bool {
        self.stack.len() > usize::from(self.was_trimmed)
    }

    /// Unmaps what nobody can reach any more, where the policy allows.
    pub(super) fn collect(&mut self) {
        if policy::counts() {
            let in_use = self.in_use();
            self.book.collect(&in_use);
        }
    }

    pub(super) fn reclaim_report(&mut self) -> ReclaimReport {
        let in_use = self.in_use();
        if policy::counts() {
            self.book.survey(&in_use);
        }
        self.book.report(&in_use)
    }
}
