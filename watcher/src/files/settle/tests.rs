//! Each rule by itself.

use super::*;

/// What a look finds: a number, which other than zero is a whole file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Found {
    File(u32),
    Empty,
    Missing,
}

impl Observation for Found {
    fn doubt(&self, read: Option<&Self>) -> Doubt {
        match self {
            _ if read == Some(self) => Doubt::None,
            Self::File(_) => Doubt::None,
            Self::Empty => Doubt::Empty,
            Self::Missing => Doubt::Gone,
        }
    }
}

const NAME: &str = "/directory/file";

fn at(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A file that was read at zero, twice.
fn read_file() -> Settle<Found> {
    let mut settle = Settle::new(Timing::default(), Duration::ZERO);
    settle.look(Duration::ZERO, Found::File(1));
    assert!(settle.read(Duration::ZERO, Found::File(1)));
    settle.confirm = None;
    assert_eq!(settle.next(at(0)), Next::Idle);
    settle
}

fn hint(settle: &mut Settle<Found>, time: u64, hint: Hint) {
    settle.hint(at(time), Path::new(NAME), hint);
}

/// Answers looks with what is found until something else is asked for.
fn next(settle: &mut Settle<Found>, time: u64, found: Found) -> Next {
    while settle.next(at(time)) == Next::Look {
        settle.look(at(time), found);
    }
    settle.next(at(time))
}

/// Goes from one wait to the next until it says to read, and returns when that is.
fn reads_at(settle: &mut Settle<Found>, from: u64, found: Found) -> u128 {
    let mut now = at(from);
    loop {
        match settle.next(now) {
            Next::Look => settle.look(now, found),
            Next::Wait(until) => now = until,
            Next::Read => return now.as_millis(),
            Next::Idle => panic!("it waits for nothing"),
        }
    }
}

#[test]
fn a_closed_file_is_read_after_a_short_quiet() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Written);
    hint(&mut settle, 103, Hint::Closed);
    assert_eq!(reads_at(&mut settle, 103, Found::File(2)), 113);
}

#[test]
fn an_open_file_is_waited_for_until_it_is_closed() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Written);
    assert_eq!(next(&mut settle, 600, Found::File(2)), Next::Wait(at(1100)));
    hint(&mut settle, 700, Hint::Closed);
    assert_eq!(reads_at(&mut settle, 700, Found::File(3)), 710);
}

#[test]
fn a_file_that_is_never_closed_is_read_after_a_long_quiet() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Written);
    hint(&mut settle, 900, Hint::Written);
    assert_eq!(reads_at(&mut settle, 900, Found::File(2)), 1900);
}

#[test]
fn one_closed_file_of_two_is_not_enough() {
    let mut settle = read_file();
    settle.hint(at(100), Path::new("/directory/other"), Hint::Written);
    hint(&mut settle, 101, Hint::Closed);
    assert_eq!(reads_at(&mut settle, 101, Found::File(2)), 1101);
}

#[test]
fn a_removed_file_has_time_to_come_back() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Removed);
    assert_eq!(next(&mut settle, 199, Found::Missing), Next::Wait(at(200)));
    hint(&mut settle, 199, Hint::Renamed);
    assert_eq!(reads_at(&mut settle, 199, Found::File(2)), 209);
}

#[test]
fn a_removed_file_is_missing_in_the_end() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Removed);
    assert_eq!(reads_at(&mut settle, 100, Found::Missing), 200);
}

#[test]
fn a_removed_file_has_its_time_even_if_another_is_closed() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Removed);
    settle.hint(at(101), Path::new("/directory/other"), Hint::Closed);
    assert_eq!(reads_at(&mut settle, 101, Found::Missing), 201);
}

#[test]
fn an_empty_file_may_still_be_written() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Closed);
    assert_eq!(reads_at(&mut settle, 100, Found::Empty), 1100);
}

#[test]
fn an_empty_file_that_was_read_so_delays_nothing() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Closed);
    let read = reads_at(&mut settle, 100, Found::Empty) as u64;
    assert!(settle.read(at(read), Found::Empty));
    hint(&mut settle, 5000, Hint::Touched);
    assert_eq!(reads_at(&mut settle, 5000, Found::Empty), 5010);
}

#[test]
fn a_change_that_only_looks_show_must_be_still_for_two_of_them() {
    let mut settle = read_file();
    settle.look(at(2000), Found::File(2));
    assert_eq!(next(&mut settle, 2000, Found::File(2)), Next::Wait(at(2200)));
    assert_eq!(next(&mut settle, 2200, Found::File(3)), Next::Wait(at(2400)), "it was not still");
    assert_eq!(next(&mut settle, 2400, Found::File(3)), Next::Wait(at(2600)));
    assert_eq!(next(&mut settle, 2600, Found::File(3)), Next::Read);
}

