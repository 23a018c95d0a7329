//! The comparison. Two types are the same when nothing tells them apart; what is under comparison already counts as the
//! same, which is how recursion ends.
//!
//! Functions are kept apart, `inline(never)`: one that calls itself through others would, with all of them in it, take the
//! stack of all of them at every level.

use super::context::{Around, Flow, Seen};
use super::finding::{Aspect, Finding, Step, Trail, Value, What};
use super::view::Kind;
use super::{DefinitionView, MAX_DEPTH, MAX_STEPS, Node, NodeView, Sequence, TypeTable};
use dynpatch_interface::types::Extent;

/// Bytes of descriptions that are read in one step.
const BYTES_PER_STEP: usize = 64;

/// A comparison of what two images say. It is one verdict over all its items: a difference is told once, where it is met
/// first.
#[derive(Debug)]
pub struct Walk<'a, 'm> {
    pub(super) host: TypeTable<'a, 'm>,
    pub(super) patch: TypeTable<'a, 'm>,
    seen: &'m mut [Seen],
    steps: u32,
    is_given_up: bool,
}

/// A type of the host's and one of the patch's.
pub(super) type Nodes<'a> = [NodeView<'a>; 2];

/// Where findings go.
pub(super) type Report<'r> = &'r mut dyn FnMut(Finding<'_>);

/// Whether two types are the same.
pub(super) type Same = bool;

impl<'a, 'm> Walk<'a, 'm> {
    /// Between a host's definitions and a patch's. `seen` is memory, one for each definition of the patch.
    pub fn new(host: TypeTable<'a, 'm>, patch: TypeTable<'a, 'm>, seen: &'m mut [Seen]) -> Self {
        Self { host, patch, seen, steps: 0, is_given_up: false }
    }

    /// The host's definitions.
    pub fn host(&self) -> TypeTable<'a, 'm> {
        self.host
    }

    /// The patch's definitions.
    pub fn patch(&self) -> TypeTable<'a, 'm> {
        self.patch
    }

    /// Steps taken so far, at most [`MAX_STEPS`] and the one that was too many.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Compares arguments and result of a function that the host calls (`ToPatch`), or that the patch calls.
    pub fn function(
        &mut self,
        flow: Flow,
        inputs: [Sequence<'a, NodeView<'a>>; 2],
        outputs: [NodeView<'a>; 2],
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let host = self.host;
        let mut same = inputs[0].len() == inputs[1].len();
        if !same {
            differs(path, Aspect::Arguments, count(inputs[0].len()), count(inputs[1].len()), report);
        }
        for (place, (ours, theirs)) in inputs[0].iter().zip(inputs[1].iter()).enumerate() {
            let value = Value::Type(&host, ours);
            let path = path.then(Step::Argument(place, &value));
            same &= self.node(Around::item(flow), ours, theirs, &path, report);
        }
        let value = Value::Type(&host, outputs[0]);
        let path = path.then(Step::Result(&value));
        same & self.node(Around::item(flow.reversed()), outputs[0], outputs[1], &path, report)
    }

    /// Compares the type of a shared static.
    pub fn shared(&mut self, types: [NodeView<'a>; 2], path: &Trail<'_>, report: Report<'_>) -> Same {
        let host = self.host;
        let value = Value::Type(&host, types[0]);
        let path = path.then(Step::Static(&value));
        self.node(Around::item(Flow::Both), types[0], types[1], &path, report)
    }

    /// Whether there are steps left to read that many bytes. That there are none is told once.
    pub(super) fn affords(&mut self, bytes: usize, path: &Trail<'_>, report: Report<'_>) -> bool {
        let steps = u32::try_from(bytes / BYTES_PER_STEP + 1).unwrap_or(MAX_STEPS);
        self.steps = self.steps.saturating_add(steps).min(MAX_STEPS + 1);
        self.steps <= MAX_STEPS || self.gives_up(path, report)
    }

    fn gives_up(&mut self, path: &Trail<'_>, report: Report<'_>) -> Same {
        if !core::mem::replace(&mut self.is_given_up, true) {
            report(Finding { path, what: What::TooComplex });
        }
        false
    }

    pub(super) fn node(
        &mut self,
        mut around: Around<'a, '_>,
        ours: NodeView<'a>,
        theirs: NodeView<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        around.depth += 1;
        if around.depth > MAX_DEPTH {
            return self.gives_up(path, report);
        }
        if !self.affords(ours.length() + theirs.length(), path, report) {
            return false;
        }
        let nodes = [ours, theirs];
        match nodes.map(NodeView::kind) {
            [Kind::Primitive, Kind::Primitive] if ours == theirs => true,
            [Kind::Builtin, Kind::Builtin] => self.builtins(around, nodes, path, report),
            [Kind::Array, Kind::Array] => self.arrays(around, nodes, path, report),
            [Kind::Function, Kind::Function] => self.functions(around, nodes, path, report),
            [Kind::Recursive, Kind::Recursive] => self.recursive(around, nodes, path, report),
            [Kind::Opaque, _] | [_, Kind::Opaque] => self.opaque(around, nodes, path, report),
            [Kind::Defined, Kind::Defined] => self.defined(around, nodes, path, report),
            [Kind::Defined | Kind::Inline, Kind::Defined | Kind::Inline] => self.inline(around, nodes, path, report),
            _ => self.another_type(nodes, path, report),
        }
    }

    #[cold]
    pub(super) fn another_type(&self, [ours, theirs]: Nodes<'a>, path: &Trail<'_>, report: Report<'_>) -> Same {
        let (host, patch) = (self.host, self.patch);
        differs(path, Aspect::Type, Value::Type(&host, ours), Value::Type(&patch, theirs), report)
    }

    #[inline(never)]
    fn builtins(&mut self, around: Around<'a, '_>, nodes: Nodes<'a>, path: &Trail<'_>, report: Report<'_>) -> Same {
        let [
            Node::Builtin { name, extent: room_a, downcasts: any_a, offsets: at_a, arguments: of_a },
            Node::Builtin { name: other, extent: room_b, downcasts: any_b, offsets: at_b, arguments: of_b },
        ] = nodes.map(NodeView::node)
        else {
            return self.another_type(nodes, path, report);
        };
        if name != other || of_a.len() != of_b.len() {
            return self.another_type(nodes, path, report);
        }
        if any_a || any_b {
            report(Finding { path, what: What::Downcasts(Value::Type(&self.host, nodes[0])) });
        }
        self.parts(around, name, [of_a, of_b], path, report)
            && places([at_a, at_b], path, report)
            && extents(room_a, room_b, path, report)
    }

    /// The arguments of a type of the standard library.
    #[inline(never)]
    fn parts(
        &mut self,
        around: Around<'a, '_>,
        name: &str,
        [ours, theirs]: [Sequence<'a, NodeView<'a>>; 2],
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let inside = around.builtin(name);
        let is_callable = name.starts_with("dyn Fn");
        let mut same = true;
        for (place, (a, b)) in ours.iter().zip(theirs.iter()).enumerate() {
            // The last argument of `dyn Fn(A, B) -> R` is what it gives.
            let is_input = is_callable && place + 1 < ours.len();
            let inside = if is_input { inside.given(inside.flow.reversed()) } else { inside };
            let step = match ours.len() {
                1 if matches!(name, "Vec" | "[]" | "VecDeque" | "BTreeSet" | "BinaryHeap" | "LinkedList") => {
                    Step::Element
                }
                1 => Step::Inner,
                _ => Step::Parameter(place),
            };
            same &= self.node(inside, a, b, &path.then(step), report);
        }
        same
    }

    #[inline(never)]
    fn arrays(&mut self, around: Around<'a, '_>, nodes: Nodes<'a>, path: &Trail<'_>, report: Report<'_>) -> Same {
        let [Node::Array { length: a, element: of_a }, Node::Array { length: b, element: of_b }] =
            nodes.map(NodeView::node)
        else {
            return self.another_type(nodes, path, report);
        };
        if a != b {
            return differs(path, Aspect::Length, elements(a), elements(b), report);
        }
        self.node(around.inside(), of_a, of_b, &path.then(Step::Element), report)
    }

    #[inline(never)]
    fn functions(&mut self, around: Around<'a, '_>, nodes: Nodes<'a>, path: &Trail<'_>, report: Report<'_>) -> Same {
        let [
            Node::Function { abi: a, is_unsafe: unsafe_a, inputs: in_a, output: out_a },
            Node::Function { abi: b, is_unsafe: unsafe_b, inputs: in_b, output: out_b },
        ] = nodes.map(NodeView::node)
        else {
            return self.another_type(nodes, path, report);
        };
        if in_a.len() != in_b.len() {
            return self.another_type(nodes, path, report);
        }
        if a != b {
            return differs(path, Aspect::Abi, Value::Name(a), Value::Name(b), report);
        }
        if unsafe_a != unsafe_b {
            return differs(path, Aspect::Safety, safety(unsafe_a), safety(unsafe_b), report);
        }
        self.signature(around, [in_a, in_b], [out_a, out_b], path, report)
    }

    pub(super) fn signature(
        &mut self,
        around: Around<'a, '_>,
        inputs: [Sequence<'a, NodeView<'a>>; 2],
        outputs: [NodeView<'a>; 2],
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let mut same = true;
        for (place, (a, b)) in inputs[0].iter().zip(inputs[1].iter()).enumerate() {
            let given = around.given(around.flow.reversed());
            same &= self.node(given, a, b, &path.then(Step::Parameter(place)), report);
        }
        same & self.node(around.given(around.flow), outputs[0], outputs[1], &path.then(Step::Inner), report)
    }

    /// The definition both stand inside of, unless it is compared in this context already.
    #[inline(never)]
    fn recursive(&mut self, around: Around<'a, '_>, nodes: Nodes<'a>, path: &Trail<'_>, report: Report<'_>) -> Same {
        let [a, b] = nodes.map(NodeView::key);
        let Some(under) = around.innermost(a, b) else { return dangling(path, report) };
        if under.ours.key != a || under.theirs.key != b {
            return self.another_type(nodes, path, report);
        }
        let around = around.of_definition(under.ours);
        around.is_under_comparison(under.ours, under.theirs)
            || self.definitions(around, under.ours, under.theirs, path, report)
    }

    /// Definitions of which one stands where it is used.
    #[inline(never)]
    fn inline(&mut self, around: Around<'a, '_>, nodes: Nodes<'a>, path: &Trail<'_>, report: Report<'_>) -> Same {
        match (definition(&self.host, nodes[0].node()), definition(&self.patch, nodes[1].node())) {
            (Some(ours), Some(theirs)) => self.definitions(around, &ours, &theirs, path, report),
            _ => dangling(path, report),
        }
    }

    /// Definitions of the manifest: each pair is looked at once in each context.
    #[inline(never)]
    fn defined(&mut self, around: Around<'a, '_>, nodes: Nodes<'a>, path: &Trail<'_>, report: Report<'_>) -> Same {
        let (Some(ours), Some(theirs)) = (self.host.place(nodes[0].key()), self.patch.place(nodes[1].key())) else {
            return dangling(path, report);
        };
        let asked = around.asked();
        if let Some(known) = self.seen.get(theirs).and_then(|seen| seen.verdict(ours, asked)) {
            return known;
        }
        if !self.affords(self.host.length(ours) + self.patch.length(theirs), path, report) {
            return false;
        }
        let (Some(host), Some(patch)) = (self.host.at(ours), self.patch.at(theirs)) else {
            return dangling(path, report);
        };
        let around = around.of_definition(&host);
        let asked = around.asked();
        if let Some(known) = self.seen.get(theirs).and_then(|seen| seen.verdict(ours, asked)) {
            return known;
        }
        if around.is_under_comparison(&host, &patch) {
            return true;
        }
        if let Some(seen) = self.seen.get_mut(theirs) {
            seen.assume(ours, asked);
        }
        // What differs wherever it stands is told once, however many ways lead here.
        let mut everywhere = false;
        let same = self.definitions(around, &host, &patch, path, &mut |finding| {
            everywhere |= matches!(finding.what, What::Differs { everywhere: true, .. });
            report(finding);
        });
        if let (Some(seen), false) = (self.seen.get_mut(theirs), same) {
            seen.refute(ours, asked, everywhere);
        }
        same
    }
}

/// The definition behind a node, if it has one and the image has it.
pub(super) fn definition<'a>(types: &TypeTable<'a, '_>, node: Node<'a>) -> Option<DefinitionView<'a>> {
    match node {
        Node::Defined { key } => types.find(key),
        Node::Inline(definition) => Some(definition),
        _ => None,
    }
}

impl<'x> Trail<'x> {
    /// The path from an item.
    pub const ITEM: Trail<'static> = Trail { parent: None, step: Step::Item };

    pub(super) fn then(&'x self, step: Step<'x>) -> Self {
        Self { parent: Some(self), step }
    }
}

/// Where the parts of a tuple lie.
fn places([ours, theirs]: [Sequence<'_, u64>; 2], path: &Trail<'_>, report: Report<'_>) -> Same {
    match ours.iter().zip(theirs.iter()).find(|(a, b)| a != b) {
        Some((a, b)) => differs(path, Aspect::Offset, at_byte(a), at_byte(b), report),
        None => true,
    }
}

/// The rooms of two types that are the same in every other way.
pub(super) fn extents(ours: Extent, theirs: Extent, path: &Trail<'_>, report: Report<'_>) -> Same {
    if ours.size != theirs.size {
        differs(path, Aspect::Size, bytes(ours.size), bytes(theirs.size), report)
    } else if ours.alignment != theirs.alignment {
        alignments(ours, theirs, path, report)
    } else if ours.niche != theirs.niche {
        let niche = |has| Value::Word(if has { "with a niche" } else { "without a niche" });
        differs(path, Aspect::Niche, niche(ours.niche), niche(theirs.niche), report)
    } else {
        true
    }
}

pub(super) fn alignments(ours: Extent, theirs: Extent, path: &Trail<'_>, report: Report<'_>) -> Same {
    let aligned = |to| Value::Number("aligned to ", to, " bytes");
    ours.alignment == theirs.alignment
        || differs(path, Aspect::Alignment, aligned(ours.alignment), aligned(theirs.alignment), report)
}

#[cold]
pub(super) fn differs(path: &Trail<'_>, aspect: Aspect, host: Value<'_>, patch: Value<'_>, report: Report<'_>) -> Same {
    report(Finding { path, what: What::Differs { aspect, host, patch, everywhere: true } });
    false
}

/// A difference that may be allowed elsewhere: for values that go another way, behind a reference, in a service.
#[cold]
pub(super) fn differs_here(
    path: &Trail<'_>,
    aspect: Aspect,
    host: Value<'_>,
    patch: Value<'_>,
    report: Report<'_>,
) -> Same {
    report(Finding { path, what: What::Differs { aspect, host, patch, everywhere: false } });
    false
}

#[cold]
fn dangling(path: &Trail<'_>, report: Report<'_>) -> Same {
    report(Finding { path, what: What::Dangling });
    false
}

fn count(number: usize) -> Value<'static> {
    Value::Number("", number as u64, if number == 1 { " argument" } else { " arguments" })
}

fn elements(number: u64) -> Value<'static> {
    Value::Number("", number, " elements")
}

fn bytes(number: u64) -> Value<'static> {
    Value::Number("", number, " bytes")
}

pub(super) fn at_byte(number: u64) -> Value<'static> {
    Value::Number("at byte ", number, "")
}

fn safety(is_unsafe: bool) -> Value<'static> {
    Value::Word(if is_unsafe { "unsafe" } else { "safe" })
}
