//! Descriptions of types out of any numbers: what a bug in the derive could write, and what nobody would.

use crate::model::{Argument, Body, Definition, Extent, Field, Method, Node, Variant, item_record, record};
use dynpatch_interface::record::{ItemKind, kind};
use libfuzzer_sys::arbitrary::{Result, Unstructured};

/// Keys there may be in an image: few, so that most are there.
const KEYS: u64 = 6;
/// Levels of types in one another.
const DEPTH: usize = 6;

/// What an image says of its types.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    definitions: Vec<Definition>,
    inputs: Vec<Node>,
    output: Node,
}

impl Image {
    pub(crate) fn any(from: &mut Unstructured<'_>) -> Result<Self> {
        let keys = from.int_in_range(1..=KEYS)?;
        Ok(Self {
            definitions: (0..keys).map(|key| definition(from, key, DEPTH)).collect::<Result<_>>()?,
            inputs: few(from, |from| node(from, DEPTH))?,
            output: node(from, DEPTH)?,
        })
    }

    /// The same with a few changes.
    pub(crate) fn changed(&self, from: &mut Unstructured<'_>) -> Result<Self> {
        let mut image = self.clone();
        for _ in 0..from.int_in_range(0..=2)? {
            let at = from.choose_index(image.definitions.len())?;
            change(&mut image.definitions[at], from)?;
        }
        Ok(image)
    }

    pub(crate) fn records(&self, kind: ItemKind) -> Vec<u8> {
        let types = self.definitions.iter().flat_map(Definition::record);
        types.chain(item_record(kind, &self.inputs, &self.output)).collect()
    }
}

/// The payload of a type record with one change, if it reads.
pub(crate) fn change_record(payload: &[u8], from: &mut Unstructured<'_>) -> Option<Vec<u8>> {
    let mut definition = postcard::from_bytes(payload).ok()?;
    change(&mut definition, from).ok()?;
    Some(record(kind::TYPE, &definition.bytes()))
}

fn change(of: &mut Definition, from: &mut Unstructured<'_>) -> Result<()> {
    let again = definition(from, of.key, 2)?;
    match from.int_in_range(0..=9)? {
        0 => of.extent = again.extent,
        1 => of.evolution = again.evolution,
        2 => of.repr = again.repr,
        3 => of.name = again.name,
        4 => of.arguments = again.arguments,
        5 => of.body = again.body,
        _ => match &mut of.body {
            Body::Struct(fields) | Body::Union(fields) => change_list(fields, from, field, change_field)?,
            Body::Enum(variants) => change_list(variants, from, variant, change_variant)?,
            Body::Trait(_, methods) => change_list(methods, from, method, |method, from| {
                method.output = node(from, 2)?;
                Ok(())
            })?,
        },
    }
    Ok(())
}

