//! Images are made anew, doubled and changed a little, so that they nearly agree; single definitions are rewritten. All
//! else is left to the mutation of manifests.

use super::numbers::Numbers;
use super::{SEPARATOR, store};
use crate::descriptors::{Image, change_record};
use dynpatch_interface::record::{ItemKind, PREFIX, kind};
use libfuzzer_sys::arbitrary::{Result, Unstructured};

/// Numbers that a new image is made from, in bytes.
const BYTES: usize = 2048;

/// Mutates the first `size` bytes of `buffer` and returns the new size. `plain` is the fuzzer's own mutation.
pub fn layout(buffer: &mut [u8], size: usize, seed: u32, plain: impl FnOnce(&mut [u8], usize) -> usize) -> usize {
    let mut numbers = Numbers::new(seed);
    let bytes: Vec<u8> = (0..BYTES).map(|_| numbers.next() as u8).collect();
    let mut from = Unstructured::new(&bytes);
    let new = match numbers.below(8) {
        0 | 1 => pair(&mut from).ok(),
        2..=5 => rewritten(&buffer[..size], &mut numbers, &mut from),
        6 => twins(&buffer[..size]),
        _ => None,
    };
    match new {
        Some(new) => store(buffer, &new),
        None => super::manifest(buffer, size, seed, plain),
    }
}

fn pair(from: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let kind = *from.choose(&[ItemKind::Function, ItemKind::Function, ItemKind::Static])?;
    let host = Image::any(from)?;
    let patch = if from.ratio(1, 8)? { Image::any(from)? } else { host.changed(from)? };
    Ok([&host.records(kind), SEPARATOR, &patch.records(kind)].concat())
}

/// Rewrites one definition of either image.
fn rewritten(bytes: &[u8], numbers: &mut Numbers, from: &mut Unstructured<'_>) -> Option<Vec<u8>> {
    let records = super::manifest::split(bytes);
    let places = records.iter().enumerate().filter(|(_, record)| record.get(5) == Some(&kind::TYPE));
    let places: Vec<usize> = places.map(|(place, _)| place).collect();
    if places.is_empty() {
        return None;
    }
    let mut records = records.clone();
    let record = &mut records[*numbers.pick(&places)];
    let (payload, behind) = payload(record)?;
    *record = [&change_record(payload, from)?, behind].concat();
    Some(records.concat())
}

/// A record's payload, and what stands between it and the next record.
fn payload(record: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = u32::from_le_bytes(*record.get(6..10)?.first_chunk()?) as usize;
    record.get(PREFIX..)?.split_at_checked(length)
}

/// The host as its own patch.
fn twins(bytes: &[u8]) -> Option<Vec<u8>> {
    let at = bytes.windows(SEPARATOR.len()).position(|window| window == SEPARATOR)?;
    Some([&bytes[..at], SEPARATOR, &bytes[..at]].concat())
}
