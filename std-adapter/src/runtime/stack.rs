//! Patches over each other: going back to any earlier one, and taking one out of the middle.

use super::apply::{self, Taken};
use super::connection;
use super::images::{ImageNumber, News};
use super::relations::{Neighbour, Related, Relations};
use super::report::{AppliedItem, LivePatch, Origin, PatchInfo};
use super::retired::Retired;
use super::state::{Live, Owners, State};
use crate::raw::dispatch;
use crate::raw::generation::{Owned, Plan};
use dynpatch_interface::{ErrorCode, PatchError, PatchMetadata};
use std::collections::BTreeSet;
use std::mem;

/// Whose code each item runs once a patch stands over `below`, and which items run other code than before, by name.
pub(super) fn layer(
    below: &Owners,
    now: &Origin,
    changed: impl IntoIterator<Item = String>,
    relations: &Relations,
    state: &State,
) -> (Owners, Vec<AppliedItem>) {
    let mut owners = if relations.replaces_all { Owners::new() } else { below.clone() };
    owners.extend(changed.into_iter().map(|name| (name, now.clone())));
    let items = differences(below, &owners, state);
    (owners, items)
}

/// What runs other code by `now` than by `before`, by name.
pub(super) fn differences(before: &Owners, now: &Owners, state: &State) -> Vec<AppliedItem> {
    let origin = |owners: &Owners, name: &str| {
        let built_in = || state.index.is_of_host(name).then_some(Origin::BuiltIn);
        owners.get(name).cloned().or_else(built_in)
    };
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let items = names.into_iter().map(|name| AppliedItem {
        name: name.clone(),
        before: origin(before, name),
        now: origin(now, name),
    });
    items.filter(|item| item.before != item.now).collect()
}

/// The applies whose patches own something.
pub(super) fn generations_of(owners: &Owners) -> BTreeSet<u64> {
    let generation = |origin: &Origin| match origin {
        Origin::Patch { generation, .. } => Some(*generation),
        Origin::BuiltIn => None,
    };
    owners.values().filter_map(generation).collect()
}

/// A patch that no rollback leads back over, and whose code may still be live.
#[derive(Debug)]
pub(super) struct Settled {
    generation: u64,
    patch: PatchInfo,
    relations: Relations,
}

