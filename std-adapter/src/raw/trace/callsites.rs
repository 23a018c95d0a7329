//! Callsites of another image, copied: `tracing` wants them to live for ever and to be told apart by their address.
//!
//! All that were ever seen form a tree that only grows, so that finding one takes no lock. They are found by address,
//! and by content too: nothing keeps two callsites without a size from lying at one address.

use super::{level_of, number_of};
use dynpatch_interface::boundary::{TraceCallsite, TraceKind};
use std::sync::OnceLock;
use tracing_core::callsite::{Callsite, DefaultCallsite, Identifier};
use tracing_core::field::FieldSet;
use tracing_core::{Interest, Kind, Metadata};

/// A callsite in this image: one of its own, or the copy of another image's.
pub(super) struct Known {
    /// By which address it is found. A copy is known twice: by the original's address and by its own.
    address: usize,
    /// The address of the original.
    identity: usize,
    metadata: &'static Metadata<'static>,
    /// Registered with this image's `tracing` when it is first used. An original registers itself.
    copy: Option<&'static DefaultCallsite>,
    next: Branches,
}

type Branches = [Place; 4];
type Place = OnceLock<&'static Known>;

static ROOT: Place = OnceLock::new();

impl Known {
    pub(super) fn metadata(&self) -> &'static Metadata<'static> {
        self.metadata
    }

    /// What the subscribers of this image think of the callsite: theirs to cache, and to change.
    pub(super) fn interest(&self) -> Interest {
        self.copy.map_or_else(Interest::sometimes, DefaultCallsite::interest)
    }

    fn is(&self, address: usize, parts: &TraceCallsite<'_>) -> bool {
        let metadata = self.metadata;
        self.address == address
            && kind_of(metadata) == parts.kind
            && metadata.name() == parts.name
            && metadata.target() == parts.target
            && number_of(*metadata.level()) == parts.level
            && metadata.module_path() == parts.module
            && metadata.file() == parts.file
            && metadata.line() == parts.line
            && metadata.fields().iter().map(|field| field.name()).eq(parts.fields.iter().copied())
    }
}

/// The callsite of this image that stands for the given one.
pub(super) fn resolve(parts: &TraceCallsite<'_>) -> &'static Known {
    find(parts.identity, parts).unwrap_or_else(|_| copy(parts))
}

/// Remembers a callsite of this image, so that [`resolve`] finds it rather than a copy of it.
pub(super) fn introduce(metadata: &'static Metadata<'static>) {
    describe(metadata, |parts| {
        let address = address_of(metadata);
        if find(address, parts).is_err() {
            insert(Known { address, identity: address, metadata, copy: None, next: Branches::default() }, parts);
        }
    });
}

/// Shows a callsite of this image as other images know it.
pub(super) fn describe<R>(metadata: &Metadata<'_>, show: impl FnOnce(&TraceCallsite<'_>) -> R) -> R {
    let fields: Vec<_> = metadata.fields().iter().map(|field| field.name()).collect();
    let address = address_of(metadata);
    let mut parts = TraceCallsite {
        identity: address,
        kind: kind_of(metadata),
        name: metadata.name(),
        target: metadata.target(),
        level: number_of(*metadata.level()),
        module: metadata.module_path(),
        file: metadata.file(),
        line: metadata.line(),
        fields: &fields,
    };
    if let Ok(known) = find(address, &parts) {
        parts.identity = known.identity;
    }
    show(&parts)
}

