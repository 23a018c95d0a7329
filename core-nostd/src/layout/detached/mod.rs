//! What may lead into a patch's image once its code is done: judged by types, whatever made the values.
//!
//! - `builtin.rs`: what is known of the types of core, alloc and std.
//! - `lifetimes.rs`: which borrows end with a call.
//! - `escape.rs`: what is found, and how that reads.
//!
//! # What is detached
//! Code and statics of a patch can be unmapped when nobody can reach them any more. A type is *detached* when no value
//! of it can lead there:
//!
//! - numbers, `bool`, `char`, `String`, `Duration`, `PathBuf` and other plain data;
//! - what owns its content, if the content is detached: tuples, arrays, `Vec`, `Box`, `Option`, `Result`, `BTreeMap`,
//!   `Rc`, `Arc`, `Mutex`, derived structs and enums;
//! - `PhantomData` of anything, and `Held` of anything, which keeps the image itself.
//!
//! Not detached is what may be an address in the image, or hold one: references (a `&str` may be a literal, whatever
//! its lifetime), raw pointers, function pointers, `dyn` anything, `Cow`, `Waker`, `Context`, `Service`. Neither are
//! `HashMap` and `HashSet`, nor `Arc<str>`, `Arc<[T]>` and their likes: where they are empty they lead to a static of
//! the standard library, of which each image has its own. In doubt a type is not detached: one that is not described,
//! or not known here.
//!
//! What a patch **provides** may hand out
//!
//! - its result, which must be detached. Futures of `async fn` and `BoxedFuture` are kept by the runtime: what they
//!   give must be;
//! - what it writes behind `&mut`, or into a `Mutex`, `RwLock`, `RefCell`, `Cell` and their likes behind `&`, `Rc` or
//!   `Arc`, or into a channel;
//! - what it gives to closures, function pointers and trait objects of the host. Here a borrow whose lifetime is left
//!   out, as in the argument `&dyn Fn(&str)`, ends with the call; content behind it must be detached, since it may be
//!   cloned.
//!
//! What a patch **calls** has it the other way round: the arguments are handed out, and what can be written into
//! through the result. A borrow ends with the call unless it is `&'static` or a type alias hides its lifetime; a
//! borrowed closure may be called until then, so that its result must be detached. A **shared static** is a place
//! behind `&`.
//!
//! Arguments that are not described count whichever way they go: a patch may put anything into them.

mod builtin;
mod escape;
mod lifetimes;

pub use escape::{Escape, Place, Why};

use super::finding::{Step, Trail, Value};
use super::{
    BodyView, DefinitionView, FieldView, MAX_DEPTH, MAX_STEPS, MethodView, Node, NodeView, Sequence, TypeTable,
};
use crate::manifest::Item;
use builtin::{Builtin, is_primitive, is_slice};
use dynpatch_interface::record::ItemKind;
use lifetimes::{Signature, Written, kept_future};

/// Where a value comes from, and who may keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Made by the patch, and kept by whoever gets it.
    Given,
    /// Made by the patch; what it borrows is borrowed for the time of a call.
    Lent,
    /// The same, behind `&`: it can be cloned, and not be moved out.
    Shown,
    /// Of the host, and now the patch's own.
    Received,
    /// Of the host, reached by both.
    Shared,
}

impl Way {
    fn is_handed_out(self) -> bool {
        matches!(self, Self::Given | Self::Lent | Self::Shown)
    }
}

/// What is around a type.
#[derive(Clone, Copy)]
struct Around<'a, 'p> {
    way: Way,
    /// Whether what a closure is called with may be kept by it.
    closures_keep: bool,
    place: Place,
    depth: usize,
    under: Option<&'p Under<'a, 'p>>,
}

impl Around<'_, '_> {
    fn with(self, way: Way) -> Self {
        Self { way, ..self }
    }
}

/// A definition under examination.
struct Under<'a, 'p> {
    definition: &'p DefinitionView<'a>,
    way: Way,
    outer: Option<&'p Self>,
}

/// In which ways a definition was examined. Memory that [`Escapes`] borrows; all start as `Default`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Examined(u8);

/// Goes through what types of one image are made of, for the first thing that is not detached.
#[derive(Debug)]
pub struct Escapes<'a, 'm> {
    types: TypeTable<'a, 'm>,
    examined: &'m mut [Examined],
    steps: u32,
}

