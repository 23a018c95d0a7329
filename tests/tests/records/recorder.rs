//! A subscriber that writes down what it is told.

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::metadata::Metadata;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_core::dispatcher::Dispatch;
use tracing_core::span::Current;
use tracing_core::subscriber::Interest;

/// What a subscriber was told, one line each.
#[derive(Clone, Default)]
pub(crate) struct Recorder(pub(crate) Arc<Recorded>);

#[derive(Default)]
pub(crate) struct Recorded {
    lines: Mutex<Vec<String>>,
    /// Where each event came from.
    pub(crate) events: Mutex<Vec<&'static Metadata<'static>>>,
    /// The number of a span is its place, from 1.
    spans: Mutex<Vec<&'static Metadata<'static>>>,
    entered: Mutex<Vec<Id>>,
    /// The most verbose level, 0 for all.
    level: AtomicU64,
    /// The same, as a hint.
    pub(crate) hint: AtomicU64,
    /// Whether to want nothing at all.
    pub(crate) never: AtomicBool,
    /// Whether to want what dynpatch says of itself.
    pub(crate) own: AtomicBool,
    /// How many callsites came up.
    pub(crate) registered: AtomicU64,
}

impl Recorder {
    pub(crate) fn dispatch(&self) -> Dispatch {
        Dispatch::new(self.clone())
    }

    fn note(&self, line: String) {
        self.0.lines.lock().unwrap().push(line);
    }

    /// The lines since the last call.
    pub(crate) fn lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lines.lock().unwrap())
    }

    fn name(&self, span: &Id) -> String {
        self.0.spans.lock().unwrap()[span.into_u64() as usize - 1].name().to_owned()
    }

    fn parent(&self, is_contextual: bool, explicit: Option<&Id>) -> String {
        match explicit {
            Some(span) => self.name(span),
            None if is_contextual => {
                self.0.entered.lock().unwrap().last().map_or("-".to_owned(), |span| format!("({})", self.name(span)))
            }
            None => "root".to_owned(),
        }
    }

    pub(crate) fn set_level(&self, level: Level) {
        self.0.level.store(number(level), Ordering::Relaxed);
    }
}

/// The target of what dynpatch says of itself.
const OWN: &str = "dynpatch";

pub(crate) const LEVELS: [Level; 5] = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE];

pub(crate) fn number(level: Level) -> u64 {
    1 + LEVELS.iter().take_while(|known| **known != level).count() as u64
}

impl Subscriber for Recorder {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.target() == OWN {
            return Interest::sometimes();
        }
        self.0.registered.fetch_add(1, Ordering::Relaxed);
        if self.0.never.load(Ordering::Relaxed) { Interest::never() } else { Interest::sometimes() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let hint = self.0.hint.load(Ordering::Relaxed);
        LEVELS.into_iter().find(|level| number(*level) == hint).map(LevelFilter::from_level)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        if metadata.target() == OWN {
            return self.0.own.load(Ordering::Relaxed);
        }
        let level = self.0.level.load(Ordering::Relaxed);
        level == 0 || number(*metadata.level()) <= level
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let metadata = attributes.metadata();
        assert!(metadata.is_span());
        let parent = self.parent(attributes.is_contextual(), attributes.parent());
        self.note(format!("new {} in {parent}:{}", place(metadata), values(|visit| attributes.record(visit))));
        let mut spans = self.0.spans.lock().unwrap();
        spans.push(metadata);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, record: &Record<'_>) {
        let values = values(|visit| record.record(visit));
        let metadata = self.0.spans.lock().unwrap()[span.into_u64() as usize - 1];
        assert!(metadata.fields().iter().any(|field| record.contains(&field)), "of the span's own fields");
        self.note(format!("record {} ({}):{values}", self.name(span), record.len()));
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.note(format!("{} follows {}", self.name(span), self.name(follows)));
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        assert!(metadata.is_event());
        self.0.events.lock().unwrap().push(metadata);
        let values = values(|visit| event.record(visit));
        assert!(!values.contains("explode"), "the subscriber explodes");
        let parent = self.parent(event.is_contextual(), event.parent());
        self.note(format!("event {} in {parent}:{values}", place(metadata)));
    }

    fn enter(&self, span: &Id) {
        self.note(format!("enter {}", self.name(span)));
        self.0.entered.lock().unwrap().push(span.clone());
    }

    fn exit(&self, span: &Id) {
        self.note(format!("exit {}", self.name(span)));
        assert_eq!(self.0.entered.lock().unwrap().pop().as_ref(), Some(span));
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.note(format!("clone {}", self.name(span)));
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        self.note(format!("close {}", self.name(&span)));
        true
    }

    fn current_span(&self) -> Current {
        match self.0.entered.lock().unwrap().last() {
            Some(span) => Current::new(span.clone(), self.0.spans.lock().unwrap()[span.into_u64() as usize - 1]),
            None => Current::none(),
        }
    }
}

/// Level, target and, unless tracing made it up of the place, name.
fn place(metadata: &Metadata<'_>) -> String {
    let expected = ["records/src/lib.rs", "tests/records.rs"];
    let is_expected = |file: &str| expected.iter().any(|expected| file.ends_with(expected));
    assert!(metadata.target() == OWN || metadata.file().is_some_and(is_expected));
    assert!(metadata.target() == OWN || metadata.module_path() == Some("records"), "this test has the fixture's name");
    let name = if metadata.name().starts_with("event ") { "" } else { metadata.name() };
    format!("{} {} {name}", metadata.level(), metadata.target())
}

fn values(record: impl FnOnce(&mut dyn Visit)) -> String {
    let mut text = Values(String::new());
    record(&mut text);
    text.0
}

/// Values with the kind they came as.
struct Values(String);

impl Values {
    fn push(&mut self, field: &Field, kind: &str, value: &dyn fmt::Display) {
        self.0 += &format!(" {}={kind} {value}", field.name());
    }
}

impl Visit for Values {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, "f64", &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, "i64", &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, "u64", &value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.push(field, "i128", &value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.push(field, "u128", &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, "bool", &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field, "str", &value);
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.push(field, "bytes", &format!("{value:?}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let source = value.source().map(ToString::to_string);
        self.push(field, "error", &format!("{value} because of {source:?}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field, "debug", &format!("{value:?}"));
    }
}
