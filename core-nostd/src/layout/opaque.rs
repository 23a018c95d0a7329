//! The comparison of types that are not described, or that only one image describes.

use super::context::{Around, Flow};
use super::finding::{Finding, Step, Trail, Value, What};
use super::view::Kind;
use super::walk::{Nodes, Report, Same, Walk, definition, extents};
use super::{ArgumentView, DefinitionView, Node, NodeView, Sequence, TypeTable};
use dynpatch_interface::types::Extent;

impl<'a> Walk<'a, '_> {
    /// All that is known is the name, the room, and the types that the name names.
    #[inline(never)]
    pub(super) fn opaque(
        &mut self,
        around: Around<'a, '_>,
        nodes: Nodes<'a>,
        path: &Trail<'_>,
        report: Report<'_>,
    ) -> Same {
        let (is_like, is_named_alike) = match nodes.map(NodeView::node) {
            // As written: what stands behind a part that is no type, a constant or a bound, nobody knows.
            [Node::Opaque { name: a, .. }, Node::Opaque { name: b, .. }] => (head_of(a) == head_of(b), a == b),
            [Node::Opaque { name, parts, .. }, other] => (is_maybe(name, parts, other, &self.patch), true),
            [other, Node::Opaque { name, parts, .. }] => (is_maybe(name, parts, other, &self.host), true),
            _ => (false, false),
        };
        if !is_like {
            return self.another_type(nodes, path, report);
        }
        self.tell_unseen(nodes, path, report);
        self.named_parts(around, nodes, path, report)
            && (is_named_alike || self.another_type(nodes, path, report))
            && self.rooms(nodes, path, report)
    }

    fn tell_unseen(&self, nodes: Nodes<'a>, path: &Trail<'_>, report: Report<'_>) {
        report(Finding { path, what: What::Opaque(Value::Type(&self.host, nodes[0])) });
        if nodes.iter().any(|node| matches!(node.node(), Node::Opaque { downcasts: true, .. })) {
            report(Finding { path, what: What::Downcasts(Value::Type(&self.host, nodes[0])) });
        }
    }

    #[inline(never)]
    fn named_parts(&mut self, around: Around<'a, '_>, nodes: Nodes<'a>, path: &Trail<'_>, report: Report<'_>) -> Same {
        let counts = [part_count(&self.host, nodes[0].node()), part_count(&self.patch, nodes[1].node())];
        // A described type may have more arguments than its name names: those with a default.
        if counts[0] != counts[1] && nodes.iter().all(|node| node.kind() == Kind::Opaque) {
            return self.another_type(nodes, path, report);
        }
        // Nobody says what it does with them.
        let inside = Around { flow: Flow::Both, lends_niche: true, ..around.inside() };
        (0..counts[0].min(counts[1])).all(|place| {
            let parts = (part(&self.host, nodes[0].node(), place), part(&self.patch, nodes[1].node(), place));
            let (Some(a), Some(b)) = parts else { return true };
            self.node(inside, a, b, &path.then(Step::Parameter(place)), report)
        })
    }

    #[inline(never)]
    fn rooms(&self, [ours, theirs]: Nodes<'a>, path: &Trail<'_>, report: Report<'_>) -> Same {
        match (extent(&self.host, ours.node()), extent(&self.patch, theirs.node())) {
            (Some(a), Some(b)) => extents(a, b, path, report),
            _ => self.another_type([ours, theirs], path, report),
        }
    }
}

/// Whether a type that one image does not describe may be the one that the other describes.
fn is_maybe<'a>(name: &str, parts: Sequence<'a, NodeView<'a>>, other: Node<'a>, types: &TypeTable<'a, '_>) -> bool {
    let head = match other {
        Node::Builtin { name: "(,)", .. } => Some("("),
        Node::Builtin { name: "[]", .. } => Some("["),
        Node::Builtin { name, .. } => Some(name),
        // Nothing says how long an array is that is not described.
        Node::Array { .. } => None,
        other => definition(types, other).map(|definition| definition.name),
    };
    // A type of the standard library is described wherever its arguments are: one that is not must have another argument
    // that is not, or it is another type of that name.
    let is_describable = !matches!(other, Node::Builtin { .. }) || parts.iter().any(|part| part.kind() == Kind::Opaque);
    head == Some(head_of(name)) && is_describable && parts.len() <= part_count(types, other)
}

/// What a type is, without what it is made of.
fn head_of(name: &str) -> &str {
    let heads = ["&mut ", "*const ", "*mut ", "&", "(", "["];
    let head = heads.iter().find(|head| name.starts_with(**head)).map(|head| head.trim_end());
    head.or_else(|| name.split('<').next()).unwrap_or(name)
}

fn part_count<'a>(types: &TypeTable<'a, '_>, node: Node<'a>) -> usize {
    match node {
        Node::Opaque { parts, .. } => parts.len(),
        Node::Builtin { arguments, .. } => arguments.len(),
        node => definition(types, node).map_or(0, |definition| type_arguments(&definition).count()),
    }
}

fn part<'a>(types: &TypeTable<'a, '_>, node: Node<'a>, place: usize) -> Option<NodeView<'a>> {
    match node {
        Node::Opaque { parts, .. } => parts.iter().nth(place),
        Node::Builtin { arguments, .. } => arguments.iter().nth(place),
        node => type_arguments(&definition(types, node)?).nth(place),
    }
}

fn type_arguments<'a>(definition: &DefinitionView<'a>) -> impl Iterator<Item = NodeView<'a>> + use<'a> {
    definition.arguments.iter().filter_map(|argument| match argument {
        ArgumentView::Type(node) => Some(node),
        ArgumentView::Const(_) => None,
    })
}

fn extent<'a>(types: &TypeTable<'a, '_>, node: Node<'a>) -> Option<Extent> {
    match node {
        Node::Opaque { extent, .. } | Node::Builtin { extent, .. } => Some(extent),
        node => definition(types, node).map(|definition| definition.extent),
    }
}
