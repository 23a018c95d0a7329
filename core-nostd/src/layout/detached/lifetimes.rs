//! Lifetimes as manifests have them: `0,1` for two, `s` for `'static`, and in parentheses those in what a function type
//! or a closure takes and gives, whether it binds them itself or not.

use super::Escapes;
use super::builtin::Builtin;
use crate::layout::{ArgumentView, BodyView, DefinitionView, FieldView, MAX_DEPTH, Node, NodeView, Sequence};

/// The lifetimes of a signature.
#[derive(Clone, Copy)]
pub(super) struct Signature<'a> {
    types: &'a str,
    /// Types before the first argument: the receiver, which is not among the arguments.
    skipped: usize,
    inputs: usize,
    /// Whether what closures and function types take has no lifetime but those that are left out.
    binds_all: bool,
}

impl<'a> Signature<'a> {
    /// Of a form, `async unsafe fn 0;s;0`, of a signature with so many arguments, and of its text, if that is known.
    pub(super) fn of(form: &'a str, inputs: usize, text: Option<&str>) -> Self {
        let types = form.rsplit(' ').next().unwrap_or("");
        let skipped = types.split(';').count().saturating_sub(inputs + 1);
        Self { types, skipped, inputs, binds_all: text.is_some_and(binds_all) }
    }

    /// The lifetimes of an argument, counted from zero. Nothing where the form says nothing.
    pub(super) fn of_input(&self, number: usize) -> Written<'a> {
        let lifetimes = self.types.split(';').nth(self.skipped + number).unwrap_or("");
        Written { lifetimes, binds_all: self.binds_all }
    }

    pub(super) fn of_output(&self) -> Written<'a> {
        self.of_input(self.inputs)
    }
}

/// The lifetimes of a type as somebody wrote it.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    lifetimes: &'a str,
    binds_all: bool,
}

impl<'a> Written<'a> {
    /// A type whose lifetimes nobody knows.
    pub(super) const UNKNOWN: Self = Self::field("");

    pub(super) const fn field(lifetimes: &'a str) -> Self {
        Self { lifetimes, binds_all: false }
    }

    /// Whether one of them is `'static`.
    pub(super) fn has_static(self) -> bool {
        self.lifetimes.contains('s')
    }

    /// Whether a closure may keep what it borrows: a lifetime of what it takes may be one from outside.
    pub(super) fn lets_closures_keep(self) -> bool {
        !self.binds_all && self.count().inside > 0
    }

    /// How many there are.
    pub(super) fn count(self) -> Count {
        let mut count = Count::default();
        let mut depth = 0_usize;
        for part in self.lifetimes.split_inclusive(['(', ')', ',']) {
            let name = part.trim_end_matches(['(', ')', ',']);
            let counter = if depth > 0 { &mut count.inside } else { &mut count.outside };
            *counter += usize::from(!name.is_empty());
            match part.as_bytes().last() {
                Some(b'(') => depth += 1,
                Some(b')') => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        count
    }
}

/// How many lifetimes stand in a type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Outside of closures and function types.
    outside: usize,
    /// In what they take and give.
    inside: usize,
}

impl Count {
    fn and(self, other: Self) -> Self {
        Self { outside: self.outside.saturating_add(other.outside), inside: self.inside.saturating_add(other.inside) }
    }

    fn within_a_callable(self) -> Self {
        Self { outside: 0, inside: self.outside.saturating_add(self.inside) }
    }
}

/// Whether no closure or function type in the text of a signature takes anything with a lifetime that has a name.
fn binds_all(signature: &str) -> bool {
    let Some((_, text)) = signature.split_once("fn(") else { return false };
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        let (before, behind) = text.split_at(at);
        match c {
            '(' if depth > 0 || ["Fn", "FnMut", "FnOnce", "fn"].iter().any(|name| before.ends_with(name)) => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '\'' if depth > 0 && !is_left_out(behind) => return false,
            _ => {}
        }
    }
    true
}

/// Whether the text begins with `'_`.
fn is_left_out(text: &str) -> bool {
    let is_name = |c: char| c == '_' || c.is_alphanumeric();
    text.strip_prefix("'_").is_some_and(|behind| !behind.starts_with(is_name))
}

