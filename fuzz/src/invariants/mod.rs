//! What must hold for every input, whoever wrote it. Also replayed by `tests/tests/regressions.rs` without a fuzzer.

mod config;
mod image;
mod layout;
mod manifest;
mod meter;
mod object;
mod views;

pub use config::{config, config_is_accepted};
pub use image::{image, image_is_accepted};
pub use layout::{layout, layout_is_accepted};
pub use manifest::{manifest, manifest_is_accepted};
pub use object::{object, object_is_accepted};
