//! What can be replaced, called or shared.

use super::{Field, ManifestError, Record, take_once};
use crate::layout::{NodeView, Sequence};
use dynpatch_interface::record::{ItemKind, item};

/// An item of an image.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    /// Its path; for an implementation, the service's.
    pub name: &'a str,
    /// What it is.
    pub kind: ItemKind,
    /// The signature's tokens, or a static's type; for an implementation, its own path.
    pub signature: &'a str,
    /// Everything of the signature but the types.
    pub form: &'a str,
    /// The arguments.
    pub inputs: Sequence<'a, NodeView<'a>>,
    /// The result, or a static's type.
    pub output: Option<NodeView<'a>>,
    /// Whether the name is that of another crate's item.
    pub replaces: bool,
    /// A method's place in its service.
    pub index: Option<u32>,
    /// Whether a method has a default body.
    pub has_default: bool,
    /// The binary whose root it stands in.
    pub binary: Option<&'a str>,
    /// The auto traits of a method's service, as bits.
    pub auto_traits: Option<u8>,
    /// Whether another crate describes types of the signature, and checks them once they are mapped.
    pub foreign: bool,
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
            kind: of_number(found.kind.ok_or(ManifestError::Missing { what: "item kind" })?)?,
            signature: found.signature.ok_or(ManifestError::Missing { what: "item signature" })?,
            form: found.form.ok_or(ManifestError::Missing { what: "item form" })?,
            inputs: found.inputs.ok_or(ManifestError::Missing { what: "arguments" })?,
            output: found.output,
            replaces: found.replaces.unwrap_or(false),
            index: narrow(found.index, item::INDEX)?,
            has_default: found.has_default.unwrap_or(false),
            binary: found.binary,
            auto_traits: narrow(found.auto_traits, item::AUTO_TRAITS)?,
            foreign: found.foreign.unwrap_or(false),
        })
    }

    /// The crate the item's path begins with.
    pub fn crate_name(&self) -> &'a str {
        self.name.split("::").next().unwrap_or(self.name)
    }
}

#[derive(Default)]
struct Found<'a> {
    name: Option<&'a str>,
    kind: Option<u64>,
    signature: Option<&'a str>,
    form: Option<&'a str>,
    inputs: Option<Sequence<'a, NodeView<'a>>>,
    output: Option<NodeView<'a>>,
    auto_traits: Option<u64>,
    foreign: Option<bool>,
    replaces: Option<bool>,
    index: Option<u64>,
    has_default: Option<bool>,
    binary: Option<&'a str>,
}

impl<'a> Found<'a> {
    fn take(&mut self, field: &Field<'a>) -> Result<(), ManifestError> {
        match field.tag {
            item::NAME => take_once(&mut self.name, field, Field::string, "item name"),
            item::KIND => take_once(&mut self.kind, field, Field::number, "item kind"),
            item::SIGNATURE => take_once(&mut self.signature, field, Field::string, "item signature"),
            item::FORM => take_once(&mut self.form, field, Field::string, "item form"),
            item::INPUTS => take_once(&mut self.inputs, field, Field::nodes, "arguments"),
            item::OUTPUT => take_once(&mut self.output, field, Field::node, "result"),
            item::FOREIGN => take_once(&mut self.foreign, field, Field::boolean, "foreign mark"),
            item::AUTO_TRAITS => take_once(&mut self.auto_traits, field, Field::number, "auto traits"),
            item::REPLACES => take_once(&mut self.replaces, field, Field::boolean, "replaces mark"),
            item::INDEX => take_once(&mut self.index, field, Field::number, "method index"),
            item::HAS_DEFAULT => take_once(&mut self.has_default, field, Field::boolean, "default mark"),
            item::BINARY => take_once(&mut self.binary, field, Field::string, "binary name"),
            _ => field.unknown(),
        }
    }
}

fn of_number(number: u64) -> Result<ItemKind, ManifestError> {
    let byte = u8::try_from(number).ok();
    byte.and_then(ItemKind::from_byte).ok_or(ManifestError::Field { tag: item::KIND })
}

/// The number of a field that has fewer bits.
fn narrow<T: TryFrom<u64>>(number: Option<u64>, tag: u8) -> Result<Option<T>, ManifestError> {
    number.map(T::try_from).transpose().map_err(|_| ManifestError::Field { tag })
}