impl State {
    /// What a patch meets: the live patches, without those that one which replaces all has taken the place of.
    pub(super) fn neighbours(&self) -> Vec<Neighbour<'_>> {
        self.below(&self.stack.iter().collect::<Vec<_>>())
    }

    /// What a patch meets that stands over these.
    fn below<'a>(&'a self, stack: &[&'a Live]) -> Vec<Neighbour<'a>> {
        let first = stack.iter().rposition(|live| live.relations.replaces_all);
        // Of those that cannot be taken back any more, each that may be live once others are taken back.
        let owning: BTreeSet<u64> = self.stack.iter().flat_map(|live| generations_of(&live.owners)).collect();
        let settled = self.settled.iter().filter(|settled| first.is_none() && owning.contains(&settled.generation));
        let settled = settled.map(|settled| Neighbour {
            patch: &settled.patch.metadata,
            relations: &settled.relations,
            is_settled: true,
        });
        let stacked = stack[first.unwrap_or(0)..].iter();
        let stacked = stacked.map(|live| Neighbour {
            patch: &live.patch.metadata,
            relations: &live.relations,
            is_settled: false,
        });
        settled.chain(stacked).collect()
    }

    /// The patches that can be gone back to or taken out, the newest last.
    pub(super) fn live_patches(&self) -> Vec<LivePatch> {
        self.stack.iter().map(|live| LivePatch { generation: live.generation, patch: live.patch.clone() }).collect()
    }

    /// Gives up all but the newest patch and `depth` before it.
    pub(super) fn trim(&mut self, depth: usize) -> Vec<Live> {
        let excess = self.stack.len().saturating_sub(depth.saturating_add(1));
        self.was_trimmed |= excess > 0;
        let given_up: Vec<Live> = self.stack.drain(..excess).collect();
        self.settled.extend(given_up.iter().map(|live| Settled {
            generation: live.generation,
            patch: live.patch.clone(),
            relations: live.relations.clone(),
        }));
        if !given_up.is_empty() {
            let owning: BTreeSet<u64> = self.stack.iter().flat_map(|live| generations_of(&live.owners)).collect();
            let gone = self.settled.extract_if(.., |settled| !owning.contains(&settled.generation));
            self.book.news.extend(gone.map(|settled| News::Retired(settled.patch, settled.generation)));
        }
        given_up
    }

    /// How many patches are left when everything above a generation is taken back.
    ///
    /// # Errors
    /// `NotLive` when the program cannot be at that generation.
    pub(super) fn height_of(&self, generation: u64) -> Result<usize, PatchError> {
        match generation {
            0 if !self.was_trimmed => Ok(0),
            _ => Ok(self.place_of(generation)? + 1),
        }
    }

    /// Where in the stack the patch of a generation is.
    ///
    /// # Errors
    /// `NotLive` when it is not.
    pub(super) fn place_of(&self, generation: u64) -> Result<usize, PatchError> {
        self.stack.iter().position(|live| live.generation == generation).ok_or_else(|| {
            if generation == 0 {
                let cause = "what ran before the oldest of the live patches was given up";
                return PatchError::new(ErrorCode::NotLive, "generation 0", cause)
                    .with_help("raise `RuntimeBuilder::rollback_depth`, or apply a patch with `replaces_all`");
            }
            if self.settled.iter().any(|settled| settled.generation == generation) {
                let cause = "it can be taken back no more, since what it stood on was given up";
                return PatchError::new(ErrorCode::NotLive, format_args!("generation {generation}"), cause).with_help(
                    "apply a patch that replaces what it brought, or raise `RuntimeBuilder::rollback_depth`",
                );
            }
            let live: Vec<String> = self.stack.iter().map(|live| live.generation.to_string()).collect();
            let live = if live.is_empty() { "none".to_owned() } else { live.join(", ") };
            PatchError::new(ErrorCode::NotLive, format_args!("generation {generation}"), "it is not live")
                .with_help(format_args!("live generations that can be gone back over: {live}"))
        })
    }

    /// Takes back everything above a height with one store, and gives it, the newest first, when it is in the books.
    pub(super) fn cut(&mut self, height: usize) -> Vec<Taken> {
        let mut lives = Vec::new();
        while self.stack.len() > height {
            lives.extend(self.remove(self.stack.len() - 1));
        }
        if lives.is_empty() {
            return Vec::new();
        }
        let epoch = dispatch::publish(self.bias());
        lives.into_iter().map(|live| self.retire(live, epoch)).collect()
    }

    /// Takes one patch out, with one store: what stands above it stands on what is below it from then on.
    pub(super) fn take_out(&mut self, place: usize) -> Option<Taken> {
        let live = self.remove(place)?;
        let replaced: Vec<_> = (place..self.stack.len()).map(|above| self.lay_again(above)).collect();
        let epoch = dispatch::publish(self.bias());
        let retired = replaced.into_iter().map(|(table, images)| Retired { table, epoch, images, holder: None });
        self.book.retired.extend(retired);
        Some(self.retire(live, epoch))
    }

    fn retire(&mut self, live: Live, epoch: usize) -> Taken {
        let taken = apply::retire(live, epoch, self);
        self.book.news.push(News::Retired(taken.patch.clone(), taken.generation));
        taken
    }

    /// Why the patch at a place cannot be taken out from below others.
    pub(super) fn dependents(&self, place: usize) -> Result<(), PatchError> {
        let Some((live, above)) = self.stack.get(place..).and_then(<[Live]>::split_first) else { return Ok(()) };
        if place == 0 && self.was_trimmed {
            let cause = "what ran before it was given up";
            return Err(PatchError::new(ErrorCode::NothingToRollBack, &live.patch.name, cause)
                .with_help("raise `RuntimeBuilder::rollback_depth`"));
        }
        let why = |(at, other): (usize, &Live)| {
            let PatchMetadata { name, version, .. } = &other.patch.metadata;
            let said = self.why_not_without(place, place + 1 + at).into_iter();
            said.map(move |why| format!("{name} v{version} (generation {}) {why}", other.generation))
                .collect::<Vec<_>>()
        };
        let causes: Vec<String> = above.iter().enumerate().flat_map(why).collect();
        if causes.is_empty() {
            return Ok(());
        }
        Err(PatchError::new(ErrorCode::Needed, &live.patch.name, causes.join("; "))
            .with_help("take back what needs it first"))
    }

    /// What would not hold any more for a patch, were the one at a place below it taken out.
    fn why_not_without(&self, place: usize, at: usize) -> Vec<String> {
        let (live, other) = (&self.stack[place], &self.stack[at]);
        if self.book.find(other.number).is_some_and(|mapped| mapped.needs.contains(&live.number)) {
            return vec!["uses what it brought".to_owned()];
        }
        if other.relations.replaces_all {
            return Vec::new();
        }
        let stands_on: Vec<&Live> = self.stack[..at].iter().collect();
        let would_stand_on: Vec<&Live> = self.stack[..at].iter().filter(|below| below.number != live.number).collect();
        let (now, then) = (self.below(&stands_on), self.below(&would_stand_on));
        let is_met = |by: &[Neighbour<'_>], required: &Related| by.iter().any(|n| required.is_about(n.patch));
        let lost =
            other.relations.requires.iter().filter(|required| is_met(&now, required) && !is_met(&then, required));
        let lost = lost.map(|required| format!("requires {required}"));
        let metadata = &other.patch.metadata;
        let conflicts = |with: &Neighbour<'_>| with.is_in_conflict_with(metadata, &other.relations);
        let met = then.iter().filter(|with| conflicts(with) && !now.iter().any(|before| before.patch == with.patch));
        lost.chain(met.map(|with| format!("would meet {}, and they conflict", with.patch.name))).collect()
    }

    fn remove(&mut self, place: usize) -> Option<Live> {
        let live = (place < self.stack.len()).then(|| self.stack.remove(place))?;
        let forgotten = self.index.forget(&live.added);
        self.book.forgot(live.number, &forgotten);
        Some(live)
    }

    /// Makes the generation of a place anew over what is below it, and gives the table that it had.
    fn lay_again(&mut self, place: usize) -> (Owned, BTreeSet<ImageNumber>) {
        let below = place.checked_sub(1).map(|below| &self.stack[below]);
        let live = &self.stack[place];
        let nobody = Owners::new();
        let owners_below = below.map_or(&nobody, |below| &below.owners);
        let now = live.origin();
        let own: Vec<String> =
            live.owners.iter().filter(|(_, origin)| **origin == now).map(|(name, _)| name.clone()).collect();
        let base = below.filter(|_| !live.relations.replaces_all).map(|below| below.plan.clone());
        let mut plan = base.unwrap_or_else(Plan::built_in);
        for name in &own {
            if let Some(known) = self.index.find(name) {
                connection::copy(&live.plan, &mut plan, known.place);
            }
        }
        let (owners, items) = layer(owners_below, &now, own, &live.relations, self);
        let mut images = self.book.of_generations(&generations_of(&owners));
        images.insert(live.number);
        let live = &mut self.stack[place];
        let table = mem::replace(&mut live.table, plan.lay_out());
        (live.plan, live.owners, live.items) = (plan, owners, items);
        (table, mem::replace(&mut live.images, images))
    }
}
