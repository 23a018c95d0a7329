//! Whether an image fits the firmware: everything but the entry table's code is known before any of it runs.

use super::{Image, ImageRefusal};
use crate::compatibility::{Requirements, check_form, check_header, check_identity};
use crate::layout::{Identity, Partner, TypeEntry, TypeTable};
use crate::manifest::{Contents, HostManifest, Item, Manifest, ManifestError};
use dynpatch_interface::Version;
use dynpatch_interface::record::ItemKind;

/// What a firmware says of itself: its own manifest section, read.
#[derive(Debug, Clone)]
pub struct ImageHost<'a> {
    /// What built it, its items and its types.
    pub manifest: HostManifest<'a>,
    /// The version of the interface it offers, if images are held to it.
    pub interface_version: Option<Version>,
}

/// Memory for one check: `TYPES` is the most definitions of types that firmware or image may have.
#[derive(Debug)]
pub struct CheckMemory<'a, const TYPES: usize> {
    host: [TypeEntry<'a>; TYPES],
    image: [TypeEntry<'a>; TYPES],
    partners: [Partner; TYPES],
}

impl<const TYPES: usize> CheckMemory<'_, TYPES> {
    /// Memory nobody used yet.
    pub fn new() -> Self {
        Self {
            host: [TypeEntry::default(); TYPES],
            image: [TypeEntry::default(); TYPES],
            partners: [Partner::default(); TYPES],
        }
    }
}

impl<const TYPES: usize> Default for CheckMemory<'_, TYPES> {
    fn default() -> Self {
        Self::new()
    }
}

/// An image that fits the firmware it was checked against. Only [`Image::check`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct AdmittedImage<'a>(Image<'a>);

impl<'a> AdmittedImage<'a> {
    /// The image.
    pub fn image(&self) -> &Image<'a> {
        &self.0
    }
}

impl<'a> Image<'a> {
    /// Checks that the image may exchange its items with the firmware: built by the same for the same, and every item it
    /// brings is one of the firmware's, at the same place, of the same form, and with types described in the same words.
    ///
    /// # Errors
    /// The first reason to refuse it.
    pub fn check<const TYPES: usize>(
        self,
        host: &ImageHost<'a>,
        memory: &mut CheckMemory<'a, TYPES>,
    ) -> Result<AdmittedImage<'a>, ImageRefusal<'a>> {
        let manifest = Manifest::read(self.manifest()).map_err(ImageRefusal::Manifest)?;
        check_whole(host, &manifest)?;
        let (ours, theirs) = (*host.manifest.contents(), *manifest.contents());
        memory.partners.fill(Partner::Unseen);
        let types = [table(&ours, &mut memory.host)?, table(&theirs, &mut memory.image)?];
        let mut identity = Identity::new(types[0], types[1], &mut memory.partners);
        for (count, item) in theirs.items().enumerate() {
            // Those before it were compared: they are the firmware's, so there are not many.
            if theirs.items().take(count).any(|earlier| earlier.name == item.name) {
                return Err(ImageRefusal::DuplicateItem { item: item.name });
            }
            self.check_item(&ours, &item, &mut identity)?;
        }
        if self.table().entries().count() != theirs.items().count() {
            return Err(ImageRefusal::UnnamedEntry);
        }
        Ok(AdmittedImage(self))
    }

    fn check_item(
        &self,
        host: &Contents<'a>,
        item: &Item<'a>,
        identity: &mut Identity<'a, '_>,
    ) -> Result<(), ImageRefusal<'a>> {
        let name = item.name;
        let is_it = |known: &Item<'a>| known.name == name && known.kind == ItemKind::Function;
        let known = host.items().find(is_it).ok_or(ImageRefusal::UnknownItem { item: name })?;
        check_form(&known, item).map_err(|mismatch| ImageRefusal::Item { item: name, mismatch })?;
        check_identity(identity, &known, item).map_err(|difference| ImageRefusal::Layout { item: name, difference })?;
        // The place is the firmware's own: the forms agree.
        let entry = known.index.and_then(|index| self.table().entry(index as usize));
        entry.map(drop).ok_or(ImageRefusal::NoEntry { item: name })
    }
}

fn check_whole<'a>(host: &ImageHost<'a>, manifest: &Manifest<'a>) -> Result<(), ImageRefusal<'a>> {
    let environment = *host.manifest.environment();
    let requirements = Requirements { environment, interface_version: host.interface_version, type_hash: None };
    // A panic of an image never leaves it: it ends in the host's trap. One that is built to unwind has nobody to unwind to.
    if manifest.header().environment.panics_unwind {
        return Err(ImageRefusal::Unwinds);
    }
    check_header(&requirements, manifest.header(), |_| false).map_err(ImageRefusal::Header)
}

/// The definitions of a manifest, in the memory lent for them.
fn table<'a, 'm>(
    contents: &Contents<'a>,
    memory: &'m mut [TypeEntry<'a>],
) -> Result<TypeTable<'a, 'm>, ImageRefusal<'a>> {
    let too_many = ImageRefusal::Types(ManifestError::TooManyRecords);
    let entries = memory.get_mut(..contents.definition_count()).ok_or(too_many)?;
    for (place, definition) in entries.iter_mut().zip(contents.definitions()) {
        *place = definition;
    }
    TypeTable::new(entries).map_err(ImageRefusal::Types)
}
