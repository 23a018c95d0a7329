//! The books of what is mapped: which images, who keeps them, and whether they are gone.

use super::apply;
use super::escapes::Suspect;
use super::events::{self, Event};
use super::layouts::Described;
use super::reclaim::{GenerationReport, GenerationStatus, Hold, ReclaimReport};
use super::report::{PatchInfo, Warning};
use super::retired::Retired;
use crate::platform::{NativeImage, NativePages};
use crate::raw::image::ImageRecord;
use crate::raw::patch::{close_unreachable, take_message};
use crate::raw::policy;
use dynpatch_core::{Closed, Pages as _};
use dynpatch_interface::boundary::{EntryItem, ImplementationItem};
use std::collections::{BTreeSet, VecDeque};
use std::mem;

/// An image, counted from one in the order of mapping.
pub(super) type ImageNumber = u64;

/// Unmapped images that are remembered for reports.
const REMEMBERED: usize = 1024;

/// A mapped image.
#[derive(Debug)]
pub(super) struct Mapped {
    pub(super) number: ImageNumber,
    /// Which apply brought it, once it has gone live.
    pub(super) generation: Option<u64>,
    pub(super) patch: PatchInfo,
    /// Until it is closed.
    pub(super) image: Option<NativeImage>,
    pub(super) pages: NativePages,
    pub(super) record: Box<ImageRecord>,
    /// What its manifest says, until it is closed.
    pub(super) described: Option<Described<'static>>,
    /// The first image that says the same.
    pub(super) says: ImageNumber,
    /// What keeps it for good.
    pub(super) holds: Vec<Hold>,
    /// Items that it may hand something to, which keeps it for good once it has called them.
    pub(super) suspects: Vec<Suspect>,
    /// Images whose items its code links to.
    pub(super) needs: BTreeSet<ImageNumber>,
    /// What runs before it is closed.
    pub(super) teardowns: Vec<&'static EntryItem>,
    pub(super) implementations: Vec<&'static ImplementationItem>,
}

impl Mapped {
    fn is_closed(&self) -> bool {
        self.image.is_none()
    }

    /// Whether nothing will ever let it go.
    pub(super) fn is_kept_for_good(&self) -> bool {
        !self.holds.is_empty() || self.record.has_panicked()
    }

    fn is_in_use_by_name(&self) -> bool {
        self.holds.iter().any(|hold| matches!(hold, Hold::Item { .. }))
    }

    /// What its record says of who keeps it.
    fn counted(&self) -> Vec<Hold> {
        let (threads, destructors) = (self.record.threads(), self.record.destructors());
        let values = self.record.references.owners().saturating_sub((threads + destructors) as u64);
        let counts = [
            (self.record.has_panicked(), Hold::Unwound),
            (threads > 0, Hold::StartedThreads { threads }),
            (destructors > 0, Hold::ThreadExitDestructors { destructors }),
            (values > 0, Hold::HeldValues { values }),
        ];
        counts.into_iter().filter_map(|(is_held, hold)| is_held.then_some(hold)).collect()
    }

    /// Notes what it has handed out by calling somebody.
    pub(super) fn note_calls(&mut self) {
        let handed: Vec<Hold> = self.suspects.iter().filter_map(Suspect::hold).cloned().collect();
        let is_new = |hold: &Hold| !self.holds.contains(hold);
        let new: Vec<Hold> = handed.into_iter().filter(is_new).collect();
        self.holds.extend(new);
    }

    /// Runs what its code does at the end: the entries' teardowns, newest first, then the drop of its services' objects.
    fn run_end(&mut self) {
        let teardowns = self.teardowns.drain(..).rev().filter_map(|entry| entry.teardown);
        let drops = self.implementations.drain(..).map(|item| item.destroy);
        for failure in teardowns.chain(drops).filter_map(|end| end().err()) {
            let (name, message) = (&self.patch.metadata.name, take_message(failure).1);
            events::warn(&format_args!("the teardown of {name} failed: {message}"));
        }
    }
}

/// All images that are mapped, the generations that lead to them and are retired, and what has become of others.
#[derive(Debug, Default)]
pub(super) struct ImageBook {
    pub(super) mapped: Vec<Mapped>,
    pub(super) retired: Vec<Retired>,
    unmapped: VecDeque<(ImageNumber, GenerationReport)>,
    /// What became of patches, and was not told yet.
    pub(super) news: Vec<News>,
    last: ImageNumber,
}

