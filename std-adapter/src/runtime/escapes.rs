//! What a patch may hand out that leads into its image: reasons never to unmap it.

use super::admission;
use super::index;
use super::reclaim::Hold;
use dynpatch_core::layout::{Escapes, Examined, TypeEntry, TypeTable};
use dynpatch_core::manifest::{ManifestError, Record};
use dynpatch_interface::PatchError;
use dynpatch_interface::boundary::{FunctionItem, Items};
use std::collections::HashSet;

/// What a patch may hand out.
#[derive(Debug, Default)]
pub(super) struct Handed {
    /// To whoever calls what it provides.
    pub(super) holds: Vec<Hold>,
    /// To an item that it calls, once it has: its own items are another's when a later patch replaces them.
    pub(super) suspects: Vec<Suspect>,
}

/// An item that a patch may hand something to.
#[derive(Debug)]
pub(super) struct Suspect {
    item: &'static FunctionItem,
    hold: Hold,
}

impl Suspect {
    /// Has the patch note when it calls the item.
    pub(super) fn watch(&self) {
        self.item.slot.set(self.item.noting_thunk);
    }

    /// What keeps the patch for good, if it has called the item.
    pub(super) fn hold(&self) -> Option<&Hold> {
        self.item.link.was_called().then_some(&self.hold)
    }
}

/// Judges every item of a mapped patch by its types. `provided` are the items whose code the patch brings, `changed` of
/// the connection. For each item that may hand something out, the first such thing.
///
/// # Errors
/// When a record does not read, or two definitions have one key: what was refused before, from the same bytes.
pub(super) fn escapes(items: &Items, provided: &[&str]) -> Result<Handed, PatchError> {
    let of_manifest = |error: ManifestError| admission::of_manifest(&error);
    let mut definitions = items
        .types
        .iter()
        .map(|item| TypeEntry::new(Record::single(item.record)?.payload))
        .collect::<Result<Vec<_>, _>>()
        .map_err(of_manifest)?;
    let types = TypeTable::new(&mut definitions).map_err(of_manifest)?;
    let mut examined = vec![Examined::default(); types.len()];
    let mut escapes = Escapes::new(types, &mut examined);
    let provided: HashSet<&str> = provided.iter().copied().collect();
    let mut handed = Handed::default();
    let mut first_of = |name: &'static str, record: &'static [u8], is_provided: bool| {
        let item = index::read(name, record)?;
        let mut first = None;
        escapes.escape_of(&item, is_provided, &mut |escape| {
            first.get_or_insert_with(|| Hold::Escapes { item: name.to_owned(), what: escape.to_string() });
        });
        Ok(first)
    };
    for item in items.functions {
        if provided.contains(item.name) {
            handed.holds.extend(first_of(item.name, item.record, true)?);
        }
        handed.suspects.extend(first_of(item.name, item.record, false)?.map(|hold| Suspect { item, hold }));
    }
    for item in items.statics {
        handed.holds.extend(first_of(item.name, item.record, provided.contains(item.name))?);
    }
    Ok(handed)
}

#[cfg(test)]
mod tests {
    use super::{Handed, Hold, escapes};
    use crate::raw::registry;

    /// Items as the macros write them, for types as their authors describe them.
    mod items {
        use crate::{BoxedFuture, Held, PatchType, patch_trait, patchable};
        use std::borrow::Cow;
        use std::collections::{BTreeMap, HashMap};
        use std::sync::Mutex;

        pub(super) type Literal = &'static str;

        #[derive(PatchType)]
        pub(super) struct Request<'a> {
            pub(super) path: &'a str,
            pub(super) headers: BTreeMap<String, Vec<String>>,
        }

        #[derive(PatchType)]
        pub(super) struct Response {
            pub(super) status: u16,
            pub(super) content_type: &'static str,
        }

        #[derive(PatchType)]
        pub(super) struct Tree {
            pub(super) children: Vec<Tree>,
        }

        #[derive(PatchType)]
        pub(super) struct Registry {
            pub(super) names: Mutex<Vec<Cow<'static, str>>>,
        }

