//! How patiently a watch waits.

use std::time::Duration;

use super::settle::Timing;

/// As good as for ever, and far from where times overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How a watch hears of changes, and how long it waits until what was written counts as whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    pub(crate) timing: Timing,
    pub(crate) interval: Option<Duration>,
    pub(crate) polling_only: bool,
    pub(crate) existing: bool,
}

impl Options {
    /// Asks the system for nothing and looks at the files now and then, every 200 ms unless [`Options::poll_interval`] says otherwise.
    #[must_use]
    pub fn polling_only(mut self) -> Self {
        self.polling_only = true;
        self
    }

    /// How often the files are looked at even if nothing is heard of them, which is how changes are seen where the system reports
    /// none, such as those another machine makes on a network file system: every 2 s unless said otherwise.
    #[must_use]
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.interval = Some(interval.clamp(Duration::from_millis(1), LONGEST));
        self
    }

    /// How long nothing must happen after a file was closed or renamed: 10 ms unless said otherwise.
    #[must_use]
    pub fn quiet(mut self, quiet: Duration) -> Self {
        self.timing.closed = quiet.min(LONGEST);
        self
    }

    /// How long nothing must happen to a file that somebody has written to and has not closed: 1 s unless said otherwise. An empty
    /// file is taken for such a one.
    #[must_use]
    pub fn quiet_while_open(mut self, quiet: Duration) -> Self {
        self.timing.open = quiet.min(LONGEST);
        self
    }

    /// How long a file must be gone: 100 ms unless said otherwise. Many programs delete a file and make it anew.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.timing.gone = grace.min(LONGEST);
        self
    }

    /// How long changes that never cease are waited out: 5 s unless said otherwise. Then the files are read in the first moment in
    /// which they rest.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.timing.patience = patience.min(LONGEST);
        self
    }

    /// What is there at the start is delivered too, by the functions that deliver single files.
    #[must_use]
    pub fn existing(mut self) -> Self {
        self.existing = true;
        self
    }

    /// Between two looks.
    pub(crate) fn look_interval(&self, native: bool) -> Duration {
        self.interval.unwrap_or(Duration::from_millis(if native { 2000 } else { 200 }))
    }

    pub(crate) fn timing(&self) -> Timing {
        let between_looks = self.interval.map_or(self.timing.between_looks, |own| own.min(self.timing.between_looks));
        Timing { between_looks, ..self.timing }
    }
}
