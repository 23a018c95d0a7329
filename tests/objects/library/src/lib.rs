//! Links `described` and names nothing of it.

use described as _;

/// The only thing exported.
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> u32 {
    42
}
