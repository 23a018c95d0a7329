//! Descriptions of types, read to the last part: every string of them lies inside the input.

use super::manifest::inside;
use dynpatch_core::layout::{ArgumentView, BodyView, DefinitionView, FieldView, Node, NodeView, Sequence};

pub(super) fn definition(bytes: &[u8], of: &DefinitionView<'_>) {
    [of.crate_name, of.name, of.repr].into_iter().for_each(|string| inside(bytes, string));
    assert!(of.evolution <= 2, "an evolution that nobody knows");
    for argument in every(of.arguments.len(), of.arguments.iter()) {
        if let ArgumentView::Type(of) = argument {
            node(bytes, of);
        }
    }
    match of.body {
        BodyView::Struct(of) | BodyView::Union(of) => fields(bytes, of),
        BodyView::Enum(of) => every(of.len(), of.iter()).for_each(|variant| {
            inside(bytes, variant.name);
            fields(bytes, variant.fields);
        }),
        BodyView::Trait(_, of) => every(of.len(), of.iter()).for_each(|method| {
            [method.name, method.form].into_iter().for_each(|string| inside(bytes, string));
            nodes(bytes, method.inputs);
            node(bytes, method.output);
        }),
    }
}

fn fields(bytes: &[u8], of: Sequence<'_, FieldView<'_>>) {
    for field in every(of.len(), of.iter()) {
        [field.name, field.lifetimes].into_iter().for_each(|string| inside(bytes, string));
        node(bytes, field.ty);
    }
}

pub(super) fn nodes(bytes: &[u8], of: Sequence<'_, NodeView<'_>>) {
    every(of.len(), of.iter()).for_each(|of| node(bytes, of));
}

pub(super) fn node(bytes: &[u8], of: NodeView<'_>) {
    match of.node() {
        Node::Primitive { name } => inside(bytes, name),
        Node::Builtin { name, offsets, arguments, .. } => {
            inside(bytes, name);
            every(offsets.len(), offsets.iter()).for_each(drop);
            nodes(bytes, arguments);
        }
        Node::Array { element, .. } => node(bytes, element),
        Node::Function { abi, inputs, output, .. } => {
            inside(bytes, abi);
            nodes(bytes, inputs);
            node(bytes, output);
        }
        Node::Defined { .. } | Node::Recursive { .. } => (),
        Node::Inline(of) => definition(bytes, &of),
        Node::Opaque { name, parts, .. } => {
            inside(bytes, name);
            nodes(bytes, parts);
        }
    }
}

/// As many parts as there are said to be.
fn every<T>(length: usize, parts: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let mut left = length;
    let mut parts = parts;
    core::iter::from_fn(move || {
        let part = parts.next();
        assert_eq!(part.is_some(), left > 0, "{length} parts were said to be there");
        left = left.saturating_sub(1);
        part
    })
}
