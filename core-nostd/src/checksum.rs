//! The CRC-32 of IEEE 802.3: by `crc32fast` where there is that feature, else by a table that fits a chip.

#[cfg(feature = "crc32fast")]
pub(crate) use crc32fast::{Hasher, hash};
#[cfg(not(feature = "crc32fast"))]
pub(crate) use small::{Hasher, hash};

/// Four bits at a time, by a table of sixteen words. The names are those of `crc32fast`.
#[cfg(any(test, not(feature = "crc32fast")))]
mod small {
    #[derive(Debug)]
    pub(crate) struct Hasher(u32);

    impl Hasher {
        pub(crate) const fn new() -> Self {
            Self(!0)
        }

        pub(crate) fn update(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 ^= u32::from(*byte);
                for _ in 0..2 {
                    let [low, ..] = self.0.to_le_bytes();
                    self.0 = TABLE[usize::from(low % 16)] ^ (self.0 >> 4);
                }
            }
        }

        pub(crate) const fn finalize(self) -> u32 {
            !self.0
        }
    }

    #[cfg_attr(not(test), allow(dead_code, reason = "used by images, which some programs do without"))]
    pub(crate) fn hash(bytes: &[u8]) -> u32 {
        let mut hasher = Hasher::new();
        hasher.update(bytes);
        hasher.finalize()
    }

    static TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut index = 0;
        while index < 16 {
            table[index] = entry(index as u32);
            index += 1;
        }
        table
    };

    const fn entry(mut value: u32) -> u32 {
        let mut bit = 0;
        while bit < 4 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        value
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::small::{Hasher, hash};
    use std::vec::Vec;

    #[test]
    fn the_small_one_is_the_fast_one() {
        let bytes: Vec<u8> = (0..1000_u32).map(|index| (index * 7) as u8).collect();
        for length in [0, 1, 9, 255, 1000] {
            let (head, tail) = bytes[..length].split_at(length / 3);
            let mut hasher = Hasher::new();
            hasher.update(head);
            hasher.update(tail);
            assert_eq!(hasher.finalize(), crc32fast::hash(&bytes[..length]));
            assert_eq!(hash(&bytes[..length]), crc32fast::hash(&bytes[..length]));
        }
    }
}
