//! What is mapped into this process, as the kernel says.

use core::ops::Range;
use std::fs;

/// Not `/proc/self`, which is empty once the main thread has ended.
const LIST: &str = "/proc/thread-self/maps";

/// Tells a file from every other that exists at the same time, in the kernel's own words: file systems there are whose
/// `stat` gives another device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    major: u32,
    minor: u32,
    inode: u64,
}

/// One mapping; memory that comes from no file has no identity.
#[derive(Debug, PartialEq, Eq)]
struct Mapping {
    addresses: Range<usize>,
    file: Option<Identity>,
}

/// All mappings of this process at one moment. What is mapped all the time while they are read is among them (proc(5)
/// of Linux, `Documentation/filesystems/proc.rst`), so what is not among them was not mapped at some moment meanwhile.
#[derive(Debug)]
pub(crate) struct Maps(Vec<Mapping>);

impl Maps {
    /// None when the system does not tell, or tells what cannot be true.
    pub(crate) fn read() -> Option<Self> {
        let maps = Self::parse(&fs::read(LIST).ok()?)?;
        // A list in which this very function is missing is not a list of what is mapped here.
        let here = (Self::read as fn() -> Option<Self>) as usize;
        maps.any_in(&(here..here + 1)).then_some(maps)
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(Mapping::parse).collect::<Option<_>>().map(Self)
    }

    fn over<'m>(&'m self, range: &'m Range<usize>) -> impl Iterator<Item = &'m Mapping> {
        let overlaps = |at: &Range<usize>| at.start < range.end && range.start < at.end;
        self.0.iter().filter(move |mapping| overlaps(&mapping.addresses))
    }

    /// Whether anything is mapped in `range`.
    pub(crate) fn any_in(&self, range: &Range<usize>) -> bool {
        self.over(range).next().is_some()
    }

    /// Whether a part of `file` is mapped in `range`.
    pub(crate) fn file_in(&self, file: Identity, range: &Range<usize>) -> bool {
        self.over(range).any(|mapping| mapping.file == Some(file))
    }

    /// The file mapped at `address`.
    pub(crate) fn file_at(&self, address: usize) -> Option<Identity> {
        self.over(&(address..address.saturating_add(1))).find_map(|mapping| mapping.file)
    }
}

impl Mapping {
    /// `7f0c2d600000-7f0c2d628000 r--p 00000000 08:01 131109    /usr/lib/x86_64-linux-gnu/libc.so.6`
    fn parse(line: &[u8]) -> Option<Self> {
        let mut fields = line.split(|byte| *byte == b' ').map(|field| str::from_utf8(field).ok());
        let (start, end) = fields.next()??.split_once('-')?;
        let [_rights, _offset, device, inode] = [(); 4].map(|()| fields.next().flatten());
        let (major, minor) = device?.split_once(':')?;
        let address = |text| usize::from_str_radix(text, 16).ok();
        let number = |text| u32::from_str_radix(text, 16).ok();
        let identity = Identity { major: number(major)?, minor: number(minor)?, inode: inode?.parse().ok()? };
        let file = Some(identity).filter(|identity| identity.inode != 0);
        Some(Self { addresses: address(start)?..address(end)?, file })
    }
}

#[cfg(test)]
mod tests {
    use super::{Identity, Maps};

    const TEXT: &[u8] = b"\
5000-7000 r--p 00000000 00:01 42                         /memfd:dynpatch:a b (deleted)
7000-8000 r-xp 00002000 00:01 42                         /memfd:dynpatch:\xff (deleted)
8000-9000 rw-p 00000000 00:00 0
9000-a000 r--p 00000000 fe:10 42                         /somewhere else
";
    const FIRST: Identity = Identity { major: 0, minor: 1, inode: 42 };
    const LAST: Identity = Identity { major: 0xfe, minor: 0x10, inode: 42 };

    #[test]
    fn a_file_is_found_by_address_and_identity() {
        let maps = Maps::parse(TEXT).expect("the kernel writes it so");
        assert_eq!([0x4fff, 0x5000, 0x7fff].map(|at| maps.file_at(at)), [None, Some(FIRST), Some(FIRST)]);
        assert_eq!([0x8000, 0x9000, 0xa000].map(|at| maps.file_at(at)), [None, Some(LAST), None]);
        assert!(maps.file_in(FIRST, &(0x7fff..0xffff)) && maps.file_in(FIRST, &(0..0x5001)));
        assert!(!maps.file_in(FIRST, &(0x8000..0xffff)), "another file of the same number is mapped there");
        assert!(!maps.file_in(FIRST, &(0..0x5000)));
        assert!(maps.any_in(&(0x8000..0x8001)) && !maps.any_in(&(0xa000..0xb000)));
    }

    #[test]
    fn what_does_not_read_is_no_list() {
        for text in [&b"5000-7000 r--p 00000000 00:01"[..], b"5000 r--p 0 00:01 1", b"x-y r--p 0 00:01 1", b"\xff"] {
            assert!(Maps::parse(text).is_none(), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn this_process_is_told_about() {
        let maps = Maps::read().expect("there is a /proc");
        let local = 0_u8;
        assert!(maps.any_in(&(core::ptr::from_ref(&local).addr()..core::ptr::from_ref(&local).addr() + 1)));
    }
}
