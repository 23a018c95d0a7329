//! Records and fields are moved, doubled, dropped and rewritten; lengths and checksums are put right afterwards.

use super::numbers::Numbers;
use super::{SEPARATOR, store};
use dynpatch_interface::record::{FORMAT, MAGIC, PREFIX, SEAL_LENGTH, crc32, kind};

/// A record as it is meant: all bytes from one magic to the next.
pub(super) type Records = Vec<Vec<u8>>;

/// Mutates the first `size` bytes of `buffer` and returns the new size. `plain` is the fuzzer's own mutation.
pub fn manifest(buffer: &mut [u8], size: usize, seed: u32, plain: impl FnOnce(&mut [u8], usize) -> usize) -> usize {
    let mut numbers = Numbers::new(seed);
    let mut size = size;
    let mut records = split(&buffer[..size]);
    match numbers.below(4) {
        0 if !records.is_empty() => arrange(&mut records, &mut numbers),
        1 | 2 if !records.is_empty() => rewrite(&mut records, &mut numbers),
        _ => {
            size = plain(buffer, size);
            records = split(&buffer[..size]);
        }
    }
    if numbers.one_in(8) {
        return store(buffer, &records.concat());
    }
    records.iter_mut().for_each(|record| repair(record, &mut numbers));
    store(buffer, &records.concat())
}

/// What stands before the first magic is a record of its own, which `repair` leaves alone.
pub(super) fn split(bytes: &[u8]) -> Records {
    let mut starts: Vec<usize> =
        bytes.windows(MAGIC.len()).enumerate().filter(|(_, w)| *w == MAGIC).map(|(at, _)| at).collect();
    starts.insert(0, 0);
    starts.push(bytes.len());
    starts.dedup();
    starts.windows(2).map(|pair| bytes[pair[0]..pair[1]].to_vec()).collect()
}

fn arrange(records: &mut Records, numbers: &mut Numbers) {
    let (one, other) = (numbers.below(records.len()), numbers.below(records.len()));
    match numbers.below(4) {
        0 => drop(records.remove(one)),
        1 => records.insert(other, records[one].clone()),
        2 => records.swap(one, other),
        _ => records.insert(one, vec![0; numbers.below(20)]),
    }
}

/// A tag, and a value without its length.
type Fields = Vec<(u8, Vec<u8>)>;

fn rewrite(records: &mut Records, numbers: &mut Numbers) {
    let at = numbers.below(records.len());
    let record = &mut records[at];
    if record.len() < PREFIX {
        return;
    }
    let mut fields = fields(&record[PREFIX..]);
    change(&mut fields, numbers);
    record.truncate(PREFIX);
    for (tag, value) in fields {
        record.push(tag);
        varint(record, if numbers.one_in(64) { numbers.next() } else { value.len() as u64 });
        record.extend(value);
    }
    if numbers.one_in(16) {
        // The kind.
        record[5] = numbers.next() as u8 & 7;
    }
}

/// As many fields as can be made out.
fn fields(mut payload: &[u8]) -> Fields {
    let mut fields = Vec::new();
    while let [tag, rest @ ..] = payload {
        let Some(end) = rest.iter().position(|byte| byte & 0x80 == 0) else { break };
        let length = rest[..=end].iter().rev().fold(0_usize, |sum, byte| sum << 7 | usize::from(byte & 0x7f));
        let rest = &rest[end + 1..];
        let (value, after) = rest.split_at(length.min(rest.len()));
        fields.push((*tag, value.to_vec()));
        payload = after;
    }
    fields
}

fn change(fields: &mut Fields, numbers: &mut Numbers) {
    let (tag, value) = (tag(numbers), value(numbers));
    if fields.is_empty() || numbers.one_in(6) {
        return fields.push((tag, value));
    }
    let (one, other) = (numbers.below(fields.len()), numbers.below(fields.len()));
    match numbers.below(6) {
        0 => drop(fields.remove(one)),
        1 => fields.insert(other, fields[one].clone()),
        2 => fields.swap(one, other),
        3 => fields[one].0 = tag,
        4 => fields[one].1 = value,
        _ => {
            let length = fields[one].1.len();
            if let Some(byte) = fields[one].1.get_mut(numbers.below(length)) {
                *byte = numbers.next() as u8;
            }
        }
    }
}

/// The known tags end below 32.
fn tag(numbers: &mut Numbers) -> u8 {
    let byte = numbers.next() as u8;
    if numbers.one_in(8) { byte } else { byte & 0x9f }
}

/// A value of some type, or of none.
fn value(numbers: &mut Numbers) -> Vec<u8> {
    let mut value = Vec::new();
    match numbers.below(5) {
        0 => string(&mut value, numbers),
        1 => varint(&mut value, tempting(numbers)),
        2 => (0..3).for_each(|_| varint(&mut value, tempting(numbers))),
        3 => {
            string(&mut value, numbers);
            (0..3).for_each(|_| varint(&mut value, tempting(numbers)));
        }
        _ => value.extend((0..numbers.below(8)).map(|_| numbers.next() as u8)),
    }
    value
}

fn string(value: &mut Vec<u8>, numbers: &mut Numbers) {
    let text = *numbers.pick(&["", "a", "app::price", "\u{1f980}", "\u{7f}\n"]);
    let length = if numbers.one_in(16) { tempting(numbers) } else { text.len() as u64 };
    varint(value, length);
    value.extend(text.as_bytes());
}

fn tempting(numbers: &mut Numbers) -> u64 {
    let next = numbers.next();
    *numbers.pick(&[0, 1, 2, 0x7f, 0x80, 0xff, 0xffff, 0xffff_ffff, 1 << 32, u64::MAX, next])
}

fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Makes the record's prefix agree with the rest of it.
fn repair(record: &mut [u8], numbers: &mut Numbers) {
    if record.len() < PREFIX || !record.starts_with(&MAGIC) {
        return;
    }
    if !numbers.one_in(16) {
        record[4] = FORMAT;
    }
    let whole = record.len() - PREFIX;
    let said = u32::from_le_bytes([record[6], record[7], record[8], record[9]]) as usize;
    // What stands behind it, as the line between two manifests, is not the record's.
    let length = if said < whole && (numbers.one_in(8) || record.ends_with(SEPARATOR)) { said } else { whole };
    record[6..10].copy_from_slice(&(length as u32).to_le_bytes());
    let payload = if record[5] == kind::SEAL { &[0; SEAL_LENGTH] } else { &record[PREFIX..PREFIX + length] };
    let checksum = crc32(&[&record[4..10], payload].concat());
    record[10..PREFIX].copy_from_slice(&checksum.to_le_bytes());
}
