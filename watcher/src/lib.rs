//! Files that are watched until they are whole, and configuration that never lets a bad one in.
//!
//! - `files/`: what is watched, how it is read as one set, when it counts as whole, and who says that it changed.
//! - `panics.rs`: what users write may panic.
//! - `config/`: a value made of files: parsed, validated, swapped as a whole, or refused.

#![forbid(unsafe_code)]

pub mod config;
pub mod files;
mod panics;
