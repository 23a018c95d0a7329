//! JSON.

use super::super::tree::Tree;
use super::Problem;
use figment::value::Value;
use serde::de::DeserializeSeed;
use serde_json::value::RawValue;
use serde_json::{Deserializer, Error};
use std::collections::HashMap;

pub(super) fn parse(text: &str) -> Result<Value, Problem> {
    // serde_json takes no byte order mark, which editors on Windows write.
    let skipped = text.len() - text.trim_start_matches('\u{FEFF}').len();
    let mut document = Deserializer::from_str(&text[skipped..]);
    let value = Tree.deserialize(&mut document).and_then(|value| document.end().map(|()| value));
    value.map_err(|error| problem(&error, &text[skipped..], skipped))
}

fn problem(error: &Error, text: &str, skipped: usize) -> Problem {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&position).unwrap_or(&message).to_owned();
    Problem::Syntax(message, (error.line() > 0).then(|| skipped + offset(text, error.line(), error.column())))
}

/// The byte of a line and a column, both from 1. serde_json counts columns in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    before + column.saturating_sub(1)
}

/// Each step reads one level and leaves what is below as text, which lies in the whole text at the place that is asked for.
pub(super) fn locate(text: &str, path: &[String]) -> Option<usize> {
    let mut value = text.trim_start_matches('\u{FEFF}').trim_start_matches([' ', '\t', '\r', '\n']);
    for step in path {
        match below(value, step) {
            Some(inner) => value = inner,
            None if value.starts_with(['{', '[']) => return None,
            // What a variant or a newtype holds has no name in the text.
            None => break,
        }
    }
    value.as_ptr().addr().checked_sub(text.as_ptr().addr())
}

fn below<'a>(value: &'a str, step: &str) -> Option<&'a str> {
    match value.as_bytes().first()? {
        b'{' => serde_json::from_str::<HashMap<String, &'a RawValue>>(value).ok()?.get(step).map(|it| it.get()),
        b'[' => {
            serde_json::from_str::<Vec<&'a RawValue>>(value).ok()?.get(step.parse::<usize>().ok()?).map(|it| it.get())
        }
        _ => None,
    }
}
