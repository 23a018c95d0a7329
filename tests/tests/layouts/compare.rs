//! Judges pairs by what this executable says of itself: the records in its own manifest section.

use crate::pair::{By, Outcome, Pair, Refusal};
use dynpatch_core::compatibility::{ItemMismatch, check_form, check_types};
use dynpatch_core::layout::{Finding, Seen, TypeEntry, TypeTable, Value, Walk, What};
use dynpatch_core::manifest::{HostManifest, Item};

/// The manifest section of this executable's file.
pub(crate) fn manifest() -> Vec<u8> {
    let executable = std::env::current_exe().expect("the test binary has a path");
    let bytes = std::fs::read(executable).expect("the test binary can be read");
    let place = dynpatch_loader_linux::executable_manifest(&bytes).expect("a host carries a manifest");
    bytes[place].to_vec()
}

/// What the section says.
pub(crate) struct Descriptions<'a> {
    items: Vec<Item<'a>>,
    types: Vec<TypeEntry<'a>>,
}

impl<'a> Descriptions<'a> {
    pub(crate) fn read(manifest: &'a [u8]) -> Self {
        let manifest = HostManifest::read(manifest).expect("the manifest of a host");
        let mut types: Vec<_> = manifest.contents().definitions().collect();
        TypeTable::new(&mut types).expect("every definition has a key of its own");
        Self { items: manifest.contents().items().collect(), types }
    }

    /// The pair as it stands.
    pub(crate) fn forth(&self, pair: &Pair) -> Outcome {
        self.judge(pair, ["host", "patch"])
    }

    /// The pair with its sides exchanged.
    pub(crate) fn back(&self, pair: &Pair) -> Outcome {
        self.judge(pair, ["patch", "host"])
    }

    fn judge(&self, pair: &Pair, sides: [&str; 2]) -> Outcome {
        let [host, patch] = sides.map(|side| format!("{}::{}::{side}::", pair.group, pair.name));
        let table = || TypeTable::sorted(&self.types).expect("put in order above");
        let mut seen = vec![Seen::default(); self.types.len()];
        let mut walk = Walk::new(table(), table(), &mut seen);
        let mut outcome = Outcome::default();
        let mut compared = 0;
        for item in self.items.iter().filter(|item| item.output.is_some()) {
            let Some(name) = item.name.strip_prefix(&patch) else { continue };
            let known = self.items.iter().find(|known| known.name.strip_prefix(&host) == Some(name));
            let Some(known) = known.filter(|_| name == "run" || pair.by != By::Hotfix) else { continue };
            compared += 1;
            match check_form(known, item) {
                Err(mismatch) => outcome.refuse_form(name, mismatch),
                Ok(()) => {
                    let before = outcome.refusals.len();
                    let same = check_types(&mut walk, known, item, true, &mut |finding| outcome.take(name, &finding));
                    assert!(same || !outcome.refusals.is_empty(), "{}: refused without a reason", pair.path());
                    assert!(!same || outcome.refusals.len() == before, "{}: accepted in spite of it", pair.path());
                }
            }
        }
        assert!(compared > 0, "{} has no item on both sides", pair.path());
        outcome
    }
}

impl Outcome {
    fn refuse_form(&mut self, item: &str, mismatch: ItemMismatch<'_>) {
        let (aspect, text) = match mismatch {
            ItemMismatch::Signature { host, patch } => {
                ("signature-mismatch", format!("host `{host}`, patch `{patch}`"))
            }
            ItemMismatch::Index { host, patch } => {
                let [host, patch] = [host, patch].map(|place| place.expect("a method has a place"));
                ("method-order", format!("moved within its service: host place {host}, patch place {patch}"))
            }
            ItemMismatch::AutoTraits { host, patch } => {
                let [host, patch] = [host, patch].map(Value::Auto);
                ("auto-traits", format!("auto traits of its service: host {host}, patch {patch}"))
            }
            other => panic!("{item}: {other:?}"),
        };
        self.refuse(aspect, format!("{item}: {text}"));
    }

    fn take(&mut self, item: &str, finding: &Finding<'_>) {
        let line = format!("{item}{}: {}", finding.path, finding.what);
        match finding.what {
            What::Differs { aspect, .. } => self.refuse(aspect.code(), line),
            What::Dangling | What::TooComplex => self.refuse("unreadable", line),
            What::Evolved { .. } | What::Opaque(_) | What::Downcasts(_) => self.note(line),
        }
    }

    fn refuse(&mut self, aspect: &str, line: String) {
        let refusal = Refusal { aspect: aspect.to_owned(), line };
        // One place can be reached in two ways; it is told once.
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    /// Of one type, one note: as in a `Plan`.
    pub(crate) fn note(&mut self, line: String) {
        let what = |line: &str| crate::cause(line).to_owned();
        if !self.notes.iter().any(|known| what(known) == what(&line)) {
            self.notes.push(line);
        }
    }
}
