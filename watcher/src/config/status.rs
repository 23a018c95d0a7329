//! What there is to say of a watched configuration.

use super::error::ConfigError;
use std::sync::Arc;

/// Where the configuration that is in force came from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Origin {
    /// From the files as they were read in this process.
    #[default]
    Files,
    /// From the state directory: the files were refused when the process began.
    LastGood,
}

/// How a watched configuration fares.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Status {
    /// The number of the configuration in force: 1 at the start, one more for each that replaced another.
    pub generation: u64,
    /// How often files came into force, the start included.
    pub accepted: u64,
    /// How often files were refused, the start included.
    pub refused: u64,
    /// How often files were written anew and say what is in force already.
    pub unchanged: u64,
    /// Why the files as they are now are not in force. None if they are.
    pub refusing: Option<Arc<ConfigError>>,
    /// The last refusal there was, mended or not.
    pub last_error: Option<Arc<ConfigError>>,
    /// Where the configuration in force came from.
    pub origin: Origin,
    /// Keys in force that are not as they were at the start and that only a restart makes take effect.
    pub restart_needed: Vec<String>,
    /// How many calls of subscribers panicked.
    pub subscriber_panics: u64,
    /// Why the last good configuration could not be kept in the state directory, or read there.
    pub state_error: Option<String>,
}
