//! Images for RAM: read, checked, placed. What runs on a chip is in `examples/firmware`.

use dynpatch_core::image::{
    AdmittedImage, CheckMemory, HEADER_LENGTH, Image, ImageError, ImageHeader, ImageHost, ImageRefusal, LoadError,
    Machine,
};
use dynpatch_core::manifest::HostManifest;
use dynpatch_interface::Environment;
use dynpatch_interface::record::{HeaderDescription, unsealed};

/// What the firmware has.
mod ours {
    dynpatch_interface::firmware_items! {
        pub mod meter {
            fn scale(raw: u32) -> u32;
            fn report(readings: &[u16], text: &mut [u8]) -> usize;
        }
    }
}

/// What images of another time have. Only `items` of the same path are compared, so the path is put right below.
mod later {
    dynpatch_interface::firmware_items! {
        pub mod meter {
            fn scale(raw: u64) -> u32;
            fn report(readings: &[u16]) -> usize;
            fn reset();
        }
    }
}

const BUILT: Environment<'static> = Environment::of_this_build(false);
const UNWINDING: Environment<'static> = Environment::of_this_build(true);

fn firmware() -> Vec<u8> {
    let environment = BUILT.record::<{ BUILT.record_length() }>();
    [environment.as_slice(), &ours::meter::RECORDS.concat()].concat()
}

