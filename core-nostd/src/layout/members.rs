//! The parts of a definition, found by name on the other side.

use super::view::Part;
use super::{FieldView, MethodView, Sequence, VariantView};

/// A list of the host's and one of the patch's.
pub(super) type Both<'a, T> = [Sequence<'a, T>; 2];

/// A field, a variant, or a method.
pub(super) trait Member<'a>: Part<'a> + Copy {
    fn name(&self) -> &'a str;
    /// Whether the other could be this one under another name.
    fn is_like(&self, other: &Self) -> bool;
}

impl<'a> Member<'a> for FieldView<'a> {
    fn name(&self) -> &'a str {
        self.name
    }
    fn is_like(&self, other: &Self) -> bool {
        self.offset == other.offset
    }
}

impl<'a> Member<'a> for VariantView<'a> {
    fn name(&self) -> &'a str {
        self.name
    }
    fn is_like(&self, other: &Self) -> bool {
        self.discriminant == other.discriminant
    }
}

impl<'a> Member<'a> for MethodView<'a> {
    fn name(&self) -> &'a str {
        self.name
    }
    fn is_like(&self, other: &Self) -> bool {
        self.form == other.form
    }
}

/// Bytes that are read where names do not stand in the same order: each of them is looked for among all others.
pub(super) fn cost_of_names<'a, T: Member<'a>>([ours, theirs]: Both<'a, T>) -> usize {
    let searched = ours.len().max(theirs.len()) - in_common([ours, theirs]);
    (ours.length() + theirs.length()).saturating_mul(searched + 1)
}

/// How many members at the beginning have the same names.
fn in_common<'a, T: Member<'a>>([ours, theirs]: Both<'a, T>) -> usize {
    ours.iter().zip(theirs.iter()).take_while(|(a, b)| a.name() == b.name()).count()
}

/// Whether a member is looked for by a name that there is twice. No compiler allows it, so no derive writes it.
pub(super) fn is_ambiguous<'a, T: Member<'a>>(lists: Both<'a, T>) -> bool {
    let common = in_common(lists);
    lists.iter().any(|list| {
        let first = |name: &str| list.iter().position(|member| member.name() == name);
        list.iter().enumerate().skip(common).any(|(place, member)| first(member.name()) != Some(place))
    })
}

/// Each of `ours` with the one of its name among `theirs`, which mostly stands in the same place.
pub(super) fn with_other<'a, T: Member<'a>>(
    ours: Sequence<'a, T>,
    theirs: Sequence<'a, T>,
) -> impl Iterator<Item = (T, Option<T>)> {
    let mut there = theirs.iter();
    ours.iter().map(move |member| {
        let at_place = there.next().filter(|other| other.name() == member.name());
        (member, at_place.or_else(|| find(theirs, member.name())))
    })
}

/// Those of `ours`, with their places, for which there is none among `theirs`.
pub(super) fn without_other<'a, T: Member<'a>>(
    ours: Sequence<'a, T>,
    theirs: Sequence<'a, T>,
) -> impl Iterator<Item = (usize, T)> {
    let all = with_other(ours, theirs).enumerate();
    all.filter(|(_, (_, other))| other.is_none()).map(|(place, (member, _))| (place, member))
}

/// The member in the same place, if it has taken the place of one that is gone: the same one under another name.
pub(super) fn renamed<'a, T: Member<'a>>(place: usize, member: &T, [here, there]: Both<'a, T>) -> Option<T> {
    let other = there.iter().nth(place).filter(|_| here.len() == there.len())?;
    let is_new = other.name() != member.name() && find(here, other.name()).is_none();
    (is_new && member.is_like(&other)).then_some(other)
}

fn find<'a, T: Member<'a>>(members: Sequence<'a, T>, name: &str) -> Option<T> {
    members.iter().find(|member| member.name() == name)
}

/// The first two members that have one place and two names.
pub(super) fn first_moved<'a, T: Member<'a>>([ours, theirs]: Both<'a, T>) -> Option<(T, T)> {
    ours.iter().zip(theirs.iter()).find(|(a, b)| a.name() != b.name())
}
