//! A value made of a tree, and where it does not fit.
//!
//! figment could do this as well, but not for tables whose keys are numbers, nor for integers of 128 bits.

use figment::Figment;
use figment::value::{Dict, Num, Tag, Value};
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::fmt;

/// What does not fit.
#[derive(Debug)]
pub(super) struct Mismatch(pub(super) Box<Facts>);

#[derive(Debug)]
pub(super) struct Facts {
    pub(super) what: What,
    pub(super) message: String,
    /// From the top.
    pub(super) path: Vec<String>,
    /// The layer of the innermost value. None if it is the whole.
    pub(super) layer: Option<Tag>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    Missing(&'static str),
    Unknown,
    TextWanted,
    Other,
}

/// The value that the tables make.
pub(super) fn value<T: DeserializeOwned>(tree: &Dict) -> Result<T, Mismatch> {
    T::deserialize(Table(tree))
}

impl Mismatch {
    fn new(what: What, message: String) -> Self {
        Self(Box::new(Facts { what, message, path: Vec::new(), layer: None }))
    }

    fn below(mut self, key: impl Into<String>, value: &Value) -> Self {
        self.0.path.insert(0, key.into());
        self.0.layer.get_or_insert(value.tag());
        self
    }

    /// The number that the layer was merged with.
    pub(super) fn layer(&self, merged: &Figment) -> Option<usize> {
        merged.get_metadata(self.0.layer?)?.name.parse().ok()
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Mismatch {}

impl serde::de::Error for Mismatch {
    fn custom<M: fmt::Display>(message: M) -> Self {
        Self::new(What::Other, message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        let what = if expected.contains("string") { What::TextWanted } else { What::Other };
        let found = if found == Unexpected::Unit { "null".to_owned() } else { found.to_string() };
        Self::new(what, format!("invalid type: found {found}, expected {expected}"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(What::Missing(field), format!("missing key `{field}`"))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        let known = expected.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        Self::new(What::Unknown, format!("unknown key, expected one of {known}"))
    }
}

/// The whole.
struct Table<'a>(&'a Dict);

impl<'de> Deserializer<'de> for Table<'_> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_map(Entries { rest: self.0.iter(), value: None })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_enum(Variant::of(self.0)?)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// One value of it.
#[derive(Clone, Copy)]
struct At<'a>(&'a Value);

impl<'de> Deserializer<'de> for At<'_> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::String(_, text) => visitor.visit_str(text),
            Value::Char(_, character) => visitor.visit_char(*character),
            Value::Bool(_, truth) => visitor.visit_bool(*truth),
            Value::Num(_, number) => visit_number(*number, visitor),
            Value::Empty(..) => visitor.visit_unit(),
            Value::Dict(_, table) => Table(table).deserialize_any(visitor),
            Value::Array(_, list) => visitor.visit_seq(Elements(list.iter().enumerate())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if matches!(self.0, Value::Empty(..)) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::String(_, name) => visitor.visit_enum(name.as_str().into_deserializer()),
            Value::Dict(_, table) => visitor.visit_enum(Variant::of(table)?),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// In the narrower of the widths that hold it: few types take the wide ones.
fn visit_number<'de, V: Visitor<'de>>(number: Num, visitor: V) -> Result<V::Value, Mismatch> {
    if let Some(number) = number.to_i128() {
        return match i64::try_from(number) {
            Ok(narrow) => visitor.visit_i64(narrow),
            Err(_) => visitor.visit_i128(number),
        };
    }
    if let Some(number) = number.to_u128() {
        return match u64::try_from(number) {
            Ok(narrow) => visitor.visit_u64(narrow),
            Err(_) => visitor.visit_u128(number),
        };
    }
    number
        .to_f64()
        .map_or_else(|| Err(Mismatch::custom("a number of no known kind")), |number| visitor.visit_f64(number))
}

struct Entries<'a, I: Iterator<Item = (&'a String, &'a Value)>> {
    rest: I,
    value: Option<(&'a String, &'a Value)>,
}

impl<'a, 'de, I: Iterator<Item = (&'a String, &'a Value)>> MapAccess<'de> for Entries<'a, I> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some((key, value));
        seed.deserialize(Key(key)).map(Some).map_err(|error| error.below(key, value))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mismatch> {
        let (key, value) = self.value.take().ok_or_else(|| Mismatch::custom("a value was asked for before its key"))?;
        seed.deserialize(At(value)).map_err(|error| error.below(key, value))
    }
}

struct Elements<'a, I: Iterator<Item = (usize, &'a Value)>>(I);

impl<'a, 'de, I: Iterator<Item = (usize, &'a Value)>> SeqAccess<'de> for Elements<'a, I> {
    type Error = Mismatch;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Mismatch> {
        let Some((index, value)) = self.0.next() else { return Ok(None) };
        seed.deserialize(At(value)).map(Some).map_err(|error| error.below(index.to_string(), value))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint().1
    }
}

/// A variant that holds something: a table of one key.
struct Variant<'a>(&'a String, &'a Value);

impl<'a> Variant<'a> {
    fn of(table: &'a Dict) -> Result<Self, Mismatch> {
        let mut entries = table.iter();
        match (entries.next(), entries.next()) {
            (Some((name, value)), None) => Ok(Self(name, value)),
            _ => Err(Mismatch::custom(format_args!("expected a table of one key, a variant, found {}", table.len()))),
        }
    }

