//! The way of a patch's manifest to a verdict, as a firmware goes it: of itself it knows everything.

use crate::unknown_bytes;
use core::array::from_fn;
use dynpatch_core::compatibility::{Requirements, check_form, check_header};
use dynpatch_core::layout::{TypeEntry, TypeTable};
use dynpatch_core::manifest::{Contents, Item, Manifest, Record};
use dynpatch_interface::Environment;

/// Definitions of types that each side may have.
pub const CAPACITY: usize = 16;

/// Compares the types of an item that both sides have.
type Compare<'c, 'a> = &'c mut dyn FnMut(&Item<'a>, &Item<'a>) -> bool;

/// Both sides' types, and what goes through the items with a comparison of them.
pub struct Judgement<'a, 'm> {
    /// The firmware's types.
    pub host: TypeTable<'a, 'm>,
    /// The patch's types.
    pub patch: TypeTable<'a, 'm>,
    contents: Contents<'a>,
}

impl<'a> Judgement<'a, '_> {
    /// Whether all items of the patch fit.
    pub fn items(&self, compare: Compare<'_, 'a>) -> bool {
        self.contents.items().all(|item| {
            let known = known_item(item.name);
            known.is_some_and(|known| check_form(&known, &item).is_ok() && compare(&known, &item))
        })
    }
}

/// The firmware's item of that name, from the record that stands beside its slot.
fn known_item(name: &str) -> Option<Item<'static>> {
    let record = core::hint::black_box(|_: &str| unknown_bytes())(name);
    Item::read(&Record::single(record).ok()?).ok()
}

/// Reads a patch's manifest, and judges it by its header, then by what `types` says. `None` where it does not read.
pub fn judge(types: impl FnOnce(&Judgement<'static, '_>) -> bool) -> Option<bool> {
    let patch = Manifest::read(unknown_bytes()).ok()?;
    let environment = const { Environment::of_this_build(false) };
    let requirements = Requirements { environment, interface_version: None, type_hash: None };
    check_header(&requirements, patch.header(), |_| false).ok()?;
    // By a loop: as a constant the entries would be in flash.
    let [mut ours, mut theirs]: [[_; CAPACITY]; 2] = from_fn(|_| from_fn(|_| TypeEntry::default()));
    for entry in &mut ours {
        *entry = TypeEntry::new(unknown_bytes()).ok()?;
    }
    let theirs = theirs.get_mut(..patch.contents().definition_count())?;
    for (entry, definition) in theirs.iter_mut().zip(patch.contents().definitions()) {
        *entry = definition;
    }
    let (host, patch_types) = (TypeTable::new(&mut ours).ok()?, TypeTable::new(theirs).ok()?);
    Some(types(&Judgement { host, patch: patch_types, contents: *patch.contents() }))
}
