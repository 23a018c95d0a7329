//! What a patch is.

use super::{Field, Fields, ManifestError, Record, take_once};
use crate::version::compatible;
use core::fmt;
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
        let environment = found.environment.whole()?;
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
        self.of_tag(header::PROVIDES).filter_map(|field| field.string().ok())
    }

    /// The patches that must be live. What is said of other patches is read here first: a chip has one at a time.
    pub fn requires(&self) -> impl Iterator<Item = Result<Relation<'a>, ManifestError>> + use<'a> {
        self.relations(header::REQUIRES)
    }

    /// The patches that must not be live.
    pub fn conflicts(&self) -> impl Iterator<Item = Result<Relation<'a>, ManifestError>> + use<'a> {
        self.relations(header::CONFLICTS)
    }

    /// Whether the patch stands on the built-in code, in the place of all live patches.
    ///
    /// # Errors
    /// When the field does not hold that.
    pub fn replaces_all(&self) -> Result<bool, ManifestError> {
        self.of_tag(header::REPLACES_ALL).next().map_or(Ok(false), |field| field.boolean())
    }

    fn relations(&self, tag: u8) -> impl Iterator<Item = Result<Relation<'a>, ManifestError>> + use<'a> {
        self.of_tag(tag).map(move |field| Relation::read(field.string()?).ok_or(ManifestError::Field { tag }))
    }

    fn of_tag(&self, tag: u8) -> impl Iterator<Item = Field<'a>> + use<'a> {
        self.fields.clone().filter_map(Result::ok).filter(move |field| field.tag == tag)
    }
}

/// Another patch, as a patch speaks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation<'a> {
    /// Its name.
    pub name: &'a str,
    /// The version it is spoken of, and what is [compatible](crate::version::compatible) with that; `None`: every version.
    pub version: Option<Version>,
}

impl<'a> Relation<'a> {
    /// Reads `name` or `name 1.2.3`.
    pub fn read(text: &'a str) -> Option<Self> {
        let (name, version) = match text.split_once(' ') {
            None => (text, None),
            Some((name, version)) => (name, Some(version_of(version)?)),
        };
        (!name.is_empty()).then_some(Self { name, version })
    }

    /// Whether it speaks of that patch.
    pub fn is_about(&self, name: &str, version: Version) -> bool {
        self.name == name && self.version.is_none_or(|spoken_of| compatible(version, spoken_of))
    }
}

impl fmt::Display for Relation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        self.version.map_or(Ok(()), |version| write!(f, " v{version}"))
    }
}

fn version_of(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let version = Version::new(parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(version)
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
    allocator: Option<&'a str>,
    environment: FoundEnvironment<'a>,
    description: Option<&'a str>,
    author: Option<&'a str>,
}

impl<'a> Found<'a> {
    fn take(&mut self, field: &Field<'a>) -> Result<(), ManifestError> {
        match field.tag {
            header::NAME => take_once(&mut self.name, field, Field::string, "patch name"),
            header::VERSION => take_once(&mut self.version, field, Field::version, "patch version"),
            header::INTERFACE_VERSION => {
                take_once(&mut self.interface_version, field, Field::version, "interface version")
            }
            header::TYPE_HASH => take_once(&mut self.type_hash, field, Field::number, "type hash"),
            header::PROVIDES => field.string().map(drop),
            header::REQUIRES..=header::REPLACES_ALL => Ok(()),
            header::ALLOCATOR => take_once(&mut self.allocator, field, Field::string, "allocator"),
            header::DESCRIPTION => take_once(&mut self.description, field, Field::string, "description"),
            header::AUTHOR => take_once(&mut self.author, field, Field::string, "author"),
            _ => self.environment.take(field),
        }
    }
}

/// Reads the environment of an image that is no patch.
pub(super) fn environment<'a>(record: &Record<'a>) -> Result<Environment<'a>, ManifestError> {
    let mut found = FoundEnvironment::default();
    for field in record.fields() {
        found.take(&field?)?;
    }
    found.whole()
}

#[derive(Default)]
struct FoundEnvironment<'a> {
    framework: Option<Version>,
    compiler: Option<&'a str>,
    target: Option<&'a str>,
    abi: Option<&'a str>,
    pointer_width: Option<u64>,
    little_endian: Option<bool>,
    layout_probe: Option<[u8; 8]>,
    cpu_features: Option<&'a str>,
    panics_unwind: Option<bool>,
    debug_assertions: Option<bool>,
}

impl<'a> FoundEnvironment<'a> {
    fn take(&mut self, field: &Field<'a>) -> Result<(), ManifestError> {
        match field.tag {
            header::FRAMEWORK => take_once(&mut self.framework, field, Field::version, "framework version"),
            header::COMPILER => take_once(&mut self.compiler, field, Field::string, "compiler"),
            header::TARGET => take_once(&mut self.target, field, Field::string, "target"),
            header::ABI => take_once(&mut self.abi, field, Field::string, "target ABI"),
            header::POINTER_WIDTH => take_once(&mut self.pointer_width, field, Field::number, "pointer width"),
            header::LITTLE_ENDIAN => take_once(&mut self.little_endian, field, Field::boolean, "byte order"),
            header::LAYOUT_PROBE => take_once(&mut self.layout_probe, field, Field::bytes, "layout probe"),
            header::CPU_FEATURES => take_once(&mut self.cpu_features, field, Field::string, "processor features"),
            header::PANICS_UNWIND => take_once(&mut self.panics_unwind, field, Field::boolean, "panic strategy"),
            header::DEBUG_ASSERTIONS => {
                take_once(&mut self.debug_assertions, field, Field::boolean, "debug assertions")
            }
            _ => field.unknown(),
        }
    }

    fn whole(&self) -> Result<Environment<'a>, ManifestError> {
        let width = self.pointer_width.ok_or(missing("pointer width"))?;
        Ok(Environment {
            framework: self.framework.ok_or(missing("framework version"))?,
            compiler: self.compiler.ok_or(missing("compiler"))?,
            target: self.target.ok_or(missing("target"))?,
            abi: self.abi.ok_or(missing("target ABI"))?,
            pointer_width: u8::try_from(width).map_err(|_| ManifestError::Field { tag: header::POINTER_WIDTH })?,
            little_endian: self.little_endian.ok_or(missing("byte order"))?,
            layout_probe: self.layout_probe.ok_or(missing("layout probe"))?,
            cpu_features: self.cpu_features.ok_or(missing("processor features"))?,
            panics_unwind: self.panics_unwind.ok_or(missing("panic strategy"))?,
            debug_assertions: self.debug_assertions.unwrap_or(false),
        })
    }
}
