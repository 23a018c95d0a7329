//! A walk over a description and what debuggers are told of the same type.

use crate::debug::{Debug, Member, Place, Type};
use dynpatch_core::layout::{BodyView, DefinitionView, FieldView, Node, NodeView, Sequence, VariantView};
use std::collections::HashSet;

/// How much was compared.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) types: usize,
    pub(crate) alignments: usize,
    /// Of fields of structs and unions, and of parts of tuples.
    pub(crate) offsets: usize,
    /// Offsets of fields of variants.
    pub(crate) payloads: usize,
    pub(crate) discriminants: usize,
}

pub(crate) struct Comparison<'a> {
    debug: &'a Debug,
    definitions: &'a [DefinitionView<'a>],
    seen: HashSet<(u64, Place)>,
    pub(crate) counts: Counts,
    pub(crate) problems: Vec<String>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(debug: &'a Debug, definitions: &'a [DefinitionView<'a>]) -> Self {
        Self { debug, definitions, seen: HashSet::new(), counts: Counts::default(), problems: Vec::new() }
    }

    fn expect(&mut self, same: bool, path: &str, what: impl FnOnce() -> String) {
        if !same {
            self.problems.push(format!("{path}: {}", what()));
        }
    }

    /// Compares a definition with the type at a place.
    pub(crate) fn definition(&mut self, ours: &DefinitionView<'a>, place: Place, path: &str) {
        let theirs = &self.debug.types[&place];
        let is_generic = !ours.arguments.is_empty();
        if !is_generic && !self.seen.insert((ours.key, place)) {
            return;
        }
        self.counts.types += 1;
        self.extent(ours.extent.size, theirs, path);
        if let Some(alignment) = theirs.alignment {
            self.counts.alignments += 1;
            self.expect(alignment == ours.extent.alignment, path, || format!("alignment {alignment}, not {ours:?}"));
        }
        match ours.body {
            BodyView::Struct(fields) | BodyView::Union(fields) => {
                self.counts.offsets += self.fields(fields, theirs, path);
            }
            BodyView::Enum(variants) if theirs.variants.is_empty() => self.enumerators(variants, theirs, path),
            BodyView::Enum(variants) => self.variants(variants, theirs, path),
            BodyView::Trait(..) => self.problems.push(format!("{path} is a trait")),
        }
    }

    fn extent(&mut self, size: u64, theirs: &Type, path: &str) {
        if let Some(theirs) = theirs.size {
            self.expect(size == theirs, path, || format!("size {theirs}, not {size}"));
        }
    }

    /// Compares fields, and says how many offsets there were to compare.
    fn fields(&mut self, ours: Sequence<'a, FieldView<'a>>, theirs: &'a Type, path: &str) -> usize {
        self.expect(ours.len() == theirs.members.len(), path, || format!("{} members", theirs.members.len()));
        let mut compared = 0;
        for field in ours.iter() {
            let path = format!("{path}.{}", field.name);
            let Some(member) = member(theirs, field.name) else {
                self.problems.push(format!("{path} is unknown"));
                continue;
            };
            if let Some(offset) = field.offset {
                compared += 1;
                self.expect(member.offset.unwrap_or(0) == offset, &path, || format!("{member:?}, not at {offset}"));
            }
            self.node(field.ty, member, &path);
        }
        compared
    }

    fn node(&mut self, ours: NodeView<'a>, member: &Member, path: &str) {
        if let Some(place) = member.ty {
            self.type_at(ours, place, path);
        }
    }

    fn type_at(&mut self, ours: NodeView<'a>, place: Place, path: &str) {
        // Of some types, as those of functions, nothing is read.
        let Some(theirs) = self.debug.types.get(&place) else { return };
        match ours.node() {
            Node::Primitive { name } => {
                self.expect(name == theirs.name, path, || format!("{} is no {name}", theirs.name));
            }
            Node::Builtin { name: "(,)", extent, offsets, arguments, .. } => {
                self.extent(extent.size, theirs, path);
                self.tuple(offsets, arguments, theirs, path);
            }
            Node::Builtin { extent, .. } | Node::Opaque { extent, .. } => self.extent(extent.size, theirs, path),
            Node::Array { length, element } => {
                self.expect(theirs.length == Some(length), path, || format!("length {:?}", theirs.length));
                if let Some(place) = theirs.element {
                    self.type_at(element, place, path);
                }
            }
            Node::Defined { key } => match self.definitions.iter().find(|definition| definition.key == key) {
                Some(definition) => self.definition(definition, place, path),
                None => self.problems.push(format!("{path}: no definition has the key {key}")),
            },
            Node::Inline(definition) => self.definition(&definition, place, path),
            Node::Function { .. } | Node::Recursive { .. } => {}
        }
    }

    fn tuple(&mut self, offsets: Sequence<'a, u64>, parts: Sequence<'a, NodeView<'a>>, theirs: &'a Type, path: &str) {
        self.expect(parts.len() == theirs.members.len(), path, || format!("{} parts", theirs.members.len()));
        for (index, (offset, part)) in offsets.iter().zip(parts.iter()).enumerate() {
            let path = format!("{path}.{index}");
            match member(theirs, &index.to_string()) {
                Some(member) => {
                    self.counts.offsets += 1;
                    self.expect(member.offset == Some(offset), &path, || format!("{member:?}, not at {offset}"));
                    self.node(part, member, &path);
                }
                None => self.problems.push(format!("{path} is unknown")),
            }
        }
    }

    fn enumerators(&mut self, ours: Sequence<'a, VariantView<'a>>, theirs: &Type, path: &str) {
        self.expect(ours.len() == theirs.enumerators.len(), path, || format!("{} variants", theirs.enumerators.len()));
        for variant in ours.iter() {
            let found = theirs.enumerators.iter().find(|(name, _)| name == variant.name);
            self.discriminant(&variant, found.map(|(_, number)| *number), theirs.size, path);
        }
    }

    fn variants(&mut self, ours: Sequence<'a, VariantView<'a>>, theirs: &'a Type, path: &str) {
        self.expect(ours.len() == theirs.variants.len(), path, || format!("{} variants", theirs.variants.len()));
        // Where one variant stands for all other values, the numbers are those of a niche.
        let is_tagged = theirs.variants.iter().all(|variant| variant.tag.is_some());
        let tag_size = theirs.tag.and_then(|tag| self.debug.types.get(&tag)?.size);
        for variant in ours.iter() {
            let Some(found) = theirs.variants.iter().find(|found| found.member.name == variant.name) else {
                self.problems.push(format!("{path}::{} is unknown", variant.name));
                continue;
            };
            if is_tagged {
                self.discriminant(&variant, found.tag, tag_size, path);
            }
            if let Some(payload) = found.member.ty.and_then(|place| self.debug.types.get(&place)) {
                let path = format!("{path}::{}", variant.name);
                self.expect(found.member.offset == Some(0), &path, || {
                    format!("it begins at {:?}", found.member.offset)
                });
                self.counts.payloads += self.fields(variant.fields, payload, &path);
            }
        }
    }

    /// Compares the bits: debuggers are not told the sign.
    fn discriminant(&mut self, ours: &VariantView<'_>, theirs: Option<i128>, size: Option<u64>, path: &str) {
        let bits = size.map_or(128, |size| size * 8);
        let mask = u128::MAX >> (128 - bits.clamp(1, 128));
        let same = theirs.is_some_and(|theirs| theirs as u128 & mask == ours.discriminant as u128 & mask);
        self.counts.discriminants += 1;
        self.expect(same, path, || format!("{} is {theirs:?}, not {}", ours.name, ours.discriminant));
    }
}

/// A member by the name of a field: those of tuples have a prefix.
fn member<'a>(ty: &'a Type, name: &str) -> Option<&'a Member> {
    let of_tuple = format!("__{name}");
    ty.members.iter().find(|member| member.name == name || member.name == of_tuple)
}
