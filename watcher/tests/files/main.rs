//! Real files, written in every way people write them: each state is seen once, and only once it is whole, whether the system reports
//! changes, a script does, or they are looked for.

mod directory;
mod harness;
mod lifetime;
#[cfg(target_os = "linux")]
mod mounts;
mod places;
mod sets;
mod told;
mod writers;
mod writing;
