//! Spans and events of `tracing`, from a patch's copy of it to the host's.
//!
//! - `patch_side.rs`: the subscriber of a patch, which asks and tells the host.
//! - `host_side.rs`: what the host does with that: the same as if its own code had called its `tracing`.
//! - `callsites.rs`: which callsite of this image stands for which of another.
//! - `spans.rs`: which of the host's subscribers a span of a patch belongs to.
//! - `values.rs`: the values of fields, taken apart in the patch and put together in the host.

mod callsites;
mod host_side;
mod patch_side;
mod spans;
mod values;

pub(crate) use host_side::receive;
pub(crate) use patch_side::forward;

use tracing_core::Level;

/// From 1.
const LEVELS: [Level; 5] = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE];

fn number_of(level: Level) -> u8 {
    LEVELS.iter().zip(1..).find(|(known, _)| **known == level).map_or(0, |(_, number)| number)
}

fn level_of(number: u8) -> Level {
    LEVELS.into_iter().find(|level| number_of(*level) == number).unwrap_or(Level::TRACE)
}
