//! Keys that only a restart brings into force.

use super::error::{ConfigError, Fault};
use super::tree::changed_keys;
use figment::value::Dict;

/// How many keys an error names.
const MOST_KEYS_NAMED: usize = 8;

/// What happens when keys change that only a restart brings into force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RestartOnly {
    /// The whole new configuration is refused, with an error that names the keys. What is in force is always what the
    /// process began with.
    #[default]
    Refuse,
    /// The new configuration comes into force, and `Change::restart_needed` and `Status::restart_needed` name the keys.
    Report,
}

/// The keys, and what they were at the start.
pub(super) struct RestartRules {
    pub(super) policy: RestartOnly,
    pub(super) keys: Vec<String>,
    pub(super) start: Dict,
}

impl RestartRules {
    /// Which of the keys are not as they were at the start.
    ///
    /// # Errors
    ///
    /// There are some, and the policy is to refuse.
    pub(super) fn check(&self, new: &Dict) -> Result<Vec<String>, ConfigError> {
        if self.keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut changed = changed_keys(&self.start, new);
        changed.retain(|key| self.keys.iter().any(|rule| concerns(rule, key)));
        if changed.is_empty() || self.policy == RestartOnly::Report { Ok(changed) } else { Err(Self::error(&changed)) }
    }

    /// Names the keys and not their values, which may be secrets.
    fn error(changed: &[String]) -> ConfigError {
        let mut named: Vec<String> = changed.iter().take(MOST_KEYS_NAMED).map(|key| format!("`{key}`")).collect();
        if changed.len() > MOST_KEYS_NAMED {
            named.push(format!("{} more", changed.len() - MOST_KEYS_NAMED));
        }
        let message = format!("only a restart brings into force what changed: {}", named.join(", "));
        ConfigError::new(Fault::RestartOnly, message).of_key(changed[0].clone())
    }
}

/// A rule is about a key, about what is below it, and about a table that it was in and that is a value now.
fn concerns(rule: &str, key: &str) -> bool {
    let below = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
    rule == key || below(key, rule) || below(rule, key)
}

#[cfg(test)]
mod tests {
    use super::concerns;

    #[test]
    fn a_rule_is_about_what_is_below_it_too() {
        assert!(concerns("server", "server"));
        assert!(concerns("server", "server.port"));
        assert!(concerns("server.port", "server"));
        assert!(!concerns("server", "servers"));
        assert!(!concerns("server.port", "server.host"));
    }
}
