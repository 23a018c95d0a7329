//! The tables of an ELF file are damaged field by field, and made to lie together, as a linker with a bug would, or
//! someone with intent.

use super::numbers::Numbers;
use super::store;
use crate::starts;
use core::ops::Range;

const ELF_HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;
const SECTION_HEADER: usize = 64;
const EXECUTABLE: u64 = 4;
const NO_BITS: u64 = 8;
const DYNAMIC: u64 = 6;

/// Mutates the first `size` bytes of `buffer` and returns the new size. `plain` is the fuzzer's own mutation.
pub fn object(buffer: &mut [u8], size: usize, seed: u32, plain: impl FnOnce(&mut [u8], usize) -> usize) -> usize {
    let mut numbers = Numbers::new(seed);
    let size = fresh(buffer, &mut numbers).unwrap_or(size);
    let file = &mut buffer[..size];
    let Some(tables) = Tables::read(file).filter(|_| !numbers.one_in(16)) else {
        return plain(buffer, size);
    };
    for _ in 0..*numbers.pick(&[1, 1, 1, 2, 4]) {
        match numbers.below(4) {
            0 => tables.lie(file, &mut numbers),
            _ => {
                let part = numbers.pick(&tables.parts).clone();
                damage(file, part, &mut numbers);
            }
        }
    }
    size
}

/// Every other time begins from a sound file: most of what a fuzzer keeps is refused by an early check, so that further
/// damage to it is not looked at.
fn fresh(buffer: &mut [u8], numbers: &mut Numbers) -> Option<usize> {
    let files = starts::files();
    if files.is_empty() || numbers.one_in(2) {
        return None;
    }
    let file = numbers.pick(files);
    (file.len() <= buffer.len()).then(|| store(buffer, file))
}

/// What of a file is worth damaging: all but its code.
struct Tables {
    parts: Vec<Range<usize>>,
    /// The words of the program headers, the dynamic table and the section headers.
    words: Vec<usize>,
}

impl Tables {
    /// None when the file is no longer one whose tables can be found.
    fn read(file: &[u8]) -> Option<Self> {
        let offset = usize::try_from(word(file, 40)?).ok()?;
        let [segments, sections] = [half(file, 56)?, half(file, 60)?];
        let headers = 0..ELF_HEADER + segments * PROGRAM_HEADER;
        let table = offset..offset.checked_add(sections * SECTION_HEADER)?;
        file.get(headers.clone()).and(file.get(table.clone()))?;
        let mut words: Vec<usize> = (ELF_HEADER..headers.end).step_by(8).chain(table.clone().step_by(8)).collect();
        let mut parts = vec![headers, table.clone()];
        for header in table.step_by(SECTION_HEADER) {
            let kind = word(file, header)? >> 32;
            let start = usize::try_from(word(file, header + 24)?).ok()?;
            let place = start..start.checked_add(usize::try_from(word(file, header + 32)?).ok()?)?;
            let executable = word(file, header + 8)? & EXECUTABLE != 0;
            if kind == NO_BITS || executable || place.is_empty() || file.get(place.clone()).is_none() {
                continue;
            }
            if kind == DYNAMIC {
                words.extend(place.clone().step_by(8));
            }
            parts.push(place);
        }
        words.retain(|at| word(file, *at).is_some());
        parts.retain(|part| !part.is_empty());
        (!words.is_empty()).then_some(Self { parts, words })
    }

    /// Changes one value wherever it stands, so that the tables agree on something wrong.
    fn lie(&self, file: &mut [u8], numbers: &mut Numbers) {
        let Some(truth) = word(file, *numbers.pick(&self.words)) else { return };
        let lie = match numbers.below(5) {
            0 => truth ^ (1 << numbers.below(20)),
            1 => truth.wrapping_add(*numbers.pick(&[1, 8, 16, 24, 0x1000])),
            2 => truth.wrapping_sub(*numbers.pick(&[1, 8, 16, 24, 0x1000])),
            3 => tempting(numbers),
            _ => word(file, *numbers.pick(&self.words)).unwrap_or_default(),
        };
        for at in &self.words {
            if truth != 0 && word(file, *at) == Some(truth) {
                file[*at..*at + 8].copy_from_slice(&lie.to_ne_bytes());
            }
        }
    }
}

/// One change, aligned as the fields of most tables are.
fn damage(file: &mut [u8], part: Range<usize>, numbers: &mut Numbers) {
    let Some(bytes) = file.get_mut(part) else { return };
    let length = bytes.len();
    let (at, value) = (numbers.below(length), tempting(numbers).to_ne_bytes());
    match numbers.below(8) {
        0 | 1 => bytes[at] ^= 1 << numbers.below(8),
        2 => bytes[at] = numbers.next() as u8,
        choice @ 3..=5 => {
            let size = [2, 4, 8][choice - 3];
            let at = at - at % size;
            let end = (at + size).min(length);
            bytes[at..end].copy_from_slice(&value[..end - at]);
        }
        6 => {
            // One entry over another.
            let size = (*numbers.pick(&[4, 8, 16, 24, PROGRAM_HEADER, SECTION_HEADER])).min(length);
            let [from, to] = [(); 2].map(|()| numbers.below(length / size) * size);
            bytes.copy_within(from..from + size, to);
        }
        _ => {
            let end = (at + numbers.below(32)).min(length);
            bytes[at..end].fill(value[0]);
        }
    }
}

fn tempting(numbers: &mut Numbers) -> u64 {
    let [small, any] = [numbers.next() % 0x4000, numbers.next()];
    let known = [0, 1, 2, 7, 8, 0x1000, 0x4_0000, 0x7fff_ffff, 0xffff_ffff, 1 << 40, i64::MAX as u64, u64::MAX];
    if numbers.one_in(2) { *numbers.pick(&known) } else { *numbers.pick(&[small, small, any]) }
}

fn word(file: &[u8], at: usize) -> Option<u64> {
    file.get(at..)?.first_chunk().map(|bytes| u64::from_ne_bytes(*bytes))
}

fn half(file: &[u8], at: usize) -> Option<usize> {
    file.get(at..)?.first_chunk().map(|bytes| usize::from(u16::from_ne_bytes(*bytes)))
}