/// The callsite, or the place where it belongs.
fn find(address: usize, parts: &TraceCallsite<'_>) -> Result<&'static Known, &'static Place> {
    // The golden ratio spreads addresses, which differ in their middle bits, over the topmost ones.
    let mut path = (address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut place = &ROOT;
    while let Some(known) = place.get() {
        if known.is(address, parts) {
            return Ok(known);
        }
        place = &known.next[(path >> 62) as usize];
        path <<= 2;
    }
    Err(place)
}

/// Inserts a callsite unless an equal one has come first; then that one.
fn insert(known: Known, parts: &TraceCallsite<'_>) -> &'static Known {
    let known: &'static Known = Box::leak(Box::new(known));
    loop {
        match find(known.address, parts) {
            Ok(first) => return first,
            // Where another thread was faster, the search goes on behind what it has put there.
            Err(place) => _ = place.set(known),
        }
    }
}

fn copy(parts: &TraceCallsite<'_>) -> &'static Known {
    let copy: &'static Copy = Box::leak(Box::default());
    let metadata = leak_metadata(parts, copy);
    let callsite = copy.callsite.get_or_init(|| DefaultCallsite::new(metadata));
    let known = |address| Known {
        address,
        identity: parts.identity,
        metadata,
        copy: Some(callsite),
        next: Branches::default(),
    };
    // By its own address first: who finds the copy must be able to find the original's address.
    insert(known(address_of(metadata)), parts);
    insert(known(parts.identity), parts)
}

/// Gives a copy its address; `tracing`'s own type cannot be made before its metadata, which names that address.
#[derive(Debug, Default)]
struct Copy {
    callsite: OnceLock<DefaultCallsite>,
}

impl Copy {
    fn callsite(&self) -> &DefaultCallsite {
        self.callsite.get().expect("`copy` gives a copy its callsite before it lets go of it")
    }
}

impl Callsite for Copy {
    fn set_interest(&self, interest: Interest) {
        self.callsite().set_interest(interest);
    }

    fn metadata(&self) -> &Metadata<'_> {
        self.callsite().metadata()
    }
}

fn leak_metadata(parts: &TraceCallsite<'_>, copy: &'static Copy) -> &'static Metadata<'static> {
    let fields: Vec<_> = parts.fields.iter().map(|name| leak(name)).collect();
    let kind = match parts.kind {
        TraceKind::Span => Kind::SPAN,
        TraceKind::Event => Kind::EVENT,
        TraceKind::Hint => Kind::HINT,
    };
    Box::leak(Box::new(Metadata::new(
        leak(parts.name),
        leak(parts.target),
        level_of(parts.level),
        parts.file.map(leak),
        parts.line,
        parts.module.map(leak),
        FieldSet::new(fields.leak(), Identifier(copy)),
        kind,
    )))
}

fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn kind_of(metadata: &Metadata<'_>) -> TraceKind {
    if metadata.is_span() {
        TraceKind::Span
    } else if metadata.is_event() {
        TraceKind::Event
    } else {
        TraceKind::Hint
    }
}

fn address_of(metadata: &Metadata<'_>) -> usize {
    std::ptr::from_ref(metadata.callsite().0).addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &'static str) -> TraceCallsite<'static> {
        TraceCallsite {
            identity: 1,
            kind: TraceKind::Event,
            name,
            target: "target",
            level: 3,
            module: None,
            file: Some("file"),
            line: None,
            fields: &["a", "b"],
        }
    }

    #[test]
    fn callsites_at_one_address_are_told_apart_by_content() {
        let names = ["one", "two", "three", "four", "five", "six"];
        let copies = names.map(|name| resolve(&parts(name)).metadata());
        for (name, copy) in names.into_iter().zip(copies) {
            assert!(std::ptr::eq(resolve(&parts(name)).metadata(), copy), "copied once");
            assert_eq!((copy.name(), copy.target(), copy.fields().len()), (name, "target", 2));
            assert_eq!(copies.iter().filter(|other| other.callsite() == copy.callsite()).count(), 1);
        }
    }

    #[test]
    fn a_copy_is_described_as_its_original() {
        let copy = resolve(&parts("original")).metadata();
        introduce(copy);
        describe(copy, |described| {
            assert_eq!((described.identity, described.name, described.level), (1, "original", 3));
            assert!(std::ptr::eq(resolve(described).metadata(), copy));
        });
    }
}