#[test]
fn looks_that_come_together_count_as_one() {
    let mut settle = Settle::found(Timing::default(), at(0));
    settle.look(at(0), Found::File(1));
    // What somebody did before it was listened to.
    settle.unheard(at(3));
    settle.look(at(4), Found::File(1));
    for time in [5, 100, 203] {
        settle.look(at(time), Found::File(1));
        assert_eq!(settle.next(at(time)), Next::Wait(at(204)));
    }
    assert_eq!(next(&mut settle, 204, Found::File(1)), Next::Wait(at(404)));
    assert_eq!(next(&mut settle, 404, Found::File(1)), Next::Read);
}

#[test]
fn a_change_after_the_hint_that_no_hint_explains_is_waited_out() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Closed);
    assert_eq!(next(&mut settle, 100, Found::File(2)), Next::Wait(at(110)));
    // Somebody has begun to write again, and the system has not said so yet.
    assert_eq!(next(&mut settle, 110, Found::Empty), Next::Wait(at(310)));
    hint(&mut settle, 111, Hint::Written);
    hint(&mut settle, 112, Hint::Closed);
    assert_eq!(reads_at(&mut settle, 112, Found::File(3)), 122);
}

#[test]
fn lost_hints_are_made_up_for_by_looks() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Written);
    settle.lost(at(110));
    // What comes now does not tell all.
    hint(&mut settle, 120, Hint::Closed);
    assert_eq!(reads_at(&mut settle, 120, Found::File(2)), 520);
}

#[test]
fn what_changes_while_it_is_read_is_read_again() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Closed);
    assert_eq!(reads_at(&mut settle, 100, Found::File(2)), 110);
    assert!(!settle.read(at(110), Found::File(3)), "another file was read than was looked at");
    assert_eq!(reads_at(&mut settle, 110, Found::File(3)), 510);
    settle.unread(at(510));
    assert!(reads_at(&mut settle, 510, Found::File(4)) > 510);
}

#[test]
fn a_hint_that_comes_during_a_read_is_kept() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Closed);
    assert_eq!(reads_at(&mut settle, 100, Found::File(2)), 110);
    assert!(settle.read(at(110), Found::File(2)));
    hint(&mut settle, 111, Hint::Closed);
    assert_eq!(reads_at(&mut settle, 111, Found::File(2)), 121);
}

#[test]
fn every_read_of_a_change_is_followed_by_a_second_one() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Closed);
    assert_eq!(reads_at(&mut settle, 100, Found::File(2)), 110);
    assert!(settle.read(at(110), Found::File(2)));
    assert_eq!(reads_at(&mut settle, 110, Found::File(2)), 2110);
    assert!(settle.read(at(2110), Found::File(2)));
    assert_eq!(settle.next(at(2110)), Next::Idle);
}

#[test]
fn what_never_rests_long_is_read_when_patience_ends() {
    let mut settle = read_file();
    let mut number = 1;
    for time in (100..5100).step_by(8) {
        number += 1;
        hint(&mut settle, time, Hint::Closed);
        assert!(matches!(next(&mut settle, time, Found::File(number)), Next::Wait(_)));
    }
    hint(&mut settle, 5100, Hint::Closed);
    assert!(reads_at(&mut settle, 5100, Found::File(number)) <= 5103);
}

#[test]
fn what_is_open_when_patience_ends_must_rest_as_long_as_ever() {
    let mut settle = read_file();
    for time in (100..6000).step_by(5) {
        hint(&mut settle, time, Hint::Written);
        assert!(matches!(next(&mut settle, time + 4, Found::File(2)), Next::Wait(_)), "at {time}");
    }
    assert_eq!(reads_at(&mut settle, 6000, Found::File(2)), 6995);
}

#[test]
fn asking_reads_what_looks_the_same() {
    let mut settle = read_file();
    settle.ask(at(50));
    assert_eq!(reads_at(&mut settle, 50, Found::File(1)), 50);
    assert!(settle.read(at(50), Found::File(1)));
    assert_eq!(settle.next(at(50)), Next::Idle);
}

#[test]
fn what_grows_without_a_hint_is_not_read_though_its_last_hint_is_long_ago() {
    let mut settle = read_file();
    hint(&mut settle, 100, Hint::Created);
    let mut number = 1;
    for time in (100..4000).step_by(150) {
        number += 1;
        assert!(!matches!(next(&mut settle, time, Found::File(number)), Next::Read), "at {time}");
    }
}
