//! What is found, and how that reads.

use crate::layout::{Trail, Value};
use core::fmt::{self, Display, Formatter};

/// Something of a patch's image that may get out. Displays as `a value of &str (its result, field content_type)`.
#[derive(Debug, Clone, Copy)]
pub struct Escape<'x> {
    /// Which part of the item hands it out.
    pub place: Place,
    /// The way from there to it.
    pub path: &'x Trail<'x>,
    /// Its type.
    pub ty: Value<'x>,
    /// Why it counts.
    pub why: Why,
}

/// The part of an item that hands something out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Its result is, or holds it.
    Result,
    /// An argument, counted from zero, is or holds it.
    Argument(usize),
    /// It may be written into, or given to, what is reached through an argument, counted from zero.
    Through(usize),
    /// The same, through the result.
    ThroughResult,
    /// It may be written into a shared static.
    Static,
}

/// Why a type is not detached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is an address, or holds one.
    Leads,
    /// Where it is empty it leads to a static.
    Empty,
    /// It is not described, or not known.
    Unknown,
    /// It may hold values of any type.
    Anything,
    /// Its description refers to a definition that is not there.
    Dangling,
    /// It is too large or too deep to be judged.
    TooComplex,
}

impl Display for Escape<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "a value of {} ({}{})", self.ty, self.place, self.path)?;
        f.write_str(match self.why {
            Why::Leads => "",
            Why::Empty => ", which leads to a static where it is empty",
            Why::Unknown => ", of which nothing is known",
            Why::Anything => ", which may hold values of any type",
            Why::Dangling => ", whose definition is not there",
            Why::TooComplex => ", which is too large or too deep to judge",
        })
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Result => f.write_str("its result"),
            Self::Argument(place) => write!(f, "argument {place}"),
            Self::Through(place) => write!(f, "through argument {place}"),
            Self::ThroughResult => f.write_str("through its result"),
            Self::Static => f.write_str("its content"),
        }
    }
}
