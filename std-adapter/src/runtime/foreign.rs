//! The checks of other crates, which run code of the mapped patch: after all of ours.

use super::index::{Index, Place};
use crate::raw::foreign::compare;
use dynpatch_interface::boundary::{FunctionItem, Items};
use dynpatch_interface::{ErrorCode, PatchError};

/// Compares what both sides describe to another crate.
pub(super) fn check(items: &Items, index: &Index) -> Result<(), PatchError> {
    items.functions.iter().try_for_each(|patch| match index.find(patch.name).map(|known| known.place) {
        Some(Place::Slot(_, host)) => check_function(host, patch),
        _ => Ok(()),
    })
}

fn check_function(host: &FunctionItem, patch: &FunctionItem) -> Result<(), PatchError> {
    // Both have as many: the forms of their signatures agree.
    for (place, sides) in host.foreign.iter().zip(patch.foreign).enumerate() {
        let (Some(ours), Some(theirs)) = sides else { continue };
        let of = if place + 1 == host.foreign.len() { "result".to_owned() } else { format!("argument {place}") };
        compare(ours, theirs).map_err(|errors| {
            PatchError::new(ErrorCode::Layout, format_args!("{}, {of}", patch.name), last_words(&errors))
                .with_help("the whole report of the checker is in the log")
        })?;
    }
    Ok(())
}

/// What a line can hold of a long report: its last statement, which says what differs.
fn last_words(report: &str) -> String {
    log::warn!("{report}");
    let lines: Vec<&str> = report.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let start = lines.iter().position(|line| line.starts_with("Error:")).unwrap_or(0);
    lines.iter().skip(start).take(5).copied().collect::<Vec<_>>().join(" ")
}
