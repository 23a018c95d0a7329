//! The reader of images for RAM: no panic, no allocation, nothing outside the input; and an image that is admitted reads
//! the same wherever it is placed, but for the words of its list.

use super::manifest::manifest;
use super::meter::bytes_asked_for;
use dynpatch_core::image::{AdmittedImage, CheckMemory, HEADER_LENGTH, Image, ImageHost, Machine};
use dynpatch_core::manifest::{HostManifest, Item, Manifest};
use dynpatch_interface::Environment;
use dynpatch_interface::record::{FORMAT, MAGIC, crc32, header, kind};

/// Reads `bytes` as an image for each machine, and checks it against a firmware that says what the image does.
///
/// # Panics
/// When an invariant does not hold.
pub fn image(bytes: &[u8]) {
    for machine in [Machine::ARM, Machine::RISC_V] {
        let (read, asked_for) = bytes_asked_for(|| Image::read(bytes, machine));
        assert_eq!(asked_for, 0, "bytes allocated for an image of {} bytes", bytes.len());
        assert_eq!(Image::read(bytes, machine), read, "a second look found something else");
        match read {
            Ok(read) => accepted(bytes, &read),
            Err(error) => assert!(!error.code().is_empty(), "a refusal has a code"),
        }
    }
}

/// Whether the reader gets to the end of it. A fuzzer that starts from what it refuses tests little.
pub fn image_is_accepted(bytes: &[u8]) -> bool {
    let machines = [Machine::ARM, Machine::RISC_V];
    machines.into_iter().filter_map(|machine| Image::read(bytes, machine).ok()).any(|image| admitted(&image))
}

fn accepted(bytes: &[u8], image: &Image<'_>) {
    let said = image.header();
    let parts = [HEADER_LENGTH, 4 * image.relocations().len(), image.contents().len(), image.manifest().len()];
    assert_eq!(parts.iter().sum::<usize>(), bytes.len(), "the parts are the file");
    assert!(core::ptr::eq(image.manifest(), &bytes[bytes.len() - image.manifest().len()..]), "the manifest is last");
    let places: Vec<u32> = image.relocations().iter().collect();
    assert!(places.is_sorted_by(|a, b| a < b), "a word would be relocated twice");
    for place in &places {
        assert!(place % 4 == 0 && *place as usize + 4 <= image.contents().len(), "a word outside the image");
        assert!(image.relocations().contains(*place));
    }
    for address in image.table().entries().map(|(_, address)| address).chain([image.table().connect()]) {
        assert!(address > 0 && address < said.contents, "a function outside the image");
    }
    manifest(image.manifest());
    admitted(image);
}

/// Whether a firmware that has the image's items would take it. Whatever is admitted is placed.
fn admitted(image: &Image<'_>) -> bool {
    let Some(records) = firmware(image) else { return false };
    let Ok(manifest) = HostManifest::read(&records) else { return false };
    let host = ImageHost { manifest, interface_version: None };
    let mut memory = CheckMemory::<8>::new();
    let (verdict, asked_for) = bytes_asked_for(|| image.check(&host, &mut memory));
    assert_eq!(asked_for, 0, "bytes allocated for a check");
    match verdict {
        Ok(admitted) => {
            let brought = Manifest::read(image.manifest()).expect("it was read").contents().items().count();
            assert_eq!(admitted.image().table().entries().count(), brought, "a function that nobody described");
            placed(&admitted);
            true
        }
        Err(refusal) => {
            assert!(!refusal.code().is_empty(), "a refusal has a code");
            false
        }
    }
}

/// The manifest of a firmware that was built as the image was: its items and types, and an environment in the place of
/// header and seal.
fn firmware(image: &Image<'_>) -> Option<Vec<u8>> {
    let manifest = Manifest::read(image.manifest()).ok()?;
    let mut records = environment(&manifest.header().environment);
    for record in dynpatch_core::manifest::records(image.manifest()) {
        let record = record.ok()?;
        if record.kind == kind::TYPE || record.kind == kind::ITEM && Item::read(&record).is_ok() {
            records.extend(&image.manifest()[record.range]);
        }
    }
    Some(records)
}

/// An environment record. The encoder of records writes constants only.
fn environment(of: &Environment<'_>) -> Vec<u8> {
    let version = [of.framework.major, of.framework.minor, of.framework.patch];
    let version: Vec<u8> = version.into_iter().flat_map(|part| varint(u64::from(part))).collect();
    let fields = [
        (header::FRAMEWORK, version),
        (header::COMPILER, string(of.compiler)),
        (header::TARGET, string(of.target)),
        (header::ABI, string(of.abi)),
        (header::POINTER_WIDTH, varint(u64::from(of.pointer_width))),
        (header::LITTLE_ENDIAN, vec![u8::from(of.little_endian)]),
        (header::LAYOUT_PROBE, of.layout_probe.to_vec()),
        (header::CPU_FEATURES, string(of.cpu_features)),
        (header::PANICS_UNWIND, vec![u8::from(of.panics_unwind)]),
    ];
    let mut payload = Vec::new();
    for (tag, value) in fields {
        payload.push(tag);
        payload.extend(varint(value.len() as u64));
        payload.extend(value);
    }
    let head = [&[FORMAT, kind::ENVIRONMENT], (payload.len() as u32).to_le_bytes().as_slice()].concat();
    let checksum = crc32(&[head.as_slice(), &payload].concat()).to_le_bytes();
    [MAGIC.as_slice(), &head, &checksum, &payload].concat()
}

fn string(text: &str) -> Vec<u8> {
    [varint(text.len() as u64).as_slice(), text.as_bytes()].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

const MEMORY: usize = 1 << 16;

fn placed(image: &AdmittedImage<'_>) {
    let needs = image.image().header().memory as usize;
    if needs > MEMORY {
        return;
    }
    let mut memories = [0x2000_0000, 0x8000_1000].map(|address| (address, vec![0xaa; needs + 8]));
    for (address, memory) in &mut memories {
        image.place(memory, *address).expect("there is room, and the address is aligned");
        unplaced(image.image(), memory, *address);
        assert!(image.place(&mut memory[..needs - 1], *address).is_err(), "placed where there is no room");
    }
}

/// What was placed, with the address taken away again, is what the file has, and zeros.
fn unplaced(image: &Image<'_>, memory: &mut [u8], address: u32) {
    for place in image.relocations().iter() {
        let word: &mut [u8; 4] = memory[place as usize..].first_chunk_mut().expect("a word");
        *word = u32::from_le_bytes(*word).wrapping_sub(address).to_le_bytes();
    }
    let (contents, rest) = memory.split_at(image.contents().len());
    assert_eq!(contents, image.contents(), "placing changed more than the words of the list");
    assert!(rest.iter().all(|byte| *byte == 0), "memory behind the image is not cleared");
}
