//! What built an image: two images that differ here must not exchange values of unspecified layout.

use crate::Version;

/// The build environment of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Environment<'a> {
    /// The version of dynpatch the image links.
    pub framework: Version,
    /// The compiler's release and commit hash, as `rustc -vV` prints them.
    pub compiler: &'a str,
    /// The target triple.
    pub target: &'a str,
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
            panics_unwind,
            debug_assertions: cfg!(debug_assertions),
        }
    }
}
