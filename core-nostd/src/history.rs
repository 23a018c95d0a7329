//! What happened to which patch, in memory of a fixed size: a chip has no journal to look it up in.
//!
//! ```
//! use dynpatch_core::history::{Action, History};
//! use dynpatch_interface::Version;
//!
//! let mut history: History<2> = History::new();
//! history.record("mended-filter", Version::new(1, 0, 1), Action::Applied, 17);
//! history.record("mended-filter", Version::new(1, 0, 1), Action::RolledBack, 42);
//! history.record("mended-filter", Version::new(1, 0, 2), Action::Applied, 99);
//! let times: Vec<u64> = history.iter().map(|event| event.time).collect();
//! assert_eq!(times, [42, 99]);
//! ```

use dynpatch_interface::Version;
use heapless::HistoryBuf;

/// Bytes of a patch's name that are kept.
pub const NAME_CAPACITY: usize = 24;

/// A patch's name, or its beginning.
type Name = heapless::String<NAME_CAPACITY, u8>;

/// What happened to a patch.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It went live.
    Applied,
    /// It was refused before any of its code ran.
    Refused,
    /// It was live, and what was live before it is so again.
    RolledBack,
    /// It stays.
    Confirmed,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    name: Name,
    /// The patch's version.
    pub version: Version,
    /// What happened to it.
    pub action: Action,
    /// When, in whatever the program counts: ticks, or seconds since it started.
    pub time: u64,
}

impl Event {
    /// The patch's name; of a longer one than [`NAME_CAPACITY`] bytes, as many whole characters as fit.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The last `N` things that happened.
#[derive(Debug, Clone)]
pub struct History<const N: usize>(HistoryBuf<Event, N>);

impl<const N: usize> History<N> {
    /// A history in which nothing has happened. For a `static`, behind the lock of your choice.
    ///
    /// Does not compile for `N` of zero.
    pub const fn new() -> Self {
        const { assert!(N > 0, "a history holds something") };
        Self(HistoryBuf::new())
    }

    /// Writes down what happened. When the history is full, the oldest entry goes.
    pub fn record(&mut self, name: &str, version: Version, action: Action, time: u64) {
        self.0.write(Event { name: beginning(name), version, action, time });
    }

    /// What happened, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> {
        let (older, newer) = self.0.as_slices();
        older.iter().chain(newer)
    }

    /// How many entries there are, at most `N`.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const N: usize> Default for History<N> {
    fn default() -> Self {
        Self::new()
    }
}

fn beginning(name: &str) -> Name {
    let mut kept = Name::new();
    for character in name.chars() {
        if kept.push(character).is_err() {
            break;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Action, History, NAME_CAPACITY};
    use dynpatch_interface::Version;
    use std::collections::VecDeque;
    use std::string::{String, ToString};
    use std::vec::Vec;

    const VERSION: Version = Version::new(1, 2, 3);

    #[test]
    fn it_holds_as_many_as_its_twin_without_bounds_has_last() {
        let mut history: History<5> = History::new();
        let mut twin: VecDeque<(String, u64)> = VecDeque::new();
        assert!(history.is_empty());
        for time in 0..23 {
            let name = time.to_string();
            history.record(&name, VERSION, Action::Applied, time);
            twin.push_back((name, time));
            let last = twin.iter().skip(twin.len().saturating_sub(5));
            let expected: Vec<_> = last.map(|(name, time)| (name.as_str(), *time)).collect();
            let found: Vec<_> = history.iter().map(|event| (event.name(), event.time)).collect();
            assert_eq!(found, expected);
            assert_eq!(history.len(), expected.len());
            assert_eq!(history.iter().next_back().map(|event| event.time), Some(time));
        }
    }

    #[test]
    fn an_entry_says_what_was_recorded() {
        let mut history: History<1> = History::default();
        history.record("a-patch", VERSION, Action::RolledBack, u64::MAX);
        let event = history.iter().next().expect("recorded");
        assert_eq!((event.name(), event.version), ("a-patch", VERSION));
        assert_eq!((event.action, event.time), (Action::RolledBack, u64::MAX));
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let mut history: History<2> = History::new();
        let exact = "x".repeat(NAME_CAPACITY);
        history.record(&exact, VERSION, Action::Refused, 0);
        // The last character would need one byte more than there is.
        let fits = "x".repeat(NAME_CAPACITY - 1);
        history.record(&(fits.clone() + "é" + "y"), VERSION, Action::Refused, 1);
        let names: Vec<&str> = history.iter().map(super::Event::name).collect();
        assert_eq!(names, [&exact, &fits]);
    }
}
