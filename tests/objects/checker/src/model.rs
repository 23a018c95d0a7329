//! The model of descriptions, written down a second time by serde's rules and not by hand.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    pub size: u64,
    pub alignment: u64,
    pub niche: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Node {
    Primitive { name: String },
    Builtin { name: String, extent: Extent, downcasts: bool, offsets: Vec<u64>, arguments: Vec<Node> },
    Array { length: u64, element: Box<Node> },
    Function { abi: String, is_unsafe: bool, inputs: Vec<Node>, output: Box<Node> },
    Defined { key: u64 },
    Inline(Box<Definition>),
    Recursive { key: u64 },
    Opaque { name: String, extent: Extent, downcasts: bool, parts: Vec<Node> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    pub key: u64,
    pub crate_name: String,
    pub name: String,
    pub extent: Extent,
    pub repr: String,
    pub evolution: u8,
    pub arguments: Vec<Argument>,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Argument {
    Type(Node),
    Const(i128),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Body {
    Struct(Vec<Field>),
    Union(Vec<Field>),
    Enum(Vec<Variant>),
    Trait(u8, Vec<Method>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub offset: Option<u64>,
    pub lifetimes: String,
    pub ty: Node,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    pub name: String,
    pub discriminant: i128,
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Method {
    pub name: String,
    pub has_default: bool,
    pub form: String,
    pub inputs: Vec<Node>,
    pub output: Node,
}

impl Definition {
    /// The definition without what depends on the width of a pointer.
    pub fn shape(&self) -> Self {
        let mut definition = self.clone();
        definition.forget_places();
        definition
    }

    fn forget_places(&mut self) {
        self.extent.forget();
        for argument in &mut self.arguments {
            if let Argument::Type(node) = argument {
                node.forget_places();
            }
        }
        match &mut self.body {
            Body::Struct(fields) | Body::Union(fields) => forget_fields(fields),
            Body::Enum(variants) => variants.iter_mut().for_each(|variant| forget_fields(&mut variant.fields)),
            Body::Trait(..) => {}
        }
    }
}

fn forget_fields(fields: &mut [Field]) {
    for field in fields {
        field.offset = field.offset.and(Some(0));
        field.ty.forget_places();
    }
}

impl Node {
    fn forget_places(&mut self) {
        match self {
            Self::Builtin { extent, offsets, arguments, .. } => {
                extent.forget();
                offsets.fill(0);
                arguments.iter_mut().for_each(Self::forget_places);
            }
            Self::Array { element, .. } => element.forget_places(),
            Self::Function { inputs, output, .. } => {
                inputs.iter_mut().chain([&mut **output]).for_each(Self::forget_places);
            }
            Self::Inline(definition) => definition.forget_places(),
            Self::Opaque { extent, parts, .. } => {
                extent.forget();
                parts.iter_mut().for_each(Self::forget_places);
            }
            Self::Primitive { .. } | Self::Defined { .. } | Self::Recursive { .. } => {}
        }
    }
}

impl Extent {
    fn forget(&mut self) {
        *self = Self { size: 0, alignment: 0, niche: self.niche };
    }
}
