//! Two descriptions of types, read at once, without a word about what they mean: whether they are the same, or, with
//! itself, whether one reads at all. The encoding stands in `dynpatch_interface`, `record/nodes.rs`.

use super::view::NESTING;
use crate::encoding;
use core::fmt;

/// Where two images differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference<'a> {
    /// The host's type, empty where there is none around.
    pub type_name: &'a str,
    /// The host's field, variant or method that was compared last, empty before the first.
    pub member: &'a str,
}

impl fmt::Display for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { type_name, member } = *self;
        match (type_name, member) {
            ("", _) => f.write_str("the images have different signatures"),
            (_, "") => write!(f, "the images describe {type_name} differently"),
            _ => write!(f, "the images describe {type_name} differently, at {member}"),
        }
    }
}

impl core::error::Error for Difference<'_> {}

/// Whether `bytes` are exactly one definition; its key.
pub(super) fn definition_key(bytes: &[u8]) -> Option<u64> {
    Pair::single(bytes, &mut |_| Some(())).definition().ok()?;
    encoding::number(&mut &*bytes, u64::BITS)
}

/// Whether `bytes` are exactly one type.
pub(super) fn is_node(bytes: &[u8]) -> bool {
    are_nodes(bytes, 1)
}

/// Whether `bytes` are exactly so many types.
pub(super) fn are_nodes(bytes: &[u8], count: usize) -> bool {
    Pair::single(bytes, &mut |_| Some(())).nodes([count; 2]).is_ok()
}

/// A definition that both descriptions are inside of.
struct Around<'p> {
    keys: [u64; 2],
    outer: Option<&'p Self>,
}

/// What is around a part of a description.
#[derive(Clone, Copy)]
struct Place<'p> {
    nesting: u8,
    around: Option<&'p Around<'p>>,
}

impl Place<'_> {
    const OUTERMOST: Self = Self { nesting: NESTING, around: None };
}

/// Two descriptions. Every step is `None` where they differ or do not read.
pub(super) struct Pair<'a, 'm> {
    ours: &'a [u8],
    theirs: &'a [u8],
    at: Difference<'a>,
    /// Whether one is read, and what its keys lead to is not looked for.
    is_single: bool,
    /// Asked of two definitions that must be the same.
    meet: &'m mut dyn FnMut([u64; 2]) -> Option<()>,
}

impl<'a, 'm> Pair<'a, 'm> {
    /// Of a host's description and a patch's.
    pub(super) fn of([ours, theirs]: [&'a [u8]; 2], meet: &'m mut dyn FnMut([u64; 2]) -> Option<()>) -> Self {
        Self { ours, theirs, at: Difference { type_name: "", member: "" }, is_single: false, meet }
    }

    fn single(bytes: &'a [u8], meet: &'m mut dyn FnMut([u64; 2]) -> Option<()>) -> Self {
        Self { is_single: true, ..Self::of([bytes, bytes], meet) }
    }

    /// Compares a definition with nothing behind it.
    pub(super) fn definition(mut self) -> Result<(), Difference<'a>> {
        let same = self.defined(Place::OUTERMOST);
        self.verdict(same)
    }