/// Where the finding goes.
type Report<'r> = &'r mut dyn FnMut(&Escape<'_>);

/// Whether nothing was found.
type Detached = bool;

impl<'a, 'm> Escapes<'a, 'm> {
    /// In an image with these definitions. `examined` is memory, one for each of them.
    pub fn new(types: TypeTable<'a, 'm>, examined: &'m mut [Examined]) -> Self {
        Self { types, examined, steps: 0 }
    }

    /// Steps taken so far, at most [`MAX_STEPS`] and the one that was too many.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Looks for the first thing that the patch may hand out through an item of its manifest, and tells it.
    /// `is_provided` says whether the patch's own code is behind the item; else the patch calls it.
    ///
    /// Gives whether there is something. An item that it cannot judge, as it is too large, counts as one that has.
    pub fn escape_of(&mut self, item: &Item<'a>, is_provided: bool, report: Report<'_>) -> bool {
        let is_detached = match (item.kind, item.output) {
            (_, None) => true,
            (ItemKind::Static, Some(ty)) => self.value(Place::Static, Way::Shared, Written::UNKNOWN, ty, report),
            (_, Some(output)) if is_provided => self.provided(item, output, report),
            (_, Some(output)) => self.called(item, output, report),
        };
        if !is_detached {
            // Definitions on the way to the finding count as examined, and are not detached.
            self.examined.fill(Examined::default());
        }
        !is_detached
    }

    fn provided(&mut self, item: &Item<'a>, output: NodeView<'a>, report: Report<'_>) -> Detached {
        let handed = kept_future(item.signature, output).unwrap_or(output);
        let lifetimes = Signature::of(item.form, item.inputs.len(), Some(item.signature));
        self.value(Place::Result, Way::Given, Written::UNKNOWN, handed, report)
            && item.inputs.iter().enumerate().all(|(number, ty)| {
                self.value(Place::Through(number), Way::Received, lifetimes.of_input(number), ty, report)
            })
    }

    fn called(&mut self, item: &Item<'a>, output: NodeView<'a>, report: Report<'_>) -> Detached {
        let lifetimes = Signature::of(item.form, item.inputs.len(), Some(item.signature));
        item.inputs
            .iter()
            .enumerate()
            .all(|(number, ty)| self.value(Place::Argument(number), Way::Lent, lifetimes.of_input(number), ty, report))
            && self.value(Place::ThroughResult, Way::Received, lifetimes.of_output(), output, report)
    }

    /// An argument, a result, or the content of a static, with the lifetimes that its type was written with.
    fn value(
        &mut self,
        place: Place,
        way: Way,
        lifetimes: Written<'_>,
        ty: NodeView<'a>,
        report: Report<'_>,
    ) -> Detached {
        let around = Around { way, closures_keep: true, place, depth: 0, under: None };
        self.written(around, lifetimes, ty, &Trail::ITEM, report)
    }

    /// A type that somebody wrote, with its lifetimes.
    fn written(
        &mut self,
        around: Around<'a, '_>,
        lifetimes: Written<'_>,
        ty: NodeView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        // Lifetimes that do not stand there are hidden by an alias, and may be `'static`.
        let ends = !lifetimes.has_static() && self.lifetimes_of(ty, around.depth) == Some(lifetimes.count());
        let way = match around.way {
            Way::Lent | Way::Shown if !ends => Way::Given,
            way => way,
        };
        let closures_keep = !ends || lifetimes.lets_closures_keep();
        self.node(Around { way, closures_keep, ..around }, ty, path, report)
    }

    fn affords(&mut self, bytes: usize) -> bool {
        /// Bytes of descriptions that are read in one step.
        const BYTES_PER_STEP: usize = 64;
        let steps = u32::try_from(bytes / BYTES_PER_STEP + 1).unwrap_or(MAX_STEPS);
        self.steps = self.steps.saturating_add(steps).min(MAX_STEPS + 1);
        self.steps <= MAX_STEPS
    }

    #[cold]
    fn found(
        &self,
        around: Around<'a, '_>,
        why: Why,
        ty: NodeView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        let ty = Value::Type(&self.types, ty);
        report(&Escape { place: around.place, path, ty, why });
        false
    }

    fn node(&mut self, mut around: Around<'a, '_>, ty: NodeView<'a>, path: &Trail<'_>, report: Report<'_>) -> Detached {
        around.depth += 1;
        if around.depth > MAX_DEPTH || !self.affords(ty.length()) {
            return self.found(around, Why::TooComplex, ty, path, report);
        }
        match ty.node() {
            Node::Primitive { name } => is_primitive(name) || self.found(around, Why::Unknown, ty, path, report),
            Node::Builtin { name, arguments, .. } => self.builtin(around, ty, name, arguments, path, report),
            Node::Array { element, .. } => self.node(around, element, &path.then(Step::Element), report),
            Node::Function { .. } if around.way.is_handed_out() => self.found(around, Why::Leads, ty, path, report),
            Node::Function { inputs, output, .. } => self.call(around, inputs.iter(), output, path, report),
            Node::Defined { key } => self.defined(around, ty, key, path, report),
            Node::Inline(definition) => self.definition(around, ty, &definition, path, report),
            Node::Recursive { key } => self.recursive(around, ty, key, path, report),
            Node::Opaque { .. } => self.found(around, Why::Unknown, ty, path, report),
        }
    }

    #[inline(never)]
    fn builtin(
        &mut self,
        around: Around<'a, '_>,
        ty: NodeView<'a>,
        name: &str,
        arguments: Sequence<'a, NodeView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        use Way::{Given, Lent, Received, Shared, Shown};
        let kind = Builtin::of(name);
        let inner = match (kind, around.way) {
            (Builtin::Plain, _) => return true,
            (Builtin::Unknown, _) => return self.found(around, Why::Unknown, ty, path, report),
            (Builtin::Anything, _) => return self.found(around, Why::Anything, ty, path, report),
            (Builtin::Map, Given | Lent) => return self.found(around, Why::Empty, ty, path, report),
            (Builtin::Owner | Builtin::Map, way) => way,
            (Builtin::Service, way) if !way.is_handed_out() => return true,
            (Builtin::Cell, Shared) => Given,
            (Builtin::Cell, Shown) => Lent,
            (Builtin::Cell, way) => way,
            (Builtin::Keeper, way) => return way.is_handed_out() || self.all(around, arguments, path, report),
            (Builtin::Counted, way) if way.is_handed_out() => {
                if matches!(name, "Arc" | "sync::Weak") && arguments.iter().any(is_slice) {
                    return self.found(around, Why::Empty, ty, path, report);
                }
                if way == Shown { Lent } else { way }
            }
            (Builtin::Counted | Builtin::Borrow | Builtin::Cow, Received | Shared) => Shared,
            (Builtin::Borrow | Builtin::Exclusive, Lent | Shown) if name.starts_with('&') => {
                return self.lent(around, name, arguments, path, report);
            }
            (Builtin::Cow, Lent | Shown) => Lent,
            (Builtin::Exclusive, Received | Shared) | (Builtin::Atomic, Received) => {
                return self.exclusive(around, arguments, path, report);
            }
            (Builtin::Sender, _) | (Builtin::Receiver, Given | Lent | Shown) => Given,
            (Builtin::Receiver | Builtin::Object, Received | Shared) => Received,
            (Builtin::Callable, Received | Shared) => return self.closure(around, arguments, path, report),
            _ => return self.found(around, Why::Leads, ty, path, report),
        };
        self.all(around.with(inner), arguments, path, report)
    }

    fn all(
        &mut self,
        around: Around<'a, '_>,
        types: Sequence<'a, NodeView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        let step = |place| if types.len() == 1 { Step::Inner } else { Step::Parameter(place) };
        types.iter().enumerate().all(|(place, ty)| self.node(around, ty, &path.then(step(place)), report))
    }

    /// What a call of the host's borrows from the patch.
    fn lent(
        &mut self,
        around: Around<'a, '_>,
        name: &str,
        pointee: Sequence<'a, NodeView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        if let Some(Node::Builtin { name, arguments, .. }) = pointee.iter().next().map(NodeView::node)
            && Builtin::of(name) == Builtin::Callable
        {
            return self.closure(around, arguments, path, report);
        }
        let way = if name == "&" { Way::Shown } else { Way::Lent };
        self.all(around.with(way), pointee, path, report)
    }

    /// What is of the host, and the patch may put another value there: but not where an object lies.
    fn exclusive(
        &mut self,
        around: Around<'a, '_>,
        pointee: Sequence<'a, NodeView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        let is_object = pointee.iter().any(|ty| self.is_object(ty));
        (is_object || self.all(around.with(Way::Given), pointee, path, report))
            && self.all(around.with(Way::Received), pointee, path, report)
    }

    fn is_object(&self, ty: NodeView<'a>) -> bool {
        match ty.node() {
            Node::Builtin { name, .. } => name.starts_with("dyn "),
            Node::Defined { key } => {
                self.types.find(key).is_some_and(|found| matches!(found.body, BodyView::Trait(..)))
            }
            _ => false,
        }
    }

    /// `dyn Fn(A, B) -> R`, whose last argument is what it gives.
    fn closure(
        &mut self,
        around: Around<'a, '_>,
        arguments: Sequence<'a, NodeView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        let Some(output) = arguments.iter().last() else { return true };
        self.call(around, arguments.iter().take(arguments.len() - 1), output, path, report)
    }

    /// Code of the host that the patch calls; or, handed out, code of the patch.
    #[inline(never)]
    fn call(
        &mut self,
        around: Around<'a, '_>,
        inputs: impl Iterator<Item = NodeView<'a>>,
        output: NodeView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        let (taken, given) = match around.way {
            way if way.is_handed_out() => (Way::Received, Way::Given),
            _ if around.closures_keep => (Way::Given, Way::Received),
            _ => (Way::Lent, Way::Received),
        };
        let mut inputs = inputs.enumerate();
        inputs.all(|(place, ty)| self.node(around.with(taken), ty, &path.then(Step::Parameter(place)), report))
            && self.node(around.with(given), output, path, report)
    }

    #[inline(never)]
    fn defined(
        &mut self,
        around: Around<'a, '_>,
        ty: NodeView<'a>,
        key: u64,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        let Some(place) = self.types.place(key) else {
            return self.found(around, Why::Dangling, ty, path, report);
        };
        let bit = 1 << around.way as u8;
        if self.examined.get(place).is_some_and(|examined| examined.0 & bit != 0) {
            return true;
        }
        if let Some(examined) = self.examined.get_mut(place) {
            examined.0 |= bit;
        }
        if !self.affords(self.types.length(place)) {
            return self.found(around, Why::TooComplex, ty, path, report);
        }
        match self.types.at(place) {
            Some(definition) => self.definition(around, ty, &definition, path, report),
            None => self.found(around, Why::Dangling, ty, path, report),
        }
    }

    /// The definition this stands inside of, unless it is under examination in this way already.
    #[inline(never)]
    fn recursive(
        &mut self,
        around: Around<'a, '_>,
        ty: NodeView<'a>,
        key: u64,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        let mut all = core::iter::successors(around.under, |under| under.outer);
        let Some(inner) = all.find(|under| under.definition.key == key) else {
            return self.defined(around, ty, key, path, report);
        };
        // Told by where they lie: the instances of a generic type have one key.
        let is_it = |under: &Under<'_, '_>| {
            core::ptr::eq(under.definition.name.as_ptr(), inner.definition.name.as_ptr()) && under.way == around.way
        };
        core::iter::successors(Some(inner), |under| under.outer).any(is_it)
            || self.definition(around, ty, inner.definition, path, report)
    }

    #[inline(never)]
    fn definition(
        &mut self,
        around: Around<'a, '_>,
        ty: NodeView<'a>,
        definition: &DefinitionView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        let under = Under { definition, way: around.way, outer: around.under };
        let inside = Around { under: Some(&under), depth: around.depth + 1, ..around };
        match definition.body {
            BodyView::Struct(fields) | BodyView::Union(fields) => self.fields(inside, fields, path, report),
            BodyView::Enum(variants) => variants.iter().all(|variant| {
                let path = path.then(Step::Variant(variant.name));
                self.fields(inside, variant.fields, &path, report)
            }),
            BodyView::Trait(..) if around.way.is_handed_out() => self.found(around, Why::Leads, ty, path, report),
            BodyView::Trait(_, methods) => methods.iter().all(|method| self.method(inside, &method, path, report)),
        }
    }

    fn fields(
        &mut self,
        around: Around<'a, '_>,
        fields: Sequence<'a, FieldView<'a>>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        fields.iter().all(|field| {
            let path = path.then(Step::Field(field.name));
            self.written(around, Written::field(field.lifetimes), field.ty, &path, report)
        })
    }

    /// A method of an object that is the host's.
    #[inline(never)]
    fn method(
        &mut self,
        around: Around<'a, '_>,
        method: &MethodView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Detached {
        let lifetimes = Signature::of(method.form, method.inputs.len(), None);
        let path = path.then(Step::Method(method.name));
        let taken = around.with(Way::Lent);
        let mut inputs = method.inputs.iter().enumerate();
        inputs.all(|(number, ty)| self.written(taken, lifetimes.of_input(number), ty, &path, report))
            && self.written(around.with(Way::Received), lifetimes.of_output(), method.output, &path, report)
    }
}
