//! A patch as an image for RAM, the way firmware gets it: flat code and data, the list of the words to relocate, and the
//! manifest. `dynpatch-image` makes the file on the host; here it is read on the target, without allocation.
//!
//! Each step takes what the one before it made: [`Image::read`] looks at the bytes, [`Image::check`] compares what the
//! manifest says with the firmware's own, and only the [`AdmittedImage`] that comes out of it can be loaded. Nothing is
//! copied, and no code of the image runs, before.
//!
//! - `format.rs`: the header of the file, and the constants it is written by.
//! - `relocation.rs`, `table.rs`: the words to relocate, and the functions the image brings.
//! - `read.rs`: the file as a whole. `check.rs`: whether it fits this firmware. `place.rs`: copying and relocating.
//! - `raw.rs`: the first call into the image.

mod check;
mod error;
mod format;
mod place;
#[expect(unsafe_code, reason = "addresses of an image become functions; every block carries its proof")]
mod raw;
mod read;
mod relocation;
mod table;

pub use check::{AdmittedImage, CheckMemory, ImageHost};
pub use error::{ImageError, ImageRefusal, LoadError};
pub use format::{FORMAT, HEADER_LENGTH, ImageHeader, MAGIC, MAX_ALIGNMENT, Machine};
pub use raw::{LoadedImage, NotLoaded};
pub use read::Image;
pub use relocation::Relocations;
pub use table::EntryTable;
