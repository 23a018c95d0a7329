//! Files and variables, one over the other, and the value they make.

use super::environment::Variable;
use super::error::{ConfigError, Fault};
use super::excerpt::{Place, printable};
use super::format::{Format, Problem};
use super::tree::dotted;
use super::value::{Facts, Mismatch, What, value};
use crate::panics::caught;
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// How long the cause may be, so that the key after it is seen.
const LONGEST_CAUSE: usize = 400;

/// How many files an error names.
const MOST_FILES_NAMED: usize = 8;

/// One file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) path: PathBuf,
    pub(super) format: Format,
    pub(super) text: Arc<str>,
}

/// All that a configuration is made of: later over earlier, variables over files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layers {
    pub(super) files: Vec<Text>,
    pub(super) variables: Vec<Variable>,
}

/// A layer as figment takes it. Its metadata is the number of the layer.
struct Layer<'a>(usize, &'a Dict);

impl Provider for Layer<'_> {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.0.to_string())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.1.clone())]))
    }
}

impl Layers {
    /// The value, and the tree that it was made of.
    pub(super) fn extract<T: DeserializeOwned>(&self) -> Result<(T, Dict), ConfigError> {
        let tables = self.files.iter().map(Text::table).collect::<Result<Vec<_>, _>>()?;
        let mut as_text = BTreeSet::new();
        loop {
            let merged = self.merge(&tables, &as_text);
            let tree = tree(&merged)?;
            match caught(|| value::<T>(&tree)).map_err(|message| self.panicked(&message))? {
                Ok(value) => return Ok((value, tree)),
                // `12345` is a number to the one who looks at it, and a password to the field that it is for.
                Err(error) if self.is_text(&error, &merged).is_some_and(|variable| as_text.insert(variable)) => {}
                Err(error) => return Err(self.explain(error, &merged)),
            }
        }
    }

    fn merge(&self, tables: &[Dict], as_text: &BTreeSet<usize>) -> Figment {
        let files = tables.iter().enumerate();
        let merged = files.fold(Figment::new(), |merged, (number, table)| merged.merge(Layer(number, table)));
        let variables = self.variables.iter().enumerate().map(|(number, it)| (number + tables.len(), it));
        variables.fold(merged, |merged, (number, variable)| {
            merged.merge(Layer(number, &variable.layer(as_text.contains(&number))))
        })
    }

    /// The number of the variable whose value was taken for something else, where text was wanted.
    fn is_text(&self, error: &Mismatch, merged: &Figment) -> Option<usize> {
        let wanted = error.0.what == What::TextWanted;
        error.layer(merged).filter(|&number| wanted && number >= self.files.len())
    }

    fn panicked(&self, message: &str) -> ConfigError {
        let message = format!("reading {} into the configuration's type panicked: {message}", self.names());
        ConfigError::new(Fault::Panicked, message)
    }

    /// What knows the key and the layer, with the place in that layer.
    fn explain(&self, error: Mismatch, merged: &Figment) -> ConfigError {
        let number = error.layer(merged);
        let Facts { what, message, mut path, .. } = *error.0;
        if let What::Missing(name) = what {
            path.push(name.to_owned());
            return self.missing(&dotted(&path));
        }
        let fault = if what == What::Unknown { Fault::UnknownField } else { Fault::Type };
        let (key, what) = (dotted(&path), printable(&lower(&message), LONGEST_CAUSE));
        let what = if key.is_empty() { what } else { format!("{what}, for key `{key}`") };
        if let Some(variable) = number.and_then(|it| self.variables.get(it.checked_sub(self.files.len())?)) {
            let message = format!("environment variable {}: {what}", variable.name);
            return ConfigError::new(fault, message).of_key(key);
        }
        match number.and_then(|it| self.files.get(it)).and_then(|file| file.place_of(&path)) {
            Some(place) => ConfigError::new(fault, what).at(Some(place)).of_key(key),
            None => ConfigError::new(fault, format!("{what}, in {}", self.names())).of_key(key),
        }
    }

    fn missing(&self, key: &str) -> ConfigError {
        ConfigError::new(Fault::MissingField, format!("missing key `{key}` in {}", self.names())).of_key(key.to_owned())
    }

    /// The files, for people.
    pub(super) fn names(&self) -> String {
        let named = self.files.iter().take(MOST_FILES_NAMED).map(|file| file.path.display().to_string());
        let more = self.files.len().saturating_sub(MOST_FILES_NAMED);
        let more = (more > 0).then(|| format!("{more} more files"));
        let variables = (!self.variables.is_empty()).then(|| "the environment".to_owned());
        named.chain(more).chain(variables).collect::<Vec<_>>().join(", ")
    }
}

/// The merged tree. It is what the value was made of, so it can be had.
fn tree(merged: &Figment) -> Result<Dict, ConfigError> {
    let mut profiles = merged.data().map_err(|error| ConfigError::new(Fault::Syntax, error))?;
    Ok(profiles.remove(&Profile::Default).unwrap_or_default())
}

/// Errors begin in lower case, whoever wrote them, unless they begin with an abbreviation.
fn lower(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next();
    let abbreviated = rest.clone().next().is_some_and(|second| second.is_ascii_uppercase());
    let first = first.map(|first| if abbreviated { first } else { first.to_ascii_lowercase() });
    let text: String = first.into_iter().chain(rest).collect();
    text.trim_end_matches('.').to_owned()
}

impl Text {
    fn table(&self) -> Result<Dict, ConfigError> {
        if self.text.trim_start_matches('\u{FEFF}').trim().is_empty() {
            return Err(ConfigError::new(Fault::Empty, format_args!("{} is empty", self.path.display())));
        }
        match self.format.parse(&self.text) {
            Ok(Value::Dict(_, table)) => Ok(table),
            // A file of comments only, to those formats that have them.
            Ok(Value::Empty(..)) if self.format == Format::Yaml => Ok(Dict::new()),
            Ok(other) => Err(self.not_a_table(&other)),
            Err(problem) => Err(self.problem(problem)),
        }
    }

    fn not_a_table(&self, value: &Value) -> ConfigError {
        let message = format!("expected a table of keys, found {}", value.to_actual());
        let start = self.text.len() - self.text.trim_start().len();
        ConfigError::new(Fault::Type, message).at(Some(self.place(start)))
    }

    fn problem(&self, problem: Problem) -> ConfigError {
        match problem {
            Problem::NoFeature => {
                let (path, format, feature) = (self.path.display(), self.format, self.format.feature());
                let message = format_args!("{path} is {format}, and dynpatch is built without the feature `{feature}`");
                ConfigError::new(Fault::Feature, message)
            }
            Problem::Syntax(message, Some(offset)) => {
                ConfigError::new(Fault::Syntax, lower(&message)).at(Some(self.place(offset)))
            }
            Problem::Syntax(message, None) => {
                ConfigError::new(Fault::Syntax, format_args!("{}: {}", self.path.display(), lower(&message)))
            }
        }
    }

    fn place(&self, offset: usize) -> Place {
        Place::new(&self.path, &self.text, offset)
    }

    fn place_of(&self, path: &[String]) -> Option<Place> {
        if path.is_empty() {
            return None;
        }
        self.format.locate(&self.text, path).map(|offset| self.place(offset))
    }
}
