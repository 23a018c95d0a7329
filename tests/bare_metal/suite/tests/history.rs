//! The history: bounded, oldest first.
#![no_std]
#![no_main]

use dynpatch_core::history::{Action, History, NAME_CAPACITY};
use dynpatch_interface::Version;

support::tests!(what_was_recorded_is_told, the_oldest_entry_goes, a_long_name_is_cut_between_characters);

const VERSION: Version = Version::new(1, 2, 3);

fn what_was_recorded_is_told() {
    let mut history: History<2> = History::new();
    assert!(history.is_empty());
    history.record("a-patch", VERSION, Action::Applied, 1 << 40);
    history.record("a-patch", VERSION, Action::RolledBack, 1 << 41);
    let mut events = history.iter();
    let first = events.next().expect("the first");
    assert_eq!((first.name(), first.version, first.action, first.time), ("a-patch", VERSION, Action::Applied, 1 << 40));
    assert_eq!(events.next().map(|event| event.action), Some(Action::RolledBack));
    assert!(events.next().is_none());
}

fn the_oldest_entry_goes() {
    let mut history: History<3> = History::new();
    for time in 0..10 {
        history.record("a-patch", VERSION, Action::Confirmed, time);
        assert_eq!(history.len() as u64, (time + 1).min(3));
        let oldest = (time + 1).saturating_sub(3);
        assert!(history.iter().map(|event| event.time).eq(oldest..=time));
    }
}

fn a_long_name_is_cut_between_characters() {
    let mut history: History<1> = History::new();
    let name = "äöüäöüäöüäöüäöü";
    history.record(name, VERSION, Action::Refused, 0);
    let kept = history.iter().next().expect("recorded").name();
    assert!(name.starts_with(kept) && kept.len() == NAME_CAPACITY, "{kept}");
}
