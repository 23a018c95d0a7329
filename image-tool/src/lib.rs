//! Makes images for RAM out of position-independent ELF files: what `dynpatch_core::image` reads on a chip.
//!
//! All that is hard about loading happens here, on the developer's machine: the ELF file is read, symbols are resolved
//! already, and what the chip could not do is refused. What is left for the chip is to add one number to each word of a
//! list.
//!
//! - [`image`]: the whole of it, a pure function of bytes.
//! - [`LINKER_SCRIPT`]: how such an ELF file is laid out.
#![forbid(unsafe_code)]

mod elf;
mod layout;
mod relocations;
mod symbols;

use dynpatch_core::image::{HEADER_LENGTH, Image, ImageHeader};
use dynpatch_core::manifest::{Manifest, ManifestError};
use dynpatch_interface::{ErrorCode, PatchError};
use elf::Elf;
use layout::Layout;

/// The linker script for images; `dynpatch-image --linker-script` writes it out.
pub const LINKER_SCRIPT: &str = include_str!("../image.ld");

/// An image, and what is worth telling of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The image's file.
    pub bytes: Vec<u8>,
    /// The sizes of its parts.
    pub header: ImageHeader,
    /// The patch's name and version.
    pub patch: String,
    /// The paths of the items it brings.
    pub items: Vec<String>,
}

/// Makes the image of an ELF file. Never panics, whatever the bytes are.
///
/// # Errors
/// The subject is the section, the relocation, the symbol or the item at fault. `NotAnObject`: no ELF file.
/// `WrongArchitecture`: not 32 bits, or neither ARM nor RISC-V. `NotALibrary`: linked for one address. `NotAPatch`:
/// without manifest or entry table. `ManifestCorrupt`: the manifest does not read. `Hardening`: undefined symbols,
/// constructors, thread-local variables. `Unsupported`: a relocation or a section that no image has. `TooLarge`.
/// `Malformed`: the file contradicts itself.
pub fn image(bytes: &[u8]) -> Result<Made, PatchError> {
    let elf = Elf::read(bytes)?;
    symbols::check(&elf)?;
    let mut layout = Layout::read(&elf)?;
    let relocations = relocations::read(&elf, &mut layout)?;
    let manifest = elf.one_section(".dynpatch", "the manifest")?.data(&elf)?;
    let table = layout.table(&elf)?;
    let list: Vec<u8> = relocations.iter().flat_map(|place| place.to_le_bytes()).collect();
    let header = ImageHeader {
        machine: elf.machine(),
        relocations: count(relocations.len())?,
        contents: count(layout.contents.len())?,
        manifest: count(manifest.len())?,
        memory: layout.memory,
        alignment: layout.alignment,
        table,
    };
    let head = header.encode(&[&list, &layout.contents, manifest]).ok_or_else(too_large)?;
    let bytes = [head.as_slice(), &list, &layout.contents, manifest].concat();
    debug_assert_eq!(head.len(), HEADER_LENGTH);
    let (patch, items) = look_again(&bytes, &header)?;
    Ok(Made { bytes, header, patch, items })
}

/// Reads the image as the chip will: what is refused there is refused here.
fn look_again(bytes: &[u8], header: &ImageHeader) -> Result<(String, Vec<String>), PatchError> {
    let malformed = |error: dynpatch_core::image::ImageError| {
        PatchError::new(ErrorCode::Malformed, "the image", format!("{} ({error:?})", error.code()))
            .with_help("build the image with `dynpatch_interface::firmware_image!` and the linker script of this tool")
    };
    let image = Image::read(bytes, header.machine).map_err(malformed)?;
    let manifest = Manifest::read(image.manifest()).map_err(|error| of_manifest(&error))?;
    let described = manifest.contents().items().count();
    let brought = image.table().entries().count();
    if described != brought || described == 0 {
        let cause = format!("the manifest describes {described} items, and the entry table has {brought} functions");
        return Err(PatchError::new(ErrorCode::NotAPatch, "entry table", cause)
            .with_help("let one `firmware_image!` write both, and provide at least one item"));
    }
    let patch = format!("{} {}", manifest.header().name, manifest.header().version);
    Ok((patch, manifest.contents().items().map(|item| item.name.to_owned()).collect()))
}

fn of_manifest(error: &ManifestError) -> PatchError {
    PatchError::new(ErrorCode::ManifestCorrupt, "section .dynpatch", error)
        .with_help("only `firmware_image!` and `#[derive(PatchType)]` write into it")
}

fn count(length: usize) -> Result<u32, PatchError> {
    u32::try_from(length).map_err(|_| too_large())
}

fn too_large() -> PatchError {
    PatchError::new(ErrorCode::TooLarge, "the image", "its parts are more than 32 bits count")
}
