//! Postcard's encoding of what manifests are made of, read without serde: on a chip that is a third of the flash.
//!
//! What these functions accept, postcard accepts with the same value, and the other way round; the tests ask both.

/// Takes one byte off the front.
pub(crate) fn byte(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

/// Takes a number of at most `bits` bits, which are at most 64.
pub(crate) fn number(bytes: &mut &[u8], bits: u32) -> Option<u64> {
    let (mut value, mut shift) = (0, 0);
    while shift < bits {
        let next = byte(bytes)?;
        value |= u64::from(next & 0x7f) << shift;
        if next & 0x80 == 0 {
            // The last byte may not bring more bits than there is room for.
            return (shift + 7 <= bits || next >> (bits - shift) == 0).then_some(value);
        }
        shift += 7;
    }
    None
}

/// Takes a signed number of 128 bits, zigzag.
pub(crate) fn signed(bytes: &mut &[u8]) -> Option<i128> {
    let (mut value, mut shift) = (0_u128, 0);
    while shift < u128::BITS {
        let next = byte(bytes)?;
        value |= u128::from(next & 0x7f) << shift;
        if next & 0x80 == 0 {
            let is_whole = shift + 7 <= u128::BITS || next >> (u128::BITS - shift) == 0;
            return is_whole.then_some((value >> 1) as i128 ^ -((value & 1) as i128));
        }
        shift += 7;
    }
    None
}

/// Takes a number of 128 bits unread: the bytes that [`signed`] would read.
pub(crate) fn wide<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    // All but the last byte bring seven bits.
    const LONGEST: usize = 128_usize.div_ceil(7);
    const LAST: u8 = 1 << (128 - (LONGEST - 1) * 7);
    let length = 1 + bytes.iter().position(|byte| byte & 0x80 == 0)?;
    let (number, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    (length < LONGEST || length == LONGEST && number[LONGEST - 1] < LAST).then_some(number)
}

/// Takes a truth value.
pub(crate) fn boolean(bytes: &mut &[u8]) -> Option<bool> {
    match byte(bytes)? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

/// Takes as many bytes as the number before them says.
pub(crate) fn block<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = number(bytes, usize::BITS)?;
    let (block, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    Some(block)
}

/// Takes a string.
pub(crate) fn text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    core::str::from_utf8(block(bytes)?).ok()
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{boolean, number, signed, text, wide};
    use core::fmt::Debug;
    use std::vec::Vec;

    /// Numbers without end, the same in every run (xorshift, Marsaglia 2003).
    fn random(state: &mut u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    }

    /// Bytes that often read: many of them end a number, or are as long as what follows.
    fn some_bytes(state: &mut u64) -> Vec<u8> {
        let length = random(state) % 24;
        (0..length)
            .map(|_| match random(state) % 6 {
                0 => 0x80,
                1 => 0xff,
                2 => (random(state) % 20) as u8,
                3 => 0x80 | (random(state) as u8),
                _ => random(state) as u8,
            })
            .collect()
    }

    fn agree<'a, T: serde::Deserialize<'a> + PartialEq + Debug>(
        bytes: &'a [u8],
        read: impl Fn(&mut &'a [u8]) -> Option<T>,
    ) -> bool {
        let mut rest = bytes;
        let ours = read(&mut rest).map(|value| (value, rest));
        assert_eq!(ours, postcard::take_from_bytes::<T>(bytes).ok(), "{bytes:x?}");
        ours.is_some()
    }

    #[test]
    fn it_reads_what_postcard_reads() {
        let (mut state, mut accepted) = (0x9e37_79b9_7f4a_7c15, [0; 5]);
        for _ in 0..200_000 {
            let bytes = some_bytes(&mut state);
            let verdicts = [
                agree(&bytes, |bytes| number(bytes, 64)),
                agree(&bytes, |bytes| number(bytes, 32).map(|value| value as u32)),
                agree(&bytes, |bytes| {
                    let mut unread = *bytes;
                    let (value, wide) = (signed(bytes), wide(&mut unread));
                    assert!(value.is_some() == wide.is_some() && (value.is_none() || unread == *bytes));
                    value
                }),
                agree(&bytes, boolean),
                agree(&bytes, text),
            ];
            accepted.iter_mut().zip(verdicts).for_each(|(count, accepts)| *count += u32::from(accepts));
        }
        assert!(accepted.iter().all(|count| (2_000..198_000).contains(count)), "{accepted:?}");
    }

    #[test]
    fn it_reads_what_postcard_writes() {
        for value in [0, 1, -1, 63, 64, -65, i128::from(i64::MIN), i128::MAX, i128::MIN] {
            assert!(agree(&postcard::to_allocvec(&value).unwrap(), signed));
        }
        for value in [0, 127, 128, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            assert!(agree(&postcard::to_allocvec(&value).unwrap(), |bytes| number(bytes, 64)));
        }
        assert!(agree(&postcard::to_allocvec("as long as it is").unwrap(), text));
    }
}
