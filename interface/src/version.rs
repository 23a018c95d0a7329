//! The version of a patch, of an interface, of a host.

use core::fmt;

/// A semantic version: what cargo calls `major.minor.patch`, without pre-release or build parts.
///
/// Plain data; which versions go together is a rule and lives in `dynpatch_core::version`.
///
/// ```
/// use dynpatch_interface::Version;
/// assert_eq!(Version::new(1, 2, 3).to_string(), "1.2.3");
/// assert!(Version::new(1, 10, 0) > Version::new(1, 9, 9));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Moves when something that worked stops working.
    pub major: u32,
    /// Moves when something is added (or, below 1.0, when something breaks).
    pub minor: u32,
    /// Moves when something is mended.
    pub patch: u32,
}

impl Version {
    /// Makes a version from its three numbers.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// Reads the three numbers cargo puts into `CARGO_PKG_VERSION_{MAJOR,MINOR,PATCH}`.
    ///
    /// # Panics
    /// When a part is not a decimal number that fits 32 bits. Meant for constants, where that is a compile error.
    pub const fn from_parts(major: &str, minor: &str, patch: &str) -> Self {
        Self::new(number(major), number(minor), number(patch))
    }
}

const fn number(text: &str) -> u32 {
    match u32::from_str_radix(text, 10) {
        Ok(value) => value,
        Err(_) => panic!("a version part must be a decimal number below 2^32"),
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}
