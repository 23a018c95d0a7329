//! What a patch is.

use super::{Field, Fields, ManifestError, Record};
use dynpatch_interface::record::header;
use dynpatch_interface::{Environment, Version};

/// The header of a patch.
#[derive(Debug, Clone)]
pub struct Header<'a> {
    /// The patch's name.
    pub name: &'a str,
    /// The patch's version.
    pub version: Version,
    /// The interface version it was written for, if it claims one.
    pub interface_version: Option<Version>,
    /// The interface hash, if it claims one.
    pub type_hash: Option<u64>,
    /// What built it.
    pub environment: Environment<'a>,
    /// Whose allocator it uses.
    pub allocator: &'a str,
    /// What it is for.
    pub description: Option<&'a str>,
    /// Who made it.
    pub author: Option<&'a str>,
    fields: Fields<'a>,
}

impl<'a> Header<'a> {
    pub(super) fn read(record: &Record<'a>) -> Result<Self, ManifestError> {
        let mut found = Found::default();
        for field in record.fields() {
            found.take(&field?)?;
        }
        let environment = Environment {
            framework: found.framework.ok_or(missing("framework version"))?,
            compiler: found.compiler.ok_or(missing("compiler"))?,
            target: found.target.ok_or(missing("target"))?,
            panics_unwind: found.panics_unwind.ok_or(missing("panic strategy"))?,
            debug_assertions: found.debug_assertions.unwrap_or(false),
        };
        Ok(Self {
            name: found.name.ok_or(missing("patch name"))?,
            version: found.version.ok_or(missing("patch version"))?,
            interface_version: found.interface_version,
            type_hash: found.type_hash,
            environment,
            allocator: found.allocator.ok_or(missing("allocator"))?,
            description: found.description,
            author: found.author,
            fields: record.fields(),
        })
    }

    /// The crates whose items the patch provides.
    pub fn provides(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.fields
            .clone()
            .filter_map(Result::ok)
            .filter(|field| field.tag == header::PROVIDES)
            .filter_map(|field| field.string().ok())
    }
}

fn missing(what: &'static str) -> ManifestError {
    ManifestError::Missing { what }
}

#[derive(Default)]
struct Found<'a> {
    name: Option<&'a str>,
    version: Option<Version>,
    interface_version: Option<Version>,
    type_hash: Option<u64>,
    framework: Option<Version>,
    compiler: Option<&'a str>,
    target: Option<&'a str>,
    panics_unwind: Option<bool>,
    allocator: Option<&'a str>,
    debug_assertions: Option<bool>,
    description: Option<&'a str>,
    author: Option<&'a str>,
}

impl<'a> Found<'a> {
    fn take(&mut self, field: &Field<'a>) -> Result<(), ManifestError> {
        match field.tag {
            header::NAME => super::once(&mut self.name, field.string()?, "patch name"),
            header::VERSION => super::once(&mut self.version, field.version()?, "patch version"),
            header::INTERFACE_VERSION => {
                super::once(&mut self.interface_version, field.version()?, "interface version")
            }
            header::TYPE_HASH => super::once(&mut self.type_hash, field.number()?, "type hash"),
            header::PROVIDES => field.string().map(drop),
            header::FRAMEWORK => super::once(&mut self.framework, field.version()?, "framework version"),
            header::COMPILER => super::once(&mut self.compiler, field.string()?, "compiler"),
            header::TARGET => super::once(&mut self.target, field.string()?, "target"),
            header::PANICS_UNWIND => super::once(&mut self.panics_unwind, field.boolean()?, "panic strategy"),
            header::ALLOCATOR => super::once(&mut self.allocator, field.string()?, "allocator"),
            header::DEBUG_ASSERTIONS => super::once(&mut self.debug_assertions, field.boolean()?, "debug assertions"),
            header::DESCRIPTION => super::once(&mut self.description, field.string()?, "description"),
            header::AUTHOR => super::once(&mut self.author, field.string()?, "author"),
            _ => field.unknown(),
        }
    }
}
