//! The header, the list of relocations, the entry table, code and manifest are changed apart from each other; lengths and
//! the checksum are put right afterwards.

use super::numbers::Numbers;
use super::store;
use crate::starts;
use dynpatch_core::image::{HEADER_LENGTH, ImageHeader, Machine};

/// An image file in its parts.
struct Parts {
    header: ImageHeader,
    list: Vec<u32>,
    contents: Vec<u8>,
    manifest: Vec<u8>,
}

/// Mutates the first `size` bytes of `buffer` and returns the new size. `plain` is the fuzzer's own mutation.
pub fn image(buffer: &mut [u8], size: usize, seed: u32, plain: impl FnOnce(&mut [u8], usize) -> usize) -> usize {
    let mut numbers = Numbers::new(seed);
    let size = fresh(buffer, &mut numbers).unwrap_or(size);
    let Some(mut parts) = Parts::read(&buffer[..size]).filter(|_| !numbers.one_in(16)) else {
        return plain(buffer, size);
    };
    for _ in 0..*numbers.pick(&[1, 1, 1, 2, 4]) {
        parts.change(&mut numbers);
    }
    let bytes = parts.written(&mut numbers);
    store(buffer, &bytes)
}

/// Every other time begins from a sound file, as `object.rs` does and for the same reason.
fn fresh(buffer: &mut [u8], numbers: &mut Numbers) -> Option<usize> {
    let files = starts::files();
    if files.is_empty() || numbers.one_in(2) {
        return None;
    }
    let file = numbers.pick(files);
    (file.len() <= buffer.len()).then(|| store(buffer, file))
}

impl Parts {
    /// `None` when the parts can no longer be told apart.
    fn read(file: &[u8]) -> Option<Self> {
        let word = |at: usize| file.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
        let header = ImageHeader {
            machine: Machine((word(8)? >> 16) as u16),
            contents: word(16)?,
            memory: word(20)?,
            alignment: word(24)?,
            relocations: word(28)?,
            manifest: word(32)?,
            table: word(36)?,
        };
        let (list, rest) =
            file.get(HEADER_LENGTH..)?.split_at_checked((header.relocations as usize).checked_mul(4)?)?;
        let (contents, manifest) = rest.split_at_checked(header.contents as usize)?;
        let list = list.as_chunks().0.iter().map(|place| u32::from_le_bytes(*place)).collect();
        Some(Self { header, list, contents: contents.to_vec(), manifest: manifest.to_vec() })
    }

    fn change(&mut self, numbers: &mut Numbers) {
        match numbers.below(6) {
            0 => self.change_header(numbers),
            1 => self.change_list(numbers),
            2 | 3 => self.change_contents(numbers),
            _ => self.change_manifest(numbers),
        }
    }

    fn change_header(&mut self, numbers: &mut Numbers) {
        let lie = self.tempting(numbers);
        match numbers.below(5) {
            0 => self.header.memory = lie,
            1 => self.header.alignment = *numbers.pick(&[0, 1, 2, 3, 4, 8, 4096, 8192, 1 << 31]),
            2 => self.header.table = lie,
            3 => self.header.machine = *numbers.pick(&[Machine::ARM, Machine::RISC_V, Machine(62)]),
            _ => self.contents.resize((lie as usize).min(1 << 15), 0),
        }
    }

    fn change_list(&mut self, numbers: &mut Numbers) {
        let (place, at) = (self.tempting(numbers), numbers.below(self.list.len()));
        match numbers.below(4) {
            0 => self.list.push(place),
            1 if !self.list.is_empty() => drop(self.list.remove(at)),
            _ => self.list.iter_mut().skip(at).take(1).for_each(|known| *known = place),
        }
        if !numbers.one_in(4) {
            self.list.sort_unstable();
            self.list.dedup();
        }
    }

    /// A word, often of the table or of the list.
    fn change_contents(&mut self, numbers: &mut Numbers) {
        let of_list = self.list.get(numbers.below(self.list.len())).copied().unwrap_or_default();
        let of_table = self.header.table.wrapping_add(4 * (numbers.next() as u32 % 8));
        let any = numbers.next() as u32 % (self.contents.len() as u32).max(1);
        let (at, word) = (*numbers.pick(&[of_list, of_table, any & !3]), self.tempting(numbers));
        if let Some(place) = self.contents.get_mut(at as usize..).and_then(|bytes| bytes.first_chunk_mut()) {
            *place = word.to_le_bytes();
        }
    }

    fn change_manifest(&mut self, numbers: &mut Numbers) {
        let mut room = self.manifest.clone();
        let length = room.len();
        room.resize(length + 256, 0);
        let seed = numbers.next() as u32;
        let length = super::manifest(&mut room, length, seed, |_, size| size);
        room.truncate(length);
        self.manifest = room;
    }

    fn tempting(&self, numbers: &mut Numbers) -> u32 {
        let (length, small) = (self.contents.len() as u32, numbers.next() as u32 % 0x100);
        let near = length.wrapping_sub(4).wrapping_add(numbers.next() as u32 % 9);
        *numbers.pick(&[0, 1, 4, small, small & !3, small | 1, near, length, 0x7fff_ffff, 0x8000_0000, u32::MAX - 3])
    }

    /// The file, its lengths mostly right and its checksum nearly always.
    fn written(mut self, numbers: &mut Numbers) -> Vec<u8> {
        let list: Vec<u8> = self.list.iter().flat_map(|place| place.to_le_bytes()).collect();
        self.header.relocations = self.list.len() as u32;
        self.header.manifest = self.manifest.len() as u32;
        self.header.contents = self.contents.len() as u32;
        if !numbers.one_in(8) {
            self.header.memory = self.header.memory.max(self.header.contents);
        }
        let head = self.header.encode(&[&list, &self.contents, &self.manifest]);
        let mut file = [head.unwrap_or([0; HEADER_LENGTH]).as_slice(), &list, &self.contents, &self.manifest].concat();
        if numbers.one_in(32) {
            let at = numbers.below(file.len());
            file.truncate(at);
        }
        file
    }
}