fn header_record(environment: Environment<'static>) -> Vec<u8> {
    const fn header(environment: Environment<'static>) -> HeaderDescription<'static> {
        HeaderDescription {
            name: "fix",
            version: dynpatch_interface::Version::new(1, 0, 0),
            interface_version: None,
            type_hash: None,
            provides: &[],
            requires: &[],
            conflicts: &[],
            replaces_all: false,
            environment,
            description: None,
            author: None,
        }
    }
    const LENGTH: usize = header(BUILT).encoded_length();
    header(environment).encode::<LENGTH>().to_vec()
}

/// An image's manifest with these item records.
fn manifest(items: &[&[u8]]) -> Vec<u8> {
    [header_record(BUILT).as_slice(), &unsealed(), &items.concat()].concat()
}

fn both() -> Vec<u8> {
    manifest(ours::meter::RECORDS)
}

/// Words of an image: the table, then code, then two words of data of which one leads to the other.
const CONTENTS: [u32; 8] = [16, 17, 21, 25, 0x4770_4770, 0x4770_4770, 0x4770_4770, 16];
const PLACES: [u32; 4] = [4, 8, 12, 28];

struct Draft {
    header: ImageHeader,
    places: Vec<u32>,
    contents: Vec<u32>,
    manifest: Vec<u8>,
}

fn draft() -> Draft {
    let header = ImageHeader {
        machine: Machine::ARM,
        relocations: 0,
        contents: 0,
        manifest: 0,
        memory: 40,
        alignment: 8,
        table: 0,
    };
    Draft { header, places: PLACES.to_vec(), contents: CONTENTS.to_vec(), manifest: both() }
}

impl Draft {
    fn bytes(mut self) -> Vec<u8> {
        let [list, contents] = [&self.places, &self.contents].map(|words| bytes_of(words));
        self.header.relocations = self.places.len() as u32;
        self.header.contents = contents.len() as u32;
        self.header.manifest = self.manifest.len() as u32;
        let head = self.header.encode(&[&list, &contents, &self.manifest]).expect("it is short");
        [head.as_slice(), &list, &contents, &self.manifest].concat()
    }

    #[track_caller]
    fn refused_with(self, error: ImageError) {
        assert_eq!(Image::read(&self.bytes(), Machine::ARM), Err(error));
    }
}

fn bytes_of(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn check<'a>(bytes: &'a [u8], firmware: &'a [u8]) -> Result<AdmittedImage<'a>, ImageRefusal<'a>> {
    let image = Image::read(bytes, Machine::ARM).expect("it reads");
    let manifest = HostManifest::read(firmware).expect("the firmware's manifest reads");
    let host = ImageHost { manifest, interface_version: None };
    image.check(&host, &mut CheckMemory::<2>::new())
}

#[test]
fn a_good_image_is_what_it_was_made_of() {
    let bytes = draft().bytes();
    let image = Image::read(&bytes, Machine::ARM).expect("it reads");
    assert_eq!(image.relocations().iter().collect::<Vec<_>>(), PLACES);
    assert!(image.relocations().contains(28) && !image.relocations().contains(24));
    assert_eq!(image.contents(), bytes_of(&CONTENTS));
    assert_eq!(image.manifest(), both());
    assert_eq!(image.table().connect(), 17);
    assert_eq!(image.table().entries().collect::<Vec<_>>(), [(0, 21), (1, 25)]);
    assert_eq!(image.table().entry(2), None);
}

#[test]
fn every_flipped_bit_and_every_length_refused_with() {
    let bytes = draft().bytes();
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(Image::read(&damaged, Machine::ARM).is_err(), "bit {bit}");
    }
    for length in 0..bytes.len() {
        let error = Image::read(&bytes[..length], Machine::ARM).expect_err("it is cut off");
        assert!(matches!(error, ImageError::Truncated { .. }), "{length}: {error:?}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Image::read(&longer, Machine::ARM), Err(ImageError::Trailing { surplus: 1 }));
}

#[test]
fn lies_with_a_right_checksum() {
    let machines = ImageError::Machine { host: Machine::RISC_V, image: Machine::ARM };
    assert_eq!(Image::read(&draft().bytes(), Machine::RISC_V), Err(machines));
    for place in [2, 22, 30, 32, u32::MAX - 3] {
        Draft { places: vec![4, 8, 12, place], ..draft() }.refused_with(ImageError::Relocation { place });
    }
    Draft { places: vec![4, 8, 8, 12, 28], ..draft() }.refused_with(ImageError::Relocation { place: 8 });
    Draft { places: vec![8, 4, 12, 28], ..draft() }.refused_with(ImageError::Relocation { place: 4 });
    let mut lie = draft();
    lie.contents[7] = 41;
    lie.refused_with(ImageError::RelocationTarget { place: 28, target: 41 });
    for (alignment, memory) in [(0, 40), (2, 40), (12, 40), (8192, 40), (8, 31), (8, u32::MAX)] {
        let header = ImageHeader { alignment, memory, ..draft().header };
        Draft { header, ..draft() }.refused_with(ImageError::Sizes);
    }
}

#[test]
fn entries_lead_to_code_and_nowhere_else() {
    let entry = |index: usize, word: u32| {
        let mut lie = draft();
        lie.contents[index] = word;
        lie
    };
    // Not Thumb, the table itself, zero though it is relocated, beyond the contents.
    for word in [20, 13, 0, 33] {
        entry(2, word).refused_with(ImageError::Entry { index: 2 });
    }
    Draft { places: vec![4, 12, 28], ..draft() }.refused_with(ImageError::Entry { index: 2 });
    Draft { places: vec![8, 12, 28], ..entry(1, 0) }.refused_with(ImageError::Entry { index: 1 });
    for length in [0, 4, 18, 36, u32::MAX] {
        entry(0, length).refused_with(ImageError::Table);
    }
    for table in [1, 2, 32, u32::MAX] {
        Draft { header: ImageHeader { table, ..draft().header }, ..draft() }.refused_with(ImageError::Table);
    }
}

#[test]
fn what_fits_the_firmware_is_admitted() {
    let (bytes, firmware) = (draft().bytes(), firmware());
    check(&bytes, &firmware).expect("it fits");
    // One of the two.
    let mut one = Draft { places: vec![4, 8, 28], manifest: manifest(&ours::meter::RECORDS[..1]), ..draft() };
    one.contents[3] = 0;
    check(&one.bytes(), &firmware).expect("it fits");
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let firmware = firmware();
    let refusal = |manifest: Vec<u8>, code: &str, item: Option<&str>| {
        let bytes = Draft { manifest, ..draft() }.bytes();
        let refusal = check(&bytes, &firmware).expect_err("it does not fit");
        assert_eq!((refusal.code(), refusal.item().and_then(|item| item.rsplit("::").next())), (code, item));
    };
    let [scale, report] = [ours::meter::RECORDS[0], ours::meter::RECORDS[1]];
    let renamed: Vec<Vec<u8>> = (0..3).map(|place| renamed(later::meter::ITEMS[place])).collect();
    refusal(manifest(&[&renamed[0], report]), "layout", Some("scale"));
    refusal(manifest(&[scale, &renamed[1]]), "signature-mismatch", Some("report"));
    refusal(manifest(&[scale, report, &renamed[2]]), "unknown-item", Some("reset"));
    refusal(manifest(&[scale, report, scale]), "duplicate-item", Some("scale"));
    refusal(manifest(&[scale]), "unnamed-entry", None);
    refusal(Vec::new(), "manifest-corrupt", None);
    let unwinding = [header_record(UNWINDING).as_slice(), &unsealed(), scale, report].concat();
    refusal(unwinding, "panic-unwind", None);
}

#[test]
fn an_item_without_a_function_refused_with() {
    let mut lacking = Draft { places: vec![4, 8, 28], ..draft() };
    lacking.contents[3] = 0;
    let (bytes, firmware) = (lacking.bytes(), firmware());
    let refusal = check(&bytes, &firmware).expect_err("a function is missing");
    assert_eq!(refusal.code(), "no-entry");
}

/// The record of an item of `later` under the name it has in `ours`.
fn renamed(item: dynpatch_interface::record::ItemDescription<'static>) -> Vec<u8> {
    let name: &'static str = item.name.replace("::later::", "::ours::").leak();
    let item = dynpatch_interface::record::ItemDescription { name, ..item };
    // One character shorter; the lengths are those of the three items there are.
    match item.encoded_length() {
        length if length == LENGTHS[0] => item.encode::<{ LENGTHS[0] }>().to_vec(),
        length if length == LENGTHS[1] => item.encode::<{ LENGTHS[1] }>().to_vec(),
        _ => item.encode::<{ LENGTHS[2] }>().to_vec(),
    }
}

const LENGTHS: [usize; 3] = {
    let items = later::meter::ITEMS;
    [items[0].encoded_length() - 1, items[1].encoded_length() - 1, items[2].encoded_length() - 1]
};

#[test]
fn placed_at_two_addresses_it_differs_by_the_address() {
    let (bytes, firmware) = (draft().bytes(), firmware());
    let admitted = check(&bytes, &firmware).expect("it fits");
    for address in [0x2000_0000_u32, 0xffff_fff8] {
        let mut memory = [0xaa; 48];
        admitted.place(&mut memory, address).expect("there is room");
        let words: Vec<u32> = memory.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
        for (index, (found, before)) in words.iter().zip(CONTENTS).enumerate() {
            let is_listed = PLACES.contains(&(4 * index as u32));
            assert_eq!(*found, if is_listed { before.wrapping_add(address) } else { before }, "word {index}");
        }
        assert_eq!(words[CONTENTS.len()..], [0; 4], "what is left is cleared");
    }
}

#[test]
fn where_it_cannot_lie_nothing_is_written() {
    let (bytes, firmware) = (draft().bytes(), firmware());
    let admitted = check(&bytes, &firmware).expect("it fits");
    let mut memory = [0xaa; 40];
    assert_eq!(admitted.place(&mut memory[..39], 0), Err(LoadError::TooLarge { needs: 40, has: 39 }));
    assert_eq!(admitted.place(&mut memory, 4), Err(LoadError::Misaligned { needs: 8, address: 4 }));
    assert_eq!(memory, [0xaa; 40]);
    admitted.place(&mut memory, 8).expect("there is room");
}

#[test]
fn a_header_is_forty_bytes() {
    assert_eq!(draft().header.encode(&[]).map(|bytes| bytes.len()), Some(HEADER_LENGTH));
    let longest = ImageHeader { relocations: u32::MAX, ..draft().header };
    assert_eq!(longest.encode(&[]), None, "longer than 32 bits count");
}
