//! Files, seen once they are whole.
//!
//! - `set.rs`: which files. `reading.rs`: what they hold, `payload.rs`: as bytes or as a digest.
//! - `identity.rs`, `trail.rs`, `survey.rs`: what can be told about them without reading: which they are, over which names they are
//!   reached, and whether anything differs from the last look.
//! - `read.rs`: their contents as one set that never mixes two states.
//! - `settle.rs`: when what was written counts as whole. It knows no clock and no file system.
//! - `unit.rs`: what is delivered as one: a set, or one file of a directory. `driver.rs`: all units of a watch, turn by turn.
//! - `system.rs`: what a system adds, as events; loaders have it. `events.rs`: which directories it is asked about.
//! - `mailbox.rs`: where the watch's thread hears of it. `watch.rs`: that thread. `changes.rs`: single files and directories.

mod changes;
mod driver;
mod error;
mod events;
mod identity;
mod mailbox;
mod options;
mod payload;
mod read;
mod reading;
mod set;
mod settle;
mod survey;
mod system;
mod trail;
mod unit;
mod watch;

pub use changes::{FileChange, watch, watch_digest, watch_directory, watch_directory_digests};
pub use error::WatchError;
pub use options::Options;
pub use payload::Digest;
pub use reading::{Content, Contents, Unreadable};
pub use set::FileSet;
pub use system::{EventSource, Hint, Portable, Reports, Stamp, System};
pub use watch::{FileWatch, Status};
