//! Configuration, with real files.
//!
//! Each test first sees that a new value comes through, so that what it says of a refusal is not the silence of a watch
//! that sees nothing.

#![cfg(feature = "toml")]

mod derived;
mod environment;
mod last_good;
mod layers;
#[cfg(all(feature = "json", feature = "yaml"))]
mod positions;
mod readers;
mod refusals;
mod restart;
mod subscribers;
mod support;
mod writers;
