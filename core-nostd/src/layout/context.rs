//! Where a type stands, and what was compared there already.

use super::{BodyView, DefinitionView};
use dynpatch_interface::types::Evolution;

/// Which way values of a type go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The host makes them.
    ToPatch,
    /// The patch makes them.
    ToHost,
    /// Both make them.
    Both,
}

impl Flow {
    /// The flow of what is given to a function that goes this way.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::ToPatch => Self::ToHost,
            Self::ToHost => Self::ToPatch,
            Self::Both => Self::Both,
        }
    }
}

/// What is around a type.
#[derive(Clone, Copy)]
pub(super) struct Around<'a, 'p> {
    pub(super) flow: Flow,
    /// Directly behind a shared reference, where a prefix may stand for more.
    pub(super) is_shared: bool,
    /// In a `Service`, where a trait is a table that grows.
    pub(super) is_service: bool,
    /// In an `Option` or an enum, which may say "nothing" with a value that this type does not have. It has fewer such
    /// values where it has more variants, so it must not grow.
    pub(super) lends_niche: bool,
    pub(super) depth: usize,
    /// The definitions this stands in, innermost first.
    pub(super) under: Option<&'p Under<'a, 'p>>,
}

impl<'a, 'p> Around<'a, 'p> {
    /// Around an argument, a result, or a static.
    pub(super) fn item(flow: Flow) -> Self {
        Self { flow, is_shared: false, is_service: false, lends_niche: false, depth: 0, under: None }
    }

    /// Around what lies in the type itself.
    pub(super) fn inside(self) -> Self {
        Self { is_shared: false, is_service: false, ..self }
    }

    /// Around what a function takes or gives: a value by itself.
    pub(super) fn given(self, flow: Flow) -> Self {
        Self { flow, lends_niche: false, ..self.inside() }
    }

    /// Around the arguments of a type of the standard library.
    pub(super) fn builtin(self, name: &str) -> Self {
        Self {
            flow: if is_mutable(name) { Flow::Both } else { self.flow },
            // Behind a pointer may stand more than one, at a distance that both must know.
            is_shared: name == "&",
            is_service: name == "Service",
            lends_niche: lends_niche(name).unwrap_or(self.lends_niche),
            ..self
        }
    }

    /// Around a definition: without what makes no difference to it, so that it is compared, and told of, once.
    pub(super) fn of_definition(self, definition: &DefinitionView<'_>) -> Self {
        let grows = definition.evolution == Evolution::Prefix as u8;
        let is_trait = matches!(definition.body, BodyView::Trait(..));
        Self { is_shared: self.is_shared && grows, is_service: self.is_service && is_trait, ..self }
    }

    /// The innermost definition with either of the keys.
    pub(super) fn innermost(self, ours: u64, theirs: u64) -> Option<&'p Under<'a, 'p>> {
        enclosing(self.under).find(|under| under.ours.key == ours || under.theirs.key == theirs)
    }

    /// Whether this very pair is under comparison in the same context already.
    pub(super) fn is_under_comparison(self, ours: &DefinitionView<'a>, theirs: &DefinitionView<'a>) -> bool {
        let Asked { bit, .. } = self.asked();
        enclosing(self.under)
            .any(|under| under.implies & bit != 0 && is_one(under.ours, ours) && is_one(under.theirs, theirs))
    }

    /// The context as bits of a [`Seen`].
    pub(super) fn asked(self) -> Asked {
        const FLOWS: u32 = 3;
        let place = u32::from(self.is_shared) | u32::from(self.is_service) << 1 | u32::from(self.lends_niche) << 2;
        let [to_patch, to_host, both] = [0, 1, 2].map(|flow| 1 << (place * FLOWS + flow));
        // What is the same where both make values is the same where one does; where one must not, both must not.
        match self.flow {
            Flow::ToPatch => Asked { bit: to_patch, implies: to_patch, refutes: to_patch | both },
            Flow::ToHost => Asked { bit: to_host, implies: to_host, refutes: to_host | both },
            Flow::Both => Asked { bit: both, implies: to_patch | to_host | both, refutes: both },
        }
    }
}

