//! The spans that patches hold handles of, each with the subscriber that made it.
//!
//! A span belongs to the subscriber that was current when it was made, whichever is current when it is entered or
//! closed. In the host its handle knows which that is; a patch has its number only. Numbers are unique within a
//! subscriber, so a patch gets the subscriber's own number unless that is taken by another subscriber's span.

use dynpatch_interface::boundary::SpanId;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tracing_core::dispatcher::get_default;
use tracing_core::span::Id;
use tracing_core::{Dispatch, Metadata};

/// A span and its subscriber, which lives as long as its spans.
struct Held {
    dispatch: Dispatch,
    id: Id,
    /// How many handles patches have. None for a span that was only shown.
    handles: usize,
}

type Spans = BTreeMap<SpanId, Held>;

/// So many that threads seldom meet. No lock is held while a subscriber runs.
static SHARDS: [RwLock<Spans>; 64] = [const { RwLock::new(BTreeMap::new()) }; 64];

fn shard(span: SpanId) -> &'static RwLock<Spans> {
    &SHARDS[(span.get() % SHARDS.len() as u64) as usize]
}

fn read(shard: &RwLock<Spans>) -> RwLockReadGuard<'_, Spans> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(shard: &RwLock<Spans>) -> RwLockWriteGuard<'_, Spans> {
    shard.write().unwrap_or_else(PoisonError::into_inner)
}

/// From the top, where subscribers seldom count.
fn spare_number() -> SpanId {
    static NEXT: AtomicU64 = AtomicU64::new(u64::MAX);
    SpanId::new(NEXT.fetch_sub(1, Ordering::Relaxed)).unwrap_or(SpanId::MAX)
}

/// The subscriber of a span, and its number there.
fn find(span: SpanId) -> Option<(Dispatch, Id)> {
    read(shard(span)).get(&span).map(|held| (held.dispatch.clone(), held.id.clone()))
}

/// The same; a number that was not given out here is the current subscriber's.
fn find_or_current(span: SpanId) -> (Dispatch, Id) {
    find(span).unwrap_or_else(|| (get_default(Dispatch::clone), Id::from_non_zero_u64(span)))
}

/// Runs `f` with the subscriber of a span and its number there.
pub(super) fn with<R>(span: SpanId, f: impl FnOnce(&Dispatch, &Id) -> R) -> R {
    let (dispatch, id) = find_or_current(span);
    f(&dispatch, &id)
}

/// The number of a span at its subscriber.
pub(super) fn id_of(span: SpanId) -> Id {
    find_or_current(span).1
}

/// Counts the first handle of a span. Answers the number that a patch knows it by.
pub(super) fn hold(dispatch: &Dispatch, id: Id) -> SpanId {
    let own = id.into_non_zero_u64();
    insert(own, Held { dispatch: dispatch.clone(), id, handles: 1 })
}

/// Inserts under the given number, or another if it is taken. Answers under which.
fn insert(mut span: SpanId, held: Held) -> SpanId {
    loop {
        if let Entry::Vacant(place) = write(shard(span)).entry(span) {
            place.insert(held);
            return span;
        }
        span = spare_number();
    }
}

/// Copies a handle.
pub(super) fn clone(span: SpanId) -> SpanId {
    let Some((dispatch, id)) = find(span) else {
        return get_default(|dispatch| hold(dispatch, dispatch.clone_span(&Id::from_non_zero_u64(span))));
    };
    let copy = dispatch.clone_span(&id);
    if copy != id {
        return hold(&dispatch, copy);
    }
    if let Some(held) = write(shard(span)).get_mut(&span) {
        held.handles += 1;
    }
    span
}

/// Drops a handle. Answers whether that closed the span.
pub(super) fn close(span: SpanId) -> bool {
    let (dispatch, id) = find_or_current(span);
    // Before the subscriber may give the number to another span.
    drop(release(span, 1));
    dispatch.try_close(id)
}

/// Gives handles up. What comes back must not be dropped under the lock: a subscriber may end with it.
fn release(span: SpanId, handles: usize) -> Option<Held> {
    let mut spans = write(shard(span));
    let held = spans.get_mut(&span)?;
    held.handles = held.handles.saturating_sub(handles);
    if held.handles == 0 { spans.remove(&span) } else { None }
}

/// The number that a patch knows the current span of a subscriber by.
pub(super) fn show(dispatch: &Dispatch, id: &Id, metadata: &Metadata<'_>) -> SpanId {
    let own = id.into_non_zero_u64();
    match find(own) {
        None => own,
        Some((held_by, _)) if is_current(&held_by, id, metadata) => own,
        Some(_) => {
            let held = namesakes(id).into_iter().find(|(_, held_by)| is_current(held_by, id, metadata));
            held.map_or_else(|| show_apart(dispatch, id), |(span, _)| span)
        }
    }
}

/// Whether that is the span this thread is in, as far as a subscriber is concerned. Dispatchers cannot be compared; but
/// two subscribers would have to have this thread in spans of one number and one callsite.
fn is_current(dispatch: &Dispatch, id: &Id, metadata: &Metadata<'_>) -> bool {
    let current = dispatch.current_span();
    current.id() == Some(id) && current.metadata().is_some_and(|current| current.callsite() == metadata.callsite())
}

/// The spans that go by that number at their subscribers.
fn namesakes(id: &Id) -> Vec<(SpanId, Dispatch)> {
    let mut found = Vec::new();
    for shard in &SHARDS {
        let spans = read(shard);
        found
            .extend(spans.iter().filter(|(_, held)| held.id == *id).map(|(span, held)| (*span, held.dispatch.clone())));
    }
    found
}

/// Gives out another number for a span of the host's whose own is taken. The patch may make a handle of it right away;
/// if it does not, the number is forgotten when this thread asks for the next.
fn show_apart(dispatch: &Dispatch, id: &Id) -> SpanId {
    thread_local! {
        static SHOWN: Cell<Option<SpanId>> = const { Cell::new(None) };
    }
    let span = insert(spare_number(), Held { dispatch: dispatch.clone(), id: id.clone(), handles: 0 });
    // A thread that ends leaves one behind.
    if let Ok(Some(last)) = SHOWN.try_with(|shown| shown.replace(Some(span))) {
        drop(release(last, 0));
    }
    span
}
