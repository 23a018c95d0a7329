//! The checks of other crates, which run code of the mapped patch: after all of ours.

use super::index::{Index, Place};
use crate::raw::foreign::compare;
use dynpatch_interface::boundary::{ForeignLayout, Items};
use dynpatch_interface::{ErrorCode, PatchError};

/// Compares what both sides describe to another crate.
pub(super) fn check(items: &Items, index: &Index) -> Result<(), PatchError> {
    let place = |name: &str| index.find(name).map(|known| known.place);
    items.functions.iter().try_for_each(|patch| match place(patch.name) {
        Some(Place::Slot(_, host)) => compare_all(patch.name, host.foreign, patch.foreign, &part_of_signature),
        _ => Ok(()),
    })?;
    items.statics.iter().try_for_each(|patch| match place(patch.name) {
        Some(Place::Static(host)) => compare_all(patch.name, host.foreign, patch.foreign, &|_, _| "type".to_owned()),
        _ => Ok(()),
    })
}

fn part_of_signature(place: usize, count: usize) -> String {
    if place + 1 == count { "result".to_owned() } else { format!("argument {place}") }
}

/// `part` says what stands at a place of so many.
fn compare_all(
    item: &str,
    host: &[Option<ForeignLayout>],
    patch: &[Option<ForeignLayout>],
    part: &dyn Fn(usize, usize) -> String,
) -> Result<(), PatchError> {
    // Both have as many: the forms of their signatures agree.
    for (place, sides) in host.iter().zip(patch).enumerate() {
        let (Some(ours), Some(theirs)) = sides else { continue };
        compare(ours, theirs).map_err(|errors| {
            let subject = format!("{item}, {}", part(place, host.len()));
            PatchError::new(ErrorCode::Layout, subject, last_words(&errors))
                .with_help("the whole report of the checker is in the log")
        })?;
    }
    Ok(())
}

/// What a line can hold of a long report: its last statement, which says what differs.
fn last_words(report: &str) -> String {
    super::events::warn(&report);
    let lines: Vec<&str> = report.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let start = lines.iter().position(|line| line.starts_with("Error:")).unwrap_or(0);
    lines.iter().skip(start).take(5).copied().collect::<Vec<_>>().join(" ")
}
