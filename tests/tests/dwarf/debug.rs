//! Types as the compiler describes them to debuggers, read from an executable.

use gimli::{AttributeValue, DwTag, EndianSlice, EntriesTreeNode, RunTimeEndian, UnitRef};
use object::{Object, ObjectSection};
use std::collections::HashMap;

type Reader<'d> = EndianSlice<'d, RunTimeEndian>;
type Entry<'d> = gimli::DebuggingInformationEntry<Reader<'d>>;
type Tree<'a, 't, 'd> = EntriesTreeNode<'a, 't, Reader<'d>>;

/// Where an entry lies in the debug information.
pub(crate) type Place = usize;

/// A type. What is absent was not said.
#[derive(Debug, Default)]
pub(crate) struct Type {
    pub(crate) name: String,
    pub(crate) size: Option<u64>,
    pub(crate) alignment: Option<u64>,
    pub(crate) members: Vec<Member>,
    pub(crate) enumerators: Vec<(String, i128)>,
    pub(crate) variants: Vec<Variant>,
    /// The type of the tag.
    pub(crate) tag: Option<Place>,
    /// Of an array.
    pub(crate) length: Option<u64>,
    pub(crate) element: Option<Place>,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) offset: Option<u64>,
    pub(crate) ty: Option<Place>,
}

/// A variant with its fields: the tag that stands for it, unless it is the one that all other values stand for.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) tag: Option<i128>,
    pub(crate) member: Member,
}

/// The types of an executable.
#[derive(Debug, Default)]
pub(crate) struct Debug {
    pub(crate) types: HashMap<Place, Type>,
    /// By path: `crate::module::Name`.
    pub(crate) places: HashMap<String, Place>,
}

impl Debug {
    /// Of one crate of an executable.
    pub(crate) fn read(file: &object::File<'_>, crate_name: &str) -> gimli::Result<Self> {
        let endian = if file.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
        let section = |id: gimli::SectionId| -> gimli::Result<_> {
            let data = file.section_by_name(id.name()).map_or(&[][..], |section| section.data().unwrap_or_default());
            Ok(EndianSlice::new(data, endian))
        };
        let dwarf = gimli::Dwarf::load(section)?;
        let mut debug = Self::default();
        let mut headers = dwarf.units();
        while let Some(header) = headers.next()? {
            let unit = dwarf.unit(header)?;
            let unit = unit.unit_ref(&dwarf);
            let mut tree = unit.entries_tree(None)?;
            let root = tree.root()?;
            let name = Unit(unit).text(root.entry(), gimli::DW_AT_name).unwrap_or_default();
            if name.contains(&format!("{crate_name}/main.rs")) {
                debug.children(Unit(unit), root, "")?;
            }
        }
        Ok(debug)
    }

    fn children<'d>(&mut self, unit: Unit<'_, 'd>, node: Tree<'_, '_, 'd>, path: &str) -> gimli::Result<()> {
        let mut children = node.children();
        while let Some(child) = children.next()? {
            let name = unit.text(child.entry(), gimli::DW_AT_name).unwrap_or_default();
            let path = if path.is_empty() { name } else { format!("{path}::{name}") };
            match child.entry().tag() {
                gimli::DW_TAG_namespace => self.children(unit, child, &path)?,
                tag if is_type(tag) => self.take(unit, child, path)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn take<'d>(&mut self, unit: Unit<'_, 'd>, node: Tree<'_, '_, 'd>, path: String) -> gimli::Result<()> {
        let entry = node.entry();
        let place = unit.place(entry.offset());
        let mut ty = Type {
            name: unit.text(entry, gimli::DW_AT_name).unwrap_or_default(),
            size: unit.number(entry, gimli::DW_AT_byte_size).map(|size| size as u64),
            alignment: unit.number(entry, gimli::DW_AT_alignment).map(|alignment| alignment as u64),
            element: unit.reference(entry, gimli::DW_AT_type),
            ..Type::default()
        };
        let mut children = node.children();
        while let Some(child) = children.next()? {
            let entry = child.entry();
            match entry.tag() {
                gimli::DW_TAG_member => ty.members.push(unit.member(entry)),
                gimli::DW_TAG_enumerator => {
                    let name = unit.text(entry, gimli::DW_AT_name).unwrap_or_default();
                    ty.enumerators.push((name, unit.number(entry, gimli::DW_AT_const_value).unwrap_or_default()));
                }
                gimli::DW_TAG_subrange_type => {
                    ty.length = unit.number(entry, gimli::DW_AT_count).map(|count| count as u64);
                }
                gimli::DW_TAG_variant_part => unit.variants(child, &mut ty)?,
                tag if is_type(tag) => {
                    let name = unit.text(entry, gimli::DW_AT_name).unwrap_or_default();
                    self.take(unit, child, format!("{path}::{name}"))?;
                }
                _ => {}
            }
        }
        self.places.entry(path).or_insert(place);
        self.types.insert(place, ty);
        Ok(())
    }
}

fn is_type(tag: DwTag) -> bool {
    matches!(
        tag,
        gimli::DW_TAG_structure_type
            | gimli::DW_TAG_union_type
            | gimli::DW_TAG_enumeration_type
            | gimli::DW_TAG_array_type
            | gimli::DW_TAG_base_type
            | gimli::DW_TAG_pointer_type
    )
}

#[derive(Clone, Copy)]
struct Unit<'a, 'd>(UnitRef<'a, Reader<'d>>);

impl<'d> Unit<'_, 'd> {
    fn place(&self, offset: gimli::UnitOffset) -> Place {
        offset.to_unit_section_offset(&self.0).0
    }

    fn text(&self, entry: &Entry<'d>, name: gimli::DwAt) -> Option<String> {
        let text = self.0.attr_string(entry.attr_value(name)?).ok()?;
        Some(text.to_string_lossy().into_owned())
    }

    fn number(&self, entry: &Entry<'d>, name: gimli::DwAt) -> Option<i128> {
        let value = entry.attr_value(name)?;
        value.udata_value().map(i128::from).or(value.sdata_value().map(i128::from))
    }

    fn reference(&self, entry: &Entry<'d>, name: gimli::DwAt) -> Option<Place> {
        match entry.attr_value(name)? {
            AttributeValue::UnitRef(offset) => Some(self.place(offset)),
            AttributeValue::DebugInfoRef(offset) => Some(offset.0),
            _ => None,
        }
    }

    fn member(&self, entry: &Entry<'d>) -> Member {
        Member {
            name: self.text(entry, gimli::DW_AT_name).unwrap_or_default(),
            offset: self.number(entry, gimli::DW_AT_data_member_location).map(|offset| offset as u64),
            ty: self.reference(entry, gimli::DW_AT_type),
        }
    }

    fn variants(&self, node: Tree<'_, '_, 'd>, ty: &mut Type) -> gimli::Result<()> {
        let mut children = node.children();
        while let Some(child) = children.next()? {
            let entry = child.entry();
            if entry.tag() == gimli::DW_TAG_member {
                ty.tag = self.member(entry).ty;
            }
            let tag = self.number(entry, gimli::DW_AT_discr_value);
            let mut members = child.children();
            while let Some(member) = members.next()? {
                ty.variants.push(Variant { tag, member: self.member(member.entry()) });
            }
        }
        Ok(())
    }
}
