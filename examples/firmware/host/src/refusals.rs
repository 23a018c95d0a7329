//! What is no image, or not for this firmware, or not whole: refused, each with its code, and the firmware stays as it is.

use crate::{admit, built_in_answers, images, raw};
use dynpatch_core::image::{HEADER_LENGTH, ImageHost, NotLoaded};
use dynpatch_interface::record::crc32;
use semihosting::println;

/// Room for an image that is to be spoilt.
const PAGE: usize = 1536;

/// Offers the firmware everything bad. Gives the region back.
pub(crate) fn run(host: &ImageHost<'_>, region: &'static mut [u8]) -> &'static mut [u8] {
    foreign(host);
    flipped(host);
    truncated(host);
    lying(host);
    let region = unloadable(host, region);
    built_in_answers("after all refusals");
    region
}

/// Whole images that are for something else.
fn foreign(host: &ImageHost<'_>) {
    refused(images::OTHER_MACHINE, host, "wrong-architecture", None);
    // On the other chip's own firmware it would be a good one.
    refused(images::OTHER_TARGET, host, TARGET_CODE, None);
    refused(images::ARGUMENTS, host, "signature-mismatch", Some("firmware_interface::meter::scale"));
    refused(images::TYPES, host, "layout", Some("firmware_interface::meter::report"));
}

/// There is one RISC-V chip here and two of ARM.
const TARGET_CODE: &str = if cfg!(target_arch = "arm") { "target-mismatch" } else { "wrong-architecture" };

fn refused(bytes: &[u8], host: &ImageHost<'_>, code: &str, item: Option<&str>) {
    match admit(bytes, host) {
        Ok(_) => panic!("admitted, and not refused with {code}"),
        Err((found, of)) => {
            assert_eq!(found, code);
            assert_eq!(of, item, "the item that {code} is about");
        }
    }
    assert_eq!(crate::live().scale(21), 21, "the old code answers after {code}");
    println!("ok: refused: {code} {}", item.unwrap_or_default());
}

/// A flipped bit, in each byte there is: header, relocations, code, manifest.
fn flipped(host: &ImageHost<'_>) {
    let mut page = [0; PAGE];
    let good = copy(images::V2, &mut page);
    let mut damaged = 0;
    for at in 0..good.len() {
        good[at] ^= 1 << (at % 8);
        let (code, _) = admit(good, host).expect_err("damage is refused");
        damaged += usize::from(code == "damaged");
        good[at] ^= 1 << (at % 8);
    }
    // All but the magic and the length, which are judged before.
    assert_eq!(damaged, good.len() - 8, "what is covered by the checksum");
    assert!(admit(good, host).is_ok(), "whole again");
    assert_eq!(crate::live().scale(21), 21, "the old code answers after damage");
    println!("ok: refused: a flipped bit in each of {} bytes", good.len());
}

fn truncated(host: &ImageHost<'_>) {
    for length in 0..images::V2.len() {
        assert_eq!(admit(&images::V2[..length], host).err(), Some(("truncated", None)), "{length} bytes");
    }
    let mut page = [0; PAGE];
    copy(images::V2, &mut page);
    refused(&page[..images::V2.len() + 1], host, "trailing-bytes", None);
    println!("ok: refused: truncated at each of {} lengths", images::V2.len());
}

/// Images with a right checksum over something wrong.
fn lying(host: &ImageHost<'_>) {
    let [contents, memory, table] = [16, 20, 36].map(|at| word(images::V2, at));
    // The first word of the list: the table's, which is where the image begins.
    let first = HEADER_LENGTH;
    changed(host, "not-an-image", &[(0, 0)]);
    changed(host, "image-format", &[(8, word(images::V2, 8) + 1)]);
    changed(host, "malformed-sizes", &[(20, contents - 4)]);
    changed(host, "malformed-sizes", &[(24, 3)]);
    changed(host, "malformed-sizes", &[(28, u32::MAX)]);
    changed(host, "relocation-place", &[(first, contents)]);
    changed(host, "relocation-place", &[(first, word(images::V2, first) + 1)]);
    changed(host, "relocation-place", &[(first, u32::MAX - 3)]);
    // A word that is listed twice would be relocated twice.
    changed(host, "relocation-place", &[(first + 4, word(images::V2, first))]);
    let code = HEADER_LENGTH + 4 * word(images::V2, 28) as usize;
    changed(host, "relocation-target", &[(code + word(images::V2, first) as usize, memory + 1)]);
    changed(host, "entry-table", &[(36, table + 1)]);
    changed(host, "entry-table", &[(36, contents)]);
    changed(host, "entry-table", &[(code + table as usize, u32::MAX)]);
    changed(host, "entry", &[(code + table as usize + 4, 0)]);
    changed(host, "entry", &[(code + table as usize + 12, 8)]);
    changed(host, "manifest-corrupt", &[(code + contents as usize, 0)]);
}

fn changed(host: &ImageHost<'_>, code: &str, words: &[(usize, u32)]) {
    let mut page = [0; PAGE];
    let bad = copy(images::V2, &mut page);
    for (at, word) in words {
        bad[*at..*at + 4].copy_from_slice(&word.to_le_bytes());
    }
    let checksum = crc32(&bad[8..]);
    bad[4..8].copy_from_slice(&checksum.to_le_bytes());
    refused(bad, host, code, None);
}

/// Good images that do not go where they are put, and one that does not want to.
fn unloadable(host: &ImageHost<'_>, region: &'static mut [u8]) -> &'static mut [u8] {
    let v3 = admit(images::V3, host).expect("it fits");
    let mut page = [0xaa; PAGE];
    assert_eq!(v3.place(&mut page, 0x2000_0000).expect_err("too small").code(), "too-large");
    assert!(page.iter().all(|byte| *byte == 0xaa), "nothing was written");
    let v2 = admit(images::V2, host).expect("it fits");
    assert_eq!(v2.place(&mut page, 0x2000_0002).expect_err("misaligned").code(), "misaligned");
    let fails = admit(images::FAILS, host).expect("it fits");
    let NotLoaded { region, error } = raw::load(fails, region).expect_err("it does not want to");
    assert_eq!(error.code(), "entry-failed");
    assert_eq!(crate::live().scale(21), 21, "the old code answers");
    println!("ok: refused: too-large, misaligned, entry-failed");
    region
}

fn copy<'p>(image: &[u8], page: &'p mut [u8; PAGE]) -> &'p mut [u8] {
    let place = page.get_mut(..image.len()).expect("the page is large enough");
    place.copy_from_slice(image);
    place
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].first_chunk().map(|bytes| u32::from_le_bytes(*bytes)).expect("the image is longer")
}