        #[patchable]
        pub(super) fn plain(name: &str, parts: &mut Vec<String>, each: &dyn Fn(&str) -> bool) -> Option<Tree> {
            parts.retain(|part| part != name && each(part));
            None
        }

        #[patchable]
        pub(super) fn handle(request: Request<'_>) -> Response {
            Response { status: request.headers.len() as u16, content_type: "text/plain" }
        }

        #[patchable]
        pub(super) async fn fetch(request: Request<'_>) -> String {
            request.path.to_owned()
        }

        #[patchable]
        pub(super) fn later<'a>(path: &'a str) -> BoxedFuture<'a, usize> {
            Box::pin(async move { path.len() })
        }

        #[patchable]
        pub(super) fn held() -> Held<Box<dyn Fn() -> u8 + Send>> {
            Held::new(Box::new(|| 1))
        }

        #[patchable]
        pub(super) fn counts(path: &str) -> HashMap<String, usize> {
            HashMap::from([(path.to_owned(), path.len())])
        }

        #[patchable]
        pub(super) fn register(registry: &Registry, name: Literal) {
            registry.names.lock().unwrap().push(name.into());
        }

        #[patchable]
        pub(super) fn tag(name: Literal) -> usize {
            name.len()
        }

        #[patchable]
        pub(super) fn each<'a>(names: &mut dyn FnMut(&'a str), name: &'a str) {
            names(name);
        }

        #[patchable]
        pub(super) static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());

        #[patchable]
        pub(super) static HOOKS: Mutex<Vec<fn()>> = Mutex::new(Vec::new());

        #[patch_trait]
        pub(super) trait Greeter {
            fn greet(&self, name: &str) -> String;
            fn name(&self) -> &str;
        }
    }

    /// The short names of the items by which something is handed out, with what that is: by providing, and by calling them.
    fn told(provided: &[&str]) -> (Vec<String>, Vec<String>) {
        const HERE: &str = "dynpatch::runtime::escapes::tests::items::";
        let provided: Vec<String> = provided.iter().map(|name| format!("{HERE}{name}")).collect();
        let provided: Vec<&str> = provided.iter().map(String::as_str).collect();
        let Handed { holds, suspects } = escapes(&registry::items(), &provided).unwrap();
        let told = |hold: &Hold| Some(hold.to_string().strip_prefix(HERE)?.to_owned());
        let mut by_providing: Vec<String> = holds.iter().filter_map(told).collect();
        let mut by_calling: Vec<String> = suspects.iter().filter_map(|suspect| told(&suspect.hold)).collect();
        assert!(suspects.iter().all(|suspect| suspect.hold().is_none()), "none of them was called");
        by_providing.sort_unstable();
        by_calling.sort_unstable();
        (by_providing, by_calling)
    }

    const HOOKS: &str = "HOOKS may hand out a value of fn() -> () (its content), for good";

    #[test]
    fn a_patch_that_calls_hands_out_arguments() {
        let called = [
            "register may hand out a value of Cow<str> (argument 0, field names), for good",
            "tag may hand out a value of &str (argument 0), for good",
        ];
        let (by_providing, by_calling) = told(&[]);
        assert_eq!((by_providing, by_calling), (vec![HOOKS.to_owned()], called.map(str::to_owned).to_vec()));
        // What a patch provides it may call as well, when a later patch provides it.
        assert_eq!(told(&["register", "tag"]).1, called);
    }

    #[test]
    fn a_patch_that_provides_hands_out_results_and_what_it_writes() {
        let items = [
            "plain",
            "handle",
            "fetch",
            "later",
            "held",
            "counts",
            "register",
            "tag",
            "each",
            "Greeter::greet",
            "Greeter::name",
        ];
        let map = "HashMap<String, usize, RandomState>";
        let expected = [
            "Greeter::name may hand out a value of &str (its result), for good",
            HOOKS,
            &format!(
                "counts may hand out a value of {map} (its result), which leads to a static where it is empty, for good"
            ),
            "each may hand out a value of &str (through argument 0, field <0>), for good",
            "handle may hand out a value of &str (its result, field content_type), for good",
            "register may hand out a value of Cow<str> (through argument 0, field names), for good",
        ];
        assert_eq!(told(&items).0, expected);
    }
}
