//! What a firmware and its RAM images agree on: the items, declared once, and the table that an image brings them in.
//!
//! A crate that both link declares the items with [`firmware_items!`](crate::firmware_items). The firmware says that it
//! has them with [`firmware_host!`](crate::firmware_host), an image brings some of them with
//! [`firmware_image!`](crate::firmware_image). The records of both come from the one declaration.
//!
//! Firmware and image are built by the same compiler, which is checked before an image runs. So functions have Rust's
//! own ABI, and arguments are what a Rust function takes.
//!
//! ```
//! dynpatch_interface::firmware_items! {
//!     /// What images of this meter may replace.
//!     pub mod meter {
//!         /// What a raw reading means.
//!         fn scale(raw: u32) -> u32;
//!         /// Writes a report and says how long it is.
//!         fn report(readings: &[u32], text: &mut [u8]) -> usize;
//!     }
//! }
//! assert_eq!(meter::COUNT, 2);
//! assert_eq!(meter::ITEMS[meter::Place::report as usize].index, Some(1));
//! assert!(meter::ITEMS[0].name.ends_with("::meter::scale"));
//! ```
//!
//! References in results, and lifetimes that have a name, are refused: an image's memory is used again.
//!
//! ```compile_fail
//! dynpatch_interface::firmware_items! {
//!     pub mod meter {
//!         fn name(number: u32) -> &'static str;
//!     }
//! }
//! ```

mod raw;

use crate::types::TypeNode;

/// Words of an image's entry table before the first item: its length in bytes, and the function that connects the image.
pub const TABLE_HEAD: usize = 2;

/// What a host gives every image: the only way out of it.
#[repr(C)]
#[derive(Debug)]
pub struct HostServices {
    /// Bytes of this table. Append only: a later host has a longer one.
    pub length: u32,
    /// Shows a text to whoever looks after the device.
    pub print: fn(&str),
    /// Ends what the image was doing, with a code. The image is as it was left: nothing of it is to be called again.
    pub trap: fn(u32) -> !,
}

impl HostServices {
    /// The services of a host.
    pub const fn new(print: fn(&str), trap: fn(u32) -> !) -> Self {
        Self { length: size_of::<Self>() as u32, print, trap }
    }
}

/// The code with which a panic of an image reaches [`HostServices::trap`].
pub const PANIC: u32 = 0xdead;

/// What [`firmware_image!`](crate::firmware_image) calls when an image is connected, if it is given nothing else.
#[doc(hidden)]
pub const fn nothing_to_prepare(_: &'static HostServices) -> u32 {
    0
}

/// Whether a signature is one that items of a firmware may have: no lifetime has a name, and the result borrows nothing.
#[doc(hidden)]
pub const fn is_free_of_lifetimes(signature: &str, result: &str) -> bool {
    !contains(signature, b'\'') && !contains(result, b'&')
}

const fn contains(text: &str, byte: u8) -> bool {
    let (bytes, mut index) = (text.as_bytes(), 0);
    while index < bytes.len() {
        if bytes[index] == byte {
            return true;
        }
        index += 1;
    }
    false
}

/// The bytes of all parts.
#[doc(hidden)]
pub const fn total_length(parts: &[&[u8]]) -> usize {
    let (mut sum, mut index) = (0, 0);
    while index < parts.len() {
        sum += parts[index].len();
        index += 1;
    }
    sum
}

/// All parts, one behind the other.
///
/// # Panics
/// When `N` is not [`total_length`].
#[doc(hidden)]
pub const fn concatenated<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    assert!(total_length(parts) == N, "parts must be joined into exactly the bytes they have");
    let mut joined = [0; N];
    let (mut end, mut index) = (0, 0);
    while index < parts.len() {
        let (_, rest) = joined.split_at_mut(end);
        rest.split_at_mut(parts[index].len()).0.copy_from_slice(parts[index]);
        end += parts[index].len();
        index += 1;
    }
    joined
}

/// What an item without a result returns.
#[doc(hidden)]
pub const UNIT: TypeNode = <() as crate::PatchType>::TYPE;
