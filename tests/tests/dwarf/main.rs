//! What the derive says of a layout is what the compiler tells debuggers of it: an oracle that knows nothing of the derive.
//! The types are those of `types.rs`; both descriptions are read from the file of this test.
#![cfg(target_os = "linux")]

mod compare;
mod debug;
mod types;

use compare::Comparison;
use debug::Debug;
use dynpatch_core::layout::DefinitionView;
use dynpatch_core::manifest::records;
use dynpatch_interface::record::kind;
use object::{Object, ObjectSection};

/// Runs `check` over both descriptions of this executable's types.
fn with_both(check: impl FnOnce(&Debug, &[DefinitionView<'_>])) {
    types::show_all();
    let data = std::fs::read(std::env::current_exe().expect("a path")).expect("the executable can be read");
    let file = object::File::parse(&*data).expect("it is an object");
    let section = file.section_by_name(".dynpatch").expect("it has records");
    let manifest = section.data().expect("it has bytes");
    let records = records(manifest).map(|record| record.expect("every record reads"));
    let definitions = records.filter(|record| record.kind == kind::TYPE);
    let definitions = definitions.map(|record| DefinitionView::of_record(record.payload).expect("a definition"));
    let definitions: Vec<_> = definitions.filter(|definition| types::NAMES.contains(&definition.name)).collect();
    let debug = Debug::read(&file, "dwarf").expect("the debug information reads");
    check(&debug, &definitions);
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "needs debug information about types")]
fn descriptions_are_what_debuggers_are_told() {
    with_both(|debug, definitions| {
        let mut names: Vec<_> = definitions.iter().map(|definition| definition.name).collect();
        let mut expected = types::NAMES.to_vec();
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected, "the records");
        let mut comparison = Comparison::new(debug, definitions);
        for definition in definitions {
            let path = format!("dwarf::types::{}", definition.name);
            let place = debug.places.get(&path).unwrap_or_else(|| panic!("debuggers know nothing of {path}"));
            comparison.definition(definition, *place, definition.name);
        }
        assert_eq!(comparison.problems, [""; 0]);
        let counts = &comparison.counts;
        // So that nothing was passed over.
        assert!(counts.types >= 50 && counts.alignments >= 50, "{counts:?}");
        assert!(counts.offsets >= 140 && counts.payloads >= 28 && counts.discriminants >= 40, "{counts:?}");
    });
}

/// What is described wrongly is found.
#[test]
#[cfg_attr(not(debug_assertions), ignore = "needs debug information about types")]
fn a_wrong_description_is_found() {
    with_both(|debug, definitions| {
        for (described, real) in [
            ("CStruct", "Reordered"),
            ("Prefix", "CStruct"),
            ("Packed", "PackedByTwo"),
            ("TaggedShort", "TaggedByte"),
            ("Small", "Fieldless"),
            ("CTagged", "RustTagged"),
            ("RustTagged", "CTagged"),
            ("CUnion", "RustUnion"),
            ("Aligned", "Newtype"),
        ] {
            let definition = definitions.iter().find(|definition| definition.name == described).expect("a record");
            let mut comparison = Comparison::new(debug, definitions);
            comparison.definition(definition, debug.places[&format!("dwarf::types::{real}")], described);
            assert!(!comparison.problems.is_empty(), "{described} passes for {real}");
        }
    });
}
