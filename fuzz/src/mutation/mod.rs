//! Mutations that know the format. Plain ones stop at the first checksum or offset; of these, a part comes through to
//! every check there is.

mod image;
mod layout;
mod manifest;
mod numbers;
mod object;

pub use image::image;
pub use layout::layout;
pub use manifest::manifest;
pub use object::object;

/// Stands between two manifests in one input, as `invariants/layout.rs` reads it.
const SEPARATOR: &[u8] = b"\n--\n";

/// Puts `new` into the fuzzer's buffer, as much as fits, and says how long it is.
fn store(buffer: &mut [u8], new: &[u8]) -> usize {
    let length = new.len().min(buffer.len());
    buffer[..length].copy_from_slice(&new[..length]);
    length
}
