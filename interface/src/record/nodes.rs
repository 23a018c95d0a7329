//! Types as bytes, in postcard's encoding of what stands here.
//!
//! ```text
//! Node       = 0 name | 1 name Extent downcasts Seq<offset> Seq<Node> | 2 length Node | 3 abi unsafe Seq<Node> Node
//!            | 4 key | 5 Definition | 6 key | 7 name Extent downcasts Seq<Node>
//! Extent     = size alignment niche
//! Definition = key crate name Extent repr evolution Seq<Argument> Body
//! Argument   = 0 Node | 1 number
//! Body       = 0 Seq<Field> | 1 Seq<Field> | 2 Seq<Variant> | 3 auto-traits Seq<Method>
//! Field      = name Option<offset> lifetimes Node
//! Variant    = name discriminant Seq<Field>
//! Method     = name has-default form Seq<Node> Node
//! ```
//!
//! A description is one sequence of bytes with one reading: what is read and written again is the same bytes.

use super::encode::Writer;
use crate::types::{Argument, Body, Definition, Extent, Field, Method, TypeNode, Variant};

impl Writer<'_> {
    pub(super) const fn push_node(&mut self, node: &TypeNode) {
        match node {
            TypeNode::Primitive { name } => {
                self.push_byte(0);
                self.push_string(name);
            }
            TypeNode::Builtin { name, extent, downcasts, offsets, arguments } => {
                self.push_byte(1);
                self.push_string(name);
                self.push_extent(extent);
                self.push_byte(*downcasts as u8);
                self.push_varint(offsets.len() as u128);
                let mut index = 0;
                while index < offsets.len() {
                    self.push_varint(offsets[index] as u128);
                    index += 1;
                }
                self.push_nodes(arguments);
            }
            TypeNode::Array { length, element } => {
                self.push_byte(2);
                self.push_varint(*length as u128);
                self.push_node(element);
            }
            TypeNode::Function { abi, is_unsafe, inputs, output } => {
                self.push_byte(3);
                self.push_string(abi);
                self.push_byte(*is_unsafe as u8);
                self.push_nodes(inputs);
                self.push_node(output);
            }
            TypeNode::Defined { key } => {
                self.push_byte(4);
                self.push_varint(*key as u128);
            }
            TypeNode::Inline(definition) => {
                self.push_byte(5);
                self.push_definition(definition);
            }
            TypeNode::Recursive { key } => {
                self.push_byte(6);
                self.push_varint(*key as u128);
            }
            TypeNode::Opaque { name, extent, downcasts, parts } => {
                self.push_byte(7);
                self.push_string(name);
                self.push_extent(extent);
                self.push_byte(*downcasts as u8);
                self.push_nodes(parts);
            }
        }
    }

    pub(super) const fn push_nodes(&mut self, nodes: &[TypeNode]) {
        self.push_varint(nodes.len() as u128);
        let mut index = 0;
        while index < nodes.len() {
            self.push_node(&nodes[index]);
            index += 1;
        }
    }

    pub(super) const fn push_definition(&mut self, definition: &Definition) {
        self.push_varint(definition.key as u128);
        self.push_string(definition.crate_name);
        self.push_string(definition.name);
        self.push_extent(&definition.extent);
        self.push_string(definition.repr);
        self.push_byte(definition.evolution as u8);
        self.push_varint(definition.arguments.len() as u128);
        let mut index = 0;
        while index < definition.arguments.len() {
            match &definition.arguments[index] {
                Argument::Type(node) => {
                    self.push_byte(0);
                    self.push_node(node);
                }
                Argument::Const(value) => {
                    self.push_byte(1);
                    self.push_signed(*value);
                }
            }
            index += 1;
        }
        self.push_body(&definition.body);
    }

    const fn push_body(&mut self, body: &Body) {
        match body {
            Body::Struct(fields) => {
                self.push_byte(0);
                self.push_fields(fields);
            }
            Body::Union(fields) => {
                self.push_byte(1);
                self.push_fields(fields);
            }
            Body::Enum(variants) => {
                self.push_byte(2);
                self.push_varint(variants.len() as u128);
                let mut index = 0;
                while index < variants.len() {
                    let Variant { name, discriminant, fields } = variants[index];
                    self.push_string(name);
                    self.push_signed(discriminant);
                    self.push_fields(fields);
                    index += 1;
                }
            }
            Body::Trait(auto, methods) => {
                self.push(&[3, auto.0]);
                self.push_varint(methods.len() as u128);
                let mut index = 0;
                while index < methods.len() {
                    let Method { name, has_default, form, inputs, output } = &methods[index];
                    self.push_string(name);
                    self.push_byte(*has_default as u8);
                    self.push_string(form);
                    self.push_nodes(inputs);
                    self.push_node(output);
                    index += 1;
                }
            }
        }
    }

    const fn push_fields(&mut self, fields: &[Field]) {
        self.push_varint(fields.len() as u128);
        let mut index = 0;
        while index < fields.len() {
            let Field { name, offset, lifetimes, ty } = &fields[index];
            self.push_string(name);
            match offset {
                None => self.push_byte(0),
                Some(offset) => {
                    self.push_byte(1);
                    self.push_varint(*offset as u128);
                }
            }
            self.push_string(lifetimes);
            self.push_node(ty);
            index += 1;
        }
    }

    const fn push_extent(&mut self, extent: &Extent) {
        self.push_varint(extent.size as u128);
        self.push_varint(extent.alignment as u128);
        self.push_byte(extent.niche as u8);
    }

    /// A signed number, zigzag.
    const fn push_signed(&mut self, value: i128) {
        self.push_varint(((value << 1) ^ (value >> 127)) as u128);
    }
}
