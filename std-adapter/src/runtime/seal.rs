//! The seal: a BLAKE3 hash of a patch file, inside the file.

use dynpatch_core::manifest::{Manifest, Seal};
use dynpatch_interface::record::SEAL_LENGTH;
use dynpatch_interface::{ErrorCode, PatchError};
use std::ops::Range;
use std::path::Path;

use super::Integrity;
use crate::platform::{LoaderLimits, NativeLoader};
use dynpatch_core::{Loader as _, Object as _};

/// Writes a BLAKE3 hash of the file into the place `patch!` reserved for it. From then on a change of any bit is
/// refused. The file is replaced in one step; sealing twice is harmless.
///
/// A seal shows that a file is whole, not who made it.
///
/// # Errors
/// When the file cannot be read or written, or is not a patch.
pub fn seal(path: impl AsRef<Path>) -> Result<(), PatchError> {
    let path = path.as_ref();
    let io = |error: std::io::Error| PatchError::new(ErrorCode::Io, path.display(), error);
    let mut bytes = std::fs::read(path).map_err(io)?;
    let place = place_of_seal(&bytes).map_err(|error| super::admission::about(path, &error))?;
    let hash = hash_without(&bytes, &place);
    bytes[place].copy_from_slice(&hash);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".sealing-{}", std::process::id()));
    let beside = path.with_file_name(name);
    std::fs::copy(path, &beside).map_err(io)?;
    let written = std::fs::write(&beside, &bytes).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| {
        // The copy is of no use to anybody; that it cannot be removed either is not the news.
        let _ = std::fs::remove_file(&beside);
        io(error)
    })
}

fn place_of_seal(bytes: &[u8]) -> Result<Range<usize>, PatchError> {
    let loader = NativeLoader::with_limits(LoaderLimits::default());
    let section = loader.inspect(bytes)?.manifest();
    let manifest = Manifest::read(&bytes[section.clone()]).map_err(|error| super::admission::of_manifest(&error))?;
    Ok(place_in_file(&section, manifest.seal()))
}

fn place_in_file(section: &Range<usize>, seal: &Seal) -> Range<usize> {
    section.start + seal.range.start..section.start + seal.range.end
}

/// Compares the file's bytes with the seal in them.
pub(super) fn verify(bytes: &[u8], object: &impl dynpatch_core::Object, seal: &Seal) -> Result<Integrity, PatchError> {
    let Some(expected) = seal.hash else { return Ok(Integrity::None) };
    let found = hash_without(bytes, &place_in_file(&object.manifest(), seal));
    if found == expected {
        return Ok(Integrity::Sealed);
    }
    let cause = format!("sealed as {}, but its bytes give {}", hex(&expected), hex(&found));
    Err(PatchError::new(ErrorCode::SealBroken, "seal", cause).with_help("copy or build the file again"))
}

/// The hash of `bytes` with zeros in the place of the hash itself.
fn hash_without(bytes: &[u8], place: &Range<usize>) -> [u8; SEAL_LENGTH] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&bytes[..place.start]);
    hasher.update(&[0; SEAL_LENGTH]);
    hasher.update(&bytes[place.end..]);
    *hasher.finalize().as_bytes()
}

fn hex(hash: &[u8]) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