/// A definition under comparison.
pub(super) struct Under<'a, 'p> {
    pub(super) ours: &'p DefinitionView<'a>,
    pub(super) theirs: &'p DefinitionView<'a>,
    /// The contexts for which the comparison speaks.
    pub(super) implies: u32,
    pub(super) outer: Option<&'p Self>,
}

fn enclosing<'a, 'p>(innermost: Option<&'p Under<'a, 'p>>) -> impl Iterator<Item = &'p Under<'a, 'p>> {
    core::iter::successors(innermost, |under| under.outer)
}

/// Told by where they lie: the instances of a generic type have one key.
fn is_one(one: &DefinitionView<'_>, other: &DefinitionView<'_>) -> bool {
    core::ptr::eq(one.crate_name.as_ptr(), other.crate_name.as_ptr())
}

/// A context, as bits of a [`Seen`].
#[derive(Clone, Copy)]
pub(super) struct Asked {
    bit: u32,
    /// Contexts in which a pair is the same if it is in this one.
    pub(super) implies: u32,
    /// Contexts in which a pair differs if it does in this one.
    refutes: u32,
}

/// What is known of a definition of the patch: with which of the host it was compared, and in which contexts they are the
/// same or differ. A walk borrows one for each of the patch's definitions; all start as `Default`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// The place among the host's definitions, counted from one.
    host: u32,
    same: u32,
    differs: u32,
}

impl Seen {
    /// What is known of the pair, if anything.
    pub(super) fn verdict(&self, host: usize, asked: Asked) -> Option<bool> {
        let is_known = |bits: u32| u32::try_from(host + 1) == Ok(self.host) && bits & asked.bit != 0;
        if is_known(self.differs) { Some(false) } else { is_known(self.same).then_some(true) }
    }

    /// Takes the pair for the same until it is found to differ, which is how recursion ends.
    pub(super) fn assume(&mut self, host: usize, asked: Asked) {
        let host = u32::try_from(host + 1).unwrap_or(0);
        if self.host != host {
            *self = Self { host, ..Self::default() };
        }
        self.same |= asked.implies;
    }

    /// Takes that back, for this context or for all. Another definition of the host may have been compared meanwhile.
    pub(super) fn refute(&mut self, host: usize, asked: Asked, everywhere: bool) {
        let refuted = if everywhere { u32::MAX } else { asked.refutes };
        if u32::try_from(host + 1) == Ok(self.host) {
            self.same &= !refuted;
            self.differs |= refuted;
        }
    }
}

/// Types through which both sides can write.
fn is_mutable(name: &str) -> bool {
    matches!(
        name,
        "&mut"
            | "*mut"
            | "NonNull"
            | "Cell"
            | "RefCell"
            | "UnsafeCell"
            | "OnceCell"
            | "Mutex"
            | "RwLock"
            | "OnceLock"
            | "Rc"
            | "Arc"
            | "rc::Weak"
            | "sync::Weak"
            | "AtomicPtr"
            | "Sender"
            | "SyncSender"
            | "Receiver"
    )
}

/// Whether a type of the standard library may use the niche of its argument; `None` where whoever holds it may. What is
/// not named may.
fn lends_niche(name: &str) -> Option<bool> {
    match name {
        "(,)" | "Pin" | "Reverse" | "Wrapping" | "Saturating" | "ManuallyDrop" => None,
        "&" | "&mut" | "*const" | "*mut" | "Box" | "Rc" | "Arc" => Some(false),
        "[]" | "Vec" | "VecDeque" | "BinaryHeap" | "LinkedList" => Some(false),
        "BTreeMap" | "BTreeSet" | "HashMap" | "HashSet" => Some(false),
        _ => Some(!name.starts_with("dyn Fn") && name != "Service"),
    }
}
