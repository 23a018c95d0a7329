//! The readers of configuration: no panic, an answer of bounded length, the same answer to the same text. The first byte of
//! an input says which format the rest is of.

use dynpatch_watcher::config::{ConfigError, Format, parse_str};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Longer is no message that a person reads.
const LONGEST_ANSWER: usize = 4_096;

/// Something of everything that a configuration is made of.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Settings {
    name: String,
    limit: u64,
    share: Option<f64>,
    on: bool,
    servers: Vec<Server>,
    #[serde(default)]
    labels: BTreeMap<String, i64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    host: String,
    port: Option<u16>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Plain,
    Weighted(u32),
}

/// Reads `bytes` as a configuration.
///
/// # Panics
/// When an invariant does not hold.
pub fn config(bytes: &[u8]) {
    let Some((format, text)) = parts(bytes) else { return };
    let read = || parse_str::<Settings>(format, "fuzzed", text);
    match (read(), read()) {
        // Numbers that are none differ from themselves.
        (Ok(once), Ok(again)) => assert_eq!(format!("{once:?}"), format!("{again:?}")),
        (Err(error), Err(again)) => {
            assert_eq!(error, again, "a second look found something else");
            answered(&error, text);
        }
        other => panic!("two answers to one text: {other:?}"),
    }
}

/// Whether it is a configuration.
pub fn config_is_accepted(bytes: &[u8]) -> bool {
    parts(bytes).is_some_and(|(format, text)| parse_str::<Settings>(format, "start", text).is_ok())
}

fn parts(bytes: &[u8]) -> Option<(Format, &str)> {
    let (first, text) = bytes.split_first()?;
    let format = match first {
        b't' => Format::Toml,
        b'j' => Format::Json,
        b'y' => Format::Yaml,
        _ => return None,
    };
    Some((format, std::str::from_utf8(text).ok()?))
}

fn answered(error: &ConfigError, text: &str) {
    let said = format!("{error:?}");
    assert!(error.code().starts_with("config-"), "a refusal has a code: {said}");
    assert!(said.len() <= LONGEST_ANSWER, "{} bytes to read", said.len());
    let is_control = |character: char| character.is_control() && character != '\n';
    assert!(!said.contains(is_control), "control characters reach the terminal: {said:?}");
    if let Some(line) = error.line() {
        assert!(line >= 1 && line <= text.lines().count() + 1, "line {line} of {}", text.lines().count());
        assert!(error.column().is_some_and(|column| column >= 1));
    }
}