    /// Compares so many types with nothing behind them.
    pub(super) fn nodes(mut self, [ours, theirs]: [usize; 2]) -> Result<(), Difference<'a>> {
        let same = (ours == theirs).then_some(());
        let same = same.and_then(|()| (0..ours).try_for_each(|_| self.node(Place::OUTERMOST)));
        self.verdict(same)
    }

    fn verdict(&self, same: Option<()>) -> Result<(), Difference<'a>> {
        if same.is_some() && self.ours.is_empty() && self.theirs.is_empty() { Ok(()) } else { Err(self.at) }
    }

    /// The same byte, at most `most`.
    fn byte(&mut self, most: u8) -> Option<u8> {
        let byte = encoding::byte(&mut self.ours)?;
        (byte == encoding::byte(&mut self.theirs)? && byte <= most).then_some(byte)
    }

    fn boolean(&mut self) -> Option<bool> {
        self.byte(1).map(|byte| byte == 1)
    }

    fn number(&mut self) -> Option<u64> {
        let [ours, theirs] = self.keys()?;
        (ours == theirs).then_some(ours)
    }

    /// Numbers that need not be the same.
    fn keys(&mut self) -> Option<[u64; 2]> {
        let ours = encoding::number(&mut self.ours, u64::BITS)?;
        Some([ours, encoding::number(&mut self.theirs, u64::BITS)?])
    }

    /// A number as wide as a discriminant.
    fn wide_number(&mut self) -> Option<()> {
        let ours = encoding::wide(&mut self.ours)?;
        (ours == encoding::wide(&mut self.theirs)?).then_some(())
    }

    fn text(&mut self) -> Option<()> {
        let [ours, theirs] = self.names()?;
        (ours == theirs).then_some(())
    }

    /// Names that need not be the same.
    fn names(&mut self) -> Option<[&'a str; 2]> {
        let ours = encoding::text(&mut self.ours)?;
        Some([ours, encoding::text(&mut self.theirs)?])
    }

    fn each(&mut self, place: Place<'_>, part: fn(&mut Self, Place<'_>) -> Option<()>) -> Option<()> {
        let count = u32::try_from(self.number()?).ok()?;
        // Every part takes a byte at least, so that a count beyond the bytes ends with them.
        (0..count).try_for_each(|_| part(self, place))
    }

    fn extent(&mut self) -> Option<()> {
        self.number()?;
        self.number()?;
        self.boolean().map(drop)
    }

    fn node(&mut self, place: Place<'_>) -> Option<()> {
        let place = Place { nesting: place.nesting.checked_sub(1)?, ..place };
        match self.byte(7)? {
            0 => self.text(),
            kind @ (1 | 7) => {
                self.text()?;
                self.extent()?;
                self.boolean()?;
                if kind == 1 {
                    self.each(place, |pair, _| pair.number().map(drop))?;
                }
                self.each(place, Self::node)
            }
            2 => {
                self.number()?;
                self.node(place)
            }
            3 => {
                self.text()?;
                self.boolean()?;
                self.each(place, Self::node)?;
                self.node(place)
            }
            5 => self.defined(place),
            kind => {
                let keys = self.keys()?;
                if kind == 4 {
                    return (self.meet)(keys);
                }
                (self.is_single || is_around(place.around, keys)).then_some(())
            }
        }
    }

    fn defined(&mut self, place: Place<'_>) -> Option<()> {
        let around = Around { keys: self.keys()?, outer: place.around };
        let place = Place { around: Some(&around), ..place };
        // A patch may bring a copy of the host's type, in a package of its own.
        self.names()?;
        let [ours, theirs] = self.names()?;
        self.at = Difference { type_name: ours, member: "" };
        (ours == theirs).then_some(())?;
        self.extent()?;
        self.text()?;
        self.byte(2)?;
        self.each(place, |pair, place| if pair.boolean()? { pair.wide_number() } else { pair.node(place) })?;
        match self.byte(3)? {
            2 => self.each(place, Self::variant),
            3 => {
                self.byte(u8::MAX)?;
                self.each(place, Self::method)
            }
            _ => self.each(place, Self::field),
        }
    }

    fn field(&mut self, place: Place<'_>) -> Option<()> {
        self.member()?;
        if self.boolean()? {
            self.number()?;
        }
        self.text()?;
        self.node(place)
    }

    fn variant(&mut self, place: Place<'_>) -> Option<()> {
        self.member()?;
        self.wide_number()?;
        self.each(place, Self::field)
    }

    fn method(&mut self, place: Place<'_>) -> Option<()> {
        self.member()?;
        self.boolean()?;
        self.text()?;
        self.each(place, Self::node)?;
        self.node(place)
    }

    /// The same name, of what is compared from here on.
    fn member(&mut self) -> Option<()> {
        let [ours, theirs] = self.names()?;
        self.at.member = ours;
        (ours == theirs).then_some(())
    }
}

