//! Generations that cannot be live again, and the attempt to unmap what they led to.

use super::images::{ImageBook, ImageNumber, InUse, Mapped};
use super::reclaim::Hold;
use crate::platform::threads;
use crate::raw::generation::Owned;
use crate::raw::image::ImageRecord;
use crate::raw::threads::look_for_holders;
use dynpatch_core::grace::{Candidate, Holder};
use std::collections::BTreeSet;

/// A generation that cannot be live again.
#[derive(Debug)]
pub(super) struct Retired {
    pub(super) table: Owned,
    pub(super) epoch: usize,
    /// What it leads to.
    pub(super) images: BTreeSet<ImageNumber>,
    /// Who keeps it, by the last survey.
    pub(super) holder: Option<Holder>,
}

impl Retired {
    /// Whether it leads to an image and somebody keeps it.
    fn keeps(&self, number: ImageNumber) -> bool {
        self.holder.is_some() && self.images.contains(&number)
    }

    /// What keeps it, for a report.
    pub(super) fn holds(&self) -> Vec<Hold> {
        self.holder.into_iter().map(hold).collect()
    }
}

fn hold(holder: Holder) -> Hold {
    match holder {
        Holder::Thread(id) => Hold::Thread { id, name: threads::thread_name(id) },
        Holder::SharedCount(calls) => Hold::Uncounted { calls },
        Holder::Owners(owners) => Hold::Owners { owners },
        Holder::Acquired => Hold::Owners { owners: 1 },
        _ => Hold::NoBarrier,
    }
}

impl ImageBook {
    /// Looks who keeps what, and unmaps what nobody keeps. The end of an image may let go of another.
    pub(super) fn collect(&mut self, in_use: &InUse) {
        while self.collect_once(in_use) {}
        self.strike_out();
    }

    /// Looks who keeps what.
    pub(super) fn survey(&mut self, in_use: &InUse) -> Vec<ImageNumber> {
        let dispensable = self.dispensable(in_use);
        let of_images = |number: &ImageNumber| self.find(*number).map(|mapped| &*mapped.record);
        let records: Vec<&ImageRecord> = dispensable.iter().filter_map(of_images).collect();
        let generations = self.retired.iter().map(|retired| {
            let generation = retired.table.generation();
            Candidate::generation(generation.bias(), retired.epoch, &generation.references)
        });
        let images = records.iter().map(|record| Candidate::image(&record.references));
        let mut candidates: Vec<Candidate<'_>> = generations.chain(images).collect();
        look_for_holders(&mut candidates);
        let holders: Vec<Option<Holder>> = candidates.into_iter().map(|candidate| candidate.holder).collect();
        let (of_generations, of_images) = holders.split_at(self.retired.len());
        for (retired, holder) in self.retired.iter_mut().zip(of_generations) {
            retired.holder = *holder;
        }
        // Whoever has left an image has noted before what it called, and that it panicked.
        self.mapped.iter_mut().for_each(Mapped::note_calls);
        let is_led_to = |number| self.retired.iter().any(|retired| retired.keeps(number));
        let is_free = |number: &ImageNumber| {
            !is_led_to(*number) && self.find(*number).is_some_and(|mapped| !mapped.is_kept_for_good())
        };
        let unheld = dispensable.iter().zip(of_images).filter(|(_, holder)| holder.is_none());
        unheld.map(|(number, _)| *number).filter(is_free).collect()
    }

    fn collect_once(&mut self, in_use: &InUse) -> bool {
        let free = self.survey(in_use);
        let gone: Vec<Retired> = self.retired.extract_if(.., |retired| retired.holder.is_none()).collect();
        for retired in gone {
            retired.table.free_unreachable();
        }
        let closed: Vec<bool> = free.into_iter().map(|number| self.finish(number)).collect();
        closed.contains(&true)
    }
}
