//! Values of fields: taken apart in the patch, put together in the host.

use dynpatch_interface::boundary::{TraceData, TraceValue};
use std::error::Error;
use std::fmt;
use tracing_core::callsite::{DefaultCallsite, Identifier};
use tracing_core::field::{Field, Value, ValueSet, Visit, display};
use tracing_core::{Kind, Level, Metadata, metadata};

/// Values that outlive the visit. A `Debug` of the patch's runs here, in the patch, where it may panic.
#[derive(Default)]
pub(super) struct Collected {
    callsite: Option<Identifier>,
    values: Vec<(usize, Data)>,
}

enum Data {
    Plain(TraceData<'static>),
    Text(String),
    Bytes(Vec<u8>),
    Error(String),
    Source(String),
    Debug(String),
}

impl Data {
    fn lend(&self) -> TraceData<'_> {
        match self {
            Self::Plain(data) => *data,
            Self::Text(text) => TraceData::Text(text),
            Self::Bytes(bytes) => TraceData::Bytes(bytes),
            Self::Error(text) => TraceData::Error(text),
            Self::Source(text) => TraceData::Source(text),
            Self::Debug(text) => TraceData::Debug(text),
        }
    }
}

impl Collected {
    pub(super) fn from(record: impl FnOnce(&mut dyn Visit)) -> Self {
        let mut collected = Self::default();
        record(&mut collected);
        collected
    }

    /// Whose fields these are. None if there are no values.
    pub(super) fn callsite(&self) -> Option<&Identifier> {
        self.callsite.as_ref()
    }

    pub(super) fn lend(&self) -> Vec<TraceValue<'_>> {
        self.values.iter().map(|(field, data)| TraceValue { field: *field, data: data.lend() }).collect()
    }

    fn push(&mut self, field: &Field, data: Data) {
        self.callsite.get_or_insert_with(|| field.callsite());
        self.values.push((field.index(), data));
    }
}

impl Visit for Collected {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, Data::Plain(TraceData::F64(value)));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, Data::Plain(TraceData::I64(value)));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, Data::Plain(TraceData::U64(value)));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.push(field, Data::Plain(TraceData::I128(value)));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.push(field, Data::Plain(TraceData::U128(value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, Data::Plain(TraceData::Bool(value)));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field, Data::Text(value.to_owned()));
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.push(field, Data::Bytes(value.to_owned()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.push(field, Data::Error(value.to_string()));
        for source in std::iter::successors(value.source(), |error| (*error).source()) {
            self.push(field, Data::Source(source.to_string()));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field, Data::Debug(format!("{value:?}")));
    }
}

/// Makes the values into a set for `metadata`, as far as that has their fields.
pub(super) fn assemble<R>(
    metadata: &'static Metadata<'static>,
    values: &[TraceValue<'_>],
    take: impl FnOnce(&ValueSet<'_>) -> R,
) -> R {
    let fields: Vec<Field> = metadata.fields().iter().collect();
    let owned: Vec<_> = (0..values.len()).filter_map(|place| rebuild(&values[place..])).collect();
    let pairs: Vec<Pair<'_>> =
        owned.iter().filter_map(|(field, value)| Some((fields.get(*field)?, Some(&**value)))).collect();
    if pairs.len() <= USUAL_FIELDS {
        with_array::<USUAL_FIELDS, R>(metadata, &pairs, take)
    } else {
        with_array::<MAX_FIELDS, R>(metadata, &pairs, take)
    }
}

type Pair<'a> = (&'a Field, Option<&'a dyn Value>);

/// For long the most fields that `tracing` allowed.
const USUAL_FIELDS: usize = 32;

/// Values beyond are left out.
const MAX_FIELDS: usize = 256;

/// A set is made of an array. What pads it belongs to another callsite, so that it is neither visited nor counted.
fn with_array<const N: usize, R>(
    metadata: &'static Metadata<'static>,
    pairs: &[Pair<'_>],
    take: impl FnOnce(&ValueSet<'_>) -> R,
) -> R {
    let padding = PADDING.fields().iter().next().expect("it has one field");
    let array: [Pair<'_>; N] = std::array::from_fn(|place| pairs.get(place).copied().unwrap_or((&padding, None)));
    take(&metadata.fields().value_set(&array))
}

static PADDING_CALLSITE: DefaultCallsite = DefaultCallsite::new(&PADDING);
static PADDING: Metadata<'static> = metadata! {
    name: "padding",
    target: module_path!(),
    level: Level::TRACE,
    fields: &["padding"],
    callsite: &PADDING_CALLSITE,
    kind: Kind::HINT,
};

/// The first value. An error takes its sources from behind it.
fn rebuild<'a>(values: &[TraceValue<'a>]) -> Option<(usize, Box<dyn Value + 'a>)> {
    let (first, rest) = values.split_first()?;
    let value: Box<dyn Value + 'a> = match first.data {
        TraceData::I64(value) => Box::new(value),
        TraceData::U64(value) => Box::new(value),
        TraceData::I128(value) => Box::new(value),
        TraceData::U128(value) => Box::new(value),
        TraceData::F64(value) => Box::new(value),
        TraceData::Bool(value) => Box::new(value),
        TraceData::Text(text) => Box::new(text),
        TraceData::Bytes(bytes) => Box::new(bytes),
        TraceData::Error(text) => Box::new(ErrorText::with_sources(text, rest)),
        TraceData::Source(_) => return None,
        TraceData::Debug(text) => Box::new(display(text)),
    };
    Some((first.field, value))
}

/// An error of a patch, as it prints.
struct ErrorText {
    text: String,
    source: Option<Box<ErrorText>>,
}

impl ErrorText {
    fn with_sources(text: &str, values: &[TraceValue<'_>]) -> Box<dyn Error> {
        let sources = values.iter().map_while(|value| match value.data {
            TraceData::Source(text) => Some(text),
            _ => None,
        });
        let sources: Vec<_> = sources.collect();
        let nest = |source, text: &str| Some(Box::new(Self { text: text.to_owned(), source }));
        let source = sources.into_iter().rev().fold(None, nest);
        Box::new(Self { text: text.to_owned(), source })
    }
}

impl fmt::Debug for ErrorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for ErrorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for ErrorText {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
