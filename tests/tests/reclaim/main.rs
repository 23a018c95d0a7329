//! Old code goes when nobody can reach it, and not before. Every test has a process of its own, first proves that the new
//! code ran, and looks into the system's list of mappings.

mod causes;
mod handles;
mod policies;
mod signals;
mod stress;
mod threads;

use dynpatch::prelude::*;
use dynpatch::{GenerationStatus, Hold};
use dynpatch_tests::{copy_numbered, scratch_directory};
use std::collections::BTreeSet;
use std::path::PathBuf;
use test_app::life::{self, Speaker as _};

/// A runtime under the policy `Reclaim`, which can go back by so many patches.
fn reclaiming(rollback_depth: usize) -> PathBuf {
    // SAFETY: what the fixtures leave behind is what the runtime sees.
    unsafe { RuntimeBuilder::new().reclaim() }.rollback_depth(rollback_depth).init().expect("the first runtime");
    assert_eq!(life::generation(), 0, "the built-in code runs first");
    scratch_directory("life")
}

/// Applies the fixture under a number of its own, and proves that it runs.
fn apply(number: u64, directory: &std::path::Path) {
    let applied = reload(copy_numbered("life", number, &directory.join("life.so"))).expect("the fixture fits");
    assert_eq!(applied.generation, number);
    assert_eq!(life::SPEAKER.get().speak(), number, "the new code runs");
}

/// How many images of patches the kernel has mapped: each is a file of its own.
fn mapped_images() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("every process may read its own");
    let of_patches = maps.lines().filter(|line| line.contains("dynpatch:"));
    let inodes: BTreeSet<&str> = of_patches.filter_map(|line| line.split_ascii_whitespace().nth(4)).collect();
    inodes.len()
}

fn status(generation: u64) -> GenerationStatus {
    let report = dynpatch::reclaim_report().expect("nothing else is under way");
    report.generation(generation).expect("it was applied").status.clone()
}

/// Why a generation is still mapped.
fn holds(generation: u64) -> Vec<Hold> {
    match status(generation) {
        GenerationStatus::Retired(holds) => holds,
        other => panic!("generation {generation} is not retired: {other}"),
    }
}