/// Whether the innermost definition that either key means is what both mean, as in the walk.
fn is_around(innermost: Option<&Around<'_>>, keys: [u64; 2]) -> bool {
    let mut all = core::iter::successors(innermost, |around| around.outer);
    let inner = all.find(|around| around.keys[0] == keys[0] || around.keys[1] == keys[1]);
    inner.is_some_and(|inner| inner.keys == keys)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{definition_key, is_node};
    use crate::layout::DefinitionView;
    use crate::layout::view::{Node, whole};
    use dynpatch_interface::record::{PREFIX, type_record, type_record_length};
    use dynpatch_interface::types::{
        Argument, AutoTraits, Body, Definition, Evolution, Extent, Field, Method, TypeNode, Variant,
    };
    use std::vec::Vec;

    const EXTENT: Extent = Extent { size: 300, alignment: 8, niche: true };
    const UNIT: TypeNode = TypeNode::Builtin {
        name: "(,)",
        extent: EXTENT,
        downcasts: false,
        offsets: &[0, 200],
        arguments: &[TypeNode::Primitive { name: "u8" }],
    };
    const FIELD: Field = Field { name: "id", offset: Some(3), lifetimes: "'a", ty: UNIT };
    const OPAQUE: TypeNode = TypeNode::Opaque { name: "Hidden", extent: EXTENT, downcasts: true, parts: &[UNIT] };

    const fn definition(body: Body, arguments: &'static [Argument]) -> Definition {
        let evolution = Evolution::Open;
        Definition { key: 1 << 60, crate_name: "app", name: "A", extent: EXTENT, repr: "C", evolution, arguments, body }
    }

    const STRUCT: Definition = definition(Body::Struct(&[FIELD, Field { offset: None, ty: OPAQUE, ..FIELD }]), &[]);
    const ENUM: Definition = definition(
        Body::Enum(&[Variant { name: "One", discriminant: -1, fields: &[FIELD] }]),
        &[Argument::Type(TypeNode::Recursive { key: 7 }), Argument::Const(-300)],
    );
    const METHOD: Method = Method {
        name: "run",
        has_default: true,
        form: "&",
        inputs: &[TypeNode::Array { length: 4, element: &TypeNode::Defined { key: 5 } }],
        output: TypeNode::Function { abi: "C", is_unsafe: true, inputs: &[], output: &UNIT },
    };
    const TRAIT: Definition = definition(Body::Trait(AutoTraits(7), &[METHOD]), &[]);
    const HOLDER: Definition =
        definition(Body::Union(&[Field { ty: TypeNode::Inline(&ENUM), ..FIELD }, FIELD]), &[Argument::Type(OPAQUE)]);

    /// Numbers without end, the same in every run (xorshift, Marsaglia 2003).
    fn random(state: &mut u32) -> usize {
        *state ^= *state << 13;
        *state ^= *state >> 17;
        *state ^= *state << 5;
        *state as usize
    }

    fn damage(bytes: &mut Vec<u8>, state: &mut u32) {
        let place = random(state) % bytes.len();
        match random(state) % 4 {
            0 => bytes[place] = random(state) as u8,
            1 => bytes[place] = bytes[place].wrapping_add(1),
            2 => drop(bytes.remove(place)),
            _ => bytes.insert(place, (random(state) % 9) as u8),
        }
    }

    #[test]
    fn what_reads_here_reads_as_a_view() {
        static RECORDS: [&[u8]; 4] = [
            &type_record::<{ type_record_length(&STRUCT) }>(&STRUCT),
            &type_record::<{ type_record_length(&ENUM) }>(&ENUM),
            &type_record::<{ type_record_length(&TRAIT) }>(&TRAIT),
            &type_record::<{ type_record_length(&HOLDER) }>(&HOLDER),
        ];
        let (mut state, mut verdicts) = (0x2545_f491, [0; 4]);
        for round in 0..200_000 {
            let mut bytes = RECORDS[round % 4][PREFIX..].to_vec();
            (0..round % 3).for_each(|_| damage(&mut bytes, &mut state));
            let view = DefinitionView::of_record(&bytes).map(|view| view.key);
            assert_eq!(definition_key(&bytes), view, "{bytes:x?}");
            // Somewhere in it a type begins, and somewhere it ends.
            let start = random(&mut state) % bytes.len();
            let end = start + random(&mut state) % (bytes.len() - start + 1);
            let node = whole::<Node<'_>>(&bytes[start..end]).is_some();
            assert_eq!(is_node(&bytes[start..end]), node, "{:x?}", &bytes[start..end]);
            verdicts[usize::from(view.is_some())] += 1;
            verdicts[2 + usize::from(node)] += 1;
        }
        assert!(verdicts.iter().all(|count| *count > 500), "{verdicts:?}");
    }
}
