//! What it takes to read and check a patch whose items are made of twenty types, beside `abi_stable`'s check of the same
//! types, and what each says when one field of the innermost type is another.

use crate::apply;
use crate::command::Options;
use crate::fixtures::Fixtures;
use crate::statistics::Microseconds;
use crate::table::{Style, Table};
use abi_stable::StableAbi;
use abi_stable::abi_stability::abi_checking::{CheckingGlobals, check_layout_compatibility_with_globals};
use serde::Serialize;
use std::error::Error;
use std::time::Instant;

include!("../twenty.rs");

/// What the patches are checked against.
pub mod described {
    #![expect(unreachable_pub, reason = "the patches have the same types")]

    twenty_types!(u32, [#[derive(dynpatch::PatchType)]]);

    /// The item that the patches replace.
    #[dynpatch::patchable]
    pub fn take(all: &T19) -> u64 {
        all.f0 as u64 + 1
    }
}

mod stable {
    #![expect(unreachable_pub, reason = "the patches have the same types")]
    use abi_stable::StableAbi;

    pub(super) mod host {
        use super::StableAbi;
        twenty_types!(u32, [#[derive(StableAbi)]]);
    }
    pub(super) mod patch {
        use super::StableAbi;
        twenty_types!(u32, [#[derive(StableAbi)]]);
    }
    pub(super) mod changed {
        use super::StableAbi;
        twenty_types!(i32, [#[derive(StableAbi)]]);
    }
}

/// Both checks of the same twenty types.
#[derive(Debug, Serialize)]
pub(crate) struct Layouts {
    checks: usize,
    /// Reading and checking everything of the file: object, manifest, items, types.
    dynpatch: Microseconds,
    /// Checking the types of a library that is mapped already.
    abi_stable: Microseconds,
    /// Lines printed for one changed field.
    dynpatch_lines: usize,
    /// Bytes printed for one changed field.
    dynpatch_bytes: usize,
    abi_stable_lines: usize,
    abi_stable_bytes: usize,
}

/// Runs both checks.
pub(crate) fn measure(fixtures: &Fixtures, options: &Options) -> Result<Layouts, Box<dyn Error>> {
    eprintln!("timing checks of twenty types, {}", options.applies);
    let ours = apply::inspections(fixtures.built("libbench_twenty.so"), options.applies)?;
    let refused = dynpatch::plan_for(std::env::current_exe()?, fixtures.built("libbench_twenty_changed.so"))?;
    let said: String = refused
        .refusals
        .iter()
        .map(|refusal| format!("{refusal}\n{}\n", refusal.help.as_deref().unwrap_or_default()))
        .collect();
    if refused.fits() {
        return Err("a changed field must be refused".into());
    }
    let theirs = (0..options.applies).map(|_| {
        let globals = CheckingGlobals::new();
        let start = Instant::now();
        let verdict = check_layout_compatibility_with_globals(
            <stable::host::T19 as StableAbi>::LAYOUT,
            <stable::patch::T19 as StableAbi>::LAYOUT,
            &globals,
        );
        let took = start.elapsed();
        assert!(verdict.is_ok(), "the types are the same");
        took
    });
    let theirs = Microseconds::of(theirs);
    let verdict = check_layout_compatibility_with_globals(
        <stable::host::T19 as StableAbi>::LAYOUT,
        <stable::changed::T19 as StableAbi>::LAYOUT,
        &CheckingGlobals::new(),
    );
    let their_words = verdict.err().ok_or("abi_stable must refuse a changed field")?.to_string();
    Ok(Layouts {
        checks: options.applies,
        dynpatch: ours,
        abi_stable: theirs,
        dynpatch_lines: said.lines().count(),
        dynpatch_bytes: said.len(),
        abi_stable_lines: their_words.lines().count(),
        abi_stable_bytes: their_words.len(),
    })
}

impl Layouts {
    pub(crate) fn table(&self, style: Style) -> String {
        let mut table = Table::new(["check", "p50", "p99", "lines", "bytes"]);
        for (name, took, lines, bytes) in [
            ("dynpatch: the whole file", self.dynpatch, self.dynpatch_lines, self.dynpatch_bytes),
            ("abi_stable: types only", self.abi_stable, self.abi_stable_lines, self.abi_stable_bytes),
        ] {
            let times = [took.p50, took.p99].map(|time| format!("{time:.0}"));
            table.row([name.to_owned()].into_iter().chain(times).chain([lines.to_string(), bytes.to_string()]));
        }
        let title = format!(
            "Microseconds per check of twenty types ({} each; goal ≤ 150), and what is said of one changed field (goal ≤ 3 lines)",
            self.checks
        );
        table.text(style, &title)
    }
}
