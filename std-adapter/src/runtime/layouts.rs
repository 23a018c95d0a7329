//! What an image says of its items and types, and how a patch compares with it.

use dynpatch_core::compatibility::{ItemMismatch, check_form, check_types};
use dynpatch_core::layout::{Aspect, Finding, Seen, TypeEntry, TypeTable, Walk, What};
use dynpatch_core::manifest::{Contents, Item, ManifestError, Record};
use dynpatch_interface::boundary::Items;
use std::collections::HashMap;

/// The descriptions of an image.
#[derive(Debug)]
pub(super) struct Described<'a> {
    /// By path. Implementations are not among them: they are judged by their methods.
    items: HashMap<&'a str, Item<'a>>,
    /// In the order of a [`TypeTable`].
    types: Vec<TypeEntry<'a>>,
    /// Over all of it: images that say the same need not be compared twice.
    digest: blake3::Hash,
}

impl<'a> Described<'a> {
    /// Of an image that runs.
    pub(super) fn of_items(items: &Items) -> Result<Described<'static>, ManifestError> {
        let functions = items.functions.iter().map(|item| (item.name, item.record));
        let statics = items.statics.iter().map(|item| (item.name, item.record));
        let read = |(name, record)| Ok((name, Item::read(&Record::single(record)?)?));
        let records =
            items.functions.iter().map(|item| item.record).chain(items.statics.iter().map(|item| item.record));
        let records = records.chain(items.types.iter().map(|item| item.record));
        let described = Described {
            digest: digest(records),
            items: functions.chain(statics).map(read).collect::<Result<_, ManifestError>>()?,
            types: items
                .types
                .iter()
                .map(|item| TypeEntry::new(Record::single(item.record)?.payload))
                .collect::<Result<_, _>>()?,
        };
        described.in_order()
    }

    /// Of an image that is a file.
    pub(super) fn of_contents(contents: &Contents<'a>) -> Result<Self, ManifestError> {
        let items = contents.items().map(|item| (item.name, item)).collect();
        // A file is compared once, with everything.
        Self { items, types: contents.definitions().collect(), digest: digest(std::iter::empty()) }.in_order()
    }

    fn in_order(mut self) -> Result<Self, ManifestError> {
        TypeTable::new(&mut self.types)?;
        Ok(self)
    }

    /// Whether both say the same of everything.
    pub(super) fn says_the_same(&self, other: &Described<'_>) -> bool {
        self.digest == other.digest
    }

    fn table(&self) -> TypeTable<'a, '_> {
        TypeTable::sorted(&self.types).expect("put in order when it was made")
    }
}

fn digest<'a>(records: impl Iterator<Item = &'a [u8]>) -> blake3::Hash {
    // In an order that does not depend on the linker's.
    let mut records: Vec<&[u8]> = records.collect();
    records.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    // Records say their own length.
    for record in records {
        hasher.update(record);
    }
    hasher.finalize()
}

/// What a comparison says, in words.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) item: String,
    /// The way from the item to the place, beginning with a comma, or nothing.
    pub(super) path: String,
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Signature,
    Differs(Aspect),
    Evolved(Aspect),
    Opaque,
    Downcasts,
    /// The description does not hold together, or is beyond all measure.
    Unreadable,
}

impl Kind {
    fn of(what: &What<'_>) -> Self {
        match what {
            What::Differs { aspect, .. } => Self::Differs(*aspect),
            What::Evolved { aspect, .. } => Self::Evolved(*aspect),
            What::Opaque(_) => Self::Opaque,
            What::Downcasts(_) => Self::Downcasts,
            What::Dangling | What::TooComplex => Self::Unreadable,
        }
    }

    pub(super) fn refuses(self) -> bool {
        matches!(self, Self::Signature | Self::Differs(_) | Self::Unreadable)
    }
}

/// Refusals, and notes, that are put into words: more of a kind add nothing, and whoever wrote the file chose how many
/// there are.
const MOST_OF_A_KIND: usize = 1000;

/// Compares the items that both have. `is_provided` says of an item of the patch whether the patch brings it.
pub(super) fn compare<'a>(
    host: &Described<'a>,
    types: TypeTable<'a, '_>,
    items: &[Item<'a>],
    is_provided: &dyn Fn(&Item<'_>) -> bool,
    tell: &mut dyn FnMut(Told),
) {
    let (mut refusals, mut notes) = (0, 0);
    let mut is_worth_telling = |kind: Kind| {
        let count = if kind.refuses() { &mut refusals } else { &mut notes };
        *count += 1;
        *count <= MOST_OF_A_KIND
    };
    let mut seen = vec![Seen::default(); types.len()];
    let mut walk = Walk::new(host.table(), types, &mut seen);
    for item in items {
        let Some(known) = host.items.get(item.name) else { continue };
        if let Err(mismatch) = check_form(known, item) {
            let told = of_form(item.name, mismatch);
            if is_worth_telling(told.kind) {
                tell(told);
            }
            continue;
        }
        check_types(&mut walk, known, item, is_provided(item), &mut |finding| {
            if is_worth_telling(Kind::of(&finding.what)) {
                tell(of_finding(item.name, &finding));
            }
        });
    }
}

fn of_finding(item: &str, finding: &Finding<'_>) -> Told {
    let kind = Kind::of(&finding.what);
    Told { item: item.to_owned(), path: finding.path.to_string(), text: finding.what.to_string(), kind }
}

fn of_form(item: &str, mismatch: ItemMismatch<'_>) -> Told {
    use ItemMismatch as M;
    let place = |place: Option<u32>| place.map_or_else(|| "none".to_owned(), |place| place.to_string());
    let (kind, text) = match mismatch {
        M::Kind => (Kind::Signature, "another kind of item in host and patch".to_owned()),
        M::Signature { host, patch } => (Kind::Signature, format!("host `{host}`, patch `{patch}`")),
        M::Index { host, patch } => (
            Kind::Differs(Aspect::MethodOrder),
            format!("moved within its service: host place {}, patch place {}", place(host), place(patch)),
        ),
        M::AutoTraits { host, patch } => (
            Kind::Differs(Aspect::AutoTraits),
            format!("auto traits of its service: host {}, patch {}", auto(host), auto(patch)),
        ),
        other => (Kind::Signature, format!("{other:?}")),
    };
    Told { item: item.to_owned(), path: String::new(), text, kind }
}

fn auto(bits: u8) -> String {
    dynpatch_core::layout::Value::Auto(bits).to_string()
}
