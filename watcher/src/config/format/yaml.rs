//! YAML.

use super::super::tree::Tree;
use super::Problem;
use figment::value::Value;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::NonFiniteFloatPolicy;
use serde_saphyr::{Error, Options, Spanned, with_deserializer_from_str_with_options};
use std::fmt;

pub(super) fn parse(text: &str) -> Result<Value, Problem> {
    with_deserializer_from_str_with_options(text, options(), |document| Tree.deserialize(document))
        .map_err(|error| problem(&error, text))
}

/// The excerpt is made by the caller, as for the other formats. `no` is a word, not a truth value: the Norwegian locale
/// is one.
fn options() -> Options {
    serde_saphyr::options! {
        with_snippet: false,
        strict_booleans: true,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
    }
}

fn problem(error: &Error, text: &str) -> Problem {
    let message = match error.without_snippet() {
        Error::MultipleDocuments { .. } => "a second document begins here".to_owned(),
        other => other.to_string(),
    };
    let Some(location) = error.location() else { return Problem::Syntax(message, None) };
    let position = format!(" at line {}, column {}", location.line(), location.column());
    let message = message.replace(&position, "");
    Problem::Syntax(message, Some(byte(&location, text)))
}

fn byte(location: &serde_saphyr::Location, text: &str) -> usize {
    let counted = || text.char_indices().nth(location.span().offset() as usize).map_or(text.len(), |(at, _)| at);
    location.span().byte_offset().map_or_else(counted, |offset| offset as usize)
}

pub(super) fn locate(text: &str, path: &[String]) -> Option<usize> {
    let read = |document: serde_saphyr::Deserializer<'_, '_>| Located::deserialize(document);
    let document = with_deserializer_from_str_with_options(text, options(), read).ok()?;
    let (first, rest) = path.split_first()?;
    let mut value = document.below(first)?;
    for step in rest {
        value = match value.value.below(step) {
            Some(inner) => inner,
            None if matches!(value.value, Located::Leaf) => break,
            None => return None,
        };
    }
    Some(byte(&value.referenced, text))
}

/// A tree of places.
enum Located {
    Table(Vec<(String, Spanned<Located>)>),
    List(Vec<Spanned<Located>>),
    Leaf,
}

impl Located {
    fn below(&self, step: &str) -> Option<&Spanned<Self>> {
        match self {
            Self::Table(table) => table.iter().find(|(key, _)| key == step).map(|(_, value)| value),
            Self::List(list) => list.get(step.parse::<usize>().ok()?),
            Self::Leaf => None,
        }
    }
}

impl<'de> Deserialize<'de> for Located {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Locate)
    }
}

struct Locate;

impl<'de> Visitor<'de> for Locate {
    type Value = Located;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Located, E> {
        Ok(Located::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Located, E> {
        Ok(Located::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Located, E> {
        Ok(Located::Leaf)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Located, E> {
        Ok(Located::Leaf)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Located, E> {
        Ok(Located::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Located, E> {
        Ok(Located::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Located, E> {
        Ok(Located::Leaf)
    }

    fn visit_unit<E>(self) -> Result<Located, E> {
        Ok(Located::Leaf)
    }

    fn visit_none<E>(self) -> Result<Located, E> {
        Ok(Located::Leaf)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Located, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Located::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Located, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Located::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Located, A::Error> {
        let mut values = Vec::new();
        while let Some(entry) = table.next_entry()? {
            values.push(entry);
        }
        Ok(Located::Table(values))
    }
}
