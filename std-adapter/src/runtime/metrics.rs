//! The figures of a runtime, for whatever recorder the program has installed in the `metrics` crate.

use super::events::Event;

/// Counts an event.
pub(super) fn count(event: &Event<'_>) {
    match event {
        Event::Applied(applied) => {
            metrics::counter!("dynpatch_applied_total", "patch" => applied.patch.name.clone()).increment(1);
            metrics::histogram!("dynpatch_apply_seconds").record(applied.timings.total().as_secs_f64());
        }
        Event::Refused { error, .. } => {
            metrics::counter!("dynpatch_refused_total", "code" => error.code().as_str()).increment(1);
        }
        Event::RolledBack(_) => metrics::counter!("dynpatch_rolled_back_total", "reason" => "asked").increment(1),
        Event::Disabled(_) => metrics::counter!("dynpatch_rolled_back_total", "reason" => "disabled").increment(1),
        Event::Unmapped { .. } => metrics::counter!("dynpatch_unmapped_total").increment(1),
        _ => {}
    }
}

/// How many patches are live.
pub(super) fn live(patches: usize) {
    #[expect(clippy::cast_precision_loss, reason = "nobody has so many patches")]
    metrics::gauge!("dynpatch_live_generations").set(patches as f64);
}
