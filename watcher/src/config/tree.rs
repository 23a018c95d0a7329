//! What a text says, as a tree: read without loss, and compared.

use figment::value::{Dict, Num, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Reads a tree from any format. A key that stands twice in one table is refused: which of them was meant is not known.
#[cfg_attr(
    not(any(feature = "toml", feature = "json", feature = "yaml")),
    expect(dead_code, reason = "without features there is no parser")
)]
pub(super) struct Tree;

impl<'de> DeserializeSeed<'de> for Tree {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table, a list, text, a number, true, false or null")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    /// Signed where it fits, as in TOML: the same number is the same in all formats.
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or_else(|_| value.into(), Into::into))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Empty(figment::value::Tag::Default, figment::value::Empty::None))
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Tree)? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Value, A::Error> {
        let mut values = Dict::new();
        while let Some(key) = table.next_key::<String>()? {
            if values.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key `{key}` stands here twice")));
            }
            let value = table.next_value_seed(Tree)?;
            values.insert(key, value);
        }
        Ok(values.into())
    }
}

/// The dotted paths of all leaves that differ, in the order of their names. A list is one leaf.
pub(super) fn changed_keys(old: &Dict, new: &Dict) -> Vec<String> {
    let mut changed = Vec::new();
    compare_tables(&mut Vec::new(), old, new, &mut changed);
    changed
}

fn compare_tables<'a>(path: &mut Vec<&'a str>, old: &'a Dict, new: &'a Dict, changed: &mut Vec<String>) {
    let added = new.keys().filter(|key| !old.contains_key(*key));
    let mut keys: Vec<&String> = old.keys().chain(added).collect();
    keys.sort();
    for key in keys {
        path.push(key);
        compare(path, old.get(key), new.get(key), changed);
        path.pop();
    }
}

fn compare<'a>(path: &mut Vec<&'a str>, old: Option<&'a Value>, new: Option<&'a Value>, changed: &mut Vec<String>) {
    let nothing = const { &Dict::new() };
    match (old.and_then(as_table), new.and_then(as_table)) {
        (Some(old), Some(new)) => compare_tables(path, old, new, changed),
        (Some(old), None) if new.is_none() => compare_tables(path, old, nothing, changed),
        (None, Some(new)) if old.is_none() => compare_tables(path, nothing, new, changed),
        _ if !same(old, new) => changed.push(dotted(path)),
        _ => {}
    }
}

/// A table with leaves of its own. The empty one is a leaf itself, and so is a date, which TOML's reader makes a table of.
fn as_table(value: &Value) -> Option<&Dict> {
    value.as_dict().filter(|table| !table.is_empty() && !table.contains_key(DATE))
}

const DATE: &str = "$__toml_private_datetime";

fn same(old: Option<&Value>, new: Option<&Value>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => same_value(old, new),
        (None, None) => true,
        _ => false,
    }
}

/// As `==`, but not a number is the same as itself: else it would be a change at every look.
fn same_value(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Num(_, Num::F64(old)), Value::Num(_, Num::F64(new))) => old.to_bits() == new.to_bits(),
        (Value::Array(_, old), Value::Array(_, new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_value(old, new))
        }
        (Value::Dict(_, old), Value::Dict(_, new)) => {
            old.len() == new.len() && old.iter().all(|(key, old)| same(Some(old), new.get(key)))
        }
        _ => old == new,
    }
}

/// Keys that hold a dot, or nothing, stand in quotation marks, as in TOML.
pub(super) fn dotted<S: AsRef<str>>(path: &[S]) -> String {
    let quoted = |key: &S| match key.as_ref() {
        key if key.is_empty() || key.contains(['.', '"']) => format!("{key:?}"),
        key => key.to_owned(),
    };
    path.iter().map(quoted).collect::<Vec<_>>().join(".")
}
