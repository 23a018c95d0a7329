//! Configuration that reloads itself and never lets a bad file in.
//!
//! ```no_run
//! use dynpatch_watcher::config::*;
//!
//! #[derive(Debug, Clone, Deserialize, Serialize)]
//! struct AppConfig {
//!     max_connections: usize,
//!     timeout_ms: u64,
//! }
//!
//! impl HotConfig for AppConfig {}
//!
//! let watcher = <ConfigBuilder>::new().file("config.toml").watch::<AppConfig>().unwrap();
//! let limit = watcher.get().max_connections;
//! ```
//!
//! Whatever is wrong with the files keeps them out: a syntax error, a key that is missing or of another kind, a validation
//! that fails or panics, a file that cannot be read, is empty or gone. The last good configuration stays in force, the
//! refusal is counted and logged and has a place in the file, and what is mended comes into force by itself.
//!
//! - `hot.rs`: what users implement. `builder.rs`: where they begin. `watcher.rs`: what they hold.
//! - `format/`, `tree.rs`: a text and what it says. `environment.rs`, `sources.rs`, `layers.rs`: the layers. `value.rs`: the
//!   value that they make.
//! - `engine.rs`: what is in force, and who decides what comes next. `restart.rs`: keys that wait for a restart. `status.rs`:
//!   what there is to say.
//! - `mailbox.rs`: subscribers.
//! - `journal/`: the last good configuration, kept for the next process.
//! - `error.rs`, `excerpt.rs`: what was wrong, and where.

mod builder;
mod engine;
mod environment;
mod error;
mod excerpt;
mod format;
mod hot;
mod journal;
mod layers;
mod mailbox;
mod restart;
mod sources;
mod status;
mod tree;
mod value;
mod watcher;

pub use crate::files::Options as WatchOptions;
pub use builder::{ConfigBuilder, parse_str};
pub use error::ConfigError;
pub use format::Format;
#[doc(hidden)]
pub use hot::validation;
pub use hot::{HotConfig, Invalid};
pub use mailbox::Subscription;
pub use restart::RestartOnly;
pub use serde::{Deserialize, Serialize};
pub use status::{Origin, Status};
pub use watcher::{Change, ConfigWatcher, Guard, Reader};

#[doc(hidden)]
pub use serde::de::DeserializeOwned as Deserializable;