    fn inner<R>(&self, read: impl FnOnce(At<'a>) -> Result<R, Mismatch>) -> Result<R, Mismatch> {
        read(At(self.1)).map_err(|error| error.below(self.0, self.1))
    }
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Mismatch;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Mismatch> {
        let name: StrDeserializer<'_, Mismatch> = self.0.as_str().into_deserializer();
        seed.deserialize(name).map(|variant| (variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        self.inner(<() as serde::Deserialize>::deserialize)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mismatch> {
        self.inner(|value| seed.deserialize(value))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.inner(|value| value.deserialize_any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Mismatch> {
        self.inner(|value| value.deserialize_any(visitor))
    }
}

/// A key: text, and what else can be read from text.
struct Key<'a>(&'a str);

/// A number or a truth value where one is wanted, else the text, which the visitor refuses.
macro_rules! parsed {
    ($($deserialize:ident => $visit:ident,)*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            match self.0.parse() {
                Ok(parsed) => visitor.$visit(parsed),
                Err(_) => visitor.visit_str(self.0),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Key<'_> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_str(self.0)
    }

    parsed! {
        deserialize_bool => visit_bool,
        deserialize_i8 => visit_i8,
        deserialize_i16 => visit_i16,
        deserialize_i32 => visit_i32,
        deserialize_i64 => visit_i64,
        deserialize_i128 => visit_i128,
        deserialize_u8 => visit_u8,
        deserialize_u16 => visit_u16,
        deserialize_u32 => visit_u32,
        deserialize_u64 => visit_u64,
        deserialize_u128 => visit_u128,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    fn table(value: impl serde::Serialize) -> Dict {
        Value::serialize(value).unwrap().into_dict().unwrap()
    }

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
    enum Level {
        Low,
        High(u8),
        Range { from: u8 },
    }

    #[test]
    fn keys_are_what_the_type_wants() {
        let numbers: BTreeMap<u16, i128> = value(&table(BTreeMap::from([("80", i128::MAX)]))).unwrap();
        assert_eq!(numbers, BTreeMap::from([(80, i128::MAX)]));
        let levels: BTreeMap<Level, bool> = value(&table(BTreeMap::from([("Low", true)]))).unwrap();
        assert_eq!(levels, BTreeMap::from([(Level::Low, true)]));
        let wrong = value::<BTreeMap<u16, u8>>(&table(BTreeMap::from([("x", 1)]))).unwrap_err();
        assert_eq!((wrong.0.path, wrong.0.what), (vec!["x".to_owned()], What::Other));
    }

    #[test]
    fn wide_numbers_are_whole() {
        let wide: BTreeMap<String, u128> = value(&table(BTreeMap::from([("a", u128::MAX)]))).unwrap();
        assert_eq!(wide["a"], u128::MAX);
        let floats: BTreeMap<String, f64> = value(&table(BTreeMap::from([("a", 1)]))).unwrap();
        assert_eq!(floats["a"].to_bits(), 1.0_f64.to_bits());
        assert!(value::<BTreeMap<String, u64>>(&table(BTreeMap::from([("a", 0.5)]))).is_err());
    }

    #[test]
    fn variants_are_text_or_tables_of_one_key() {
        let of = |level: &str| table(BTreeMap::from([("level", level)]));
        assert_eq!(value::<BTreeMap<String, Level>>(&of("Low")).unwrap()["level"], Level::Low);
        let high = table(BTreeMap::from([("level", BTreeMap::from([("High", 3)]))]));
        assert_eq!(value::<BTreeMap<String, Level>>(&high).unwrap()["level"], Level::High(3));
        let range = table(BTreeMap::from([("level", BTreeMap::from([("Range", BTreeMap::from([("from", 1)]))]))]));
        assert_eq!(value::<BTreeMap<String, Level>>(&range).unwrap()["level"], Level::Range { from: 1 });
        let two = table(BTreeMap::from([("level", BTreeMap::from([("High", 3), ("Low", 3)]))]));
        assert!(value::<BTreeMap<String, Level>>(&two).unwrap_err().0.message.contains("one key"));
    }
}
