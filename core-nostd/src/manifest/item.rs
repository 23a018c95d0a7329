//! What can be replaced, called or shared.

use super::{Field, Fields, ManifestError, Record};
use dynpatch_interface::record::{ItemKind, TypeUse, item};

/// An item of an image.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    /// Its path; for an implementation, the service's.
    pub name: &'a str,
    /// What it is.
    pub kind: ItemKind,
    /// The signature's tokens, or a static's type.
    pub signature: &'a str,
    /// Whether the name is that of another crate's item.
    pub replaces: bool,
    /// A method's place in its service.
    pub index: Option<u32>,
    /// Whether a method has a default body.
    pub has_default: bool,
    /// The binary whose root it stands in.
    pub binary: Option<&'a str>,
    fields: Fields<'a>,
}

impl<'a> Item<'a> {
    /// Reads an item record.
    ///
    /// # Errors
    /// When a field is missing, doubled, mistyped, or unknown and must be understood.
    pub fn read(record: &Record<'a>) -> Result<Self, ManifestError> {
        let mut found = Found::default();
        for field in record.fields() {
            found.take(&field?)?;
        }
        Ok(Self {
            name: found.name.ok_or(ManifestError::Missing { what: "item name" })?,
            kind: found.kind.ok_or(ManifestError::Missing { what: "item kind" })?,
            signature: found.signature.ok_or(ManifestError::Missing { what: "item signature" })?,
            replaces: found.replaces.unwrap_or(false),
            index: found.index,
            has_default: found.has_default.unwrap_or(false),
            binary: found.binary,
            fields: record.fields(),
        })
    }

    /// The crate the item's path begins with.
    pub fn crate_name(&self) -> &'a str {
        self.name.split("::").next().unwrap_or(self.name)
    }

    /// The types its signature names.
    pub fn types(&self) -> Types<'a> {
        Types { fields: self.fields.clone() }
    }
}

/// The types a signature names, in the order the macro met them.
#[derive(Debug, Clone)]
pub struct Types<'a> {
    fields: Fields<'a>,
}

impl<'a> Iterator for Types<'a> {
    type Item = TypeUse<'a>;

    fn next(&mut self) -> Option<TypeUse<'a>> {
        self.fields
            .by_ref()
            .filter_map(Result::ok)
            .filter(|field| field.tag == item::TYPE)
            .find_map(|field| field.type_use().ok())
    }
}

#[derive(Default)]
struct Found<'a> {
    name: Option<&'a str>,
    kind: Option<ItemKind>,
    signature: Option<&'a str>,
    replaces: Option<bool>,
    index: Option<u32>,
    has_default: Option<bool>,
    binary: Option<&'a str>,
}

impl<'a> Found<'a> {
    fn take(&mut self, field: &Field<'a>) -> Result<(), ManifestError> {
        match field.tag {
            item::NAME => super::once(&mut self.name, field.string()?, "item name"),
            item::KIND => super::once(&mut self.kind, kind(field)?, "item kind"),
            item::SIGNATURE => super::once(&mut self.signature, field.string()?, "item signature"),
            item::TYPE => field.type_use().map(drop),
            item::REPLACES => super::once(&mut self.replaces, field.boolean()?, "replaces mark"),
            item::INDEX => super::once(&mut self.index, index(field)?, "method index"),
            item::HAS_DEFAULT => super::once(&mut self.has_default, field.boolean()?, "default mark"),
            item::BINARY => super::once(&mut self.binary, field.string()?, "binary name"),
            _ => field.unknown(),
        }
    }
}

fn kind(field: &Field<'_>) -> Result<ItemKind, ManifestError> {
    let byte = u8::try_from(field.number()?).ok();
    byte.and_then(ItemKind::from_byte).ok_or(ManifestError::Field { tag: field.tag })
}

fn index(field: &Field<'_>) -> Result<u32, ManifestError> {
    u32::try_from(field.number()?).map_err(|_| ManifestError::Field { tag: field.tag })
}
