//! The host does for a patch what its own `tracing` macros would do.

use super::{callsites, number_of, spans, values};
use dynpatch_interface::boundary::{SpanId, TraceCallsite, TraceMessage, TraceParent, TraceValue, TraceWitness};
use tracing_core::dispatcher::get_default;
use tracing_core::span::{Attributes, Record};
use tracing_core::{Event, LevelFilter};

/// Host side of [`HostTable::trace`](dynpatch_interface::boundary::HostTable::trace).
pub(crate) fn receive(message: &TraceMessage<'_>) -> u64 {
    match *message {
        TraceMessage::MaxLevel => LevelFilter::current().into_level().map_or(0, number_of).into(),
        TraceMessage::Enabled(callsite) => enabled(callsite).into(),
        TraceMessage::NewSpan(callsite, values, parent) => new_span(callsite, values, parent).get(),
        TraceMessage::CloneSpan(span) => spans::clone(span).get(),
        TraceMessage::TryClose(span) => spans::close(span).into(),
        TraceMessage::Current(witness) => current(witness).into(),
        TraceMessage::Record(span, callsite, values) => no_answer(|| record(span, callsite, values)),
        TraceMessage::FollowsFrom(span, followed) => no_answer(|| follows_from(span, followed)),
        TraceMessage::Event(callsite, values, parent) => no_answer(|| event(callsite, values, parent)),
        TraceMessage::Enter(span) => no_answer(|| spans::with(span, |dispatch, id| dispatch.enter(id))),
        TraceMessage::Exit(span) => no_answer(|| spans::with(span, |dispatch, id| dispatch.exit(id))),
    }
}

fn no_answer(note: impl FnOnce()) -> u64 {
    note();
    0
}

fn enabled(callsite: &TraceCallsite<'_>) -> bool {
    let known = callsites::resolve(callsite);
    let interest = known.interest();
    !interest.is_never() && (interest.is_always() || get_default(|dispatch| dispatch.enabled(known.metadata())))
}

fn new_span(callsite: &TraceCallsite<'_>, values: &[TraceValue<'_>], parent: TraceParent) -> SpanId {
    let metadata = callsites::resolve(callsite).metadata();
    values::assemble(metadata, values, |values| {
        let attributes = match parent {
            TraceParent::Current => Attributes::new(metadata, values),
            TraceParent::Root => Attributes::new_root(metadata, values),
            TraceParent::Span(span) => Attributes::child_of(spans::id_of(span), metadata, values),
        };
        get_default(|dispatch| spans::hold(dispatch, dispatch.new_span(&attributes)))
    })
}

fn record(span: SpanId, callsite: &TraceCallsite<'_>, values: &[TraceValue<'_>]) {
    values::assemble(callsites::resolve(callsite).metadata(), values, |values| {
        spans::with(span, |dispatch, id| dispatch.record(id, &Record::new(values)));
    });
}

fn follows_from(span: SpanId, followed: SpanId) {
    spans::with(span, |dispatch, id| dispatch.record_follows_from(id, &spans::id_of(followed)));
}

fn event(callsite: &TraceCallsite<'_>, values: &[TraceValue<'_>], parent: TraceParent) {
    let metadata = callsites::resolve(callsite).metadata();
    values::assemble(metadata, values, |values| {
        let event = match parent {
            TraceParent::Current => Event::new(metadata, values),
            TraceParent::Root => Event::new_child_of(None, metadata, values),
            TraceParent::Span(span) => Event::new_child_of(spans::id_of(span), metadata, values),
        };
        get_default(|dispatch| dispatch.event(&event));
    });
}

fn current(witness: TraceWitness<'_>) -> bool {
    get_default(|dispatch| {
        let current = dispatch.current_span();
        if let (Some(id), Some(metadata)) = (current.id(), current.metadata()) {
            // The patch may name the callsite when it records more values.
            callsites::introduce(metadata);
            callsites::describe(metadata, |callsite| (witness.0)(spans::show(dispatch, id, metadata), callsite));
        }
        current.is_known()
    })
}
