//! The Linux loader: a sealed private copy, checks on the ELF file's bytes, `dlopen`; the process-wide memory barrier; and who
//! says that files change.
//! Empty on any other system.
//!
//! [`NativeLoader`] is the [`Loader`](dynpatch_core::Loader) of this platform. What it promises:
//!
//! * The source is copied once. The bytes that are inspected are the bytes that are mapped, and nothing done to the
//!   source afterwards, overwriting, truncating, renaming, deleting, is seen.
//! * What is reported of a closed image is what the kernel says.
//! * No byte of a patch runs before [`map`](dynpatch_core::Loader::map).
//! * What [`inspect`] accepts can neither crash nor hang the dynamic linker, and weakens no protection of the process.
//!   It can still hold wrong code: a flipped bit in code, in a constant, in the name of a needed function leaves a
//!   valid ELF file, and only a hash or a signature over the whole file detects it.
#![cfg(target_os = "linux")]
#![deny(unsafe_code)]

mod barrier;
mod budget;
mod elf;
#[cfg(feature = "watcher")]
mod files;
mod image;
mod kept;
mod load;
mod maps;
mod private_file;
mod runtime_copies;
mod source;
mod sys;
pub mod threads;

pub use barrier::ProcessBarrier;
pub use budget::Limits;
pub use elf::{ElfObject, executable_manifest, inspect};
#[cfg(feature = "watcher")]
pub use files::NativeFiles;
pub use image::PrivateCopy;
pub use kept::NativePages;
pub use load::{NativeImage, NativeLoader};
pub use runtime_copies::runtime_copies;
