//! What a pair is.

/// Two sides of an item, and what dynpatch must say of them.
#[derive(Debug)]
pub(crate) struct Pair {
    /// The path of the pair's group: `layouts::pairs::structs`.
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    pub(crate) verdict: Verdict,
    /// The verdict with host and patch exchanged, where it is not the mirrored one.
    pub(crate) back: Option<Verdict>,
    pub(crate) by: By,
    /// Calls the host's `run` and shows what it gives. Only pairs that have this are built as libraries.
    pub(crate) call: Option<fn() -> String>,
    /// What the call gives once the patch is live.
    pub(crate) answer: Option<&'static str>,
    /// The source of the patch's side.
    pub(crate) patch: &'static str,
}

/// How the patch meets the host's item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// A hotfix: `run` replaces the host's `run`, whatever else stands in the patch is its own.
    Hotfix,
    /// The same crate built again: every item has the path of the host's.
    Path,
    /// As `Path`; the verdict needs more than a comparison of items, and only a library shows it.
    Library,
}

/// What dynpatch must say.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It fits, and these are worth telling: `subject: what`.
    Accepted(&'static [&'static str]),
    /// It is refused in this respect, with these messages: `subject: cause`.
    Refused(&'static str, &'static [&'static str]),
}

/// What was said.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) notes: Vec<String>,
}

/// One reason to refuse.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// A respect in which types differ, or an error code.
    pub(crate) aspect: String,
    /// `subject: cause`
    pub(crate) line: String,
}

impl Pair {
    /// The path of the host's side.
    pub(crate) fn host(&self) -> String {
        format!("{}::{}::host::", self.group, self.name)
    }

    /// The name of the library, which is that of its crate.
    pub(crate) fn library(&self) -> String {
        let group = self.group.rsplit("::").next().unwrap_or_default();
        format!("{group}_{}", self.name)
    }

    pub(crate) fn path(&self) -> String {
        format!("{}::{}", self.group, self.name)
    }

    pub(crate) fn is_compared_here(&self) -> bool {
        self.by != By::Library
    }

    pub(crate) fn objection(&self, outcome: &Outcome) -> Option<String> {
        self.verdict.objection(outcome).map(|text| format!("{}: {text}", self.path()))
    }
}

impl Verdict {
    /// What is wrong with what was said, if anything.
    pub(crate) fn objection(&self, outcome: &Outcome) -> Option<String> {
        let found: Vec<&str> = outcome.refusals.iter().map(|refusal| refusal.line.as_str()).collect();
        match self {
            Self::Accepted(notes) if found.is_empty() => {
                let notes_found: Vec<&str> = outcome.notes.iter().map(String::as_str).collect();
                (!same(notes, &notes_found)).then(|| format!("expected the notes {notes:#?}, found {notes_found:#?}"))
            }
            Self::Refused(aspect, lines) if same(lines, &found) => {
                let has_aspect = outcome.refusals.iter().any(|refusal| refusal.aspect == *aspect);
                (!has_aspect).then(|| format!("expected {aspect:?}, found {:#?}", outcome.refusals))
            }
            _ => Some(format!("expected {self:#?}, found {:#?}", outcome.refusals)),
        }
    }
}

fn same(expected: &[&str], found: &[&str]) -> bool {
    let (mut expected, mut found) = (expected.to_vec(), found.to_vec());
    expected.sort_unstable();
    found.sort_unstable();
    expected == found
}

/// A cause with the sides exchanged.
pub(crate) fn mirrored(cause: &str) -> String {
    let parts = cause.find("host ").and_then(|start| {
        let (before, sides) = cause.split_at(start);
        let (host, patch) = sides.strip_prefix("host ")?.split_once(", patch ")?;
        Some(format!("{before}host {patch}, patch {host}"))
    });
    parts.unwrap_or_else(|| cause.to_owned())
}

/// A group of pairs. Of each:
///
/// ```text
/// name: accepted ["subject: what", …]  or  refused "aspect" ["subject: cause", …]
///     back …            the verdict with the sides exchanged, where it is not the mirrored one
///     by path           or `library`: how patch and host meet, see `By`
///     call { run(…) }   makes a library of the pair; `=> "…"` is what the patch answers
///     host { … }        types, and `#[patchable] pub fn run(…)`
///     patch { … }
/// ```
///
/// Both sides are compiled here, each as a module of its own; the text of the patch's side is that of its library.
macro_rules! pairs {
    ($(
        $name:ident: $verdict:ident $($aspect:literal)? [$($line:literal),* $(,)?]
        $(back $back:ident $($back_aspect:literal)? [$($back_line:literal),* $(,)?])?
        $(by $by:ident)?
        $(call { $($call:tt)* } $(=> $answer:literal)?)?
        host { $($host:tt)* }
        patch { $($patch:tt)* }
    )*) => {
        $(
            #[allow(unused, unreachable_pub, missing_docs, nonstandard_style, reason = "each side says what a user might say")]
            #[allow(clippy::all, clippy::undocumented_unsafe_blocks, reason = "unions are read as they were written")]
            pub(crate) mod $name {
                pub(crate) mod host {
                    use dynpatch::prelude::*;
                    $($host)*
                    $(pub(crate) fn call() -> String { format!("{:?}", { $($call)* }) })?
                }
                pub(crate) mod patch {
                    use dynpatch::prelude::*;
                    $($patch)*
                }
            }
        )*
        pub(crate) const PAIRS: &[$crate::pair::Pair] = &[$(
            $crate::pair::Pair {
                group: module_path!(),
                name: stringify!($name),
                verdict: pairs!(@verdict $verdict $($aspect)? [$($line),*]),
                back: pairs!(@option $(pairs!(@verdict $back $($back_aspect)? [$($back_line),*]))?),
                by: pairs!(@by $($by)?),
                call: pairs!(@option $(pairs!(@call $name { $($call)* }))?),
                answer: pairs!(@option $($($answer)?)?),
                patch: stringify!($($patch)*),
            },
        )*];
    };
    (@verdict accepted [$($line:literal),*]) => { $crate::pair::Verdict::Accepted(&[$($line),*]) };
    (@verdict refused $aspect:literal [$($line:literal),*]) => {
        $crate::pair::Verdict::Refused($aspect, &[$($line),*])
    };
    (@by) => { $crate::pair::By::Hotfix };
    (@by path) => { $crate::pair::By::Path };
    (@by library) => { $crate::pair::By::Library };
    (@call $name:ident { $($call:tt)* }) => { $name::host::call };
    (@option) => { None };
    (@option $value:expr) => { Some($value) };
}
