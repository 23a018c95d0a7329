//! The subscriber of a patch: keeps nothing and decides nothing.

use super::values::Collected;
use super::{callsites, number_of};
use crate::raw::{dispatch, panic};
use dynpatch_interface::boundary::{SpanId, TraceCallsite, TraceMessage, TraceParent, TraceWitness};
use std::cell::Cell;
use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::subscriber::{Interest, NoSubscriber, Subscriber};
use tracing_core::{Dispatch, Event, Metadata, dispatcher};

struct Forward;

/// Makes this image's `tracing` speak to the host's subscriber.
pub(crate) fn forward() {
    // A constructor of the patch may have set a subscriber of its own; then that one stays.
    let _ = dispatcher::set_global_default(Dispatch::new(Forward));
}

/// A subscriber of the host may panic.
fn ask(message: &TraceMessage<'_>) -> u64 {
    panic::outbound(|| (dispatch::host().trace)(message))
}

// No `max_level_hint`: without one this image's `tracing` holds back no level, and each is asked about.
impl Subscriber for Forward {
    /// The host is asked each time, so that a change of its subscriber needs no news.
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        u64::from(number_of(*metadata.level())) <= ask(&TraceMessage::MaxLevel)
            && callsites::describe(metadata, |callsite| ask(&TraceMessage::Enabled(callsite))) != 0
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let values = Collected::from(|collected| attributes.record(collected));
        let parent = parent_of(attributes.is_root(), attributes.parent());
        // `current_span` will be told of this callsite by its address.
        callsites::introduce(attributes.metadata());
        Id::from_u64(callsites::describe(attributes.metadata(), |callsite| {
            ask(&TraceMessage::NewSpan(callsite, &values.lend(), parent))
        }))
    }

    fn record(&self, span: &Id, record: &Record<'_>) {
        let values = Collected::from(|collected| record.record(collected));
        // A record does not say what it is of; its fields do.
        if let Some(callsite) = values.callsite() {
            callsites::describe(callsite.0.metadata(), |callsite| {
                ask(&TraceMessage::Record(number(span), callsite, &values.lend()))
            });
        }
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        ask(&TraceMessage::FollowsFrom(number(span), number(follows)));
    }

    fn event(&self, event: &Event<'_>) {
        let values = Collected::from(|collected| event.record(collected));
        let parent = parent_of(event.is_root(), event.parent());
        callsites::describe(event.metadata(), |callsite| ask(&TraceMessage::Event(callsite, &values.lend(), parent)));
    }

    fn enter(&self, span: &Id) {
        ask(&TraceMessage::Enter(number(span)));
    }

    fn exit(&self, span: &Id) {
        ask(&TraceMessage::Exit(number(span)));
    }

    fn clone_span(&self, span: &Id) -> Id {
        Id::from_u64(ask(&TraceMessage::CloneSpan(number(span))))
    }

    fn try_close(&self, span: Id) -> bool {
        ask(&TraceMessage::TryClose(number(&span))) != 0
    }

    fn current_span(&self) -> Current {
        let shown = Cell::new(None);
        let witness = |id, callsite: &TraceCallsite<'_>| shown.set(Some((id, callsites::resolve(callsite).metadata())));
        let tracked = ask(&TraceMessage::Current(TraceWitness(&witness))) != 0;
        match shown.get() {
            Some((id, metadata)) => Current::new(Id::from_non_zero_u64(id), metadata),
            None if tracked => Current::none(),
            // Only a subscriber that keeps no track of it can say so.
            None => NoSubscriber::new().current_span(),
        }
    }
}

fn number(span: &Id) -> SpanId {
    span.into_non_zero_u64()
}

fn parent_of(is_root: bool, explicit: Option<&Id>) -> TraceParent {
    match explicit {
        Some(span) => TraceParent::Span(number(span)),
        None if is_root => TraceParent::Root,
        None => TraceParent::Current,
    }
}