/// What became of a patch, with the apply that brought it.
#[derive(Debug)]
pub(super) enum News {
    Retired(PatchInfo, u64),
    Unmapped(PatchInfo, Option<u64>),
}

impl News {
    pub(super) fn event(&self) -> Event<'_> {
        match self {
            Self::Retired(patch, generation) => Event::Retired { patch, generation: *generation },
            Self::Unmapped(patch, generation) => Event::Unmapped { patch, generation: *generation },
        }
    }
}

/// Which images are in use by generations that are or can be live.
pub(super) struct InUse {
    pub(super) live: BTreeSet<ImageNumber>,
    pub(super) standby: BTreeSet<ImageNumber>,
}

impl InUse {
    fn contains(&self, number: ImageNumber) -> bool {
        self.live.contains(&number) || self.standby.contains(&number)
    }
}

impl ImageBook {
    /// The number of the next image.
    pub(super) fn next_number(&mut self) -> ImageNumber {
        self.last += 1;
        self.last
    }

    pub(super) fn find(&self, number: ImageNumber) -> Option<&Mapped> {
        self.mapped.iter().find(|mapped| mapped.number == number)
    }

    pub(super) fn find_mut(&mut self, number: ImageNumber) -> Option<&mut Mapped> {
        self.mapped.iter_mut().find(|mapped| mapped.number == number)
    }

