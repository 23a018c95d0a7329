//! A mapped patch becomes part of the program: its ways out lead to the host, its items get their places.

use super::images::{ImageBook, ImageNumber};
use super::index::{self, Index, Known, Place, parent};
use crate::raw::generation::Plan;
use dynpatch_interface::PatchError;
use dynpatch_interface::boundary::{Addition, Code, Function, FunctionItem, ImplementationItem, Items};
use std::collections::BTreeSet;
use std::ptr;
use std::sync::atomic::Ordering;

/// What a patch changes once it is committed.
#[derive(Debug)]
pub(super) struct Changes {
    /// The new generation.
    pub(super) plan: Plan,
    /// Names that are new in the program.
    pub(super) added: Vec<(&'static str, Known)>,
    /// Names whose code the patch provides.
    pub(super) changed: Vec<&'static str>,
    /// Functions of crates the patch provides, whose code it does not bring.
    pub(super) left_out: Vec<&'static str>,
}

fn left_out(index: &Index, changes: &Changes, provides: &dyn Fn(&str) -> bool) -> Vec<&'static str> {
    let is_left_out = |name: &&'static str| match index.find(name).map(|known| known.place) {
        Some(Place::Slot(_, function)) => {
            function.method.is_none() && !function.host && provides(crate_of(name)) && !changes.changed.contains(name)
        }
        _ => false,
    };
    let mut names: Vec<_> = index.names().filter(is_left_out).collect();
    names.sort_unstable();
    names
}

/// Connects the items of a patch. Until commit only the patch itself can tell.
pub(super) fn connect(
    items: &Items,
    index: &Index,
    current: &Plan,
    provides: &dyn Fn(&str) -> bool,
) -> Result<Changes, PatchError> {
    let mut changes = Changes { plan: current.clone(), added: Vec::new(), changed: Vec::new(), left_out: Vec::new() };
    for function in items.functions {
        connect_function(function, index, &mut changes, provides)?;
    }
    for item in items.statics {
        match index.find(item.name).map(|known| known.place) {
            Some(Place::Static(shared)) => item.redirect.store((shared.storage)().cast_mut(), Ordering::Release),
            _ => changes
                .added
                .push((item.name, Known { item: index::read(item.name, item.record)?, place: Place::Static(item) })),
        }
    }
    for implementation in items.implementations.iter().filter(|item| provides(item.crate_name)) {
        install(implementation, index, &mut changes);
    }
    changes.changed.sort_unstable();
    changes.left_out = left_out(index, &changes, provides);
    Ok(changes)
}

/// The images whose items the items of a patch link to.
pub(super) fn needs(items: &Items, index: &Index, book: &ImageBook) -> BTreeSet<ImageNumber> {
    let additions = items.functions.iter().filter_map(|function| match index.find(function.name)?.place {
        Place::Addition(addition) => book.image_at(addition.first as usize),
        _ => None,
    });
    let statics = items.statics.iter().filter_map(|item| match index.find(item.name)?.place {
        Place::Static(shared) => book.image_at(ptr::from_ref(shared).addr()),
        _ => None,
    });
    additions.chain(statics).collect()
}

fn connect_function(
    function: &'static FunctionItem,
    index: &Index,
    changes: &mut Changes,
    provides: &dyn Fn(&str) -> bool,
) -> Result<(), PatchError> {
    let place = match find(index, changes, function.name) {
        Some(place) => place,
        None => add(function, index, changes)?,
    };
    match place {
        Place::Slot(_, host) => function.link.way_out.set(host.way_out),
        Place::Addition(addition) => {
            function.link.addition.store(ptr::from_ref(addition).cast_mut(), Ordering::Release);
            function.link.way_out.set(function.addition);
        }
        Place::Static(_) => {}
    }
    let own = function.method.is_none() && !function.host;
    let provided = function.replaces || (own && provides(crate_of(function.name)));
    if provided {
        set(changes, place, function.name, function.entry);
    }
    // Last: from here on a call of this image leaves it.
    function.slot.set(function.thunk);
    Ok(())
}

fn find(index: &Index, changes: &Changes, name: &str) -> Option<Place> {
    let added = || changes.added.iter().find(|(added, _)| *added == name).map(|(_, known)| known.place);
    index.find(name).map(|known| known.place).or_else(added)
}

/// Gives an item that nobody has a place behind the section.
fn add(function: &'static FunctionItem, index: &Index, changes: &mut Changes) -> Result<Place, PatchError> {
    let addition: &'static Addition =
        Box::leak(Box::new(Addition { index: index.take_addition(), first: function.entry }));
    let place = Place::Addition(addition);
    let item = index::read(function.name, function.record)?;
    changes.added.push((function.name, Known { item, place }));
    set(changes, place, function.name, function.entry);
    Ok(place)
}

/// Puts an implementation's methods into their places; methods the patch does not know get their default bodies.
fn install(implementation: &'static ImplementationItem, index: &Index, changes: &mut Changes) {
    let mut places: Vec<(u32, &'static str, Place)> = index
        .methods(implementation.service)
        .into_iter()
        .map(|known| (known.item.index.unwrap_or(0), known.item.name, known.place))
        .collect();
    places.extend(
        changes
            .added
            .iter()
            .filter(|(name, known)| known.item.index.is_some() && parent(name) == implementation.service)
            .map(|(name, known)| (known.item.index.unwrap_or(0), *name, known.place)),
    );
    places.sort_by_key(|(place, ..)| *place);
    for (number, name, place) in places {
        let default = || match place {
            Place::Slot(_, host) => host.method.and_then(|method| method.default),
            Place::Addition(_) | Place::Static(_) => None,
        };
        let code = implementation.methods.get(number as usize).copied().or_else(default);
        if let Some(code) = code {
            set(changes, place, name, code);
        }
    }
}

fn set(changes: &mut Changes, place: Place, name: &'static str, function: Function) {
    if let Place::Static(_) = place {
        return;
    }
    put(&mut changes.plan, place, function as Code);
    if !changes.changed.contains(&name) {
        changes.changed.push(name);
    }
}

fn put(plan: &mut Plan, place: Place, code: Code) {
    match place {
        Place::Slot(number, _) => plan.slots[number] = code,
        Place::Addition(addition) => {
            // Places between belong to patches that are not live: their own first definitions answer.
            plan.additions.resize(plan.additions.len().max(addition.index + 1), ptr::null());
            plan.additions[addition.index] = code;
        }
        Place::Static(_) => {}
    }
}

/// Gives an item the code that it has in another plan.
pub(super) fn copy(from: &Plan, to: &mut Plan, place: Place) {
    let code = match place {
        Place::Slot(number, _) => from.slots.get(number),
        Place::Addition(addition) => from.additions.get(addition.index),
        Place::Static(_) => None,
    };
    if let Some(code) = code {
        put(to, place, *code);
    }
}

pub(super) fn crate_of(path: &str) -> &str {
    path.split("::").next().unwrap_or(path)
}
