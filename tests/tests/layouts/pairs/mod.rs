//! The pairs, by what they are about.

use crate::pair::Pair;

mod adversaries;
mod builtins;
mod callables;
mod enums;
mod evolution;
mod generics;
mod lifetimes;
mod naming;
mod nesting;
mod opaque;
mod recursion;
mod representations;
mod services;
mod signatures;
mod structs;
mod traits;
mod unions;

/// All of them.
pub(crate) const GROUPS: &[&[Pair]] = &[
    structs::PAIRS,
    representations::PAIRS,
    unions::PAIRS,
    enums::PAIRS,
    generics::PAIRS,
    nesting::PAIRS,
    recursion::PAIRS,
    builtins::PAIRS,
    callables::PAIRS,
    signatures::PAIRS,
    lifetimes::PAIRS,
    naming::PAIRS,
    opaque::PAIRS,
    evolution::PAIRS,
    traits::PAIRS,
    services::PAIRS,
    adversaries::PAIRS,
];