    /// Notes that an image has gone live, with the items it brought, and gives what is known of it.
    pub(super) fn went_live(&mut self, number: ImageNumber, generation: u64, brought: &[&'static str]) -> PatchInfo {
        let mapped = self.find_mut(number).expect("an image is in the books as long as it is mapped");
        mapped.generation = Some(generation);
        mapped.holds.extend(brought.iter().map(|name| Hold::Item { name: (*name).to_owned() }));
        mapped.patch.clone()
    }

    /// What has to be told of a patch that will stay mapped for good under a policy that unmaps.
    pub(super) fn stays_mapped(&self, number: ImageNumber) -> Option<Warning> {
        let holds = &self.find(number)?.holds;
        let why = holds.iter().find(|hold| !matches!(hold, Hold::Item { .. }))?;
        policy::counts().then(|| Warning::StaysMapped { why: why.clone() })
    }

    /// Runs the teardowns of a patch that was taken back.
    pub(super) fn tear_down(&mut self, number: ImageNumber) -> Vec<Warning> {
        let entries = self.find_mut(number).map(|mapped| mem::take(&mut mapped.teardowns)).unwrap_or_default();
        apply::tear_down(&entries)
    }

    /// Notes that items which an image brought are forgotten.
    pub(super) fn forgot(&mut self, number: ImageNumber, items: &[&str]) {
        if let Some(mapped) = self.find_mut(number) {
            mapped.holds.retain(|hold| !matches!(hold, Hold::Item { name } if items.contains(&name.as_str())));
        }
    }

    /// The images of the given applies.
    pub(super) fn of_generations(&self, generations: &BTreeSet<u64>) -> BTreeSet<ImageNumber> {
        let is_of = |mapped: &&Mapped| mapped.generation.is_some_and(|generation| generations.contains(&generation));
        self.mapped.iter().filter(is_of).map(|mapped| mapped.number).collect()
    }

    /// The image that an address lies in.
    pub(super) fn image_at(&self, address: usize) -> Option<ImageNumber> {
        let contains =
            |mapped: &&Mapped| mapped.image.as_ref().is_some_and(|image| image.addresses().contains(&address));
        self.mapped.iter().find(contains).map(|mapped| mapped.number)
    }

    /// Notes what an image says of its items, and by whom that was said first.
    pub(super) fn describe(&mut self, number: ImageNumber, described: Described<'static>) {
        let firsts = self.mapped.iter().filter(|mapped| mapped.says == mapped.number && mapped.number != number);
        let says_it = |mapped: &&Mapped| mapped.described.as_ref().is_some_and(|known| known.says_the_same(&described));
        let says = firsts.into_iter().find(says_it).map_or(number, |mapped| mapped.number);
        if let Some(mapped) = self.find_mut(number) {
            mapped.says = says;
            mapped.described = Some(described);
        }
    }

    /// What the images in use say of their items, by the patch's name. Of those that say the same, one.
    pub(super) fn described(&self, in_use: &InUse) -> Vec<(&str, &Described<'static>)> {
        let mut said = BTreeSet::new();
        // What is in use by name alone, a shared static of a patch that was taken back, is compared as well.
        let is_met = |mapped: &&Mapped| in_use.contains(mapped.number) || mapped.is_in_use_by_name();
        let speaking = self.mapped.iter().filter(is_met).filter(|mapped| said.insert(mapped.says));
        speaking.filter_map(|mapped| Some((&*mapped.patch.metadata.name, mapped.described.as_ref()?))).collect()
    }

    /// What is known of every image.
    pub(super) fn report(&self, in_use: &InUse) -> ReclaimReport {
        let reported = |mapped: &Mapped| {
            let status = self.status(mapped, in_use);
            (mapped.number, GenerationReport::new(mapped.generation, &mapped.patch, status))
        };
        let mapped = self.mapped.iter().map(reported);
        let mut numbered: Vec<_> = self.unmapped.iter().cloned().chain(mapped).collect();
        numbered.sort_by_key(|(number, _)| *number);
        ReclaimReport { generations: numbered.into_iter().map(|(_, report)| report).collect() }
    }

    fn status(&self, mapped: &Mapped, in_use: &InUse) -> GenerationStatus {
        match mapped.number {
            number if in_use.live.contains(&number) => GenerationStatus::Live,
            number if in_use.standby.contains(&number) => GenerationStatus::Standby,
            _ if mapped.is_closed() && !mapped.pages.are_mapped() => GenerationStatus::Unmapped,
            _ => GenerationStatus::Retired(self.holds(mapped)),
        }
    }

    /// What keeps an image that is not in use.
    fn holds(&self, mapped: &Mapped) -> Vec<Hold> {
        if mapped.is_closed() {
            return vec![Hold::DynamicLinker];
        }
        if !policy::counts() {
            return vec![Hold::Policy];
        }
        let leading = self.retired.iter().filter(|retired| retired.images.contains(&mapped.number));
        let mut holds: Vec<Hold> = leading.flat_map(Retired::holds).collect();
        holds.extend(mapped.counted());
        holds.extend(self.dependents(mapped.number));
        holds.extend(mapped.holds.iter().cloned());
        holds.dedup();
        if holds.is_empty() { vec![Hold::Nobody] } else { holds }
    }

    fn dependents(&self, number: ImageNumber) -> impl Iterator<Item = Hold> {
        let needing = self.mapped.iter().filter(move |other| !other.is_closed() && other.needs.contains(&number));
        needing.map(|other| Hold::NeededBy { generation: other.generation })
    }

    /// Images that may go if no generation that is retired keeps them.
    pub(super) fn dispensable(&self, in_use: &InUse) -> Vec<ImageNumber> {
        let may_go = |mapped: &&Mapped| {
            !mapped.is_closed()
                && !in_use.contains(mapped.number)
                && !mapped.is_kept_for_good()
                && self.dependents(mapped.number).next().is_none()
        };
        self.mapped.iter().filter(may_go).map(|mapped| mapped.number).collect()
    }

    /// Ends an image that a survey has found free: runs its ends, and closes it, unless those have left something behind.
    /// Whether it was closed.
    pub(super) fn finish(&mut self, number: ImageNumber) -> bool {
        let Some(mapped) = self.find_mut(number) else { return false };
        mapped.run_end();
        mapped.note_calls();
        if mapped.is_kept_for_good() || mapped.record.references.owners() > 0 {
            return false;
        }
        // All lead into the image.
        mapped.described = None;
        mapped.suspects.clear();
        let Some(image) = mapped.image.take() else { return false };
        match close_unreachable(image) {
            // Struck out, and told.
            Closed::Unmapped => {}
            Closed::StillMapped => {
                events::warn(&format_args!("{} was closed and is still mapped", mapped.patch.metadata.name));
            }
        }
        true
    }

    /// Strikes out what is mapped no more, and remembers it for reports.
    pub(super) fn strike_out(&mut self) {
        let is_gone = |mapped: &mut Mapped| mapped.is_closed() && !mapped.pages.are_mapped();
        for gone in self.mapped.extract_if(.., is_gone) {
            if self.unmapped.len() == REMEMBERED {
                self.unmapped.pop_front();
            }
            let report = GenerationReport::new(gone.generation, &gone.patch, GenerationStatus::Unmapped);
            self.unmapped.push_back((gone.number, report));
            self.news.push(News::Unmapped(gone.patch, gone.generation));
        }
    }
}