/// What a future gives that a function gives: a `BoxedFuture` that was written so, which the runtime keeps.
pub(super) fn kept_future<'a>(signature: &str, output: NodeView<'a>) -> Option<NodeView<'a>> {
    let boxed = argument_of(argument_of(output, "Pin")?, "Box")?;
    let future = argument_of(boxed, "dyn Future + Send")?;
    signature.match_indices("-> BoxedFuture<").any(|(at, _)| closes_at_end(&signature[at + 2..])).then_some(future)
}

fn argument_of<'a>(ty: NodeView<'a>, of: &str) -> Option<NodeView<'a>> {
    match ty.node() {
        Node::Builtin { name, arguments, .. } if name == of => arguments.iter().next(),
        _ => None,
    }
}

/// Whether the first angle bracket is closed by the last character.
fn closes_at_end(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if before != '-' && depth == 1 => return at + 1 == text.len(),
            '>' if before != '-' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = c;
    }
    false
}

impl<'a> Escapes<'a, '_> {
    /// How many lifetimes stand in a type as it is written without aliases; `None` where that is not known.
    pub(super) fn lifetimes_of(&mut self, ty: NodeView<'a>, depth: usize) -> Option<Count> {
        if depth > MAX_DEPTH || !self.affords(ty.length()) {
            return None;
        }
        match ty.node() {
            Node::Primitive { .. } => Some(Count::default()),
            Node::Builtin { name, arguments, .. } => self.lifetimes_of_builtin(name, arguments, depth),
            Node::Opaque { parts, .. } => self.sum(parts.iter(), depth),
            Node::Array { element, .. } => self.lifetimes_of(element, depth + 1),
            Node::Function { inputs, output, .. } => {
                Some(self.sum(inputs.iter().chain([output]), depth)?.within_a_callable())
            }
            Node::Inline(definition) => {
                let arguments = self.sum(definition.arguments.iter().filter_map(type_argument), depth)?;
                Some(arguments.and(declared(&definition)))
            }
            Node::Defined { key } | Node::Recursive { key } => {
                let place = self.types.place(key)?;
                self.affords(self.types.length(place)).then(|| self.types.at(place))?.as_ref().map(declared)
            }
        }
    }

    fn lifetimes_of_builtin(
        &mut self,
        name: &str,
        arguments: Sequence<'a, NodeView<'a>>,
        depth: usize,
    ) -> Option<Count> {
        let count = self.sum(arguments.iter(), depth)?;
        let own = usize::from(has_lifetime(name));
        let is_callable = Builtin::of(name) == Builtin::Callable;
        Some(if is_callable { count.within_a_callable() } else { count.and(Count { outside: own, inside: 0 }) })
    }

    fn sum(&mut self, mut types: impl Iterator<Item = NodeView<'a>>, depth: usize) -> Option<Count> {
        types.try_fold(Count::default(), |sum, ty| Some(self.lifetimes_of(ty, depth + 1)?.and(sum)))
    }
}

fn has_lifetime(name: &str) -> bool {
    matches!(name, "&" | "&mut" | "Cow" | "Formatter" | "Context")
}

fn type_argument(argument: ArgumentView<'_>) -> Option<NodeView<'_>> {
    match argument {
        ArgumentView::Type(node) => Some(node),
        ArgumentView::Const(_) => None,
    }
}

/// How many lifetime parameters a definition has: the fields name each by its place. In parentheses they cannot be told
/// from others.
fn declared(definition: &DefinitionView<'_>) -> Count {
    let of_fields = |fields: Sequence<'_, FieldView<'_>>| fields.iter().map(|field| most(field.lifetimes)).max();
    let most = match definition.body {
        BodyView::Struct(fields) | BodyView::Union(fields) => of_fields(fields),
        BodyView::Enum(variants) => variants.iter().filter_map(|variant| of_fields(variant.fields)).max(),
        BodyView::Trait(..) => None,
    };
    Count { outside: most.unwrap_or(0), inside: 0 }
}

/// One more than the greatest place outside of parentheses.
fn most(lifetimes: &str) -> usize {
    let mut depth = 0_usize;
    let outside = lifetimes.split(|c: char| {
        depth = match c {
            '(' => depth + 1,
            ')' => depth.saturating_sub(1),
            _ => depth,
        };
        depth > 0 || matches!(c, ')' | ',')
    });
    let places = outside.filter_map(|name| name.parse::<usize>().ok());
    places.map(|place| place.saturating_add(1)).max().unwrap_or(0)
}