/// One more, one less, one elsewhere, or one changed.
fn change_list<T>(
    list: &mut Vec<T>,
    from: &mut Unstructured<'_>,
    any: fn(&mut Unstructured<'_>, usize) -> Result<T>,
    change: impl Fn(&mut T, &mut Unstructured<'_>) -> Result<()>,
) -> Result<()> {
    if list.is_empty() {
        list.push(any(from, 2)?);
        return Ok(());
    }
    let at = from.choose_index(list.len())?;
    match from.int_in_range(0..=4)? {
        0 => drop(list.remove(at)),
        1 => list.push(any(from, 2)?),
        2 => list.insert(at, any(from, 2)?),
        3 => list.swap(0, at),
        _ => change(&mut list[at], from)?,
    }
    Ok(())
}

fn change_field(of: &mut Field, from: &mut Unstructured<'_>) -> Result<()> {
    let again = field(from, 2)?;
    match from.int_in_range(0..=3)? {
        0 => of.name = again.name,
        1 => of.offset = again.offset,
        2 => of.lifetimes = again.lifetimes,
        _ => of.ty = again.ty,
    }
    Ok(())
}

fn change_variant(of: &mut Variant, from: &mut Unstructured<'_>) -> Result<()> {
    let again = variant(from, 2)?;
    match from.int_in_range(0..=2)? {
        0 => of.name = again.name,
        1 => of.discriminant = again.discriminant,
        _ => of.fields = again.fields,
    }
    Ok(())
}

fn name(from: &mut Unstructured<'_>) -> Result<String> {
    from.choose(&["a", "b", "c", "d", "", "\u{1f980}\n"]).map(|name| (*name).to_owned())
}

fn few<T>(from: &mut Unstructured<'_>, any: impl Fn(&mut Unstructured<'_>) -> Result<T>) -> Result<Vec<T>> {
    (0..from.int_in_range(0..=3)?).map(|_| any(from)).collect()
}

fn extent(from: &mut Unstructured<'_>) -> Result<Extent> {
    let usual = Extent { size: 8, alignment: 8, niche: true };
    Ok(match from.int_in_range(0..=7)? {
        0 => Extent { size: from.arbitrary()?, ..usual },
        1 => Extent { alignment: from.arbitrary()?, ..usual },
        2 => Extent { niche: false, ..usual },
        _ => usual,
    })
}

fn node(from: &mut Unstructured<'_>, depth: usize) -> Result<Node> {
    const BUILTINS: [&str; 12] =
        ["&", "&mut", "*const", "Box", "Vec", "Option", "(,)", "Cell", "Service", "dyn Fn", "Result", "HashMap"];
    let nodes = |from: &mut Unstructured<'_>| few(from, |from| node(from, depth - 1));
    let key = from.int_in_range(0..=KEYS)?;
    if depth == 0 {
        return Ok(Node::Primitive { name: from.choose(&["u32", "i32", "u8"]).map(|name| (*name).to_owned())? });
    }
    Ok(match from.int_in_range(0..=11)? {
        0 => Node::Array { length: from.int_in_range(0..=3)?, element: Box::new(node(from, depth - 1)?) },
        1 => Node::Function {
            abi: from.choose(&["Rust", "C"]).map(|name| (*name).to_owned())?,
            is_unsafe: from.ratio(1, 8)?,
            inputs: nodes(from)?,
            output: Box::new(node(from, depth - 1)?),
        },
        2..=4 => Node::Builtin {
            name: from.choose(&BUILTINS).map(|name| (*name).to_owned())?,
            extent: extent(from)?,
            downcasts: from.ratio(1, 8)?,
            offsets: few(from, |from| from.int_in_range(0..=64))?,
            arguments: nodes(from)?,
        },
        5..=7 => Node::Defined { key },
        8 => Node::Recursive { key },
        9 => Node::Inline(Box::new(definition(from, key, depth - 1)?)),
        10 => {
            Node::Opaque { name: name(from)?, extent: extent(from)?, downcasts: from.ratio(1, 4)?, parts: nodes(from)? }
        }
        _ => node(from, 0)?,
    })
}

fn definition(from: &mut Unstructured<'_>, key: u64, depth: usize) -> Result<Definition> {
    let depth = depth.max(1);
    Ok(Definition {
        key,
        crate_name: from.choose(&["app", "app", "app", "copy"]).map(|name| (*name).to_owned())?,
        name: name(from)?,
        extent: extent(from)?,
        repr: from.choose(&["", "C", "u8", "C,u8", "align(8)"]).map(|name| (*name).to_owned())?,
        evolution: from.int_in_range(0..=2)?,
        arguments: match from.int_in_range(0..=3)? {
            0 => vec![Argument::Type(node(from, depth - 1)?)],
            1 => vec![Argument::Const(from.arbitrary()?)],
            _ => Vec::new(),
        },
        body: match from.int_in_range(0..=5)? {
            0 => Body::Union(few(from, |from| field(from, depth))?),
            1 | 2 => Body::Enum(few(from, |from| variant(from, depth))?),
            3 => Body::Trait(from.int_in_range(0..=7)?, few(from, |from| method(from, depth))?),
            _ => Body::Struct(few(from, |from| field(from, depth))?),
        },
    })
}

fn field(from: &mut Unstructured<'_>, depth: usize) -> Result<Field> {
    Ok(Field {
        name: name(from)?,
        offset: if from.ratio(1, 8)? { None } else { Some(from.int_in_range(0..=3)? * 8) },
        lifetimes: from.choose(&["", "", "", "'a"]).map(|name| (*name).to_owned())?,
        ty: node(from, depth - 1)?,
    })
}

fn variant(from: &mut Unstructured<'_>, depth: usize) -> Result<Variant> {
    let discriminant = if from.ratio(1, 8)? { from.arbitrary()? } else { from.int_in_range(0..=3)? };
    Ok(Variant { name: name(from)?, discriminant, fields: few(from, |from| field(from, depth))? })
}

fn method(from: &mut Unstructured<'_>, depth: usize) -> Result<Method> {
    Ok(Method {
        name: name(from)?,
        has_default: from.arbitrary()?,
        form: from.choose(&["", "", "'a"]).map(|name| (*name).to_owned())?,
        inputs: few(from, |from| node(from, depth - 1))?,
        output: node(from, depth - 1)?,
    })
}
