//! TOML.

use super::super::tree::Tree;
use super::{Problem, nesting};
use figment::value::Value;
use serde::de::DeserializeSeed;
use toml::de::{DeTable, DeValue, Deserializer, Error};

pub(super) fn parse(text: &str) -> Result<Value, Problem> {
    if let Some(place) = nesting::too_deep(text) {
        return Err(Problem::Syntax("nested too deep".to_owned(), Some(place)));
    }
    Deserializer::parse(text).and_then(|document| Tree.deserialize(document)).map_err(|error| problem(&error))
}

fn problem(error: &Error) -> Problem {
    Problem::Syntax(error.message().to_owned(), error.span().map(|span| span.start))
}

pub(super) fn locate(text: &str, path: &[String]) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let (first, rest) = path.split_first()?;
    let mut value = document.get_ref().get(first.as_str())?;
    for step in rest {
        value = match value.get_ref() {
            DeValue::Table(table) => table.get(step.as_str())?,
            DeValue::Array(list) => list.get(step.parse::<usize>().ok()?)?,
            _ => break,
        };
    }
    Some(value.span().start)
}
