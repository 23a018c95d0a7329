//! What a program has by name: the host's items, and what patches added.

use super::admission::Names;
use dynpatch_core::manifest::{Item, Record};
use dynpatch_interface::boundary::{Addition, FunctionItem, Items, Slot, StaticItem};
use dynpatch_interface::{ErrorCode, PatchError};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A name and what stands behind it.
#[derive(Debug)]
pub(super) struct Known {
    /// What the manifest of the image says of it.
    pub(super) item: Item<'static>,
    pub(super) place: Place,
}

/// Where an item's code or storage is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// In the host's slot section, with the host's own item.
    Slot(usize, &'static FunctionItem),
    /// Behind the section, in an addition.
    Addition(&'static Addition),
    /// A shared static.
    Static(&'static StaticItem),
}

/// Everything a program has by name.
#[derive(Debug, Default)]
pub(super) struct Index {
    known: HashMap<&'static str, Known>,
    /// Places given away behind the section. Never one twice, also not that of a patch that failed or was rolled back:
    /// its code may still run and ask for it.
    additions: AtomicUsize,
}

impl Index {
    /// The items of a host.
    pub(super) fn of_host(items: &Items) -> Result<Self, PatchError> {
        let mut index = Self::default();
        for function in items.functions {
            let place = Place::Slot(place_of(function.slot, items.slots), function);
            index.enter(function.name, function.record, place)?;
        }
        for item in items.statics {
            index.enter(item.name, item.record, Place::Static(item))?;
        }
        Ok(index)
    }

    pub(super) fn find(&self, name: &str) -> Option<&Known> {
        self.known.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.known.keys().copied()
    }

    /// Whether the host has the item, and code of its own for it.
    pub(super) fn is_of_host(&self, name: &str) -> bool {
        self.known.get(name).is_some_and(|known| matches!(known.place, Place::Slot(..)))
    }

    /// The methods of a service, in the order of the trait.
    pub(super) fn methods(&self, service: &str) -> Vec<&Known> {
        let of_service = |known: &&Known| match known.place {
            Place::Slot(_, function) => function.method.is_some_and(|method| method.service == service),
            Place::Addition(_) | Place::Static(_) => known.item.index.is_some() && parent(known.item.name) == service,
        };
        let mut methods: Vec<&Known> = self.known.values().filter(of_service).collect();
        methods.sort_by_key(|known| known.item.index);
        methods
    }

    /// A place behind the section that nobody had.
    pub(super) fn take_addition(&self) -> usize {
        self.additions.fetch_add(1, Ordering::Relaxed)
    }

    /// Enters what a patch added and what is live now.
    pub(super) fn enter_all(&mut self, added: Vec<(&'static str, Known)>) {
        self.known.extend(added);
    }

    /// Forgets the functions that a rolled-back patch had added, so that its next version may change them. A shared
    /// static stays: its state may be wanted again. Gives what was forgotten.
    pub(super) fn forget(&mut self, added: &[&'static str]) -> Vec<&'static str> {
        let is_addition = |name: &&&'static str| {
            self.known.get(**name).is_some_and(|known| matches!(known.place, Place::Addition(_)))
        };
        let forgotten: Vec<&'static str> = added.iter().filter(is_addition).copied().collect();
        for name in &forgotten {
            self.known.remove(name);
        }
        forgotten
    }

    fn enter(&mut self, name: &'static str, record: &'static [u8], place: Place) -> Result<(), PatchError> {
        match self.known.entry(name) {
            Entry::Occupied(_) => {
                Err(PatchError::new(ErrorCode::DuplicateItem, name, "two patchable items of the host have this path")
                    .with_help("rename one, or move it into a module of its own"))
            }
            Entry::Vacant(vacant) => {
                vacant.insert(Known { item: read(name, record)?, place });
                Ok(())
            }
        }
    }
}

impl Names for Index {
    fn find(&self, name: &str) -> Option<&Item<'_>> {
        self.known.get(name).map(|known| &known.item)
    }

    fn all(&self) -> Vec<&str> {
        self.known.keys().copied().collect()
    }

    fn methods(&self, service: &str) -> Vec<&Item<'_>> {
        Self::methods(self, service).into_iter().map(|known| &known.item).collect()
    }
}

/// The description of an item from its record in memory.
pub(super) fn read(name: &'static str, record: &'static [u8]) -> Result<Item<'static>, PatchError> {
    Record::single(record)
        .and_then(|record| Item::read(&record))
        .map_err(|error| PatchError::new(ErrorCode::ManifestCorrupt, name, error))
}

/// The service a method's path begins with.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once("::").map_or("", |(parent, _)| parent)
}

fn place_of(slot: &'static Slot, section: &'static [Slot]) -> usize {
    (std::ptr::from_ref(slot).addr() - section.as_ptr().addr()) / size_of::<Slot>()
}
