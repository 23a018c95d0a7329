//! The layer that environment variables are.

use super::error::{ConfigError, Fault};
use figment::value::{Dict, Value};
use std::ffi::OsString;

/// A value nested deeper than this is no configuration; reading it would take a stack of the same depth.
const DEEPEST: usize = 64;

/// One variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) path: Vec<String>,
    pub(super) text: String,
}

/// The variables with a prefix, in the order of their names: `APP_SERVER__PORT` is `server.port` under the prefix `APP_`.
///
/// # Errors
///
/// One of them is not Unicode, or nested too deep.
pub(super) fn variables(
    prefix: &str,
    all: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Vec<Variable>, ConfigError> {
    let named = all.filter_map(|(name, text)| Some((name.into_string().ok()?, text)));
    let ours = named.filter(|(name, _)| name.len() > prefix.len() && name.starts_with(prefix));
    let mut variables = ours.map(|(name, text)| variable(prefix, name, text)).collect::<Result<Vec<_>, _>>()?;
    variables.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(variables)
}

fn variable(prefix: &str, name: String, text: OsString) -> Result<Variable, ConfigError> {
    let Ok(text) = text.into_string() else {
        return Err(ConfigError::new(Fault::Encoding, format_args!("environment variable {name} is not Unicode")));
    };
    let path: Vec<String> = name[prefix.len()..].to_ascii_lowercase().split("__").map(str::to_owned).collect();
    if path.len() + depth(&text) > DEEPEST {
        let message = format_args!("environment variable {name} is nested deeper than {DEEPEST} levels");
        return Err(ConfigError::new(Fault::Syntax, message));
    }
    Ok(Variable { name, path, text })
}

/// How many brackets are open at most. Those within text count as well, which only makes it more careful.
fn depth(text: &str) -> usize {
    let open = text.bytes().scan(0_usize, |open, byte| {
        match byte {
            b'[' | b'{' => *open += 1,
            b']' | b'}' => *open = open.saturating_sub(1),
            _ => {}
        }
        Some(*open)
    });
    open.max().unwrap_or(0)
}

impl Variable {
    /// The variable as a layer: a value of the kind it looks like, or its text as it stands.
    pub(super) fn layer(&self, as_text: bool) -> Dict {
        let value = if as_text { Value::from(self.text.as_str()) } else { self.value() };
        let nested = self.path.iter().rev().fold(value, |inner, key| Value::from(Dict::from([(key.clone(), inner)])));
        nested.into_dict().unwrap_or_default()
    }

    fn value(&self) -> Value {
        let looks_like: Value = self.text.parse().unwrap_or_else(|never: std::convert::Infallible| match never {});
        match looks_like {
            // What is text stays as it stands, unless it is quoted.
            Value::String(..) | Value::Char(..) if !self.text.trim_start().starts_with('"') => {
                self.number().map_or_else(|| Value::from(self.text.as_str()), Value::from)
            }
            other => other,
        }
    }

    /// A number in a form that figment does not know, such as `1e5`. The words for what is no number are text.
    fn number(&self) -> Option<f64> {
        let number = self.text.trim();
        number
            .parse()
            .ok()
            .filter(|_| number.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Vec<Variable>, ConfigError> {
        variables("APP_", pairs.iter().map(|&(name, text)| (name.into(), text.into())))
    }

    #[test]
    fn names_become_paths() {
        let found = of(&[("APP_SERVER__PORT", "80"), ("OTHER", "1"), ("APP_", "1"), ("APP_NAME", "x")]).unwrap();
        let paths: Vec<_> = found.iter().map(|it| it.path.join(".")).collect();
        assert_eq!(paths, ["name", "server.port"]);
        assert_eq!(found[1].layer(false)["server"].find_ref("port").and_then(Value::to_u128), Some(80));
        assert_eq!(found[1].layer(true)["server"].find_ref("port").and_then(Value::as_str), Some("80"));
    }

    #[test]
    fn text_stays_as_it_stands() {
        for (text, is_text) in [("  secret ", true), ("'x'", true), ("a.b", true), ("inf", true), ("1e5", false)] {
            let found = of(&[("APP_A", text)]).unwrap();
            let layer = found[0].layer(false);
            assert_eq!(layer["a"].as_str() == Some(text), is_text, "{text:?}: {layer:?}");
        }
        assert_eq!(of(&[("APP_A", "1e5")]).unwrap()[0].layer(false)["a"], Value::from(1e5));
        assert_eq!(of(&[("APP_A", "\" a \"")]).unwrap()[0].layer(false)["a"].as_str(), Some(" a "));
    }

    #[test]
    fn depth_is_bounded() {
        let name = format!("APP_{}", "A__".repeat(40_000));
        assert_eq!(of(&[(&name, "1")]).unwrap_err().code(), "config-syntax");
        let error = of(&[("APP_A", &"[".repeat(100_000))]).unwrap_err();
        assert_eq!(error.code(), "config-syntax");
        assert!(error.to_string().contains("APP_A"), "{error}");
        assert!(of(&[("APP_A", &"[[1],[2]],".repeat(1000))]).is_ok());
    }
}
