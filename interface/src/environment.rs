//! What built an image: two images that differ here must not exchange values of unspecified layout.

use crate::Version;
use core::mem::offset_of;

/// The build environment of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Environment<'a> {
    /// The version of dynpatch the image links.
    pub framework: Version,
    /// The compiler's release and commit hash, as `rustc -vV` prints them.
    pub compiler: &'a str,
    /// The target triple.
    pub target: &'a str,
    /// What `cfg(target_abi)` says, as `eabihf`; mostly nothing.
    pub abi: &'a str,
    /// Bits of a pointer.
    pub pointer_width: u8,
    /// Whether the low byte of a number comes first.
    pub little_endian: bool,
    /// Where the compiler put the fields of types of known making: differs under `-Zrandomize-layout`.
    pub layout_probe: [u8; 8],
    /// The processor features the image was compiled for, separated by commas.
    pub cpu_features: &'a str,
    /// Whether a panic unwinds (`panic = "unwind"`) or ends the process (`panic = "abort"`).
    pub panics_unwind: bool,
    /// Whether debug assertions are on. Told to people; never a reason to refuse.
    pub debug_assertions: bool,
}

impl Environment<'static> {
    /// The environment this crate was compiled in. `panics_unwind` is the caller's, since it may differ per crate graph:
    /// pass `cfg!(panic = "unwind")` from the crate that is linked last.
    pub const fn of_this_build(panics_unwind: bool) -> Self {
        Self {
            framework: Version::from_parts(
                env!("CARGO_PKG_VERSION_MAJOR"),
                env!("CARGO_PKG_VERSION_MINOR"),
                env!("CARGO_PKG_VERSION_PATCH"),
            ),
            compiler: env!("DYNPATCH_RUSTC"),
            target: env!("DYNPATCH_TARGET"),
            abi: env!("DYNPATCH_ABI"),
            pointer_width: usize::BITS as u8,
            little_endian: cfg!(target_endian = "little"),
            layout_probe: Shuffled::<u32, u64>::PROBE,
            cpu_features: env!("DYNPATCH_CPU_FEATURES"),
            panics_unwind,
            debug_assertions: cfg!(debug_assertions),
        }
    }
}

/// Fields in an order that no compiler keeps, with sizes that leave it a choice.
struct Shuffled<A, B> {
    a: u8,
    b: A,
    c: u16,
    d: B,
    e: [u16; 3],
    f: (u8, A, u8),
}

impl<A, B> Shuffled<A, B> {
    const PROBE: [u8; 8] = [
        offset_of!(Self, a) as u8,
        offset_of!(Self, b) as u8,
        offset_of!(Self, c) as u8,
        offset_of!(Self, d) as u8,
        offset_of!(Self, e) as u8,
        offset_of!(Self, f) as u8,
        offset_of!((u8, A, u8), 0) as u8,
        offset_of!((u8, A, u8), 2) as u8,
    ];
}
